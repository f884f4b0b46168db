"""Sentences of the library name no command and no option: those remedies are the command line's."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import taskfiles

LIBRARY = Path(taskfiles.__file__).parent
REMEDY = re.compile(r"`tasks [a-z]|(?:^|[\s(`,“])--[a-z][a-z-]+")
# Modules whose sentences still do; the list only gets shorter.
STILL = frozenset(
    {
        "agents/registry.py",
        "backlog/snapshot.py",
        "changes/diff.py",  # options of git
        "config/profiles.py",
        "dataset/directory.py",
        "dataset/export.py",
        "dataset/manifest.py",
        "dataset/merging.py",
        "doctor/attempts.py",
        "doctor/checks.py",
        "doctor/clone.py",
        "doctor/project.py",
        "errors.py",
        "fleet/measure.py",
        "fleet/place.py",
        "merge/driver.py",
        "operations/declare_steps.py",
        "operations/fix.py",
        "operations/move.py",
        "operations/pickup.py",
        "report/style.py",  # custom properties of CSS
        "run/gates.py",
        "run/prompt.py",
        "run/pullrequest.py",
        "run/vetting.py",
        "run/worktrees.py",
        "store/history.py",  # options of git
        "task/codes.py",
        "telemetry/actions.py",
        "telemetry/model.py",
        "text/block.py",
    }
)


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
        if (texts := remedies(ast.parse(file.read_text(encoding="utf-8"))))
    }
    assert {name: texts for name, texts in found.items() if name not in STILL} == {}
    assert found.keys() >= STILL
