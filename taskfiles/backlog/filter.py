"""The filter of tasks; it is checked when it is made, so that no mistyped field or word is ignored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from taskfiles.errors import TaskfilesError
from taskfiles.task.keys import WORDS
from taskfiles.task.values import suggest
from taskfiles.task.words import ExecutionStatus

if TYPE_CHECKING:
    from typing import Never

Texts: TypeAlias = "str | Iterable[str] | None"
Group: TypeAlias = "AbstractSet[str] | list[str] | tuple[str, ...]"
Scalar: TypeAlias = "str | int | float | bool | None"


class Filter:
    """Conditions on a task: it must match every given field, each by any of its values.

        Filter(state={"ready", "idea"}, label="bug", open=True)

    A field takes one text or several. None, the default, is no condition; an empty set matches no task.

    `kind`, `state`, `priority`, `size`, `ambiguity`, `executor`, `isolation` and `status` take words of the
    format; `parent` takes ids. `label={"bug", "ui"}` matches either label, `labels=[{"bug"}, {"ui"}]` one
    label of each group; if both are given, `label` is one more group. `blocked=True` matches tasks that
    something blocks, False all others; `open` matches tasks that are neither done nor canceled. `search`
    matches a part of id, title, a label or body, ignoring case. `meta` maps keys, or dotted paths of keys, to
    values: a text matches itself and its value as YAML, None a missing key; pairs instead of a mapping can
    name a key twice, as for two items of a list. `has_execution` matches tasks with attempts; `status`,
    `model` and `tool` must match the same attempt. `since`, an aware datetime, matches tasks whose latest own
    instant is not before it; a day counts to its end in the time zone `zone`. `due_before`, an aware
    datetime, matches tasks that are due before it; a day is due at its end.

    A filter is immutable. Raises TaskfilesError (bad-value) for an unknown field, word or type, blank
    text, and a datetime without a time zone.
    """

    __slots__ = (
        *("kind", "state", "priority", "size", "ambiguity", "executor", "isolation"),
        *("labels", "assignee", "parent", "blocked", "open", "search", "meta"),
        *("has_execution", "status", "model", "tool", "since", "due_before", "zone"),
    )
    kind: frozenset[str] | None
    state: frozenset[str] | None
    priority: frozenset[str] | None
    size: frozenset[str] | None
    ambiguity: frozenset[str] | None
    executor: frozenset[str] | None
    isolation: frozenset[str] | None
    labels: tuple[frozenset[str], ...]
    assignee: frozenset[str] | None
    parent: frozenset[str] | None
    blocked: bool | None
    open: bool
    search: str
    meta: tuple[tuple[str, Scalar], ...]
    has_execution: bool
    status: frozenset[str] | None
    model: frozenset[str] | None
    tool: frozenset[str] | None
    since: datetime | None
    due_before: datetime | None
    zone: tzinfo

    def __init__(
        self,
        *,
        kind: Texts = None,
        state: Texts = None,
        priority: Texts = None,
        size: Texts = None,
        ambiguity: Texts = None,
        executor: Texts = None,
        isolation: Texts = None,
        label: Texts = None,
        labels: Iterable[Group] | None = None,
        assignee: Texts = None,
        parent: Texts = None,
        blocked: bool | None = None,
        open: bool = False,  # noqa: A002 (named as on the command line)
        search: str | None = None,
        meta: Mapping[str, Scalar] | Iterable[tuple[str, Scalar]] | None = None,
        has_execution: bool = False,
        status: Texts = None,
        model: Texts = None,
        tool: Texts = None,
        since: datetime | None = None,
        due_before: datetime | None = None,
        zone: tzinfo = UTC,
        **unknown: Never,
    ) -> None:
        for name in unknown:
            remedy = f"{suggest(name, _FIELDS)}Its fields are {', '.join(_FIELDS)}."
            _refuse("A filter", f"given “{name}”", "it has no such field", remedy)
        words = {"kind": kind, "state": state, "priority": priority, "size": size, "ambiguity": ambiguity}
        words |= {"executor": executor, "isolation": isolation, "status": status}
        texts = {"assignee": assignee, "parent": parent, "model": model, "tool": tool}
        switches = {"open": open, "has_execution": has_execution}
        switches |= {} if blocked is None else {"blocked": blocked}
        if not isinstance(search, str | None):
            _refuse_value("search", search, "it is a text", "Leave the field out to ask nothing.")
        fields: dict[str, Any] = {name: _parse_words(name, given) for name, given in words.items()}
        fields |= {name: _parse_texts(name, given) for name, given in texts.items()}
        fields |= {name: _parse_switch(name, given) for name, given in switches.items()}
        fields |= {"labels": _parse_groups(label, labels), "search": search or "", "meta": _parse_meta(meta)}
        fields |= {"blocked": blocked, "zone": _parse_zone(zone)}
        fields |= {"since": _parse_instant("since", since)}
        fields |= {"due_before": _parse_instant("due_before", due_before)}
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a Filter does not change; make another one")

    __delattr__ = __setattr__  # type: ignore[assignment]  # it always raises

    def without_search(self) -> Filter:
        """Return the filter with the same conditions but for the text."""
        return _restore({name: value for name, value in self.conditions().items() if name != "search"})

    def conditions(self) -> dict[str, Any]:
        """Return the fields that are conditions, parsed."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in fields.items() if value != _UNSET.get(name)}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Filter) and self.conditions() == other.conditions()

    def __hash__(self) -> int:
        return hash(tuple(self.conditions().items()))

    def __repr__(self) -> str:
        return f"Filter({', '.join(f'{name}={_format(value)}' for name, value in self.conditions().items())})"

    def __reduce__(self) -> Any:
        return (_restore, (self.conditions(),))


