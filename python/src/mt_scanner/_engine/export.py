"""Handles of exported functions, whose types are looked up once a process."""

from types import SimpleNamespace

import wasmtime
from wasmtime import component as wasm


class Export:
    """An exported function of a component."""

    def __init__(self, index: wasm.ExportIndex) -> None:
        self._index = index
        self._signature: SimpleNamespace | None = None

    def bound(self, store: wasmtime.Store, instance: wasm.Instance) -> wasm.Func:
        """The function of one instance."""
        function = instance.get_func(store, self._index)
        assert function is not None
        if self._signature is None:
            self._signature = looked_up(function.type(store))
        signature = self._signature
        # A call asks for the type of its function, and that for the types of all it is made of,
        # case by case: some 100 us each time with the interpreter locked, five times as much as the
        # rest of the call. They never change.
        vars(function)["type"] = lambda store: signature
        return function


def looked_up(signature: wasm.FuncType) -> SimpleNamespace:
    """A type that answers what `Func.__call__` asks from memory."""
    result = signature.result
    if isinstance(result, wasm.ResultType):
        cases, tagged = result._cases(), result._tagged()
        vars(result).update(_cases=lambda: cases, _tagged=lambda: tagged)
    return SimpleNamespace(params=signature.params, result=result)
