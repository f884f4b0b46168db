"""The tools that agents offer a model: for a shell's line, and for a subagent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from .exchange import Call, Request

Arguments = Mapping[str, Any]
SHELLS: dict[str, Callable[[str], Arguments]] = {
    "Bash": lambda line: {"command": line, "description": "Run it"},  # Claude Code
    "exec_command": lambda line: {"cmd": line},  # Codex
    "shell_command": lambda line: {"command": line},
    "shell": lambda line: {"command": ["bash", "-lc", line]},
    "bash": lambda line: {"command": line, "description": "Run it"},  # OpenCode
    "run_shell_command": lambda line: {"command": line, "description": "Run it"},  # Gemini CLI
}
SUBAGENTS: dict[str, Callable[[str], Arguments]] = {
    "Agent": lambda prompt: {"description": "A part", "prompt": prompt, "subagent_type": "general-purpose"},
    "Task": lambda prompt: {"description": "A part", "prompt": prompt, "subagent_type": "general-purpose"},
    "task": lambda prompt: {"description": "A part", "prompt": prompt, "subagent_type": "general"},
    "invoke_agent": lambda prompt: {"agent_name": "generalist", "prompt": prompt},  # Gemini CLI
    "multi_agent_v1.spawn_agent": lambda prompt: {"message": prompt},
}
EDITS = "SEARCH/REPLACE"  # aider's way


def is_main(request: Request) -> bool:
    """Tell an agent's own request, which offers tools or explains edits, from one for a title or the like."""
    return bool(request.tools) or EDITS in request.texts


def run_line(request: Request, line: str) -> Call:
    """Call the shell that is offered."""
    return _call(request, SHELLS, line)


def ask_subagent(request: Request, prompt: str) -> Call:
    """Call the tool that starts a subagent."""
    return _call(request, SUBAGENTS, prompt)


WAIT = "multi_agent_v1.wait_agent"  # Codex goes on beside a subagent until it is told to wait


def wait_for(request: Request, started: str) -> Call | None:
    """Wait for a subagent, where that needs a call; its id is in what starting it gave."""
    found = re.search(r'"agent_id":\s*"([^"]+)"', started)
    return Call(WAIT, {"targets": [found[1]]}) if WAIT in request.tools and found else None


def end_part(request: Request, text: str) -> tuple[Call, ...]:
    """Give a subagent's result, where that needs a call: with Gemini CLI."""
    return (
        (Call("complete_task", {"result": {"response": text}}),) if "complete_task" in request.tools else ()
    )


def _call(request: Request, known: Mapping[str, Callable[[str], Arguments]], text: str) -> Call:
    for name, arguments in known.items():
        if name in request.tools:
            return Call(name, arguments(text))
    raise LookupError(f"None of {', '.join(known)} is offered, but {', '.join(sorted(request.tools))}.")
