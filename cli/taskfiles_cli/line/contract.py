"""The machine contract of all commands, computed from the typer program when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from enum import EnumType, StrEnum
from pathlib import Path
from typing import Any, get_args

import typer

from taskfiles import ERRORS, __version__
from taskfiles.schema.files import list_schemas
from taskfiles_cli.line import program
from taskfiles_cli.line.exit_codes import EXITS
from taskfiles_cli.line.program import OUTPUTS


def build_contract(topics: Mapping[str, str]) -> dict[str, Any]:
    """Build what `tasks help --output json` answers: every command with its arguments, options, outputs."""
    root: Any = typer.main.get_command(program.build())
    return {
        "program": "tasks",
        "version": __version__,
        "commands": [
            command_contract(root, name) for name in program.COMMANDS if name not in program.ALIASES
        ],
        "topics": [{"topic": name, "description": text} for name, text in topics.items()],
        "exit_codes": [
            {
                "exit": code,
                "meaning": meaning,
                "errors": sorted(name for name, error in ERRORS.items() if error.exit == code),
            }
            for code, meaning in EXITS.items()
        ],
        "schemas": [{"name": name, "description": text} for name, text in list_schemas().items()],
    }


def command_contract(root: Any, name: str) -> dict[str, Any]:
    """Describe one command."""
    command = root
    for word in name.split():
        command = command.commands[word]
    summary, _, description = (command.help or "").strip().partition("\n")
    place = program.COMMANDS[name]
    aliases = [other for other in program.COMMANDS if other != name and program.COMMANDS[other] == place]
    parameters = [parameter for parameter in command.params if parameter.name != "help"]
    return {
        "name": name,
        "aliases": aliases,
        "summary": summary,
        "description": description.strip(),
        "arguments": [argument(each) for each in parameters if each.param_type_name == "argument"],
        "options": [option(each) for each in parameters if each.param_type_name == "option"],
        "output_schema": OUTPUTS[name],
    }


def argument(parameter: Any) -> dict[str, Any]:
    """Describe an argument."""
    return {
        "name": parameter.metavar or parameter.name.upper(),
        "type": _type(parameter),
        "choices": choices_of(parameter),
        "default": _default(parameter),
        "required": parameter.required,
        "repeatable": parameter.nargs == -1,
        "help": parameter.help,
    }


def option(parameter: Any) -> dict[str, Any]:
    """Describe an option; `values` is how many words follow it, two for `--field SECTION TEXT`."""
    names = sorted(parameter.opts, key=lambda name: not name.startswith("--"))  # long ones as declared
    kind = _type(parameter)
    return {
        "name": names[0],
        "aliases": names[1:],
        "negation": next(iter(parameter.secondary_opts), None),
        "type": kind,
        "metavar": parameter.metavar,
        "values": 0 if kind == "flag" else len((parameter.metavar or "").split()) or 1,
        "choices": choices_of(parameter),
        "minimum": parameter.min,
        "default": _default(parameter),
        "required": parameter.required,
        "repeatable": parameter.multiple,
        "help": parameter.help,
    }


def _type(parameter: Any) -> str:
    """Name the type of one value: text, path, integer, number, flag or choice."""
    if choices_of(parameter) is not None:
        return "choice"
    kind = value_kind(parameter.type_descriptor.annotation)
    return {"whole": "integer"}.get(kind, kind)


def choices_of(parameter: Any) -> list[str] | None:
    """Return the words that a parameter takes; None where it takes others."""
    annotation = parameter.type_descriptor.annotation
    kinds: list[Any] = [kind for kind in (annotation, *get_args(annotation)) if isinstance(kind, EnumType)]
    return [str(choice) for choice in kinds[0]] if kinds else None


def _default(parameter: Any) -> Any:
    default = parameter.default
    return str(default) if isinstance(default, StrEnum) else default


def value_kind(annotation: Any) -> str:
    """Name how a value is read: text, path, whole, number, flag, or the name of an enumeration."""
    inner = [argument for argument in get_args(annotation) if argument is not type(None)]
    if inner:
        return value_kind(inner[0])
    known = {str: "text", int: "whole", float: "number", bool: "flag", Path: "path"}
    return known.get(annotation, f"{annotation.__module__}.{annotation.__name__}")
