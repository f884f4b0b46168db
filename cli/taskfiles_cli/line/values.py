"""How the values of options are read: keys with values, words, amounts, dates, filters."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from taskfiles.basics.commas import split_commas
from taskfiles.errors import TaskfilesError
from taskfiles.task.keys import (
    ADDED_KEYS,
    INSTANT_KEYS,
    KEY_ORDER,
    LIST_KEYS,
    SHOW_KEYS,
    TEXT_KEYS,
    WORDS,
)
from taskfiles.task.values import suggest
from taskfiles_cli.line.texts import check_utf8

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

# Lists of ids and names, whose options take several with commas between.
NAMES_KEYS = frozenset({"labels", "assignees", "children", "depends_on", "blocks"})


def split_pair(option: str, text: str) -> tuple[str, str]:
    """Split `KEY=VALUE`."""
    key, sign, value = check_utf8(option, text).partition("=")
    if not sign or not key:
        raise TaskfilesError(
            "bad-value",
            option=option,
            given=f"“{text}”",
            problem="there is no `=` in it",
            remedy="Write it as KEY=VALUE.",
        )
    return key, value


def read_meta(option: str, text: str) -> tuple[str, Any]:
    """Read `KEY=VALUE` for a frontmatter key; None, written `null`, clears it.

    Our own text keys take the text as it stands, words in any case; `read_typed` has the rule for all else.
    """
    from taskfiles.text.typed import is_clearing, read_typed, unquote_null  # noqa: PLC0415 (few name keys)

    key, value = split_pair(option, text)
    if is_clearing(value):
        return key, None
    if key in WORDS:
        return key, single_word(f"{option} {key}", WORDS[key], value)
    return key, unquote_null(value) if key in TEXT_KEYS | INSTANT_KEYS else read_typed(value)


def read_items(option: str, texts: Sequence[str] | None) -> list[tuple[str, Any]]:
    """Read every `KEY=ITEM` for list keys: several with commas between for ids, labels and assignees.

    Items of the format's own lists are text, others as in `read_meta`.
    """
    return [pair for text in texts or () for pair in _read_item(option, text)]


def _read_item(option: str, text: str) -> list[tuple[str, Any]]:
    key, value = split_pair(option, text)
    if key in KEY_ORDER and key not in LIST_KEYS:
        remedy = "Use --meta to set it."
        raise TaskfilesError(
            "bad-value", option=option, given=f"“{text}”", problem=f"{key} is not a list", remedy=remedy
        )
    if key in NAMES_KEYS:
        return [(key, item) for item in split_commas([value])]
    from taskfiles.text.typed import read_typed  # noqa: PLC0415 (as above)

    return [(key, value if key in LIST_KEYS - {"links"} else read_typed(value))]


def single_word(option: str, kind: Iterable[str], text: str) -> str:
    """Read one word in any case."""
    if "," in text or not text.strip():
        remedy = f"Use one of {', '.join(kind)}."
        raise TaskfilesError(
            "bad-value", option=option, given=f"“{text}”", problem="one word belongs here", remedy=remedy
        )
    (word,) = parse_words(option, kind, [text])
    return word


def read_usd(option: str, text: str | None) -> int | None:
    """Read US dollars as millionths, rounded as for an amount that an agent prints."""
    if text is None:
        return None
    from decimal import Decimal, DecimalException  # noqa: PLC0415 (only amounts need it)

    from taskfiles.agents.reading import find_micros  # noqa: PLC0415 (as above)

    try:
        amount = Decimal(text)
    except (DecimalException, ValueError):
        amount = Decimal("NaN")
    micros = find_micros(amount) if amount.is_finite() and amount >= 0 else None
    if micros is None:
        given, remedy = f"“{text[:40]}”", "Write dollars, as in 0.0425."
        raise TaskfilesError(
            "bad-value", option=option, given=given, problem="it is not an amount", remedy=remedy
        )
    return micros


def read_when(option: str, text: str, now: datetime, zone: tzinfo | None = None) -> datetime:
    """Read when something was: an instant, the start of a day in `zone` (UTC), or a duration before now."""
    from taskfiles.basics import instants  # noqa: PLC0415 (few commands need it)

    return _read_time(option, text, lambda: instants.read_when(text, now, zone), f"Write {instants.WHEN}.")


def read_until(option: str, text: str, now: datetime, zone: tzinfo) -> datetime:
    """Read when something is to be: an instant, the start of a day in `zone`, or a duration from now on."""
    from taskfiles.basics import instants  # noqa: PLC0415 (few commands need it)

    return _read_time(option, text, lambda: instants.read_until(text, now, zone), f"Write {instants.UNTIL}.")


def _read_time(option: str, text: str, read: Callable[[], datetime], remedy: str) -> datetime:
    try:
        return read()
    except ValueError as bad:
        raise TaskfilesError(
            "bad-value", option=option, given=f"“{text}”", problem=str(bad), remedy=remedy
        ) from None


def check_fields(chosen: Sequence[str], own: Container[str]) -> None:
    """Refuse a key that neither the format knows nor any task has as its own."""
    known = [*KEY_ORDER, *ADDED_KEYS, *SHOW_KEYS, "extra", "startable"]
    for name in chosen:
        if name not in known and name not in own:
            remedy = suggest(name, known) + "Name keys of the task object; `tasks schema task` lists them."
            given, problem = f"“{name}”", "it is not a known field"
            raise TaskfilesError("bad-value", option="--fields", given=given, problem=problem, remedy=remedy)


def parse_words(option: str, kind: Iterable[str], texts: Sequence[str]) -> frozenset[str]:
    """Read words from a command line: commas separate, any case will do.

    Raises TaskfilesError (bad-value), offering the nearest word.
    """
    known = {str(word): str(word) for word in kind}
    found = set()
    for text in split_commas(texts):
        word = text.casefold()
        word = (
            word
            if word in known
            else word.replace("_", "-")
            if word.replace("_", "-") in known
            else word.replace("-", "_")
        )
        if word not in known:
            from taskfiles.task.synonyms import suggest_word  # noqa: PLC0415 (only mistakes need it)
            from taskfiles_cli.line.peers import find_value  # noqa: PLC0415 (as above)

            near, other = suggest_word(kind, text), find_value(option, text)
            remedy = f"{near}{f'{other} ' if other else ''}Use one of {', '.join(known)}."
            raise TaskfilesError(
                "bad-value",
                option=option,
                given=f"“{text}”",
                problem="it is not one of its values",
                remedy=remedy,
            )
        found.add(word)
    return frozenset(found)


def read_words(given: Mapping[str, Sequence[str] | None]) -> dict[str, frozenset[str]]:
    """Read the words of the options that are named after keys; those that were not given are left out."""
    return {key: parse_words(f"--{key}", WORDS[key], texts) for key, texts in given.items() if texts}


def read_criteria(
    words: Mapping[str, Sequence[str] | None],
    *,
    label: Sequence[str] | None = None,
    assignee: Sequence[str] | None = None,
    parent: Sequence[str] | None = None,
    search: str = "",
    meta: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Read the options by which tasks are chosen anywhere, as fields of a Filter; `words` are by key."""
    return {
        **read_words(words),
        "labels": [split_commas([group]) for group in label or ()],
        "assignee": split_commas(assignee or ()) or None,
        "parent": split_commas(parent or ()) or None,
        "search": search,
        "meta": [split_pair("--meta", text) for text in meta or ()],
    }
