"""How the values of options are read: texts, JSON, words, pairs, amounts."""

from __future__ import annotations

import os
import sys
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from taskfiles.errors import TaskfilesError, reason_of
from taskfiles.task.keys import ADDED_KEYS, INSTANT_KEYS, KEY_ORDER, LIST_KEYS, SHOW_KEYS, TEXT_KEYS, WORDS
from taskfiles.task.values import MAX_INTEGER, nests_deeper, suggest
from taskfiles.text.nodes import MAX_DEPTH, YamlProblem
from taskfiles.text.yaml_print import read_value

if TYPE_CHECKING:
    from datetime import datetime

    from taskfiles import Store

# typer has no repeatable option of two values, so the two are joined before it sees them.
_UNIT = "\x1f"
_PAIRS = frozenset({"--field", "--from-agent"})


def join_fields(argv: Sequence[str]) -> list[str]:
    """Join the two values of each `--field`, and of `--from-agent`, into one.

    >>> join_fields(["--field", "Overview", "Text", "--check", "1"])
    ['--field', 'Overview\\x1fText', '--check', '1']
    """
    joined: list[str] = []
    rest = list(argv)
    while rest:
        argument = rest.pop(0)
        joined.append(argument)
        if argument == "--":
            return joined + rest
        is_pair = argument in _PAIRS and len(rest) >= 2
        if is_pair and not (argument == "--from-agent" and rest[1].startswith("--")):  # a file was left out
            joined.append(f"{rest.pop(0)}{_UNIT}{rest.pop(0)}")
    return joined


def keep_dashes(argv: Sequence[str]) -> list[str]:
    """Double the `--` of `tasks run`, of which typer takes one away: the other tells ids from the program.

    >>> keep_dashes(["run", "fix", "--", "agent", "--"])
    ['run', 'fix', '--', '--', 'agent', '--']
    """
    if list(argv[:1]) != ["run"] or "--" not in argv:
        return list(argv)
    at = list(argv).index("--")
    return [*argv[:at], "--", *argv[at:]]


def read_fields(fields: Sequence[str] | None) -> list[tuple[str, str]]:
    """Read sections with their texts."""
    pairs = []
    for field in fields or ():
        title, unit, text = field.partition(_UNIT)
        if not unit or not title.strip():
            remedy = "Write --field SECTION TEXT."
            problem = "a section and a text belong here"
            raise TaskfilesError(
                "bad-value", option="--field", given=f"“{title}”", problem=problem, remedy=remedy
            )
        pairs.append((check_utf8("--field", title.strip()), read_text("--field", text)))
    return pairs


def split_agent(value: str) -> tuple[str, str]:
    """Split `--from-agent TOOL FILE`."""
    tool, unit, name = value.partition(_UNIT)
    if not unit or not tool.strip() or not name:
        remedy = "Write --from-agent TOOL FILE, with `-` for standard input."
        raise TaskfilesError(
            "bad-value",
            option="--from-agent",
            given=f"“{tool}”",
            problem="a tool and a file belong here",
            remedy=remedy,
        )
    return check_utf8("--from-agent", tool.strip()), name


def read_text(option: str, value: str) -> str:
    """Read a text option: as it stands, from standard input (`-`) or from `@FILE`; `@@` is a plain `@`."""
    if value == "-":
        return _decode(option, "standard input", read_stdin(option))
    if value.startswith("@@"):
        return check_utf8(option, value[1:])
    if value.startswith("@"):
        return _read_file(option, value[1:])
    return check_utf8(option, value)


def _read_file(option: str, name: str) -> str:
    try:
        with open(name, "rb") as file:
            return _decode(option, name, file.read())
    except OSError as error:
        remedy = "Name a file that can be read; `@@` begins a text with a plain `@`."
        raise _unreadable(option, name, error, remedy) from error


def open_input(option: str, value: str) -> BinaryIO:
    """Open standard input (`-`) or a file, with or without an `@` before its name; the caller closes it."""
    if value == "-":
        import io  # noqa: PLC0415 (few options are read in pieces)

        return io.BytesIO(read_stdin(option))
    name = value.removeprefix("@")
    try:
        return open(name, "rb")
    except OSError as error:
        raise _unreadable(option, name, error, "Name a file that can be read.") from error


def _unreadable(option: str, name: str, error: OSError, remedy: str) -> TaskfilesError:
    problem, given = reason_of(error), f"read from {name}"
    return TaskfilesError("bad-value", option=option, given=given, problem=problem, remedy=remedy)


