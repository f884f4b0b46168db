"""The house rules that a reader relies on: who imports whom, what the library never does, what is public."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import taskfiles
import taskfiles_cli
from support.paths import TESTS

LIBRARY = Path(taskfiles.__file__).parent
PROGRAM = Path(taskfiles_cli.__file__).parent
MAX_LINES = 500


def modules(package: Path) -> Iterator[tuple[str, ast.Module, str]]:
    for file in sorted(package.rglob("*.py")):
        name = ".".join(file.relative_to(package).with_suffix("").parts).removesuffix("__init__").rstrip(".")
        text = file.read_text(encoding="utf-8")
        yield name, ast.parse(text), text


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


def test_the_library_does_not_know_the_program() -> None:
    for name, tree, _ in modules(LIBRARY):
        assert not any(module.startswith("taskfiles_cli") for module in imports(tree)), name


def test_the_library_is_silent() -> None:
    for name, tree, text in modules(LIBRARY):
        calls = {
            node.func.id
            for node in ast.walk(tree)
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
            assert word not in text, f"{name}: {word}"


def test_programs_are_run_in_two_places() -> None:
    assert [name for name, _, text in modules(LIBRARY) if "subprocess" in text] == [
        "run.process",
        "store.git",
    ]


def test_the_program_does_not_parse_yaml() -> None:
    for name, tree, _ in modules(PROGRAM):
        used = imports(tree)
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
        for name, _, _ in modules(Path(package.__file__).parent):  # type: ignore[arg-type]  # both packages have files
            module = importlib.import_module(f"{package.__name__}.{name}".rstrip("."))
            result = doctest.testmod(module)
            assert result.failed == 0, name
            tried += result.attempted
    assert tried > 20


def test_no_public_name_is_a_modules_too() -> None:
    """Importing a submodule would put it in the name's place."""
    assert not set(taskfiles.__all__) & {name for name, _, _ in modules(LIBRARY)}


def test_no_test_module_imports_another() -> None:
    """What several share is in a module of its own, whose name says what it holds."""
    for name, tree, _ in modules(TESTS):
        for node in ast.walk(tree):
            named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                named = [node.module or ""]
            assert not any(module.startswith("test_") for module in named), name
