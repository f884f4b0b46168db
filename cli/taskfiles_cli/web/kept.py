"""Rendered pages that are kept: what many browsers ask for at once is made once, for all of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable


class Kept:
    """The latest pages, each by everything that it was made of."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pages: OrderedDict[Hashable, str] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], str]) -> str:
        """Return a page, made if it is not known; who asks meanwhile waits. Raises what `make` does."""
        with self._lock:
            if (known := self._pages.get(key)) is not None:
                return known
            turn = self._making.setdefault(key, threading.Lock())
        with turn:
            if (known := self._pages.get(key)) is not None:
                return known
            try:
                page = make()
                with self._lock:
                    self._pages[key] = page
                    while len(self._pages) > self._most:
                        self._pages.popitem(last=False)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return page
