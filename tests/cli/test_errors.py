"""Every error code in both directions: the command that fails with it, and its sound sibling."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import select
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator

from support.effort import some
from support.foreign_tasks import backlog_file
from support.in_process import call
from support.layouts import in_states
from support.processes import launch
from support.project import BODY, SCRIPT, Done, Project
from taskfiles import ERRORS
from taskfiles.task.layout import DIRECTORIES

ID = "0199c6f2-0000-7000-8000-000000000001"
RECORD = ("record", "fix", "--id", ID, "--status", "completed", "--tool", "t", "--duration-seconds")
TRIED = f"""execution:
  attempts:
    - id: {ID}
      started_at: 2025-11-02T15:03:00Z
      ended_at: 2025-11-02T15:05:00Z
      duration_seconds: 120
      status: completed
      executor: {{tool: t}}
"""

Environment = dict[str, str]
Arrange = Callable[[Project, ExitStack], Environment | None]


RUN = ("run", "fix", "--", "true")
PLAN = ("run", "--plan", "--worktrees", "--", "true")
GATE = '[gates.lint]\ncommand = "true"\n'
UPDATE = ("update", "fix", "--meta", "title=New")


def sound(project: Project, undo: ExitStack) -> None:
    project.task("fix", labels="[ui]")


def idea(project: Project, undo: ExitStack) -> None:
    project.task("fix", state="idea")


LEAVE = ("export", "--format", "beads", "--to", "../to")


def many(project: Project, undo: ExitStack) -> None:
    for number in range(21):
        project.task(f"many-{number}")


def foreign(front: str | None = None) -> Arrange:
    """Write a source of one task with some frontmatter, or an empty one."""

    def arrange(project: Project, undo: ExitStack) -> None:
        (project.root.parent / "old").mkdir()
        if front is not None:
            backlog_file(project, "tasks/back-1 - T.md", f"id: BACK-1\ntitle: T\n{front}")

    return arrange


def mapping(ours: str) -> Arrange:
    """Write a mapping file whose one key is this one of ours, and a source for it."""

    def arrange(project: Project, undo: ExitStack) -> None:
        project.write("map.toml", f'[keys]\nstage = "{ours}"\n')
        project.write("../old/a.md", "---\nstage: done\n---\n")

    return arrange


LONG = "a" * 250


def long_id(project: Project, undo: ExitStack) -> None:
    project.write("tasks/10-ready/other.md", f"---\nid: {LONG}\ntitle: T\nstate: ready\n---\n{BODY}")


def committed(project: Project, undo: ExitStack) -> None:
    sound(project, undo)
    project.git("add", "-A")
    project.git("commit", "-qm", "start")


def without_a_version(project: Project, undo: ExitStack) -> None:
    committed(project, undo)
    name = project.git("rev-parse", f"HEAD:{project.path()}").strip()
    (project.root / ".git/objects" / name[:2] / name[2:]).unlink()


def on_a_branch(project: Project, undo: ExitStack) -> None:
    committed(project, undo)
    project.git("switch", "-q", "-c", "topic")


def changed_since(project: Project, undo: ExitStack) -> None:
    committed(project, undo)
    project.task("fix")


def stopped(project: Project, undo: ExitStack) -> None:
    sound(project, undo)
    assert call(project, "run", "--stop", "--all", "--reason", "Too dear").code == 0


def vague(project: Project, undo: ExitStack) -> None:
    project.task("fix", ambiguity="high")
    project.configure('[run]\nmax_ambiguity = "medium"\n')


def circle(project: Project, undo: ExitStack) -> None:
    project.task("fix", depends_on="[mend]")
    project.task("mend", depends_on="[fix]")


def tried(project: Project, undo: ExitStack) -> None:
    project.task("fix", extra=TRIED)


def anchored(project: Project, undo: ExitStack) -> None:
    project.task("fix", labels="&a [ui]", x_same="*a")


TWIN = "tasks/20-in-progress/task-fix.md"


def twins(year: str) -> Arrange:
    """Two files with one id: of one task where that was created in 2025, too."""

    def arrange(project: Project, undo: ExitStack) -> None:
        project.task("fix", created_at="2025-11-02T15:00:00Z")
        project.task("fix", state="in-progress", created_at=f"{year}-11-02T15:00:00Z")

    return arrange


def editor(command: str) -> Arrange:
    """A task, and an editor: a script that is given the file as $1."""

    def arrange(project: Project, undo: ExitStack) -> Environment:
        project.task("fix")
        script = project.root.parent / "editor"
        script.write_text(f"#!/bin/sh\n{command}\n")
        script.chmod(0o755)
        return {"EDITOR": str(script), "TMPDIR": str(script.parent)}

    return arrange


def flat(project: Project, undo: ExitStack) -> None:
    sound(project, undo)
    assert call(project, "init", "--layout", "flat").code == 0


def reserved(project: Project, undo: ExitStack) -> None:
    project.task("readme")


def branched(how: str) -> Arrange:
    """A branch on which a task's file was moved, or added."""

    def arrange(project: Project, undo: ExitStack) -> None:
        sound(project, undo)
        project.git("add", "-A")
        project.git("commit", "-qm", "start")
        project.git("switch", "-qc", "work")
        if how == "mv":
            project.git("mv", project.path(), "tasks/task-fix.md")
        else:
            project.task("more")
            project.git("add", "-A")
        project.git("commit", "-qm", how)
        project.git("switch", "-q", "main")

    return arrange


