"""Options of two values, and the second `--` of `tasks run`: both read before typer sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from taskfiles.errors import TaskfilesError
from taskfiles_cli.line.texts import check_utf8, read_text

if TYPE_CHECKING:
    pass


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
