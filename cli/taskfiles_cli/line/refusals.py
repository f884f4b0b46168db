"""What typer refuses, in our words: it says what is wrong with its own, and pydantic's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from taskfiles.basics.foreign import wanted_by_pydantic
from taskfiles.basics.nearest import find_nearest
from taskfiles.errors import TaskfilesError
from taskfiles_cli.line.peers import find_command, find_option, find_words


def explain_usage(error: Any) -> TaskfilesError:
    """Return the refusal of a command line, an exception of typer's, as an error of ours."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "tasks"
    kind = type(error).__name__
    if kind == "BadParameter" and getattr(error, "param", None) is not None:
        return _bad_value(error, command)
    problem = {
        "MissingParameter": _missing,
        "NoSuchOption": _no_option,
        "BadOptionUsage": _option_without_value,
    }.get(kind, _other)(error, context)
    refusal = TaskfilesError("usage", problem=_one_line(problem), command=command)
    if (remedy := _point(kind, error, context)) is not None:
        refusal.set_hint(remedy)
    return refusal


def _point(kind: str, error: Any, context: Any) -> str | None:
    """Return what to type here for what another program has; None where nothing is known."""
    if kind == "BadOptionUsage" and "not take" not in error.message:
        return _VALUES.get(error.option_name)
    if context is None:
        return None
    if kind == "NoSuchOption":
        name = context.command_path.removeprefix("tasks").strip()
        return find_option(error.option_name, frozenset(_options(context.command)), name)
    message = str(error.message)
    if match := _NO_COMMAND.fullmatch(message):
        return find_command(match[2]) if context.parent is None else None
    if match := _EXTRA.fullmatch(message):
        return find_words(context.command_path, match[1].split())
    return None


_VALUES = {  # of options that take none elsewhere
    "--cascade": "Say to which state, as in --cascade ready.",
    "--force": "Say why, as in --force 'The tests are flaky'.",
}
_NO_COMMAND = re.compile(r"No such command (['\"])(.*?)\1\.(?: .*)?", re.DOTALL)
_EXTRA = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", re.DOTALL)


def _options(command: Any) -> list[str]:
    return [name for each in command.params for name in (*each.opts, *each.secondary_opts)]


def _one_line(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text)


def _name(parameter: Any) -> str:
    """Name a parameter as people type it, a switch by both its words."""
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper())
    first = next((each for each in parameter.opts if each.startswith("--")), parameter.opts[0])
    return " or ".join([first, *parameter.secondary_opts[:1]])


def _missing(error: Any, _context: Any) -> str:
    return f"{_name(error.param)} is missing."


def _no_option(error: Any, context: Any) -> str:
    known = _options(context.command)
    near = "" if _point("NoSuchOption", error, context) else _near(error.option_name, known)
    return f"There is no option {error.option_name}.{near}"


def _option_without_value(error: Any, _context: Any) -> str:
    if "not take" in error.message:
        return f"{error.option_name} takes no value."
    return f"{error.option_name} needs a value after it."


def _near(given: str, known: Sequence[str]) -> str:
    near = find_nearest(given, [each for each in known if each.startswith("--") or not given.startswith("-")])
    return f" Did you mean {near}?" if near else ""


def _other(error: Any, context: Any) -> str:
    message = str(error.message)
    if match := _NO_COMMAND.fullmatch(message):
        near = "" if _point("", error, context) else _near(match[2], list(context.command.commands))
        return f"There is no command {match[2]}.{near}"
    if match := _EXTRA.fullmatch(message):
        return f"Nothing more belongs here, but there is: {match[1]}."
    return "A command is missing." if message == "Missing command." else message


def _bad_value(error: Any, command: str) -> TaskfilesError:
    details = _details(error)
    wanted, choices = wanted_by_pydantic(details), _choices(error.param)
    if choices:
        near = find_nearest(str(details.get("input", "")), choices)
        hint = f"Did you mean {near}? " if near else ""
        remedy, problem = f"{hint}Use one of {', '.join(choices)}.", "it is not one of its values"
    elif wanted is not None:
        remedy, problem = f"Give {wanted}.", f"{wanted} belongs there"
    else:
        remedy, problem = f"See `{command} --help`.", "it can't be read"
    given = f"“{_one_line(str(details['input']))[:60]}”" if "input" in details else "that"
    return TaskfilesError("bad-value", option=_name(error.param), given=given, problem=problem, remedy=remedy)


def _details(error: Any) -> dict[str, Any]:
    """Return what pydantic says of a value, if it is what has refused it."""
    listed = getattr(error.__cause__, "errors", None)
    found = listed() if callable(listed) else []
    return dict(found[0]) if found else {}


def _choices(parameter: Any) -> list[str]:
    from taskfiles_cli.line.contract import choices_of  # noqa: PLC0415 (it builds on typer, which is loaded by now)

    return choices_of(parameter) or []
