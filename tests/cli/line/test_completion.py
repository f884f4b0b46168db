"""What a shell is offered without typer is what typer offers."""

from __future__ import annotations

import pytest

from support.in_process import call
from support.project import Project
from support.slow_path import slow_path
from taskfiles_cli.line.completion import ASKED, complete
from taskfiles_cli.line.table import COMMANDS

LINES = [f"{name} {word}" for name in COMMANDS for word in ("-", "--o", "f", "fix x ", "")]
ODD = ["", "sh", "show", "nothing f", "show 'f", "show f\\", "show --output j", "show --root . f"]
ODD += [
    "metadata ",
    "show -o=",
    "list --output json -",
    "run fix -- tr",
    "telemetry",
    "metadata get fix ",
    "show $(f",
]


def environment(line: str, shell: str = "bash") -> dict[str, str]:
    """Return the variables with which a shell's script asks."""
    words = f"tasks {line}"
    return {ASKED: f"complete_{shell}", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}


@pytest.fixture
def named(project: Project) -> Project:
    for task_id in ("fix-one", "fix-two", "other"):
        project.task(task_id)
    project.write("tasks/tasks.toml", 'format = 1\nlayout = "flat"\n')
    project.write("tasks/flat-one.md", "")
    project.write("tasks/README.md", "")
    return project


@pytest.mark.parametrize("line", [*LINES[::7], *ODD])
def test_a_shell_is_offered_what_typer_offers(named: Project, line: str) -> None:
    offered = call(named, env=environment(line))
    with slow_path():
        long = call(named, env=environment(line))
    assert (offered.code, offered.err) == (long.code, long.err)
    assert sorted(offered.out.split()) == sorted(long.out.split())


@pytest.mark.slow
@pytest.mark.parametrize("line", LINES)
def test_so_it_is_for_every_command(named: Project, line: str) -> None:
    test_a_shell_is_offered_what_typer_offers(named, line)


def test_ids_and_options_need_no_typer() -> None:
    assert complete(environment("show -")) is not None
    assert complete(environment("show x", "zsh")) is None
    for line in ("show 'f", "show --root . f", "sh", "metadata get fix "):
        assert complete(environment(line)) is None
