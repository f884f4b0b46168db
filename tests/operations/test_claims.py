"""Claims: one holder at a time, however many try, whoever dies, whatever lies where leases are kept."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.effort import Effort, crossed
from support.in_process import call
from support.kill_steps import kill_everywhere
from support.layouts import in_states
from support.limits import give_up_rights, run_limited, set_writable
from support.processes import launch
from support.project import BODY, NOON, Project
from support.simultaneous import at_once
from taskfiles import Pickup, Result, Store, TaskfilesError, Update, claim_best, pickup, release, update
from taskfiles.backlog.readiness import Backlog, find_obstacles
from taskfiles.basics.instants import parse_instant
from taskfiles.store.claims import find_lease, list_leases
from taskfiles.task.claim import Lease, lease_text, parse_lease

HALF_HOUR = timedelta(minutes=30)
RUNNERS = 20
TRIED = """execution:
  attempts:
    - id: 0199c6f2-0000-7000-8000-000000000001
      started_at: 2025-11-02T10:00:00Z
      ended_at: 2025-11-02T10:01:00Z
      duration_seconds: 60
      status: completed
      executor: {tool: t}
"""


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time

    def pass_(self, **span: float) -> None:
        self.time += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def store(project: Project, clock: Callable[[], datetime] = lambda: NOON, *tokens: str) -> Store:
    return Store(project.root, now=clock, claims=tokens)


def claim(project: Project, clock: Callable[[], datetime], by: str = "ada", **more: Any) -> Result[Pickup]:
    return pickup(store(project, clock), "fix", by=by, **more)


def take(project: Project, clock: Callable[[], datetime], by: str = "ada", **more: Any) -> Pickup:
    return claim(project, clock, by, **more).made


def leases_of(project: Project) -> Path:
    return project.root / ".git/tasks/leases"


def everything(project: Project) -> dict[str, bytes]:
    """The work tree and the leases."""
    files = [file for file in sorted(leases_of(project).rglob("*")) if file.is_file()]
    return project.tree() | {f".git/{file.name}": file.read_bytes() for file in files}


def refusal(work: Callable[[], object]) -> TaskfilesError:
    with pytest.raises(TaskfilesError) as caught:
        work()
    return caught.value


# Picking up


def test_a_pickup_moves_claims_and_shows(project: Project, clock: Clock) -> None:
    project.task("epic", kind="epic", state="idea", children="[story]")
    project.task("story", kind="story", state="idea", children="[fix]")
    project.task("fix", assignees="[eve]", children="[low, done, urgent, mine]", kind="story")
    for child, keys in {
        "low": {"priority": "low"},
        "done": {"state": "done"},
        "urgent": {"priority": "urgent"},
        "mine": {"state": "in-progress", "priority": "urgent"},
    }.items():
        project.task(child, **keys)
    done = claim(project, clock)
    had = done.made
    assert {task.id: task.state for task in project.store.tasks()} == {
        "epic": "ready",
        "story": "ready",
        "fix": "in-progress",
        "low": "ready",
        "done": "done",
        "urgent": "ready",
        "mine": "in-progress",
    }
    assert project.get("fix").path == project.path("fix", "in-progress", kind="story")
    assert project.get("fix").get("assignees") == ["eve", "ada"]
    assert [change.after.id for change in done.changes] == ["fix", "story", "epic"]
    assert [task.id for task in had.context.ancestors] == ["story", "epic"]
    assert [task.state for task in had.context.ancestors] == ["ready", "ready"]
    assert [task.id for task in had.context.children] == ["urgent", "low", "mine", "done"]
    assert had.context.target.data == project.get("fix").data
    assert (had.lease.by, had.lease.since, had.lease.until) == ("ada", NOON, NOON + HALF_HOUR)
    assert not had.renewed
    assert had.expired is None


def test_the_lease_holds_no_token(project: Project, clock: Clock) -> None:
    project.task()
    token = take(project, clock).token
    assert token is not None
    assert [path.name for path in leases_of(project).iterdir()] == ["fix.json"]
    text = (leases_of(project) / "fix.json").read_text()
    assert token not in text
    assert token.removeprefix("claim-") not in text


@pytest.mark.slow
def test_twenty_at_once(project: Project) -> None:
    """Exactly one gets it; the others exit 4 and learn who holds it and until when."""
    project.task()
    jobs = [[["pickup", "fix", "--by", f"a{n}", "--output", "json"]] for n in range(RUNNERS)]
    results = at_once(project, *jobs)
    won = [result for result in results if result.code == 0]
    lost = [result for result in results if result.code]
    assert (len(won), len(lost)) == (1, RUNNERS - 1)
    claim = won[0].json["claim"]
    for result in lost:
        assert (result.code, result.out, result.error["code"]) == (4, "", "claimed")
        details = result.error["details"]
        assert (details["by"], details["until"]) == (claim["by"], claim["until"])
    assert project.get("fix").get("assignees") == [claim["by"]]
    assert [path.name for path in leases_of(project).iterdir()] == ["fix.json"]


@pytest.mark.slow
def test_twenty_at_once_on_what_has_expired(project: Project) -> None:
    project.task()
    gone = call(project, "pickup", "fix", "--by", "gone", "--lease", "1ms", "--output", "json").json
    jobs = [[["pickup", "fix", "--by", f"a{n}", "--output", "json"]] for n in range(RUNNERS)]
    results = at_once(project, *jobs)
    assert sorted(result.code for result in results) == [0] + [4] * (RUNNERS - 1)
    (won,) = (result.json for result in results if result.code == 0)
    assert won["claim"]["expired"] == {key: gone["claim"][key] for key in ("by", "since", "until")}
    assert won["applied_rules"] == ["claim-expired"]
    assert project.get("fix").get("assignees") == [won["claim"]["by"]]


@pytest.mark.slow
def test_each_of_twenty_gets_one_of_twenty(project: Project) -> None:
    for number in range(RUNNERS):
        project.task(f"t{number}")
    code = (
        "import sys; from pathlib import Path; from taskfiles import Store, claim_best; sys.stdin.read(); "
        "done = claim_best(Store(Path.cwd()), [f't{n}' for n in range(20)], by=sys.argv[1]); "
        "print(done.made.pickup.lease.id)"
    )
    with ExitStack() as stack:
        started = [stack.enter_context(spawn(project, code, f"a{n}")) for n in range(RUNNERS)]
        for process in started:
            assert process.stdin is not None
            process.stdin.close()
        ids = [process.stdout.read().decode().strip() for process in started if process.stdout is not None]
    assert [process.returncode for process in started] == [0] * RUNNERS
    assert sorted(ids) == sorted(f"t{number}" for number in range(RUNNERS))


def spawn(project: Project, code: str, *argv: str) -> subprocess.Popen[bytes]:
    """Start a program that waits for the end of its standard input."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    command = [sys.executable, "-c", code, *argv]
    return launch(command, cwd=project.root, env=project.environment(None), **pipes)


