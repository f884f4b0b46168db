"""Stand-ins for agents: small programs that print what the real ones do."""

from __future__ import annotations

import json
import shlex

from support.project import Project

RESULT = {
    "type": "result",
    "subtype": "success",
    "is_error": False,
    "duration_ms": 4200,
    "num_turns": 3,
    "result": "Done.",
    "session_id": "6d3f0a52-8a3e-4c55-9d0a-3f1f5f7a2b11",
    "total_cost_usd": 0.0421,
    "usage": {
        "input_tokens": 40,
        "cache_creation_input_tokens": 1000,
        "cache_read_input_tokens": 9000,
        "output_tokens": 512,
    },
    "modelUsage": {"claude-opus-4-5": {"inputTokens": 40, "outputTokens": 512}},
}


def stand_in(project: Project, script: str, name: str = "agent") -> str:
    """Write a shell script beside the project, and give its path; its prompts go to `../NAME.prompt`."""
    file = project.root.parent / "bin" / name
    file.parent.mkdir(exist_ok=True)
    prompt = shlex.quote(str(project.root.parent / f"{name}.prompt"))
    file.write_text(f"#!/bin/sh\ncat >> {prompt}\n{script}\n")
    file.chmod(0o755)
    return str(file)


def prompt_of(project: Project, name: str = "agent") -> str:
    """What a stand-in was given, all attempts one after the other."""
    return (project.root.parent / f"{name}.prompt").read_text()


def printing(value: object) -> str:
    """A line of shell that prints a value as JSON."""
    return f"printf '%s\\n' {shlex.quote(json.dumps(value))}"
