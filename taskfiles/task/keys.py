"""The frontmatter's keys: order, defaults, words, and the one check of what a file says, by a table.

`keytable` is generated from the pydantic models of `model`, which define the keys, and a law holds this
check to what pydantic says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.task import values, words
from taskfiles.task.keytable import PARTS as ROWS
from taskfiles.task.remembered import ADDED_KEYS, RESERVED, SHOW_KEYS
from taskfiles.text.nodes import Path, Value

Problem = tuple[str, Path, dict[str, Any]]  # finding code, path, parameters of the message

__all__ = ["ADDED_KEYS", "RESERVED", "SHOW_KEYS"]


class Key(NamedTuple):
    """A key: its type, whether it is required, whether it may be null, its default."""

    type: str
    required: bool
    nullable: bool
    default: Any


PARTS = {part: {name: Key(*row) for name, row in rows.items()} for part, rows in ROWS.items()}
FORMAT = 1
ROOT = "TaskMeta"
KEY_ORDER: tuple[str, ...] = tuple(PARTS[ROOT])
DEFAULTS: dict[str, Any] = {name: key.default for name, key in PARTS[ROOT].items() if not key.required}
WORDS: dict[str, type[StrEnum]] = {
    name: getattr(words, key.type.partition(":")[2])
    for name, key in PARTS[ROOT].items()
    if key.type.startswith("word:")
}
LIST_KEYS = frozenset(name for name, key in PARTS[ROOT].items() if key.type.startswith("list:"))
REFERENCES = ("children", "depends_on", "blocks")  # lists of ids of other tasks
INSTANT_KEYS = frozenset(name for name, key in PARTS[ROOT].items() if key.type == "moment")
NUMBER_KEYS = frozenset(
    name for name, key in PARTS[ROOT].items() if key.type in {"integer", "fraction", "number"}
)
DAY_KEYS = frozenset({"due", "not_before"})  # of which a day says all there is to say
TEXT_KEYS = (
    frozenset(name for name, key in PARTS[ROOT].items() if key.type in {"text", "filled", "id"})
    | WORDS.keys()
)

_CHECKS: dict[str, Callable[[object], Any]] = {
    "text": values.check_text,
    "filled": values.check_filled,
    "id": values.check_id,
    "uuid": values.check_uuid,
    "url": values.check_url,
    "inner_path": values.check_inner_path,
    "integer": values.check_integer,
    "fraction": values.check_fraction,
    "number": values.check_number,
    "boolean": values.check_boolean,
    "instant": values.check_instant,
    "moment": values.check_moment,
}


def part_name(path: Path) -> str | None:
    """Return the model's name for the mapping at a path; None if the format does not define that mapping.

    >>> part_name(("execution", "attempts", 0, "executor"))
    'ExecutionExecutor'
    """
    return _part_name(tuple(step for step in path if isinstance(step, str)))


@lru_cache(maxsize=1024)  # called for every mapping of every file
def _part_name(steps: tuple[str, ...]) -> str | None:
    if not steps:
        return ROOT
    outer = _part_name(steps[:-1])
    key = PARTS[outer].get(steps[-1]) if outer is not None else None
    name = key.type.rpartition(":")[2] if key is not None else ""
    return name if name in PARTS else None


def key_order(path: Path) -> Sequence[str]:
    """Return the canonical keys of the mapping at a path; none if the format does not define it."""
    name = part_name(path)
    return () if name is None else tuple(key for key in PARTS[name] if key != "*")


def sort_keys(value: Any, path: Path = ()) -> Any:
    """Return a value with its known keys in canonical order, at every depth, unknown ones after them."""
    if isinstance(value, list):
        return [sort_keys(item, (*path, index)) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    order = [key for key in key_order(path) if key in value]
    others = [key for key in value if key not in order]
    return {key: sort_keys(value[key], (*path, key)) for key in [*order, *others]}


def schema_problems(frontmatter: dict[str, Value]) -> list[Problem]:
    """List what is wrong with a frontmatter's types, words, ranges and required keys."""
    return _problems(ROOT, frontmatter)


def attempt_problems(attempt: object) -> list[Problem]:
    """List what is wrong with one attempt, as `schema_problems` does for a frontmatter."""
    return _problems("ExecutionAttempt", attempt)


def _problems(part: str, value: object) -> list[Problem]:
    found: list[Problem] = []
    _check_part(part, value, (), found)
    return found


def _check_part(part: str, value: object, path: Path, found: list[Problem]) -> None:
    if not isinstance(value, dict):
        bad = values.not_a_mapping(value)
        found.append((bad.code, path, bad.params))
        return
    before = len(found)
    table = PARTS[part]
    for name, key in table.items():
        if name == "*":
            for own, item in value.items():
                _check_value(key.type, item, (*path, own), found)
        elif name not in value:
            if key.required:
                found.append(("missing-key", (*path, name), {"key": name}))
        elif value[name] is not None or not key.nullable:
            _check_value(key.type, value[name], (*path, name), found)
        if name == "ended_at" and part == "ExecutionAttempt" and _ends_before_start(value):
            found.append(("ended-before-started", (*path, name), {}))
    if part == "Link" and len(found) == before:
        wanted = words.LINK_TARGETS[value["type"]]
        if value.get(wanted) is None:
            found.append(("missing-key", (*path, wanted), {"key": wanted}))


def _ends_before_start(attempt: dict[str, Any]) -> bool:
    try:
        return values.check_instant(attempt.get("started_at")) > values.check_instant(attempt.get("ended_at"))
    except values.BadValue:
        return False


def _check_value(kind: str, value: object, path: Path, found: list[Problem]) -> None:
    outer, _, inner = kind.partition(":")
    try:
        if value is None:
            raise values.BadValue("null-value")
        if outer == "part":
            _check_part(inner, value, path, found)
        elif outer == "word":
            values.check_word(getattr(words, inner), value)
        elif outer in {"list", "attempts"}:
            items = values.check_list(value)
            if outer == "attempts" and not items:
                raise values.BadValue("no-attempts")
            item_kind = f"part:{inner}" if inner in PARTS else inner
            for index, item in enumerate(items):
                _check_value(item_kind, item, (*path, index), found)
        else:
            _CHECKS[outer](value)
    except values.BadValue as bad:
        found.append((bad.code, path, bad.params))
