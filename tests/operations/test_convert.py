"""`tasks init --layout`: a project becomes one of the other layout, in one change, or nothing is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.effort import Effort
from support.in_process import call, ok
from support.kill_steps import kill_everywhere
from support.layouts import OTHER, in_flat, in_states, make_project
from support.project import BODY, Done, Project, store
from taskfiles import TaskfilesError, validate
from taskfiles.operations.convert import convert
from taskfiles.task.layout import FLAT, LAYOUTS, STATES
from taskfiles.task.names import RESERVED_IDS

SEEN = "2025-11-02T12:00:00Z"
both = pytest.mark.parametrize("layout", LAYOUTS)


def fill(project: Project) -> None:
    """Write a task of each state, each with a link to the next one, where the layout has them."""
    states = ["idea", "ready", "in-progress", "done", "canceled"]
    paths = {state: project.path(f"t-{state}", state, completed_at=SEEN) for state in states}
    for state, other in zip(states, [*states[1:], "idea"], strict=True):
        up = "" if project.layout == FLAT else f"../{paths[other].split('/')[1]}/"
        body = f"{BODY}\nSee [the next](<{up}{paths[other].rpartition('/')[2]}#how>).\n"
        project.task(f"t-{state}", state=state, body=body, kind="task")


def convert_to(project: Project, layout: str, *options: str) -> Done:
    return call(project, "init", "--layout", layout, *options, "-o", "json")


def leads(project: Project, path: str) -> list[str]:
    """Return the paths that the links of a task's body lead to."""
    from taskfiles.backlog.links import find_links
    from taskfiles.text.sections import split_lines

    return [each.target for each in find_links(path, split_lines((project.root / path).read_text()))]


def commit(project: Project, message: str = "all") -> None:
    project.git("add", "-A")
    project.git("commit", "-qm", message)


# What moves


@both
def test_every_file_moves_links_follow_and_one_undo_brings_all_back(project: Project, layout: str) -> None:
    project.configure("format = 1\n[lock]\ntimeout = '5s' # ours\n")
    fill(project)
    commit(project)
    found_before = [finding.code for finding in validate(project.store).findings]
    before = project.tree()
    states = {task.id: task.state for task in project.store.tasks()}
    answer = ok(convert_to(project, OTHER[layout])).json
    assert (answer["changed"], answer["outcome"]) == (True, "success")
    assert project.store.settings.layout == OTHER[layout]
    assert "timeout = '5s' # ours\n" in (project.root / "tasks/tasks.toml").read_text()
    found = project.store.tasks()
    assert {task.id: task.state for task in found} == states
    paths = {task.id: task.path for task in found}
    assert paths == {task.id: project.path(task.id, str(task.state), completed_at=SEEN) for task in found}
    assert all(leads(project, path)[0] in paths.values() for path in paths.values())
    assert [finding.code for finding in validate(project.store).findings] == found_before
    state_directories = sorted(path.name for path in (project.root / "tasks").iterdir() if path.is_dir())
    assert (state_directories == []) is (layout == STATES)
    ok(call(project, "undo"))
    assert project.tree() == before
    assert project.git("status", "--porcelain") == ""


@both
def test_there_and_back_gives_the_same_bytes(project: Project, layout: str) -> None:
    project.configure("format = 1\n" if layout == FLAT else f"format = 1\nlayout = '{layout}'\n")
    fill(project)
    before = project.tree()
    ok(convert_to(project, OTHER[layout]))
    ok(convert_to(project, layout))
    found = project.tree()
    for tree in (before, found):
        tree["tasks/tasks.toml"] = tree["tasks/tasks.toml"].replace(b"'", b'"')
    assert {path: data for path, data in found.items() if not path.endswith(".toml")} == {
        path: data for path, data in before.items() if not path.endswith(".toml")
    }


@in_flat
def test_sub_directories_of_peoples_own_are_kept_where_they_can_be(project: Project) -> None:
    text = "---\nid: {}\ntitle: T\nkind: task\nstate: ready\n---\n[other]({})\n"
    project.write("tasks/web/login/a.md", text.format("a", "../../b.md"))
    project.write("tasks/b.md", text.format("b", "web/login/a.md"))
    before = project.tree()
    ok(convert_to(project, STATES))
    assert leads(project, "tasks/10-ready/task-a.md") == ["tasks/10-ready/task-b.md"]
    assert leads(project, "tasks/10-ready/task-b.md") == ["tasks/10-ready/task-a.md"]
    ok(call(project, "undo"))
    assert project.tree() == before


