"""Datasets of text files: rows among those of other repositories, documents beside them."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from support.datasets import settle_rows
from taskfiles import TaskfilesError
from taskfiles.dataset.columns import TABLES
from taskfiles.dataset.manifest import Counts, File, Manifest
from taskfiles.dataset.rows import Row
from taskfiles.dataset.textfiles import write_documents, write_tables
from taskfiles.dataset.texts import read_rows
from taskfiles.dataset.words import DatasetFormat
from taskfiles.dataset.writing import Given, Job, in_batches

JSONL = DatasetFormat.JSONL


def task_row(repo: str, task_id: str, title: str = "T") -> Row:
    return {column.name: None for column in TABLES["tasks"]} | {
        "repo": repo,
        "task_id": task_id,
        "title": title,
    }


def given_rows(*rows: Row) -> Given:
    repos: dict[str, Counts] = dict.fromkeys(sorted({row["repo"] for row in rows}), Counts())
    return Given(repos, in_batches(lambda table: settle_rows(table, rows if table == "tasks" else ())))


def write(place: Path, given: Given, format_: DatasetFormat = JSONL, old: Manifest | None = None) -> Manifest:
    """Write the tables of a dataset into a new directory; those of an old one lie in the one before it."""
    number = len(list(place.iterdir()))
    stage = place / f"stage-{number}"
    stage.mkdir()
    job = Job(str(place / f"stage-{number - 1}"), str(stage), old, given, ())
    files = write_tables(job, format_)
    return Manifest(format_, (), given.repositories, tuple(files))


def rows_of(place: Path, format_: DatasetFormat = JSONL) -> list[tuple[str, str, str]]:
    newest = max(place.iterdir())
    read = read_rows(str(newest / f"tasks.{format_.value}"), format_, TABLES["tasks"])
    return [(row["repo"], row["task_id"], row["title"]) for row in read]


@pytest.mark.parametrize("format_", [JSONL, DatasetFormat.CSV])
def test_given_repositories_replace_what_was_theirs_and_no_other_s(
    format_: DatasetFormat, tmp_path: Path
) -> None:
    old = write(tmp_path, given_rows(task_row("a", "1"), task_row("b", "1"), task_row("c", "1")), format_)
    new = write(tmp_path, given_rows(task_row("b", "2", "new"), task_row("d", "1")), format_, old)
    assert rows_of(tmp_path, format_) == [
        ("a", "1", "T"),
        ("b", "2", "new"),
        ("c", "1", "T"),
        ("d", "1", "T"),
    ]
    assert (new.files[0].path, new.files[0].rows) == (f"tasks.{format_.value}", 4)
    assert {file.table for file in new.files} == set(TABLES)


def test_records_of_others_pass_as_they_stand(tmp_path: Path) -> None:
    old = write(tmp_path, given_rows(task_row("a", "1"), task_row("b", "1")))
    file = tmp_path / "stage-0" / "tasks.jsonl"
    odd = file.read_bytes().replace(b'{"repo":"a",', b'{"repo":"a", "later":5,')
    file.write_bytes(odd)
    known = measured(old, "tasks.jsonl", odd)
    write(tmp_path, given_rows(task_row("b", "2")), old=known)
    assert (tmp_path / "stage-1" / "tasks.jsonl").read_bytes().startswith(b'{"repo":"a", "later":5,')


def measured(manifest: Manifest, path: str, content: bytes) -> Manifest:
    """A manifest that knows a file's content as it is now."""
    found: Mapping[str, Any] = {"bytes": len(content), "sha256": sha256(content).hexdigest()}
    files = tuple(file._replace(**found) if file.path == path else file for file in manifest.files)
    return manifest._replace(files=files)


@pytest.mark.parametrize(("content", "is_known"), [(b"", False), (b"[]\n", True)])
def test_what_is_not_as_the_manifest_has_it_or_no_row_is_refused(
    content: bytes, is_known: bool, tmp_path: Path
) -> None:
    old = write(tmp_path, given_rows(task_row("a", "1")))
    (tmp_path / "stage-0" / "tasks.jsonl").write_bytes(content)
    known = measured(old, "tasks.jsonl", content) if is_known else old
    with pytest.raises(TaskfilesError) as refused:
        write(tmp_path, given_rows(task_row("b", "1")), old=known)
    assert refused.value.code == "bad-dataset"


def test_documents_have_a_file_for_each_repository(tmp_path: Path) -> None:
    kept = File("otlp/c.jsonl", "otlp", 1, 2, "0" * 64, "c")
    replaced = kept._replace(path="otlp/b.jsonl", repo="b")
    old = Manifest(DatasetFormat.OTLP, (), {}, (kept, replaced))
    repos = {"ada/ü?": Counts(), "b": Counts()}
    given = Given(repos, lambda _: (), lambda repo: [f"{repo}\n".encode()] if repo != "b" else [])
    files = write_documents(Job(str(tmp_path), str(tmp_path), old, given, ()), DatasetFormat.OTLP)
    assert [(file.path, file.repo, file.rows) for file in files] == [
        ("otlp/c.jsonl", "c", 1),
        ("otlp/ada%2F%C3%BC%3F.jsonl", "ada/ü?", 1),
        ("otlp/b.jsonl", "b", 0),
    ]
    assert (tmp_path / "otlp" / "ada%2F%C3%BC%3F.jsonl").read_text("utf-8") == "ada/ü?\n"
