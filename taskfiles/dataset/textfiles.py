"""Datasets of text files: a file a table for JSON Lines and CSV, a file a repository for documents."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from functools import partial

from taskfiles.basics.foreign import explain_record
from taskfiles.dataset.encoding import encode_csv
from taskfiles.dataset.manifest import File
from taskfiles.dataset.texts import TEXT_FORMATS, read_records, write_records
from taskfiles.dataset.words import DatasetFormat
from taskfiles.dataset.writing import Job, not_readable, write_lines

Record = tuple[str, bytes]


def write_tables(job: Job, format_: DatasetFormat) -> list[File]:
    """Write a file for each table: the rows given among those of other repositories.

    Rows are sorted by their repository first, so that whole repositories are passed on as they stand.
    Raises TaskfilesError (bad-dataset, io), OSError.
    """
    how = TEXT_FORMATS[format_]
    encode = partial(encode_csv, safe=True) if job.safe_csv and format_ is DatasetFormat.CSV else how.encode
    files = []
    for table, columns in job.given.columns.items():
        new = write_records(encode, columns, job.given.batches(table))
        records = heapq.merge(_others(job, format_, table), new, key=_repo)
        lines = (line for _, line in records)
        path = f"{table}.{format_.value}"
        files.append(write_lines(job.stage, path, table, lines, header=how.header(columns)))
    return files


def write_documents(job: Job, format_: DatasetFormat) -> list[File]:
    """Write a file for each repository given; those of others stay. Raises OSError."""
    from urllib.parse import quote  # noqa: PLC0415 (tables need it not)

    table = format_.value
    kept = [file for file in job.old_files(table) if file.repo not in job.given.repositories]
    return kept + [
        write_lines(
            job.stage, f"{table}/{quote(repo, safe='')}.jsonl", table, job.given.documents(repo)
        )._replace(repo=repo)
        for repo in job.given.repositories
    ]


def _others(job: Job, format_: DatasetFormat, table: str) -> Iterator[Record]:
    """Return the records of the repositories that are there and not given."""
    for file in job.old_files(table):
        path = job.old_path(file)
        try:
            for record in read_records(path, format_, job.given.columns[table]):
                if record[0] not in job.given.repositories:
                    yield record
        except ValueError as error:
            raise not_readable(path, explain_record(error)) from error


def _repo(record: Record) -> str:
    return record[0]