@in_states
def test_what_lies_outside_of_state_directories_stays_in_its_directory(project: Project) -> None:
    text = "---\nid: a\ntitle: T\nkind: task\nstate: ready\n---\n"
    project.write("tasks/web/task-a.md", text)
    ok(convert_to(project, FLAT))
    assert [task.path for task in project.store.tasks()] == ["tasks/web/a.md"]


@in_states
def test_what_is_no_task_stays_and_its_directory_with_it(project: Project) -> None:
    project.task("fix")
    kept = {"tasks/10-ready/notes.txt": b"ours\n", "tasks/10-ready/README.md": b"# Ready\n"}
    for path, data in kept.items():
        project.write(path, data)
    ok(convert_to(project, FLAT))
    found = project.tree()
    assert kept.items() <= found.items()
    assert set(found) - set(kept) == {"tasks/fix.md", "tasks/tasks.toml"}


@in_states
def test_unreadable_files_stay_and_are_named(project: Project) -> None:
    project.task("fix")
    project.write("tasks/10-ready/task-broken.md", "---\nid: [\n")
    done = ok(convert_to(project, FLAT))
    assert "tasks/10-ready/task-broken.md" in done.err
    assert (project.root / "tasks/10-ready/task-broken.md").is_file()
    assert project.get("fix").path == "tasks/fix.md"


# The key


@in_states
def test_without_the_key_init_adds_it_and_moves_nothing(project: Project) -> None:
    project.task("fix")
    for text in ("", "# ours\nformat = 1\n[lock]\ntimeout = '5s'\n"):
        project.configure(text)
        before = project.tree()
        ok(call(project, "init"))
        written = (project.root / "tasks/tasks.toml").read_text()
        assert 'layout = "states"\n' in written
        assert written.replace('layout = "states"\n', "") == text
        assert project.get("fix").path == "tasks/10-ready/task-fix.md"
        ok(call(project, "undo"))
        assert project.tree() == before


@both
def test_a_project_that_has_the_layout_is_left_as_it_is(project: Project, layout: str) -> None:
    ok(call(project, "init"))
    fill(project)
    before = project.tree()
    assert ok(convert_to(project, layout)).json["changed"] is False
    assert project.tree() == before


# What stands in the way


def blocked(project: Project, layout: str) -> dict[str, str]:
    """Return what a refusal names, by path; nothing must have been written."""
    before = project.tree()
    done = convert_to(project, layout)
    assert (done.code, done.error["code"]) == (1, "layout-blocked")
    assert project.tree() == before
    assert ok(call(project, "list", "-o", "json")).code == 0
    return {each["path"]: each["problem"] for each in done.error["details"]["problems"]}


@in_states
def test_all_that_keeps_a_project_from_flat_is_named_at_once(project: Project) -> None:
    ok(call(project, "init"))
    twin = project.task("twin").read_bytes()
    project.write("tasks/20-in-progress/task-twin.md", twin)
    project.task("readme")
    project.task("taken")
    project.write("tasks/taken.md", "# No task\n")
    project.write("tasks/10-ready/task-lost.md", "---\nid: lost\ntitle: T\nstate: nowhere\n---\n")
    (project.root / "tasks/10-ready/task-linked.md").symlink_to("../linked.txt")
    project.write("tasks/linked.txt", "---\nid: linked\ntitle: T\nkind: task\nstate: ready\n---\n")
    assert blocked(project, FLAT) == {
        "tasks/10-ready/task-lost.md": "its id, kind or state names no path",
        "tasks/20-in-progress/task-twin.md": "tasks/10-ready/task-twin.md would have the same path, "
        "tasks/twin.md",
        "tasks/10-ready/task-linked.md": "it is a symbolic link",
        "tasks/10-ready/task-readme.md": "tasks/readme.md is the name of a file that is usually no task",
        "tasks/10-ready/task-taken.md": "tasks/taken.md is there already",
    }


