"""Rows as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import Any

_END = "\r\n"


class _Lines(list[str]):
    """Takes the rows that the writer of `csv` writes, one at a time, each with a newline alone at its end."""

    def write(self, row: str) -> None:
        self.append(row.removesuffix(_END) + "\n")


def render_csv(header: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    """Write rows under their names; nothing stands for null."""
    lines = _Lines()
    # Before Python 3.13 only the characters of its own line end are quoted within a value.
    writer = csv.writer(lines, lineterminator=_END)
    writer.writerow(header)
    for row in rows:
        writer.writerow([str(value).lower() if isinstance(value, bool) else value for value in row])
    return "".join(lines)
