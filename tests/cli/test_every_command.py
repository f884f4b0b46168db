"""Every command on every odd file: exit codes of the table, JSON for strict readers, one line for each field.

Nothing outside of the repository is touched, and no program of the repository is started.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from support.effort import Effort, some
from support.hostile_files import FORGED, HOSTILE_FILES, ODD
from support.in_process import call
from support.project import SCRIPT, Done, Project
from taskfiles.errors import ERRORS
from taskfiles.leave.tool import Tool

ATTEMPT = "0199c6f2-0000-7000-8000-000000000001"
# {format} is replaced by each format that the command offers.
LINES: dict[str, list[tuple[str, ...]]] = {
    "init": [("init", "--yes"), ("init", "--layout", "flat", "--yes")],
    "new": [
        ("new", "--title", "More", "--parent", "odd", "--link", "odd"),
        ("new", "--from", "../entries.md"),
    ],
    "list": [
        ("list",),
        ("list", "--search", "odd", "--sort", "priority"),
        ("list", "--state", "ready"),
        ("list", "--view", "all", "--overdue"),
    ],
    "search": [("search", "odd"), ("search", "x", "--where", "state=ready")],
    "show": [("show", "odd")],
    "next": [("next",), ("next", "--claim"), ("next", "--parallelize", "2")],
    "plan": [("plan",), ("plan", "--preview")],
    "attempts": [("attempts",), ("attempts", "--status", "failed")],
    "stats": [("stats",), ("stats", "--by", "label"), ("stats", "--by", "month"), ("stats", "--flow")],
    "export": [
        ("export", "--format", "task-completion"),
        ("export", "--dataset", "../outside/set"),
        *(("export", "--format", tool, "--to", "../outside/set/out", "--dry-run") for tool in Tool),
    ],
    "report": [("report", "--out", "../outside/report.html")],
    "update": [
        ("update", "odd", "--meta", "x_new=1"),
        ("update", "odd", "--check", "1"),
        ("update", "odd", "fine", "--add", "labels=ui", "--due", "friday", "--link", "fine"),
        ("update", "--where", "state=ready", "--rank", "3"),
    ],
    "metadata get": [("metadata", "get", "odd")],
    "metadata set": [("metadata", "set", "odd", "--stdin")],
    "note": [("note", "odd", "half done")],
    "record": [("record", "odd", "--status", "failed", "--tool", "t", "--duration-seconds", "1")],
    "review": [("review", "odd", "--reviewer", "me", "--approved")],
    "pickup": [("pickup", "odd")],
    "release": [("release", "odd", "--force")],
    "move": [("move", "odd", "in-progress"), ("move", "odd", "canceled")],
    "complete": [("complete", "odd")],
    "adopt": [("adopt", "odd", "fine"), ("adopt", "fine", "odd")],
    "rename": [("rename", "odd", "other"), ("rename", "fine", "other")],
    "migrate": [
        ("migrate", "../outside"),
        *(
            ("migrate", source, "tasks", "--dry-run")
            for source in ("markdown", "backlog", "taskmd", "../map.toml")
        ),
        *(("migrate", source, ODD, "--dry-run") for source in ("todo.txt", "beads", "taskwarrior", "github")),
        ("migrate", "taskplain", ".", "--dry-run", "--repair", "--loose", "--headings"),
    ],
    "merge": [("merge", "odd")],
    "delete": [("delete", "odd"), ("delete", "fine")],
    "cleanup": [("cleanup", "--older-than", "1d"), ("cleanup", "--older-than", "1d", "--archive")],
    "board": [("board", "--print"), ("board", "--print", "--lanes", "epic")],
    "tree": [("tree",), ("tree", "odd")],
    "log": [("log",), ("log", "odd"), ("log", "--state", "done", "--since", "today")],
    "undo": [("undo",)],
    "validate": [("validate",), ("validate", ODD), ("validate", "--fix")],
    "fmt": [("fmt",), ("fmt", "--check"), ("fmt", "--ranks")],
    "inject": [("inject", "AGENTS.md")],
    "doctor": [("doctor",), ("doctor", "--fix")],
    "merge-driver": [("merge-driver", "base.md", ODD, "theirs.md", ODD)],
    "telemetry tail": [("telemetry", "tail")],
    "telemetry check": [("telemetry", "check")],
    "telemetry coverage": [("telemetry", "coverage")],
    "telemetry completion": [("telemetry", "completion", "odd")],
    "telemetry compact": [("telemetry", "compact")],
}
# They run what they are given, wait for a person, or read no task.
OUT_OF_SCOPE = {
    "run",
    "trust",
    "web",
    "edit",
    "completion",
    "schema",
    "help",
    "telemetry show",
    "telemetry emit",
    "telemetry wrap",
    "telemetry push",
}
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
EXITS = {error.exit for error in ERRORS.values()} | {0, 1}


class Command(NamedTuple):
    """One command line and the format of its answer."""

    line: tuple[str, ...]
    output: str | None

    @property
    def words(self) -> tuple[str, ...]:
        return self.line if self.output is None else (*self.line, "--output", self.output)


@pytest.fixture(scope="module")
def commands() -> list[Command]:
    """Every line in every format that its command offers."""
    contract = json.loads(call_contract())
    found: list[Command] = []
    for command in contract["commands"]:
        name = command["name"]
        assert (name in LINES) != (name in OUT_OF_SCOPE), f"say what {name} does with odd files"
        formats = next(
            (option["choices"] for option in command["options"] if option["name"] == "--output"), [None]
        )
        found += [Command(line, output) for line in LINES.get(name, []) for output in formats]
    return found


def call_contract() -> str:
    done = subprocess.run([*SCRIPT, "help", "--output", "json"], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def guarded(project: Project) -> Iterator[Project]:
    """A repository whose own programs leave a trace outside when they are started."""
    outside = project.root.parent / "outside"
    outside.mkdir()
    trap = outside / "trap.sh"
    trap.write_text(f'#!/bin/sh\necho "$0 $@" >> "{outside}/ran"\ncat\n')
    trap.chmod(0o755)
    project.git("config", "user.name", "Ada")
    project.git("config", "user.email", "ada@example.invalid")
    project.write(".gitattributes", "tasks/** filter=trap diff=trap merge=trap\n")
    project.configure(f'[gates.test]\ncommand = "{trap}"\n[views.all]\nkind = ["task"]\n')
    project.write("../entries.md", "---\ntitle: One\nparent: odd\n---\n")
    project.write("../map.toml", 'lines = "boxes"\n')
    project.task("fine")
    project.git("add", "-A")
    project.git("commit", "-qm", "start")
    for hook in ("pre-commit", "post-checkout", "post-index-change", "reference-transaction", "fsmonitor"):
        place = project.root / ".git/hooks" / hook
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(trap.read_bytes())
        place.chmod(0o755)
    for key in ("core.fsmonitor", "filter.trap.clean", "filter.trap.smudge", "filter.trap.process"):
        project.git("config", key, str(trap))
    for key in ("diff.trap.command", "diff.trap.textconv", "diff.external", "core.pager", "core.sshCommand"):
        project.git("config", key, str(trap))
    (outside / "ran").unlink(missing_ok=True)
    yield project
    assert not (outside / "ran").exists(), (outside / "ran").read_text()
    assert not (project.root / "ran").exists()


def read_strictly(text: str, command: Command) -> Any:
    """Read JSON as the strictest readers do: no NaN, no lone surrogate."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    try:
        value = json.loads(text, parse_constant=refuse)
    except ValueError:
        raise AssertionError((command, text)) from None
    json.dumps(value, ensure_ascii=False).encode()
    return value


