"""Files with one id: found, told apart, merged or renamed by the very commands that doctor names."""

from __future__ import annotations

import json
import re
import shlex
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from support.branches import READY, attempt, commit, diverge, git, shorten, tasks
from support.doctor_report import look, results
from support.effort import Effort, crossed
from support.in_process import call, ok
from support.kill_steps import kill_everywhere
from support.layouts import in_states
from support.merge_versions import Triple, triples
from support.project import BODY, NOON, Project, store
from support.simultaneous import at_once
from taskfiles import Store, Task, merge_files, parse_task
from taskfiles.backlog.snapshot import Snapshot
from taskfiles.merge.ancestry import find_ancestor, relation_in
from taskfiles.merge.twins import find_twins, unite
from taskfiles.schema.files import read_schema
from taskfiles.task.names import free_id

pytestmark = in_states

DOING, CANCELED = "tasks/20-in-progress/task-fix.md", "tasks/40-canceled/task-fix.md"
CREATED = {"created_at": "2025-11-02T15:00:00Z"}


def duplicates(project: Project) -> list[dict[str, Any]]:
    return results(look(project), "duplicate-ids")


def commands(row: dict[str, Any]) -> list[list[str]]:
    """The command lines that a finding names, as a shell takes them apart."""
    lines = re.findall(r"`tasks ([^`]*)`", row["hint"])
    return [shlex.split(line) for line in lines]


def check_content(project: Project) -> None:
    """Doctor and validate are content."""
    done = call(project, "doctor")
    assert not duplicates(project), done.out
    assert call(project, "validate").code == 0


def part_ways(project: Project) -> None:
    """Move a short task to two states on two branches, each with an attempt, a box and keys of its own."""
    shorten(project, keep_criteria=True)

    def comment(text: str) -> Any:
        return lambda project: [
            file.write_text(file.read_text().replace("x_own:", f"{text}\nx_own:"))
            for file in project.root.glob("tasks/*/task-fix.md")
        ]

    def ours(project: Project) -> None:
        tasks("update fix --meta state=in-progress --check 1 --add labels=mobile", attempt("a", "16:00"))(
            project
        )
        tasks(attempt("c", "18:00"), "update fix --meta priority=high --meta track=web")(project)
        comment("# from ours")(project)

    def theirs(project: Project) -> None:
        tasks("update fix --meta state=canceled --check 2 --remove labels=ui", attempt("b", "17:00"))(project)
        tasks("update fix --meta size=small --meta milestone=m1")(project)
        comment("# from theirs")(project)

    diverge(project, ours, theirs)
    project.git("merge", "--no-edit", "topic")
    assert {DOING, CANCELED} <= project.tree().keys()


def check_whole(project: Project, state: str) -> None:
    task = project.get("fix")
    assert task.state == state
    assert [each.executor.tool for each in task.meta.execution.attempts] == ["a", "b", "c"]
    assert (task.get("priority"), task.get("track"), task.get("size"), task.get("milestone")) == (
        "high",
        "web",
        "small",
        "m1",
    )
    assert task.get("labels") == ["mobile"]
    assert "- [x] First\n- [x] Second\n- [ ] Third\n" in task.body
    assert b"# from ours\n" in task.data
    assert b"# from theirs\n" in task.data
    assert b"x_own: {a: 1} # ours to keep\n" in task.data
    assert task.errors == []


