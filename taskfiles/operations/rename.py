"""Use case: change a task's id wherever tasks name it."""

from __future__ import annotations

from contextlib import nullcontext

from taskfiles.backlog.mentions import may_mention, rename_in_body, rename_in_values
from taskfiles.changes.claims import moving_claim
from taskfiles.changes.mutate import Draft, Edit
from taskfiles.changes.mutate_all import mutate_all
from taskfiles.changes.result import Result, keep_changed
from taskfiles.changes.write import check_new_id
from taskfiles.errors import TaskfilesError
from taskfiles.operations.given_id import check_given_id
from taskfiles.store.store import Store


def rename(
    store: Store, task: str, new_id: str, *, if_match: str | None = None, dry_run: bool = False
) -> Result[None]:
    """Change the id of a task, named by id or path, wherever tasks name it; its own change comes first.

    If two files share the id, name one by its path; references stay with the other.
    References are those of the frontmatter, `[Task:id]`, and links to its file in bodies. Attempts and
    commit messages of done tasks do not change: they record the past. A claim moves to the new id.

    Raises TaskfilesError: bad-value, id-taken, and as `mutate_all` does.
    """
    check_given_id(new_id, option="new_id")

    check_new_id(store, new_id)

    def edit(draft: Draft) -> None:
        old = loaded.task.id
        draft.body = rename_in_body(draft.task.path, draft.body, old, new_id)
        draft.values = rename_in_values(draft.values, old, new_id)
        if draft.task.path == loaded.task.path:
            draft.values["id"] = new_id

    with store.locks.store():
        loaded = store.load_at(task) if "/" in task else store.load(task)
        task_id = loaded.task.id
        if new_id != task_id and (holder := store.find_file(new_id)) is not None:
            raise TaskfilesError("id-taken", path=holder, id=new_id)
        tasks = store.snapshot().tasks
        others = [each for each in tasks if each.path != loaded.task.path]
        is_shared = any(each.id == task_id for each in others)
        if is_shared:
            others = []  # references are to the file that keeps the id
        edits: dict[str, Edit] = {loaded.task.path: edit}
        edits |= {each.path: edit for each in others if may_mention(each, task_id)}
        expected = {loaded.task.path: if_match} if if_match is not None else {}
        with nullcontext() if dry_run or is_shared else moving_claim(store, task_id, new_id):
            changes = mutate_all(
                store,
                edits,
                action="task.rename",
                if_match=expected,
                despite_claims=edits.keys() - {loaded.task.path},
                dry_run=dry_run,
            )
    return Result(keep_changed(changes), None, dry_run)