def declared(label: str) -> Arrange:
    """A task with a label, in a project whose tasks.toml declares labels."""

    def arrange(project: Project, undo: ExitStack) -> Environment:
        for name in DIRECTORIES.values():
            (project.root / "tasks" / name).mkdir(exist_ok=True)
        project.configure("layout = 'states'\n[labels]\n")
        project.task("fix", labels=label)
        return {}

    return arrange


def environment(variables: Environment) -> Arrange:
    def arrange(project: Project, undo: ExitStack) -> Environment:
        project.task("fix")
        return variables

    return arrange


def broken_library(code: str) -> Arrange:
    """A task, and a fault in a library that the command's own process meets."""

    def arrange(project: Project, undo: ExitStack) -> Environment:
        project.task("fix")
        directory = project.root.parent / "fault"
        directory.mkdir(exist_ok=True)
        (directory / "sitecustomize.py").write_text(code)
        inherited = os.environ.get("PYTHONPATH")
        return {"PYTHONPATH": os.pathsep.join([str(directory), *([inherited] if inherited else [])])}

    return arrange


# Somebody else's save, right after each time the command has written its temporary file.
RESAVED = """
import os
real = os.fsync
def fsync(descriptor):
    real(descriptor)
    path = "tasks/10-ready/task-fix.md"
    status = os.stat(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
os.fsync = fsync
"""
NO_DUCKDB = """
import sys
sys.modules["duckdb"] = None
"""
FAULT = """
import os
def fail(*_, **__):
    raise RuntimeError("out of order")
os.path.relpath = fail
"""


def locked(project: Project, undo: ExitStack) -> None:
    project.task("fix")
    descriptor = os.open(project.root / "tasks", os.O_RDONLY)
    undo.callback(os.close, descriptor)
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def changed(by: str, *, by_hand: bool = False, where: str = "") -> Arrange:
    """A task that a command has changed: the caller's own, or somebody else's; by hand since; elsewhere."""

    def arrange(project: Project, undo: ExitStack) -> Environment:
        project.task("fix")
        claims = {"TASKS_CLAIM": "mine"}
        env = claims if by == "own" else {"TASKS_CLAIM": "another's"}
        place = Project(project.root / where)
        place.task("fix")
        assert call(place, *UPDATE, env=env).code == 0
        if by_hand:
            file = project.root / project.path()
            file.write_bytes(file.read_bytes() + b"More.\n")
        return claims

    return arrange


