"""Findings of files that the index knows without them, as after a list."""

from __future__ import annotations

from collections.abc import Container
from contextlib import suppress

from taskfiles.store.index import writing
from taskfiles.store.index.table import Stored, Table
from taskfiles.store.reader import Reader
from taskfiles.task.remembered import PlainFinding
from taskfiles.task.task import Unreadable, parse_task


def check_rows(reader: Reader, table: Table, gone: Container[str]) -> None:
    """Find what is wrong with files that have not changed, and save it: all else of them is in the index.

    Few are left to the second file of the index, and so are those that have just changed. Raises Lost.
    """
    checked, _ = table.checked()
    rows = [at for at, known in enumerate(checked) if not known and table.paths[at] not in gone]
    if len(rows) <= table.base.max_delta:
        return
    learned: dict[int, tuple[PlainFinding, ...]] = {}
    for done, at in enumerate(rows):
        reader.progress(done, len(rows))
        with suppress(Unreadable, FileNotFoundError):
            task = parse_task(table.paths[at], reader.read_regular(table.paths[at])[0])
            if task.etag == Stored(table, at).etag:
                learned[at] = tuple(finding.pack() for finding in task.findings)
    reader.progress(len(rows), len(rows))
    table.learn(learned)
    writing.save_findings(table.base, *table.checked())
