"""Options that plan a task: days stay as typed, words and durations become days of the project's zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from support.in_process import call
from support.project import Project
from taskfiles import TaskfilesError
from taskfiles_cli.line.planned import read_planned

NIGHT = datetime(2025, 11, 2, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2025-12-31", "2025-12-31"),
        (" 2025-12-31T10:00+0100 ", "2025-12-31T10:00+0100"),
        ("Tomorrow", "2025-11-04"),  # it is the third in Tokyo
        ("today", "2025-11-03"),
        ("Friday", "2025-11-07"),
        ("monday", "2025-11-10"),  # not the one that it is
        ("7d", "2025-11-10"),
        ("1w", "2025-11-10"),
        ("2h", "2025-11-03T01:30:00.000Z"),
    ],
)
def test_days_are_those_of_the_zone(typed: str, kept: str) -> None:
    found = read_planned({"due": typed, "not_before": typed}, lambda: NIGHT, ZoneInfo("Asia/Tokyo"))
    assert found == {"due": kept, "not_before": kept}


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("estimate_minutes", "90", 90),
        ("estimate_minutes", "90m", 90),
        ("estimate_minutes", "2h", 120),
        ("rank", "-2", -2),
        ("rank", "1.5", 1.5),
    ],
)
def test_numbers_are_read(key: str, typed: str, kept: float) -> None:
    assert read_planned({key: typed}, lambda: NIGHT, UTC) == {key: kept}


@pytest.mark.parametrize(
    ("key", "typed", "option"),
    [
        *(
            ("estimate_minutes", typed, "--estimate")
            for typed in ("1d", "30s", "500ms", "x", "-1", "1.5h", "٣")
        ),
        *(("rank", typed, "--rank") for typed in ("x", "true", "1,5", "[1]")),
        ("due", "someday", "--due"),
        ("not_before", "yesterday", "--not-before"),
    ],
)
def test_what_is_none_is_refused_with_the_option(key: str, typed: str, option: str) -> None:
    with pytest.raises(TaskfilesError) as error:
        read_planned({key: typed}, lambda: NIGHT, UTC)
    assert error.value.code == "bad-value"
    assert option in error.value.message


def test_new_and_update_take_them(project: Project) -> None:
    made = call(
        project, "new", "Fix it", "--due", "2027-01-02", "--estimate", "2h", "--rank", "3", "-o", "json"
    ).json["task"]
    assert (made["due"], made["estimate_minutes"], made["rank"]) == ("2027-01-02", 120, 3)
    done = call(project, "update", "fix-it", "--not-before", "2026-12-01", "--rank", "0", "-o", "json")
    assert (done.json["task"]["not_before"], done.json["task"]["rank"]) == ("2026-12-01", 0)
    twice = call(project, "update", "fix-it", "--due", "2027-01-01", "--meta", "due=2027-01-02")
    assert (twice.code, "both set due" in twice.err) == (2, True)


def test_a_new_task_says_who_wrote_it_where_that_is_set(project: Project) -> None:
    project.git("init", "-q")
    project.git("config", "user.name", "Ana")
    assert call(project, "new", "A", "-o", "json").json["task"]["created_by"] is None
    project.configure("[new]\ncreated_by = true\n")
    assert call(project, "new", "B", "-o", "json").json["task"]["created_by"] == "Ana"
    named = call(project, "new", "C", "-o", "json", env={"TASKS_ACTOR": "bot"})
    assert named.json["task"]["created_by"] == "bot"
    given = call(project, "new", "D", "--by", "eve", "--meta", "created_by=zoe", "-o", "json")
    assert given.json["task"]["created_by"] == "zoe"
    entries = '[{"title": "E"}, {"title": "F", "created_by": "zoe"}]'
    call(project, "new", "--from", "-", "--by", "bob", stdin=entries)
    authors = [project.store.get(name).get("created_by") for name in ("e", "f")]
    assert authors == ["bob", "zoe"]
