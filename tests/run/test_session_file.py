"""Agents' own files of sessions: where they are found, and all that keeps one from being read."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from support.in_process import call
from support.project import NOON, Project, store
from support.session_files import (
    EXPECTED,
    MADE,
    SESSION,
    Kept,
    answer,
    claude,
    codex,
    codex_refused,
    put,
    text_of,
)
from support.stub_agents import stand_in
from taskfiles.operations.pickup import pickup
from taskfiles.run import session_file
from taskfiles.run.ledger import Entry, Ledger
from taskfiles.run.recovery import Agents, recover
from taskfiles.run.session_file import Asked, SessionPlaces, read_session

TOOLS = list(MADE)
IN_FILES = [tool for tool in TOOLS if tool != "opencode"]
PRINTED = {
    "codex": {"type": "thread.started", "thread_id": SESSION},
    "claude-code": {"type": "system", "subtype": "init", "session_id": SESSION},
    "gemini-cli": {"type": "init", "session_id": SESSION},
    "opencode": {"type": "step_start", "sessionID": SESSION, "part": {}},
}
PROGRAMS = {"codex": "codex", "claude-code": "claude", "gemini-cli": "gemini", "opencode": "opencode"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    found = tmp_path / "home"
    found.mkdir(exist_ok=True)
    return found


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    found = tmp_path / "tree"
    found.mkdir()
    return found


def places(home: Path) -> SessionPlaces:
    """The homes of agents below a home, and an OpenCode that prints what is there."""
    program = home / "opencode"
    export = shlex.quote(str(home / "export.json"))
    program.write_text(f'#!/bin/sh\ntest "$1 $2" = "export {SESSION}" && cat {export}\n')
    program.chmod(0o755)
    named = [str(home / name) for name in (".claude", ".codex", ".gemini")]
    return SessionPlaces(*named, str(program))


def ask(home: Path, tool: str, tree: Path, **more: Any) -> dict[str, Any]:
    asked = Asked(tool, SESSION, str(tree), str(tree), NOON, NOON + timedelta(minutes=5), dict(os.environ))
    return read_session(places(home), asked._replace(**more))


@pytest.mark.parametrize("tool", TOOLS)
def test_a_session_is_found_by_its_id(tool: str, home: Path, tree: Path) -> None:
    put(home, MADE[tool](str(tree), NOON))
    assert ask(home, tool, tree) == EXPECTED[tool]


@pytest.mark.parametrize("tool", TOOLS)
def test_a_missing_file_or_place_costs_nothing(tool: str, home: Path, tree: Path) -> None:
    assert ask(home, tool, tree) == {}
    asked = Asked(tool, SESSION, str(tree), str(tree), NOON, NOON, {})
    assert read_session(SessionPlaces(), asked) == {}


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize(
    "name", ["", "..", "../x", "a/b", "-x", "a" * 129, "a\nb", "*", "a\0b", 7, None, ["a"], "a.b"]
)
def test_a_session_id_that_is_none_is_looked_for_nowhere(
    tool: str, name: object, home: Path, tree: Path
) -> None:
    put(home, MADE[tool](str(tree), NOON))
    assert ask(home, tool, tree, session_id=name) == {}


@pytest.mark.parametrize("tool", TOOLS)
def test_a_file_that_names_another_session_is_none(tool: str, home: Path, tree: Path) -> None:
    kept = MADE[tool](str(tree), NOON)
    other = json.loads(json.dumps(kept.lines).replace(SESSION, SESSION[:-1] + "c"))
    put(home, Kept(kept.path, other))
    assert ask(home, tool, tree) == {}


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("other", ["/elsewhere", "tree", "", "{tree}-2", "{tree}/../other"])
def test_a_file_that_names_another_work_tree_is_none(tool: str, other: str, home: Path, tree: Path) -> None:
    put(home, MADE[tool](other.format(tree=tree), NOON))
    assert ask(home, tool, tree) == {}


def test_an_agent_may_work_in_a_directory_of_the_tree(home: Path, tree: Path) -> None:
    put(home, MADE["codex"](str(tree / "web"), NOON))
    assert ask(home, "codex", tree) == EXPECTED["codex"]


def test_a_link_to_the_work_tree_is_the_work_tree(home: Path, tree: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tree)
    put(home, MADE["gemini-cli"](str(tree), NOON))
    assert ask(home, "gemini-cli", tmp_path / "link") == EXPECTED["gemini-cli"]


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize(
    "start", [NOON - timedelta(hours=1), NOON + timedelta(minutes=5), NOON + timedelta(days=1)]
)
def test_a_file_that_ends_at_another_time_is_none(tool: str, start: Any, home: Path, tree: Path) -> None:
    put(home, MADE[tool](str(tree), start))
    assert ask(home, tool, tree) == {}


@pytest.mark.parametrize("tool", IN_FILES)
def test_no_link_is_followed(tool: str, home: Path, tree: Path, tmp_path: Path) -> None:
    """Neither a file nor a directory on the way to it; but the place itself may be a link."""
    file = put(home, MADE[tool](str(tree), NOON))
    aside = tmp_path / "aside"
    for linked in (file, *list(file.relative_to(home).parents)[:-2]):
        path = home / linked
        path.rename(aside)
        path.symlink_to(aside)
        assert ask(home, tool, tree) == {}, path
        path.unlink()
        aside.rename(path)
    top = home / file.relative_to(home).parts[0]
    top.rename(aside)
    top.symlink_to(aside)
    assert ask(home, tool, tree) == EXPECTED[tool]


@pytest.mark.parametrize("tool", IN_FILES)
def test_a_pipe_is_no_file(tool: str, home: Path, tree: Path) -> None:
    file = put(home, MADE[tool](str(tree), NOON))
    file.unlink()
    os.mkfifo(file)
    assert ask(home, tool, tree) == {}


@pytest.mark.parametrize("tool", TOOLS)
def test_a_session_of_too_many_bytes_is_not_read(
    tool: str, home: Path, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put(home, MADE[tool](str(tree), NOON))
    assert session_file.MOST == 64 << 20
    monkeypatch.setattr(session_file, "MOST", file.stat().st_size)
    assert ask(home, tool, tree) == EXPECTED[tool]
    monkeypatch.setattr(session_file, "MOST", file.stat().st_size - 1)
    assert ask(home, tool, tree) == {}


def test_the_files_of_a_session_are_bounded_together(
    home: Path, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put(home, claude(str(tree), NOON))
    helper = _helper(file, str(tree))
    assert ask(home, "claude-code", tree)["usage"]["output_tokens"] == 603 + 40
    monkeypatch.setattr(session_file, "MOST", file.stat().st_size + helper.stat().st_size - 1)
    assert ask(home, "claude-code", tree) == {}


def _helper(file: Path, tree: str) -> Path:
    """A subagent's file beside a session's."""
    line = claude(tree, NOON).lines[-1] | {"isSidechain": True, "message": answer("msg_9", 40)}
    place = file.with_suffix("") / "subagents" / "agent-1.jsonl"
    place.parent.mkdir(parents=True)
    place.write_text(text_of([line, line]))
    return place


PART = "0199c6f2-bbbb-7000-8000-00000000000c"


def put_delegating(home: Path, tree: Path) -> Path:
    """A session of Codex that has started a subagent; gives the subagent's file."""
    start, context, message, *rest = codex(str(tree), NOON).lines
    call = {"type": "function_call", "name": "spawn_agent", "call_id": "a"}
    ended = {"type": "function_call_output", "call_id": "a", "output": f'{{"agent_id": "{PART}"}}'}
    calls = [message | {"payload": payload} for payload in (call, ended)]
    put(home, Kept(codex(str(tree), NOON).path, [start, context, *calls, *rest]))
    return put(home, codex(str(tree), NOON, PART))


