"""A task that git could not merge becomes one text of both sides, whatever git has left in its files."""

from __future__ import annotations

import pytest

from support.branches import READY, attempt, commit, diverge, git, tasks
from support.in_process import call, ok
from support.layouts import in_states
from support.project import BODY, Project

pytestmark = in_states

DOING, CANCELED, FLAT = "tasks/20-in-progress/task-fix.md", "tasks/40-canceled/task-fix.md", "tasks/fix.md"
OURS = tasks("update fix --check 1 --add labels=mobile --meta priority=high", attempt("a", "16:00"))
THEIRS = tasks("update fix --check 2 --remove labels=ui --meta size=small", attempt("b", "17:00"))


def drop_driver(project: Project) -> None:
    project.git("config", "--remove-section", "merge.tasks")


def stages(project: Project) -> set[str]:
    """The paths that git has as unmerged."""
    return {line.partition("\t")[2] for line in project.git("ls-files", "-u").splitlines()}


def check_both(project: Project, state: str) -> None:
    """What either side did is in the one file of the task."""
    task = project.get("fix")
    assert task.state == state
    assert [each.executor.tool for each in task.meta.execution.attempts] == ["a", "b"]
    assert (task.get("priority"), task.get("size"), task.get("labels")) == ("high", "small", ["mobile"])
    assert "- [x] First\n- [x] Second\n- [ ] Third\n" in task.body
    assert b"x_own: {a: 1} # ours to keep\n" in task.data
    assert task.errors == []


def finish(project: Project) -> None:
    """Commit the merge: git and we have nothing left to say."""
    project.git("add", "-A", "tasks")
    assert not stages(project)
    ok(call(project, "validate"))
    commit(project, "merged")


def test_markers_of_git_s_own_merge_become_one_text(repository: Project) -> None:
    drop_driver(repository)
    diverge(repository, OURS, THEIRS)
    assert "CONFLICT (content)" in git(repository, "merge", "topic").stdout
    marked = repository.tree()
    assert b"<<<<<<< HEAD" in marked[READY]
    assert call(repository, "show", "fix").code == 1
    shown = ok(call(repository, "merge", "fix", "--dry-run", "--output", "json")).json
    assert repository.tree() == marked
    assert "-<<<<<<< HEAD" in shown["diff"]
    answer = ok(call(repository, "merge", "fix", "--output", "json")).json
    assert (answer["removed"], answer["settled"]) == ([], [])
    check_both(repository, "ready")
    assert stages(repository) == {READY}  # we never stage
    merged = repository.tree()
    again = ok(call(repository, "merge", "fix", "--output", "json")).json
    assert (again["changed"], repository.tree()) == (False, merged)
    ok(call(repository, "undo"))
    assert repository.tree() == marked
    ok(call(repository, "merge", READY))
    check_both(repository, "ready")
    finish(repository)


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_where_the_sides_differ_one_of_them_is_asked_for(repository: Project, side: str) -> None:
    drop_driver(repository)
    diverge(
        repository,
        tasks("update fix --meta priority=high", "move fix in-progress", attempt("a", "16:00")),
        tasks("update fix --meta priority=low", "move fix canceled", attempt("b", "17:00")),
    )
    assert "rename/rename" in git(repository, "merge", "topic").stdout
    marked = repository.tree()
    done = call(repository, "merge", "fix", "--output", "json")
    assert (done.code, done.error["code"]) == (1, "files-differ")
    assert "priority (high in HEAD:./tasks/20-in-progress/task-fix.md" in done.error["message"]
    assert f"`tasks merge fix --prefer {side}`" in done.error["hint"]
    assert repository.tree() == marked
    answer = ok(call(repository, "merge", "fix", "--prefer", side, "--output", "json")).json
    kept, other = (DOING, CANCELED) if side == "ours" else (CANCELED, DOING)
    assert [each["path"] for each in answer["removed"]] == [other]
    assert set(answer["settled"]) == {"state", "priority"}
    task = repository.get("fix")
    assert (task.path, task.get("priority")) == (kept, "high" if side == "ours" else "low")
    assert [each.executor.tool for each in task.meta.execution.attempts] == ["a", "b"]
    ok(call(repository, "undo"))
    assert repository.tree() == marked
    ok(call(repository, "merge", "fix", "--prefer", kept))  # the side by its path
    assert repository.get("fix").path == kept
    finish(repository)


