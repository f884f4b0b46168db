"""Regular expressions that are compiled when they are first used.

A command uses few of some forty; compiling the rest as well takes longer than all the work of most commands.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_METHODS = ("match", "fullmatch", "search", "finditer", "findall", "split", "sub")


class Lazy:
    """Stands for `re.compile(source, flags)`; the methods become those of the pattern at the first use."""

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
    """Make a pattern of text that is compiled when it is first used."""
    return Lazy(source, flags)  # type: ignore[return-value]  # it has the methods that are used


def lazy_bytes(source: bytes, flags: int = 0) -> re.Pattern[bytes]:
    """Make a pattern of bytes that is compiled when it is first used."""
    return Lazy(source, flags)  # type: ignore[return-value]  # as above
