"""`tasks new`: create a task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import TaskfilesError, create
from taskfiles.task.keys import WORDS
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_SOME, command
from taskfiles_cli.line.pairs import read_fields
from taskfiles_cli.line.texts import read_optional, read_text
from taskfiles_cli.line.values import read_meta, single_word

if TYPE_CHECKING:
    from taskfiles_cli.line.options import TEXT_HELP, Fields, Text, Texts, opt, word_help


@command(*CHANGES_SOME, action="task.create", about="task_id")
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
    label: Annotated[Texts, opt("TEXT", "A label; may be repeated.")] = None,
    assignee: Annotated[Texts, opt("TEXT", "Who it is for; may be repeated.")] = None,
    touches: Annotated[Texts, opt("TEXT", "A glob of paths it will change; may be repeated.")] = None,
    depends_on: Annotated[Texts, opt("TEXT", "An id that must be done first; may be repeated.")] = None,
    meta: Annotated[Texts, opt("KEY=VALUE", "Any other key; may be repeated.")] = None,
    field: Fields = None,
    body: Annotated[Text, opt("TEXT", "The whole body. " + TEXT_HELP)] = None,
) -> int:
    """Create a task, by default as an idea."""
    words = {"kind": kind, "state": state, "priority": priority, "size": size, "ambiguity": ambiguity}
    words |= {"executor": executor, "isolation": isolation}
    keys: dict[str, Any] = dict(read_meta("--meta", text) for text in meta or ())
    for key in ("id", "title"):
        if key in keys:
            raise TaskfilesError("fixed-key", field=key, remedy=f"Use --{key}.")
    keys |= {
        key: single_word(f"--{key}", WORDS[key], text) for key, text in words.items() if text is not None
    }
    lists = {"labels": label, "assignees": assignee, "touches": touches, "depends_on": depends_on}
    keys |= {key: items for key, items in lists.items() if items}
    text = read_text("--title", title).strip()
    if len(text.splitlines()) > 1:
        remedy = "Put the rest into --field Overview TEXT."
        raise TaskfilesError(
            "bad-value", option="--title", given="several lines", problem="a title is one", remedy=remedy
        )
    if not text:
        remedy = "Say in a few words what is to be done."
        raise TaskfilesError(
            "bad-value", option="--title", given="blank", problem="a task needs one", remedy=remedy
        )
    changes = create(
        session.store,
        text,
        task_id=task_id,
        keys=keys,
        sections=read_fields(field),
        body=_body(read_optional("--body", body)),
        parent=parent,
        dry_run=session.dry_run,
    ).changes
    session.about(changes[0].after.id)
    answer = session.mutation(changes)
    task = changes[0].after
    session.answer_mutation(answer, changes, f"Created {task.id} in {task.path}", plain=[task.id])
    return 0


def _body(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None if text is None else ""
    return "\n" + text.lstrip("\r\n").rstrip("\r\n") + "\n"
