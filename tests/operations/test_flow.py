"""The life of a task: move, complete, and undoing a change."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from support.effort import Effort
from support.in_process import call, ok
from support.kill_steps import kill_everywhere
from support.layouts import in_states
from support.project import BODY, INSIGHTS, TICKED, Project, store
from taskfiles import move, undo
from taskfiles.text.sections import INSIGHT_SECTIONS, read_section

SOUND = BODY.replace("- [ ]", "- [x]") + INSIGHTS
ADA = {"TASKS_CLAIM": "ada"}
BEN = {"TASKS_CLAIM": "ben"}
REQUIRED = '[complete]\nrequire = ["insights", "commit_message"]\n'
RUN = "0199c6f2-1111-4000-8000-000000000001"


def epic(project: Project) -> None:
    """An epic over a story over two tasks, and one that names its parent itself."""
    project.task("e", kind="epic", children="[s]", commit_message="e", body=SOUND)
    project.task("s", kind="story", children="[a, b]", state="idea", body=SOUND)
    project.task("a", state="idea")
    project.task("b", state="in-progress")
    project.task("own", kind="task", parent="s", state="idea")


def states(project: Project) -> dict[str, object]:
    return {task.id: task.state for task in project.store.tasks()}


# move


@in_states
def test_move_renames_the_file_for_git_and_stages_nothing(project: Project) -> None:
    project.task("fix")
    project.git("add", "-A")
    project.git("commit", "-qm", "first")
    answer = ok(call(project, "move", "fix", "In_Progress", "--output", "json")).json
    assert (answer["action"], answer["task"]["path"]) == ("task.move", project.path("fix", "in-progress"))
    assert project.git("diff", "--cached", "--name-only") == ""
    project.git("add", "-A")
    assert project.git("diff", "--cached", "--name-status", "-M").startswith("R")


def test_move_to_where_it_is_changes_nothing(project: Project) -> None:
    project.task("fix")
    before = project.tree()
    answer = ok(call(project, "move", "fix", "ready", "--output", "json")).json
    assert (answer["changed"], answer["reason"]) == (False, "unchanged")
    assert project.tree() == before


@pytest.mark.parametrize(
    ("state", "after"),
    [
        ("ready", {"e": "ready", "s": "ready", "a": "ready", "b": "in-progress", "own": "ready"}),
        ("canceled", dict.fromkeys(["e", "s", "a", "b", "own"], "canceled")),
        ("idea", {"e": "idea", "s": "idea", "a": "idea", "b": "in-progress", "own": "idea"}),
    ],
)
def test_cascade_takes_along_what_is_below(project: Project, state: str, after: dict[str, str]) -> None:
    epic(project)
    answer = ok(call(project, "move", "e", state, "--cascade", state, "-o", "json")).json
    assert states(project) == after
    moved = [task["id"] for task in answer.get("tasks", [answer["task"]])]
    assert moved[0] == "e"
    assert set(moved) >= {task_id for task_id, old in {"s": "idea", "a": "idea"}.items() if old != state}
    assert ok(call(project, "validate")).out


@pytest.mark.parametrize("state", ["done", "in-progress"])
def test_cascade_starts_and_completes_nothing(project: Project, state: str) -> None:
    epic(project)
    before = project.tree()
    done = call(project, "move", "e", "ready", "--cascade", state, "-o", "json")
    assert (done.code, done.error["code"]) == (2, "bad-value")
    assert project.tree() == before


@pytest.mark.parametrize(
    ("argv", "after", "said"),
    [
        (
            ["in-progress", "--cascade", "ready"],
            {"e": "in-progress", "s": "ready", "a": "ready", "b": "in-progress", "own": "ready"},
            "Moved e to in-progress: {path}, and to ready s, a, own",
        ),
        (
            ["done", "--cascade", "Cancel", "--force", "Out of scope"],
            {"e": "done", "s": "canceled", "a": "canceled", "b": "canceled", "own": "canceled"},
            "Moved e to done: {path}, and to canceled s, a, b, own",
        ),
    ],
)
def test_what_is_below_may_have_another_state(
    project: Project, argv: list[str], after: dict[str, str], said: str
) -> None:
    epic(project)
    before = project.tree()
    done = ok(call(project, "move", "e", *argv))
    assert done.out.splitlines()[0] == said.format(path=project.get("e").path)
    assert states(project) == after
    ok(call(project, "undo"))
    assert project.tree() == before


@pytest.mark.parametrize("state", ["done", "canceled"])
def test_nothing_open_stays_below_what_a_cascade_leaves_open(project: Project, state: str) -> None:
    epic(project)
    before = project.tree()
    done = call(project, "move", "e", state, "--cascade", "ready", "-o", "json")
    assert (done.code, done.error["code"]) == (1, "incomplete")
    assert project.tree() == before


def test_what_has_open_tasks_below_is_not_closed(project: Project) -> None:
    epic(project)
    before = project.tree()
    for argv in (["move", "s", "canceled"], ["move", "e", "done"], ["complete", "e"]):
        error = call(project, *argv, "-o", "json").error
        assert (error["code"], project.tree()) == ("incomplete", before)
        obstacles = error["details"]["obstacles"]
        below = {"a", "b", "own"} | ({"s"} if argv[1] == "e" else set())
        assert {each["message"].split()[0] for each in obstacles} == below
        assert {each["line"] for each in obstacles if each["path"] == project.get("b").path} == {5}


def test_a_forced_move_notes_its_reason(project: Project) -> None:
    epic(project)
    ok(call(project, "move", "s", "canceled", "--force", "the client\nleft"))
    text = project.get("s").body
    assert re.search(
        r"### Decisions\n\n- None\n- 20\S+Z: canceled although a below it is open, b below it is open, "
        r"own below it is open: the client left\n",
        text,
    )
    assert states(project)["a"] == "idea"


# complete


@pytest.fixture
def strict(project: Project) -> Project:
    """A project that asks for everything before a task is done."""
    project.write("tasks/tasks.toml", REQUIRED)
    return project


def test_complete_names_every_line_that_is_missing(strict: Project) -> None:
    project = strict
    project.task("fix", body=TICKED + INSIGHTS.replace("- Done", "<!-- what changed -->"))
    before = project.tree()
    done = call(project, "complete", "fix")
    assert done.code == 1
    text = project.get("fix").data.decode().splitlines()
    lines = {
        number
        for number, line in enumerate(text, 1)
        if line in ("- [ ] First", "### Changelog", "state: ready")
    }
    assert {int(number) for number in re.findall(r"line (\d+)", done.err)} == lines
    assert done.err.startswith(f"{project.path()}:{min(lines - {5})}:1: error[incomplete] ")
    assert project.tree() == before


def test_complete(project: Project) -> None:
    project.task("fix", body=TICKED + INSIGHTS, commit_message="fix  [Task:fix]")
    answer = ok(call(project, "complete", "fix", "--check-acs", "-o", "json")).json
    assert answer["action"] == "task.complete"
    task = project.get("fix")
    assert (task.state, task.body.count("- [x]"), task.body.count("- [ ]")) == ("done", 2, 0)
    assert task.path == project.path("fix", "done", completed_at=task.values["completed_at"])
    assert ok(call(project, "validate", "--strict")).code == 0
    assert ok(call(project, "complete", "fix", "-o", "json")).json["changed"] is False


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (BODY.replace("- [ ]", "- [x]"), "Post-Implementation Insights is missing"),
        (SOUND.partition("### Changelog")[0], "Post-Implementation Insights is empty"),
        (SOUND.replace("- Done", "- "), "Changelog is empty"),
    ],
)
def test_insights_must_say_something(strict: Project, body: str, problem: str) -> None:
    project = strict
    project.task("fix", body=body, commit_message="m")
    assert problem in call(project, "complete", "fix").err
    ok(call(project, "complete", "fix", "--force", "no time"))
    assert f"although {problem}: no time" in project.get("fix").body


def test_a_required_commit_message_cannot_be_forced(strict: Project) -> None:
    project = strict
    project.task("fix", body=SOUND, commit_message="'  '")
    before = project.tree()
    assert "commit_message is missing (line 6)" in call(project, "complete", "fix", "--force", "x").err
    assert project.tree() == before
    assert call(project, "complete", "fix", "--force", " ").code == 2


def test_force_without_need_notes_nothing(project: Project) -> None:
    project.task("fix", body=SOUND, commit_message="m")
    before = project.get("fix").body
    ok(call(project, "complete", "fix", "--force", "just in case"))
    assert project.get("fix").body == before


def test_a_reopened_task_has_no_date_of_completion(project: Project) -> None:
    project.task("fix", state="done")
    ok(call(project, "move", "fix", "ready"))
    task = project.get("fix")
    assert (task.path, task.values["completed_at"]) == (project.path(), None)


def test_if_match_holds_for_the_named_task(project: Project) -> None:
    epic(project)
    before = project.tree()
    done = call(project, "move", "e", "canceled", "--cascade", "canceled", "--if-match", "0" * 32)
    assert (done.code, project.tree()) == (4, before)
    etag = project.get("e").etag
    ok(call(project, "move", "e", "canceled", "--cascade", "canceled", "--if-match", etag))


def test_a_dry_run_shows_every_file(project: Project) -> None:
    epic(project)
    before = project.tree()
    answer = ok(
        call(project, "move", "e", "canceled", "--cascade", "canceled", "--dry-run", "-o", "json")
    ).json
    assert project.tree() == before
    project.write("change.diff", answer["diff"])
    project.git("apply", "change.diff")
    (project.root / "change.diff").unlink()
    assert set(states(project).values()) == {"canceled"}


# undo


@pytest.mark.parametrize(
    "argv",
    [
        ["update", "a", "--meta", "size=xl"],
        ["move", "a", "ready"],
        ["move", "e", "canceled", "--cascade", "canceled"],
        ["new", "--title", "Another"],
        ["new", "--title", "Another", "--parent", "s"],
        ["record", "a", "--status", "failed", "--tool", "t", "--duration-seconds", "5"],
        ["fmt", "a", "b"],
    ],
    ids=" ".join,
)
def test_undo_takes_back_the_last_command_byte_for_byte(project: Project, argv: list[str]) -> None:
    epic(project)
    for task_id in "ab":
        file = project.root / project.get(task_id).path
        file.write_bytes(
            file.read_bytes().replace(b"kind: task\n", b"").replace(b"---\n", b"---\nkind: task\n", 1)
        )
    before = project.tree()
    ok(call(project, *argv))
    after = project.tree()
    assert after != before
    shown = ok(call(project, "undo", "--dry-run", "-o", "json")).json
    assert (shown["dry_run"], project.tree()) == (True, after)
    answer = ok(call(project, "undo", "-o", "json")).json
    assert project.tree() == before
    assert answer["undone"][0]["action"].split(".")[0] in {"task", "attempt"}
    again = ok(call(project, "undo", answer["run_id"]))
    assert "Undid task.undo" in again.out
    assert project.tree() == after


def test_undo_goes_further_back_each_time(project: Project) -> None:
    project.task("fix", extra="x_n: 0\n")
    trees = [project.tree()]
    for number in range(1, 4):
        ok(call(project, "update", "fix", "--meta", f"x_n={number}"))
        trees.append(project.tree())
    for tree in reversed(trees[:-1]):
        ok(call(project, "undo"))
        assert project.tree() == tree
    assert call(project, "undo").code == 1


def test_nobody_takes_back_what_another_did_unless_he_names_it(project: Project) -> None:
    project.task("fix")
    before = project.tree()
    run = ok(call(project, "update", "fix", "--meta", "size=xl", "-o", "json", env=ADA)).json["run_id"]
    after = project.tree()
    refused = call(project, "undo", env=BEN)
    assert (refused.code, project.tree()) == (1, after)
    assert f"{run} (task.update of fix)" in refused.err
    ok(call(project, "undo", run, env=BEN))
    assert project.tree() == before


def test_a_named_run_is_taken_back_whole(project: Project) -> None:
    epic(project)
    before = project.tree()
    mine = {"TASKS_CORRELATION_ID": RUN}
    for line in (
        "move a ready",
        "update a --meta size=xl",
        "new --title New --parent s",
        "update new --unset kind",
    ):
        ok(call(project, *line.split(), env=mine))
    ok(call(project, "update", "b", "--meta", "size=xl"))
    changed = project.get("b").data
    ok(call(project, "undo", RUN.upper()))
    b = project.path("b", "in-progress")
    assert project.tree() == before | {b: changed}


def test_what_changed_in_between_refuses_all_of_a_run(project: Project) -> None:
    epic(project)
    mine = {"TASKS_CORRELATION_ID": RUN}
    ok(call(project, "update", "a", "--meta", "size=xl", env=mine))
    ok(call(project, "update", "a", "--meta", "x_other=1"))
    ok(call(project, "update", "a", "--meta", "size=tiny", env=mine))
    before = project.tree()
    done = call(project, "undo", RUN, "-o", "json")
    assert (done.code, done.error["code"], project.tree()) == (4, "changed-since", before)


@pytest.mark.parametrize("how", ["edited", "moved", "deleted"])
def test_what_a_hand_changed_since_is_not_taken_back(project: Project, how: str) -> None:
    epic(project)
    ok(call(project, "move", "e", "canceled", "--cascade", "canceled"))
    file = project.root / project.path("a", "canceled")
    if how == "edited":
        file.write_bytes(file.read_bytes() + b"By hand.\n")
    elif how == "moved":
        (project.root / "tasks/deep").mkdir()
        file.rename(project.root / "tasks/deep" / file.name)
    else:
        file.unlink()
    before = project.tree()
    done = call(project, "undo")
    assert (done.code, project.tree()) == (4, before)
    assert f"{project.path('a', 'canceled')} has changed since task.move" in done.err


@in_states
def test_undo_does_not_replace_what_took_the_place(project: Project) -> None:
    project.task("fix")
    ok(call(project, "move", "fix", "canceled"))
    project.write(project.path(), "# notes\n")
    before = project.tree()
    done = call(project, "undo", "-o", "json")
    assert (done.code, done.error["code"], project.tree()) == (4, "path-taken", before)


def test_two_worktrees_undo_their_own_files(project: Project) -> None:
    project.task("fix")
    project.git("add", "-A")
    project.git("commit", "-qm", "first")
    project.git("worktree", "add", "-q", "../other")
    other = Project(project.root.parent / "other")
    ok(call(project, "update", "fix", "--meta", "size=xl"))
    before = other.tree()
    assert call(other, "undo").code == 1
    ok(call(other, "update", "fix", "--meta", "size=tiny"))
    ok(call(other, "undo"))
    assert other.tree() == before
    assert project.get("fix").values["size"] == "xl"


def test_outside_git_the_journal_lies_in_the_users_state(project: Project, tmp_path: Path) -> None:
    project.task("fix")
    (project.root / ".git").rename(tmp_path / "gone")
    before = project.tree()
    assert call(project, "update", "fix", "--meta", "size=xl").err == ""
    ok(call(project, "undo"))
    assert project.tree() == before
    assert list((tmp_path / "home/.local/state/tasks").iterdir())


def prepared_undo(project: Project) -> Callable[[], object]:
    def arrange() -> None:
        epic(project)
        move(store(project), "e", "canceled", cascade="canceled")

    return arrange


COMMANDS: dict[str, tuple[Callable[[Project], object], Callable[[Project], object]]] = {
    "move": (epic, lambda project: move(store(project), "e", "canceled", cascade="canceled")),
    "undo": (lambda project: prepared_undo(project)(), lambda project: undo(store(project))),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_killed_at_every_step(project: Project, effort: Effort, name: str) -> None:
    arrange, work = COMMANDS[name]
    back, whole = kill_everywhere(
        project, effort, lambda: arrange(project), lambda: work(project), lambda _: ok(call(project, "list"))
    )
    assert back > 10
    assert whole > 0


def test_answers_meet_the_schema(project: Project) -> None:
    from jsonschema import Draft202012Validator

    from taskfiles.schema.files import read_schema

    validator = Draft202012Validator(read_schema("mutation"))
    epic(project)
    for line in (
        "move e canceled --cascade canceled",
        "undo",
        "update b --meta commit_message=m",
        "complete b --check-acs --force x",
    ):
        validator.validate(json.loads(ok(call(project, *line.split(), "-o", "json")).out))


# A task below that can't be read


@pytest.mark.parametrize("state", ["done", "canceled"])
def test_a_parent_is_not_closed_over_a_child_that_cannot_be_read(project: Project, state: str) -> None:
    project.task("s", kind="story", children="[a, b]", commit_message="s", body=SOUND)
    project.task("a", state="canceled")
    project.write("tasks/10-ready/task-b.md", "---\nid: b\ntitle: [b\nstate: ready\n---\n")
    before = project.tree()
    done = call(project, "move", "s", state)
    assert (done.code, project.tree()) == (1, before)
    assert "b below it can't be read (tasks/10-ready/task-b.md:" in done.err
    assert "Fix what can't be read" in done.err
    ok(call(project, "move", "s", state, "--force", "It is in the way"))
    assert "although b below it can't be read: It is in the way" in project.get("s").body


def test_a_parent_is_not_closed_where_any_broken_file_may_be_its_child(project: Project) -> None:
    project.task("s", kind="story", children="[b]", commit_message="s", body=SOUND)
    project.write("tasks/10-ready/other.md", "---\nid: b\ntitle: [b\nstate: ready\n---\n")
    done = call(project, "complete", "s")
    assert (done.code, "b below it can't be read (tasks/10-ready/other.md:" in done.err) == (1, True)
    project.write("tasks/10-ready/other.md", "Notes\n")  # a child that is nowhere is a warning, as ever
    ok(call(project, "complete", "s"))


def test_a_cascade_names_what_it_cannot_take_along(project: Project) -> None:
    project.task("s", kind="story", children="[a, b]", state="idea")
    project.task("a", state="idea")
    project.write("tasks/00-idea/task-b.md", "---\nid: b\ntitle: [b\nstate: idea\n---\n")
    done = ok(call(project, "move", "s", "ready", "--cascade", "ready"))
    assert "tasks/00-idea/task-b.md:3:" in done.err
    assert states(project) == {"a": "ready", "s": "ready"}


def test_with_a_reason_only_what_no_reason_overrides_is_named(strict: Project) -> None:
    project = strict
    project.task("fix")
    done = call(project, "complete", "fix", "--force", "A spike")
    assert done.code == 1
    assert "commit_message is missing" in done.err
    assert "criterion" not in done.err
    assert "Insights" not in done.err


# Finishing in one call


def test_criteria_are_all_that_every_project_asks_for(project: Project) -> None:
    project.task("fix", body=BODY.replace("- [ ]", "- [x]"))
    assert ok(call(project, "complete", "fix", "-o", "json")).json["task"]["state"] == "done"


def test_one_call_finishes(strict: Project) -> None:
    project = strict
    project.task("fix", body=BODY)
    said = ["--commit-message", "fix  [Task:fix]", "--changelog", "- Faster", "--decisions", "- No cache"]
    argv = ["complete", "fix", "--check-acs", *said, "--technical-changes", "- a.py"]
    done = ok(call(project, *argv))
    task = project.get("fix")
    assert (done.err, task.state, task.get("commit_message")) == ("", "done", "fix  [Task:fix]")
    assert [read_section(task.body, title) for title in INSIGHT_SECTIONS] == [
        "- Faster",
        "- No cache",
        "- a.py",
    ]
    before = project.tree()
    assert ok(call(project, *argv, "-o", "json")).json["changed"] is False
    assert project.tree() == before


def test_what_is_said_when_a_task_is_finished_replaces_nothing(project: Project) -> None:
    project.task("fix", body=SOUND)
    ok(call(project, "complete", "fix", "--decisions", "- No cache"))
    assert read_section(project.get("fix").body, "Decisions") == "- None\n- No cache"
    ok(call(project, "complete", "fix", "--decisions", "- Twice"))
    assert read_section(project.get("fix").body, "Decisions") == "- None\n- No cache\n- Twice"


@pytest.mark.parametrize("verb", [["complete", "fix"], ["move", "fix", "done"]])
def test_a_refusal_prints_the_command_that_works(strict: Project, verb: list[str]) -> None:
    """It is filled in as far as is known, and can be typed as it stands."""
    project = strict
    project.task("fix", body=BODY, title="It's a fix")
    error = call(project, *verb, "-o", "json").error
    (command,) = re.findall(r"`(tasks complete [^`]*)`", error["hint"])
    assert "--commit-message" in command
    assert project.get("fix").get("title") in shlex.split(command)
    ok(call(project, *shlex.split(command)[1:]))
    assert project.get("fix").state == "done"


def test_a_refusal_keeps_what_the_call_said(strict: Project) -> None:
    project = strict
    project.task("fix", body=BODY)
    error = call(project, "complete", "fix", "--changelog", "- a `b` $c", "-o", "json").error
    command = error["hint"].partition("`")[2].rpartition("`. ")[0]
    words = shlex.split(command)
    assert words[words.index("--changelog") + 1] == "- a `b` $c"
    assert words.count("--changelog") == 1


@pytest.mark.parametrize(
    ("name", "missing"), [("insights", "Insights"), ("commit_message", "commit_message")]
)
def test_each_part_is_asked_for_by_itself(project: Project, name: str, missing: str) -> None:
    project.write("tasks/tasks.toml", f'[complete]\nrequire = ["{name}"]\n')
    project.task("fix", body=BODY.replace("- [ ]", "- [x]"))
    details = call(project, "complete", "fix", "-o", "json").error["details"]
    assert [missing in each["message"] for each in details["obstacles"]] == [True]


def test_a_blank_message_is_none(project: Project) -> None:
    project.task("fix", body=BODY)
    assert call(project, "complete", "fix", "--check-acs", "--commit-message", " ").code == 2
