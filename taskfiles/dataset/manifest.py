"""The manifest of a dataset: what it holds, and in which files; pure.

It is the one thing that readers go by: a file that it does not list is not of the dataset.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from taskfiles.basics.jsontext import json_text
from taskfiles.dataset.columns import TABLES, VERSION, Column, Schema, Type
from taskfiles.dataset.words import DatasetFormat
from taskfiles.errors import TaskfilesError
from taskfiles.remedy import Remedy

NAME = "manifest.json"
DATASET = "taskfiles"


# Formats that hold the five tables; the others hold what is made of tasks for one kind of receiver.
TABULAR = frozenset({DatasetFormat.JSONL, DatasetFormat.CSV, DatasetFormat.SQLITE, DatasetFormat.PARQUET})
# By what the files of a dataset can be split.
PARTITIONS: tuple[tuple[str, ...], ...] = ((), ("month",), ("repo", "month"))


class Counts(NamedTuple):
    """What a repository has in a dataset; `events` and `plans` are None where they were left out.

    `gone` counts the tasks whose files are gone: see `dataset.gone`.
    """

    tasks: int = 0
    attempts: int = 0
    gates: int = 0
    events: int | None = None
    plans: int | None = None
    invalid: int = 0
    twins: int = 0
    unreadable: int = 0
    gone: int = 0


class File(NamedTuple):
    """A file of the dataset: its path relative to the manifest, with `/`; rows, bytes, SHA-256.

    `repo` and `month` are those of all its rows; None where they are not of one.
    """

    path: str
    table: str
    rows: int
    bytes: int
    sha256: str
    repo: str | None = None
    month: str | None = None


class Manifest(NamedTuple):
    """A dataset as it is described by its manifest.

    `columns` are those that its tables have: another release may know more or fewer of them. `lacking` are
    columns that this release knows, and they don't have, or of another type.
    """

    format: DatasetFormat
    partition: tuple[str, ...]
    repositories: Mapping[str, Counts]
    files: tuple[File, ...]
    version: int = VERSION
    columns: Schema = TABLES
    lacking: tuple[str, ...] = ()

    def files_of(self, table: str) -> list[File]:
        """List the files of a table, in order of their paths."""
        return [file for file in self.files if file.table == table]


class _Bad(ValueError):
    """What is wrong with a text that should be a manifest."""


def manifest_text(manifest: Manifest) -> str:
    """Write a manifest: keys and files sorted, nothing of a clock or a machine in it."""
    value = {
        "dataset": DATASET,
        "version": manifest.version,
        "format": manifest.format.value,
        "partition": list(manifest.partition),
        "columns": _columns(manifest.format, manifest.columns),
        "repositories": {repo: counts._asdict() for repo, counts in manifest.repositories.items()},
        "files": [file._asdict() for file in sorted(manifest.files)],
    }
    return json_text(value, indent=2, in_order=True) + "\n"


def _columns(format_: DatasetFormat, schema: Schema = TABLES) -> dict[str, dict[str, str]]:
    tables = schema.items() if format_ in TABULAR else ()
    return {table: {column.name: column.type.value for column in columns} for table, columns in tables}


def read_manifest(text: str, *, path: str = NAME) -> Manifest:
    """Read a manifest; `path` is what errors call it.

    Raises TaskfilesError (bad-dataset) for what is none, for a newer version, and for files outside of its
    directory.
    """
    try:
        return _read(text)
    except _Bad as error:
        problem, remedy = error.args
        raise TaskfilesError("bad-dataset", path=path, problem=problem, remedy=remedy) from error


def is_inside(path: str) -> bool:
    """Whether a path with `/` names a file below the directory that it is relative to.

    >>> [is_inside(path) for path in ("a/b.jsonl", "/etc/passwd", "a/../../b", "a\\\\b", "")]
    [True, False, False, False, False]
    """
    parts = path.split("/")
    return not any(part in {"", ".", ".."} or "\\" in part or "\0" in part for part in parts)


def _read(text: str) -> Manifest:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise _wrong("it is not JSON") from None
    if not isinstance(value, dict) or value.get("dataset") != DATASET:
        raise _wrong("it is not a manifest of a dataset")
    version: Any = value.get("version")
    if not _is_count(version) or version < 1:
        raise _wrong("it has no version")
    if version > VERSION:
        raise _Bad(
            f"its version is {version}, and this release knows up to {VERSION}",
            "Use a newer release of tasks; nothing was changed.",
        )
    format_ = value.get("format")
    if format_ not in list(DatasetFormat):
        raise _wrong("its format is unknown")
    partition = value.get("partition")
    if not isinstance(partition, list) or tuple(partition) not in PARTITIONS:
        raise _wrong("its partition is unknown")
    repositories, files = value.get("repositories"), value.get("files")
    if not isinstance(repositories, dict) or not isinstance(files, list):
        raise _wrong("it does not list repositories and files")
    ours, theirs = _columns(DatasetFormat(format_)), value.get("columns")
    return Manifest(
        DatasetFormat(format_),
        tuple(partition),
        {repo: _read_counts(repo, counts) for repo, counts in sorted(repositories.items())},
        tuple(sorted(_unique(_read_file(each) for each in files))),
        version,
        TABLES if theirs == ours else _read_columns(theirs),
        tuple(_find_lacking(ours, theirs)),
    )


def _read_columns(value: Any) -> Schema:
    """Read the columns of another release: of our tables, in our order, then by name."""
    found: dict[str, tuple[Column, ...]] = {}
    for table, ours in TABLES.items():
        there = value.get(table) if isinstance(value, dict) else None
        named = there if isinstance(there, dict) else {}
        names = [column.name for column in ours if column.name in named]
        names += sorted(named.keys() - set(names))
        found[table] = tuple(_read_column(table, name, named[name], ours) for name in names)
    return found


def _read_column(table: str, name: str, kind: Any, ours: tuple[Column, ...]) -> Column:
    if kind not in list(Type):
        raise _Bad(
            f"its column {table}.{name} has a type that this release does not know",
            "Use a newer release of tasks; nothing was changed.",
        )
    meaning = next((column.meaning for column in ours if column.name == name), "Of another release.")
    return Column(name, Type(kind), meaning)


def _find_lacking(ours: Mapping[str, Mapping[str, str]], theirs: Any) -> Iterator[str]:
    for table, columns in ours.items():
        there = theirs.get(table) if isinstance(theirs, dict) else None
        for name, kind in columns.items():
            if not isinstance(there, dict) or there.get(name) != kind:
                yield f"{table}.{name}"


def _read_counts(repo: str, value: Any) -> Counts:
    known: dict[str, Any] = (
        {name: value.get(name) for name in Counts._fields} if isinstance(value, dict) else {}
    )
    if known:
        known["gone"] = value.get("gone", 0)  # datasets of before have none
    optional = {"events", "plans"}
    if not known or not all(
        _is_count(each) or (each is None and name in optional) for name, each in known.items()
    ):
        raise _wrong(f"what it tells of {repo} is not counted")
    return Counts(**known)


def _read_file(value: Any) -> File:
    if not isinstance(value, dict) or not isinstance(value.get("path"), str):
        raise _wrong("one of its files has no path")
    path = value["path"]
    if not is_inside(path):
        raise _wrong(f"{path} is no file below it")
    said: dict[str, Any] = {name: value.get(name) for name in File._fields}
    file = File(**said)
    if not isinstance(file.table, str) or not _is_count(file.rows) or not _is_count(file.bytes):
        raise _wrong(f"what it tells of {path} is not whole")
    if not isinstance(file.sha256, str) or not re.fullmatch("[0-9a-f]{64}", file.sha256):
        raise _wrong(f"{path} has no checksum")
    if not all(each is None or isinstance(each, str) for each in (file.repo, file.month)):
        raise _wrong(f"what it tells of {path} is not whole")
    return file


def _unique(files: Iterable[File]) -> list[File]:
    """Refuse a path that stands twice; the tables of one SQLite file are the exception."""
    found: dict[tuple[str, str], File] = {}
    for file in files:
        if (file.path, file.table) in found:
            raise _wrong(f"{file.path} stands twice in it")
        found[file.path, file.table] = file
    return list(found.values())


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _wrong(problem: str) -> _Bad:
    return _Bad(
        problem, Remedy("Name the directory of a whole dataset; nothing was changed.", "damaged-dataset")
    )