@pytest.mark.parametrize("state", ["in-progress", "canceled"])
def test_a_task_moved_to_two_states_is_merged_by_doctors_command(repository: Project, state: str) -> None:
    part_ways(repository)
    assert call(repository, "show", "fix", "-o", "json").error["code"] == "ambiguous-task"
    (row,) = duplicates(repository)
    assert "state (" in row["hint"]
    assert "labels" not in row["hint"]
    path = {"in-progress": DOING, "canceled": CANCELED}[state]
    (line,) = [line for line in commands(row) if path in line]
    before = repository.tree()
    shown = ok(call(repository, *line, "--dry-run", "-o", "json")).json
    assert repository.tree() == before
    answer = ok(call(repository, *line, "-o", "json")).json
    Draft202012Validator(read_schema("mutation")).validate(answer)
    other = {DOING, CANCELED} - {path}
    assert [(each["path"], each["git"]) for each in answer["removed"]] == [(each, "same") for each in other]
    assert answer["settled"] == ["state"]
    assert {each["path"] for each in answer["changes_made"]} == {DOING, CANCELED}
    check_whole(repository, state)
    assert repository.get("fix").path == path
    assert repository.git("diff", "--cached", "--name-only") == ""
    check_content(repository)
    after = repository.tree()
    ok(call(repository, "undo"))
    assert repository.tree() == before
    repository.write("change.diff", shown["diff"])
    repository.git("apply", "change.diff")
    (repository.root / "change.diff").unlink()
    stamp = rb"(updated_at|last_activity_at): .*"
    assert {name: re.sub(stamp, b"", data) for name, data in repository.tree().items()} == {
        name: re.sub(stamp, b"", data) for name, data in after.items()
    }


def test_without_a_decision_it_is_refused_with_every_place(repository: Project) -> None:
    part_ways(repository)
    for path, title in ((DOING, "Ours"), (CANCELED, "Theirs")):
        file = repository.root / path
        file.write_text(file.read_text().replace("Title of fix", title) + f"\n{title} at the end.\n")
    before = repository.tree()
    done = call(repository, "merge", "fix", "-o", "json")
    assert (done.code, done.out, done.error["code"]) == (1, "", "files-differ")
    assert repository.tree() == before
    found = done.error["details"]["differences"]
    assert [each["field"] for each in found] == ["title", "state", "body"]
    for each in found:
        for place in each["places"]:
            line = (repository.root / place["path"]).read_text().splitlines()[place["line"] - 1]
            assert each["field"] == "body" or line == f"{each['field']}: {place['value']}"
            assert each["field"] != "body" or line.endswith("at the end.")
    assert f"in-progress in {DOING}:5" in done.error["message"]
    assert {tuple(line) for line in commands(done.error)} == {
        ("merge", "fix", "--prefer", DOING),
        ("merge", "fix", "--prefer", CANCELED),
    }
    ok(call(repository, "merge", "fix", "--prefer", CANCELED))
    task = repository.get("fix")
    assert (task.title, task.body.endswith("\nTheirs at the end.\n")) == ("Theirs", True)
    assert len(task.meta.execution.attempts) == 3


def test_a_task_left_at_its_old_place_needs_no_decision(repository: Project) -> None:
    """Git says modify/delete, and whoever adds both commits the task twice."""
    shorten(repository)
    diverge(
        repository,
        tasks("update fix --meta state=in-progress", attempt("a", "16:00")),
        tasks("update fix --meta title=Mend", attempt("b", "17:00")),
    )
    assert "modify/delete" in git(repository, "merge", "topic").stdout
    repository.git("add", "--all")
    (row,) = duplicates(repository)  # the merge is not committed yet
    assert commands(row) == [["merge", "fix"]]
    repository.git("commit", "--quiet", "--no-edit")
    assert duplicates(repository) == [row]
    ok(call(repository, *commands(row)[0]))
    task = repository.get("fix")
    assert (task.path, task.title, len(task.meta.execution.attempts)) == (DOING, "Mend", 2)
    check_content(repository)


