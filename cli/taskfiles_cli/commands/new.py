"""`tasks new`: create a task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import TaskfilesError, create, create_all
from taskfiles.errors import number_of
from taskfiles.operations.new import STORY_BY_CHILD
from taskfiles.remedy import Remedy
from taskfiles.text.checkboxes import write_box
from taskfiles.text.sections import ACCEPTANCE_CRITERIA
from taskfiles_cli.command.choice import name_people
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_SOME, command
from taskfiles_cli.line.entries import read_entries
from taskfiles_cli.line.links import read_link
from taskfiles_cli.line.names import find_id
from taskfiles_cli.line.pairs import read_criteria, read_fields
from taskfiles_cli.line.planned import read_planned
from taskfiles_cli.line.task_keys import read_body, read_lists, read_metas, read_named_words, read_title

if TYPE_CHECKING:
    from taskfiles_cli.line.options import (
        TEXT_HELP,
        UNTIL,
        AllowMissing,
        Criteria,
        FieldFiles,
        Fields,
        Text,
        Texts,
        arg,
        opt,
        word_help,
    )


@command(*CHANGES_SOME, action="task.create", about="task_id", finds=())
def new(
    session: Session,
    words: Annotated[Text, arg("TITLE", "The title; the id comes from it.", show_default=False)] = None,
    *,
    title: Annotated[Text, opt("TITLE", "The title. " + TEXT_HELP)] = None,
    source: Annotated[
        Text, opt("FILE", "Create the tasks of a file, JSON or Markdown (`-`: standard input).", "--from")
    ] = None,
    template: Annotated[
        Text,
        opt(
            "NAME",
            "Begin with `[templates.NAME]` of tasks/tasks.toml. Default: that of the kind, if there is one.",
        ),
    ] = None,
    task_id: Annotated[Text, opt("ID", "An id of your choice.", "--id")] = None,
    kind: Annotated[
        Text, opt("WORD", word_help("kind") + "; by default one level below the parent's.")
    ] = None,
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
    parent: Annotated[Text, opt("ID", "Add the task to this one's children.")] = None,
    label: Annotated[Texts, opt("LABELS", "Labels, commas between.", "--label", "-l")] = None,
    assignee: Annotated[Texts, opt("NAMES", "Who it is for, commas between.", "--assignee", "-a")] = None,
    touches: Annotated[Texts, opt("TEXT", "A glob of paths it will change; may be repeated.")] = None,
    depends_on: Annotated[Texts, opt("IDS", "Ids that must be done first, commas between.")] = None,
    blocks: Annotated[Texts, opt("IDS", "Ids that wait for this task, commas between.")] = None,
    link: Annotated[
        Texts,
        opt("TARGET", "A link: a URL, a file, a task, RELATION:ID, OWNER/REPO#12, ABC-12; may be repeated."),
    ] = None,
    allow_missing: AllowMissing = False,
    meta: Annotated[Texts, opt("KEY=VALUE", "Any other key; may be repeated.")] = None,
    add_criterion: Criteria = None,
    field: Fields = None,
    field_file: FieldFiles = None,
    body: Annotated[Text, opt("TEXT", "The whole body. " + TEXT_HELP)] = None,
) -> int:
    """Create a task, by default as an idea; with --from many, which may name each other, all or none.

    Without --kind it is one level below its parent; a parent that is a task becomes a story.
    In JSON an entry has `title`, any key, and `ref`, `template`, `criteria`, `sections`, `body`; in Markdown
    it begins with `# Title`, lines of `key: value` after it. `parent`, `children`, `depends_on` and `blocks`
    name other entries by ref, id or title.
    """
    if source is not None:
        alone = (words, title, task_id, body)
        return _create_all(session, source, template, allow_missing=allow_missing, alone=alone)
    given_title = title if words is None else words
    if given_title is None or None not in (title, words):
        problem = "--title is missing." if given_title is None else "The title is given twice."
        raise TaskfilesError("usage", problem=problem, command="tasks new")
    text = read_title(given_title)
    named = {"kind": kind, "state": state, "priority": priority, "size": size, "ambiguity": ambiguity}
    named |= {"executor": executor, "isolation": isolation}
    given = {"labels": label, "assignees": name_people(session, assignee), "touches": touches}
    lists = read_lists(given | {"depends_on": depends_on, "blocks": blocks}, session.store)
    dates = {"due": due, "not_before": not_before, "estimate_minutes": estimate, "rank": rank}
    if links := [read_link(session.store, "--link", text) for text in link or ()]:
        lists["links"] = links
    keys = read_metas("tasks new", meta, {**named, **lists, **dates})
    for key in ("id", "title"):
        if key in keys:
            raise TaskfilesError("fixed-key", field=key, remedy=f"Use --{key}.")
    keys |= read_named_words(named) | lists
    keys |= read_planned(dates, session.store.now, session.store.zone)
    sections = read_fields(field, field_file)
    if criteria := read_criteria("--add-criterion", add_criterion):
        sections.insert(0, (ACCEPTANCE_CRITERIA, "\n".join(map(write_box, criteria))))
    try:
        changes = create(
            session.store,
            text,
            task_id=task_id,
            keys=keys,
            sections=sections,
            body=read_body(body),
            parent=None if parent is None else find_id(session.store, parent),
            allow_missing=allow_missing,
            created_by=_read_author(session),
            from_template=template,
            dry_run=session.dry_run,
        ).changes
    except TaskfilesError as error:
        _say_for_new(error)
        raise
    session.about(changes[0].after.id)
    answer = session.mutation(changes)
    task = changes[0].after
    level = f", a {task.kind}," if parent is not None and "kind" not in keys and task.kind != "task" else ""
    lifted = [each.after.id for each in changes if STORY_BY_CHILD in each.rules]
    also = f"; {lifted[0]} is a story now" if lifted else ""
    session.answer_mutation(
        answer, changes, f"Created {task.id}{level} in {task.path}{also}", plain=[task.id]
    )
    return 0


def _say_for_new(error: TaskfilesError) -> None:
    """Say what to type where a new task does not fit below its parent: it is not there yet to be updated."""
    remedy = error.hint.data.get("remedy") if isinstance(error.hint, Remedy) else None
    if error.details.get("finding") == "hierarchy-kind" and isinstance(remedy, Remedy):
        changed, key, value = (remedy.data[name] for name in ("changed", "key", "value"))
        if changed == remedy.data["child"]:
            rule = "A child's kind is below its parent's: epic, story, task."
            error.set_hint(f"{rule} `tasks new … --{key} {value}` makes it fit. Nothing was written.")


def _create_all(
    session: Session, source: str, template: str | None, *, allow_missing: bool, alone: tuple[object, ...]
) -> int:
    if any(each is not None for each in alone):
        problem = "--from is for tasks that say all of themselves; leave title, --id and --body out."
        raise TaskfilesError("usage", problem=problem, command="tasks new")
    entries = read_entries(source)
    done = create_all(
        session.store,
        entries,
        allow_missing=allow_missing,
        created_by=_read_author(session),
        from_template=template,
        dry_run=session.dry_run,
    )
    answer = session.mutation(done.changes)
    sentence = f"Created {number_of(len(done.made), 'task')}: {', '.join(done.made)}"
    session.answer_mutation(answer, list(done.changes), sentence, plain=done.made)
    return 0


def _read_author(session: Session) -> str | None:
    """Return the caller's name where new tasks keep it."""
    if not session.store.settings.created_by:
        return None
    from taskfiles_cli.command.pickup import read_holder  # noqa: PLC0415 (it may ask git)

    return read_holder(session.acting, session.store)
