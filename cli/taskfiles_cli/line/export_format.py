"""What `tasks export` writes: a dataset in one of its formats, or the files of another tool."""

from __future__ import annotations

from enum import StrEnum

from taskfiles.dataset.words import DatasetFormat
from taskfiles.leave.tool import Tool


class ExportFormat(StrEnum):
    """The formats of datasets, then the tools."""

    JSONL = DatasetFormat.JSONL.value
    CSV = DatasetFormat.CSV.value
    SQLITE = DatasetFormat.SQLITE.value
    PARQUET = DatasetFormat.PARQUET.value
    OTLP = DatasetFormat.OTLP.value
    COMPLETION = DatasetFormat.COMPLETION.value
    BACKLOG = Tool.BACKLOG.value
    TASKMD = Tool.TASKMD.value
    TASKPLAIN = Tool.TASKPLAIN.value
    BEADS = Tool.BEADS.value
    TODO_TXT = Tool.TODO_TXT.value
    TASKWARRIOR = Tool.TASKWARRIOR.value
    GITHUB = Tool.GITHUB.value
