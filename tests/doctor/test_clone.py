"""What a clone keeps beside its tasks: changes cut short, claims, events, git's merge driver."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest

from support.event_spool import event, log
from support.in_process import call, ok
from support.kill_steps import kill_at
from support.project import NOON, Project
from taskfiles import Store
from taskfiles.doctor.check import Scene, Status
from taskfiles.doctor.clone import (
    check_claims,
    check_driver,
    check_leftovers,
    check_telemetry,
    settle_leftovers,
)
from taskfiles.operations.pickup import pickup
from taskfiles_cli.render.remedies import say

CHECKS = [check_leftovers, check_claims, check_telemetry, check_driver]


def scene_of(project: Project, hours: int = 0) -> Scene:
    now = NOON + timedelta(hours=hours)
    return Scene(str(project.root), Store(project.root, now=lambda: now))


@pytest.mark.parametrize("check", [*CHECKS, settle_leftovers])
def test_without_a_project_there_is_nothing_to_look_at(check: object, project: Project) -> None:
    assert callable(check)
    assert list(check(Scene(str(project.root), None))) == []


def test_a_sound_clone_is_sound(project: Project) -> None:
    messages = [seen.message for check in CHECKS[:3] for seen in check(scene_of(project))]
    assert messages == [
        "No change was cut short.",
        "No task is claimed.",
        "Events need not be kept anywhere else.",
    ]
    assert list(settle_leftovers(scene_of(project))) == []


@pytest.mark.slow
def test_a_change_that_was_cut_short_is_settled(project: Project) -> None:
    project.task("fix")
    project.task("epic", kind="epic", children="[fix]")
    before = project.tree()
    for step in count(1):
        assert kill_at(step, lambda: call(project, "rename", "fix", "other"), project)
        if project.tree() != before:
            break
    seen = [*check_leftovers(scene_of(project))]
    assert [(each.status, each.message) for each in seen] == [
        (Status.WRONG, "A command was cut short; its change is not settled.")
    ], seen
    assert seen[0].path is not None
    (fixed,) = settle_leftovers(scene_of(project))
    assert fixed.status is Status.FIXED
    assert project.tree() == before
    assert [each.status for each in check_leftovers(scene_of(project))] == [Status.OK]


def test_who_holds_what_is_worth_knowing(project: Project) -> None:
    project.task("fix")
    pickup(Store(project.root, now=lambda: NOON), "fix", by="Ada")
    (held,) = check_claims(scene_of(project))
    assert (held.status, held.message) == (Status.INFO, "Ada holds fix until 2025-11-02T12:30:00.000Z.")
    (lapsed,) = check_claims(scene_of(project, hours=1))
    assert lapsed.message == "Ada held fix until 2025-11-02T12:30:00.000Z; others may take it."
    (project.root / project.path("fix", "in-progress")).unlink()
    (outlived,) = check_claims(scene_of(project))
    assert outlived.message.endswith("; there is no such task here.")
    assert "tasks release fix --force" in say(outlived.hint or "")


def test_a_claim_that_can_not_be_read_is_wrong(project: Project) -> None:
    project.task("fix")
    pickup(Store(project.root), "fix", by="Ada")
    (file,) = (project.root / ".git/tasks/leases").glob("*.json")
    file.write_text("{")
    (seen,) = check_claims(scene_of(project))
    assert (seen.status, seen.path) == (Status.WRONG, file.relative_to(project.root).as_posix())


REQUIRED = '[telemetry]\nrequire = "repository"\nsinks = ["git:../events"]\n'


def test_events_are_kept_where_that_is_asked_for(project: Project) -> None:
    events = Project(project.root.parent / "events")
    events.root.mkdir()
    events.git("init", "-q", "-b", "main")
    project.configure(REQUIRED)
    (seen,) = check_telemetry(scene_of(project))
    assert (seen.status, seen.message) == (
        Status.OK,
        "All events are in the repository that telemetry.require asks for.",
    )
    log(project, event(1))
    (missing,) = check_telemetry(scene_of(project))
    assert missing.status is Status.WRONG
    assert missing.message.endswith("git:../events lacks 1.")
    project.configure("a = [")
    assert list(check_telemetry(scene_of(project))) == []  # another check says why


def test_git_merges_by_lines_until_it_is_set_up(project: Project) -> None:
    (by_lines,) = check_driver(scene_of(project))
    assert (by_lines.status, by_lines.message) == (Status.INFO, "Git merges task files by lines.")
    ok(call(project, "init", "--merge-driver"))
    assert [seen.status for seen in check_driver(scene_of(project))] == [Status.OK]
    project.git("config", "--remove-section", "merge.tasks")
    assert [seen.status for seen in check_driver(scene_of(project))] == [Status.WRONG]
    (project.root / ".git/config").write_text("[damaged\n")
    assert [seen.message for seen in check_driver(scene_of(project))] == [
        "Git can't tell how task files are merged."
    ]
