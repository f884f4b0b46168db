"""A store at one moment, and the errors of what is not, or not readably, in it."""

from __future__ import annotations

from support.backlogs import make_task
from taskfiles.backlog.snapshot import (
    Snapshot,
    ambiguous_task,
    bad_config,
    collect,
    no_such_task,
    unreadable_task,
)
from taskfiles.task.findings import make_finding
from taskfiles_cli.render.remedies import say

BROKEN = make_finding("no-closing-fence", "tasks/x.md", 1, 1)


def test_tasks_are_gathered_by_id_then_by_path_and_unreadable_files_as_they_come() -> None:
    tasks = [make_task("b"), make_task("a", path="tasks/b.md"), make_task("a", path="tasks/a.md")]
    snapshot = collect([tasks[0], BROKEN, *tasks[1:]])
    assert [task.path for task in snapshot.tasks] == ["tasks/a.md", "tasks/b.md", "tasks/10-ready/task-b.md"]
    assert snapshot.unreadable == [BROKEN]


def test_the_error_of_an_unknown_id_names_the_nearest_and_what_could_not_be_read() -> None:
    error = no_such_task("navbra", Snapshot([make_task("navbar")], []))
    assert (error.code, error.exit) == ("no-such-task", 3)
    assert error.hint == "Did you mean navbar? Name the id of a task of this project."
    assert say(error.hint) == "Did you mean navbar? `tasks list --output plain` prints every id."
    several = no_such_task("x", Snapshot([], [BROKEN, BROKEN]))
    assert several.hint.endswith("2 unreadable files may hold it.")
    assert say(several.hint).endswith("2 unreadable files may hold it: see `tasks validate`.")


def test_an_id_of_several_files_names_them_all() -> None:
    error = ambiguous_task("a", ["tasks/a.md", "tasks/b.md"])
    assert (error.code, error.exit) == ("ambiguous-task", 3)
    assert "tasks/a.md, tasks/b.md" in error.message
    assert error.details == {"paths": ["tasks/a.md", "tasks/b.md"]}


def test_the_error_of_an_unreadable_file_has_its_place_and_its_finding() -> None:
    finding = make_finding("duplicate-key", "tasks/x.md", 5, 3, key="title")
    error = unreadable_task(finding)
    assert (error.code, error.path, error.line, error.column) == ("unreadable-task", "tasks/x.md", 5, 3)
    assert error.details == {"finding": "duplicate-key"}
    assert "`title` is given twice" in error.message


def test_the_error_of_a_file_that_the_system_refuses_has_the_system_s_reason() -> None:
    finding = make_finding("unreadable-file", "tasks/x.md", 1, 1, problem="permission denied")
    error = unreadable_task(finding)
    assert (error.code, error.path, error.exit) == ("io", "tasks/x.md", 6)
    assert "permission denied" in error.message


def test_the_error_of_wrong_settings_has_their_place() -> None:
    finding = make_finding("config-syntax", "tasks/tasks.toml", 2, 4, problem="a bracket is missing")
    error = bad_config(finding)
    assert (error.code, error.path, error.line, error.column) == ("bad-config", "tasks/tasks.toml", 2, 4)
    assert finding.message in error.message
