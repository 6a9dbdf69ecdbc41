"""Scans music folders inside a WebAssembly sandbox, and keeps an SQLite library of what it finds."""

# Type checkers know the name; `typing` takes longer to import than all that is in here.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from mt_scanner._api import *  # noqa: F403 (the names of its `__all__`)

    __version__: str


def __getattr__(name: str) -> object:
    """Imports the public names on first use: the command line answers Ctrl-C before they are there."""
    if name == "__version__":
        from importlib.metadata import version

        return version("mt-scanner")
    import mt_scanner._api as api

    if name == "__all__" or name in api.__all__:
        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    import mt_scanner._api as api

    return sorted({*globals(), *api.__all__, "__version__"})
