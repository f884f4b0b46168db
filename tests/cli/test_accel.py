"""Accelerators change no byte of an answer: each is compared with the plain path."""

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
from support.model_problems import model_problems
from support.project import Project
from taskfiles.basics import accel
from taskfiles.task import keys, model, values
from taskfiles.task.keys import PARTS
from taskfiles_cli.line import program
from taskfiles_cli.line import read as argv
from taskfiles_cli.line.table import COMMANDS, Option

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 3),
    st.sampled_from([2**63 - 1, 2**63, 10**30]),
    st.floats(allow_nan=False),
    st.sampled_from(["", " ", "text", "5", "true", "Fix", "fix-1", "2025-02-30T00:00:00Z", "2025-11-02"]),
    st.lists(st.sampled_from(["a", "", 1, None, {}]), max_size=2),
    st.dictionaries(st.sampled_from(["tool", "type", "x"]), st.sampled_from(["a", "", 1, None]), max_size=2),
)
INSTANTS = ["2025-11-02T15:03:00.000Z", "2025-11-02 15:03:01+01:00", "2025-11-02T15:05:00"]
GOOD = {
    "text": st.sampled_from(["", "a"]),
    "filled": st.just("a"),
    "id": st.just("fix-1"),
    "uuid": st.just("0199c6f2-7d1a-7c3e-9b1e-0b6f6f2a9c11"),
    "integer": st.integers(0, 9),
    "fraction": st.sampled_from([0, 1, 0.5]),
    "boolean": st.booleans(),
    "instant": st.sampled_from(INSTANTS),
}


def mappings(part: str) -> st.SearchStrategy[dict[str, object]]:
    """Mappings of a model: most keys sound, some odd, some missing, some of the user's own."""
    known = {name: mostly(key.type) for name, key in PARTS[part].items() if name != "*"}
    required = {name: known[name] for name, key in PARTS[part].items() if key.required}
    sound = st.fixed_dictionaries(required, optional={n: s for n, s in known.items() if n not in required})
    loose = st.fixed_dictionaries({}, optional=known)
    own = st.dictionaries(st.sampled_from(["x_own", "build"]), ODD, max_size=1)
    return st.tuples(st.one_of(sound, sound, loose), own).map(lambda pair: {**pair[0], **pair[1]})


def mostly(kind: str) -> st.SearchStrategy[object]:
    good = sound_value(kind)
    return st.one_of(good, good, good, good, ODD)


def sound_value(kind: str) -> st.SearchStrategy[object]:
    outer, _, inner = kind.partition(":")
    if outer == "part":
        return st.deferred(lambda: mappings(inner))
    if outer == "word":
        return st.sampled_from([word.value for word in getattr(keys.words, inner)])
    if outer in {"list", "attempts"}:
        item = mostly(f"part:{inner}") if inner in PARTS else mostly(inner)
        return st.lists(item, max_size=2)
    return GOOD[outer]


@given(mappings("TaskMeta"))
def test_the_key_table_finds_what_the_models_find(frontmatter: dict[str, object]) -> None:
    found = keys.schema_problems(frontmatter)  # type: ignore[arg-type]
    assert found == model_problems(model.TaskMeta, frontmatter)


@given(st.one_of(mappings("ExecutionAttempt"), mappings("ExecutionAttempt"), ODD))
def test_the_key_table_finds_what_the_models_find_of_attempts(attempt: object) -> None:
    assert keys.attempt_problems(attempt) == model_problems(model.ExecutionAttempt, attempt)


@given(mappings("TaskMeta"))
def test_what_has_no_problems_is_a_model(frontmatter: dict[str, object]) -> None:
    if not keys.schema_problems(frontmatter):  # type: ignore[arg-type]
        assert model.TaskMeta.model_validate(frontmatter)


def test_the_table_names_every_field_of_every_model() -> None:
    for name, part in PARTS.items():
        assert [key for key in part if key != "*"] == list(getattr(model, name).model_fields)


def test_every_check_of_the_table_is_known() -> None:
    inner = {key.type.rpartition(":")[2] for part in PARTS.values() for key in part.values()}
    checks = {name.removeprefix("check_") for name in vars(values) if name.startswith("check_")}
    assert inner <= checks | PARTS.keys() | set(vars(keys.words))


@pytest.mark.parametrize(
    ("setting", "on"),
    [("", accel.KNOWN), ("1", accel.KNOWN), ("0", set()), ("argv", {"argv"}), ("argv,nonsense", {"argv"})],
)
def test_accelerators_are_chosen_by_a_setting(setting: str, on: set[str]) -> None:
    accel.choose(setting)
    assert {name for name in accel.KNOWN if accel.is_on(name)} == on


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
    long, quick = (
        call(project, option, env={"TASKS_ACCEL": setting, "COLUMNS": columns}) for setting in ("0", "argv")
    )
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
    project.task("fix")
    code = (
        "import sys; from taskfiles_cli.main import main; code = main(sys.argv[1:]); "
        "print(code, *sys.modules, file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, *line.split()]
    env = project.environment({"TASKS_ACCEL": "1"})
    done = subprocess.run(command, cwd=project.root, env=env, capture_output=True, text=True, check=True)
    code_given, *modules = done.stderr.splitlines()[-1].split()
    assert code_given == "0"
    assert not (HEAVY - imported_at_start()) & set(modules)


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