def both(first: Arrange, path: str, text: str) -> Arrange:
    def arrange(project: Project, undo: ExitStack) -> Environment | None:
        project.write(path, text)
        return first(project, undo)

    return arrange


def left_out(project: Project, undo: ExitStack) -> None:
    """A sparse checkout without the project."""
    project.task("fix")
    project.write("src/a", "a\n")
    project.git("add", "-A")
    project.git("commit", "-q", "-m", "x")
    project.git("sparse-checkout", "set", "--cone", "src")


def without(path: str) -> Arrange:
    def arrange(project: Project, undo: ExitStack) -> None:
        project.task("fix")
        target = project.root / path
        subprocess.run(["rm", "-r", str(target)], check=True)

    return arrange


def with_tasks_at(place: str) -> Arrange:
    """`tasks` is a symbolic link to a directory elsewhere."""

    def arrange(project: Project, undo: ExitStack) -> None:
        project.task("fix")
        target = (project.root / place).resolve()
        target.parent.mkdir(exist_ok=True)
        (project.root / "tasks").rename(target)
        (project.root / "tasks").symlink_to(os.path.relpath(target, project.root))

    return arrange


def leased(until: str, *, here: bool = False) -> Arrange:
    """A task and a lease of it that somebody holds, or held, until then; with `here` by the default name."""

    def arrange(project: Project, undo: ExitStack) -> None:
        project.task("fix")
        lease = {"format": 1, "id": "fix", "by": "ada", "since": "2025-01-01T00:00:00Z", "until": until}
        lease |= {"seconds": 1800, "keys": ["0" * 64], "worktree": str(project.root) if here else ""}
        project.write(".git/tasks/leases/fix.json", json.dumps(lease))

    return arrange


class Row(NamedTuple):
    """A failing command and the world it runs in; its sibling differs in what is given, in nothing else."""

    code: str
    exit: int
    argv: tuple[str, ...]
    arrange: Arrange = sound
    stdin: str = ""
    good_argv: tuple[str, ...] | None = None
    good_arrange: Arrange | None = None
    good_stdin: str | None = None