def test_after_a_rebase_nothing_is_taken_for_removed(repository: Project) -> None:
    """There the file before is no ancestor of the one that came: what it alone holds must stay."""
    shorten(repository)
    repository.git("switch", "--quiet", "--create", "topic")
    tasks("update fix --meta state=canceled", attempt("b", "17:00"))(repository)
    commit(repository, "theirs")
    repository.git("switch", "--quiet", "main")
    tasks("update fix --add labels=kept --meta priority=high")(repository)
    commit(repository, "before the move")
    tasks("update fix --meta state=in-progress", attempt("a", "16:00"))(repository)
    commit(repository, "ours")
    repository.git("switch", "--quiet", "topic")
    git(repository, "rebase", "main")
    repository.git("add", "--all")
    git(repository, "rebase", "--continue")
    first, second = repository.store.tasks()
    assert find_ancestor(repository.store, first, second) is None
    assert len(duplicates(repository)) == 1
    ok(call(repository, "merge", "fix", "--prefer", CANCELED))
    task = repository.get("fix")
    assert (task.state, task.get("priority"), task.get("labels")) == ("canceled", "high", ["ui", "kept"])
    assert len(task.meta.execution.attempts) == 2


def test_what_was_completed_here_and_canceled_there(repository: Project) -> None:
    """A note of completion goes with being done, whichever side it is taken from."""
    shorten(repository)
    done = "update fix --meta state=done --meta completed_at=2025-11-03T10:00:00Z --meta commit_message=x"
    diverge(
        repository,
        tasks(done, attempt("a", "16:00")),
        tasks("update fix --meta state=canceled", attempt("b", "17:00")),
    )
    repository.git("merge", "--no-edit", "topic")
    paths = sorted(task.path for task in repository.store.tasks())
    assert paths == ["tasks/30-done/2025-11-03 task-fix.md", CANCELED]
    (row,) = duplicates(repository)
    (line,) = [line for line in commands(row) if CANCELED in line]
    ok(call(repository, *line))
    assert repository.get("fix").get("completed_at") is None
    ok(call(repository, "undo"))
    (line,) = [line for line in commands(row) if paths[0] in line]
    ok(call(repository, *line))
    task = repository.get("fix")
    assert (task.path, task.get("completed_at")) == (paths[0], "2025-11-03T10:00:00Z")
    assert duplicates(repository) == []


def test_two_tasks_of_one_id_are_renamed_by_doctors_command(repository: Project) -> None:
    new = ["new", "--title", "Sort it", "--id", "sort"]
    diverge(
        repository,
        lambda project: call(project, *new, "--label", "ours"),
        lambda project: call(project, *new, "--label", "theirs", "--state", "ready"),
    )
    repository.git("merge", "--no-edit", "topic")
    repository.write("tasks/00-idea/task-sort-2.md", "---\nid: [\n---\n")
    before = repository.tree()
    refused = call(repository, "merge", "sort", "-o", "json").error
    assert (refused["code"], repository.tree()) == ("several-tasks", before)
    (row,) = duplicates(repository)
    (line,) = commands(row)
    assert line == ["rename", "tasks/10-ready/task-sort.md", "sort-3"] == commands(refused)[0]
    ok(call(repository, *line, cwd=repository.root / "tasks"))
    assert duplicates(repository) == []
    assert [repository.get(name).get("labels") for name in ("sort", "sort-3")] == [["ours"], ["theirs"]]


def test_doctors_commands_are_run_until_it_is_content(project: Project) -> None:
    """Two tasks of one id, each in two places; names with a space; one after the other."""
    for created, states in (
        ("2025-11-02T15:00:00Z", ("ready", "done")),
        ("2025-11-05T15:00:00Z", ("idea", "canceled")),
    ):
        for state in states:
            project.task("fix", state=state, title="Fix", created_at=created, labels=f"[{state}]")
    runs = []
    while rows := duplicates(project):
        line = commands(rows[0])[0]
        ok(call(project, *line))
        runs.append(line[0])
        assert len(runs) < 9
    assert runs == ["merge", "merge", "rename"]
    tasks = list(project.store.tasks())
    assert [task.id for task in tasks] == ["fix", "fix-2"]
    assert sorted(sorted(task.get("labels")) for task in tasks) == [["canceled", "idea"], ["done", "ready"]]
    assert call(project, "validate").code == 0