@in_flat
def test_all_that_keeps_a_project_from_states_is_named_at_once(project: Project) -> None:
    text = project.task("twin").read_text()
    project.write("tasks/web/twin.md", text)
    project.task("taken")
    project.write("tasks/10-ready/task-taken.md/x.txt", "")
    project.write("tasks/lost.md", text.replace("twin", "lost").replace("state: ready", "state: nowhere"))
    project.write("tasks/bug.md", text.replace("twin", "bug").replace("kind: task", "kind: bug"))
    assert blocked(project, STATES) == {
        "tasks/bug.md": "its id, kind or state names no path",
        "tasks/lost.md": "its id, kind or state names no path",
        "tasks/web/twin.md": "tasks/twin.md would have the same path, tasks/10-ready/task-twin.md",
        "tasks/taken.md": "tasks/10-ready/task-taken.md is there already",
    }


@in_states
def test_files_that_take_each_others_places_are_no_hindrance(project: Project) -> None:
    """`task-a.md` beside the state directories is the place of an id `task-a` in flat."""
    text = "---\nid: {}\ntitle: T\nkind: task\nstate: ready\n---\n"
    project.write("tasks/task-a.md", text.format("a"))
    project.write("tasks/10-ready/task-task-a.md", text.format("task-a"))
    before = project.tree()
    ok(convert_to(project, FLAT))
    assert {task.id: task.path for task in project.store.tasks()} == {
        "a": "tasks/a.md",
        "task-a": "tasks/task-a.md",
    }
    ok(call(project, "undo"))
    assert project.tree() == before


@pytest.mark.parametrize("name", ["readme", "index", "agents", "claude", "con", "nul"])
@both
def test_names_of_usual_files_are_no_ids_in_flat(project: Project, layout: str, name: str) -> None:
    assert name in RESERVED_IDS
    project.task("fix")
    for command in (("new", "--title", "T", "--id", name), ("rename", "fix", name)):
        done = call(project, *command, "-o", "json")
        if layout == FLAT:
            assert (done.code, done.error["code"]) == (2, "bad-value")
        elif command[0] == "new":
            assert done.code == 0
    made = ok(call(project, "new", "--title", name.title(), "-o", "json")).json["task"]["id"]
    assert made != name


# Links from elsewhere


@both
def test_links_from_other_markdown_are_listed_and_never_written(project: Project, layout: str) -> None:
    path = project.task("fix").relative_to(project.root).as_posix()
    project.write("README.md", f"# About\n\nSee [it]({path}#how).\n")
    project.write("docs/deep/Plan.MD", f"[it](../../{path})\n")
    project.write("docs/code.md", f"```\n[it](../{path})\n```\n")
    project.write("tasks/README.md", f"[it]({path.removeprefix('tasks/')})\n")
    others = {path: data for path, data in project.tree().items() if not path.startswith("tasks/")}
    done = ok(convert_to(project, OTHER[layout]))
    warned = [json.loads(line)["warning"] for line in done.err.splitlines()]
    found = {each["path"] for each in warned if each["code"] == "links-broken"}
    assert found == {"README.md:3", "docs/deep/Plan.MD:1", "tasks/README.md:1"}
    assert others.items() <= project.tree().items()


@both
def test_links_from_above_a_project_within_a_repository_are_listed_too(project: Project, layout: str) -> None:
    below = Project(project.root / "apps/web")
    make_project(below.root, layout)
    path = below.task("fix").relative_to(project.root).as_posix()
    project.write("README.md", f"[it]({path}) and [another]({path.removeprefix('apps/web/')})\n")
    below.write("docs/a.md", f"[it](../{path.removeprefix('apps/web/')})\n[it](/{path})\n")
    done = ok(convert_to(below, OTHER[layout]))
    found = [json.loads(line)["warning"]["path"] for line in done.err.splitlines()]
    assert found == ["../../README.md:1", "docs/a.md:1", "docs/a.md:2"]


# Branches and worktrees


def branch(project: Project, name: str, *commands: str) -> None:
    """Make a branch with a commit of some commands, and come back."""
    project.git("switch", "-qc", name)
    for command in commands:
        ok(call(project, *command.split()))
    commit(project, name)
    project.git("switch", "-q", "main")


def branches_of(done: Done) -> dict[str, list[str]]:
    assert (done.code, done.error["code"]) == (1, "branches-moved")
    return {each["name"]: each["paths"] for each in done.error["details"]["branches"]}