CONFIG = "tasks/tasks.toml"
DEPENDS = ("tasks/10-ready/task-b.md", f"---\nid: b\ntitle: B\nstate: ready\ndepends_on: [fix]\n---\n{BODY}")
ROWS = [
    Row(
        "edit-invalid",
        1,
        ("update", "fix", "--unset", "title"),
        good_argv=("update", "fix", "--unset", "labels"),
    ),
    Row("edit-unsafe", 1, ("update", "fix", "--add", "labels=bug"), anchored, good_arrange=sound),
    Row(
        "section-text",
        1,
        ("update", "fix", "--field", "Overview", "## Why"),
        good_argv=("update", "fix", "--field", "Overview", "### Why"),
    ),
    Row(
        "no-such-checkbox", 1, ("update", "fix", "--check", "3"), good_argv=("update", "fix", "--check", "1")
    ),
    Row("no-attempt", 1, ("review", "fix", "--reviewer", "Ada", "--approved"), good_arrange=tried),
    Row(
        "incomplete",
        1,
        ("complete", "fix"),
        good_argv=("move", "fix", "in-progress"),
    ),
    Row(
        "many-tasks",
        1,
        ("update", "--where", "state=ready", "-p", "high"),
        many,
        good_argv=("update", "--where", "state=ready", "-p", "high", "--yes"),
    ),
    Row("referenced", 1, ("delete", "fix"), both(sound, *DEPENDS), good_argv=("delete", "b")),
    Row("no-archive", 1, ("cleanup", "--archive", "--older-than", "1d"), sound, good_arrange=flat),
    Row("layout-blocked", 1, ("init", "--layout", "flat"), reserved, good_arrange=sound),
    Row("no-source", 1, ("migrate", "../old"), foreign(), good_arrange=foreign("status: Done\n")),
    Row(
        "bad-source", 1, ("migrate", "../old"), foreign("status: [\n"), good_arrange=foreign("status: Done\n")
    ),
    Row(
        "unmapped", 1, ("migrate", "../old"), foreign("status: Odd\n"), good_arrange=foreign("status: Done\n")
    ),
    Row("wordless", 1, ("export", "--format", "github", "--to", "../to"), idea, good_arrange=sound),
    Row("place-taken", 1, ("export", "--format", "beads", "--to", "."), sound, good_argv=LEAVE),
    Row("bad-mapping", 1, ("migrate", "map.toml", "../old"), mapping("to"), good_arrange=mapping("state")),
    Row("branches-moved", 1, ("init", "--layout", "flat"), branched("mv"), good_arrange=branched("add")),
    Row("not-reconciled", 1, ("init",), declared(r'["a\nb"]'), good_arrange=declared("[a]")),
    Row("nothing-to-undo", 1, ("undo",), changed("another"), good_arrange=changed("own")),
    Row("changed-elsewhere", 1, ("undo",), changed("own", where="part"), good_arrange=changed("own")),
    Row("changed-since", 4, ("undo",), changed("own", by_hand=True), good_arrange=changed("own")),
    Row("editor-failed", 1, ("edit", "fix"), editor("exit 3"), good_arrange=editor("exit 0")),
    Row(
        "edit-kept",
        1,
        ("edit", "fix"),
        editor("sed -i 's/^title:.*/title: 5/' $1"),
        good_arrange=editor("sed -i 's/^title:.*/title: five/' $1"),
    ),
    Row("plan-cycle", 1, ("plan",), circle, good_arrange=sound),
    Row(
        "unreadable-task",
        1,
        ("show", "b"),
        both(sound, "tasks/10-ready/task-b.md", "---\nid: b\ntitle: 'B\n---\n"),
        good_arrange=lambda project, _: project.task("b") and None,
    ),
    Row(
        "nothing-to-claim",
        1,
        ("next", "--claim", "--by", "ada"),
        lambda project, _: project.task("fix", blocked="no key") and None,
        good_arrange=sound,
    ),
    Row(
        "not-ready",
        1,
        ("pickup", "fix", "--by", "ada"),
        lambda project, _: project.task("fix", blocked="no key") and None,
        good_arrange=sound,
    ),
    Row(
        "block-missing",
        1,
        ("inject", "AGENTS.md", "--check"),
        both(sound, "AGENTS.md", "# Mine\n"),
        good_argv=("inject", "AGENTS.md"),
    ),
    Row(
        "block-stale",
        1,
        ("inject", "AGENTS.md", "--check"),
        both(sound, "AGENTS.md", "<!-- tasks:begin -->\n<!-- tasks:end -->\n"),
        good_argv=("inject", "AGENTS.md"),
    ),
    Row(
        "block-damaged",
        1,
        ("inject", "AGENTS.md"),
        both(sound, "AGENTS.md", "<!-- tasks:begin -->\n"),
        good_arrange=both(sound, "AGENTS.md", "<!-- tasks:begin -->\n<!-- tasks:end -->\n"),
    ),
    Row(
        "long-name",
        1,
        ("update", LONG, "--meta", "state=idea"),
        long_id,
        good_argv=UPDATE,
        good_arrange=sound,
    ),
    Row("usage", 2, ("shwo", "fix"), good_argv=("show", "fix")),
    Row("bad-value", 2, ("list", "--state", "redy"), good_argv=("list", "--state", "ready")),
    Row("bad-json", 2, ("metadata", "set", "fix"), stdin='{"size": "xl"', good_stdin='{"size": "xl"}'),
    Row(
        "bad-attempt",
        2,
        ("record", "fix", "--status", "failed", "--duration-seconds", "5"),
        good_argv=("record", "fix", "--status", "failed", "--duration-seconds", "5", "--tool", "t"),
    ),
    Row(
        "no-agent-output",
        2,
        ("record", "fix", "--from-agent", "codex", "-"),
        stdin="Fixed the test.\n",
        good_stdin='{"type": "turn.completed", "usage": {"input_tokens": 9, "output_tokens": 1}}\n'
        '{"type": "turn.failed", "error": {"message": "x"}}\n',
        good_argv=("record", "fix", "--from-agent", "codex", "-", "--duration-seconds", "5"),
    ),
    Row(
        "bad-entries", 2, ("new", "--from", "-"), stdin='[{"title": ""}]', good_stdin='[{"title": "Another"}]'
    ),
    Row("fixed-key", 2, ("update", "fix", "--meta", "id=mend"), good_argv=UPDATE),
    Row("no-such-schema", 2, ("schema", "tasks"), good_argv=("schema", "task")),
    Row("no-such-topic", 2, ("help", "exit-code"), good_argv=("help", "exit-codes")),
    Row("no-such-task", 3, ("show", "fxi"), good_argv=("show", "fix")),
    Row("no-such-run", 3, ("telemetry", "show", "x"), good_argv=("telemetry", "tail")),
    Row(
        "ambiguous-task",
        3,
        ("show", "fix"),
        both(sound, "tasks/00-idea/task-fix.md", f"---\nid: fix\ntitle: F\nstate: idea\n---\n{BODY}"),
        good_arrange=sound,
    ),
    Row("files-differ", 1, ("merge", "fix"), twins("2025"), good_argv=("merge", "fix", "--prefer", TWIN)),
    Row("several-tasks", 1, ("merge", "fix"), twins("2024"), good_argv=("rename", TWIN, "other")),
    Row(
        "unnamed",
        4,
        ("release", "fix"),
        leased("2999-01-01T00:00:00Z", here=True),
        good_argv=("release", "fix", "--by", "ada"),
    ),
    Row("claimed", 4, UPDATE, leased("2999-01-01T00:00:00Z"), good_arrange=leased("2025-01-01T00:00:00Z")),
    Row("bad-lease", 4, UPDATE, leased("soon"), good_arrange=leased("2025-01-01T00:00:00Z")),
    Row("lock-timeout", 4, (*UPDATE, "--lock-timeout", "0.1"), locked, good_arrange=sound),
    Row("etag-mismatch", 4, (*UPDATE, "--if-match", "0" * 32), good_argv=UPDATE),
    Row("changed-underneath", 4, UPDATE, broken_library(RESAVED), good_arrange=sound),
    Row("attempt-conflict", 4, (*RECORD, "95"), tried, good_argv=(*RECORD, "120")),
    Row(
        "path-taken",
        4,
        ("update", "fix", "--meta", "state=idea"),
        both(sound, "tasks/00-idea/task-fix.md", "notes"),
        good_arrange=both(sound, "tasks/00-idea/notes.md", "notes"),
    ),
    Row(
        "id-taken",
        4,
        ("new", "--title", "Another", "--id", "fix"),
        sound,
        good_argv=("new", "--title", "Another", "--id", "other"),
    ),
    Row("bad-root", 5, ("list", "--root", "tasks"), sound, good_argv=("list", "--root", ".")),
    Row(
        "editor-missing",
        1,
        ("edit", "fix"),
        environment({"EDITOR": "/no/such/editor", "VISUAL": ""}),
        good_arrange=editor("exit 0"),
    ),
    Row(
        "bad-dataset",
        5,
        ("export", "--dataset", "data"),
        both(sound, "data/attempts.jsonl", "mine"),
        good_argv=("export", "--dataset", "other"),
    ),
    Row("no-project", 5, ("list",), without("tasks"), good_arrange=sound),
    Row("not-checked-out", 5, ("list",), left_out, good_arrange=sound),
    Row(
        "bad-config",
        5,
        UPDATE,
        both(sound, CONFIG, "format = '1'\n"),
        good_arrange=both(sound, CONFIG, "format = 1\n"),
    ),
    Row("newer-format", 5, UPDATE, both(sound, CONFIG, "format = 2\n"), good_argv=("show", "fix")),
    Row(
        "no-git",
        5,
        ("trust",),
        both(without(".git"), CONFIG, "format = 1\n"),
        good_arrange=both(sound, CONFIG, "format = 1\n"),
    ),
    Row(
        "untrusted",
        5,
        ("telemetry", "push"),
        both(sound, CONFIG, '[telemetry]\nsinks = ["dir:../events"]\n'),
        good_argv=("telemetry", "push", "--dry-run", "--sink", "dir:../events"),
    ),
    Row("too-ambiguous", 1, RUN, vague, good_arrange=sound),
    Row("dispatch-stopped", 1, RUN, stopped, good_arrange=sound),
    Row("agent-missing", 1, ("run", "fix", "--", "no-such-agent"), sound, good_argv=RUN),
    Row(
        "untrusted-commands",
        5,
        RUN,
        both(sound, CONFIG, GATE),
        good_argv=("run", "fix", "--own-gates", "--", "true"),
    ),
    Row(
        "no-remote",
        1,
        ("run", "fix", "--pr", "--", "true"),
        on_a_branch,
        good_argv=("run", "fix", "--pr", "--pr-command", "true", "--", "true"),
    ),
    Row(
        "no-branch",
        1,
        ("run", "fix", "--pr", "--", "true"),
        committed,
        good_argv=("run", "fix", "--pr", "--pr-command", "true", "--", "true"),
    ),
    Row("not-committed", 1, PLAN, changed_since, good_arrange=committed),
    Row(
        "missing-extra",
        5,
        ("report",),
        broken_library("import sys; sys.modules['vl_convert'] = None"),
        good_arrange=sound,
    ),
    Row("no-worktrees", 5, PLAN, sound, good_arrange=committed),
    Row("nothing-to-trust", 5, ("trust",), good_arrange=both(sound, CONFIG, "")),
    Row(
        "io",
        6,
        ("new", "--title", "Mend"),
        both(sound, "tasks/00-idea", "a file, no directory"),
        good_arrange=sound,
    ),
    Row("claims-unavailable", 6, ("pickup", "fix", "--by", "ada"), without(".git"), good_arrange=sound),
    Row("outside-root", 6, UPDATE, with_tasks_at("../elsewhere"), good_arrange=with_tasks_at("elsewhere")),
    Row(
        "git-failed",
        6,
        ("trust",),
        both(both(sound, CONFIG, ""), ".git/config.lock", ""),
        good_arrange=both(sound, CONFIG, ""),
    ),
    Row("history-missing", 6, ("log",), without_a_version, good_arrange=committed),
    Row("internal", 70, (*UPDATE, "--dry-run"), broken_library(FAULT), good_arrange=sound),
]
SPECIAL = {"edit-conflict": 4, "interrupted": 130}
ELSEWHERE = {"sink-failed": 6, "pull-request-failed": 1, "bad-text": 2}  # test_push, test_run, test_library
IN_WORKTREES = {  # test_worktrees
    "branch-unmerged": 1,
    "worktree-taken": 4,
    "commit-failed": 6,
    "directory-gone": 6,
    "not-copied": 1,
}


