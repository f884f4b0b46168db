"""Rows as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from taskfiles.basics.csv_text import csv_cell


def render_csv(header: Sequence[str], rows: Iterable[Iterable[Any]], *, safe: bool = False) -> str:
    """Write rows under their names; nothing stands for null. `safe` is as in `csv_cell`."""
    return "".join(",".join(_cell(value, safe=safe) for value in row) + "\n" for row in [header, *rows])


def _cell(value: Any, *, safe: bool) -> str:
    if isinstance(value, str) or value is None:
        return csv_cell(value, safe=safe)
    return csv_cell(str(value).lower() if isinstance(value, bool) else str(value))
