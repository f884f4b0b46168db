"""The words of options about formats that only some commands have; the others are those of the console."""

from __future__ import annotations

from enum import StrEnum


class FindingFormat(StrEnum):
    """The formats of findings."""

    HUMAN = "human"
    JSON = "json"
    JSONL = "jsonl"
    PLAIN = "plain"
    GITHUB = "github"
    SARIF = "sarif"


class PlanFormat(StrEnum):
    """The formats of a plan."""

    HUMAN = "human"
    JSON = "json"
    JSONL = "jsonl"
    PLAIN = "plain"
    GITHUB_MATRIX = "github-matrix"


class NextFormat(StrEnum):
    """The formats of what is next; ids is another name of plain."""

    HUMAN = "human"
    JSON = "json"
    JSONL = "jsonl"
    PLAIN = "plain"
    IDS = "ids"


class StatsFormat(StrEnum):
    """The formats of figures."""

    HUMAN = "human"
    JSON = "json"
    JSONL = "jsonl"
    PLAIN = "plain"
    CSV = "csv"


class Partition(StrEnum):
    """By what a dataset can be split besides months."""

    REPO = "repo"


class ReportFormat(StrEnum):
    """The formats of a report."""

    HTML = "html"
    SVG = "svg"
    PNG = "png"


class Profile(StrEnum):
    """The profiles of settings that `init` knows."""

    DEV = "dev"
    PROD = "prod"
