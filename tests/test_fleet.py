"""A dataset gives the figures of the files, whichever engine counts: plain Python, DuckDB."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from taskfiles import Task
from taskfiles.dataset.columns import TABLES
from taskfiles.dataset.export import export
from taskfiles.dataset.flatten import flatten_tasks
from taskfiles.dataset.manifest import Counts, Format
from taskfiles.dataset.rows import settle_rows
from taskfiles.dataset.writing import Given
from taskfiles.fleet import duck
from taskfiles.fleet.answer import Ask
from taskfiles.fleet.place import Dataset, open_dataset
from taskfiles.fleet.selection import Selection
from taskfiles.stats.report import assemble, make_report, report_object
from taskfiles.stats.rows import Scope, gather
from tried import BASE, DIMENSIONS, parse, projects

WHENS = st.none() | st.integers(0, 400).map(lambda minutes: BASE + timedelta(minutes=minutes))
BYS = st.lists(st.sampled_from([*DIMENSIONS, "x_team.of"]), max_size=3, unique=True)


def give(repo: str, tasks: Sequence[Task]) -> Given:
    flat = flatten_tasks(tasks, repo)._asdict()
    rows = {table: settle_rows(table, flat.get(table, ())) for table in TABLES}
    return Given({repo: Counts()}, rows.__getitem__)


@contextmanager
def dataset(given_: Iterable[Given], format_: Format = Format.JSONL) -> Iterator[Dataset]:
    with tempfile.TemporaryDirectory() as directory:
        for each in given_:
            export(directory, each, format_)
        yield open_dataset(directory)


@settings(max_examples=40)
@given(projects(), BYS, WHENS, WHENS, st.sampled_from([Format.JSONL, Format.PARQUET]))
def test_duckdb_tells_what_the_files_do(
    tasks: list[dict[str, Any]],
    by: list[str],
    since: datetime | None,
    until: datetime | None,
    format_: Format,
) -> None:
    scope = Scope(since, until)
    expected = report_object(make_report(gather(map(parse, tasks), scope, by), scope, by))
    with dataset([give("r", [*map(parse, tasks)])], format_) as found:
        answer = duck.measure(found, Ask(Selection(scope), tuple(by), with_untold=True))
    assert report_object(assemble(answer.measured, scope, by)) == expected
