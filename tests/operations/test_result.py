"""One result for every call that changes tasks: what changed, what was made besides, dry or not."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

import taskfiles
from support.layouts import in_states
from support.project import INSIGHTS, NOON, Project, store
from taskfiles import (
    Lease,
    Pickup,
    Record,
    Removal,
    Result,
    Store,
    Update,
    adopt,
    claim_best,
    clean_up,
    complete,
    create,
    delete,
    edit_tasks,
    fix,
    merge_files,
    move,
    pickup,
    record,
    release,
    rename,
    reorder,
    review,
    rewrite,
    undo,
    update,
)

OLD = "'2025-01-02T00:00:00Z'"
ATTEMPT = {"status": "failed", "duration_seconds": 5, "executor": {"tool": "t"}}
VERDICT = {"name": "ana", "approved": True, "reviewed_at": "2025-11-02T12:00:00Z"}


def plain(project: Project) -> None:
    project.task("fix")
    project.task("other")


def tried(project: Project) -> None:
    plain(project)
    record(store(project), "fix", [ATTEMPT])


def parents(project: Project) -> None:
    project.task("story", kind="story", children="[fix]")
    project.task("top", kind="story")
    plain(project)


def done(project: Project) -> None:
    body = project.task("fix").read_text().partition("\n---\n")[2].replace("[ ]", "[x]") + INSIGHTS
    project.task("fix", body=body, commit_message="fix")


def old(project: Project) -> None:
    project.task("fix", state="canceled", updated_at=OLD)
    project.task("named", state="canceled", updated_at=OLD)
    project.task("other", depends_on="[named]")


def twice(project: Project) -> None:
    text = project.task("fix", updated_at="'2025-11-01T00:00:00Z'").read_text()
    project.write("tasks/10-ready/copy/task-fix.md", text)


def claimed(project: Project) -> None:
    plain(project)
    pickup(store(project), "fix", by="ada")


def misplaced(project: Project) -> None:
    project.write("tasks/10-ready/wrong.md", project.task("fix").read_text())
    (project.root / project.path()).unlink()


def changed(project: Project) -> None:
    plain(project)
    update(store(project), "fix", Update(set={"size": "small"}))


def unsorted(project: Project) -> None:
    project.write(project.path(), "---\ntitle: Fix\nid: fix\nstate: ready\n---\n")


def edit(draft: Any) -> None:
    draft.values["size"] = "tiny"


def written(of: Store, *, dry_run: bool = False) -> Result[None]:
    task = of.get("fix")
    return rewrite(of, "fix", task.data + b"More.\n", if_match=task.etag, dry_run=dry_run)


def nothing(made: object) -> bool:
    return made is None


# Each call: what it needs, the call, the main task's id, and what it made besides
Call = tuple[Callable[[Project], None], Callable[..., Result[Any]], str, Callable[[Any], bool]]
CALLS: dict[str, Call] = {
    "create": (plain, lambda s, **k: create(s, "New one", **k), "new-one", nothing),
    "update": (
        plain,
        lambda s, **k: update(s, "fix", Update(set={"size": "tiny"}), **k),
        "fix",
        lambda made: made == [],
    ),
    "edit_tasks": (
        plain,
        lambda s, **k: edit_tasks(s, {"other": edit, "fix": edit}, **k),
        "other",
        nothing,
    ),
    "rewrite": (plain, written, "fix", nothing),
    "record": (
        plain,
        lambda s, **k: record(s, "fix", [ATTEMPT] * 2, **k),
        "fix",
        lambda made: len(set(made)) == 2,
    ),
    "review": (tried, lambda s, **k: review(s, "fix", VERDICT, **k), "fix", lambda made: len(made) == 36),
    "move": (plain, lambda s, **k: move(s, "fix", "idea", **k), "fix", nothing),
    "complete": (done, lambda s, **k: complete(s, "fix", **k), "fix", nothing),
    "adopt": (parents, lambda s, **k: adopt(s, "top", ["fix"], **k), "top", nothing),
    "rename": (parents, lambda s, **k: rename(s, "fix", "mend", **k), "mend", nothing),
    "merge_files": (
        twice,
        lambda s, **k: merge_files(s, "fix", **k),
        "fix",
        lambda made: (list(made.copies), made.settled) == (["tasks/10-ready/copy/task-fix.md"], []),
    ),
    "pickup": (
        plain,
        lambda s, **k: pickup(s, "fix", by="ada", **k),
        "fix",
        lambda made: isinstance(made, Pickup) and made.lease.by == "ada",
    ),
    "claim_best": (
        claimed,
        lambda s, **k: claim_best(s, ["fix", "other"], by="bob", **k),
        "other",
        lambda made: (made.pickup.lease.id, [each[0] for each in made.skipped]) == ("other", ["fix"]),
    ),
    "release": (
        claimed,
        lambda s, **k: release(s, "fix", force=True, **k),
        "fix",
        lambda made: isinstance(made, Lease) and made.by == "ada",
    ),
    "undo": (
        changed,
        undo,
        "fix",
        lambda made: [(type(each), each.action) for each in made.records] == [(Record, "task.update")],
    ),
    "fix": (
        misplaced,
        fix,
        "fix",
        lambda made: (
            made == ([("fix", "tasks/10-ready/wrong.md", "tasks/10-ready/task-fix.md", None, None)], [])
        ),
    ),
}
GONE: dict[str, Call] = {
    "delete": (
        plain,
        lambda s, **k: delete(s, ["fix", "other"], **k),
        "fix",
        lambda made: (
            [(type(each), each.task.id, each.copy) for each in made]
            == [(Removal, "fix", "none"), (Removal, "other", "none")]
        ),
    ),
    "clean_up": (
        old,
        lambda s, **k: clean_up(s, NOON, **k),
        "fix",
        lambda made: (
            ([each.task.id for each in made.removals], [each.task.id for each in made.kept])
            == (["fix"], ["named"])
        ),
    ),
}


@in_states
@pytest.mark.parametrize("name", CALLS)
def test_every_call_gives_the_same_kind_of_result(project: Project, name: str) -> None:
    arrange, call, main, is_made = CALLS[name]
    arrange(project)
    result = call(store(project))
    assert type(result) is Result
    assert (result.changed, result.dry_run) == (True, False)
    assert result.task is not None
    assert result.task.id == main
    assert result.task.data == project.get(main).data
    assert result.changes[0].after.id == main
    assert result.diff == "".join(change.diff for change in result.changes) != ""
    assert is_made(result.made)


@pytest.mark.parametrize("name", GONE)
def test_of_a_task_that_is_gone_the_changes_tell(project: Project, name: str) -> None:
    arrange, call, main, is_made = GONE[name]
    arrange(project)
    result = call(store(project))
    assert (type(result), result.task, result.changed, result.dry_run) == (Result, None, True, False)
    assert (result.changes[0].after.id, result.changes[0].removed) == (main, True)
    assert "+++ /dev/null" in result.diff
    assert is_made(result.made)


@in_states
@pytest.mark.parametrize("name", [*CALLS, *GONE])
def test_a_dry_run_gives_it_too_and_writes_nothing(project: Project, name: str) -> None:
    arrange, call, main, is_made = (CALLS | GONE)[name]
    arrange(project)
    before = project.tree()
    result = call(store(project), dry_run=True)
    assert (type(result), result.changed, result.dry_run) == (Result, True, True)
    assert all(change.dry_run for change in result.changes)
    assert result.changes[0].after.id == main
    assert is_made(result.made)
    assert project.tree() == before


@pytest.mark.parametrize("name", ["merge_files", "move", "rename", "update"])
def test_a_diff_can_be_applied(project: Project, name: str) -> None:
    arrange, call, _, _ = CALLS[name]
    arrange(project)
    before = project.tree()
    diff = call(store(project), dry_run=True).diff
    call(store(project))
    after = project.tree()
    for path in after.keys() - before.keys():
        (project.root / path).unlink()
    for path, data in before.items():
        project.write(path, data)
    command = ["git", "apply", "-"]
    subprocess.run(command, cwd=project.root, input=diff.encode(), env=project.environment(None), check=True)
    assert project.tree() == after


def test_keys_put_in_order(project: Project) -> None:
    unsorted(project)
    result = reorder(store(project), "fix")
    assert (type(result), result.changed, result.dry_run, result.made) == (Result, True, False, None)
    assert result.task is not None
    assert list(result.task.values) == ["id", "title", "state"]
    assert not reorder(store(project), "fix").changed


def test_the_same_once_more_changes_nothing(project: Project) -> None:
    plain(project)
    for is_first in (True, False):
        result = update(store(project), "fix", Update(set={"size": "tiny"}))
        assert result.changed is is_first
        assert result.task is not None
        assert result.task.get("size") == "tiny"
        assert bool(result.diff) is is_first


def test_nothing_to_do_is_a_result_without_changes(project: Project) -> None:
    plain(project)
    for dry_run in (True, False):
        result = clean_up(store(project), datetime.now(UTC), dry_run=dry_run)
        assert (result.changes, result.task, result.changed, result.diff) == ([], None, False, "")
        assert (result.made, result.dry_run) == (([], []), dry_run)
    none = claim_best(store(project), ["nothing"], by="ada")
    assert (none.changes, none.task, none.made.pickup) == ([], None, None)
    assert [error.code for _, error in none.made.skipped] == ["no-such-task"]


def test_tasks_that_follow_come_after_the_main_one(project: Project) -> None:
    parents(project)
    created = create(store(project), "Below", parent="top")
    assert [change.after.id for change in created.changes] == ["below", "top"]
    adopted = adopt(store(project), "top", ["fix"])
    assert [change.after.id for change in adopted.changes] == ["top", "story"]
    again = adopt(store(project), "top", ["fix"])
    assert [change.after.id for change in again.changes] == ["top"]
    assert not again.changed


def test_tasks_edited_together_are_undone_together(project: Project) -> None:
    plain(project)
    before = project.tree()
    edit_tasks(store(project), {"fix": edit, "other": edit})
    assert {task.get("size") for task in project.store.tasks()} == {"tiny"}
    undo(store(project))
    assert project.tree() == before


def test_a_result_does_not_change(project: Project) -> None:
    plain(project)
    result = move(store(project), "fix", "idea")
    with pytest.raises(AttributeError):
        result.dry_run = True  # type: ignore[misc]  # the very mistake


def test_what_calls_make_has_public_types() -> None:
    public = {"Result", "Change", "Draft", "Pickup", "Pick", "Lease", "Removal", "Cleanup", "Kept", "Union"}
    assert {*public, "Fix", "Record"} <= set(taskfiles.__all__)