def test_a_relation_that_git_knows(repository: Project) -> None:
    """Where no file says when it was created, the ancestor tells a new title from a new task."""
    shorten(repository, keep_criteria=True)
    text = (repository.root / READY).read_text()
    repository.write(READY, re.sub("(created|updated)_at: .*\n", "", text))
    commit(repository, "no dates")
    diverge(
        repository,
        tasks("update fix --meta state=in-progress --meta title=New", attempt("a", "16:00")),
        tasks("update fix --meta state=canceled", attempt("b", "17:00")),
    )
    repository.git("merge", "--no-edit", "topic")
    files = list(repository.store.tasks())
    assert len(files) == 2
    assert not find_twins(files)[0].is_one_task
    assert find_twins(files, relation_in(repository.store))[0].is_one_task
    ok(call(repository, "merge", "fix", "--prefer", DOING))
    assert (repository.get("fix").title, len(repository.get("fix").meta.execution.attempts)) == ("New", 2)


# The command


def twins(project: Project) -> None:
    project.task("fix", updated_at="2025-11-02T16:00:00Z", labels="[a]", title="Fix", **CREATED)
    project.task(
        "fix", state="in-progress", updated_at="2025-11-02T17:00:00Z", labels="[b]", title="Fix", **CREATED
    )


def test_what_stands_in_one_file_stays_as_it_is(project: Project) -> None:
    project.task("fix")
    before = project.tree()
    answer = ok(call(project, "merge", "fix", "-o", "json")).json
    assert (answer["changed"], answer["reason"], project.tree()) == (False, "unchanged", before)
    assert (
        ok(call(project, "merge", "fix", "--prefer", READY)).out == "No change: fix is already up to date.\n"
    )


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["fix"], "files-differ"),
        (["fix", "--prefer", "tasks/40-canceled/task-fix.md"], "bad-value"),
        (["fix", "--prefer", READY, "--if-match", "0" * 32], "etag-mismatch"),
        (["fxi"], "no-such-task"),
        (["tasks/00-idea/task-fix.md"], "no-such-task"),
        (["../outside.md"], "no-such-task"),
        (["/etc/passwd.md"], "no-such-task"),
    ],
    ids=str,
)
def test_merge_refuses(project: Project, argv: list[str], code: str) -> None:
    twins(project)
    before = project.tree()
    done = call(project, "merge", *argv, "-o", "json")
    assert (done.error["code"], done.out, project.tree()) == (code, "", before)


def test_if_match_is_about_the_preferred_file(project: Project) -> None:
    twins(project)
    etag = next(task.etag for task in project.store.tasks() if task.path == READY)
    ok(call(project, "merge", "fix", "--prefer", READY, "--if-match", etag))


def test_outputs(project: Project) -> None:
    twins(project)
    line = ["merge", "fix", "--prefer", DOING]
    diff = ok(call(project, *line, "--dry-run")).out
    assert f"--- a/{READY}\n+++ /dev/null\n" in diff
    assert "+labels: [a, b]\n" in diff
    below = project.root / "src"
    below.mkdir()
    assert ok(call(project, *line, "-o", "plain", cwd=below)).out == "fix\n"
    ok(call(project, "undo"))
    assert ok(call(project, *line)).out == f"Merged {READY} into {DOING}; as {DOING} has it: state\n"


def test_a_misnamed_copy_ends_at_the_place_of_its_state(project: Project) -> None:
    project.task("fix").rename(project.root / "tasks/10-ready/task-fix-copy.md")
    (project.root / "tasks/00-idea").mkdir()
    text = (project.root / "tasks/10-ready/task-fix-copy.md").read_bytes()
    project.write("tasks/00-idea/task-fix-old.md", text)
    ok(call(project, "merge", "fix"))
    assert list(project.tree()) == [READY]
    assert project.tree()[READY] == text


