"""`--safe-csv` wherever CSV is written: no cell that a spreadsheet runs; never without it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from support.in_process import call, ok
from support.project import Project

MODEL = "=HYPERLINK(1)"


@pytest.fixture
def rich(project: Project) -> Project:
    project.task("fix", title='"@now"', labels='["-1"]')
    project.task("other", state="done", title='"+1"')
    record = ("record", "fix", "--status", "failed", "--tool", "t", "--duration-seconds", "1")
    assert call(project, *record, "--model", MODEL).code == 0
    return project


def cells(text: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(text, newline=""), strict=True) for cell in row]


LINES = (
    ("stats", "--by", "model", "--output", "csv"),
    ("stats", "--without-telemetry", "--output", "csv"),
)


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_figures(rich: Project, line: tuple[str, ...]) -> None:
    plain, safe = cells(ok(call(rich, *line)).out), cells(ok(call(rich, *line, "--safe-csv")).out)
    assert plain != safe
    assert [cell.removeprefix("'") for cell in safe] == plain
    assert not [cell for cell in safe if cell.startswith(("=", "+", "-", "@"))]


def test_a_dataset(rich: Project) -> None:
    """Each repository replaces what the dataset had of it, whatever it is called."""
    export = ("export", "--format", "csv", "--repo", "@ada/app", "--output", "plain", "--no-events")
    for place, more in (("plain", ()), ("safe", ("--safe-csv",))):
        for _ in range(2):
            ok(call(rich, *export, "--dataset", f"../{place}", *more))
    found = {place: read(rich.root.parent / place) for place in ("plain", "safe")}
    assert [cell.removeprefix("'") for cell in found["safe"]] == found["plain"]
    assert not [cell for cell in found["safe"] if cell.startswith(("=", "+", "-", "@"))]
    assert {"@ada/app", MODEL, "@now"} <= set(found["plain"])
    assert call(rich, *export[:3], "--dataset", "../both", "--from", "../safe", "--output", "plain").code == 0
    assert read(rich.root.parent / "both") == [
        cell if cell != "'@ada/app" else "@ada/app" for cell in found["safe"]
    ]


def read(place: Path) -> list[str]:
    return [cell for file in sorted(place.glob("*.csv")) for cell in cells(file.read_text("utf-8"))]


@pytest.mark.parametrize(
    "line",
    [("stats",), ("stats", "--output", "json"), ("export", "--dataset", "../x", "--repo", "a")],
    ids=" ".join,
)
def test_it_goes_with_csv_alone(rich: Project, line: tuple[str, ...]) -> None:
    done = call(rich, *line, "--safe-csv")
    assert (done.code, "--safe-csv goes with" in done.err) == (2, True)
    assert not (rich.root.parent / "x").exists()