@pytest.fixture
def undo() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def error_schema(tmp_path_factory: pytest.TempPathFactory) -> Draft202012Validator:
    """The published schema, as `tasks schema error` prints it."""
    printed = Project(tmp_path_factory.mktemp("empty")).run("schema", "error", "--output", "json")
    schema = json.loads(printed.out)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def check_human(code: str, err: str) -> None:
    """One sentence with its code, then the remedy, and nothing else."""
    assert "Traceback" not in err
    first, second = err.splitlines()
    match = re.fullmatch(r"(?:[^:]+:\d+:\d+: )?error\[([a-z-]+)\] (.+)", first)
    assert match is not None
    assert match[1] == code
    assert match[2].endswith((".", "?"))
    assert re.fullmatch(r"hint: .+\.", second)


def check_json(code: str, err: str, schema: Draft202012Validator) -> Any:
    """One object on one line that meets the schema."""
    (line,) = err.splitlines()
    value = json.loads(line)
    schema.validate(value)
    assert list(value) == ["error"]
    assert list(value["error"]) == ["code", "message", "hint", "path", "line", "column", "details"]
    assert value["error"]["code"] == code
    return value["error"]


def run(
    project: Project, argv: Sequence[str], stdin: str, env: Environment | None, *, apart: bool = False
) -> Done:
    """Run a command in this process, which is quicker, unless its environment is meant for its start."""
    if apart or (env and env.keys() & {"PYTHONPATH", "TMPDIR"}):
        return project.run(*argv, stdin=stdin, env=env)
    return call(project, *argv, stdin=stdin, env=env)


