"""Attempts that end in the future: named by every check and by what writes them, and never stored."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.in_process import call
from support.project import NOON, Project
from taskfiles import Store, validate
from taskfiles.backlog.clock import check_future
from taskfiles.basics.instants import format_instant
from taskfiles.operations.validate import validate_text

RECORD = ("record", "fix", "--status", "completed", "--tool", "t", "--duration-seconds", "5")


def attempts(*ends: str) -> str:
    items = "".join(
        f"    - started_at: {end}\n      ended_at: {end}\n      duration_seconds: 0\n"
        "      status: failed\n      executor: {tool: t}\n"
        for end in ends
    )
    return f"execution:\n  attempts:\n{items}"


@pytest.mark.parametrize(("seconds", "found"), [(-1, 0), (0, 0), (60, 0), (61, 1), (10**9, 1)])
def test_an_attempt_that_ends_more_than_a_minute_from_now_is_found(
    project: Project, seconds: int, found: int
) -> None:
    end = format_instant(NOON + timedelta(seconds=seconds))
    project.task("fix", extra=attempts("2025-11-02T11:00:00Z", end))
    task = project.get("fix")
    assert len(list(check_future([task], NOON))) == found
    assert len(validate_text(task.path, task.data, NOON)) == found
    codes = [(each.code, each.field) for each in validate(Store(project.root, now=lambda: NOON)).findings]
    assert codes == [("attempt-in-future", "execution.attempts[1].ended_at")] * found


def test_what_is_found_is_not_kept_in_the_index(project: Project) -> None:
    """The time goes on while the file stays as it is."""
    end = format_instant(NOON + timedelta(days=1))
    project.task("fix", extra=attempts(end))
    for days, found in ((0, 1), (2, 0), (0, 1)):
        now = NOON + timedelta(days=days)
        for _ in range(2):
            assert len(validate(Store(project.root, now=lambda now=now: now)).findings) == found


def test_who_records_it_is_warned_once(project: Project) -> None:
    project.task("fix")
    for source in (("--ended-at", "2999-01-01T00:00:00Z"), ("--ended-at", "2999-02-01T00:00:00Z")):
        done = call(project, *RECORD, *source)
        assert done.code == 0
        assert done.err.count("warning[attempt-in-future]") == 1
    done = call(project, "update", "fix", "--meta", "size=xl")
    assert (done.code, done.err) == (0, "")
    assert call(project, "validate", "fix").out.count("attempt-in-future") == 2
    assert "attempt-in-future" in call(project, "validate", "-", stdin=project.get("fix").data).out