def _decode(option: str, source: str, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        given, problem, remedy = f"read from {source}", "it is not UTF-8", "Save the text as UTF-8."
        raise TaskfilesError(
            "bad-value", option=option, given=given, problem=problem, remedy=remedy
        ) from error


_stdin: list[str] = []  # the option that has taken standard input, which is there only once


def forget_stdin() -> None:
    """Begin a new command."""
    _stdin.clear()


def read_stdin(option: str) -> bytes:
    """Read standard input, which must be there and can serve one option only."""
    if _stdin:
        problem, remedy = f"{_stdin[0]} has taken standard input already", "Use `@FILE` for one of the texts."
        raise TaskfilesError("bad-value", option=option, given="`-`", problem=problem, remedy=remedy)
    _stdin.append(option)
    if sys.stdin is None:
        remedy = "Give the text through a pipe or a file."
        raise TaskfilesError(
            "bad-value", option=option, given="`-`", problem="standard input is closed", remedy=remedy
        )
    return sys.stdin.buffer.read()


def check_utf8(option: str, text: str) -> str:
    """Refuse an argument whose bytes are not UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        given = f"“{text.encode(errors='replace').decode()}”"
        remedy = "Write it in UTF-8."
        raise TaskfilesError(
            "bad-value", option=option, given=given, problem="it is not UTF-8", remedy=remedy
        ) from error
    return text


def read_optional(option: str, value: str | None) -> str | None:
    """Read a text option that may be left out."""
    return None if value is None else read_text(option, value)


def read_json(option: str, value: str, shape: str, example: str) -> Any:
    """Read JSON from standard input (`-`) or a file, with or without an `@` before its name."""
    import json  # noqa: PLC0415 (only this function reads it)

    source = "standard input" if value == "-" else value.removeprefix("@")
    text = read_text(option, "-") if value == "-" else _read_file(option, source)
    try:
        parsed = json.loads(
            text, parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_unique
        )
        if nests_deeper(parsed, MAX_DEPTH):
            raise ValueError(f"it nests deeper than {MAX_DEPTH} levels")
        json.dumps(parsed, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        half = isinstance(error, UnicodeEncodeError)
        problem = "it holds half of a surrogate pair" if half else str(error) or "it nests too deep"
        raise TaskfilesError(
            "bad-json", source=source, problem=problem, shape=shape, example=example
        ) from error
    return parsed


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is too large")
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return result


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
    """Read `KEY=VALUE` for a frontmatter key: text keys as they stand, the rest as YAML."""
    key, value = split_pair(option, text)
    if key in WORDS:
        return key, single_word(f"{option} {key}", WORDS[key], value)
    return key, value if key in TEXT_KEYS else _read_yaml(option, text, value)


def read_item(option: str, text: str) -> tuple[str, Any]:
    """Read `KEY=ITEM` for a list key: items of the format's own lists are text, others YAML."""
    key, value = split_pair(option, text)
    if key in TEXT_KEYS | INSTANT_KEYS | {"execution"}:
        remedy = "Use --meta to set it."
        raise TaskfilesError(
            "bad-value", option=option, given=f"“{text}”", problem=f"{key} is not a list", remedy=remedy
        )
    return key, value if key in LIST_KEYS - {"links"} else _read_yaml(option, text, value)


def _read_yaml(option: str, text: str, value: str) -> Any:
    try:
        return read_value(value)
    except YamlProblem as bad:
        problem = str(bad.params.get("problem", "it can't be read as YAML"))
        remedy = "Quote it for YAML, as in title='\"a: b\"'."
        raise TaskfilesError(
            "bad-value", option=option, given=f"“{text}”", problem=problem, remedy=remedy
        ) from bad


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
    """Read US dollars as millionths."""
    if text is None:
        return None
    from decimal import Decimal, DecimalException  # noqa: PLC0415 (only amounts need it)

    remedy = "Write dollars with up to six decimals, as in 0.0425."
    try:
        amount = Decimal(text)
        micros = amount * 1_000_000 if amount.is_finite() and amount.adjusted() < 13 else Decimal("NaN")
        if not 0 <= micros <= MAX_INTEGER or micros != int(micros):
            raise DecimalException
    except (DecimalException, ValueError):
        given = f"“{text[:40]}”"
        raise TaskfilesError(
            "bad-value", option=option, given=given, problem="it is no amount", remedy=remedy
        ) from None
    return int(micros)


def read_when(option: str, text: str, now: datetime) -> datetime:
    """Read a point in time: an instant, a date, or a duration before now."""
    from datetime import UTC, timedelta  # noqa: PLC0415 (few commands need it)

    from taskfiles.basics.instants import parse_duration, parse_instant  # noqa: PLC0415

    for read in (parse_instant, lambda day: parse_instant(f"{day}T00:00:00Z")):
        try:
            return read(text).astimezone(UTC)
        except ValueError:
            continue
    try:
        return now - timedelta(seconds=parse_duration(text))
    except (ValueError, OverflowError):
        remedy = "Write 2025-11-02T15:03:00Z, 2025-11-02 or 7d."
        raise TaskfilesError(
            "bad-value", option=option, given=f"“{text}”", problem="it is no point in time", remedy=remedy
        ) from None


def check_fields(chosen: Sequence[str], own: Container[str]) -> None:
    """Refuse a key that neither the format knows nor any task has as its own."""
    known = [*KEY_ORDER, *ADDED_KEYS, *SHOW_KEYS, "extra"]
    for name in chosen:
        if name not in known and name not in own:
            remedy = suggest(name, known) + "Name keys of the task object; `tasks schema task` lists them."
            given, problem = f"“{name}”", "no task has it"
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
            remedy = suggest(text, list(known)) + f"Use one of {', '.join(known)}."
            raise TaskfilesError(
                "bad-value", option=option, given=f"“{text}”", problem="there is no such word", remedy=remedy
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


def split_commas(texts: Sequence[str]) -> list[str]:
    """Split values at commas, blanks around them dropped.

    >>> split_commas(["a, b", "c"])
    ['a', 'b', 'c']
    """
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]


def read_task_name(store: Store, text: str) -> str:
    """Read the name of a task: its id, or its file's path, which is told by a slash or by `.md`."""
    return read_task_path(store, text) if "/" in text or text.endswith(".md") else text


def read_task_path(store: Store, text: str) -> str:
    """Read the path of a task's file, and give it relative to the root.

    It may be relative to the working directory, or to the root, as it stands in our own messages.
    """
    path = text if os.path.lexists(text) else os.path.join(store.reader.root, text)
    directory, name = os.path.split(os.path.abspath(path))
    return store.reader.relative(os.path.join(os.path.realpath(directory), name))