_FIELDS = (*Filter.__slots__[:7], "label", *Filter.__slots__[7:])
_UNSET: dict[str, Any] = {
    "labels": (),
    "open": False,
    "search": "",
    "meta": (),
    "has_execution": False,
    "zone": UTC,
}
_SHOWN = 60  # characters of a wrong value in a message


def _restore(given: dict[str, Any]) -> Filter:
    return Filter(**given)


def _parse_words(field: str, given: Texts) -> frozenset[str] | None:
    found = _parse_texts(field, given)
    known = WORDS.get(field, ExecutionStatus)
    for word in found or ():
        if word not in known._value2member_map_:
            from taskfiles.task.synonyms import suggest_word  # noqa: PLC0415 (only mistakes need it)

            remedy = f"{suggest_word(known, word)}Use {', '.join(map(str, known))}."
            _refuse_value(field, word, "it is not one of its values", remedy)
    return found


def _parse_texts(field: str, given: object) -> frozenset[str] | None:
    if given is None:
        return None
    items = _items(given)
    for item in [given] if items is None else items:
        if not isinstance(item, str):
            remedy = f"Write {field}='a' or {field}={{'a', 'b'}}."
            _refuse_value(field, given, "it is one text or several", remedy)
        if not item.strip():
            _refuse_value(field, item, "it is blank", "Leave the field out to ask nothing.")
    return frozenset([str(given)] if items is None else map(str, items))  # members of enums become text


def _items(given: object) -> list[Any] | None:
    """Return the items of a collection; None for a single value, such as a text or a mapping."""
    return list(given) if isinstance(given, Iterable) and not isinstance(given, str | Mapping) else None


def _parse_groups(label: Texts, labels: object) -> tuple[frozenset[str], ...]:
    given = [] if labels is None else _items(labels)
    groups = [None] if given is None else [_items(group) for group in given]
    if any(group is None or not all(isinstance(item, str) for item in group) for group in groups):
        remedy = "Any of two is label={'a', 'b'}, both of them labels=[{'a'}, {'b'}]."
        _refuse_value("labels", labels, "it is a list of groups, each a set of labels", remedy)
    found = (_parse_texts("label", label), *(_parse_texts("labels", group) for group in groups))
    return tuple(group for group in found if group is not None)


def _parse_switch(field: str, given: bool) -> bool:
    if not isinstance(given, bool):
        _refuse_value(field, given, "it is True or False", "Leave the field out to ask nothing.")
    return given


def _parse_meta(given: object) -> tuple[tuple[str, Scalar], ...]:
    pairs = [] if given is None else _items(given.items() if isinstance(given, Mapping) else given)
    if pairs is None or not all(_is_pair(pair) for pair in pairs):
        problem = "it is keys with their values: text, a number, True, False or None"
        _refuse_value("meta", given, problem, "Write meta={'sprint': 5}.")
    return tuple(pairs)


def _is_pair(pair: object) -> bool:
    if not isinstance(pair, tuple) or len(pair) != 2:
        return False
    return isinstance(pair[0], str) and isinstance(pair[1], str | int | float | None)


def _parse_instant(field: str, given: datetime | None) -> datetime | None:
    if given is not None and not (isinstance(given, datetime) and given.tzinfo is not None):
        problem = "it is a datetime" if not isinstance(given, datetime) else "it could be any instant"
        remedy = "Give a datetime with a time zone, as in datetime(2025, 11, 2, tzinfo=UTC)."
        _refuse_value(field, given, problem, remedy)
    return given


def _parse_zone(given: object) -> tzinfo:
    if not isinstance(given, tzinfo):
        remedy = "Give a time zone, as in ZoneInfo('Europe/Berlin')."
        _refuse_value("zone", given, "it is a time zone", remedy)
    return given


def _refuse_value(field: str, given: object, problem: str, remedy: str) -> NoReturn:
    shown = f"“{given}”" if isinstance(given, str) else repr(given)
    _refuse(f"A filter's {field}", shown if len(shown) < _SHOWN else f"{shown[:_SHOWN]}…", problem, remedy)


def _refuse(what: str, given: str, problem: str, remedy: str) -> NoReturn:
    raise TaskfilesError("bad-value", option=what, given=given, problem=problem, remedy=remedy)


def _format(value: Any) -> str:
    """Format a value as Python source, sets sorted."""
    if isinstance(value, frozenset):
        return f"{{{', '.join(map(repr, sorted(value)))}}}" if value else "[]"
    if isinstance(value, tuple) and not isinstance(value[0], str):  # groups of labels, or pairs
        return f"[{', '.join(map(_format, value))}]"
    return repr(value)
