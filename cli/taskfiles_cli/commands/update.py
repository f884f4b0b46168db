"""`tasks update`: change a task's keys, sections and checkboxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import TaskfilesError, Update
from taskfiles import update as update_task
from taskfiles.errors import number_of
from taskfiles_cli.command.beginning import is_typed
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_ONE, command
from taskfiles_cli.line.names import find_id, find_references
from taskfiles_cli.line.pairs import read_appends, read_boxes, read_criteria, read_fields
from taskfiles_cli.line.task_keys import read_body, read_lists, read_metas, read_named_words, read_title
from taskfiles_cli.line.values import read_items

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskfiles import Filter, Store
    from taskfiles_cli.line.options import (
        TEXT_HELP,
        UNTIL,
        AllowMissing,
        Appends,
        Criteria,
        FieldFiles,
        Fields,
        Text,
        Texts,
        arg,
        complete_ids,
        flag,
        opt,
        word_help,
    )


@command(*CHANGES_ONE, action="task.update", about="ids")
def update(
    session: Session,
    *,
    ids: Annotated[
        Texts,
        arg(
            "ID",
            "The tasks: ids, their files' paths, or KIND-ID.",
            show_default=False,
            autocompletion=complete_ids,
        ),
    ] = None,
    where: Annotated[
        Texts,
        opt(
            "FILTERS",
            "Instead of ids: all that match these filters of `tasks list`, as in 'state=idea label=ui'.",
        ),
    ] = None,
    yes: Annotated[bool, flag("Change more than 20 tasks without a terminal.", "--yes")] = False,
    title: Annotated[Text, opt("TITLE", "The title. " + TEXT_HELP)] = None,
    kind: Annotated[Text, opt("WORD", word_help("kind"))] = None,
    state: Annotated[Text, opt("WORD", word_help("state"), "--state", "-s")] = None,
    priority: Annotated[Text, opt("WORD", word_help("priority"), "--priority", "-p")] = None,
    size: Annotated[Text, opt("WORD", word_help("size"))] = None,
    ambiguity: Annotated[Text, opt("WORD", word_help("ambiguity"))] = None,
    executor: Annotated[Text, opt("WORD", word_help("executor"))] = None,
    isolation: Annotated[Text, opt("WORD", word_help("isolation"))] = None,
    due: Annotated[Text, opt("WHEN", f"Until when: {UNTIL}.")] = None,
    not_before: Annotated[Text, opt("WHEN", "Not to be begun before that.")] = None,
    estimate: Annotated[Text, opt("MINUTES", "How long a person would take: 90, 90m or 2h.")] = None,
    rank: Annotated[Text, opt("NUMBER", "Its place among equals; the lowest comes first.")] = None,
    parent: Annotated[Text, opt("ID", "Move the task to this one's children.")] = None,
    label: Annotated[Texts, opt("LABELS", "Add labels, commas between.", "--label", "-l")] = None,
    assignee: Annotated[
        Texts, opt("NAMES", "Add whom it is for, commas between.", "--assignee", "-a")
    ] = None,
    touches: Annotated[Texts, opt("TEXT", "Add a glob of paths it will change; may be repeated.")] = None,
    depends_on: Annotated[Texts, opt("IDS", "Add ids that must be done first.")] = None,
    blocks: Annotated[Texts, opt("IDS", "Add ids that wait for this task.")] = None,
    link: Annotated[
        Texts,
        opt(
            "TARGET",
            "Add a link: a URL, a file, a task, RELATION:ID, OWNER/REPO#12, ABC-12; may be repeated.",
        ),
    ] = None,
    allow_missing: AllowMissing = False,
    meta: Annotated[
        Texts,
        opt(
            "KEY=VALUE",
            "Set a key. The value is text as typed, unless it is true, false, a number, or a list or map in "
            'brackets (`labels=[a, b]`). `null` removes the key; `"null"` is the word.',
        ),
    ] = None,
    unset: Annotated[Texts, opt("KEY", "Remove a key.")] = None,
    add: Annotated[
        Texts,
        opt("KEY=ITEM", "Add an item to a list, unless it is there; commas between several ids or labels."),
    ] = None,
    remove: Annotated[Texts, opt("KEY=ITEM", "Remove an item from a list.")] = None,
    field: Fields = None,
    field_file: FieldFiles = None,
    append: Appends = None,
    body: Annotated[Text, opt("TEXT", "Replace the whole body. " + TEXT_HELP)] = None,
    add_criterion: Criteria = None,
    check: Annotated[
        Texts,
        opt(
            "BOX",
            "Tick a checkbox: N counts those of Acceptance Criteria from 1 (commas between several), "
            "SECTION:N those of another section; or a text that only one has.",
        ),
    ] = None,
    uncheck: Annotated[Texts, opt("BOX", "Clear a checkbox.")] = None,
) -> int:
    """Change tasks' keys, sections and checkboxes in one write; the options of `tasks new` and more.

    Only the lines that must change do: comments, order and layout stay. Several tasks change together or not
    at all, and one `tasks undo` reverts all.
    """
    _check_choice(session, ids, where)
    words = {"title": title, "kind": kind, "state": state, "priority": priority, "size": size}
    words |= {"ambiguity": ambiguity, "executor": executor, "isolation": isolation}
    dates = {"due": due, "not_before": not_before, "estimate_minutes": estimate, "rank": rank}
    values = read_metas("tasks update", meta, {**words, **dates})
    if title is not None:
        values["title"] = read_title(title)
    values |= read_named_words({key: text for key, text in words.items() if key != "title"})
    values |= _read_dates(session.store, dates)
    _refuse_opposites("--unset and another option", set(values) & set(unset or ()))
    ticked, cleared = read_boxes(check), read_boxes(uncheck)
    _refuse_opposites("--check and --uncheck", set(ticked) & set(cleared))
    lists = {"labels": label, "assignees": _name_people(session, assignee), "touches": touches}
    lists |= {"depends_on": depends_on, "blocks": blocks}
    added = [(key, item) for key, items in read_lists(lists, session.store).items() for item in items]
    linked, given, taken = (
        _read_links(session.store, link, add, remove) if link or add or remove else _NOTHING
    )
    wanted = Update(
        set=values,
        unset=tuple(unset or ()),
        add=(*added, *linked, *find_references(session.store, given)),
        remove=tuple(find_references(session.store, taken)),
        body=read_body(body),
        sections=tuple(read_fields(field, field_file)),
        appends=tuple(read_appends(append)),
        criteria=tuple(read_criteria("--add-criterion", add_criterion)),
        checks=dict.fromkeys(ticked, True) | dict.fromkeys(cleared, False),
        parent=None if parent is None else find_id(session.store, parent),
    )
    if wanted == Update():
        raise TaskfilesError("usage", problem="No change is given.", command="tasks update")
    if ids is None or len(ids) > 1:
        _update_all(session, ids, where or (), wanted, yes=yes, allow_missing=allow_missing)
        return 0
    (task_id,) = ids
    done = update_task(
        session.store,
        task_id,
        wanted,
        allow_missing=allow_missing,
        if_match=session.if_match,
        dry_run=session.dry_run,
    )
    boxes = [{key: getattr(box, key) for key in _BOX} for box in done.made]
    said = [f"{'ticked' if box.checked else 'cleared'} “{box.text}”" for box in done.made]
    sentence = f"Updated {task_id} in {done.changes[0].after.path}" + (f": {', '.join(said)}" if said else "")
    answer = session.mutation(done.changes, **({"boxes": boxes} if boxes else {}))
    session.answer_mutation(answer, done.changes, sentence)
    return 0


_NOTHING: tuple[list[tuple[str, Any]], ...] = ([], [], [])
_BOX = ("section", "number", "text", "checked")
_NAMED = 10  # ids in a sentence
_MANY = 20  # tasks that change unasked where nobody sees how many they are


def _check_choice(session: Session, ids: list[str] | None, where: list[str] | None) -> None:
    problem = None
    if not ids and not where:
        problem = "ID is missing."
    elif ids and where:
        problem = "Name ids, or choose tasks with --where, not both."
    elif session.if_match is not None and (where or len(set(ids or ())) > 1):
        problem = "--if-match is about one task; name a single one."
    if problem is not None:
        raise TaskfilesError("usage", problem=problem, command="tasks update")


def _read_dates(store: Store, given: dict[str, str | None]) -> dict[str, Any]:
    if not any(text is not None for text in given.values()):
        return {}
    from taskfiles_cli.line.planned import read_planned  # noqa: PLC0415 (few updates plan)

    return read_planned(given, store.now, store.zone)


def _name_people(session: Session, names: list[str] | None) -> list[str] | None:
    if names is None:
        return None
    from taskfiles_cli.command.choice import name_people  # noqa: PLC0415 (few updates name people)

    return name_people(session, names)


def _read_links(
    store: Store, link: list[str] | None, add: list[str] | None, remove: list[str] | None
) -> tuple[list[tuple[str, Any]], ...]:
    """Read `--link`, and items of lists that are added and removed, with the links among them."""
    from taskfiles_cli.line.links import read_among, read_link  # noqa: PLC0415 (few updates are of links)

    linked = [("links", read_link(store, "--link", text)) for text in link or ()]
    given = read_among(store, "--add", read_items("--add", add))
    return linked, given, read_among(store, "--remove", read_items("--remove", remove), is_new=False)


def _update_all(
    session: Session,
    ids: list[str] | None,
    where: Sequence[str],
    wanted: Update,
    *,
    yes: bool,
    allow_missing: bool,
) -> None:
    """Change several tasks at once, and answer with all of them."""
    from taskfiles import update_all  # noqa: PLC0415 (most updates are of one task)
    from taskfiles_cli.command.choice import read_where  # noqa: PLC0415 (as above)

    chosen = ids if ids is not None else read_where(session, where)
    done = update_all(
        session.store,
        chosen,
        wanted,
        most=None if yes or session.dry_run or is_typed() else _MANY,
        allow_missing=allow_missing,
        dry_run=session.dry_run,
    )
    boxes = [
        {"id": task_id, **{key: getattr(box, key) for key in _BOX}}
        for task_id, made in done.made.items()
        for box in made
    ]
    changed = [change.after.id for change in done.changes if change.changed]
    same = len(done.changes) - len(changed)
    named = ", ".join(changed[:_NAMED]) + (", …" if len(changed) > _NAMED else "")
    sentence = f"Updated {number_of(len(changed), 'task')}: {named}"
    sentence += f"; {same} already up to date" if same else ""
    dry_run = {"dry_run": session.dry_run}
    answer = session.mutation(done.changes, **dry_run, **({"boxes": boxes} if boxes else {}))
    session.answer_mutation(answer, done.changes, sentence)
    if not done.changes:
        session.console.note("No task matches.")
        if not isinstance(chosen, list):
            _warn_of_unmatched(session, chosen)


def _warn_of_unmatched(session: Session, wanted: Filter) -> None:
    from taskfiles.backlog.unmatched import Lookout  # noqa: PLC0415 (only a filter that nothing matches)
    from taskfiles_cli.command.problems import warn_of_unmatched  # noqa: PLC0415 (as above)

    lookout = Lookout(wanted)
    lookout.look_at(session.store.tasks())
    warn_of_unmatched(session.console, lookout, session.store)


def _refuse_opposites(options: str, both: set[Any]) -> None:
    if both:
        problem = f"{options} both name {min(both)}; leave one of them out."
        raise TaskfilesError("usage", problem=problem, command="tasks update")