def test_a_side_that_is_none_is_refused(repository: Project) -> None:
    drop_driver(repository)
    diverge(repository, OURS, THEIRS)
    git(repository, "merge", "topic")
    for word in ("tasks/elsewhere.md", READY):  # both sides have that path
        assert call(repository, "merge", "fix", "--prefer", word, "--output", "json").code in {2, 3}


@pytest.mark.parametrize("way", ["rebase", "cherry-pick"])
def test_sides_of_a_rebase_and_of_a_cherry_pick(repository: Project, way: str) -> None:
    drop_driver(repository)
    diverge(repository, OURS, THEIRS)
    assert git(repository, way, "topic").returncode
    ok(call(repository, "merge", "fix"))
    check_both(repository, "ready")
    finish(repository) if way == "cherry-pick" else repository.git("add", "-A", "tasks")


def test_a_merge_that_was_begun_by_hand_is_left_alone(repository: Project) -> None:
    drop_driver(repository)
    diverge(repository, OURS, THEIRS)
    git(repository, "merge", "topic")
    text = (repository.root / READY).read_text()
    repository.write(READY, text.replace("## Overview\n", "## Overview\n\nA word of mine.\n", 1))
    before = repository.tree()
    done = call(repository, "merge", "fix", "--output", "json")
    assert (done.code, done.error["code"]) == (1, "edit-unsafe")
    line = (repository.root / READY).read_text().splitlines()[done.error["line"] - 1]
    assert line == "A word of mine."
    assert repository.tree() == before


def test_a_text_that_somebody_has_chosen_stays(repository: Project) -> None:
    drop_driver(repository)
    diverge(repository, OURS, THEIRS)
    git(repository, "merge", "topic")
    repository.git("checkout", "--ours", READY)
    before = repository.tree()
    assert ok(call(repository, "merge", "fix", "--output", "json")).json["changed"] is False
    assert repository.tree() == before


def test_marks_that_a_task_writes_about_are_none(repository: Project) -> None:
    """Both sides have them, so that they are text."""
    drop_driver(repository)
    text = (repository.root / READY).read_text()
    repository.write(READY, text.replace("How.\n", "How.\n\n```text\n<<<<<<< HEAD\n```\n"))
    commit(repository, "marks")
    diverge(repository, OURS, THEIRS)
    git(repository, "merge", "topic")
    ok(call(repository, "merge", "fix"))
    check_both(repository, "ready")
    assert "```text\n<<<<<<< HEAD\n```\n" in repository.get("fix").body


def test_two_tasks_of_one_name_are_not_mixed(repository: Project) -> None:
    drop_driver(repository)

    def add(title: str, created: str) -> None:
        repository.task("new", title=title, created_at=created)

    diverge(
        repository,
        lambda _: add("One", "2025-11-03T10:00:00Z"),
        lambda _: add("Other", "2025-11-04T10:00:00Z"),
    )
    assert "add/add" in git(repository, "merge", "topic").stdout
    before = repository.tree()
    assert call(repository, "merge", "new", "--output", "json").error["code"] == "no-such-task"
    assert repository.tree() == before


