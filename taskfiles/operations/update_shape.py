"""Check of the shape of an Update, so that no mistyped field is silently nothing, or letters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn, Protocol

from taskfiles.errors import TaskfilesError

_PAIRS = ("add", "remove", "sections", "appends")
_SHOWN = 60  # characters of a wrong value in a message


class Fields(Protocol):
    """Anything with the fields of an Update, by name."""

    def _asdict(self) -> dict[str, Any]:
        """Return the fields."""


def check_shape(changes: Fields) -> None:
    """Raise TaskfilesError (bad-value) for a field of another shape than its own."""
    fields = changes._asdict()
    for name in ("set", "patch"):
        if not isinstance(fields[name], Mapping) or not all(isinstance(key, str) for key in fields[name]):
            _refuse(name, fields[name], "it is keys with their values", f"Write {name}={{'size': 'xl'}}.")
    if not _is_several(fields["unset"]) or not all(isinstance(key, str) for key in fields["unset"]):
        _refuse("unset", fields["unset"], "it is a list of keys", "Write unset=['size'].")
    for name in _PAIRS:
        if not _is_several(fields[name]) or not all(_is_pair(pair) for pair in fields[name]):
            first = "labels" if name in {"add", "remove"} else "Overview"
            _refuse(name, fields[name], "it is a list of pairs", f"Write {name}=[('{first}', 'a')].")
    checks = fields["checks"]
    if not isinstance(checks, Mapping) or not all(_is_check(*each) for each in checks.items()):
        _refuse("checks", checks, "it is numbers or texts with True or False", "Write checks={1: True}.")
    if not _is_several(fields["criteria"]) or not all(isinstance(text, str) for text in fields["criteria"]):
        _refuse("criteria", fields["criteria"], "it is a list of texts", "Write criteria=['It is fast'].")
    for name in ("body", "parent"):
        if not isinstance(fields[name], str | None):
            _refuse(name, fields[name], "it is a text", "Leave the field out to change nothing there.")


def _is_several(given: object) -> bool:
    return isinstance(given, (list, tuple, set, frozenset))


def _is_pair(given: object) -> bool:
    return isinstance(given, (list, tuple)) and len(given) == 2 and isinstance(given[0], str)


def _is_check(number: object, checked: object) -> bool:
    is_named = isinstance(number, str) or (isinstance(number, int) and not isinstance(number, bool))
    return is_named and isinstance(checked, bool)


def _refuse(field: str, given: object, problem: str, remedy: str) -> NoReturn:
    shown = f"“{given}”" if isinstance(given, str) else repr(given)
    shown = shown if len(shown) < _SHOWN else f"{shown[:_SHOWN]}…"
    what = f"An update's {field}"
    raise TaskfilesError("bad-value", option=what, given=shown, problem=problem, remedy=remedy)
