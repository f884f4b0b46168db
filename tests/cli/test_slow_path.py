"""Every command says, byte by byte, what it says on the slow way."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from pathlib import Path

import pytest

from support.action_outcomes import SUCCEED
from support.indexed_projects import Shelf, answer, index_of, swap, trace
from support.project import Done, Project
from taskfiles.task.layout import TASKS_DIR
from taskfiles_cli.line.table import COMMANDS

RUN_ID = "0199c6f2-7d1a-4c3e-9b1e-0b6f6f2a9c11"
ATTEMPT = (
    '{"id": "0199c6f2-7d1a-7c3e-9b1e-0b6f6f2a9c11", "status": "failed", "executor": {"tool": "t"}, '
    '"started_at": "2025-11-02T15:03:00Z", "ended_at": "2025-11-02T15:05:00Z", "duration_seconds": 120}'
)
# What the lines of a run of many commands are: reading ones, then refused ones, then those that write.
READING = [
    "board --lanes epic",
    "--version",
    "--help",
    "tree",
    "tree alpha --output json",
    "next --output json",
    "next --parallelize 3",
    "plan --output json",
    "plan alpha --output plain",
    "attempts --output json",
    "attempts --status failed",
    "search first --output json",
    "search title -s ready",
    "stats --output json",
    "stats --by label,state --without-telemetry",
    "export --dataset ../data --no-events --output plain",
    "report --chart success,without-telemetry",
    "list",
    "list --output json",
    "list -o json",
    "list --state ready --output json",
    "list --output json --state done",
    "list --state canceled -o json",
    "list --output jsonl --state ready,done",
    "list --output json --output json",
    "list --output plain --output json",
    "list --state idea --state ready --output json",
    "list --output json --state",
    "list --state Ready --output json",
    "list --state gone --output json",
    "list --output JSON",
    "list --output xml",
    "list --output json --strict",
    "list --strict",
    "list --search TITLE --fields id,body --output json",
    "list --sort -title,id --limit 2 --output plain",
    "list --parent gamma --output json",
    "list --output plain",
    "list --output jsonl",
    "list --fields id,title,updated_at,labels,x_map --output json",
    "list --fields id,path,etag,valid,execution --output jsonl",
    "list --fields title,x_own",
    "list --priority low --open --output plain",
    "list -s ready -o json",
    "list --assignee @me --since 1w --output plain",
    "list -p low -l ui -a ana --output plain",
    "list --kind task --state done --output jsonl",
    "list --label ui --output plain",
    "list --since 2025-11-02 --output plain",
    "list --has-execution --output plain",
    "list --meta priority=low --sort -state --output plain",
    "list --search begun --output plain",
    "list --meta x_map.a=1",
    "list --root . --output json",
    "list --root nowhere --output json",
    "list extra --output json",
    "show alpha",
    "show begun --output json",
    "show alpha --output plain",
    "show nobody",
    "show nobody --output json",
    "show open",
    "validate",
    "validate --output json",
    "validate --strict --output github",
    "validate --output sarif",
    "validate alpha tasks/10-ready/task-open.md",
    "metadata get alpha title",
    "metadata get begun x_map --output json",
    "metadata get alpha nothing",
    "schema",
    "schema nothing",
    "help",
    "help list",
    "fmt --check",
    "nothing",
    "list --nothing",
]
WRITING = [
    "move alpha idea --dry-run --output plain",
    "complete alpha --output plain",
    "done alpha --output plain",
    "start nobody",
    "adopt alpha someday --dry-run --output plain",
    "merge alpha --output plain",
    "rename alpha omega --dry-run --output plain",
    "delete alpha --dry-run --output plain",
    "cleanup --older-than 1d --dry-run --output plain",
    "update alpha --meta size=xl --dry-run",
    "update alpha --meta size=giant",
    "update alpha --meta size=xl --if-match 0 --output json",
    "update alpha --meta size=xl --add labels=a --output json",
    "update alpha",
    "update begun --meta state=canceled",
    "update alpha beta -p urgent --output json",
    "update --where kind=story -l told --output plain",
    "update open --meta size=xl",
    "note alpha Seen",
    "metadata set beta priority high --output json",
    "metadata set beta priority highest",
    "record gamma --from attempt.json --output json",
    "record-attempt gamma --from attempt.json --output json",
    "record gamma --status failed",
    "record nobody --from attempt.json",
    "run nobody -- true",
    "run begun --output json -- true",
    "new --title Another --id another",
    "new --title Another --id another",
    "fmt",
    "validate --fix --dry-run",
    "validate --fix",
    "list --output json",
    "list --state ready --output json",
    "validate --output json",
]
# Each other action on tasks, here at a task that is not there.
WRITING += [
    shlex.join(case.line)
    for action, case in SUCCEED.items()
    if action.startswith(("task.", "attempt."))
    and not any(line.split()[0] == case.line[0] for line in [*READING, *WRITING])
]


def prepare(shelf: Shelf, place: Path) -> Project:
    """A project whose files differ in every way that the index tells apart."""
    project = shelf.take(place)
    project.env = {"TASKS_CORRELATION_ID": RUN_ID, "XDG_CACHE_HOME": str(place.parent / "cache")}
    project.write("attempt.json", ATTEMPT)
    return project


def spoil(project: Project) -> None:
    """Add what makes warnings and errors."""
    project.write("tasks/10-ready/task-open.md", "---\nid: open\n")
    project.write(
        "tasks/00-idea/task-bad.md", "---\nid: bad\ntitle: {a: 1}\nstate: gone\nchildren: [none]\n---\n"
    )
    project.write("tasks/00-idea/task-again.md", (project.root / "tasks/10-ready/task-beta.md").read_bytes())


def told(done: Done) -> Done:
    """Leave out what is new in each run: instants of now, and the digests of files that hold them."""

    def plain(text: str) -> str:
        return re.sub(r'(?<="etag":")[0-9a-f]{32}|\b2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z', "*", text)

    return Done(done.code, plain(done.out), plain(done.err))


def run_all(project: Project, lines: list[str], *, slow: bool) -> list[Done]:
    return [answer(project, *line.split(), slow=slow) for line in lines]


def three_times(project: Project, *, slow: bool) -> list[list[Done]]:
    """Run each line with no index yet, then with one, then with changes that it doesn't know."""
    answers = [run_all(project, READING, slow=slow) for _ in range(2)]
    swap(project.root / "tasks/10-ready", project.root / "aside/10-ready")
    return [*answers, run_all(project, READING, slow=slow)]