def test_an_unreadable_file_of_the_task_is_waited_for(project: Project) -> None:
    twins(project)
    project.write(CANCELED, "---\nid: fix\n<<<<<<< ours\n---\n")
    before = project.tree()
    done = call(project, "merge", "fix", "--prefer", DOING, "-o", "json")
    assert (done.error["code"], done.error["path"], project.tree()) == ("unreadable-task", CANCELED, before)


def test_what_does_not_fit_into_one_text_is_left_to_a_person(project: Project) -> None:
    front = "id: fix\ntitle: Fix\ncreated_at: 2025-11-02T15:00:00Z\n"
    project.write(READY, f"---\n{front}state: ready\nx_a: &a [1]\nx_b: *a\n---\n{BODY}")
    project.write(DOING, f"---\n{front}state: in-progress\nx_a: [2]\nx_b: [1, 3]\n---\n{BODY}")
    before = project.tree()
    done = call(project, "merge", "fix", "--prefer", READY, "-o", "json")
    assert (done.error["code"], project.tree()) == ("edit-unsafe", before)
    (row,) = duplicates(project)
    assert "in an editor" in row["hint"]


def test_a_claim_stays_with_the_task_and_keeps_others_out(project: Project) -> None:
    project.task("fix", title="Fix", **CREATED)
    token = ok(call(project, "pickup", "fix", "--by", "ada", "-o", "json")).json["claim"]["token"]
    project.task("fix", title="Fix", **CREATED)
    before = project.tree()
    line = ["merge", "fix", "--prefer", DOING]
    assert call(project, *line, "-o", "json").error["code"] == "claimed"
    assert project.tree() == before
    ok(call(project, *line, "--claim", token))
    assert call(project, "update", "fix", "--meta", "size=xl", "-o", "json").error["code"] == "claimed"
    ok(call(project, "update", "fix", "--meta", "size=xl", "--claim", token))


def test_merged_into_a_closed_state_the_claim_ends(project: Project) -> None:
    project.task("fix", title="Fix", **CREATED)
    token = ok(call(project, "pickup", "fix", "--by", "ada", "-o", "json")).json["claim"]["token"]
    project.task("fix", state="canceled", title="Fix", **CREATED)
    ok(call(project, "merge", "fix", "--prefer", CANCELED, "--claim", token))
    ok(call(project, "update", "fix", "--meta", "size=xl"))


def test_a_project_below_the_top_without_git_and_in_another_worktree(
    repository: Project, tmp_path: Path
) -> None:
    part_ways(repository)
    repository.git("worktree", "add", "--quiet", "--detach", "../other")
    other = Project(repository.root.parent / "other", repository.env)
    ok(call(other, "merge", "fix", "--prefer", DOING))
    check_whole(other, "in-progress")
    bare = Project(tmp_path / "bare")
    twins(bare)
    ok(call(bare, "merge", "fix", "--prefer", DOING))
    assert sorted(bare.get("fix").get("labels")) == ["a", "b"]


def test_an_ancestor_below_the_top_of_its_repository(project: Project) -> None:
    below = Project(project.root / "a b" / "ünder", project.env)
    below.task("fix", title="Fix", labels="[a, b]", body="", **CREATED)
    commit(below, "start")
    diverge(
        below,
        tasks("update fix --meta state=in-progress --remove labels=a", attempt("a", "16:00")),
        tasks("update fix --meta state=canceled --add labels=c", attempt("b", "17:00")),
    )
    git(below, "merge", "topic")
    below.git("add", "--all")
    first, second = below.store.tasks()
    base = find_ancestor(below.store, first, second)
    assert base is not None
    assert base.path == READY
    ok(call(below, "merge", "fix", "--prefer", CANCELED))
    assert below.get("fix").get("labels") == ["b", "c"]


# All or nothing


