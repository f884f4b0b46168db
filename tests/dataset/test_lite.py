"""Datasets of one SQLite file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support.datasets import Tables, given_of, settle_rows
from taskfiles import TaskfilesError
from taskfiles.dataset.columns import KEYS, TABLES
from taskfiles.dataset.directory import SQLITE
from taskfiles.dataset.lite import PRIMARY, create_table, read_table, write_database
from taskfiles.dataset.manifest import Manifest
from taskfiles.dataset.rows import Row
from taskfiles.dataset.words import DatasetFormat
from taskfiles.dataset.writing import Job


def tables_of(repo: str, *task_ids: str) -> Tables:
    empty = {column.name: None for column in TABLES["tasks"]} | {"repo": repo, "path": "tasks/a.md"}
    known = {"labels": ["ü", None], "values": {"x": ["1"]}, "attempts": 2}
    rows: list[Row] = [empty | known | {"task_id": each} for each in task_ids]
    return {table: settle_rows(table, rows if table == "tasks" else ()) for table in TABLES}


def write(place: Path, tables: dict[str, Tables], old: Manifest | None = None, beside: str = "") -> Manifest:
    place.mkdir()
    given = given_of(tables)
    files = write_database(Job(beside, str(place), old, given, ()))
    return Manifest(DatasetFormat.SQLITE, (), given.repositories, tuple(files))


def keys(place: Path) -> list[tuple[str, str]]:
    return [
        (row["repo"], row["task_id"]) for row in read_table(str(place / SQLITE), "tasks", TABLES["tasks"])
    ]


def test_rows_are_read_back_with_their_lists_and_maps(tmp_path: Path) -> None:
    tables = tables_of("a", "2", "1")
    manifest = write(tmp_path / "one", {"a": tables})
    for table in TABLES:
        assert list(read_table(str(tmp_path / "one" / SQLITE), table, TABLES[table])) == tables[table]
    assert [(file.path, file.table, file.rows) for file in manifest.files] == [
        (SQLITE, table, len(tables[table])) for table in TABLES
    ]


def test_the_same_rows_are_the_same_bytes_however_they_came(tmp_path: Path) -> None:
    both = {"a": tables_of("a", "1"), "b": tables_of("b", "1", "2")}
    write(tmp_path / "whole", both)
    first = write(tmp_path / "first", {"a": tables_of("a", "9"), "b": both["b"]})
    write(tmp_path / "second", {"a": both["a"]}, first, str(tmp_path / "first"))
    assert (tmp_path / "second" / SQLITE).read_bytes() == (tmp_path / "whole" / SQLITE).read_bytes()
    assert keys(tmp_path / "second") == [("a", "1"), ("b", "1"), ("b", "2")]


@pytest.mark.parametrize("table", TABLES)
def test_each_table_is_strict_and_has_its_key(table: str) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(create_table(table, TABLES[table]))
        found = database.execute(f"PRAGMA table_info({table})").fetchall()
        assert [name for _, name, *_ in found] == [column.name for column in TABLES[table]]
        keyed = {name for _, name, _, _, _, place in found if place}
        assert keyed == set(PRIMARY[table]) <= set(KEYS[table])
        strict = database.execute(f"SELECT strict FROM pragma_table_list('{table}')").fetchone()
        assert strict == (1,)


@pytest.mark.parametrize("content", [b"", b"no database", None])
def test_what_is_no_database_is_refused(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / SQLITE
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(TaskfilesError) as refused:
        list(read_table(str(file), "tasks", TABLES["tasks"]))
    assert refused.value.code == "bad-dataset"


def test_a_place_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="unable to open") as caught:
        write_database(Job("", str(tmp_path / "gone"), None, given_of({}), ()))
    assert caught.value.filename == str(tmp_path / "gone" / SQLITE)


def test_a_file_that_is_no_database_is_explained(tmp_path: Path) -> None:
    (tmp_path / SQLITE).write_text("text\n" * 400)
    with pytest.raises(TaskfilesError) as caught:
        keys(tmp_path)
    said = "it is not an SQLite database (SQLite says “file is not a database”)"
    assert caught.value.message == f"{tmp_path / SQLITE} can't be used as a dataset: {said}."
