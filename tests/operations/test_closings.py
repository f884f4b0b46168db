"""Tasks that another worktree has closed: they are offered nowhere else, until that is merged or dropped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.branches import commit
from support.in_process import call, ok
from support.project import Project
from taskfiles.store.closings import LASTS, list_closings

ANA = {"TASKS_ACTOR": "ana"}


@pytest.fixture
def pair(project: Project, tmp_path: Path) -> tuple[Project, Project]:
    """A clone with two worktrees of one commit."""
    for task_id in ("fix", "other"):
        project.task(task_id)
    project.git("init", "-q", "-b", "main")
    commit(project, "tasks")
    project.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    return project, Project(tmp_path / "side")


def finish(project: Project, task_id: str = "fix") -> None:
    ok(call(project, "pickup", task_id, env=ANA))
    ok(call(project, "complete", task_id, "--check-acs", env=ANA))


def offered(project: Project) -> list[str]:
    ready = ok(call(project, "next", "--output", "json")).json
    startable = ok(call(project, "list", "--startable", "--output", "plain")).out.split()
    ids = [each["id"] for each in ready["candidates"]]
    assert sorted(ids) == startable
    return startable


def test_it_is_offered_nowhere_else_and_refused_with_the_place(pair: tuple[Project, Project]) -> None:
    main, side = pair
    finish(side)
    assert offered(main) == ["other"]
    left_out = ok(call(main, "next", "--output", "json")).json["skipped"]
    assert [(each["code"], each["ids"]) for each in left_out] == [("closed-elsewhere", ["fix"])]
    assert "1 is closed in another worktree: fix" in call(main, "next").err
    refused = call(main, "pickup", "fix", "--output", "json")
    assert (refused.code, refused.error["code"]) == (1, "not-ready")
    (reason,) = refused.error["details"]["reasons"]
    assert reason["code"] == "closed-elsewhere"
    assert f"its state is done in {side.root.resolve()} by ana since" in reason["message"]
    assert "`tasks release fix --force`" in refused.error["hint"]


def test_doctor_names_it_where_it_is_open(pair: tuple[Project, Project]) -> None:
    main, side = pair
    finish(side)
    for place, count in ((main, 1), (side, 0)):
        checks = json.loads(call(place, "doctor", "--output", "json").out)["results"]
        told = [each for each in checks if "and not here" in each["message"]]
        assert len(told) == count
        assert all("`tasks release fix --force`" in each["hint"] for each in told)


def test_once_merged_it_is_done_here_and_can_be_reopened(pair: tuple[Project, Project]) -> None:
    main, side = pair
    finish(side)
    commit(side, "done")
    main.git("merge", "-q", "side")
    assert main.get("fix").state == "done"
    ok(call(main, "move", "fix", "ready"))
    assert offered(main) == ["fix", "other"]
    ok(call(main, "pickup", "fix"))


@pytest.mark.parametrize("way", ["undo", "move fix ready", "update fix --meta state=ready"])
def test_what_is_undone_there_is_offered_again(pair: tuple[Project, Project], way: str) -> None:
    main, side = pair
    finish(side)
    ok(call(side, *way.split(), env=ANA))
    assert offered(main) == ["fix", "other"]


def test_work_that_was_dropped_is_released_by_force(pair: tuple[Project, Project]) -> None:
    main, side = pair
    finish(side)
    main.git("worktree", "remove", "--force", str(side.root))
    assert offered(main) == ["other"]  # its branch may still be merged
    ok(call(main, "release", "fix"))
    assert offered(main) == ["other"]
    dropped = ok(call(main, "release", "fix", "--force"))
    assert dropped.out.startswith(f"Released fix; what was done in {side.root.resolve()} is dropped")
    assert offered(main) == ["fix", "other"]


def test_a_rename_takes_it_along(pair: tuple[Project, Project]) -> None:
    main, side = pair
    finish(side)
    ok(call(main, "rename", "fix", "repair"))
    assert offered(main) == ["other"]
    refused = call(main, "pickup", "repair")
    assert f"its state is done in {side.root.resolve()} by ana" in refused.err
    main.git("worktree", "remove", "--force", str(side.root))
    assert "(which is gone)" in call(main, "pickup", "repair").err
    assert [each.name for each in (main.root / ".git/tasks/leases/closed").iterdir()] == ["repair.json"]


def test_a_closing_without_a_claim_and_a_cancellation_count_too(pair: tuple[Project, Project]) -> None:
    main, side = pair
    ok(call(side, "complete", "fix", "--check-acs"))
    ok(call(side, "move", "other", "canceled"))
    assert offered(main) == []
    assert {each.state for each in list_closings(main.store).values()} == {"done", "canceled"}
    ok(call(side, "undo"))
    assert offered(main) == ["other"]


def test_nothing_is_noted_without_another_worktree(project: Project) -> None:
    project.task("fix")
    project.git("init", "-q")
    ok(call(project, "complete", "fix", "--check-acs"))
    assert not [*(project.root / ".git").rglob("closed")]


def test_notes_that_can_not_be_read_and_old_ones_do_not_count(pair: tuple[Project, Project]) -> None:
    main, side = pair
    finish(side)
    (file,) = (main.root / ".git/tasks/leases/closed").iterdir()
    whole = file.read_text()
    for text in ("", "{", "[]", whole.replace('"format":1', '"format":2'), whole.replace('"fix"', '"else"')):
        file.write_text(text)
        assert offered(main) == ["fix", "other"]
    file.write_text(whole)
    closing = list_closings(main.store)["fix"]
    old = closing.at - LASTS
    file.write_text(whole.replace(whole.partition('"at":"')[2][:10], old.isoformat()[:10]))
    assert offered(main) == ["fix", "other"]
    finish(side, "other")
    assert [each.name for each in file.parent.iterdir()] == ["other.json"]


@pytest.mark.usefixtures("without_rights")
def test_a_note_that_can_not_be_written_is_reported_and_stops_nothing(pair: tuple[Project, Project]) -> None:
    from support.limits import give_up_rights, run_limited

    main, side = pair
    finish(side, "other")
    closed = main.root / ".git/tasks/leases/closed"
    closed.chmod(0o555)
    done = run_limited(side, "complete", "fix", "--check-acs", before=give_up_rights)
    closed.chmod(0o755)
    assert done.code == 0
    assert "Other worktrees can't see that fix is done here" in done.err
    assert side.get("fix").state == "done"
