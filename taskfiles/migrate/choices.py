"""What a caller says of words that no table has, and what is said of those without a word here; pure."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from enum import StrEnum

from taskfiles.errors import TaskfilesError, number_of
from taskfiles.migrate.plan import Plan
from taskfiles.migrate.rows import BLOCKED, Row, fold
from taskfiles.migrate.translate import Choices, Met
from taskfiles.task.synonyms import nearest_word
from taskfiles.task.words import Isolation, Kind, Priority, Size, State

Choice = tuple[str, str, str]  # the name of a row, a word of the source, and ours
_WORDS: dict[str, type[StrEnum]] = {
    "state": State,
    "priority": Priority,
    "size": Size,
    "kind": Kind,
    "isolation": Isolation,
}
_NAMED = 10  # words in a sentence; the details have all


def read_choices(given: Sequence[Choice], rows: Mapping[str, Row]) -> Choices:
    """Return choices as `translate` takes them. Raises TaskfilesError (bad-value)."""
    found = {}
    for name, theirs, ours in given:
        row = next((row for key, row in rows.items() if fold(key) == fold(name) and row.how == "word"), None)
        if row is None:
            known = ", ".join(key for key, each in rows.items() if each.how == "word")
            raise _bad_choice(name, "the source has no such key with words", f"It has {known}.")
        words = list_words(row.ours)
        if ours not in words:
            raise _bad_choice(ours, f"{row.ours} has no such word", f"It is one of {', '.join(words)}.")
        found[fold(name), fold(theirs)] = ours
    return found


def list_words(key: str) -> list[str]:
    """Return the words of a key that a choice may name; a state may be blocked, too."""
    words = [str(word) for word in _WORDS.get(key, ())]
    return [*words, BLOCKED] if key == "state" else words


def unmapped(found: Plan) -> TaskfilesError:
    """Return the error of a plan with words that nothing maps; it names choices that would."""
    words = found.unmapped
    named = [f"{each.row} “{each.value}” ({number_of(found.met[each], 'task')})" for each in words[:_NAMED]]
    if len(words) > _NAMED:
        named.append(f"and {len(words) - _NAMED} more")
    details = {"words": [_suggest(each) for each in words]}
    choices = " ".join(map(_write_choice, words[:_NAMED]))
    return TaskfilesError("unmapped", problem=", ".join(named), choices=choices, details=details)


def _bad_choice(given: str, problem: str, remedy: str) -> TaskfilesError:
    return TaskfilesError("bad-value", option="choices", given=f"“{given}”", problem=problem, remedy=remedy)


def _suggest(met: Met) -> dict[str, str | list[str] | None]:
    words = list_words(met.key)
    return {"key": met.row, "value": met.value, "to": met.key, "words": words, "near": _find_near(met)}


def _write_choice(met: Met) -> str:
    """Return a choice as a shell reads it, with the nearest word of ours, or all of them."""
    return shlex.quote(f"{met.row}:{met.value}={_find_near(met) or '|'.join(list_words(met.key))}")


def _find_near(met: Met) -> str | None:
    kind = _WORDS.get(met.key)
    return None if kind is None else nearest_word(kind, met.value)
