"""Sections that signals do not interrupt."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # signal without its enumerations, which take time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let SIGINT, SIGTERM and SIGHUP wait until the `with` block has ended, in this thread."""
    before = _signal.pthread_sigmask(_signal.SIG_BLOCK, {_signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP})
    try:
        yield
    finally:
        _signal.pthread_sigmask(_signal.SIG_SETMASK, before)