@pytest.mark.parametrize("driver", [True, False], ids=["driver", "no driver"])
@pytest.mark.parametrize("here", [True, False], ids=["we convert", "they convert"])
def test_work_under_way_is_merged_after_a_conversion(
    repository: Project, *, here: bool, driver: bool
) -> None:
    """Nothing of what either side did is lost, whichever of them has converted the project."""
    if not driver:
        drop_driver(repository)
    repository.task("moved", created_at="2025-11-02T15:00:00Z")
    repository.task("edited", created_at="2025-11-02T15:00:00Z")
    repository.task("short", body="", created_at="2025-11-02T15:00:00Z")
    commit(repository, "more tasks")

    def convert(project: Project) -> None:
        OURS(project)
        tasks("update moved --meta track=web", "update edited --meta priority=high")(project)
        tasks("init --layout flat --yes")(project)

    def work(project: Project) -> None:
        THEIRS(project)
        tasks("move fix in-progress", "move moved canceled", "update edited --meta size=small")(project)
        tasks("move short in-progress", "new --title New --id new --state ready", "delete short")(project)
        tasks("undo", attempt("c", "18:00").replace(" fix ", " short "))(project)

    diverge(repository, *((convert, work) if here else (work, convert)))
    merged = git(repository, "merge", "--no-edit", "topic")
    for task_id in ("fix", "moved", "edited", "short"):
        ok(call(repository, "merge", task_id))
    if merged.returncode:
        repository.git("add", "-A", "tasks")
        repository.git("commit", "--quiet", "--no-edit")
    check_both(repository, "in-progress")
    moved, edited, short = (repository.get(name) for name in ("moved", "edited", "short"))
    assert (moved.state, moved.get("track")) == ("canceled", "web")
    assert (edited.get("priority"), edited.get("size")) == ("high", "small")
    assert (short.state, [each.executor.tool for each in short.meta.execution.attempts]) == (
        "in-progress",
        ["c"],
    )
    assert repository.get("new").title == "New"
    ok(call(repository, "validate", "--fix"))
    listed = ok(call(repository, "list", "--output", "json")).json
    assert sorted(row["id"] for row in listed) == ["edited", "fix", "moved", "new", "short"]
    assert 'layout = "flat"' in (repository.root / "tasks/tasks.toml").read_text()
    found = ok(call(repository, "validate", "--output", "json")).json["findings"]
    assert not [each for each in found if each["severity"] == "error"]


@pytest.mark.parametrize("driver", [True, False], ids=["driver", "no driver"])
@pytest.mark.parametrize("here", [True, False], ids=["we convert", "they convert"])
def test_links_that_both_sides_have_led_anew_are_no_difference(
    repository: Project, *, here: bool, driver: bool
) -> None:
    """Each side's moves have rewritten one link: nobody is asked which one, and it leads to its task."""
    if not driver:
        drop_driver(repository)
    link = "See [it](<task-it.md>), [the docs](../../docs/a.md).\n"
    text = BODY.replace("What and why.\n", link)
    assert link in text
    repository.task("linking", body=text, created_at="2025-11-02T15:00:00Z")
    repository.task("it", created_at="2025-11-02T15:00:00Z")
    commit(repository, "more tasks")
    convert = tasks("init --layout flat --yes", "update linking --priority high")
    work = tasks("move it in-progress", "move linking canceled", "update linking --size small")
    diverge(repository, *((convert, work) if here else (work, convert)))
    assert git(repository, "merge", "--no-edit", "topic").returncode == 1
    for task_id in ("linking", "it"):
        ok(call(repository, "merge", task_id))
    task = repository.get("linking")
    assert (task.path, task.state) == ("tasks/linking.md", "canceled")
    assert (task.get("priority"), task.get("size")) == ("high", "small")
    assert task.body.count("See ") == 1
    assert "See [it](<it.md>), [the docs](../docs/a.md).\n" in task.body
    finish(repository)


def test_a_claimed_task_is_not_canceled_by_a_merge_without_a_typed_name(repository: Project) -> None:
    """As by every other change: those who share a worktree share its default name."""
    drop_driver(repository)
    diverge(
        repository,
        lambda project: ok(call(project, "pickup", "fix")),
        tasks("update fix --meta priority=low", "move fix canceled"),
    )
    assert git(repository, "merge", "topic").returncode
    marked = repository.tree()
    done = call(repository, "merge", "fix", "--prefer", "theirs", "--output", "json")
    assert (done.code, done.error["code"]) == (4, "unnamed")
    assert repository.tree() == marked
    holder = call(repository, "show", "fix", "--output", "json")
    assert holder.code  # its file has markers
    ok(call(repository, "merge", "fix", "--prefer", "ours"))
    assert repository.get("fix").state == "in-progress"
