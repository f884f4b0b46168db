"""README and docs tell the truth: console blocks run, generated pages are fresh, links lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.paths import REPOSITORY, TESTS
from support.project import GIT, install, need
from support.surfaces import PROGRAMS

PAGES = [
    page
    for page in [
        REPOSITORY / "README.md",
        REPOSITORY / "CHANGELOG.md",
        *sorted(REPOSITORY.glob("docs/**/*.md")),
    ]
    if page.is_file()
]
BLOCK = re.compile(r"^```(console|python)$", re.MULTILINE)
FIRST = {REPOSITORY, REPOSITORY / "docs" / "tutorial"}  # what newcomers try is run each time
RUN = [page for page in PAGES if BLOCK.search(page.read_text(encoding="utf-8"))]
pytestmark = pytest.mark.skipif(
    not (REPOSITORY / "docs").is_dir(), reason="the tests run without the repository's docs"
)


def console_blocks(text: str) -> list[tuple[str, str]]:
    """List the commands of a page's console blocks, each with the output it shows."""
    commands = []
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            while command.endswith("\\"):
                more, _, output = output.partition("\n")
                command = command[:-1] + more.removeprefix("> ")
            while output.startswith("> ") and is_unfinished(command):
                more, _, output = output.partition("\n")
                command += f"\n{more.removeprefix('> ')}"
            commands.append((command, output))
    return commands


def is_unfinished(command: str) -> bool:
    """Return whether a shell would ask for more."""
    done = subprocess.run(["bash", "-n"], input=command, text=True, capture_output=True, check=False)
    return done.returncode != 0


def pattern(output: str) -> str:
    """Make a pattern of an output in which `…` stands for anything on its line, or for lines on its own."""
    lines = output.split("\n")
    return "\n".join("(?:.*\n?)*?" if line == "…" else re.escape(line).replace("…", ".*?") for line in lines)


@pytest.fixture
def shell(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """An empty git repository and an environment in which `tasks` is this version."""
    programs = install(tmp_path / "bin")
    (programs / "python").symlink_to(sys.executable)
    home = tmp_path / "repo"
    home.mkdir()
    env = {
        **os.environ,
        **GIT,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "TERM": "dumb",
    }
    env["VIRTUAL_ENV"] = sys.prefix
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=home, env=env, check=True)
    return home, env


def programs(page: Path) -> list[str]:
    """List the programs that a page's commands need and a plain machine lacks."""
    commands = [command for command, _ in console_blocks(page.read_text(encoding="utf-8"))]
    return [name for name in ("jq", "sqlite3") if any(f"{name} " in command for command in commands)]


def run_blocks(page: Path, home: Path, env: dict[str, str]) -> None:
    """Run a page's console blocks; then its Python blocks, one program, in the project that those make."""
    text = page.read_text(encoding="utf-8")
    for command, output in console_blocks(text):
        both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
        shown = subprocess.run(
            ["bash", "-c", command], cwd=home, env=env, text=True, check=False, **both
        ).stdout
        assert re.fullmatch(pattern(output.rstrip("\n")), shown.rstrip("\n")), f"$ {command}\n{shown}"

    if program := "\n".join(re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)):
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=home, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=[] if page.parent in FIRST else [pytest.mark.slow]) for page in RUN],
    ids=lambda page: page.name,
)
def test_blocks_run(page: Path, shell: tuple[Path, dict[str, str]]) -> None:
    for program in programs(page):
        need(program)
    run_blocks(page, *shell)


@PROGRAMS
@pytest.mark.parametrize("page", [page for page in RUN if programs(page)], ids=lambda page: page.name)
def test_blocks_that_need_programs_run(page: Path, shell: tuple[Path, dict[str, str]]) -> None:
    """The same, where no program may be missing."""
    test_blocks_run(page, shell)


def test_there_are_console_blocks() -> None:
    assert sum(len(console_blocks(page.read_text(encoding="utf-8"))) for page in PAGES) > 20


@pytest.mark.slow
def test_generated_pages_are_fresh() -> None:
    command = [sys.executable, str(REPOSITORY / "docs" / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), target


NAMED = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|md|toml|json|yml|txt))(?:::[\w.]+)?`")
ROOTS = ("", "taskfiles", "cli/taskfiles_cli", "docs")
EXAMPLES = ("tasks/", "src/", ".github/", "verb.py")  # of a reader's project, or stand for any command's


@pytest.mark.parametrize("page", [*PAGES, REPOSITORY / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_files_that_are_named_are_there(page: Path) -> None:
    names = set(NAMED.findall(page.read_text(encoding="utf-8")))
    names -= {name for name in names if name.startswith(EXAMPLES) or name.endswith(EXAMPLES)}
    missing = {name for name in names if not any((REPOSITORY / root / name).exists() for root in ROOTS)}
    assert not missing


def test_tests_that_are_named_are_there() -> None:
    texts = [file.read_text(encoding="utf-8") for file in sorted(TESTS.rglob("test_*.py"))]
    there = {name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}
    there |= {file.stem for file in TESTS.rglob("test_*.py")}
    for page in [*PAGES, REPOSITORY / "CONTRIBUTING.md"]:
        named = set(re.findall(r"`(?:\w+::)?(test_\w+)`", page.read_text(encoding="utf-8")))
        assert named <= there, page.name


def test_format_page_names_every_key_and_word() -> None:
    from taskfiles.task.keys import KEY_ORDER, WORDS

    text = (REPOSITORY / "docs/reference/format.md").read_text(encoding="utf-8")
    for key in KEY_ORDER:
        assert f"`{key}`" in text
    for kind in WORDS.values():
        assert ", ".join(kind) in text


def test_readme_opens_with_two_commands() -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert [language for language, _ in blocks[:2]] == ["sh", "sh"]
    assert all(block.count("\n") == 1 for _, block in blocks[:2])
    assert blocks[0][1].endswith("/tasks list --state done\n")
    assert "tasks list --state done --output json" in text.split("```")[2].lstrip().splitlines()[0]
