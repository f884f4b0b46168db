"""`tasks new`: create a task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import TaskfilesError, create
from taskfiles.text.sections import ACCEPTANCE_CRITERIA
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_SOME, command
from taskfiles_cli.line.names import find_id
from taskfiles_cli.line.pairs import read_criteria, read_fields
from taskfiles_cli.line.task_keys import read_body, read_lists, read_metas, read_named_words, read_title

if TYPE_CHECKING:
    from taskfiles_cli.line.options import (
        TEXT_HELP,
        AllowMissing,
        Criteria,
        FieldFiles,
        Fields,
        Text,
        Texts,
        opt,
        word_help,
    )


@command(*CHANGES_SOME, action="task.create", about="task_id", finds=())
def new(
    session: Session,
    title: Annotated[str, opt("TITLE", "The title; the id comes from it. " + TEXT_HELP)],
    *,
    task_id: Annotated[Text, opt("ID", "An id of your choice.", "--id")] = None,
    kind: Annotated[Text, opt("WORD", word_help("kind"))] = None,
    state: Annotated[Text, opt("WORD", word_help("state"))] = None,
    priority: Annotated[Text, opt("WORD", word_help("priority"))] = None,
    size: Annotated[Text, opt("WORD", word_help("size"))] = None,
    ambiguity: Annotated[Text, opt("WORD", word_help("ambiguity"))] = None,
    executor: Annotated[Text, opt("WORD", word_help("executor"))] = None,
    isolation: Annotated[Text, opt("WORD", word_help("isolation"))] = None,
    parent: Annotated[Text, opt("ID", "Enter the task among this one's children.")] = None,
    label: Annotated[Texts, opt("LABELS", "Labels, commas between.")] = None,
    assignee: Annotated[Texts, opt("NAMES", "Who it is for, commas between.")] = None,
    touches: Annotated[Texts, opt("TEXT", "A glob of paths it will change; may be repeated.")] = None,
    depends_on: Annotated[Texts, opt("IDS", "Ids that must be done first, commas between.")] = None,
    blocks: Annotated[Texts, opt("IDS", "Ids that wait for this task, commas between.")] = None,
    allow_missing: AllowMissing = False,
    meta: Annotated[Texts, opt("KEY=VALUE", "Any other key; may be repeated.")] = None,
    add_criterion: Criteria = None,
    field: Fields = None,
    field_file: FieldFiles = None,
    body: Annotated[Text, opt("TEXT", "The whole body. " + TEXT_HELP)] = None,
) -> int:
    """Create a task, by default as an idea."""
    words = {"kind": kind, "state": state, "priority": priority, "size": size, "ambiguity": ambiguity}
    words |= {"executor": executor, "isolation": isolation}
    given = {"labels": label, "assignees": assignee, "touches": touches}
    lists = read_lists(given | {"depends_on": depends_on, "blocks": blocks}, session.store)
    keys = read_metas("tasks new", meta, {**words, **lists})
    for key in ("id", "title"):
        if key in keys:
            raise TaskfilesError("fixed-key", field=key, remedy=f"Use --{key}.")
    keys |= read_named_words(words) | lists
    text = read_title(title)
    sections = read_fields(field, field_file)
    if criteria := read_criteria("--add-criterion", add_criterion):
        sections.insert(
            0, (ACCEPTANCE_CRITERIA, "\n".join(f"- [ ] {' '.join(each.split())}" for each in criteria))
        )
    changes = create(
        session.store,
        text,
        task_id=task_id,
        keys=keys,
        sections=sections,
        body=read_body(body),
        parent=None if parent is None else find_id(session.store, parent),
        allow_missing=allow_missing,
        dry_run=session.dry_run,
    ).changes
    session.about(changes[0].after.id)
    answer = session.mutation(changes)
    task = changes[0].after
    session.answer_mutation(answer, changes, f"Created {task.id} in {task.path}", plain=[task.id])
    return 0