def test_killed_at_every_step(project: Project, effort: Effort) -> None:
    back, whole = kill_everywhere(
        project,
        effort,
        lambda: twins(project),
        lambda: merge_files(store(project), "fix", prefer=READY),
        lambda _: call(project, "list"),
    )
    assert back > 5
    assert whole > 0


@pytest.mark.slow
def test_twenty_at_once_make_one_file(project: Project) -> None:
    twins(project)
    done = at_once(project, *([["merge", "fix", "--prefer", DOING, "-o", "json"]] for _ in range(20)))
    answers = [json.loads(each.out) for each in done]
    assert sum(answer["changed"] for answer in answers) == 1
    assert list(project.tree()) == [DOING]
    assert sorted(project.get("fix").get("labels")) == ["a", "b"]


def attempts_of(task: Task) -> list[str]:
    held = task.values.get("execution") or {}
    assert isinstance(held, dict)
    return sorted(str(each.get("session_id")) for each in held.get("attempts") or [])  # type: ignore[union-attr]


@pytest.mark.slow
@given(triples(), st.booleans())
def test_no_attempt_tick_or_label_is_lost(versions: Triple, knows_base: bool) -> None:
    base, ours, theirs = (parse_task(name, data) for name, data in zip("oab", versions, strict=True))
    for pair in ([ours, theirs], [theirs, ours], [ours, theirs, ours]):
        united = unite(pair, lambda _, __: base if knows_base else None)
        whole = united.task
        assert set(attempts_of(whole)) == set(attempts_of(ours)) | set(attempts_of(theirs))
        if not knows_base:
            assert {*whole.values["labels"]} == {*ours.values["labels"], *theirs.values["labels"]}  # type: ignore[misc]
            assert whole.body.count("[x]") >= max(ours.body.count("[x]"), theirs.body.count("[x]"))
            differing = {each.field for each in united.differences}
            for key in {"title", "priority", "state"} & ours.values.keys() & theirs.values.keys():
                assert (key in differing) == (ours.values[key] != theirs.values[key])
        for difference in united.differences:
            assert difference.places


def test_free_ids_are_short() -> None:
    long = "a" * 24
    assert free_id(long, {long, "a" * 22 + "-2"}) == "a" * 22 + "-3"


def test_three_files_of_one_task_become_one(project: Project) -> None:
    twins(project)
    project.task("fix", state="idea", labels="[c]", title="Fix", **CREATED)
    (row,) = duplicates(project)
    assert len(commands(row)) == 3
    ok(call(project, *commands(row)[2]))
    assert (project.get("fix").state, sorted(project.get("fix").get("labels"))) == ("idea", ["a", "b", "c"])
    assert len(project.tree()) == 1


@pytest.mark.parametrize("path", [READY, DOING])
def test_a_hand_edit_made_meanwhile_is_merged_too(project: Project, path: str) -> None:
    """The clock is asked when the merge is planned and the files are about to be read again."""
    twins(project)
    times = iter(range(3))

    def now() -> datetime:
        if next(times) == 0:
            file = project.root / path
            file.write_text(file.read_text().replace("labels: [", "labels: [by-hand, "))
        return NOON

    merge_files(Store(project.root, now=now), "fix", prefer=DOING)
    assert sorted(project.get("fix").get("labels")) == ["a", "b", "by-hand"]


def test_an_id_saved_by_hand_meanwhile_takes_the_file_out_of_the_merge(project: Project) -> None:
    twins(project)
    edits = iter([READY])

    class Edited(Store):
        """A store one of whose files is saved right after a snapshot was taken."""

        def snapshot(self, *, check: bool = False, recover: bool = True) -> Snapshot:
            found = super().snapshot(check=check, recover=recover)
            for path in edits:
                file = project.root / path
                file.write_text(file.read_text().replace("id: fix", "id: other"))
            return found

    assert not merge_files(Edited(project.root), "fix").changed
    assert project.get("other").path == READY


