"""Claims in the flow: the queue takes heed of them, and they go along with renames."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from support.effort import Effort
from support.in_process import call
from support.kill_steps import kill_everywhere
from support.layouts import in_states
from support.project import BODY, Project
from support.simultaneous import at_once
from taskfiles import Store, rename
from taskfiles.schema.files import read_schema
from taskfiles.store.claims import find_lease

RUNNERS = 8


def claim(project: Project, *argv: str, by: str = "ada") -> dict[str, Any]:
    """Pick a task up and give what was answered."""
    done = call(project, *argv, "--by", by, "--output", "json")
    assert done.code == 0, done.err
    answer: dict[str, Any] = done.json
    return answer


def leases(project: Project) -> list[str]:
    return sorted(file.name for file in (project.root / ".git/tasks/leases").glob("*"))


@pytest.fixture
def queue(project: Project) -> Project:
    project.task("best", priority="urgent")
    project.task("second", priority="high")
    project.task("third")
    return project


# The queue


def test_what_others_hold_is_left_out(queue: Project) -> None:
    token = claim(queue, "pickup", "best")["claim"]["token"]
    assert call(queue, "update", "best", "--meta", "state=ready", "--claim", token).code == 0
    assert call(queue, "next", "-o", "plain").out == "second\nthird\n"
    own = call(queue, "next", "-o", "plain", env={"TASKS_CLAIM": token})
    assert own.out == "best\nsecond\nthird\n"
    assert call(queue, "next", "--parallelize", "2", "-o", "plain").out == "second\nthird\n"


def test_a_lease_that_cannot_be_read_counts_as_held(queue: Project) -> None:
    claim(queue, "pickup", "third")
    queue.write(".git/tasks/leases/best.json", "torn")
    assert call(queue, "next", "-o", "plain").out == "second\n"


def test_what_a_dead_claim_held_is_offered_again_and_says_so(queue: Project) -> None:
    gone = claim(queue, "pickup", "best", "--lease", "1ms", by="gone")["claim"]
    answer = call(queue, "next", "--output", "json").json
    assert [each["id"] for each in answer["candidates"]] == ["best", "second", "third"]
    ended = {key: gone[key] for key in ("by", "since", "until")}
    assert [each["expired"] for each in answer["candidates"]] == [ended, None, None]
    assert f"the claim of gone expired at {gone['until']}" in call(queue, "next").out
    taken = claim(queue, "next", "--claim", by="bob")
    for schema, value in (("next", answer), ("pickup", taken)):
        Draft202012Validator(read_schema(schema)).validate(value)
    assert (taken["task"]["id"], taken["claim"]["expired"]) == ("best", ended)
    assert taken["task"]["assignees"] == ["bob"]


def test_in_progress_without_a_claim_is_not_offered(queue: Project) -> None:
    assert call(queue, "update", "best", "--meta", "state=in-progress").code == 0
    assert call(queue, "next", "-o", "plain").out == "second\nthird\n"


def test_next_takes_the_best_in_one_step(queue: Project) -> None:
    for expected in ("best", "second", "third"):
        answer = claim(queue, "next", "--claim", "--lease", "2h")
        assert (answer["action"], answer["task"]["id"], answer["task"]["state"]) == (
            "task.claim",
            expected,
            "in-progress",
        )
        assert answer["task"]["id"] == expected
        assert call(queue, "update", expected, "--meta", "size=xl").code == 4
        token = answer["claim"]["token"]
        assert call(queue, "update", expected, "--meta", "size=xl", "--claim", token).code == 0
    none = call(queue, "next", "--claim", "--by", "ada", "--output", "json")
    assert (none.code, none.out, none.error["code"]) == (1, "", "nothing-to-claim")


def test_next_claims_only_what_fits(queue: Project) -> None:
    queue.task("easy", executor="simple")
    assert claim(queue, "next", "--claim", "--executor", "simple")["task"]["id"] == "easy"


def test_at_once_each_gets_another(project: Project) -> None:
    for number in range(RUNNERS - 1):
        project.task(f"t{number}")
    jobs = [[["next", "--claim", "--by", f"a{n}", "--output", "json"]] for n in range(RUNNERS)]
    results = at_once(project, *jobs)
    taken = [result.json["task"]["id"] for result in results if result.code == 0]
    assert sorted(taken) == [f"t{number}" for number in range(RUNNERS - 1)]
    (left,) = [result for result in results if result.code]
    assert (left.code, left.error["code"]) == (1, "nothing-to-claim")
    assert leases(project) == [f"t{number}.json" for number in range(RUNNERS - 1)]


@in_states
def test_what_stands_in_the_way_is_named_and_the_next_is_taken(queue: Project) -> None:
    queue.write(queue.path("best", "in-progress"), "in the way")
    before = queue.tree()
    done = call(queue, "next", "--claim", "--by", "ada", "--output", "json")
    assert (done.code, done.json["task"]["id"]) == (0, "second")
    warned = [json.loads(line)["warning"] for line in done.err.splitlines()]
    assert ("path-taken", True) in [
        (each["code"], "best was passed over" in each["message"]) for each in warned
    ]
    assert queue.tree()[queue.path("best")] == before[queue.path("best")]


def test_a_dry_run_claims_nothing(queue: Project) -> None:
    before = queue.tree()
    answer = claim(queue, "next", "--claim", "--dry-run")
    assert (answer["claim"], answer["task"]["id"], answer["dry_run"]) == (None, "best", True)
    assert queue.tree() == before
    assert leases(queue) == []


@pytest.mark.parametrize(
    "argv",
    [
        ("--claim", "--parallelize", "2"),
        ("--by", "ada"),
        ("--lease", "1h"),
        ("--dry-run",),
    ],
    ids=" ".join,
)
def test_options_that_do_not_go_together(queue: Project, argv: tuple[str, ...]) -> None:
    done = call(queue, "next", *argv, "--output", "json")
    assert (done.code, done.error["code"]) == (2, "usage")
    assert leases(queue) == []


# Renames


def related(project: Project) -> str:
    """A claimed task that others name; gives the token."""
    project.task("story", kind="story", children="[fix]")
    project.task("fix")
    project.task("other", depends_on="[fix]")
    token: str = claim(project, "pickup", "fix")["claim"]["token"]
    return token


def test_a_rename_carries_the_claim(project: Project) -> None:
    token = related(project)
    before = project.tree()
    refused = call(project, "rename", "fix", "mend", "--output", "json")
    assert (refused.code, refused.error["code"], project.tree()) == (4, "claimed", before)
    assert call(project, "rename", "fix", "mend", "--dry-run", "--claim", token).code == 0
    assert leases(project) == ["fix.json"]
    done = call(project, "rename", "fix", "mend", "--claim", token, "--output", "json")
    assert done.code == 0, done.err
    assert leases(project) == ["mend.json"]
    lease = find_lease(project.store, "mend")
    assert lease is not None
    assert (lease.id, lease.by) == ("mend", "ada")
    others = (["undo", done.json["run_id"]], ["update", "mend", "--meta", "size=xl"])
    assert [call(project, *argv, "--output", "json").error["code"] for argv in others] == ["claimed"] * 2
    assert call(project, "update", "mend", "--meta", "size=xl", "--claim", token).code == 0
    # undone twice: the size, then the rename, and the claim goes back with it
    assert call(project, "undo", "--claim", token).code == 0
    assert call(project, "undo", "--claim", token).code == 0
    assert (project.tree(), leases(project)) == (before, ["fix.json"])
    assert call(project, "update", "fix", "--meta", "size=xl").code == 4
    assert call(project, "release", "fix", "--claim", token).code == 0


def test_a_refused_rename_leaves_the_claim_where_it_is(project: Project) -> None:
    token = related(project)
    project.write(project.path("mend", "in-progress"), "in the way")
    project.task("taken")
    before = project.tree()
    for name in ("mend", "taken", "Mend"):
        done = call(project, "rename", "fix", name, "--claim", token)
        assert done.code != 0
        assert (project.tree(), leases(project)) == (before, ["fix.json"])


def test_who_shares_an_id_keeps_the_claim(project: Project) -> None:
    token = claim_one(project)
    project.write(
        "tasks/00-idea/task-fix.md", f"---\nid: fix\ntitle: F\nkind: task\nstate: idea\n---\n{BODY}"
    )
    path = str(project.root / "tasks/00-idea/task-fix.md")
    assert call(project, "rename", path, "mend", "--claim", token).code == 0
    assert leases(project) == ["fix.json"]


def claim_one(project: Project) -> str:
    project.task("fix")
    token: str = claim(project, "pickup", "fix")["claim"]["token"]
    return token


def test_a_rename_killed_at_every_step_leaves_the_task_claimed(project: Project, effort: Effort) -> None:
    """By one id or by the other: nobody can take what its holder is at work on."""

    def arrange() -> None:
        tokens[:] = [related(project)]

    def work() -> None:
        rename(Store(project.root, claims=tokens), "fix", "mend")

    def repair(step: int) -> None:
        assert call(project, "list").code == 0
        (task,) = [each for each in project.store.tasks() if each.id in ("fix", "mend")]
        refused = call(project, "update", task.id, "--meta", "size=xl", "--output", "json")
        assert (refused.code, refused.error["code"]) == (4, "claimed")

    tokens: list[str] = []
    back, whole = kill_everywhere(project, effort, arrange, work, repair)
    assert back > 0
    assert whole > 0


# The rest of the flow


@pytest.mark.parametrize(
    "argv",
    [
        ("adopt", "fix", "free"),
        ("rename", "fix", "mend"),
        ("delete", "fix"),
        ("move", "fix", "canceled"),
        ("complete", "fix", "--force", "why"),
    ],
    ids=lambda argv: argv[0],
)
def test_others_do_nothing_to_a_claimed_task(project: Project, argv: tuple[str, ...]) -> None:
    project.task("fix", kind="story", commit_message="m")
    project.task("free")
    token = claim(project, "pickup", "fix")["claim"]["token"]
    before, kept = project.tree(), leases(project)
    refused = call(project, *argv, "--output", "json")
    assert (refused.code, refused.out, refused.error["code"]) == (4, "", "claimed")
    assert (project.tree(), leases(project)) == (before, kept)
    done = call(project, *argv, "--claim", token)
    assert done.code == 0, done.err
    expected = {"adopt": ["fix.json"], "rename": ["mend.json"]}
    assert leases(project) == expected.get(argv[0], [])


def test_what_merely_follows_is_not_refused(project: Project) -> None:
    """A claimed parent that loses a child, and a claimed task that names a renamed one."""
    project.task("held", kind="story", children="[part]", depends_on="[named]")
    project.task("part")
    project.task("named", state="done")
    project.task("new", kind="story")
    claim(project, "pickup", "held")
    assert call(project, "adopt", "new", "part").code == 0
    assert call(project, "rename", "named", "called").code == 0
    held = project.get("held")
    assert (held.get("children"), held.get("depends_on")) == ([], ["called"])


def test_cleanup_leaves_no_lease_behind(project: Project) -> None:
    token = claim_one(project)
    (project.root / project.get("fix").path).unlink()
    keys = "---\nid: fix\ntitle: F\nkind: task\nstate: canceled\nupdated_at: 2020-01-01T00:00:00Z\n---\n"
    project.write("tasks/40-canceled/task-fix.md", keys + BODY)
    before = project.tree()
    refused = call(project, "cleanup", "--older-than", "90d", "-o", "json")
    assert (refused.code, refused.error["details"]["id"], project.tree()) == (4, "fix", before)
    assert "tasks release fix --force" in refused.error["hint"]
    assert call(project, "cleanup", "--older-than", "90d", "--claim", token).code == 0
    assert leases(project) == []


def test_a_pickup_names_files_that_cannot_be_read(project: Project) -> None:
    project.task("s", kind="story", children="[a]")
    project.write("tasks/10-ready/task-a.md", "---\nid: a\ntitle: [a\nstate: ready\n---\n")
    done = call(project, "pickup", "s", "--by", "ada", "--output", "json")
    assert done.code == 0
    assert json.loads(done.err.splitlines()[-1])["warning"]["path"] == "tasks/10-ready/task-a.md"


@pytest.mark.parametrize(
    "argv",
    [
        ["update", "fix", "--meta", "state=done", "--meta", "commit_message=x"],
        ["update", "fix", "--meta", "state=canceled"],
        ["metadata", "set", "fix"],
    ],
    ids=lambda argv: argv[-1],
)
def test_whatever_closes_a_task_ends_its_claim(project: Project, argv: list[str]) -> None:
    token = claim_one(project)
    assert call(project, *argv, "--dry-run", "--claim", token, stdin='{"state": "canceled"}').code == 0
    assert len(leases(project)) == 1
    assert call(project, "update", "fix", "--meta", "size=xl", "--claim", token).code == 0
    assert len(leases(project)) == 1
    assert call(project, *argv, "--claim", token, stdin='{"state": "canceled"}').code == 0
    assert leases(project) == []
    assert call(project, "update", "fix", "--meta", "state=ready").code == 0


@in_states
def test_moving_a_task_that_was_closed_by_hand_ends_its_claim(project: Project) -> None:
    token = claim_one(project)
    project.task("fix", state="canceled")
    (project.root / project.path("fix", "in-progress")).unlink()
    assert call(project, "move", "fix", "canceled", "--claim", token).code == 0
    assert leases(project) == []


def test_a_claim_ends_when_its_task_is_closed_in_an_editor(project: Project) -> None:
    token = claim_one(project)
    env = {"VISUAL": "sed -i s/in-progress/canceled/"}
    assert project.run("edit", "fix", "--claim", token, env=env).code == 0
    assert (project.get("fix").state, leases(project)) == ("canceled", [])
