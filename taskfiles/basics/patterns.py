"""Regular expressions that are compiled on first use.

A command uses few of some forty; compiling the rest too takes longer than all other work of most commands.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_METHODS = ("match", "fullmatch", "search", "finditer", "findall", "split", "sub")


class Lazy:
    """A stand-in for `re.compile(source, flags)` that compiles on the first use of a method."""

    def __init__(self, source: str | bytes, flags: int = 0) -> None:
        self._source, self._flags = source, flags

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled: re.Pattern[Any] = re.compile(self._source, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def lazy(source: str, flags: int = 0) -> re.Pattern[str]:
    """Return a text pattern that is compiled on first use."""
    return Lazy(source, flags)  # type: ignore[return-value]  # it has the methods that are used


def lazy_bytes(source: bytes, flags: int = 0) -> re.Pattern[bytes]:
    """Return a bytes pattern that is compiled on first use."""
    return Lazy(source, flags)  # type: ignore[return-value]  # as above