def test_the_first_that_can_be_had(project: Project, clock: Clock) -> None:
    project.task("idea", state="idea")
    project.task("fix")
    project.task("free")
    take(project, clock)
    had, skipped = claim_best(store(project, clock), ["idea", "fix", "nothing", "free"], by="bob").made
    assert had is not None
    assert had.lease.id == "free"
    assert [(name, error.code) for name, error in skipped] == [
        ("idea", "not-ready"),
        ("fix", "claimed"),
        ("nothing", "no-such-task"),
    ]
    none, skipped = claim_best(store(project, clock), ["fix", "free"], by="eve").made
    assert none is None
    assert [error.code for _, error in skipped] == ["claimed", "claimed"]


def test_a_dry_run_writes_nothing(project: Project, clock: Clock) -> None:
    project.task("story", kind="story", state="idea", children="[fix]")
    project.task()
    before = everything(project)
    done = claim(project, clock, dry_run=True)
    assert done.made.token is None
    assert {change.after.id: change.after.state for change in done.changes} == {
        "fix": "in-progress",
        "story": "ready",
    }
    shown = call(project, "pickup", "fix", "--by", "ada", "--dry-run", "--output", "json").json
    assert (shown["claim"], shown["dry_run"]) == (None, True)
    assert "+state: in-progress" in shown["diff"]
    assert everything(project) == before
    assert not leases_of(project).exists()


