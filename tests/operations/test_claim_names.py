"""Claims are exclusive to take, and held by name afterwards: who goes on, who is sent to other tasks."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.in_process import call, ok
from support.project import Done, Project
from support.simultaneous import at_once
from taskfiles.basics.instants import parse_instant

RUNNERS = 20
ANA = {"TASKS_ACTOR": "ana"}
BO = {"TASKS_ACTOR": "bo"}


def claim_of(project: Project) -> dict[str, object] | None:
    (row,) = ok(call(project, "list", "--output", "json")).json
    found: dict[str, object] | None = row["claim"]
    return found


def worktree(project: Project) -> Path:
    """Another worktree of the project, with its task."""
    for words in (["add", "."], ["commit", "-qm", "tasks"], ["worktree", "add", "-q", "../other"]):
        project.git(*words)
    return project.root.parent / "other"


def test_whoever_picks_up_goes_on_in_the_same_worktree(project: Project) -> None:
    """No token and no variable is kept from one call to the next, as in agents' shells."""
    project.task()
    ok(call(project, "pickup", "fix"))
    ok(call(project, "update", "fix", "--check", "1"))
    ok(call(project, "record", "fix", "--status", "failed", "--tool", "t", "--duration-seconds", "1"))
    ok(call(project, "move", "fix", "ready"))
    ok(call(project, "undo"))
    assert project.get("fix").state == "in-progress"


def test_a_pickup_is_exclusive_whoever_calls(project: Project) -> None:
    project.task()
    ok(call(project, "pickup", "fix"))
    again = call(project, "pickup", "fix")
    assert again.code == 4
    assert "in this worktree" in again.err
    assert "If that was you, go on; if not: `tasks next --claim`" in again.err


@pytest.mark.parametrize(
    "env", [pytest.param({}, marks=pytest.mark.slow), ANA], ids=["default name", "one name"]
)
def test_twenty_of_one_name_in_one_directory(project: Project, env: dict[str, str]) -> None:
    """One gets the task; what the others read leads them to other tasks."""
    project.task()
    by = [["--by", name] for name in env.values()]
    command = ["pickup", "fix", *(word for words in by for word in words), "--output", "json"]
    results = at_once(project, *([[command]] * RUNNERS))
    assert sorted(result.code for result in results) == [0] + [4] * (RUNNERS - 1)
    for result in results:
        if result.code:
            assert result.error["code"] == "claimed"
            assert "`tasks next --claim`" in result.error["hint"]


def test_every_change_by_the_holder_renews(project: Project) -> None:
    project.task()
    ok(call(project, "pickup", "fix", "--lease", "5m"))
    before = claim_of(project)
    ok(call(project, "update", "fix", "--check", "1"))
    after = claim_of(project)
    assert before is not None
    assert after is not None
    assert after["since"] == before["since"]
    assert parse_instant(str(after["until"])) > parse_instant(str(before["until"]))


@pytest.mark.parametrize(
    ("picked", "changes", "code"),
    [
        ({}, {}, 0),
        (ANA, ANA, 0),
        (ANA, {}, 4),  # who gives no name holds only what was claimed without one
        (ANA, BO, 4),
        ({}, BO, 4),
        (ANA, {"TASKS_ACTOR": " "}, 4),
    ],
)
def test_whose_changes_are_the_holders(
    project: Project, picked: dict[str, str], changes: dict[str, str], code: int
) -> None:
    project.task()
    ok(call(project, "pickup", "fix", env=picked))
    assert call(project, "update", "fix", "--check", "1", env=changes).code == code


def test_a_name_may_be_typed(project: Project) -> None:
    project.task()
    ok(call(project, "pickup", "fix", "--by", "ana"))
    assert call(project, "update", "fix", "--check", "1").code == 4
    ok(call(project, "update", "fix", "--check", "1", "--by", "ana"))
    ok(call(project, "update", "fix", "--uncheck", "1", env=ANA))


def test_a_name_holds_in_its_own_worktree_alone(project: Project) -> None:
    project.task()
    other = worktree(project)
    token = ok(call(project, "pickup", "fix", "--output", "json")).json["claim"]["token"]
    refused = call(project, "update", "fix", "--check", "1", cwd=other)
    assert refused.code == 4
    assert str(project.root) in refused.err
    ok(call(project, "update", "fix", "--check", "1", "--claim", token, cwd=other))


@pytest.mark.parametrize("env", [{}, ANA], ids=["default name", "one name"])
def test_exclusive_is_held_by_the_token_alone(project: Project, env: dict[str, str]) -> None:
    project.task()
    picked = ok(call(project, "next", "--claim", "--exclusive", "--output", "json", env=env)).json
    assert call(project, "update", "fix", "--check", "1", env=env).code == 4
    ok(call(project, "update", "fix", "--check", "1", "--claim", picked["claim"]["token"], env=env))


