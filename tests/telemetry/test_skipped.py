"""What can't be read of the event log is named by every command that reads it, for people and programs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from support.in_process import call, ok
from support.project import Done, Project
from taskfiles.telemetry.skipped import Skipped

READERS = {
    "tail": ("telemetry", "tail"),
    "stats": ("stats", "--plans"),
    "export": ("export", "--dataset", "../data"),
    "report": ("report", "--out", "../page.html", "--telemetry", ".git/tasks/telemetry/v1"),
}
ENTRIES = {**READERS, "push": ("telemetry", "push", "--sink", "dir:../events")}


@pytest.fixture
def logged(project: Project) -> Project:
    project.task("fix")
    ok(call(project, "update", "fix", "--meta", "size=large"))
    (project.root.parent / "events").mkdir()
    return project


def file_of(project: Project) -> Path:
    (file,) = (project.root / ".git/tasks/telemetry/v1").glob("dt=*/*.jsonl")
    return file


def damage(project: Project) -> list[str]:
    """Damage the log in five lines; gives the first three places."""
    file = file_of(project)
    lines = file.read_bytes().count(b"\n")
    with file.open("ab") as out:
        out.write(b'garbage\n{"a": 1}\n\x00\xff\n[]\n{"id": 5}\n{"cut off')
    return [f"{file.name}:{lines + number}" for number in (1, 2, 3)]


def warnings(done: Done) -> list[dict[str, Any]]:
    found = [json.loads(line)["warning"] for line in done.err.splitlines() if line.startswith('{"warning"')]
    return [each for each in found if each["code"] == "damaged-log"]


@pytest.mark.parametrize("name", READERS)
def test_lines_that_hold_no_event_are_named(logged: Project, name: str) -> None:
    places = damage(logged)
    done = ok(call(logged, *READERS[name]))
    assert "lines of the event log can't be read and are left out: " in done.err
    assert all(place in done.err for place in places)
    (warning,) = warnings(ok(call(logged, *READERS[name], "--output", "json")))
    assert warning["count"] == (6 if name == "report" else 5)  # a file of others is written no more
    assert f" and {warning['count'] - 3} more." in warning["message"]


@pytest.mark.parametrize("name", ENTRIES)
def test_entries_that_are_no_file_are_named(logged: Project, name: str) -> None:
    os.mkfifo(file_of(logged).with_name("pipe.jsonl"))
    (warning,) = warnings(ok(call(logged, *ENTRIES[name], "--output", "json")))
    assert "1 entry of the event log is no regular file: " in warning["message"]
    assert "pipe.jsonl" in warning["message"]


def test_check_names_every_entry_that_is_no_file(logged: Project) -> None:
    place = file_of(logged).parent
    os.mkfifo(place / "pipe.jsonl")
    (place / "link.jsonl").symlink_to("nowhere")
    (place.parent / "dt=2025-01-01").write_text("no directory")
    found = call(logged, "telemetry", "check", "--output", "json")
    problems = [each for each in found.json["problems"] if each["code"] == "no-file"]
    assert found.code == 1
    assert [Path(each["path"]).name for each in problems] == ["dt=2025-01-01", "link.jsonl", "pipe.jsonl"]


def test_a_sound_log_needs_no_word() -> None:
    assert (Skipped().count, Skipped().sentences()) == (0, [])