def check_refused(project: Project, undo: ExitStack, row: Row, *options: str, apart: bool = False) -> str:
    """Run a row's command, which changes nothing, and return what it says."""
    env = row.arrange(project, undo)
    before = project.tree()
    at = row.argv.index("--") if "--" in row.argv else len(row.argv)
    done = run(project, [*row.argv[:at], *options, *row.argv[at:]], row.stdin, env, apart=apart)
    assert done.code == row.exit, done
    assert done.out == ""
    assert project.tree() == before
    return done.err


@in_states
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.code)
@pytest.mark.parametrize("output", ["human", "json"])
def test_error(
    project: Project, undo: ExitStack, error_schema: Draft202012Validator, row: Row, output: str
) -> None:
    if output == "human":
        check_human(row.code, check_refused(project, undo, row))
    else:
        check_json(row.code, check_refused(project, undo, row, "--output", "json"), error_schema)


@in_states
@pytest.mark.parametrize("row", some(ROWS, 8), ids=lambda row: row.code)
def test_error_of_the_console_script(project: Project, undo: ExitStack, row: Row) -> None:
    check_human(row.code, check_refused(project, undo, row, apart=True))


@in_states
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.code)
def test_sound_sibling(project: Project, undo: ExitStack, row: Row) -> None:
    env = (row.good_arrange or row.arrange)(project, undo)
    stdin = row.stdin if row.good_stdin is None else row.good_stdin
    done = run(project, row.good_argv or row.argv, stdin, env)
    assert done.code == 0, done
    assert "error[" not in done.err


