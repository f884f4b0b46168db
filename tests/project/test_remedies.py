"""Sentences of the library name no command and no option: those remedies are the command line's."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal

import pytest

import taskfiles
import taskfiles_cli
from support.syntax import parse
from taskfiles import ERRORS, FINDINGS
from taskfiles.doctor.checks import CHECKS
from taskfiles_cli.line import program
from taskfiles_cli.render.remedies import REMEDIES

LIBRARY, PROGRAM = Path(taskfiles.__file__).parent, Path(taskfiles_cli.__file__).parent
VERBS = "|".join(program.COMMANDS)
REMEDY = re.compile(rf"`tasks [a-z]|^tasks (?:{VERBS})\b|(?:^|[\s(`,“])--[a-z][a-z-]+")
CALLED = re.compile(r"\b(?:TaskfilesError|Remedy)\b")
NAMED = re.compile(r"[`\"']tasks\b|--[a-z]")  # what stands in each module that `remedies` finds a text in
# Modules that name some, and why that is not a remedy.
STILL = {
    "agents/command_line.py": "command lines of agents",
    "agents/registry.py": "how agents are called whose output is read",
    "changes/diff.py": "options of git",
    "config/profiles.py": "comments in a new tasks.toml",
    "merge/driver.py": "what git's settings run",
    "report/style.py": "custom properties of CSS",
    "run/checkout.py": "the reason in git's reflog",
    "run/prompt.py": "what an agent gets to read, which works on a command line",
    "run/pullrequest.py": "options of git and gh",
    "run/worktrees.py": "options of git",
    "store/history.py": "options of git",
    "telemetry/actions.py": "where each action of the registry begins",
    "telemetry/model.py": "a description in published schemas",
    "text/block.py": "a mark in files of other people, which is looked for as it is",
}


def remedies(tree: ast.Module) -> list[str]:
    """The texts in a module, but for docstrings, that name a command or an option."""
    named = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    first = [node.body[0] for node in ast.walk(tree) if isinstance(node, named) and node.body]
    docstrings = {id(node.value) for node in first if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
        and " " in node.value.strip()  # one word alone is an argument of another program
        and REMEDY.search(node.value)
    ]


def test_remedies_of_the_command_line_are_in_its_own_modules() -> None:
    found = {
        file.relative_to(LIBRARY).as_posix(): texts
        for file in sorted(LIBRARY.rglob("*.py"))
        if NAMED.search(file.read_text(encoding="utf-8")) and (texts := remedies(parse(file)))
    }
    assert {name: texts for name, texts in found.items() if name not in STILL} == {}
    assert found.keys() >= STILL.keys()


def calls(name: Literal["TaskfilesError", "Remedy"]) -> Iterator[tuple[str, ast.Call]]:
    """Each call of a class in the two packages, with its place."""
    for place, node, called in all_calls():
        if called == name:
            yield place, node


@cache
def all_calls() -> list[tuple[str, ast.Call, str]]:
    files = [*LIBRARY.rglob("*.py"), *PROGRAM.rglob("*.py")]
    return [
        (f"{file.name}:{node.lineno}", node, node.func.id)
        for file in files
        if CALLED.search(file.read_text(encoding="utf-8"))
        for node in ast.walk(parse(file))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]


def lacking(call: ast.Call, code: str) -> set[str]:
    """The values that the command line's remedy is filled from, and that a call does not give."""
    wanted = {name for _, name, _, _ in string.Formatter().parse(REMEDIES.get(code, "")) if name}
    given = {keyword.arg for keyword in call.keywords}
    return set() if None in given else wanted - given  # None is `**values`


def test_whoever_raises_an_error_gives_what_its_remedy_is_filled_from() -> None:
    raised = [
        (place, call, call.args[0].value)
        for place, call in calls("TaskfilesError")
        if call.args and isinstance(call.args[0], ast.Constant)
    ]
    assert raised
    assert {place: found for place, call, code in raised if (found := lacking(call, str(code)))} == {}


def test_each_remedy_gives_what_the_command_lines_own_is_filled_from() -> None:
    made = [(place, call, ast.literal_eval(call.args[1])) for place, call in calls("Remedy") if coded(call)]
    assert {place: found for place, call, code in made if (found := lacking(call, code))} == {}


def coded(call: ast.Call) -> bool:
    return len(call.args) == 2 and isinstance(call.args[1], ast.Constant)


@cache
def made_codes() -> set[str]:
    return {str(call.args[1].value) for _, call in calls("Remedy") if coded(call)}


@pytest.mark.parametrize("code", sorted(REMEDIES))
def test_every_remedy_of_the_table_is_of_something(code: str) -> None:
    kind, _, rest = code.partition(".")
    known = {
        "finding": FINDINGS.keys() | {"left"},
        "check": CHECKS.keys(),
        "complete": literals("operations/move.py") | {"cascade", "force"},
        "start": literals("operations/pickup.py"),
        "fixed": literals("operations/repeated.py"),
        "claimed": literals("store/claims.py"),
    }
    if kind in known:
        assert rest in known[kind]
    else:
        assert code in ERRORS or code in made_codes()


def literals(name: str) -> set[str]:
    tree = parse(LIBRARY / name)
    constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return {value for value in constants if isinstance(value, str)}
