"""Laws of datasets: what is read back, the same bytes for the same input, in any order and any way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.datasets import FORMATS, Tables, content_of, contents, given_of, read_back
from support.effort import Effort, some
from taskfiles.dataset.columns import TABLES
from taskfiles.dataset.export import export
from taskfiles.dataset.merging import open_sources
from taskfiles.dataset.words import DatasetFormat

REPOS = ("ada/app", "bob/ünï \"x\", 'y'%2F", "zoë")
FEW = {"jsonl": 10, "csv": 10, "sqlite": 6, "parquet": 2}
repositories = st.fixed_dictionaries({repo: contents(repo) for repo in REPOS})


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with TemporaryDirectory() as directory:
        yield Path(directory)


def put(directory: Path, format_: str, tables: dict[str, Tables], *, by_repo: bool = False) -> bool:
    return export(str(directory), given_of(tables), DatasetFormat(format_), by_repo=by_repo).is_changed


def without_attempts(tables: Tables) -> Tables:
    """Attempts of tasks that are gone stay: here nothing of before does."""
    tasks = [row | {"attempts": None} for row in tables["tasks"]]
    return tables | {"tasks": tasks, "attempts": [], "gates": []}


def together(tables: dict[str, Tables]) -> Tables:
    given = given_of(tables)
    return {table: list(given.rows(table)) for table in TABLES}


@pytest.mark.parametrize("format_", some([*FORMATS, "by repo"], 3))
def test_dataset_laws(format_: str, effort: Effort) -> None:
    by_repo = format_ == "by repo"
    kind = "parquet" if by_repo else format_

    @settings(max_examples=effort.pick(short=2, deep=FEW[kind]))
    @given(repositories, repositories, st.permutations(REPOS))
    def laws(before: dict[str, Tables], tables: dict[str, Tables], order: list[str]) -> None:
        with TemporaryDirectory() as base:
            once, bit_by_bit, merged = (Path(base) / name for name in ("once", "bit", "merged"))
            # what is written is read back
            assert put(once, kind, tables, by_repo=by_repo)
            assert read_back(once) == together(tables)
            # again, it is the same and nothing is written
            whole = content_of(once)
            times = {file: file.stat().st_mtime_ns for file in once.rglob("*")}
            assert not put(once, kind, tables, by_repo=by_repo)
            assert {file: file.stat().st_mtime_ns for file in once.rglob("*") if file != once} == {
                file: time for file, time in times.items() if file != once
            }
            # repositories that come one by one, in any order, and replace what was there of them
            for repo in order:
                assert put(bit_by_bit, kind, {repo: without_attempts(before[repo])}, by_repo=by_repo)
            for repo in reversed(order):
                put(bit_by_bit, kind, {repo: tables[repo]}, by_repo=by_repo)
            assert content_of(bit_by_bit) == whole
            # merged from two others, of another format
            first, *rest = order
            other = "jsonl" if kind == "parquet" else "csv"
            put(Path(base) / "one", other, {first: tables[first]})
            put(Path(base) / "two", other, {repo: tables[repo] for repo in rest})
            sources = open_sources([f"{base}/one", f"{base}/two"])
            export(str(merged), sources, DatasetFormat(kind), by_repo=by_repo)
            assert content_of(merged) == whole
            # and from it, to the same format and to jsonl again
            export(str(Path(base) / "same"), open_sources([str(once)]), DatasetFormat(kind), by_repo=by_repo)
            assert content_of(Path(base) / "same") == whole
            back, plain = Path(base) / "back", Path(base) / "plain"
            export(str(back), open_sources([str(once)]), DatasetFormat.JSONL)
            put(plain, "jsonl", tables)
            assert content_of(back) == content_of(plain)

    laws()
