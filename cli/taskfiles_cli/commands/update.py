"""`tasks update`: change a task's keys, sections and checkboxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import TaskfilesError, Update
from taskfiles import update as update_task
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_ONE, command
from taskfiles_cli.line.names import find_id, find_references
from taskfiles_cli.line.pairs import read_appends, read_boxes, read_criteria, read_fields
from taskfiles_cli.line.task_keys import read_body, read_lists, read_metas, read_named_words, read_title
from taskfiles_cli.line.values import read_items

if TYPE_CHECKING:
    from taskfiles_cli.line.options import (
        TEXT_HELP,
        AllowMissing,
        Appends,
        Criteria,
        FieldFiles,
        Fields,
        TaskId,
        Text,
        Texts,
        opt,
        word_help,
    )


@command(*CHANGES_ONE, action="task.update", about="task_id")
def update(
    session: Session,
    task_id: TaskId,
    *,
    title: Annotated[Text, opt("TITLE", "The title. " + TEXT_HELP)] = None,
    kind: Annotated[Text, opt("WORD", word_help("kind"))] = None,
    state: Annotated[Text, opt("WORD", word_help("state"), "--state", "-s")] = None,
    priority: Annotated[Text, opt("WORD", word_help("priority"), "--priority", "-p")] = None,
    size: Annotated[Text, opt("WORD", word_help("size"))] = None,
    ambiguity: Annotated[Text, opt("WORD", word_help("ambiguity"))] = None,
    executor: Annotated[Text, opt("WORD", word_help("executor"))] = None,
    isolation: Annotated[Text, opt("WORD", word_help("isolation"))] = None,
    parent: Annotated[Text, opt("ID", "Move the task to this one's children.")] = None,
    label: Annotated[Texts, opt("LABELS", "Add labels, commas between.", "--label", "-l")] = None,
    assignee: Annotated[
        Texts, opt("NAMES", "Add whom it is for, commas between.", "--assignee", "-a")
    ] = None,
    touches: Annotated[Texts, opt("TEXT", "Add a glob of paths it will change; may be repeated.")] = None,
    depends_on: Annotated[Texts, opt("IDS", "Add ids that must be done first.")] = None,
    blocks: Annotated[Texts, opt("IDS", "Add ids that wait for this task.")] = None,
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
    """Change a task's keys, sections and checkboxes in one write; the options of `tasks new` and more.

    No line is touched that needn't be: comments, order and layout stay.
    """
    words = {"title": title, "kind": kind, "state": state, "priority": priority, "size": size}
    words |= {"ambiguity": ambiguity, "executor": executor, "isolation": isolation}
    values = read_metas("tasks update", meta, words)
    if title is not None:
        values["title"] = read_title(title)
    values |= read_named_words({key: text for key, text in words.items() if key != "title"})
    _refuse_opposites("--unset and another option", set(values) & set(unset or ()))
    ticked, cleared = read_boxes(check), read_boxes(uncheck)
    _refuse_opposites("--check and --uncheck", set(ticked) & set(cleared))
    lists = {"labels": label, "assignees": assignee, "touches": touches}
    lists |= {"depends_on": depends_on, "blocks": blocks}
    added = [(key, item) for key, items in read_lists(lists, session.store).items() for item in items]
    wanted = Update(
        set=values,
        unset=tuple(unset or ()),
        add=(*added, *find_references(session.store, read_items("--add", add))),
        remove=tuple(find_references(session.store, read_items("--remove", remove))),
        body=read_body(body),
        sections=tuple(read_fields(field, field_file)),
        appends=tuple(read_appends(append)),
        criteria=tuple(read_criteria("--add-criterion", add_criterion)),
        checks=dict.fromkeys(ticked, True) | dict.fromkeys(cleared, False),
        parent=None if parent is None else find_id(session.store, parent),
    )
    if wanted == Update():
        raise TaskfilesError("usage", problem="No change is given.", command="tasks update")
    done = update_task(
        session.store,
        task_id,
        wanted,
        allow_missing=allow_missing,
        if_match=session.if_match,
        dry_run=session.dry_run,
    )
    changes, boxes = done.changes, done.made
    keys = ("section", "number", "text", "checked")
    more = {"boxes": [{key: getattr(box, key) for key in keys} for box in boxes]} if boxes else {}
    said = [f"{'ticked' if box.checked else 'cleared'} “{box.text}”" for box in boxes]
    sentence = f"Updated {task_id} in {changes[0].after.path}" + (f": {', '.join(said)}" if said else "")
    session.answer_mutation(session.mutation(changes, **more), changes, sentence)
    return 0


def _refuse_opposites(options: str, both: set[Any]) -> None:
    if both:
        problem = f"{options} both name {min(both)}; leave one of them out."
        raise TaskfilesError("usage", problem=problem, command="tasks update")
