"""The manual page: every command with all it takes, in roff that groff takes without a warning."""

from __future__ import annotations

import re
import subprocess

import pytest

from support.paths import REPOSITORY
from support.project import need
from support.surfaces import PROGRAMS
from taskfiles_cli.line.table import COMMANDS

PAGE = REPOSITORY / "docs" / "man" / "tasks.1"
pytestmark = pytest.mark.skipif(not PAGE.is_file(), reason="the tests run without the repository")
_BOLD = re.compile("\x1b\\[[0-9;]*m|.\b")  # by colours or by overprinting, as the terminal has it
MACROS = (".TH", ".SH", ".SS", ".PP", ".TP", ".B ", '.\\"')


@pytest.fixture(scope="module")
def text() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_every_command_has_its_options(text: str) -> None:
    sections = {part.partition("\n")[0]: part for part in text.partition(".SH EXIT")[0].split(".SS ")[1:]}
    seen = set()
    for name, command in COMMANDS.items():
        usage = f"tasks {name} ".replace("-", "\\-")
        (heading,) = [each for each in sections if f"{each} ".startswith(usage)] or [""]
        if heading:
            seen.add((command.module, command.function))
            for option, about in command.options.items():
                if about.parameter not in command.hidden:
                    assert option.replace("-", "\\-") in sections[heading], (name, option)
    assert seen == {(command.module, command.function) for command in COMMANDS.values()}


def test_lines_are_macros_or_text(text: str) -> None:
    assert text.isascii()
    for line in text.splitlines():
        assert line
        assert not line.startswith("'")
        assert not line.startswith(".") or line.startswith(MACROS)


@PROGRAMS
def test_groff_prints_it_without_a_warning() -> None:
    need("groff")
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", str(PAGE)], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert "\\" not in done.stdout.replace("\\x", "")
    plain = " ".join(_BOLD.sub("", done.stdout).split())
    assert "tasks new [OPTIONS] [TITLE] Create a task" in plain
    assert "--search TEXT" in plain
