"""No text that people or programs wrote begins a line, steers a terminal or commands a build's log."""

from __future__ import annotations

import json
import os
import unicodedata

import pytest

from support.in_process import call
from support.project import Project

MARK = "FORGED"
EVIL = (
    f"x\n::error file=a::{MARK}\n{MARK}\r\n{MARK}\r{MARK}\x85{MARK}\u2028{MARK}\u2029{MARK}"
    f"\x0b{MARK}\x0c{MARK}"
    f"\x1c{MARK}\t\x1b]0;{MARK}\x07\x1b[2J\x9b31m\u202e{MARK}\u2066\ufeff\u200b##[error]{MARK}"
)
COMMAND = f"::error file=a::{MARK}"
BODY = "\n## Overview\n\n\x1b[2Jx\x9b31m\u202ey\x07 \u200b\n\n## Acceptance Criteria\n\n- [ ] \x1b[31mred\n"
KEYS = (
    "title", "kind", "priority", "size", "labels", "assignees", "parent", "depends_on", "milestone",
    "track", "blocked", "task_type", "language", "commit_message", "created_at", "due_at", "own", "touches",
)  # fmt: skip
FORMATS = ("human", "plain")
READS = [
    ("list",),
    ("list", "--fields", ",".join(KEYS)),
    ("show", "evil"),
    ("show", "evil", "--fields", ",".join([*KEYS, "execution", "body"])),
    ("tree",),
    ("tree", "evil"),
    ("next",),
    ("next", "--parallelize", "3"),
    ("plan", "--preview"),
    ("plan", "evil", "sound", "--preview"),
    ("run", "--plan", "--preview"),
    ("stats",),
    ("stats", "--by", "model,tool,provider,planner,label"),
    ("stats", "--by", "own,month,priority"),
    ("stats", "--without-telemetry"),
    ("stats", "--alerts"),
    ("validate",),
    ("validate", "--strict", "evil"),
    ("doctor", "--env"),
    ("metadata", "get", "evil"),
    *(("metadata", "get", "evil", key) for key in [*KEYS, "execution", "execution.attempts.0.notes"]),
    ("telemetry", "completion", "evil"),
    ("telemetry", "tail"),
    ("telemetry", "check"),
    ("fmt", "--check"),
    ("trust", "--check"),
    ("merge", "evil"),
    ("undo",),
    ("show", EVIL),
    ("show", COMMAND),
    ("show", "evil", "--fields", EVIL),
    ("list", "--state", EVIL),
    ("list", "--since", EVIL),
    ("list", "--root", EVIL),
    ("list", f"--{EVIL}"),
    (EVIL,),
    ("stats", "--by", EVIL),
    ("metadata", "get", "evil", EVIL),
    ("validate", EVIL),
    ("telemetry", "show", EVIL),
    ("telemetry", "push", "--sink", EVIL),
    ("help", EVIL),
    ("schema", EVIL),
    ("report", "--chart", EVIL),
    ("report", "--out", f"tasks/{EVIL}"),
    ("export", "--dataset", f"../{EVIL}"),
    ("run", "sound", "--gate", f"{EVIL}=false", "--", f"no-{EVIL}"),
    ("run", "sound", "--", "false"),
]
WRITES = [
    ("update", "evil", "--meta", "size=xl"),
    ("update", "evil", "--meta", f"own={EVIL}"),
    ("update", "sound", "--meta", f"title={EVIL}"),
    ("update", "sound", "--add", f"labels={EVIL}"),
    ("update", "sound", "--field", "Overview", EVIL),
    ("update", "sound", "--field", EVIL, "x"),
    (
        "record",
        "evil",
        "--status",
        "failed",
        "--tool",
        EVIL,
        "--duration-seconds",
        "1",
        "--error-reason",
        EVIL,
    ),
    ("review", "evil", "--approved", "--by", EVIL),
    ("complete", "evil"),
    ("complete", "evil", "--force", EVIL),
    ("move", "evil", "idea"),
    ("rename", "evil", "other"),
    ("adopt", "evil", "sound"),
    ("delete", "evil"),
    ("delete", "evil", "--insights"),
    ("pickup", "sound", "--by", EVIL),
    ("pickup", "evil", "--by", EVIL),
    ("cleanup", "--older-than", "0d"),
    ("fmt",),
    ("fmt", "evil"),
    ("inject", f"a{EVIL.replace('/', '')}.md"),
    ("new", "--title", EVIL),
    ("new", "--title", "T", "--id", EVIL),
    ("release", "evil"),
]


def quoted(text: str) -> str:
    """A text as YAML has it in double quotes."""
    return json.dumps(text, ensure_ascii=True)


