"""Manifests of datasets: read as they were written; what is none, or leads elsewhere, is refused."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from support.paths import REPOSITORY
from taskfiles import TaskfilesError
from taskfiles.dataset.columns import TABLES
from taskfiles.dataset.manifest import (
    PARTITIONS,
    Counts,
    File,
    Manifest,
    manifest_text,
    read_manifest,
)
from taskfiles.dataset.words import DatasetFormat

PAGE = REPOSITORY / "docs/reference/dataset.md"
SHA = "0" * 64
FILE = File("attempts/month=2026-01/a.parquet", "attempts", 3, 4, SHA, None, "2026-01")
SOUND = Manifest(
    DatasetFormat.PARQUET,
    ("month",),
    {"ada/app": Counts(1, 3, 0, 5, 0, 1, 0, 2), "zoë": Counts()},
    (FILE, File("tasks/b.parquet", "tasks", 1, 2, SHA)),
)


@pytest.mark.parametrize("format_", DatasetFormat)
@pytest.mark.parametrize("partition", PARTITIONS)
def test_a_manifest_is_read_as_it_was_written(format_: DatasetFormat, partition: tuple[str, ...]) -> None:
    manifest = SOUND._replace(format=format_, partition=partition)
    text = manifest_text(manifest)
    assert read_manifest(text) == manifest
    assert text.endswith("}\n")
    assert [file.path for file in read_manifest(text).files_of("tasks")] == ["tasks/b.parquet"]


def test_what_a_later_release_adds_is_passed_over() -> None:
    value = json.loads(manifest_text(SOUND))
    value["files"][0]["mood"] = value["mood"] = value["repositories"]["zoë"]["mood"] = 1
    assert read_manifest(json.dumps(value)) == SOUND
    value["columns"]["tasks"]["mood"] = "text"
    read = read_manifest(json.dumps(value))
    assert read == SOUND._replace(columns=read.columns)
    assert read.columns["tasks"][:-1] == TABLES["tasks"]
    assert read.columns["tasks"][-1].name == "mood"
    assert not read.lacking


def test_columns_that_an_earlier_release_did_not_have_are_named() -> None:
    value = json.loads(manifest_text(SOUND))
    del value["columns"]["tasks"]["uniform"], value["columns"]["gates"]
    value["columns"]["attempts"]["position"] = "text"
    manifest = read_manifest(json.dumps(value))
    assert manifest.columns["gates"] == ()
    assert manifest.lacking[:3] == ("tasks.uniform", "attempts.position", "gates.repo")
    del value["columns"]
    assert "events.data" in read_manifest(json.dumps(value)).lacking


def changed(**keys: Any) -> str:
    return json.dumps(json.loads(manifest_text(SOUND)) | keys)


def with_file(**keys: Any) -> str:
    return changed(files=[FILE._asdict() | keys])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a manifest"),
        ("{}", "not a manifest"),
        (changed(dataset="other"), "not a manifest"),
        (changed(version=2), "its version is 2"),
        (changed(version="1"), "no version"),
        (changed(version=True), "no version"),
        (changed(format="xml"), "its format"),
        (changed(format=["jsonl"]), "its format"),
        (changed(partition=["day"]), "its partition"),
        (changed(partition=[["month"]]), "its partition"),
        (changed(repositories=[]), "does not list"),
        (changed(repositories={"a": {"tasks": -1}}), "not counted"),
        (changed(repositories={"a": None}), "not counted"),
        (changed(files={}), "does not list"),
        (changed(files=[7]), "no path"),
        (changed(files=[FILE._asdict()] * 2), "stands twice"),
        (with_file(path="../tasks.jsonl"), "no file below it"),
        (with_file(path="/etc/passwd"), "no file below it"),
        (with_file(path="a//b"), "no file below it"),
        (with_file(path="a\\..\\b"), "no file below it"),
        (with_file(path="https://example.com/a"), "no file below it"),
        (with_file(rows=-1), "not whole"),
        (with_file(bytes=None), "not whole"),
        (with_file(table=5), "not whole"),
        (with_file(month=5), "not whole"),
        (with_file(sha256="x"), "no checksum"),
    ],
)
def test_what_is_no_manifest_is_refused(text: str, words: str) -> None:
    with pytest.raises(TaskfilesError) as caught:
        read_manifest(text, path="data/manifest.json")
    assert caught.value.code == "bad-dataset"
    assert words in caught.value.message
    assert caught.value.path == "data/manifest.json"


@pytest.mark.skipif(not PAGE.is_file(), reason="the tests run without the repository's docs")
def test_tables_of_other_engines_have_every_column() -> None:
    blocks = re.findall(r"^```sql\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for dialect, block in zip(("trino", "clickhouse"), blocks, strict=True):
        found = {}
        for statement in sqlglot.parse(block, read=dialect):
            if statement is not None:
                table = statement.find(exp.Table)
                assert table is not None
                found[table.name] = {each.name for each in statement.find_all(exp.ColumnDef)}
        assert found == {table: {each.name for each in columns} for table, columns in TABLES.items()}
