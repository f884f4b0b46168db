"""`tasks next`: what to work on, with the reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import Choice, Snapshot, Store, Task, TaskfilesError, choose_next
from taskfiles.backlog.relations import Problems, find_problems
from taskfiles.backlog.wire import choice_object
from taskfiles.store.claims import ProjectClaims, find_claims
from taskfiles.task.words import ExecutorLevel, Size
from taskfiles_cli.command.origin import read_attempt
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import command
from taskfiles_cli.line.values import single_word
from taskfiles_cli.render.queue import render_choice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskfiles_cli.line.options import Exclusive, HeldFor, Holder, Text, Whole, flag, opt, word_help

_OFFERED = 3  # how many of those that could not be had an error names


@command("output", "brief", "dry_run", "root", "lock_timeout", "color", answers="next")
def next_(
    session: Session,
    *,
    count: Annotated[int, opt("N", "At most N candidates.", "--count", min=1, show_default=True)] = 10,
    executor: Annotated[Text, opt("WORD", "Only what this level can do: " + word_help("executor"))] = None,
    max_size: Annotated[Text, opt("WORD", "Nothing larger: " + word_help("size"), "--max-size")] = None,
    parallelize: Annotated[Whole, opt("N", "Select N that don't conflict.", "--parallelize", min=1)] = None,
    take: Annotated[
        bool, flag("Pick up the first that can be had, as `tasks pickup` does.", "--claim")
    ] = False,
    by: Holder = None,
    lease: HeldFor = None,
    exclusive: Exclusive = False,
) -> int:
    """Rank the ready tasks and say why; the first one is the one to take.

    A task is ready if its state says so, nothing blocks it, what it depends on is done, it has
    acceptance criteria, and no tasks below it. `tasks help ranking` lists the points. Tasks that others
    have claimed are left out; one in progress whose claim has expired is offered again. With --claim the
    best is claimed in the same step, and the answer is that of `tasks pickup`.
    """
    _check(
        claim=take,
        parallel=parallelize is not None,
        others=(by, lease, session.dry_run or None, exclusive or None),
    )
    if take:
        session.begin("task.claim", dry_run=session.dry_run)
    level = None if executor is None else single_word("--executor", ExecutorLevel, executor)
    largest = None if max_size is None else single_word("--max-size", Size, max_size)
    session.acting = by
    store = session.store
    claims = find_claims(store)

    def choose(snapshot: Snapshot) -> tuple[Choice, list[Task], Problems]:
        choice = choose_next(
            snapshot.tasks,
            count=len(snapshot.tasks) if take else count,
            executor=level,
            max_size=largest,
            parallelize=parallelize,
            held=claims.held,
            lapsed=claims.lapsed,
            now=store.now(),
        )
        return choice, snapshot.tasks, find_problems(snapshot.unreadable, snapshot.tasks)

    choice, tasks, problems = store.with_snapshot(choose)
    try:
        if take:
            _claim(session, choice, tasks, by, lease, exclusive=exclusive)
        else:
            _show(session, choice, claims, parallel=parallelize is not None)
    finally:
        session.warn_problems(problems, {each.task.path for each in choice.candidates})
    if not take:
        _note_others(session, choice)
    return 0


def _note_others(session: Session, choice: Choice) -> None:
    """Say what else there is, and what to do about it."""
    if choice.waiting:
        which = f"{_count(choice.waiting, 'more')} in state ready and can't be started"
        session.console.note(f"{which}; `tasks plan` says why.")
    if choice.unfit:
        which = f"{_count(choice.unfit, 'more')} ready"
        session.console.note(f"{which} and beyond what --executor or --max-size allows.")
    if choice.claimed:
        session.console.note(f"{_count(choice.claimed)} claimed by others; `tasks doctor` says by whom.")
    if choice.ideas and not choice.candidates:
        session.console.note(f"{_count(choice.ideas)} in state idea; `tasks move ID ready` makes one ready.")


def _count(number: int, more: str = "") -> str:
    return " ".join(word for word in (str(number), more, "is" if number == 1 else "are") if word)


def _check(*, claim: bool, parallel: bool, others: Sequence[object]) -> None:
    problem = None
    if claim and parallel:
        problem = "--claim takes one task; leave --parallelize out."
    elif not claim and any(each is not None for each in others):
        problem = "--by, --lease, --exclusive and --dry-run go with --claim."
    if problem is not None:
        raise TaskfilesError("usage", problem=problem, command="tasks next")


def _claim(
    session: Session,
    choice: Choice,
    tasks: Sequence[Task],
    by: str | None,
    lease: str | None,
    *,
    exclusive: bool,
) -> None:
    from taskfiles.operations.next import claim_best  # noqa: PLC0415 (most calls only look)
    from taskfiles_cli.command.pickup import answer_pickup, read_holder, read_lease  # noqa: PLC0415

    store: Store = session.store
    holder = read_holder(by, store)
    session.detail(by=holder)
    done = claim_best(
        store,
        [each.task.id for each in choice.candidates],
        by=holder,
        seconds=read_lease(lease),
        attempt=read_attempt(),
        exclusive=exclusive,
        dry_run=session.dry_run,
        tasks=tasks,
    )
    had, skipped = done.made
    if had is None:
        raise _nothing(skipped)
    answer_pickup(session, done.changes, had)
    for task_id, error in skipped:
        if error.code != "claimed":  # which is what others who ask at the same moment do
            session.console.warn(f"{task_id} was passed over: {error.message}", code=error.code)


def _nothing(skipped: Sequence[tuple[str, TaskfilesError]]) -> TaskfilesError:
    named = "; ".join(error.message.rstrip(".") for _, error in skipped[:_OFFERED])
    problem = (
        f"others were faster, or something stood in the way: {named}"
        if skipped
        else "none of those asked for is ready and free"
    )
    remedy = "`tasks next` lists what is ready; `tasks plan` says why other tasks are not."
    details = {"skipped": [{"id": task_id, "code": error.code} for task_id, error in skipped]}
    return TaskfilesError("nothing-to-claim", problem=problem, remedy=remedy, details=details)


def _show(session: Session, choice: Choice, claims: ProjectClaims, *, parallel: bool) -> None:
    ids = choice.selected if parallel else [each.task.id for each in choice.candidates]
    answer = choice_object(choice, claims.lapsed, session.claims_of())
    session.console.answer(answer, human=lambda: render_choice(answer, parallel), plain=ids)
