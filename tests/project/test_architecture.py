"""The house rules that a reader relies on: who imports whom, what the library never does, what is public."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

import taskfiles
import taskfiles_cli
from support.paths import REPOSITORY, TESTS
from support.syntax import parse
from taskfiles_cli.line.program import ALIASES, COMMANDS

LIBRARY = Path(taskfiles.__file__).parent
PROGRAM = Path(taskfiles_cli.__file__).parent
MAX_LINES = 500


@cache
def modules(package: Path) -> list[tuple[str, Path, str]]:
    found = []
    for file in sorted(package.rglob("*.py")):
        name = ".".join(file.relative_to(package).with_suffix("").parts).removesuffix("__init__").rstrip(".")
        text = file.read_text(encoding="utf-8")
        found.append((name, file, text))
    return found


def imports(tree: ast.Module) -> set[str]:
    """The library's modules that run-time code imports, wherever the import stands."""
    typing_only = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If)
        and isinstance(branch.test, ast.Name)
        and branch.test.id == "TYPE_CHECKING"
        for node in ast.walk(branch)
    }
    found = set()
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if (
            isinstance(node, ast.ImportFrom)
            and node.module
            and node.module.split(".")[0] in {"taskfiles", "taskfiles_cli"}
        ):
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


PAGE = REPOSITORY / "docs" / "explanation" / "architecture.md"
needs_page = pytest.mark.skipif(not PAGE.is_file(), reason="the tests run without the repository's docs")


@needs_page
def test_the_table_of_rooms_is_the_tree() -> None:
    """Each package once, described by the first line of its `__init__`, in the order of the layers."""
    rows = re.findall(r"^\| `(\S+)/` \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert dict(rows).keys() == {
        f"{place}/{room.name}"
        for place, package in (("taskfiles", LIBRARY), ("cli/taskfiles_cli", PROGRAM))
        for room in package.iterdir()
        if room.is_dir() and room.name != "__pycache__"
    }
    for name, line in rows:
        init = REPOSITORY / name / "__init__.py"
        described = ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))) if init.exists() else line
        assert str(described).partition("\n")[0] == line, name
    for contract in tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]:
        for container in contract.get("containers", ()):
            layers = [set(layer.split(" | ")) for layer in reversed(contract["layers"])]
            level = {room: number for number, layer in enumerate(layers) for room in layer}
            named = [name.rpartition("/")[2] for name, _ in rows if f"{container}/" in name]
            levels = [level[name] for name in named if name in level]
            assert levels == sorted(levels), container


def test_the_roots_hold_rooms_and_little_else() -> None:
    files = {file.name for file in LIBRARY.iterdir() if file.is_file()}
    assert files == {"__init__.py", "__init__.pyi", "errors.py", "remedy.py", "version.py", "py.typed"}
    files = {file.name for file in PROGRAM.iterdir() if file.is_file()}
    assert files == {"__init__.py", "__main__.py", "entry.py", "main.py", "version.py", "py.typed"}


def test_a_command_leads_to_its_modules_by_name() -> None:
    for name, place in COMMANDS.items():
        module, _, function = place.partition(":")
        if name not in ALIASES:
            words = name.replace("-", "_").split()
            assert module in {words[0], "_".join(words)}, name
        command = getattr(importlib.import_module(f"taskfiles_cli.commands.{module}"), function)
        if "claim" in getattr(command, "shared", ()) and name != "metadata set":  # which is an update
            assert (LIBRARY / "operations" / f"{module}.py").is_file(), name


def test_the_library_is_silent() -> None:
    for name, file, text in modules(LIBRARY):
        if re.search(r"\b(?:print|input|exit|quit)\b", text):  # few modules need to be parsed
            calls = {
                node.func.id
                for node in ast.walk(parse(file))
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            }
            assert not calls & {"print", "input", "exit", "quit"}, name
        for word in (
            "os.environ",
            "os.getenv",
            "sys.stdout",
            "sys.stderr",
            "sys.exit",
            "Path.home",
            "expanduser",
        ):
            # Git inherits the environment of this process, without what would point it to another place.
            known = {"os.environ"} if name == "store.git" else set()
            assert word not in text or word in known, f"{name}: {word}"


def test_programs_are_run_in_two_places() -> None:
    assert [name for name, _, text in modules(LIBRARY) if "subprocess" in text] == [
        "run.process",
        "store.git",
    ]


@pytest.mark.slow
def test_the_program_does_not_parse_yaml() -> None:
    for name, file, _ in modules(PROGRAM):
        used = imports(parse(file))
        assert not any(
            module.startswith(("ruamel", "yaml", "taskfiles.text.splice", "taskfiles.text.document"))
            for module in used
        ), name


def test_modules_are_of_readable_size() -> None:
    for package in (LIBRARY, PROGRAM):
        for name, _, text in modules(package):
            if name != "line.table":  # generated, a few lines for each option
                assert text.count("\n") < MAX_LINES, name


def test_public_names_exist_once_and_are_documented() -> None:
    assert taskfiles.__all__ == sorted(
        set(taskfiles.__all__), key=lambda name: (not name.isupper(), name[0].islower(), name)
    )
    for name in taskfiles.__all__:
        public = getattr(taskfiles, name)
        if not name.isupper():
            assert public.__doc__, name


def test_the_origins_type_names_are_exported() -> None:
    wanted = {
        "ExecutionStatus",
        "ExecutionExecutor",
        "ExecutionReviewer",
        "ExecutionAttempt",
        "TaskExecution",
        "TaskMeta",
    }
    assert wanted <= set(taskfiles.__all__)


def test_python_frontmatter_is_imported_only_when_used() -> None:
    code = (
        "import sys, taskfiles; assert 'frontmatter' not in sys.modules; "
        "taskfiles.TaskHandler; assert 'frontmatter' in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_doctests() -> None:
    import doctest

    tried = 0
    for package in (taskfiles, taskfiles_cli):
        for name, _, text in modules(Path(package.__file__).parent):  # type: ignore[arg-type]  # both packages have files
            module = importlib.import_module(f"{package.__name__}.{name}".rstrip("."))
            if ">>>" not in text:  # looking for examples takes longer than importing
                continue
            result = doctest.testmod(module)
            assert result.failed == 0, name
            tried += result.attempted
    assert tried > 20


def test_no_public_name_is_a_modules_too() -> None:
    """Importing a submodule would put it in the name's place."""
    assert not set(taskfiles.__all__) & {name for name, _, _ in modules(LIBRARY)}


def test_no_test_module_imports_another() -> None:
    """What several share is in a module of its own, whose name says what it holds."""
    for file in sorted(TESTS.rglob("*.py")):
        name = file.relative_to(TESTS).as_posix()
        text = file.read_text(encoding="utf-8")
        if not re.search(r"^[ \t]*(?:import|from)\b.*\btest_", text.replace("\\\n", " "), re.MULTILINE):
            continue
        for node in ast.walk(parse(file)):
            named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                named = [node.module or ""]
            assert not any(module.startswith("test_") for module in named), name
