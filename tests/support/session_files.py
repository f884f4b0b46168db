"""Files that agents keep of their sessions, made by the shape of what released agents wrote in November 2026.

None is a recording. Each session asks the model twice. The texts hold words that must never be taken.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from taskfiles.basics.instants import format_instant

SESSION = "0199c6f2-aaaa-7000-8000-00000000000b"
SECRET = "sk-ant-api03-NEVERTAKEN"


class Kept(NamedTuple):
    """A file of a session below a home, and what is to be read of it."""

    path: str
    lines: list[dict[str, Any]]


def codex(tree: str, start: datetime, session: str = SESSION) -> Kept:
    """A rollout of Codex: two requests, the count of the first there twice."""
    counts = [(14017, 11002, 300, 100), (28037, 22004, 603, 200)]
    lines: list[dict[str, Any]] = [
        {
            "type": "session_meta",
            "payload": {"id": session, "cwd": tree, "cli_version": "0.171.0", "model_provider": "openai"},
        },
        {"type": "turn_context", "payload": {"cwd": tree, "model": "gpt-5-codex", "effort": "high"}},
        {"type": "response_item", "payload": {"type": "message", "content": [{"text": SECRET}]}},
        *(_count(*counts[number], last=14020) for number in (0, 0, 1)),
    ]
    times = _times(start, len(lines))
    path = f".codex/sessions/2025/11/02/rollout-2025-11-02T11-00-00-{session}.jsonl"
    return Kept(path, [{"timestamp": time, **line} for time, line in zip(times, lines, strict=True)])


def codex_refused(tree: str, start: datetime) -> Kept:
    """The same in a sandbox that may only be read, which refused a command."""
    kept = codex(tree, start)
    lines = json.loads(json.dumps(kept.lines))
    lines[1]["payload"]["sandbox_policy"] = {"type": "read-only"}
    output = f"Process exited with code 1\nOutput:\n{SECRET}: Read-only file system\n"
    lines[2]["payload"] = {"type": "function_call_output", "call_id": "call_1", "output": output}
    return Kept(kept.path, lines)


def _count(whole: int, cached: int, out: int, thought: int, last: int) -> dict[str, Any]:
    total = {"input_tokens": whole, "cached_input_tokens": cached, "output_tokens": out}
    total |= {"reasoning_output_tokens": thought, "total_tokens": whole + out}
    info = {"total_token_usage": total, "last_token_usage": {"total_tokens": last}}
    return {
        "type": "event_msg",
        "payload": {"type": "token_count", "info": info | {"model_context_window": 280400}},
    }


def claude(tree: str, start: datetime, session: str = SESSION) -> Kept:
    """A session of Claude Code: two answers, the first printed in two parts."""
    common = {"sessionId": session, "cwd": tree, "version": "2.1.332", "isSidechain": False}
    lines = [
        common | {"type": "user", "message": {"role": "user", "content": SECRET}},
        common | {"type": "assistant", "message": answer("msg_1", 1, text=SECRET)},
        common | {"type": "assistant", "message": answer("msg_1", 101)},
        common | {"type": "assistant", "message": answer("msg_2", 502)},
    ]
    times = _times(start, len(lines))
    path = f".claude/projects/-work-tree/{session}.jsonl"
    return Kept(path, [line | {"timestamp": time} for time, line in zip(times, lines, strict=True)])


def answer(name: str, out: int, text: str = "Done", tool: str | None = None) -> dict[str, Any]:
    """An answer of Claude's, with what was cached; it may call a tool."""
    content: list[dict[str, Any]] = [{"type": "text", "text": text}]
    content += [] if tool is None else [{"type": "tool_use", "name": tool, "input": {}}]
    usage = {"input_tokens": 10, "cache_read_input_tokens": 11000, "cache_creation_input_tokens": 4000}
    usage |= {"output_tokens": out}
    return {"id": name, "model": "claude-opus-4-5", "content": content, "usage": usage}


