"""Pictures of files."""

from typing import NamedTuple

from mt_scanner._types.contract import PictureKind


class Picture(NamedTuple):
    """A picture: embedded in a file, or in its folder."""

    mime: str
    """Its media type, by its content and not by what the tag claims: `image/jpeg`, ..."""
    kind: PictureKind
    """What it shows: `front-cover`, `back-cover`, ..."""
    data: bytes
    """Its bytes, 32 MiB at most."""
    width: int | None = None
    """Width in pixels, if the content says it."""
    height: int | None = None
    """Height in pixels, if the content says it."""
    source: str = "embedded"
    """`embedded`, or the name of a file in the audio file's folder."""
    extension: str = ".bin"
    """The extension of files of this type, with its dot: `.jpg`, ..."""

    def __repr__(self) -> str:
        """All but the bytes, of which it tells the number."""
        size = f"<{len(self.data)} bytes>"
        return f"Picture({self.mime!r}, {self.kind!r}, {size}, {self.width}, {self.height}, {self.source!r})"