@pytest.fixture
def evil(project: Project) -> Project:
    project.git("init", "-q")
    values: dict[str, object] = dict.fromkeys(KEYS, EVIL)
    for key in ("labels", "assignees", "depends_on", "touches"):
        values[key] = [EVIL, COMMAND]
    attempt = {
        "id": "0199c6f2-0000-7000-8000-000000000000",
        "started_at": "2025-11-02T15:03:00.000Z",
        "ended_at": "2025-11-02T15:05:00.000Z",
        "duration_seconds": 120,
        "status": "failed",
        "outcome": EVIL,
        "error_type": EVIL,
        "error_reason": EVIL,
        "notes": EVIL,
        "executor": {"tool": EVIL, "model": EVIL, "provider": EVIL, "planner": {"model": EVIL}},
        "reviewer": {"name": EVIL, "approved": False},
        "quality_gates": {"run": [EVIL], "failed": [EVIL]},
        EVIL: EVIL,
    }
    values |= {"execution": {"attempts": [attempt]}, EVIL: EVIL}
    front = "".join(f"{quoted(key)}: {json.dumps(value)}\n" for key, value in values.items())
    project.write("tasks/10-ready/task-evil.md", f"---\nid: evil\nstate: ready\n{front}---\n{BODY}")
    sound = dict.fromkeys(("title", "language", "own", "milestone"), EVIL)
    front = "".join(f"{key}: {quoted(value)}\n" for key, value in sound.items())
    front += f"execution: {json.dumps({'attempts': [attempt | {'outcome': 'failed'}]})}\n"
    project.write("tasks/10-ready/task-sound.md", f"---\nid: sound\nstate: ready\n{front}---\n{BODY}")
    project.write(
        "tasks/10-ready/task-id.md", f"---\nid: {quoted(EVIL)}\ntitle: T\nstate: ready\n---\n{BODY}"
    )
    project.write(
        "tasks/10-ready/task-id2.md", f"---\nid: {quoted(COMMAND)}\ntitle: T\nstate: ready\n---\n{BODY}"
    )
    project.write(
        "tasks/40-done/task-silent.md", f"---\nid: silent\ntitle: {quoted(EVIL)}\nstate: done\n---\n{BODY}"
    )
    name = os.fsencode(EVIL.replace("/", "")[:80])[:200] + b"\xff"
    for place, text in (
        (b"broken", "---\nid: [\n---\n"),
        (b"other", "---\nid: fine\ntitle: T\nstate: ready\n---\n"),
    ):
        path = os.path.join(os.fsencode(project.root), b"tasks/10-ready/task-" + place + name + b".md")
        with open(path, "wb") as file:
            file.write(text.encode())
    alert = '[[alerts]]\nname = "a"\nby = ["model"]\nfigure = "success_rate"\nbelow = 2.0\nmin_tasks = 1\n'
    project.configure(f"[labels]\n{quoted(EVIL)} = {quoted(EVIL)}\n{alert}")
    return project


def check(text: str) -> None:
    for line in text.splitlines():
        assert not line.strip().startswith((MARK, "::")), line
        assert f"##[error]{MARK}" not in line
    rest = [char for char in text if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    assert set(rest) <= {"\n", "\t"}, sorted(set(rest))


@pytest.mark.parametrize("line", READS, ids=lambda line: ascii(" ".join(line))[:40])
def test_what_is_read_forges_nothing(line: tuple[str, ...], evil: Project) -> None:
    for output in FORMATS:
        option = () if line[0] in {EVIL, "merge", "undo"} else ("--output", output)
        at = line.index("--") if "--" in line else len(line)
        done = call(evil, *line[:at], *option, *line[at:])
        check(done.out)
        check(done.err)
        assert "Traceback" not in done.err
        assert done.code != 70, done.err


@pytest.mark.parametrize("line", WRITES, ids=lambda line: ascii(" ".join(line))[:40])
def test_what_is_written_forges_nothing(line: tuple[str, ...], evil: Project) -> None:
    for more in (("--dry-run",), ()):
        if more and line[0] == "new":
            continue
        done = call(evil, *line, *more)
        check(done.out)
        check(done.err)
        assert "Traceback" not in done.err
        assert done.code != 70, done.err
    check(call(evil, "telemetry", "tail").out)


def test_findings_for_github_forge_nothing(evil: Project) -> None:
    done = call(evil, "validate", "--output", "github")
    assert done.out
    for line in done.out.splitlines():
        assert line.startswith(("::error file=", "::warning file=", "::notice file="))
    check("\n".join(line.removeprefix("::") for line in done.out.splitlines()))