def gemini(tree: str, start: datetime, session: str = SESSION) -> Kept:
    """A chat of Gemini CLI: two answers, the first written again when its tool was called."""
    project = hashlib.sha256(tree.encode()).hexdigest()
    tokens = {"input": 14017, "output": 270, "cached": 11002, "thoughts": 30, "tool": 0, "total": 14317}
    times = _times(start, 5)
    head = {"sessionId": session, "projectHash": project, "kind": "main"}
    said = {"type": "gemini", "model": "gemini-2.5-pro", "content": SECRET, "tokens": tokens}
    lines = [
        head | {"startTime": times[0], "lastUpdated": times[0]},
        {"id": "u1", "timestamp": times[1], "type": "user", "content": SECRET},
        said | {"id": "g1", "timestamp": times[2]},
        said | {"id": "g1", "timestamp": times[2], "toolCalls": [{"name": "write_file"}]},
        said | {"id": "g2", "timestamp": times[3]},
        {"$set": {"lastUpdated": times[4]}},
    ]
    return Kept(f".gemini/tmp/tree/chats/session-2025-11-02T11-00-{session[:8]}.jsonl", lines)


def opencode(tree: str, start: datetime, session: str = SESSION) -> Kept:
    """An export of OpenCode: two answers with their steps, and the record's last change."""
    times = [int((start + timedelta(seconds=second)).timestamp() * 1000) for second in range(1, 6)]
    tokens = {"input": 3015, "output": 271, "reasoning": 30, "cache": {"read": 11002, "write": 0}}
    said = {"role": "assistant", "modelID": "claude-opus-4-5", "providerID": "anthropic"}
    messages = [
        {
            "info": {"role": "user", "time": {"created": times[0]}},
            "parts": [{"type": "text", "text": SECRET}],
        },
        *(
            {
                "info": said | {"time": {"created": times[number], "completed": times[number + 1]}},
                "parts": [{"type": "step-finish", "id": f"p{number}", "tokens": tokens, "cost": 0.005021}],
            }
            for number in (1, 2)
        ),
    ]
    info = {"id": session, "directory": tree, "version": "1.18.33", "time": {"updated": times[4]}}
    return Kept("export.json", [{"info": info | {"title": SECRET}, "messages": messages}])


def _times(start: datetime, count: int) -> list[str]:
    return [
        format_instant((start + timedelta(seconds=number)).astimezone(UTC)) for number in range(1, count + 1)
    ]


MADE: dict[str, Callable[[str, datetime], Kept]] = {
    "codex": codex,
    "claude-code": claude,
    "gemini-cli": gemini,
    "opencode": opencode,
}
EXPECTED: dict[str, dict[str, Any]] = {
    "codex": {
        "executor": {"model": "gpt-5-codex", "provider": "openai", "version": "0.171.0"},
        "model_requests": 2,
        "usage": {
            "input_tokens": 28037,
            "output_tokens": 603,
            "reasoning_tokens": 200,
            "cache_read_tokens": 22004,
        },
        "session_totals": {
            "usage": {
                "input_tokens": 28037,
                "output_tokens": 603,
                "reasoning_tokens": 200,
                "cache_read_tokens": 22004,
            },
            "own_printed": True,
        },
        "context": {"utilization_final": 0.05},
    },
    "claude-code": {
        "executor": {"model": "claude-opus-4-5", "version": "2.1.332"},
        "model_requests": 2,
        "usage": {
            "input_tokens": 30020,
            "output_tokens": 603,
            "cache_read_tokens": 22000,
            "cache_write_tokens": 8000,
        },
    },
    "gemini-cli": {
        "executor": {"model": "gemini-2.5-pro"},
        "model_requests": 2,
        "usage": {
            "input_tokens": 28034,
            "output_tokens": 600,
            "reasoning_tokens": 60,
            "cache_read_tokens": 22004,
        },
    },
    "opencode": {
        "executor": {"model": "claude-opus-4-5", "provider": "anthropic", "version": "1.18.33"},
        "model_requests": 2,
        "usage": {
            "input_tokens": 28034,
            "output_tokens": 602,
            "reasoning_tokens": 60,
            "cache_read_tokens": 22004,
            "cache_write_tokens": 0,
        },
        "cost": {"actual_usd_micros": 10042, "source": "reported"},
    },
}


def text_of(lines: list[dict[str, Any]]) -> str:
    """The lines as a file holds them; a single one is laid out, as an export is."""
    if len(lines) == 1:
        return json.dumps(lines[0], indent=2) + "\n"
    return "".join(json.dumps(line) + "\n" for line in lines)


def put(home: Path, kept: Kept) -> Path:
    """Write a session's file below a home."""
    file = home / kept.path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text_of(kept.lines))
    return file
