"""`tasks next`: what to work on, with the reasons."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import Choice, Filter, Snapshot, Store, Task, TaskfilesError, choose_next
from taskfiles.backlog.dates import is_past
from taskfiles.backlog.graph import find_parents
from taskfiles.backlog.problems import Problems, find_problems
from taskfiles.backlog.wire import choice_object
from taskfiles.store.claims import ProjectClaims, find_claims
from taskfiles.task.words import ExecutorLevel, Size
from taskfiles_cli.command.choice import read_options, warn_of_wanted
from taskfiles_cli.command.origin import read_attempt
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import command
from taskfiles_cli.line.output_format import NextFormat
from taskfiles_cli.line.values import read_criteria, single_word
from taskfiles_cli.render.console import Format, is_terminal
from taskfiles_cli.render.queue import render_choice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskfiles_cli.line.options import (
        Ambiguities,
        Assignees,
        Exclusive,
        HeldFor,
        Holder,
        IsMine,
        Isolations,
        Labels,
        Metas,
        NextOutput,
        Priorities,
        SavedView,
        Search,
        Text,
        Texts,
        Whole,
        flag,
        opt,
        word_help,
    )

_ALL = Filter()
_OFFERED = 3  # how many of those that could not be had an error names


@command("brief", "dry_run", "root", "lock_timeout", "color", answers="next")
def next_(
    session: Session,
    *,
    output: NextOutput = None,
    count: Annotated[int, opt("N", "At most N candidates.", "--count", min=1, show_default=True)] = 10,
    executor: Annotated[Text, opt("WORD", "Only what this level can do: " + word_help("executor"))] = None,
    max_size: Annotated[Text, opt("WORD", "Nothing larger: " + word_help("size"), "--max-size")] = None,
    parallelize: Annotated[Whole, opt("N", "Select N that don't conflict.", "--parallelize", min=1)] = None,
    kind: Annotated[Texts, opt("WORDS", word_help("kind", "; commas between"), "--kind", "--kinds")] = None,
    priority: Priorities = None,
    label: Labels = None,
    assignee: Assignees = None,
    mine: IsMine = False,
    ambiguity: Ambiguities = None,
    isolation: Isolations = None,
    parent: Annotated[Texts, opt("IDS", "Only these tasks and what is below them, at any depth.")] = None,
    search: Search = "",
    meta: Metas = None,
    view: SavedView = None,
    include_blocked: Annotated[
        bool, flag("Offer blocked tasks too, and say why they are blocked.", "--include-blocked")
    ] = False,
    strict: Annotated[
        bool, flag("Leave out tasks without criteria, instead of listing them last.", "--strict")
    ] = False,
    take: Annotated[bool, flag("Claim the first that is free, as `tasks pickup` does.", "--claim")] = False,
    by: Holder = None,
    lease: HeldFor = None,
    exclusive: Exclusive = False,
) -> int:
    """Rank the ready tasks and say why; the first one is the one to take.

    A task is ready if its state is ready, nothing blocks it, everything it depends on is done, and it has no
    tasks below it. `tasks help ranking` lists the points; tasks without criteria come last. Tasks that are
    left out are counted with the reason, such as a claim of somebody else; one in progress whose claim has
    expired is offered again. Filters limit the tasks that are considered. With --claim the best is claimed in
    the same step, and the answer is that of `tasks pickup`.
    """
    parallel = parallelize is not None
    if output is NextFormat.IDS or (output is None and parallel and not is_terminal(sys.stdout)):
        session.console.output = Format.PLAIN
    _check(
        claim=take,
        parallel=parallel,
        blocked=include_blocked,
        others=(by, lease, session.dry_run or None, exclusive or None),
    )
    if take:
        session.begin("task.claim", dry_run=session.dry_run)
    level = None if executor is None else single_word("--executor", ExecutorLevel, executor)
    largest = None if max_size is None else single_word("--max-size", Size, max_size)
    session.acting = by
    words = {"kind": kind, "priority": priority, "ambiguity": ambiguity, "isolation": isolation}
    criteria = read_criteria(words, label=label, assignee=assignee, parent=parent, search=search, meta=meta)
    wanted = read_options(session, criteria, mine=mine, view=view)
    store = session.store
    claims = find_claims(store)

    def choose(snapshot: Snapshot) -> tuple[Choice, Sequence[Task], Problems]:
        session.kept = snapshot
        if wanted != _ALL:
            from taskfiles.backlog.unmatched import check_parents  # noqa: PLC0415 (few calls filter)

            check_parents(snapshot, wanted, find_parents(snapshot.tasks))
        choice = choose_next(
            snapshot.tasks,
            count=len(snapshot.tasks) if take else count,
            executor=level,
            max_size=largest,
            parallelize=parallelize,
            **claims._asdict(),
            strict=strict,
            wanted=None if wanted == _ALL else wanted,
            include_blocked=include_blocked,
            now=store.now(),
            zone=store.zone,
        )
        return choice, snapshot.tasks, find_problems(snapshot.unreadable, snapshot.tasks)

    answer: dict[str, Any] = {}
    choice, tasks, problems = store.with_snapshot(choose)
    try:
        if take:
            _claim(session, choice, tasks, by, lease, exclusive=exclusive)
        else:
            answer = _show(session, choice, claims, parallel=parallel, filtered=wanted != _ALL)
    finally:
        session.warn_problems(problems, {each.task.path for each in choice.candidates})
    if wanted != _ALL:
        warn_of_wanted(session, wanted, tasks)
    if not take:
        _note_others(session, answer)
    return 0


def _note_others(session: Session, answer: dict[str, Any]) -> None:
    """Say what else there is, and what to do about it; ideas are named where nothing else is."""
    for each in answer["skipped"]:
        if each["code"] == "idea" and answer["candidates"]:
            continue
        one, several, remedy = _WORDS.get(each["code"], ("can't be started", "can't be started", _PLAN))
        count = each["count"]
        more = ", …" if count > len(each["ids"]) else ""
        named = f"{count} {one if count == 1 else several}: {', '.join(each['ids'])}{more}"
        session.console.note(named + (f"; {remedy}." if remedy else "."))


_PLAN = "`tasks plan` says why"
_WORDS = {
    "ancestor-blocked": ("is below a blocked one", "are below blocked ones", ""),
    "ancestor-closed": ("is below a closed one", "are below closed ones", ""),
    "ancestor-waits": ("waits with a task above it", "wait with tasks above them", _PLAN),
    "blocked": ("is blocked", "are blocked", "`tasks update ID --unset blocked` unblocks one"),
    "children": ("has open tasks below it", "have open tasks below them", "`tasks tree ID` shows them"),
    "circle": ("waits in a circle", "wait in circles", "`tasks validate` shows it"),
    "claimed": ("is claimed", "are claimed", "`tasks show ID` says by whom"),
    "closed-elsewhere": (
        "is closed in another worktree",
        "are closed in other worktrees",
        "`tasks pickup ID` says where",
    ),
    "criteria": ("has no criteria", "have no criteria", "`tasks update ID --add-criterion TEXT` writes one"),
    "dependency": ("depends on what is not done", "depend on what is not done", _PLAN),
    "duplicate-id": ("has its id twice", "have their ids twice", "`tasks doctor` says where"),
    "idea": ("is in state idea", "are in state idea", "`tasks move ID ready` makes one ready"),
    "in-progress": ("is in progress", "are in progress", ""),
    "invalid": ("is invalid", "are invalid", "`tasks validate` says why"),
    "not-before": ("is not to be begun yet", "are not to be begun yet", "`tasks show ID` says before when"),
    "unfit": ("is beyond --executor or --max-size", "are beyond --executor or --max-size", ""),
}


def _check(*, claim: bool, parallel: bool, blocked: bool, others: Sequence[object]) -> None:
    problem = None
    if claim and blocked:
        problem = "--claim takes what can be begun; leave --include-blocked out."
    elif claim and parallel:
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


def _show(
    session: Session, choice: Choice, claims: ProjectClaims, *, parallel: bool, filtered: bool
) -> dict[str, Any]:
    ids = choice.selected if parallel else [each.task.id for each in choice.candidates]
    answer = choice_object(choice, claims.lapsed, session.claims_of(), session.store.milestones)
    console = session.console
    now, zone = session.store.now(), session.store.zone
    human = partial(
        render_choice,
        answer,
        parallel,
        console.width(),
        console.icons(),
        filtered=filtered,
        is_past=partial(is_past, now=now, zone=zone),
    )
    console.answer(answer, human=human, plain=ids)
    return answer