@pytest.mark.slow
@pytest.mark.parametrize("spoilt", [False, True], ids=["sound", "spoilt"])
def test_commands_that_read(shelf: Shelf, tmp_path: Path, spoilt: bool) -> None:
    found = []
    for slow in (True, False):
        (tmp_path / str(slow)).mkdir()
        project = prepare(shelf, tmp_path / str(slow) / "repo")
        if spoilt:
            spoil(project)
        found.append(three_times(project, slow=slow))
        assert (index_of(project) / "base").exists() is not slow
    assert found[0] == found[1]
    assert {done.code for done in found[0][-1]} >= {0, 2}


@pytest.mark.slow
def test_commands_that_write(shelf: Shelf, tmp_path: Path) -> None:
    """The same lines in two equal projects, at one place one after the other, the index warm."""
    found = []
    for slow in (True, False):
        project = prepare(shelf, tmp_path / "repo")
        spoil(project)
        answer(project, "list", slow=slow)
        answer(project, "validate", slow=slow)
        done = [told(each) for each in run_all(project, WRITING, slow=slow)]
        files = {
            path: re.sub(rb"2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", b"*", data)
            for path, data in project.tree().items()
            if path.startswith(TASKS_DIR)
        }
        found.append((done, files))
        shutil.rmtree(project.root)
    assert found[0] == found[1]
    assert {done.code for done in found[0][0]} >= {0, 1, 2}


def test_the_lines_name_every_command() -> None:
    lines = READING + WRITING
    shown = {name for name in COMMANDS if any(f"{line} ".startswith(f"{name} ") for line in lines)}
    assert COMMANDS.keys() - shown <= NOT_FOR_THE_INDEX


# They read no list of tasks, ask a person, serve pages, or (`log`) name the times of files.
NOT_FOR_THE_INDEX = {
    "log",
    "migrate",
    "init",
    "edit",
    "trust",
    "inject",
    "merge-driver",
    "completion",
    "doctor",
    "run",
    "web",
    *(name for name in COMMANDS if name.startswith("telemetry ")),
}


@pytest.mark.slow
@pytest.mark.parametrize("line", ["list --output json", "list --state ready --output json", "list -o json"])
def test_streams_that_refuse(old: Project, line: str) -> None:
    """A full disk, a reader that has gone, a closed stream."""
    for redirect in ("> /dev/full", ">&-", "2>&- > /dev/full", "| true", "< /dev/null | head -c 1"):
        script = ("sh", "-c", f'"$@" {redirect}', "sh")
        plain = trace(old, *line.split(), wrapper=script, slow=True).done
        for _ in range(2):
            assert trace(old, *line.split(), wrapper=script, slow=False).done == plain


@pytest.mark.slow
def test_a_large_answer_that_nobody_reads(old: Project) -> None:
    for number in range(60):
        old.task(f"many-{number}", blocked="x" * 4000)
    line = ("list", "--output", "json")
    for redirect in ("> /dev/full", "| true", "| head -c 1"):
        script = ("sh", "-c", f'"$@" {redirect}; exit $?', "sh")
        assert trace(old, *line, wrapper=script).done == trace(old, *line, wrapper=script, slow=True).done
    assert os.path.exists(index_of(old) / "base")