def test_every_code_has_its_row() -> None:
    assert {row.code: row.exit for row in ROWS} | SPECIAL | ELSEWHERE | IN_WORKTREES == {
        code: spec.exit for code, spec in ERRORS.items()
    }


@in_states
@pytest.mark.parametrize("options", [[], ["--output", "json"]], ids=["human", "json"])
def test_edit_conflict(
    project: Project, undo: ExitStack, error_schema: Draft202012Validator, options: list[str]
) -> None:
    """Somebody saves the file while the editor is open: that stays, and so does the text in the editor."""
    save = "echo 'Saved by somebody else.' >> tasks/10-ready/task-fix.md; sed -i 's/^title:.*/title: New/' $1"
    env = editor(save)(project, undo)
    done = project.run("edit", "fix", *options, env=env)
    assert (done.code, done.out) == (4, "")
    assert project.get("fix").body.endswith("Saved by somebody else.\n")
    assert project.get("fix").title == "Title of fix"
    if options:
        check_json("edit-conflict", done.err, error_schema)
        assert "title: New" in Path(done.error["details"]["kept"]).read_text()
    else:
        check_human("edit-conflict", done.err)


def test_sound_sibling_of_edit_conflict(project: Project, undo: ExitStack) -> None:
    env = editor("sed -i 's/^title:.*/title: New/' $1")(project, undo)
    assert project.run("edit", "fix", env=env).code == 0
    assert project.get("fix").title == "New"


