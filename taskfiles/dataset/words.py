"""The words of datasets: their formats, and who counts them."""

from __future__ import annotations

from enum import StrEnum


class DatasetFormat(StrEnum):
    """How the files of a dataset are written."""

    JSONL = "jsonl"
    CSV = "csv"
    SQLITE = "sqlite"
    PARQUET = "parquet"
    OTLP = "otlp"
    COMPLETION = "task-completion"


class Engine(StrEnum):
    """Who counts a dataset."""

    PYTHON = "python"
    DUCKDB = "duckdb"
    SPARK = "spark"