def test_files_of_subagents_of_codex_are_read(
    home: Path, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = put_delegating(home, tree)
    assert ask(home, "codex", tree)["usage"]["output_tokens"] == 2 * 603
    size = part.stat().st_size
    monkeypatch.setattr(session_file, "MOST", 2 * size)
    assert ask(home, "codex", tree) == {}  # the other file is the larger one
    monkeypatch.undo()
    part.unlink()
    assert "usage" not in ask(home, "codex", tree)


def test_where_gemini_had_subagents_there_are_no_figures(home: Path, tree: Path) -> None:
    file = put(home, MADE["gemini-cli"](str(tree), NOON))
    (file.parent / SESSION).mkdir()
    assert ask(home, "gemini-cli", tree) == {"executor": EXPECTED["gemini-cli"]["executor"]}


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("content", [b"", b"\0\xff" * 5000, b'{"type"', b"[" * 100_000, b"null\n7\n"])
def test_a_strange_file_costs_nothing(tool: str, content: bytes, home: Path, tree: Path) -> None:
    put(home, MADE[tool](str(tree), NOON)).write_bytes(content)
    assert ask(home, tool, tree) == {}


@pytest.mark.parametrize("script", ["exit 1", "kill -9 $$", "echo nothing", ": no end >&2; exec sleep 100"])
def test_an_export_that_fails_costs_nothing(
    script: str, home: Path, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_file, "EXPORT_LIMIT", 0.2)
    program = home / "other"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    asked = Asked("opencode", SESSION, str(tree), str(tree), NOON, NOON + timedelta(minutes=5), {})
    assert read_session(SessionPlaces(opencode=str(program)), asked) == {}
    assert read_session(SessionPlaces(opencode=str(home / "missing")), asked) == {}


def test_other_agents_keep_nothing(home: Path, tree: Path) -> None:
    assert ask(home, "aider", tree) == ask(home, "sh", tree) == {}


# Where they are used


def attempt_of(project: Project) -> dict[str, Any]:
    execution: Any = project.get("fix").values["execution"]
    (attempt,) = execution["attempts"]
    found: dict[str, Any] = attempt
    return found


def agent_that_keeps(
    project: Project, tool: str, end: str, make: Callable[[str, datetime], Kept] | None = None
) -> str:
    """A stand-in that begins a session, writes its file as of now, and ends."""
    home = project.root.parent / "home"
    kept = (make or MADE[tool])(str(project.root), NOON)
    template = project.root.parent / "template"
    template.write_text(text_of(kept.lines))
    place = home / kept.path
    begin, stamp = f"echo {shlex.quote(json.dumps(PRINTED[tool]))}", "date -u +%Y-%m-%dT%H:%M:%S.%3NZ"
    script = f"""if [ "$1" = export ]; then cat {shlex.quote(str(place))}; exit; fi
{begin}
mkdir -p {shlex.quote(str(place.parent))}
now=$({stamp}); milli=$(date +%s%3N)
sed -E "s/2025-11-02T12:0[0-9]:[0-9.]+Z/$now/; s/\\"(updated|created|completed)\\": [0-9]+/\\"\\1\\": \
$milli/" {shlex.quote(str(template))} > {shlex.quote(str(place))}
{end}"""
    return stand_in(project, script, PROGRAMS[tool])


@pytest.mark.parametrize("tool", TOOLS)
def test_run_completes_what_a_failed_agent_printed(tool: str, project: Project) -> None:
    project.task("fix")
    agent = agent_that_keeps(project, tool, "exit 1")
    path = {"PATH": f"{Path(agent).parent}:{os.environ['PATH']}"}
    done = call(project, "run", "fix", "--output", "json", "--", agent, "exec", env=path)
    assert done.code == 1, done
    attempt = attempt_of(project)
    assert attempt["session_id"] == SESSION
    assert attempt["usage"] == EXPECTED[tool]["usage"]
    assert attempt["executor"] == {"tool": tool} | EXPECTED[tool]["executor"]


REFUSED = "1 tool call refused, and nothing was changed"


@pytest.mark.parametrize(
    ("end", "ending"),
    [
        ("exit 0", ("failed", "blocked", "permission", REFUSED)),
        ("touch made.txt", ("completed", "success", None, None)),
        ("exit 1", ("failed", "blocked", "agent_error", "it ended with exit code 1")),
    ],
)
def test_a_run_that_was_refused_its_tools_is_judged_by_the_file(
    end: str, ending: tuple[str | None, ...], project: Project
) -> None:
    project.git("init", "-q")
    project.task("fix")
    agent = agent_that_keeps(project, "codex", end, codex_refused)
    done = call(project, "run", "fix", "--output", "json", "--", agent, "exec")
    attempt = attempt_of(project)
    keys = ("status", "outcome", "error_type", "error_reason")
    assert tuple(attempt.get(key) for key in keys) == ending
    assert attempt["refused_tools"] == 1
    assert ("1 tool call refused; see" in done.err) == (ending[2] != "permission")


def test_run_leaves_the_files_unread_where_it_is_asked_to(project: Project) -> None:
    project.task("fix")
    agent = agent_that_keeps(project, "codex", "exit 1")
    call(project, "run", "fix", "--no-session-files", "--", agent, "exec")
    assert "usage" not in attempt_of(project)
    assert attempt_of(project)["executor"] == {"tool": "codex"}


def record(project: Project, tool: str, *more: str, text: str = "") -> Any:
    (project.root / "out").write_text(text or json.dumps(PRINTED[tool]) + "\n")
    words = ("--from-agent", tool, "out", "--status", "failed", "--ended-at", "2025-11-02T12:05:00Z")
    return call(project, "record", "fix", *words, "--duration-seconds", "300", *more)


@pytest.mark.parametrize("tool", IN_FILES)
def test_record_reads_them_when_it_is_asked_to(tool: str, project: Project) -> None:
    project.task("fix")
    put(project.root.parent / "home", MADE[tool](str(project.root), NOON))
    assert record(project, tool, "--session-files").code == 0
    assert attempt_of(project)["usage"] == EXPECTED[tool]["usage"]


@pytest.mark.parametrize(
    ("more", "ending"),
    [
        ((), ("failed", "blocked", "permission")),
        (("--created-file", "made.txt"), ("completed", None, None)),
        (("--status", "completed"), ("completed", None, None)),
    ],
)
def test_record_judges_by_the_file_too(
    more: tuple[str, ...], ending: tuple[str | None, ...], project: Project
) -> None:
    project.task("fix")
    put(project.root.parent / "home", codex_refused(str(project.root), NOON))
    events = [PRINTED["codex"], {"type": "turn.started"}, {"type": "turn.completed", "usage": {}}]
    (project.root / "out").write_text(text_of(events))
    words = (
        "--from-agent",
        "codex",
        "out",
        "--ended-at",
        "2025-11-02T12:05:00Z",
        "--duration-seconds",
        "300",
    )
    done = call(project, "record", "fix", *words, "--session-files", *more)
    attempt = attempt_of(project)
    assert tuple(attempt.get(key) for key in ("status", "outcome", "error_type")) == ending
    assert attempt["refused_tools"] == 1
    assert ("1 tool call refused." in done.err) == (ending[0] == "completed")


def test_record_reads_none_by_itself(project: Project) -> None:
    project.task("fix")
    put(project.root.parent / "home", MADE["codex"](str(project.root), NOON))
    assert record(project, "codex").code == 0
    assert "usage" not in attempt_of(project)


@pytest.mark.parametrize(
    ("variable", "value", "tool", "below"),
    [
        ("CODEX_HOME", "{}/mine", "codex", ".codex"),
        ("CLAUDE_CONFIG_DIR", "{}/mine", "claude-code", ".claude"),
        ("GEMINI_CLI_HOME", "{}", "gemini-cli", ".gemini"),
    ],
)
def test_agents_are_asked_where_their_variables_say(
    variable: str, value: str, tool: str, below: str, project: Project
) -> None:
    project.task("fix")
    other = project.root.parent / "other"
    put(other, MADE[tool](str(project.root), NOON))
    if value.endswith("mine"):
        (other / below).rename(other / "mine")
    project.env[variable] = value.format(other)
    assert record(project, tool, "--session-files").code == 0
    assert attempt_of(project)["usage"] == EXPECTED[tool]["usage"]


@pytest.mark.parametrize("words", [("--session-files",), ("--session-files", "--amend", SESSION)])
def test_session_files_complete_what_an_agent_printed(words: tuple[str, ...], project: Project) -> None:
    project.task("fix")
    if "--amend" in words:
        done = record(project, "codex", *words)
    else:
        done = call(project, "record", "fix", "--status", "failed", "--duration-seconds", "5", *words)
    assert (done.code, "--session-files" in done.err) == (2, True)


@pytest.mark.parametrize("tool", TOOLS)
def test_what_a_killed_run_left_is_completed(tool: str, project: Project) -> None:
    """The agent has written on for a few seconds after the last sign of its run."""
    attempt_id = "0199c6f2-0000-7000-8000-000000000001"
    project.task("fix")
    pickup(store(project), "fix", by="me", attempt=attempt_id)
    start = NOON - timedelta(minutes=10)
    home = project.root.parent / "home"
    put(home, MADE[tool](str(project.root), start))
    log = project.root.parent / "log"
    log.with_name("log.out.log").write_text(json.dumps(PRINTED[tool]) + "\n")
    facts = {"id": attempt_id, "started_at": "2025-11-02T11:50:00Z", "executor": {"tool": tool}}
    journal = project.store.journal
    assert journal is not None
    with Ledger(journal).held(Entry(attempt_id, "fix", str(project.root), facts, log=str(log))):
        pass
    (file,) = (project.root / ".git/tasks").rglob(f"{attempt_id}.json")
    for each in (file, log.with_name("log.out.log")):
        os.utime(each, (start.timestamp() + 2,) * 2)
    (found,) = recover(store(project), agents=Agents(places(home), dict(os.environ)))
    assert found.problem is None
    attempt = attempt_of(project)
    assert (attempt["error_type"], attempt["usage"]) == ("orphaned", EXPECTED[tool]["usage"])