@in_states
def test_what_is_refused_leaves_everything_as_it_was(project: Project, clock: Clock) -> None:
    """An expired lease is put back where the move that goes with the new one is refused."""
    project.task(state="in-progress", assignees="[gone]")
    take_over = lambda: take(project, clock, by="bob")  # noqa: E731 (said twice)
    project.task()
    shutil.rmtree(project.root / "tasks/20-in-progress")
    take(project, clock, by="gone")
    clock.pass_(hours=1)
    update(store(project, clock), "fix", Update(set={"state": "ready"}))
    project.write(project.path("fix", "in-progress"), "in the way")
    before = everything(project)
    assert refusal(take_over).code == "path-taken"
    assert everything(project) == before
    (project.root / project.path("fix", "in-progress")).unlink()
    assert take_over().lease.by == "bob"


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a" * 201, "\x1b[31m"])
def test_names_that_are_none(project: Project, clock: Clock, name: str) -> None:
    project.task()
    before = everything(project)
    assert refusal(lambda: take(project, clock, by=name)).code == "bad-value"
    assert everything(project) == before


@pytest.mark.parametrize("length", ["0s", "366d", "soon", "-1m", "999999999d"])
def test_lengths_that_are_none(project: Project, length: str) -> None:
    project.task()
    done = call(project, "pickup", "fix", "--lease", length, "--output", "json")
    assert (done.code, done.error["code"]) == (2, "bad-value")
    assert project.get("fix").state == "ready"


def test_the_holders_name_is_gits_where_none_is_given(project: Project) -> None:
    project.task()
    project.task("other")
    project.git("config", "user.name", "Ada Lovelace")
    assert call(project, "pickup", "fix", "--output", "json").json["claim"]["by"] == "Ada Lovelace"
    project.git("config", "--unset", "user.name")
    assert call(project, "pickup", "other", "--output", "json").json["claim"]["by"]


def test_a_length_of_ones_own_and_the_configured_one(project: Project, clock: Clock) -> None:
    project.configure('[lease]\nduration = "2h"\n')
    project.task()
    assert take(project, clock).lease.until == NOON + timedelta(hours=2)
    release(store(project, clock), "fix", force=True)
    assert take(project, clock, seconds=60).lease.until == NOON + timedelta(minutes=1)


# The holder and everybody else

CHANGES = [
    ("update", "fix", "--meta", "size=xl"),
    ("metadata", "set", "fix"),
    ("record", "fix", "--status", "failed", "--tool", "t", "--duration-seconds", "5"),
    ("review", "fix", "--reviewer", "Eve", "--approved"),
    ("edit", "fix"),
    ("fmt", "fix"),
    ("new", "--title", "Part", "--parent", "fix"),
    ("pickup", "fix", "--by", "ada"),
    ("release", "fix"),
]


@pytest.mark.parametrize(("argv", "state"), crossed(CHANGES, ["in-progress", "ready", "done"]))
def test_only_the_holder_changes_a_claimed_task(project: Project, argv: tuple[str, ...], state: str) -> None:
    """Whatever the name and the state; the token opens what is closed to others."""
    project.task(kind="story", extra=TRIED + "size: small\n", commit_message="m")
    token = call(project, "pickup", "fix", "--by", "ada", "--output", "json").json["claim"]["token"]
    if state == "done":  # by hand, or by a merge: a command would have ended the claim
        (project.root / project.path("fix", "in-progress", kind="story")).unlink()
        project.task(kind="story", state=state, extra=TRIED + "size: small\n", commit_message="m")
    else:
        assert call(project, "update", "fix", "--meta", f"state={state}", "--claim", token).code == 0
    assert project.get("fix").state == state
    run = project.run if argv[0] == "edit" else partial(call, project)  # an editor needs real streams
    env = {"VISUAL": "sed -i s/Title/Name/"}
    before = everything(project)
    stdin = '{"priority": "low"}'
    refused = run(*argv, "--output", "json", stdin=stdin, env=env)
    assert (refused.code, refused.out, refused.error["code"]) == (4, "", "claimed")
    assert (refused.error["details"]["by"], everything(project)) == ("ada", before)
    for wrong in ("claim-" + "0" * 32, "ada", "fix"):
        assert run(*argv, "--claim", wrong, stdin=stdin, env=env).code == 4
        assert run(*argv, stdin=stdin, env=env | {"TASKS_CLAIM": wrong}).code == 4
    assert everything(project) == before
    held = run(*argv, "--output", "json", stdin=stdin, env=env | {"TASKS_CLAIM": token})
    if argv[0] == "pickup" and state == "done":
        assert (held.code, held.error["code"]) == (1, "not-ready")
    else:
        assert (held.code, held.json["changed"]) == (0, argv[0] != "pickup" or state == "ready")


def test_reading_and_other_tasks_are_free(project: Project, clock: Clock) -> None:
    project.task()
    project.task("other")
    take(project, clock)
    for argv in (["list"], ["show", "fix"], ["validate"], ["update", "other", "--meta", "size=xl"], ["fmt"]):
        assert call(project, *argv).code == 0


def test_fmt_of_everything_leaves_claimed_tasks_and_says_so(project: Project) -> None:
    project.task(extra="size: small\n")
    project.task("other", extra="size: small\n")
    token = call(project, "pickup", "fix", "--by", "ada", "--output", "json").json["claim"]["token"]
    project.write(
        project.path("fix", "in-progress"),
        f"---\ntitle: F\nid: fix\nkind: task\nstate: in-progress\n---\n{BODY}",
    )
    done = call(project, "fmt", "--output", "json")
    assert (done.code, done.json["outcome"], done.json["reason"]) == (1, "partial", "claimed")
    assert list(project.get("other").values)[-1] == "size"
    assert next(iter(project.get("fix").values)) == "title"
    assert call(project, "fmt", "--claim", token).code == 0
    assert next(iter(project.get("fix").values)) == "id"


def test_each_change_of_the_holder_renews(project: Project, clock: Clock) -> None:
    project.task()
    token = take(project, clock).token or ""
    for done in range(1, 4):
        clock.pass_(minutes=20)
        update(store(project, clock, token), "fix", Update(set={"x_n": done}))
        assert find_lease(store(project), "fix").until == clock.time + HALF_HOUR  # type: ignore[union-attr]
    before = everything(project)
    clock.pass_(minutes=5)
    update(store(project, clock, token), "fix", Update(set={"x_n": 9}), dry_run=True)
    assert everything(project) == before


def test_a_pickup_with_the_own_token_renews(project: Project, clock: Clock) -> None:
    project.task()
    first = take(project, clock)
    clock.pass_(minutes=10)
    tree = project.tree()
    again = pickup(store(project, clock, first.token or ""), "fix", by="other", seconds=7200).made
    assert project.tree() == tree
    assert again.renewed
    assert (again.token, again.lease.by, again.lease.since) == (first.token, "ada", NOON)
    assert again.lease.until == clock.time + timedelta(hours=2)
    assert again.context.target.id == "fix"
    shorter = pickup(store(project, clock, first.token or ""), "fix", by="ada", seconds=60).made
    assert shorter.lease.until == again.lease.until


def test_the_ids_of_an_attempt_act_as_the_holder(project: Project) -> None:
    """`run` claims under the id of its attempt; what the agent calls under that id is the holder's."""
    project.task()
    attempt = {"TASKS_ATTEMPT_ID": "0199c6f2-0000-7000-8000-00000000000A"}
    other = {"TASKS_ATTEMPT_ID": "0199c6f2-0000-7000-8000-00000000000b"}
    token = call(project, "pickup", "fix", "--output", "json", env=attempt).json["claim"]["token"]
    lower = {"TASKS_ATTEMPT_ID": attempt["TASKS_ATTEMPT_ID"].lower()}
    again = call(project, "pickup", "fix", "--output", "json", env=lower).json
    assert (again["reason"], again["changed"]) == ("renewed", False)
    assert call(project, "update", "fix", "--meta", "size=xl", env=attempt).code == 0
    assert call(project, "update", "fix", "--meta", "size=s", "--claim", token).code == 2
    assert call(project, "update", "fix", "--meta", "size=small", "--claim", token).code == 0
    assert call(project, "update", "fix", "--meta", "size=tiny", env=other).code == 4
    assert call(project, "update", "fix", "--meta", "size=tiny", env={"TASKS_ATTEMPT_ID": ""}).code == 4
    assert call(project, "release", "fix", env=attempt).code == 0


def test_record_begins_with_the_claim(project: Project, clock: Clock) -> None:
    from taskfiles import record

    project.task()
    token = take(project, clock).token or ""
    held = {"status": "failed", "executor": {"tool": "t"}}
    clock.pass_(minutes=10)
    record(store(project, clock, token), "fix", [held])
    clock.pass_(minutes=5)
    record(store(project, clock, token), "fix", [held | {"status": "completed"}])
    record(store(project, clock, token), "fix", [held | {"duration_seconds": 30}])
    attempts = project.get("fix").execution.attempts  # type: ignore[union-attr]
    spans = [(each.started_at - NOON, each.duration_seconds) for each in attempts]
    assert spans == [
        (timedelta(0), 600),
        (timedelta(minutes=10), 300),
        (timedelta(minutes=14, seconds=30), 30),
    ]
    release(store(project, clock, token), "fix")
    assert refusal(lambda: record(store(project, clock, token), "fix", [held])).code == "bad-attempt"


# The end of a claim


def test_an_expired_claim_is_offered_again_and_says_so(project: Project, clock: Clock) -> None:
    project.task(assignees="[eve]")
    dead = take(project, clock, by="dead")
    clock.pass_(minutes=29, seconds=59)
    assert refusal(lambda: take(project, clock, by="bob")).details["until"] == "2025-11-02T12:30:00.000Z"
    clock.pass_(seconds=1)
    done = claim(project, clock, by="bob")
    assert done.made.expired is not None
    assert (done.made.expired.by, done.made.expired.until) == ("dead", NOON + HALF_HOUR)
    assert done.changes[0].rules == ["claim-expired"]
    assert project.get("fix").get("assignees") == ["eve", "bob"]
    late = store(project, clock, dead.token or "")
    assert refusal(lambda: update(late, "fix", Update(set={"x_n": 1}))).details["by"] == "bob"
    assert refusal(lambda: release(late, "fix")).code == "claimed"
    assert refusal(lambda: pickup(late, "fix", by="dead")).code == "claimed"


def test_whoever_comes_back_before_another_took_it_goes_on(project: Project, clock: Clock) -> None:
    project.task()
    token = take(project, clock).token or ""
    clock.pass_(hours=5)
    update(store(project, clock, token), "fix", Update(set={"x_n": 1}))
    assert refusal(lambda: take(project, clock, by="bob")).code == "claimed"


def test_an_expired_claim_keeps_nobody_from_writing(project: Project, clock: Clock) -> None:
    project.task()
    take(project, clock)
    clock.pass_(hours=1)
    assert update(store(project, clock), "fix", Update(set={"x_n": 1})).changed


def test_release_gives_back_what_pickup_took(project: Project, clock: Clock) -> None:
    project.task()
    before = project.tree()
    token = take(project, clock).token or ""
    done = release(store(project, clock, token), "fix")
    assert done.made is not None
    assert (done.made.by, project.tree()) == ("ada", before)
    assert list(leases_of(project).iterdir()) == []
    assert release(store(project, clock), "fix").changed is False


def test_release_keeps_who_was_assigned_before(project: Project, clock: Clock) -> None:
    project.task(assignees="[ada]")
    token = take(project, clock).token or ""
    release(store(project, clock, token), "fix")
    assert project.get("fix").get("assignees") == ["ada"]


def test_release_by_force(project: Project) -> None:
    project.task()
    call(project, "pickup", "fix", "--by", "ada")
    shown = call(project, "release", "fix", "--force", "--dry-run", "--output", "json").json
    assert (shown["released"]["by"], shown["dry_run"]) == ("ada", True)
    assert call(project, "update", "fix", "--meta", "size=xl").code == 4
    done = call(project, "release", "fix", "--force", "--output", "json").json
    assert (done["released"]["by"], done["changed"], done["task"]["state"]) == ("ada", True, "ready")
    assert call(project, "pickup", "fix", "--by", "bob").code == 0


def test_release_of_a_task_that_went_on_keeps_its_state(project: Project, clock: Clock) -> None:
    project.task()
    token = take(project, clock).token or ""
    update(store(project, clock, token), "fix", Update(set={"state": "canceled"}))
    release(store(project, clock, token), "fix")
    assert project.get("fix").state == "canceled"
    assert update(store(project, clock), "fix", Update(set={"x_n": 1})).changed


def test_release_of_a_claim_that_has_outlived_its_task(project: Project) -> None:
    project.task()
    call(project, "pickup", "fix", "--by", "ada")
    (project.root / project.path("fix", "in-progress")).unlink()
    done = call(project, "release", "fix", "--force", "--output", "json")
    assert (done.code, done.json["task"], done.json["released"]["by"]) == (0, None, "ada")
    assert call(project, "release", "fix", "--force").code == 3


@pytest.mark.parametrize(
    "argv", [("complete", "fix", "--force", "because"), ("move", "fix", "canceled")], ids=lambda argv: argv[0]
)
def test_closing_a_task_is_the_holders_and_ends_the_claim(project: Project, argv: tuple[str, ...]) -> None:
    project.task(commit_message="m")
    token = call(project, "pickup", "fix", "--by", "ada", "--output", "json").json["claim"]["token"]
    before = everything(project)
    assert call(project, *argv, "--output", "json").error["code"] == "claimed"
    assert call(project, *argv, "--claim", token, "--dry-run").code == 0
    assert everything(project) == before
    assert call(project, *argv, "--claim", token).code == 0
    assert list(leases_of(project).iterdir()) == []
    assert call(project, "update", "fix", "--meta", "size=xl").code == 0


def test_moving_what_is_above_does_not_close_what_another_holds(project: Project) -> None:
    project.task("story", kind="story", children="[fix]")
    project.task()
    call(project, "pickup", "fix", "--by", "ada")
    before = everything(project)
    done = call(project, "move", "story", "canceled", "--cascade", "canceled", "--output", "json")
    assert (done.code, done.error["details"]["by"]) == (4, "ada")
    assert everything(project) == before


def test_undo_of_a_pickup_ends_the_claim(project: Project) -> None:
    project.task("story", kind="story", state="idea", children="[fix]")
    project.task()
    before = project.tree()
    done = call(project, "pickup", "fix", "--by", "ada", "--output", "json").json
    assert call(project, "undo", done["run_id"], "--output", "json").error["code"] == "claimed"
    assert call(project, "undo", done["run_id"], "--claim", done["claim"]["token"]).code == 0
    assert project.tree() == before
    assert list(leases_of(project).iterdir()) == []


def test_in_progress_without_a_claim(project: Project) -> None:
    """Begun by hand, or in another clone: not taken from whoever is at work, but given back when asked."""
    project.task(state="in-progress")
    done = call(project, "pickup", "fix", "--by", "ada", "--output", "json")
    assert (done.code, done.error["code"]) == (1, "not-ready")
    assert "tasks release fix" in done.error["hint"]
    assert call(project, "release", "fix").code == 0
    assert call(project, "pickup", "fix", "--by", "ada").code == 0


# Readiness

NOT_READY: dict[str, tuple[Callable[[Project], object], list[str]]] = {
    "idea": (lambda p: p.task(state="idea"), ["state"]),
    "done": (lambda p: p.task(state="done"), ["state"]),
    "blocked": (lambda p: p.task(blocked="no key"), ["blocked"]),
    "waits": (lambda p: (p.task(depends_on="[other]"), p.task("other")), ["dependency"]),
    "waits for canceled": (
        lambda p: (p.task(depends_on="[other]"), p.task("other", state="canceled")),
        ["dependency"],
    ),
    "is blocked by another": (lambda p: (p.task(), p.task("other", blocks="[fix]")), ["dependency"]),
    "waits for nothing": (lambda p: p.task(depends_on="[nothing]"), ["dependency"]),
    "no criteria": (lambda p: p.task(body="\n## Overview\n\n- [ ] x\n"), ["criteria"]),
    "empty criteria": (lambda p: p.task(body="\n## Acceptance Criteria\n\nText.\n"), ["criteria"]),
    "invalid": (lambda p: p.task(priority="hihg"), ["invalid"]),
    "all": (
        lambda p: p.task(state="idea", blocked="x", depends_on="[a, b]", body="\n"),
        ["state", "blocked", "dependency", "dependency", "criteria"],
    ),
}


@pytest.mark.parametrize("name", NOT_READY)
def test_what_is_not_ready_is_refused(project: Project, clock: Clock, name: str) -> None:
    arrange, codes = NOT_READY[name]
    arrange(project)
    before = everything(project)
    error = refusal(lambda: take(project, clock, strict=True))
    assert (error.code, error.exit) == ("not-ready", 1)
    assert [reason["code"] for reason in error.details["reasons"]] == codes
    assert everything(project) == before
    backlog = Backlog(project.store.tasks())
    assert [each.code for each in find_obstacles(project.get("fix"), backlog)] == codes


def test_what_is_ready_can_be_had(project: Project, clock: Clock) -> None:
    project.task(depends_on="[other]", blocked="' '")
    project.task("other", state="done", blocks="[fix]")
    assert find_obstacles(project.get("fix"), Backlog(project.store.tasks())) == []
    assert take(project, clock).lease.by == "ada"


def test_the_lease_is_looked_at_before_the_state(project: Project, clock: Clock) -> None:
    project.task()
    token = take(project, clock).token or ""
    update(store(project, clock, token), "fix", Update(set={"state": "idea", "blocked": "x"}))
    assert refusal(lambda: take(project, clock, by="bob")).code == "claimed"


# Where claims hold


def test_two_worktrees_of_one_clone(project: Project) -> None:
    project.task()
    project.git("add", "-A")
    project.git("commit", "-qm", "tasks")
    other = Project(project.root.parent / "other")
    project.git("worktree", "add", "-q", str(other.root))
    jobs = [[["pickup", "fix", "--by", f"a{n}", "--output", "json"]] for n in range(4)]
    first, second = at_once(project, *jobs[:2]), at_once(other, *jobs[2:])
    assert sorted(result.code for result in first) == [0, 4]
    assert [result.error["code"] for result in second] == ["claimed", "claimed"]
    (token,) = (result.json["claim"]["token"] for result in first if result.code == 0)
    assert call(other, "update", "fix", "--meta", "size=xl").code == 4
    assert call(other, "update", "fix", "--meta", "size=xl", "--claim", token).code == 0
    assert call(other, "release", "fix", "--claim", token).code == 0
    assert call(other, "pickup", "fix", "--by", "bob").code == 0


def test_another_clone_knows_nothing_of_it(project: Project) -> None:
    project.task()
    project.git("add", "-A")
    project.git("commit", "-qm", "tasks")
    call(project, "pickup", "fix", "--by", "ada")
    clone = Project(project.root.parent / "clone")
    project.git("clone", "-q", ".", str(clone.root))
    assert call(clone, "pickup", "fix", "--by", "bob").code == 0


def test_two_projects_of_one_repository(project: Project, clock: Clock) -> None:
    """The same id in each is two tasks."""
    project.task()
    below = Project(project.root / "below")
    below.task()
    assert take(project, clock).lease.by == "ada"
    assert take(below, clock, by="bob").lease.by == "bob"
    assert [lease.by for lease in list_leases(store(project))[0]] == ["ada"]
    assert [lease.by for lease in list_leases(store(below))[0]] == ["bob"]


@in_states
def test_an_id_as_long_as_you_like(project: Project, clock: Clock) -> None:
    name = "x" * 300
    project.write(project.path("x"), f"---\nid: {name}\ntitle: X\nkind: task\nstate: ready\n---\n{BODY}")
    error = refusal(lambda: pickup(store(project, clock), name, by="ada"))
    assert error.code == "long-name"  # the file's new name, not the lease's, is too long
    assert list_leases(store(project)) == ([], [])


def test_without_git(project: Project, clock: Clock) -> None:
    shutil.rmtree(project.root / ".git")
    project.task()
    before = project.tree()
    error = refusal(lambda: take(project, clock))
    assert (error.code, error.exit) == ("claims-unavailable", 6)
    assert "git init" in error.hint
    assert project.tree() == before
    assert call(project, "update", "fix", "--meta", "size=xl").code == 0


@pytest.fixture
def sandbox(project: Project, without_rights: None) -> Any:
    """A project whose git directory some processes can't write."""
    project.task()
    yield project
    set_writable(project.root / ".git", True)


def test_in_a_sandbox_claims_are_refused(sandbox: Project) -> None:
    set_writable(sandbox.root / ".git", False)
    before = sandbox.tree()
    done = run_limited(sandbox, "pickup", "fix", "--by", "ada", "--output", "json", before=give_up_rights)
    assert (done.code, done.out, done.error["code"]) == (6, "", "claims-unavailable")
    assert sandbox.tree() == before


def test_in_a_sandbox_claims_are_honoured(sandbox: Project) -> None:
    """The holder goes on with a notice that the claim isn't renewed; others are refused as anywhere."""
    claim = call(sandbox, "pickup", "fix", "--by", "ada", "--output", "json").json["claim"]
    set_writable(sandbox.root / ".git", False)
    change = ["update", "fix", "--meta", "size=xl", "--output", "json"]
    assert run_limited(sandbox, *change, before=give_up_rights).code == 4
    held = run_limited(sandbox, *change, "--claim", claim["token"], before=give_up_rights)
    codes = [json.loads(line)["warning"]["code"] for line in held.err.splitlines()]
    assert (held.code, codes) == (0, ["lock-fallback", "claim-not-renewed"])
    assert find_lease(store(sandbox), "fix").until == parse_instant(claim["until"])  # type: ignore[union-attr]


# Killed


def nest(project: Project) -> None:
    project.task("epic", kind="epic", state="idea", children="[story]")
    project.task("story", kind="story", state="idea", children="[fix]")
    project.task("fix", extra="updated_at: 2025-11-01T00:00:00Z\n")


def test_a_killed_pickup(project: Project, effort: Effort) -> None:
    """All moved or nothing; the lease has not begun to hold, so that the task is offered again at once."""

    def look(_: int) -> None:
        assert call(project, "list").code == 0
        before = everything(project)
        lease = find_lease(store(project), "fix")
        assert lease is None or lease.until <= NOON
        had = take(project, lambda: NOON, by="bob")
        assert (had.expired is not None) == (b"in-progress" in b"".join(before.values()))
        assert project.get("fix").get("assignees") == ["bob"]
        restore(project, before)

    back, whole = kill_everywhere(
        project, effort, lambda: nest(project), lambda: take(project, lambda: NOON), look
    )
    assert back > 10
    assert whole > 0


def restore(project: Project, files: dict[str, bytes]) -> None:
    """Put the work tree back to what `everything` has seen; leases are no part of what is compared."""
    for path in project.tree():
        (project.root / path).unlink()
    for path, data in files.items():
        if not path.startswith(".git/"):
            project.write(path, data)


def test_a_killed_release(project: Project, effort: Effort) -> None:
    """Whatever was reached, the task can be had by the next one who wants it."""
    had: list[str] = []

    def arrange() -> None:
        nest(project)
        had.append(take(project, lambda: NOON).token or "")

    def look(_: int) -> None:
        assert call(project, "list").code == 0
        before = everything(project)
        lease = find_lease(store(project), "fix")
        if lease is not None and lease.until > NOON:
            assert project.get("fix").state == "in-progress"
            assert take_with(had[-1]).renewed
        else:
            assert take(project, lambda: NOON, by="bob").lease.by == "bob"
        restore(project, before)

    def take_with(token: str) -> Pickup:
        return pickup(store(project, lambda: NOON, token), "fix", by="ada").made

    work = lambda: release(store(project, lambda: NOON, had[-1]), "fix")  # noqa: E731 (as above)
    back, whole = kill_everywhere(project, effort, arrange, work, look)
    assert back > 5
    assert whole > 0


# Leases that are none

GOOD = {
    "format": 1,
    "id": "fix",
    "by": "ada",
    "since": "2025-11-02T12:00:00.000Z",
    "until": "2999-11-02T12:30:00.000Z",
    "seconds": 1800,
    "keys": ["0" * 64],
}
HOSTILE: dict[str, bytes] = {
    "empty": b"",
    "zeros": b"\0" * 300,
    "not utf-8": b"\xff\xfe\xff",
    "no object": b"[]",
    "nothing in it": b"{}",
    "cut": json.dumps(GOOD).encode()[:-9],
    "deep": b"[" * 50_000,
    "huge": json.dumps(GOOD | {"host": "x" * 100_000}).encode(),
    "endless number": json.dumps(GOOD).replace("1800", "9" * 5000).encode(),
    "another's": json.dumps(GOOD | {"id": "other"}).encode(),
    "id with a path": json.dumps(GOOD | {"id": "../../x"}).encode(),
    "newer": json.dumps(GOOD | {"format": 2}).encode(),
    "no end": json.dumps(GOOD | {"until": "soon"}).encode(),
    "numbers for times": json.dumps(GOOD | {"until": 5}).encode(),
    "impossible": json.dumps(GOOD | {"until": "2025-02-30T00:00:00Z"}).encode(),
    "not a number": json.dumps(GOOD | {"seconds": float("nan")}).encode(),
    "endless": json.dumps(GOOD | {"seconds": float("inf")}).encode(),
    "negative": json.dumps(GOOD | {"seconds": -1}).encode(),
    "true seconds": json.dumps(GOOD | {"seconds": True}).encode(),
    "escape codes": json.dumps(GOOD | {"by": "\x1b[31mada"}).encode(),
    "half a letter": json.dumps(GOOD | {"by": "\ud800"}).encode(),
    "no keys": json.dumps(GOOD | {"keys": []}).encode(),
    "keys of another sort": json.dumps(GOOD | {"keys": [None]}).encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_lease_that_cannot_be_read_is_nobodys_to_ignore(project: Project, name: str) -> None:
    """Whoever wants the task is told, and by what it is ended; reading and other tasks go on."""
    project.task(state="in-progress")
    project.task("other")
    file = project.write(".git/tasks/leases/fix.json", HOSTILE[name])
    before = everything(project)
    for argv in (
        ["pickup", "fix", "--by", "ada"],
        ["update", "fix", "--meta", "size=xl"],
        ["release", "fix"],
    ):
        done = call(project, *argv, "--output", "json")
        assert (done.code, done.out, done.error["code"]) == (4, "", "bad-lease")
        assert done.error["path"] == ".git/tasks/leases/fix.json"
        assert "tasks release fix --force" in done.error["hint"]
    assert everything(project) == before
    assert call(project, "list").code == 0
    assert call(project, "update", "other", "--meta", "size=xl").code == 0
    leases, bad = list_leases(store(project))
    assert (leases, [error.code for error in bad]) == ([], ["bad-lease"])
    assert call(project, "release", "fix", "--force").code == 0
    assert not file.exists()
    assert call(project, "pickup", "fix", "--by", "ada").code == 0


def test_a_lease_that_is_no_file(project: Project) -> None:
    project.task()
    outside = project.write("outside.json", json.dumps(GOOD))
    place = leases_of(project) / "fix.json"
    place.parent.mkdir(parents=True)
    for make in (
        lambda: place.symlink_to(outside),
        lambda: place.symlink_to("nowhere"),
        lambda: place.symlink_to(place),
        lambda: os.mkfifo(place),
    ):
        make()
        assert call(project, "update", "fix", "--meta", "size=xl", "-o", "json").error["code"] == "bad-lease"
        assert call(project, "release", "fix", "--force").code == 0
        assert not os.path.lexists(place)
    place.mkdir()
    assert call(project, "update", "fix", "--meta", "size=xl", "-o", "json").error["code"] == "bad-lease"
    done = call(project, "release", "fix", "--force", "-o", "json")
    assert (done.code, done.error["path"]) == (6, ".git/tasks/leases/fix.json")
    assert outside.read_text() == json.dumps(GOOD)


def test_a_file_where_the_leases_belong(project: Project) -> None:
    project.task()
    project.write(".git/tasks/leases", "a file")
    assert call(project, "update", "fix", "--meta", "size=xl").code == 0
    done = call(project, "pickup", "fix", "--by", "ada", "--output", "json")
    assert (done.code, done.error["code"]) == (6, "claims-unavailable")


def test_a_name_full_of_letters_of_all_sorts(project: Project) -> None:
    project.task()
    name = "Ada 中文 “q” {id} %s"
    call(project, "pickup", "fix", "--by", name)
    done = call(project, "update", "fix", "--meta", "size=xl", "--output", "json")
    assert done.error["details"]["by"] == name
    assert project.get("fix").get("assignees") == [name]


MOMENTS = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
)
NAMES = st.text(min_size=1, max_size=200).filter(lambda name: name.isprintable() and name.strip())
LEASES = st.builds(
    Lease,
    st.from_regex(r"[a-z0-9][a-z0-9-]*", fullmatch=True),
    NAMES,
    MOMENTS,
    MOMENTS,
    st.floats(0.001, 365 * 86400),
    st.lists(st.text(), min_size=1).map(tuple),
    st.booleans(),
    st.text(),
    st.integers(0, 2**31),
)


@given(LEASES)
def test_what_is_written_is_read(lease: Lease) -> None:
    assert parse_lease(lease_text(lease)) == lease


ANY = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none() | st.text())
NEAR = st.dictionaries(st.sampled_from([*GOOD]), ANY).map(lambda part: json.dumps(GOOD | part).encode())


@given(st.binary() | NEAR)
def test_whatever_stands_there_is_a_lease_or_refused(data: bytes) -> None:
    with suppress(ValueError):
        lease = parse_lease(data)
        again = parse_lease(lease_text(lease))
        assert again._replace(since=lease.since, until=lease.until) == lease
