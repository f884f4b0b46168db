"""Outcome of handing events to a sink."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple


class Delivery(NamedTuple):
    """Outcome of one batch: what is worth knowing, and how many items the sink refused for good."""

    note: str = ""
    refused: int = 0


class Postponed(Exception):
    """A sink asks to be offered nothing before an instant; the message says what it answered."""

    def __init__(self, problem: str, until: datetime) -> None:
        super().__init__(problem)
        self.until = until


def join_notes(notes: Iterable[str]) -> str:
    """Join notes in their order, each once; empty ones are left out."""
    return "; ".join(dict.fromkeys(filter(None, notes)))
