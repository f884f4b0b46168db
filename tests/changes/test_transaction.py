"""Changes of several files: all or nothing, whatever happens in between; the journal that sees to it."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from support.effort import Effort, crossed
from support.in_process import call
from support.kill_steps import clear, kill_at, kill_everywhere, pending
from support.layouts import in_states
from support.limits import give_up_rights, run_limited
from support.processes import launch
from support.project import Project, store
from taskfiles import Task, TaskfilesError, parse_task
from taskfiles.changes.draft import Draft
from taskfiles.changes.mutate_all import mutate_all
from taskfiles.store.journal import KEPT, FileChange, Record, decode_record, encode_record, read_records
from taskfiles.task.layout import FLAT

NEW = parse_task(
    "tasks/00-idea/task-new.md", b"---\nid: new\ntitle: New\nkind: task\nstate: idea\n---\n\n## Overview\n"
)
# As on a system that can't exchange two files: the plain rename can be made to fail.
NO_EXCHANGE = mock.patch("taskfiles.store.disk.exchange", return_value=False)


def sets(**values: object) -> Callable[[Draft], None]:
    return lambda draft: draft.values.update(values)


def family(project: Project) -> None:
    project.task("a", kind="story", children="[b]", extra="updated_at: 2025-11-01T00:00:00Z\n")
    project.task("b")
    project.task("c")


CHANGES = {
    "in place": lambda s: mutate_all(s, {"a": sets(x_n=1), "b": sets(x_n=1)}, action="test"),
    "moves": lambda s: mutate_all(
        s, {"a": sets(state="in-progress"), "b": sets(state="done", commit_message="b")}, action="test"
    ),
    "one moves": lambda s: mutate_all(s, {"b": sets(state="canceled")}, action="test"),
    "creation": lambda s: mutate_all(s, {"a": sets(children=["b", "new"])}, creations=[NEW], action="test"),
    "removal": lambda s: mutate_all(s, {"a": sets(children=[])}, removals=["b", "c"], action="test"),
    "all": lambda s: mutate_all(
        s, {"a": sets(children=["new"], state="idea")}, creations=[NEW], removals=["b"], action="test"
    ),
}


@pytest.mark.parametrize(
    ("name", "repair"), crossed(CHANGES, [["list"], ["show", "a"], ["update", "c", "--meta", "x_by=c"]])
)
def test_killed_at_every_step(project: Project, effort: Effort, name: str, repair: list[str]) -> None:
    """Whatever command comes next finds all as before, or all as after."""

    def next_command(step: int) -> None:
        assert call(project, *repair).code in (0, 3)
        if repair[0] == "update" and (file := project.root / project.path("c")).exists():
            file.write_bytes(file.read_bytes().replace(b"x_by: c\n", b""))

    back, whole = kill_everywhere(
        project, effort, lambda: family(project), lambda: CHANGES[name](store(project)), next_command
    )
    assert back > 10
    assert whole > 0


def cut_short(project: Project, name: str = "moves") -> int:
    """Kill a change as late as there is still something to undo; gives the step."""
    family(project)
    steps = 0
    while kill_at(steps + 1, lambda: CHANGES[name](store(project)), project):
        found = project.tree()
        steps += 1
        _ = store(project).snapshot()
        begun = found.get(project.path("a", "in-progress", kind="story"), b"")
        done = [path for path, data in found.items() if b"state: done" in data]
        if (
            b"state: in-progress" in begun
            and done
            and (project.layout == FLAT or done != [project.path("b")])
        ):
            break
    assert kill_at(steps, lambda: CHANGES[name](store(project)), project)
    assert pending(project)
    return steps


@pytest.mark.slow
def test_taking_back_can_be_killed_too(project: Project, effort: Effort) -> None:
    """At each of its steps; the command after that goes on."""
    family(project)
    before = project.tree()
    step = cut_short(project)
    for each in effort.steps(short=3):
        clear(project)
        family(project)
        assert kill_at(step, lambda: CHANGES["moves"](store(project)), project)
        killed = kill_at(each, lambda: store(project).snapshot(), project)
        assert call(project, "list").code == 0
        assert project.tree() == before
        assert not pending(project)
        if not killed:
            break
    assert each > 10


@pytest.mark.slow
def test_the_fast_list_leaves_a_cut_short_change_to_the_long_way(project: Project) -> None:
    """What the index alone would answer is undone first, as in every other list."""
    family(project)
    told = project.run("list", "--state", "ready", "--output", "json")
    assert [each["id"] for each in told.json] == ["a", "b", "c"]
    clear(project)
    cut_short(project)
    done = project.run("list", "--state", "ready", "--output", "json")
    assert [each["id"] for each in done.json] == ["a", "b", "c"]
    assert '"code": "taken-back"' in done.err
    assert not pending(project)


@pytest.mark.slow
def test_a_file_that_a_hand_changed_since_is_left_and_named(project: Project) -> None:
    cut_short(project)
    file = project.root / project.path("a", "in-progress", kind="story")
    mine = file.read_bytes() + b"\nBy hand.\n"
    file.write_bytes(mine)
    done = call(project, "list", "--output", "json")
    warning = done.err
    assert '"code": "taken-back"' in warning
    assert f"left as they are: {file.relative_to(project.root)}" in warning
    assert file.read_bytes() == mine
    assert project.get("b").state == "ready"
    assert not pending(project)
    assert call(project, "list").err == ""


@pytest.mark.slow
def test_a_record_that_cannot_be_repaired_is_told_to_readers_and_stops_writers(project: Project) -> None:
    cut_short(project)
    before = project.tree()
    with NO_EXCHANGE, mock.patch("os.replace", side_effect=OSError(errno.EIO, "Input/output error")):
        read = call(project, "list")
        write = call(project, "update", "b", "--meta", "x_n=1")
    assert (read.code, write.code) == (0, 6)
    assert "can't be undone yet" in read.err
    assert "input/output error" in write.err
    assert {*project.tree()} >= {path for path in before if path == project.path("c")}
    assert pending(project)
    assert call(project, "update", "b", "--meta", "x_n=1").code == 0
    assert project.get("a").state == "ready"


@in_states
@pytest.mark.usefixtures("without_rights")
def test_who_cannot_repair_says_so_and_goes_on(project: Project) -> None:
    """A sandbox whose `.git` is read-only: it reads and writes, and what was cut short waits for the next."""
    cut_short(project)
    before = project.tree()
    directory = project.root / ".git/tasks/pending"
    directory.chmod(0o555)
    try:
        for argv in (["list"], ["update", "c", "--meta", "x_n=1"]):
            done = run_limited(project, *argv, before=give_up_rights)
            assert done.code == 0, done.err
            assert f"{directory}/" in done.err
            assert "can't be written to repair its change" in done.err
    finally:
        directory.chmod(0o755)
    assert {*project.tree()} == {*before}
    assert "undone" in call(project, "list").err
    assert (project.get("a").state, project.get("c").values["x_n"]) == ("ready", 1)


@pytest.mark.parametrize("failing", range(1, 5))
def test_a_change_that_the_system_refuses_half_way_is_taken_back(project: Project, failing: int) -> None:
    family(project)
    before = project.tree()
    real, left = os.replace, failing

    def replace(source: Path, target: Path) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise OSError(errno.EIO, "Input/output error")
        real(source, target)

    edits = {task_id: sets(x_n=1) for task_id in "abc"}
    with NO_EXCHANGE, mock.patch("os.replace", replace):
        if failing <= 3:
            with pytest.raises(TaskfilesError) as caught:
                mutate_all(store(project), edits, action="test")
            assert (caught.value.code, "Nothing was changed" in caught.value.hint) == ("io", True)
        else:
            assert len(mutate_all(store(project), edits, action="test")) == 3
    assert (project.tree() == before) is (failing <= 3)
    assert not pending(project)


def test_a_change_that_cannot_even_be_taken_back_is_taken_back_by_the_next_command(project: Project) -> None:
    family(project)
    before = project.tree()
    real, left = os.replace, 1

    def replace(source: Path, target: Path) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(errno.EIO, "Input/output error")
        real(source, target)

    with NO_EXCHANGE, mock.patch("os.replace", replace), pytest.raises(TaskfilesError) as caught:
        mutate_all(store(project), {task_id: sets(x_n=1) for task_id in "abc"}, action="test")
    assert "The next command will go on" in caught.value.hint
    assert project.tree() != before
    assert "cut short" in call(project, "list").err
    assert project.tree() == before


# Together


def test_changes_are_checked_together(project: Project) -> None:
    """Turning a line of parents round is a circle half-way, and none at the end."""
    project.task("a", kind="story", children="[b]")
    project.task("b")
    changes = mutate_all(
        store(project),
        {"b": sets(kind="story", children=["a"]), "a": sets(kind="task", children=[])},
        action="test",
    )
    assert [change.after.path for change in changes] == [
        project.path("b", kind="story"),
        project.path("a"),
    ]
    assert call(project, "validate").code == 0


def test_an_error_that_only_both_changes_bring_refuses_both(project: Project) -> None:
    project.task("a")
    project.task("b")
    before = project.tree()
    with pytest.raises(TaskfilesError) as caught:
        mutate_all(store(project), {"a": sets(depends_on=["b"]), "b": sets(depends_on=["a"])}, action="test")
    assert (caught.value.code, caught.value.details["finding"]) == ("edit-invalid", "dependency-cycle")
    assert project.tree() == before


def test_one_refused_edit_refuses_all(project: Project) -> None:
    family(project)
    before = project.tree()
    for edits, code in (
        ({"a": sets(x_n=1), "b": sets(priority="hihg")}, "edit-invalid"),
        ({"a": sets(x_n=1), "nobody": sets(x_n=1)}, "no-such-task"),
    ):
        with pytest.raises(TaskfilesError) as caught:
            mutate_all(store(project), edits, action="test")
        assert caught.value.code == code
    with pytest.raises(TaskfilesError) as caught:
        mutate_all(
            store(project), {"a": sets(x_n=1), "b": sets(x_n=1)}, action="test", if_match={"b": "0" * 32}
        )
    assert caught.value.code == "etag-mismatch"
    assert project.tree() == before


def test_a_dry_run_writes_nothing_and_shows_every_file(project: Project) -> None:
    family(project)
    before = project.tree()
    changes = mutate_all(
        store(project), {"a": sets(x_n=1)}, creations=[NEW], removals=["b"], action="t", dry_run=True
    )
    assert project.tree() == before
    diff = "".join(change.diff for change in changes)
    assert "--- /dev/null\n+++ b/tasks/00-idea/task-new.md\n" in diff
    assert "+x_n: 1\n" in diff
    assert f"--- a/{project.path('b')}\n+++ /dev/null\n" in diff


def test_a_hand_edit_meanwhile_is_kept(project: Project) -> None:
    """The file is saved by hand after it was read: everything is made again on the new text."""
    family(project)
    file = project.root / project.path("b")
    seen: list[Task] = []

    def edit(draft: Draft) -> None:
        seen.append(draft.task)
        if len(seen) == 1:
            file.write_bytes(file.read_bytes() + b"\nBy hand.\n")
        draft.values["x_n"] = 1

    mutate_all(store(project), {"a": sets(x_n=1), "b": edit}, action="test")
    assert len(seen) == 2
    assert project.get("b").body.endswith("By hand.\n")
    assert (project.get("a").values["x_n"], project.get("b").values["x_n"]) == (1, 1)


# The journal


def records(project: Project) -> list[Record | None]:
    return list(read_records(project.root / ".git/tasks"))


def test_every_mutation_is_noted_with_the_bytes(project: Project) -> None:
    file = project.task("fix")
    before = file.read_bytes()
    assert call(project, "update", "fix", "--meta", "size=xl").code == 0
    (record,) = records(project)
    assert record is not None
    place = project.path()
    assert (record.action, record.files) == (
        "task.update",
        (FileChange("fix", place, place, before, file.read_bytes()),),
    )


def test_the_journal_is_bounded(project: Project) -> None:
    project.task("fix", extra="x_n: 0\n")
    for number in range(KEPT + 5):
        mutate_all(store(project), {"fix": sets(x_n=number + 1)}, action=f"test {number}")
    kept = records(project)
    assert len(kept) == KEPT
    assert kept[0] is not None
    assert kept[0].action == f"test {KEPT + 4}"


def test_what_cannot_be_read_is_passed_over(project: Project) -> None:
    project.task("fix")
    for number in range(3):
        mutate_all(store(project), {"fix": sets(x_n=number)}, action="test")
    middle = sorted((project.root / ".git/tasks/journal").iterdir())[1]
    middle.write_bytes(middle.read_bytes()[:-1])
    assert [record is None for record in records(project)] == [False, True, False]


@pytest.mark.usefixtures("without_rights")
def test_a_journal_that_cannot_be_written_is_one_warning(project: Project) -> None:
    family(project)
    assert call(project, "update", "a", "--meta", "x_n=1").code == 0
    (project.root / ".git/tasks/journal").chmod(0o555)
    (project.root / ".git/tasks").chmod(0o555)
    try:
        for argv in (["update", "a", "--meta", "x_n=2"], ["update", "b", "--meta", "state=idea"]):
            done = run_limited(project, *argv, "--output", "json", before=give_up_rights)
            assert done.code == 0
            assert done.err.count('"code": "no-journal"') + done.err.count('"code": "lock-fallback"') == 1
    finally:
        (project.root / ".git/tasks").chmod(0o755)
        (project.root / ".git/tasks/journal").chmod(0o755)


TEXT = st.one_of(st.none(), st.binary(max_size=20))
FILE_CHANGES = st.builds(FileChange, st.just("fix"), st.none() | st.text(), st.none() | st.text(), TEXT, TEXT)
WORD = st.text(max_size=9)
RECORDS = st.builds(Record, *[WORD] * 7, st.lists(FILE_CHANGES).map(tuple), st.lists(WORD).map(tuple))


@given(RECORDS)
def test_records_are_read_as_they_were_written(record: Record) -> None:
    assert decode_record(encode_record(record)) == record


@given(RECORDS, st.data())
def test_a_damaged_record_is_refused(record: Record, data: st.DataObject) -> None:
    whole = encode_record(record)
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = bytes([whole[at] ^ data.draw(st.integers(1, 255))])
    assume(whole[:at] + changed + whole[at + 1 :] != encode_record(record, confirmed=False))
    for damaged in (whole[:at], whole[:at] + changed + whole[at + 1 :]):
        with pytest.raises(ValueError):
            decode_record(damaged)


# Many at once, some of them killed

DYING = """
import os, signal, sys
left = int(sys.argv[1])
root = os.getcwd()
def die(event, arguments):
    global left
    if event in ("os.rename", "os.link", "os.remove") and root in os.fsdecode(arguments[0]):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(die)
from taskfiles_cli.main import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.slow
def test_many_at_once_of_whom_some_are_killed(project: Project) -> None:
    """Twenty commands shift children between two parents, half of them die: no child is lost or doubled."""
    names = [f"c{number}" for number in range(10)]
    project.task("s", kind="story", children=f"[{', '.join(names)}]")
    project.task("t", kind="story")
    for name in names:
        project.task(name)
    started = [
        launch(
            [sys.executable, "-c", DYING, str(step), "adopt", parent, name],
            cwd=project.root,
            env=project.environment(None),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for number, name in enumerate(names)
        for parent, step in (("t", 2 + number % 4 if number % 2 else 0), ("s", 2 + number % 4))
    ]
    results = [(process.communicate(timeout=90)[1], process.returncode) for process in started]
    assert {code for _, code in results} <= {0, -signal.SIGKILL}, results
    assert -signal.SIGKILL in {code for _, code in results}
    snapshot = store(project).snapshot()
    held = [child for task in snapshot.tasks for child in task.values.get("children") or []]
    assert sorted(map(str, held)) == names
    assert not pending(project)