@pytest.mark.parametrize("linked", [READY, DOING])
def test_a_link_to_the_other_file_is_refused(project: Project, linked: str) -> None:
    (other,) = {READY, DOING} - {linked}
    state = "ready" if other == READY else "in-progress"
    project.task("fix", state=state, updated_at="2025-11-02T16:00:00Z", **CREATED)
    (project.root / linked).parent.mkdir(exist_ok=True)
    (project.root / linked).symlink_to(f"../../{other}")
    before = project.tree()
    for line in (["fix"], [linked, "--prefer", linked], ["fix", "--prefer", other]):
        done = call(project, "merge", *line, "-o", "json")
        assert done.code != 0, done.out
        assert project.tree() == before
        assert (project.root / linked).is_symlink()


HOSTILE = [
    'x_a: "{id} %s `rm -rf` $(x) \\e[31m"\n',
    "x_a: |\n  <<<<<<< ours\n  =======\n",
    "x_a: {b: [1, {c: ~}], 'd.e': 2, \"f[0]\": 3}\n",
    "'': 1\n1: 2\ntrue: 3\n",
    "execution: soon\n",
    "execution: {attempts: [7, {}, null]}\n",
    "labels: {a: 1}\n",
    "completed_at: 5\n",
]


@pytest.mark.parametrize(
    ("ours", "body"),
    crossed(HOSTILE, [b"", b" \r\n- [x] a\r", b"---\n<<<<<<< a\n```\n# X", b"\n" * 999]),
)
def test_whatever_stands_in_the_files_it_is_merged_or_refused(
    project: Project, ours: str, body: bytes
) -> None:
    front = "id: fix\ntitle: Fix\ncreated_at: 2025-11-02T15:00:00Z\nstate: "
    project.write(READY, f"---\n{front}ready\n{ours}---\n".encode() + body)
    project.write(DOING, f"\ufeff---\r\n{front}in-progress\nx_a: other # why\n---\n".encode() + body[1:])
    before = project.tree()
    for line in (["fix"], ["fix", "--prefer", READY, "--dry-run"], ["fix", "--prefer", READY]):
        done = call(project, "merge", *line, "-o", "json")
        assert done.code in {0, 1, 2}, done.err
        if done.code or "--dry-run" in line:
            assert project.tree() == before
        assert "\x1b" not in call(project, "merge", *line, "--dry-run").err
    assert call(project, "doctor").code in {0, 1}
    if project.tree() != before:
        (path,) = project.tree()
        assert path == READY
        assert ours.splitlines()[0].encode() in project.tree()[path]
        ok(call(project, "undo"))
        assert project.tree() == before


def test_a_task_moved_to_two_states_with_markers_is_found_and_comes_together(repository: Project) -> None:
    """Git has followed both moves, and left the file in both places, each with the marks of the conflict."""
    diverge(
        repository,
        tasks("move fix in-progress", attempt("a", "16:00")),
        tasks("move fix canceled", attempt("b", "17:00")),
    )
    assert "rename/rename" in git(repository, "merge", "--no-edit", "topic").stdout
    (row,) = duplicates(repository)
    assert all(path in row["message"] for path in (DOING, CANCELED))
    assert "`tasks merge fix`" in row["hint"]
    for path, side in ((DOING, 1), (CANCELED, 2)):  # fixed by hand, each as its place says
        text = (repository.root / path).read_text()
        mark = r"<<<<<<<+ [^\n]*\n(.*?)=======+\n(.*?)>>>>>>>+ [^\n]*\n"
        repository.write(path, re.sub(mark, rf"\{side}", text, flags=re.DOTALL))
    (row,) = duplicates(repository)
    (line,) = [line for line in commands(row) if DOING in line]
    ok(call(repository, *line))
    task = repository.get("fix")
    assert (task.path, task.state) == (DOING, "in-progress")
    assert [each.executor.tool for each in task.meta.execution.attempts] == ["a", "b"]
    git(repository, "add", "-A")  # until then git has three files as unmerged
    check_content(repository)