@in_states
def test_branches_that_moved_task_files_stop_it_and_are_named(project: Project) -> None:
    project.task("fix")
    project.task("gone")
    commit(project)
    branch(project, "moves", "move fix in-progress")
    branch(project, "deletes", "delete gone")
    branch(project, "edits", "update fix --meta size=xl")
    branch(project, "creates", "new --title More")
    branch(project, "merged", "update fix --meta size=tiny")
    project.git("merge", "-q", "merged")
    before = project.tree()
    done = convert_to(project, FLAT)
    assert branches_of(done) == {
        "moves": ["tasks/10-ready/task-fix.md"],
        "deletes": ["tasks/10-ready/task-gone.md"],
    }
    assert "moves (1)" in done.error["message"]
    assert "--yes" in done.error["hint"]
    assert project.tree() == before
    assert branches_of(convert_to(project, FLAT, "--dry-run")) == branches_of(done)
    ok(convert_to(project, FLAT, "--yes"))
    assert project.get("fix").path == "tasks/fix.md"


@in_flat
def test_a_renamed_task_on_a_branch_stops_it_too(project: Project) -> None:
    project.task("fix")
    commit(project)
    branch(project, "renames", "rename fix better")
    branch(project, "works", "pickup fix --by ada")
    assert branches_of(convert_to(project, STATES)) == {"renames": ["tasks/fix.md"]}


@in_states
def test_worktrees_without_a_branch_count_and_say_where_they_are(project: Project) -> None:
    project.task("fix")
    commit(project)
    for name, options in {"side": ["-b", "side"], "loose": ["--detach"]}.items():
        place = project.root.parent / name
        project.git("worktree", "add", "-q", *options, str(place))
        other = Project(place)
        ok(call(other, "move", "fix", "in-progress"))
        commit(other)
    done = convert_to(project, FLAT)
    found = {each["name"]: Path(each["worktree"]).name for each in done.error["details"]["branches"]}
    tip = Project(project.root.parent / "loose").git("rev-parse", "HEAD")[:12]
    assert found == {"side": "side", tip: "loose"}


@both
def test_a_worktree_keeps_the_layout_that_it_has_out(project: Project, layout: str) -> None:
    project.task("fix")
    commit(project)
    other = Project(project.root.parent / "other")
    project.git("worktree", "add", "-q", str(other.root))
    ok(convert_to(project, OTHER[layout]))
    assert (other.store.settings.layout, other.get("fix").path) == (layout, other.path("fix"))
    ok(call(other, "move", "fix", "canceled"))
    assert project.get("fix").state == "ready"
    refused = call(project, "undo", "-o", "json")  # the last change is the other worktree's
    assert refused.error["code"] == "changed-elsewhere"


def test_without_git_there_are_no_branches_to_ask(tmp_path: Path) -> None:
    project = Project(tmp_path / "plain")
    project.task("fix")
    ok(convert_to(project, FLAT))
    assert project.get("fix").path == "tasks/fix.md"


# Claims


@both
def test_claims_last_and_their_holder_goes_on(project: Project, layout: str) -> None:
    project.task("fix")
    token = ok(call(project, "pickup", "fix", "--by", "ada", "-o", "json")).json["claim"]["token"]
    ok(convert_to(project, OTHER[layout]))
    assert call(project, "update", "fix", "--meta", "size=xl").code == 4
    ok(call(project, "update", "fix", "--meta", "size=xl", "--claim", token))
    ok(call(project, "release", "fix", "--claim", token))
    assert project.get("fix").path == project.path("fix")


# Rehearsed, cut short


@both
def test_a_dry_run_changes_nothing_and_answers_the_same(project: Project, layout: str) -> None:
    fill(project)
    path = project.path("t-ready")
    project.write("README.md", f"[it]({path})\n")
    before = project.tree()
    dry = ok(convert_to(project, OTHER[layout], "--dry-run"))
    assert project.tree() == before
    assert call(project, "undo").code == 1
    made = ok(convert_to(project, OTHER[layout]))
    assert (dry.json["dry_run"], made.json["dry_run"]) == (True, False)
    kept: Any = [entry for entry in made.json["changes_made"] if entry["field"] != "path" or entry["from"]]
    assert [entry for entry in dry.json["changes_made"] if entry["field"] != "path" or entry["from"]] == kept
    assert dry.err == made.err
    assert "README.md:1" in made.err


@pytest.mark.slow
@both
def test_killed_at_every_step(project: Project, effort: Effort, layout: str) -> None:
    def work() -> None:
        try:
            convert(store(project), OTHER[layout])
        except TaskfilesError as error:
            raise AssertionError(error.message) from error

    back, whole = kill_everywhere(
        project, effort, lambda: fill(project), work, lambda _: call(project, "list")
    )
    assert back > 5
    assert whole > 0