def judge(command: Command, done: Done) -> None:
    """Compare what a command left with what every command promises."""
    assert done.code in EXITS - {70}, (command, done)
    assert "Traceback" not in done.err
    # A SARIF log is a report on stdout, whose notes people read.
    documents = {"json": [done.out, *done.err.split("\n")], "sarif": [done.out]}
    documents["jsonl"] = [*done.out.split("\n"), *done.err.split("\n")]
    for text in filter(None, documents.get(command.output or "human", [])):
        read_strictly(text, command)
    if command.output == "jsonl":
        assert len(done.out.splitlines()) == done.out.count("\n"), (command, done.out)
    people_read = {"json": [], "jsonl": [], "sarif": [done.err]}
    for stream in people_read.get(command.output or "human", [done.out, done.err]):
        for line in re.split("[\n\r\u2028\u2029\u0085]", stream):
            assert not line.startswith(("FORGED", FORGED)), (command, line)
        assert not CONTROLS.search(stream.replace("\r\n", "\n")), (command, stream)


def snapshot(directory: Path) -> dict[str, bytes]:
    return {
        file.relative_to(directory).as_posix(): file.read_bytes()
        for file in sorted(directory.rglob("*"))
        if file.is_file() and ("set/" not in file.as_posix() and file.name != "report.html")
    }


@pytest.mark.parametrize("name", some(list(HOSTILE_FILES), 12))
def test_every_command(guarded: Project, commands: list[Command], effort: Effort, name: str) -> None:
    """In the short profile each file meets a few commands, another few for each file."""
    number = list(HOSTILE_FILES).index(name)
    share = effort.pick(short=18, deep=9, long=1)
    patch = b'{"x_new": 1}'
    before = snapshot(guarded.root.parent / "outside")
    names = set(guarded.root.parent.iterdir())
    files = guarded.tree() | {ODD: HOSTILE_FILES[name], "base.md": HOSTILE_FILES["no last newline"]}
    files["theirs.md"] = guarded.tree()[guarded.path("fine")]
    for command in commands[number % share :: share]:
        shutil.rmtree(guarded.root / "tasks")
        for path, data in files.items():
            guarded.write(path, data)
        judge(command, call(guarded, *command.words, stdin=patch))
    assert snapshot(guarded.root.parent / "outside") == before
    assert set(guarded.root.parent.iterdir()) - names <= {guarded.root.parent / "home"}
