"""One task changed under its lock: read, planned, checked and written, or refused and left alone."""

from __future__ import annotations

from typing import Any

import pytest

from support.layouts import in_states
from support.project import Project, store
from taskfiles import TaskfilesError
from taskfiles.changes.mutate import mutate, retry

PATH = "tasks/10-ready/task-a.md"


def sets(**values: Any) -> Any:
    return lambda draft: draft.values.update(values)


def refused(project: Project, edit: Any, **settings: Any) -> TaskfilesError:
    """Change a task `a` in vain; no byte may change."""
    before = project.tree()
    with pytest.raises(TaskfilesError) as caught:
        mutate(store(project), "a", edit, **settings)
    assert project.tree() == before
    return caught.value


# Writing


def test_a_change_is_written_and_given_back(project: Project) -> None:
    file = project.task("a")
    opened = store(project)
    change = mutate(opened, "a", sets(size="xl"))
    assert (change.changed, change.after.data, opened.written) == (True, file.read_bytes(), 1)
    assert project.get("a").values["size"] == "xl"


def test_what_changes_nothing_writes_nothing(project: Project) -> None:
    file = project.task("a", updated_at="2025-11-01T00:00:00Z")
    before = file.stat().st_mtime_ns
    opened = store(project)
    assert mutate(opened, "a", sets(title="Title of a")).changed is False
    assert (file.stat().st_mtime_ns, opened.written) == (before, 0)


def test_a_dry_run_plans_the_same_and_writes_nothing(project: Project) -> None:
    project.task("a")
    before = project.tree()
    planned = mutate(store(project), "a", sets(state="idea"), dry_run=True)
    assert project.tree() == before
    assert (planned.dry_run, planned.after.path) == (True, project.path("a", "idea"))
    assert mutate(store(project), "a", sets(state="idea")).after.data == planned.after.data
    assert list(project.tree()) == [planned.after.path]


def test_a_change_of_state_may_change_the_content_too(project: Project) -> None:
    project.task("a")
    change = mutate(store(project), "a", sets(state="done", commit_message="x"))
    assert project.tree() == {
        project.path("a", "done", completed_at="2025-11-02T12:00:00Z"): change.after.data
    }


# Refusals


@in_states
@pytest.mark.parametrize(
    ("edit", "settings", "code"),
    [
        (sets(size="huge"), {}, "edit-invalid"),
        (sets(x={1}), {}, "edit-unsafe"),
        (sets(size="xl"), {"if_match": "0" * 32}, "etag-mismatch"),
        (sets(state="idea"), {}, "path-taken"),
        (sets(parent="a"), {}, "edit-invalid"),
        (sets(depends_on=["b"]), {}, "edit-invalid"),
        (sets(kind="epic"), {}, "edit-invalid"),
    ],
)
def test_a_change_that_would_do_harm_is_refused(
    project: Project, edit: Any, settings: Any, code: str
) -> None:
    project.task("a")
    project.task("b", depends_on="[a]")
    project.task("s", kind="story", children="[a]")
    project.write(project.path("a", "idea"), "in the way")
    assert refused(project, edit, **settings).code == code


def test_an_etag_that_fits_lets_a_change_through(project: Project) -> None:
    project.task("a")
    error = refused(project, sets(size="xl"), if_match="0" * 32)
    assert mutate(store(project), "a", sets(size="xl"), if_match=error.details["etag"]).changed


def test_errors_between_files_that_were_there_before_refuse_nothing(project: Project) -> None:
    project.task("a", depends_on="[b]")
    project.task("b", depends_on="[a]")
    assert mutate(store(project), "a", sets(blocks=["c"])).changed
    assert mutate(store(project), "a", sets(depends_on=[])).changed
    assert refused(project, sets(depends_on=["b"])).details["finding"] == "dependency-cycle"


def test_a_new_id_may_not_bring_an_error_between_files(project: Project) -> None:
    """What names the new id before the change names nothing yet."""
    project.task("a", depends_on="[b]")
    project.task("b", depends_on="[new]")
    assert refused(project, sets(id="new")).details["finding"] == "dependency-cycle"
    assert mutate(store(project), "a", sets(id="other")).after.path == project.path("other")


def test_a_newer_format_is_read_and_never_written(project: Project) -> None:
    project.task("a")
    project.configure("format = 2\n")
    assert refused(project, sets(size="xl")).exit == 5


# Hand edits


def test_a_hand_edit_meanwhile_is_kept_and_the_edit_made_again(project: Project) -> None:
    file = project.task("a")
    texts = []

    def edit(draft: Any) -> None:
        if not texts:
            file.write_bytes(file.read_bytes() + b"\nBy hand.\n")
        texts.append(draft.body)
        draft.values["size"] = "xl"

    change = mutate(store(project), "a", edit)
    assert [text.endswith("By hand.\n") for text in texts] == [False, True]
    assert (change.after.values["size"], change.after.body) == ("xl", texts[1])


def test_a_file_that_never_rests_is_left_to_whoever_writes_it(project: Project) -> None:
    file = project.task("a")

    def edit(draft: Any) -> None:
        file.write_bytes(file.read_bytes() + b"x\n")
        draft.values["size"] = "xl"

    with pytest.raises(TaskfilesError) as caught:
        mutate(store(project), "a", edit)
    assert caught.value.code == "changed-underneath"
    assert "size" not in project.get("a").values


def test_only_what_changed_underneath_is_tried_again() -> None:
    tries = []

    def attempt(code: str) -> int:
        tries.append(code)
        if len(tries) < 3:
            raise TaskfilesError(code, path="tasks/a.md", id="a")
        return len(tries)

    assert retry(lambda: attempt("changed-underneath")) == 3
    tries.clear()
    with pytest.raises(TaskfilesError, match="a"):
        retry(lambda: attempt("path-taken"))
    assert len(tries) == 1
