"""Change several tasks, all or none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Mapping, Sequence

from taskfiles.basics.instants import format_instant
from taskfiles.changes.claims import as_holder, check_held, end_claims
from taskfiles.changes.commit import Planned
from taskfiles.changes.draft import plan_creation, plan_edit, plan_removal
from taskfiles.changes.mutate import Change, Edit, check_etag, retry, write_all_planned
from taskfiles.changes.write import SettingsChange
from taskfiles.errors import TaskfilesError, join_errors
from taskfiles.store.several import make_loader
from taskfiles.store.store import Store
from taskfiles.task.task import Task


def mutate_all(
    store: Store,
    edits: Mapping[str, Edit],
    *,
    action: str,
    creations: Sequence[Task] = (),
    removals: Sequence[str] = (),
    if_match: Mapping[str, str] | None = None,
    despite_claims: Collection[str] = (),
    dry_run: bool = False,
    allow_missing: bool = True,
    settings: SettingsChange | None = None,
    at: Mapping[str, str] | None = None,
) -> list[Change]:
    """Edit, create and delete tasks in one change, which is made completely or not at all.

    Returns the changes of creations, edits and removals, in this order; for an edit that changes nothing,
    one with `changed` false. The changes are checked together, each as if the others were made. If somebody
    saves a file meanwhile, everything is planned again on the new text; if the command is killed, the next
    one rolls back what it wrote. Tasks that others have claimed are refused, except those in
    `despite_claims`, which only follow the change of another task. Without `allow_missing` a new reference to
    a task that does not exist is refused (no-such-task). `settings` is a change of tasks.toml that belongs to
    them. `at` are the paths of tasks that the caller has just found, so that they are not searched for again.

    If the edits depend on other tasks, hold `store.locks.store()` around the call, and never the lock of a
    single task: locks are taken in one order. A key with `/` in it is a file's path; it requires the
    store's lock.

    Raises TaskfilesError as `mutate` does, and path-taken for a creation; an error about one task has those
    about the other tasks in `others`.
    """
    assert not edits.keys() & set(removals)
    store.check_writable()

    def attempt() -> list[Change]:
        now = format_instant(store.now())
        planned = [Planned(None, plan_creation(task, dry_run=dry_run)) for task in creations]
        names = [*edits, *removals]
        load = make_loader(store, (name for name in names if "/" not in name), at)

        def plan(task_id: str) -> None:
            loaded = store.load_at(task_id) if "/" in task_id else load(task_id)
            check_etag(loaded.task, (if_match or {}).get(task_id))
            if task_id in edits:
                change = plan_edit(
                    loaded.task, edits[task_id], now, layout=store.settings.layout, dry_run=dry_run
                )
            else:
                change = plan_removal(loaded.task, dry_run=dry_run)
            planned.append(Planned(loaded, change))

        if errors := [*refused.values(), *_collect(names, plan, refused).values()]:
            raise join_errors(errors)
        return write_all_planned(
            store,
            planned,
            action,
            allow_missing=allow_missing,
            despite_claims=despite_claims,
            settings=settings,
            dry_run=dry_run,
        )

    with store.locks.tasks(*edits, *removals, *(task.id for task in creations)):
        guarded = {*edits, *removals} - {*despite_claims}
        ids = sorted({store.load_at(each).task.id if "/" in each else each for each in guarded})
        refused = _collect(ids, lambda task_id: check_held(store, task_id))
        with as_holder(store, *(ids if not refused else ()), dry_run=dry_run):
            changes = retry(attempt)
        end_claims(store, changes)
        return changes


def _collect(
    ids: Sequence[str], step: Callable[[str], None], known: Container[str] = ()
) -> dict[str, TaskfilesError]:
    """Take a step for each task, except those that are known; return the errors."""
    errors = {}
    for task_id in ids:
        if task_id in known:
            continue
        try:
            step(task_id)
        except TaskfilesError as error:
            errors[task_id] = error
    return errors
