"""What a task must meet to be chosen; checked when it is made, so that a slip chooses nothing in silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
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
    """What a task must meet: every field that is given, each by any of its values.

        Filter(state={"ready", "idea"}, label="bug", open=True)

    A field takes one text or several. Left out or None it asks nothing; an empty set is met by no task.

    `kind`, `state`, `priority`, `size`, `ambiguity`, `executor`, `isolation` and `status` take words of the
    format; `parent` takes ids. `label={"bug", "ui"}` is met by either label, `labels=[{"bug"}, {"ui"}]` by
    one label of each group; given both, `label` is one more group. `blocked` is met by tasks that something
    blocks, or with False by all others; `open` by tasks that are neither done nor canceled. `search` is
    looked for in id, title and body, in any case of letters. `meta` maps keys, or dotted paths of keys, to
    their values: text is met by itself and by what it means in YAML, None by a key that is not there; pairs
    in place of a mapping can name a key twice, as for two items of a list. `has_execution` is met by tasks
    with attempts; `status`, `model` and `tool` must be met by one and the same attempt. `since` is an aware
    datetime; the latest of a task's own instants is not before it.

    A filter does not change. Raises TaskfilesError (bad-value) for an unknown field, word or type, blank
    text, and a datetime without a time zone.
    """

    __slots__ = (
        *("kind", "state", "priority", "size", "ambiguity", "executor", "isolation"),
        *("labels", "assignee", "parent", "blocked", "open", "search", "meta"),
        *("has_execution", "status", "model", "tool", "since"),
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
        open: bool = False,  # noqa: A002 (the word that the command line has for it)
        search: str | None = None,
        meta: Mapping[str, Scalar] | Iterable[tuple[str, Scalar]] | None = None,
        has_execution: bool = False,
        status: Texts = None,
        model: Texts = None,
        tool: Texts = None,
        since: datetime | None = None,
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
        fields: dict[str, Any] = {name: _read_words(name, given) for name, given in words.items()}
        fields |= {name: _read_texts(name, given) for name, given in texts.items()}
        fields |= {name: _read_switch(name, given) for name, given in switches.items()}
        fields |= {"labels": _read_groups(label, labels), "search": search or "", "meta": _read_meta(meta)}
        fields |= {"blocked": blocked, "since": _read_since(since)}
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a Filter does not change; make another one")

    __delattr__ = __setattr__  # type: ignore[assignment]  # it raises whatever it is given

    def _given(self) -> dict[str, Any]:
        """The fields that ask for something, as they were read."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in fields.items() if value != _NOTHING.get(name)}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Filter) and self._given() == other._given()

    def __hash__(self) -> int:
        return hash(tuple(self._given().items()))

    def __repr__(self) -> str:
        return f"Filter({', '.join(f'{name}={_show(value)}' for name, value in self._given().items())})"

    def __reduce__(self) -> Any:
        return (_restore, (self._given(),))


_FIELDS = (*Filter.__slots__[:7], "label", *Filter.__slots__[7:])
_NOTHING: dict[str, Any] = {"labels": (), "open": False, "search": "", "meta": (), "has_execution": False}
_SHOWN = 60  # characters of a wrong value


def _restore(given: dict[str, Any]) -> Filter:
    return Filter(**given)


def _read_words(field: str, given: Texts) -> frozenset[str] | None:
    found = _read_texts(field, given)
    known = WORDS.get(field, ExecutionStatus)
    for word in found or ():
        if word not in known._value2member_map_:
            words = list(map(str, known))
            remedy = f"{suggest(word, words)}Use {', '.join(words)}."
            _refuse_value(field, word, "there is no such word", remedy)
    return found


def _read_texts(field: str, given: object) -> frozenset[str] | None:
    if given is None:
        return None
    items = _items(given)
    for item in [given] if items is None else items:
        if not isinstance(item, str):
            remedy = f"Write {field}='a' or {field}={{'a', 'b'}}."
            _refuse_value(field, given, "it is one text or several", remedy)
        if not item.strip():
            _refuse_value(field, item, "it is blank", "Leave the field out to ask nothing.")
    return frozenset([str(given)] if items is None else map(str, items))  # enumerations' words become text


def _items(given: object) -> list[Any] | None:
    """List what holds several values; None for what is one, as a text or a mapping is."""
    return list(given) if isinstance(given, Iterable) and not isinstance(given, str | Mapping) else None


def _read_groups(label: Texts, labels: object) -> tuple[frozenset[str], ...]:
    given = [] if labels is None else _items(labels)
    groups = [None] if given is None else [_items(group) for group in given]
    if any(group is None or not all(isinstance(item, str) for item in group) for group in groups):
        remedy = "Any of two is label={'a', 'b'}, both of them labels=[{'a'}, {'b'}]."
        _refuse_value("labels", labels, "it is a list of groups, each a set of labels", remedy)
    found = (_read_texts("label", label), *(_read_texts("labels", group) for group in groups))
    return tuple(group for group in found if group is not None)


def _read_switch(field: str, given: bool) -> bool:
    if not isinstance(given, bool):
        _refuse_value(field, given, "it is True or False", "Leave the field out to ask nothing.")
    return given


def _read_meta(given: object) -> tuple[tuple[str, Scalar], ...]:
    pairs = [] if given is None else _items(given.items() if isinstance(given, Mapping) else given)
    if pairs is None or not all(_is_pair(pair) for pair in pairs):
        problem = "it is keys with their values: text, a number, True, False or None"
        _refuse_value("meta", given, problem, "Write meta={'sprint': 5}.")
    return tuple(pairs)


def _is_pair(pair: object) -> bool:
    if not isinstance(pair, tuple) or len(pair) != 2:
        return False
    return isinstance(pair[0], str) and isinstance(pair[1], str | int | float | None)


def _read_since(given: datetime | None) -> datetime | None:
    if given is not None and not (isinstance(given, datetime) and given.tzinfo is not None):
        problem = "it is a datetime" if not isinstance(given, datetime) else "it could be any instant"
        remedy = "Give a datetime with a time zone, as in datetime(2025, 11, 2, tzinfo=UTC)."
        _refuse_value("since", given, problem, remedy)
    return given


def _refuse_value(field: str, given: object, problem: str, remedy: str) -> NoReturn:
    shown = f"“{given}”" if isinstance(given, str) else repr(given)
    _refuse(f"A filter's {field}", shown if len(shown) < _SHOWN else f"{shown[:_SHOWN]}…", problem, remedy)


def _refuse(what: str, given: str, problem: str, remedy: str) -> NoReturn:
    raise TaskfilesError("bad-value", option=what, given=given, problem=problem, remedy=remedy)


def _show(value: Any) -> str:
    """Write a field as it can be given, sets in order."""
    if isinstance(value, frozenset):
        return f"{{{', '.join(map(repr, sorted(value)))}}}" if value else "[]"
    if isinstance(value, tuple) and not isinstance(value[0], str):  # groups of labels, or pairs
        return f"[{', '.join(map(_show, value))}]"
    return repr(value)
