"""Options of two values, and the second `--` of `tasks run`: both read before typer sees them."""

from __future__ import annotations

from collections.abc import Sequence

from taskfiles.errors import TaskfilesError
from taskfiles_cli.line.texts import check_utf8, read_file, read_text

# typer has no repeatable option of two values, so the two are joined before it sees them.
_UNIT = "\x1f"


_PAIRS = frozenset({"--append", "--field", "--field-file", "--from-agent"})


def join_fields(argv: Sequence[str]) -> list[str]:
    """Join the two values of each `--field`, `--field-file`, `--append` and `--from-agent` into one.

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
    """Double the `--` of `tasks run`, of which typer takes one: the other ends the ids.

    >>> keep_dashes(["run", "fix", "--", "agent", "--"])
    ['run', 'fix', '--', '--', 'agent', '--']
    """
    if list(argv[:1]) != ["run"] or "--" not in argv:
        return list(argv)
    at = list(argv).index("--")
    return [*argv[:at], "--", *argv[at:]]


def read_fields(fields: Sequence[str] | None, files: Sequence[str] | None = None) -> list[tuple[str, str]]:
    """Read sections with their texts: those of `--field`, then those of `--field-file`."""
    pairs = [_split_section("--field", "TEXT", field) for field in fields or ()]
    read = [(title, read_text("--field", text)) for title, text in pairs]
    named = [_split_section("--field-file", "FILE", field) for field in files or ()]
    return read + [(title, read_file("--field-file", name)) for title, name in named]


def read_appends(appends: Sequence[str] | None) -> list[tuple[str, str]]:
    """Read the sections of `--append` with their texts."""
    pairs = [_split_section("--append", "TEXT", text) for text in appends or ()]
    return [(title, read_text("--append", text)) for title, text in pairs]


def _split_section(option: str, what: str, field: str) -> tuple[str, str]:
    title, unit, text = field.partition(_UNIT)
    if not unit or not title.strip():
        remedy = f"Write {option} SECTION {what}."
        problem = f"a section and a {what.lower()} belong here"
        raise TaskfilesError("bad-value", option=option, given=f"“{title}”", problem=problem, remedy=remedy)
    from taskfiles.text.sections import section_key  # noqa: PLC0415 (only what writes texts reads them)

    if section_key(title) == "body":
        remedy = f"--body TEXT replaces it; name a section, as in {option} Overview {what}."
        problem = "it is the whole text, not a section"
        raise TaskfilesError("bad-value", option=option, given=f"“{title}”", problem=problem, remedy=remedy)
    return check_utf8(option, title.strip()), text


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


def read_boxes(given: Sequence[str] | None) -> list[int | str]:
    """Read what `--check` names: numbers, commas between, or one box by its section and number, or its text.

    >>> read_boxes(["1,2", "Notes:1", "All green"])
    [1, 2, 'Notes:1', 'All green']
    """
    if not given:
        return []
    from taskfiles.text.checkboxes import read_number  # noqa: PLC0415 (as above)

    found: list[int | str] = []
    for text in given:
        numbers = [read_number(part) for part in text.split(",")]
        if None in numbers:
            found.append(check_utf8("--check", text))
        else:
            found += [number for number in numbers if number is not None]
    return found


def read_criteria(option: str, given: Sequence[str] | None) -> list[str]:
    """Read criteria, one line each that is not blank."""
    texts = [read_text(option, text) for text in given or ()]
    for text in texts:
        if not text.strip():
            problem, remedy = "a criterion says something", "Say what must be true when this is done."
            raise TaskfilesError("bad-value", option=option, given="blank", problem=problem, remedy=remedy)
    return texts


def read_map(given: Sequence[str] | None, example: str) -> list[tuple[str, str, str]]:
    """Read each `--map KEY:WORD=OTHER`; `example` is one of them, as a shell reads it."""
    found: list[tuple[str, str, str]] = []
    for each in given or ():
        left, equals, other = each.rpartition("=")
        key, colon, word = left.partition(":")
        if not equals or not colon or not key.strip() or not other.strip():
            remedy = f"Write KEY:WORD=WORD, as in --map {example}."
            problem = "a key and two words belong here, one of either side"
            raise TaskfilesError(
                "bad-value", option="--map", given=f"“{each}”", problem=problem, remedy=remedy
            )
        found.append((key.strip(), word.strip(), other.strip()))
    return found
