"""Command lines are read by the table as typer reads them, and hot commands import little."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from support.in_process import call
from support.indexed_projects import LONG_WAY, remember, trace
from support.project import Project
from support.slow_path import slow_path
from taskfiles_cli.line import program
from taskfiles_cli.line import read as argv
from taskfiles_cli.line.table import COMMANDS, Option

# The command line


TEXTS = st.sampled_from(["a", "", "-", "-x", "--output", "=", "a=b", "1", "é", "@f"])
NUMBERS = st.sampled_from(["0", "1", "007", "1.5", "-1", "x", "", "99999999999999999999"])
WORDS = st.sampled_from(["json", "JSON", "human", "github", "never", "xml"])


def option_words(name: str, option: Option) -> st.SearchStrategy[list[str]]:
    if option.kind in {"flag", "no-flag"}:
        return st.sampled_from([[name], [name], [f"{name}=1"]])
    values = {"text": TEXTS, "path": TEXTS, "whole": NUMBERS, "number": NUMBERS}.get(option.kind, WORDS)
    glued = values.map(lambda value: [f"{name}={value}"] if name.startswith("--") else [name + value])
    return st.one_of(values.map(lambda value: [name, value]), glued)


@st.composite
def command_lines(draw: st.DrawFn) -> tuple[str, list[str]]:
    name = draw(st.sampled_from(sorted(COMMANDS)))
    command = COMMANDS[name]
    options = [option_words(*pair) for pair in command.options.items()]
    needed = [
        option_words(*pair) for pair in command.options.items() if pair[1].parameter in command.required
    ]
    others = [
        TEXTS.map(lambda word: [word]),
        st.sampled_from([["--"], ["--help"], ["-h"], ["--outp"], ["-oplain"]]),
    ]
    groups = [draw(words) for words in needed] + draw(st.lists(st.one_of(*options, *others), max_size=4))
    return name, [word for group in draw(st.permutations(groups)) for word in group]


@given(command_lines())
def test_command_lines_are_read_as_typer_reads_them(line: tuple[str, list[str]]) -> None:
    """What is recognised is what typer passes on; what typer refuses is not recognised."""
    name, words = line
    quick = argv.read(COMMANDS[name], words)
    if quick is None:
        return
    command: Any = typer.main.get_command(program.build())
    for part in name.split():
        command = command.commands[part]
    context = command.make_context(name, list(words))
    told = {key: value for key, value in context.params.items() if value not in (None, [], ())}
    function = program.load(program.COMMANDS[name])
    defaults = {key: each.default for key, each in inspect.signature(function).parameters.items()}
    expected = {key: value for key, value in told.items() if key in quick or value != defaults[key]}
    assert {key: _comparable(value) for key, value in quick.items()} == {
        key: _comparable(value) for key, value in expected.items()
    }


def _comparable(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize(
    "words",
    [
        ["--version", "x"],
        ["--help", "list"],
        [],
        ["lst"],
        ["metadata"],
        ["show"],
        ["list", "--o"],
    ],
    ids=" ".join,
)
def test_what_is_in_doubt_is_left_to_typer(words: list[str]) -> None:
    assert argv.recognise(words) is None


@pytest.mark.parametrize("columns", ["0", "40", "79", "80", "81", "200"])
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_is_what_typer_says(project: Project, option: str, columns: str) -> None:
    """At any width; the kept text serves all from 80 columns on."""
    quick = call(project, option, env={"COLUMNS": columns})
    with slow_path():
        long = call(project, option, env={"COLUMNS": columns})
    assert long == quick
    assert long.code == 0
    assert "Commands:" in long.out


def test_every_command_is_in_the_table() -> None:
    assert COMMANDS.keys() == program.COMMANDS.keys()


HEAVY = {
    "taskfiles.store.claims",
    "taskfiles.operations.pickup",
    "taskfiles.changes.mutate_all",
    "taskfiles.store.recovery",
}
HEAVY |= {
    "typer",
    "pydantic",
    "difflib",
    "subprocess",
    "tomllib",
    "tomlkit",
    "frontmatter",
    "uuid",
    "secrets",
}
HEAVY |= {"pathlib", "hashlib", "ruamel.yaml", "dataclasses", "tempfile", "inspect"}
# Each takes longer to import than the fast list takes to answer for a hundred tasks.
TOO_MUCH_FOR_A_LIST = {"typing", "re", "enum", "json", "datetime", "functools", "collections", "contextlib"}


@pytest.mark.parametrize(
    "line",
    [
        "update fix --meta size=xl",
        "record fix --status failed --tool t --duration-seconds 1",
        "show fix --output json",
        "list --state ready --output json",
        "list --label a --sort -priority",
    ],
)
def test_hot_commands_import_little(project: Project, line: str) -> None:
    project.task("fix", labels="[a]")
    found = (HEAVY - imported_at_start()) & imported_by(project, line)
    assert not found, sorted(found)


@pytest.mark.parametrize(
    "line",
    ["list", "next", "tree", "plan", "plan --output json", "stats", "search fix", "attempts"],
)
def test_commands_that_read_all_tasks_import_neither_models_nor_parsers(project: Project, line: str) -> None:
    """With settings that are not plain, which are kept with the index."""
    project.task("fix", labels="[a]")
    project.write("tasks/tasks.toml", 'format = 1\ntimezone = "Europe/Berlin"\nrun.allow_partial = false\n')
    assert project.run("list").code == 0
    assert project.run("plan").code == 0
    assert not {"typer", "pydantic", "ruamel.yaml", "tomllib"} & imported_by(project, line)


def imported_by(project: Project, line: str) -> set[str]:
    """Return the modules that a command that succeeds has imported."""
    code = (
        "import sys; from taskfiles_cli.main import main; code = main(sys.argv[1:]); "
        "print(code, *sys.modules, file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, *line.split()]
    env = project.environment({})
    done = subprocess.run(command, cwd=project.root, env=env, capture_output=True, text=True, check=True)
    code_given, *modules = done.stderr.splitlines()[-1].split()
    assert code_given == "0"
    return set(modules)


# Of these a command about one task needs none, whose answer a program reads.
NOT_FOR_ONE = {"json", "signal", "ctypes", "struct", "importlib", "bisect"}
NOT_FOR_ONE |= {
    f"taskfiles.{name}"
    for name in (
        "backlog.filter",
        "backlog.graph",
        "backlog.links",
        "backlog.milestones",
        "basics.look",
        "changes.outside_links",
        "changes.relink",
        "store.index.table",
        "store.index.writing",
        "store.scan",
        "store.walk",
        "task.synonyms",
        "text.checkboxes",
    )
}
NOT_FOR_ONE |= {f"taskfiles_cli.{name}" for name in ("command.choice", "render.details", "render.signs")}


@pytest.mark.parametrize(
    ("line", "most"),
    [
        ("show alpha", 82),
        ("update alpha --meta size=xl", 115),
        ("record alpha --status failed --tool t --duration-seconds 1", 115),
    ],
)
def test_a_command_about_one_task_imports_what_it_needs(old: Project, line: str, most: int) -> None:
    """Each module costs a tenth of a millisecond; raise a limit only for what every call needs."""
    remember(old)
    found = trace(old, *line.split(), "--output", "json")
    assert found.done.code == 0
    assert not (NOT_FOR_ONE - imported_at_start()) & found.modules
    ours = {name for name in found.modules if name.startswith("taskfiles")}
    assert len(ours) <= most, sorted(ours)


def imported_at_start() -> set[str]:
    """What the interpreter itself imports, for an editable installation above all."""
    bare = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return set(bare.stdout.split())


@pytest.mark.parametrize("state", [(), ("--state", "ready")], ids=["all", "one state"])
@pytest.mark.parametrize("changed", [False, True], ids=["unchanged", "changed"])
def test_the_list_from_the_index_imports_hardly_anything(
    old: Project, state: tuple[str, ...], changed: bool
) -> None:
    remember(old)
    if changed:
        old.task("alpha", title="Changed")
    found = trace(old, "list", *state, "--output", "json")
    assert found.is_fast
    heavy = (HEAVY | TOO_MUCH_FOR_A_LIST) - imported_at_start()
    assert not heavy & found.modules
    ours = {name for name in found.modules if name.startswith("taskfiles")}
    assert (
        not {"taskfiles.store.store", "taskfiles.task.task", "taskfiles_cli.render.console", LONG_WAY} & ours
    )