def start_reading(project: Project, *options: str) -> subprocess.Popen[bytes]:
    """Start a command whose text comes from standard input, and come back once it is reading it."""
    process = launch(
        [*SCRIPT, "update", "fix", "--field", "Overview", "-", *options],
        cwd=project.root,
        env=project.environment(None),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    pipe = process.stdin.fileno()
    os.set_blocking(pipe, False)
    with contextlib.suppress(BlockingIOError):
        while os.write(pipe, b"text " * 1000):
            pass
    # a full pipe takes more only when somebody has begun to empty it
    assert select.select([], [pipe], [], 60)[1]
    return process


@pytest.mark.parametrize("options", [[], ["--output", "json"]], ids=["human", "json"])
def test_interrupted(project: Project, error_schema: Draft202012Validator, options: list[str]) -> None:
    """Ctrl-C while the command reads a text that doesn't end."""
    project.task("fix")
    before = project.tree()
    process = start_reading(project, *options)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, b"")
    assert project.tree() == before
    if options:
        check_json("interrupted", err.decode(), error_schema)
    else:
        check_human("interrupted", err.decode())


def test_sound_sibling_of_interrupted(project: Project) -> None:
    project.task("fix")
    _, err = start_reading(project).communicate(timeout=60)
    assert b"error" not in err
    assert project.get("fix").body.startswith("\n## Overview\n\ntext text ")


def test_internal_names_a_log_with_the_details(project: Project, undo: ExitStack) -> None:
    env = broken_library(FAULT)(project, undo)
    error = project.run(*UPDATE, "--dry-run", "--output", "json", env=env).error
    assert "RuntimeError: out of order" in error["message"]
    log = Path(re.findall(r"(/\S+\.log)", error["hint"])[0])
    assert "Traceback (most recent call last)" in log.read_text()
    assert "RuntimeError: out of order" in log.read_text()


@pytest.mark.parametrize(
    "options",
    [["--output=json"], ["-o", "json"], ["-ojson"], ["--output", "JSON"], ["--output", "jsonl"]],
    ids=" ".join,
)
def test_every_spelling_of_the_format_reaches_the_error(
    project: Project, error_schema: Draft202012Validator, options: list[str]
) -> None:
    done = project.run("list", *options, "--nope")
    assert (done.code, done.out) == (2, "")
    check_json("usage", done.err, error_schema)


@pytest.mark.parametrize(
    "argv",
    [
        ("show",),
        ("show", "fix", "too-many"),
        ("list", "--limit", "many"),
        ("list", "--limit", "-1"),
        ("list", "--output", "yaml"),
        ("new",),
        ("record", "fix", "--turns", "x"),
        ("record", "fix", "--cost-usd", "1e400"),
        ("update", "fix", "--meta", "no-sign"),
        ("update", "fix", "--field", "Overview"),
        ("review", "fix", "--approved"),
        ("validate", "-", "tasks/10-ready/task-fix.md"),
        ("metadata",),
        ("metadata", "got", "fix"),
    ],
    ids=" ".join,
)
def test_usage_is_exit_2(project: Project, argv: tuple[str, ...]) -> None:
    project.task("fix")
    before = project.tree()
    done = project.run(*argv)
    assert done.code == 2
    assert done.out == "" or argv == ("metadata",)
    assert "Traceback" not in done.err
    assert project.tree() == before


@pytest.mark.parametrize("argv", [(), ("metadata",)], ids=["tasks", "tasks metadata"])
def test_without_a_command_the_help_is_help_and_no_error(project: Project, argv: tuple[str, ...]) -> None:
    done = project.run(*argv)
    assert "Usage: tasks" in done.out + done.err
    assert "error[" not in done.err


def test_near_ids_are_offered(project: Project) -> None:
    project.task("fix-navbar")
    error = project.run("show", "fix-navbr", "-o", "json").error
    assert (error["code"], "Did you mean fix-navbar?" in error["hint"]) == ("no-such-task", True)


def test_ctrl_c_during_start_is_no_traceback(project: Project) -> None:
    """The first quarter of a second belongs to imports; Ctrl-C there is an interruption like any other."""
    *python, command = SCRIPT
    hook = """
import os, signal, sys
class Finder:
    def find_spec(self, name, *_):
        if name == "taskfiles_cli.commands":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
"""
    done = subprocess.run(
        [*python, hook + command, "list"],
        cwd=project.root,
        env=project.environment(None),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (130, b"")
    assert b"Traceback" not in done.stderr