ENDS = {
    "release": ["release", "fix"],
    "delete": ["delete", "fix"],
    "rename": ["rename", "fix", "mend"],
    "cancel": ["move", "fix", "canceled"],
    "cancel by a key": ["update", "fix", "--meta", "state=canceled"],
}


@pytest.mark.parametrize("words", ENDS.values(), ids=ENDS.keys())
def test_what_ends_the_work_asks_for_the_typed_name(project: Project, words: list[str]) -> None:
    """Who shares the holder's name in one directory must not pull the task away unawares."""
    project.task()
    ok(call(project, "pickup", "fix", env=ANA))
    before = project.tree()
    refused = call(project, *words, "--output", "json", env=ANA)
    assert (refused.code, refused.error["code"]) == (4, "unnamed")
    assert "--by ana" in refused.error["hint"]
    assert project.tree() == before
    assert call(project, *words, "--by", "bo", env=ANA).code == 4
    ok(call(project, *words, "--by", "ana"))


@pytest.mark.parametrize("words", ENDS.values(), ids=ENDS.keys())
def test_a_token_ends_the_work_as_well(project: Project, words: list[str]) -> None:
    project.task()
    token = ok(call(project, "pickup", "fix", "--output", "json")).json["claim"]["token"]
    assert call(project, *words).code == 4
    ok(call(project, *words, "--claim", token))


def test_the_default_name_can_be_typed(project: Project) -> None:
    project.task()
    name = ok(call(project, "pickup", "fix", "--output", "json")).json["claim"]["by"]
    ok(call(project, "release", "fix", "--by", name))


def test_a_claim_is_shown_wherever_the_task_is(project: Project) -> None:
    project.task()
    project.task("free")
    ok(call(project, "pickup", "fix", "--by", "ana"))

    def mine(*words: str) -> list[object]:
        rows = ok(call(project, *words, "--output", "json")).json
        return [row["claim"] for row in (rows if isinstance(rows, list) else [rows])]

    (claim,) = mine("show", "fix")
    assert isinstance(claim, dict)
    assert {**claim, "since": "", "until": ""} == {"by": "ana", "since": "", "until": "", "mine": False}
    assert mine("list") == [claim, None]
    assert mine("list", "--fields", "id,claim") == [claim, None]
    assert [row["claim"] for row in ok(call(project, "next", "--output", "json")).json["candidates"]] == [
        None
    ]
    as_ana = ok(call(project, "show", "fix", "--output", "json", env=ANA)).json["claim"]
    assert as_ana == claim | {"mine": True}
    table = ok(call(project, "list")).out.splitlines()
    assert "CLAIM" in table[0]
    assert "  ana  " in table[1]
    assert "claim             ana since " in ok(call(project, "show", "fix")).out
    answer = ok(call(project, "update", "fix", "--check", "1", "--by", "ana", "--output", "json")).json
    assert answer["task"]["claim"]["mine"] is True


def test_an_expired_claim_is_no_claim(project: Project) -> None:
    project.task()
    ok(call(project, "pickup", "fix", "--lease", "1ms"))
    assert claim_of(project) is None


def test_a_claim_is_no_key_of_the_file(project: Project) -> None:
    project.task()
    before = project.get("fix").etag
    ok(call(project, "pickup", "fix", "--output", "json"))
    shown = ok(call(project, "show", "fix", "--output", "json")).json
    assert "claim:" not in (project.root / shown["path"]).read_text()
    assert shown["etag"] != before  # the state, not the claim
    del shown["derived"]
    again = call(project, "metadata", "set", "fix", "--output", "json", stdin=_json(shown))
    assert ok(again).json["changed"] is False


def _json(value: object) -> str:
    import json

    return json.dumps(value)


def test_an_agent_in_a_run_holds_by_its_attempt_alone(project: Project) -> None:
    project.task()
    ok(call(project, "pickup", "fix"))
    within = {"TASKS_ATTEMPT_ID": "0199c6f2-0000-7000-8000-00000000000a"}
    assert call(project, "update", "fix", "--check", "1", env=within).code == 4


def test_a_name_that_is_none_is_refused(project: Project) -> None:
    project.task()
    done = call(project, "update", "fix", "--check", "1", "--by", "a\nb")
    assert _code(done) == (2, "bad-value")


def _code(done: Done) -> tuple[int, str]:
    return done.code, done.err.partition("[")[2].partition("]")[0]
