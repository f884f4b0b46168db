"""Which tasks a command is about: filters as its options, an argument or a saved view say them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Any

from taskfiles import Filter, TaskfilesError
from taskfiles.basics.commas import split_commas
from taskfiles.task.values import suggest
from taskfiles.task.words import ExecutionStatus
from taskfiles_cli.line.values import parse_words, read_criteria, read_until, read_when

if TYPE_CHECKING:
    from datetime import datetime

    from taskfiles import Store, Task
    from taskfiles_cli.command.session import Session


def read_choice(
    session: Session,
    words: Mapping[str, Sequence[str] | None],
    *,
    label: Sequence[str] | None,
    assignee: Sequence[str] | None,
    parent: Sequence[str] | None,
    blocked: bool | None,
    only_open: bool,
    search: str,
    meta: Sequence[str] | None,
    has_execution: bool,
    status: Sequence[str] | None,
    model: Sequence[str] | None,
    tool: Sequence[str] | None,
    since: str | None,
    due_before: str | None,
    overdue: bool,
    mine: bool,
    view: str | None,
) -> Filter:
    """Make a filter of the options of `list`; `words` are those named after keys.

    Raises TaskfilesError (bad-value, bad-config).
    """
    criteria = read_criteria(words, label=label, assignee=assignee, parent=parent, search=search, meta=meta)
    store = session.store
    criteria |= {
        "blocked": blocked,
        "open": only_open or overdue,
        "has_execution": has_execution,
        "status": parse_words("--status", ExecutionStatus, status or ()) or None,
        "model": split_commas(model or ()) or None,
        "tool": split_commas(tool or ()) or None,
        "since": read_when("--since", since, store.now(), store.zone) if since else None,
        "due_before": _read_due(store, due_before, overdue=overdue),
        "zone": store.zone if since or due_before or overdue or view else UTC,
    }
    return read_options(session, criteria, mine=mine, view=view)


def _read_due(store: Store, text: str | None, *, overdue: bool) -> datetime | None:
    """Return the instant before which tasks are to be due: the earlier of the two that are asked for."""
    if text is None and not overdue:
        return None
    now = store.now()
    before = now if text is None else read_until("--due-before", text, now, store.zone)
    return min(before, now) if overdue else before


def read_where(session: Session, texts: Sequence[str]) -> Filter:
    """Read the filters of `--where`, which all must hold. Raises TaskfilesError (bad-value)."""
    from taskfiles.backlog.filter_text import read_filters, split_filters  # noqa: PLC0415 (few commands filter so)

    given = split_filters(" ".join(texts))
    if not given:
        problem, remedy = "it names no filter", "Write as in --where 'state=idea label=ui'."
        raise TaskfilesError("bad-value", option="--where", given="blank", problem=problem, remedy=remedy)
    store = session.store
    return make_filter(session, read_filters(given, store.now(), store.zone))


def make_filter(session: Session, fields: Mapping[str, Any]) -> Filter:
    """Make a filter of its fields, with the caller's name for `@me`."""
    if not fields.get("assignee"):
        return Filter(**fields)
    from taskfiles.backlog.filter_text import name_me  # noqa: PLC0415 (few filters name people)

    return Filter(**name_me(fields, lambda: _name(session)))


def name_people(session: Session, names: Sequence[str] | None) -> list[str] | None:
    """Return names, commas between them split, with the caller's own for `@me`."""
    if names is None or not any("me" in each.casefold() for each in names):
        return None if names is None else [*names]
    from taskfiles.backlog.filter_text import is_me, name_me  # noqa: PLC0415 (as above)

    split = split_commas(names)
    if not any(map(is_me, split)):
        return [*names]
    found: list[str] = name_me({"assignee": split}, lambda: _name(session))["assignee"]
    return found


def _name(session: Session) -> str:
    from taskfiles_cli.command.pickup import read_holder  # noqa: PLC0415 (it may ask git)

    return read_holder(session.acting, session.store)


def read_options(session: Session, given: Mapping[str, Any], *, mine: bool, view: str | None) -> Filter:
    """Make a filter of options, as fields of one, and of a saved view; an option replaces the view's own.

    Raises TaskfilesError (bad-value).
    """
    fields = read_view(session, view) if view is not None else {}
    fields |= {name: value for name, value in given.items() if _is_given(name, value)}
    if mine:
        fields["assignee"] = [*(given.get("assignee") or ()), "@me"]
    return make_filter(session, fields)


def warn_of_wanted(session: Session, wanted: Filter, tasks: Iterable[Task]) -> None:
    """Name what a filter asks for and none of all tasks has: it is mistyped, more often than not."""
    from taskfiles.backlog.unmatched import Lookout  # noqa: PLC0415 (few calls filter)
    from taskfiles_cli.command.problems import warn_of_unmatched  # noqa: PLC0415 (as above)

    lookout = Lookout(wanted)
    lookout.look_at(tasks)
    warn_of_unmatched(session.console, lookout, session.store)


def read_view(session: Session, name: str) -> dict[str, Any]:
    """Return the filters of a view in tasks/tasks.toml. Raises TaskfilesError (bad-value, bad-config)."""
    from taskfiles.operations.views import read_views  # noqa: PLC0415 (few lists name a view)

    store = session.store
    views = read_views(store.config.views, store.now(), store.zone)
    if name not in views:
        remedy = suggest(name, list(views)) + _say_views(views)
        raise TaskfilesError(
            "bad-value", option="--view", given=f"“{name}”", problem="there is no such view", remedy=remedy
        )
    found = views[name]
    if isinstance(found, TaskfilesError):
        found.add_hint(f"It stands in [views.{name}]; `tasks validate` shows the line.")
        raise found
    return found


def _say_views(views: Mapping[str, object]) -> str:
    if views:
        return f"tasks/tasks.toml has {', '.join(views)}."
    return "Write its filters into tasks/tasks.toml, below [views.NAME]."


def _is_given(name: str, value: object) -> bool:
    return value is not None and value not in ("", [], ()) and (value is not False or name == "blocked")
