"""Days and short forms of instants: read wherever an instant is, kept as they are written."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from support.in_process import call, ok
from support.layouts import in_states
from support.project import Project
from taskfiles import Filter, Store, find_tasks
from taskfiles.basics.instants import INSTANT_NAMES
from taskfiles.changes.draft import REFRESHED
from taskfiles.task.keys import INSTANT_KEYS, PARTS

FORMS = {
    "2025-11-02": "2025-11-02",
    "20251102": "2025-11-02",
    "'2025-11-02'": "2025-11-02",
    "2025-11-02 15:03": "2025-11-02T15:03:00Z",
    "2025-11-02T15:03Z": "2025-11-02T15:03:00Z",
    "2025-11-02T16:03:00+0100": "2025-11-02T15:03:00Z",
    "20251102T150300Z": "2025-11-02T15:03:00Z",
    "20251102T1603+01": "2025-11-02T15:03:00Z",
}


def test_the_keys_that_hold_instants_are_those_of_the_table() -> None:
    """They are written without quotes, by name."""
    kinds = {
        name for part in PARTS.values() for name, key in part.items() if key.type in {"instant", "moment"}
    }
    assert kinds == INSTANT_NAMES


@pytest.mark.parametrize("text", FORMS)
@pytest.mark.parametrize("key", sorted(INSTANT_KEYS))
def test_each_form_is_read_at_each_key_and_stays(project: Project, key: str, text: str) -> None:
    """In one file and by the index, by the command line and in JSON; an edit leaves it alone."""
    project.task("fix", state="done", **{key: text})
    before = next(iter(project.tree().items()))
    for _ in range(2):
        (row,) = ok(call(project, "list", "--output", "json")).json
        assert row["valid"] is True
        assert row[key] == FORMS[text]
    assert ok(call(project, "show", "fix", "--output", "json")).json[key] == FORMS[text]
    assert call(project, "update", "fix", "--meta", "size=xl").code == 0
    path, data = next(iter(project.tree().items()))
    assert path == before[0]
    assert f"{key}: {text}\n" in data.decode() or key in REFRESHED
    assert call(project, "stats", "--output", "json").code == 0
    assert call(project, "validate").code == 0


@pytest.mark.parametrize("text", FORMS)
def test_each_form_is_taken_by_the_command_line(project: Project, text: str) -> None:
    project.task("fix")
    given = text.strip("'")
    assert call(project, "update", "fix", "--meta", f"created_at={given}").code == 0
    assert call(project, "show", "fix", "--output", "json").json["created_at"] == FORMS[text]
    assert call(project, "list", "--since", given, "--output", "json").code == 0
    assert call(project, "stats", "--since", given, "--output", "json").code == 0
    record = (
        "record",
        "fix",
        "--status",
        "failed",
        "--tool",
        "t",
        "--duration-seconds",
        "0",
        "--ended-at",
        given,
    )
    assert call(project, *record).code == (0 if "T" in FORMS[text] else 2)


def test_a_done_task_is_named_after_its_day(project: Project) -> None:
    project.task("fix", commit_message="Fix")
    line = ("update", "fix", "--state", "done", "--meta", "completed_at=2025-11-02")
    assert call(project, *line).code == 0
    assert list(project.tree()) == [project.path("fix", "done", completed_at="2025-11-02T12:00:00Z")]


@pytest.mark.parametrize(
    ("since", "zone", "found"),
    [
        ("2025-11-02T23:59:59Z", "UTC", True),
        ("2025-11-03T00:00:00Z", "UTC", False),
        ("2025-11-02T22:59:59Z", "Europe/Berlin", True),
        ("2025-11-02T23:00:00Z", "Europe/Berlin", False),
        ("2025-11-03T09:00:00Z", "Pacific/Pago_Pago", True),
        ("2025-11-02", "Europe/Berlin", True),
        ("2025-11-03", "Europe/Berlin", False),
    ],
)
def test_a_day_is_the_whole_day_in_the_projects_time_zone(
    project: Project, since: str, zone: str, found: bool
) -> None:
    project.configure(f'format = 1\ntimezone = "{zone}"\n')
    project.task("fix", created_at="2025-11-02")
    for env in ({"TZ": "Asia/Tokyo"}, {"TZ": "America/Los_Angeles"}):
        listed = call(project, "list", "--since", since, "--output", "plain", env=env)
        assert (listed.code, listed.out) == (0, "fix\n" if found else "")


def test_today_is_the_day_in_the_projects_time_zone(project: Project) -> None:
    project.configure('timezone = "Pacific/Kiritimati"\n')
    project.task("new", created_at=datetime.now(UTC).isoformat())
    project.task("old", created_at="2020-01-01T00:00:00Z")
    for word in ("today", "Today", "yesterday"):
        assert call(project, "list", "--since", word, "--output", "plain").out == "new\n"


@in_states
def test_a_zone_that_is_none_is_named(project: Project) -> None:
    for name in ("Europe/Atlantis", "", "../etc/passwd", "Europe"):
        project.configure(f"timezone = {json.dumps(name)}\n")
        done = call(project, "validate", "--output", "json")
        (found,) = done.json["findings"]
        assert (done.code, found["code"], found["line"]) == (1, "config-value", 1)
        assert call(project, "list").code == 0


@pytest.mark.parametrize(
    ("until", "found"), [("2025-11-02", 0), ("2025-11-03", 1), ("2025-11-02T12:00:00Z", 1)]
)
def test_a_completion_on_a_day_is_counted_in_that_day(project: Project, until: str, found: int) -> None:
    project.task("fix", state="done", completed_at="2025-11-02")
    value: Any = call(project, "stats", "--until", until, "--without-telemetry", "--output", "json").json
    assert value["without_telemetry"] == found


def test_the_library_asks_for_days_in_a_zone(project: Project) -> None:
    from zoneinfo import ZoneInfo

    project.task("fix", created_at="2025-11-02")
    tasks = Store(project.root).snapshot().tasks
    since = datetime(2025, 11, 2, 23, 30, tzinfo=UTC)
    assert [task.id for task in find_tasks(tasks, Filter(since=since))] == ["fix"]
    assert find_tasks(tasks, Filter(since=since, zone=ZoneInfo("Europe/Berlin"))) == []
    assert str(tasks[0].created_at) == "2025-11-02 00:00:00+00:00"
    assert str(tasks[0].meta.created_at) == "2025-11-02"
