"""`tasks list`: the tasks of a project, filtered and sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import Filter, Finding, Task, find_tasks, sort_tasks, task_object
from taskfiles.graph import find_parents
from taskfiles.keys import SHOW_KEYS, WORDS
from taskfiles.rules.references import check_duplicates
from taskfiles.words import ExecutionStatus
from taskfiles_cli.output import Colour, Format
from taskfiles_cli.render.table import COLUMNS, render_tasks
from taskfiles_cli.session import Session
from taskfiles_cli.texts import check_fields, parse_words, read_when, split_commas, split_pair

if TYPE_CHECKING:
    import typer

    from taskfiles_cli.options import Color, Output, Root, word_help


def list_tasks(
    output: Output = Format.HUMAN,
    state: Annotated[
        list[str] | None,
        typer.Option(metavar="WORDS", help=word_help("state", "; commas between")),
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option(metavar="WORDS", help=word_help("kind", "; commas between"))
    ] = None,
    priority: Annotated[
        list[str] | None,
        typer.Option(metavar="WORDS", help=word_help("priority", "; commas between")),
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option(metavar="LABELS", help="With one of these labels; repeat it to ask for several."),
    ] = None,
    assignee: Annotated[
        list[str] | None, typer.Option(metavar="NAMES", help="Assigned to one of these.")
    ] = None,
    executor: Annotated[
        list[str] | None,
        typer.Option(metavar="WORDS", help=word_help("executor", "; commas between")),
    ] = None,
    size: Annotated[
        list[str] | None,
        typer.Option(metavar="WORDS", help=word_help("size", "; commas between")),
    ] = None,
    ambiguity: Annotated[
        list[str] | None, typer.Option(metavar="WORDS", help=word_help("ambiguity", "; commas between"))
    ] = None,
    isolation: Annotated[
        list[str] | None,
        typer.Option(metavar="WORDS", help=word_help("isolation", "; commas between")),
    ] = None,
    parent: Annotated[list[str] | None, typer.Option(metavar="IDS", help="Children of one of these.")] = None,
    blocked: Annotated[
        bool | None,
        typer.Option("--blocked/--unblocked", help="Whether `blocked` says why the task can't go on."),
    ] = None,
    only_open: Annotated[bool, typer.Option("--open", help="Neither done nor canceled.")] = False,
    search: Annotated[str, typer.Option(metavar="TEXT", help="Text in id, title or body, in any case.")] = "",
    meta: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=VALUE", help="A key, dotted for nested ones, with this value or item."),
    ] = None,
    has_execution: Annotated[bool, typer.Option("--has-execution", help="With recorded attempts.")] = False,
    status: Annotated[
        list[str] | None, typer.Option(metavar="WORDS", help="With an attempt of this status.")
    ] = None,
    model: Annotated[
        list[str] | None, typer.Option(metavar="MODELS", help="With an attempt by this model.")
    ] = None,
    tool: Annotated[
        list[str] | None, typer.Option(metavar="TOOLS", help="With an attempt by this tool.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="WHEN", help="Changed since an instant, a date, or a duration ago (7d)."),
    ] = None,
    sort: Annotated[
        str, typer.Option(metavar="KEYS", help="Keys, separated by commas; `-key` for the reverse.")
    ] = "id",
    limit: Annotated[int | None, typer.Option(min=0, metavar="N", help="At most N tasks.")] = None,
    fields: Annotated[
        str | None,
        typer.Option(metavar="KEYS", help="Only these keys, body and derived among them if named."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 where a file is unreadable or invalid.")
    ] = False,
    root: Root = None,
    color: Color = Colour.AUTO,
) -> int:
    """List tasks, filtered and sorted; without filters all of them, by id.

    Filters of different kinds must all hold. A file that can't be read or is invalid is
    named on standard error; the exit code stays 0 unless --strict is given.
    """
    session = Session(output, root, color)
    words = {"state": state, "kind": kind, "priority": priority, "executor": executor, "size": size}
    words |= {"ambiguity": ambiguity, "isolation": isolation}
    wanted = Filter(
        words={key: parse_words(f"--{key}", WORDS[key], texts) for key, texts in words.items() if texts},
        labels=[frozenset(split_commas([group])) for group in label or ()],
        assignees=frozenset(split_commas(assignee or ())),
        parents=frozenset(split_commas(parent or ())),
        blocked=blocked,
        open=only_open,
        search=search,
        meta=[split_pair("--meta", text) for text in meta or ()],
        has_execution=has_execution,
        status=parse_words("--status", ExecutionStatus, status or ()),
        model=frozenset(split_commas(model or ())),
        tool=frozenset(split_commas(tool or ())),
        since=read_when("--since", since, session.store.now()) if since else None,
    )
    snapshot = session.store.snapshot()
    tasks = sort_tasks(find_tasks(snapshot.tasks, wanted), split_commas([sort]))[:limit]
    chosen = split_commas([fields]) if fields is not None else None
    parents = find_parents(snapshot.tasks) if parent else {}
    rows = [_row(task, chosen, parents.get(task.id)) for task in tasks]
    check_fields(chosen or (), snapshot.tasks)
    if chosen is not None:
        rows = [{key: row.get(key) for key in chosen} for row in rows]
    session.console.answer(
        rows,
        human=lambda: render_tasks(rows, chosen or COLUMNS, session.console.width()),
        plain=[task.id for task in tasks],
    )
    problems = [*snapshot.unreadable, *_first_errors(snapshot.tasks), *check_duplicates(snapshot.tasks)]
    session.warn_findings(problems)
    return 1 if strict and problems else 0


def _row(task: Task, chosen: list[str] | None, parent: str | None) -> dict[str, Any]:
    row = task_object(task, show=chosen is not None and not set(SHOW_KEYS).isdisjoint(chosen))
    return row | {"parent": parent} if parent is not None else row


def _first_errors(tasks: list[Task]) -> list[Finding]:
    """One warning for each invalid task: its first error."""
    return [task.errors[0] for task in tasks if task.errors]
