"""What a task is estimated to take, before it is dispatched, by the project's own command."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from taskfiles.run.process import How, Listener, supervise

LIMIT = 2.0  # seconds; who dispatches doesn't wait longer
_MOST = 1 << 16
# What the command answers, and where an attempt has it.
FIELDS = {
    "estimated_input_tokens": ("usage", "estimated_input_tokens"),
    "estimated_output_tokens": ("usage", "estimated_output_tokens"),
    "estimated_usd_micros": ("cost", "estimated_usd_micros"),
}


def estimate(
    command: str, task: Mapping[str, Any], *, directory: str, environment: Mapping[str, str]
) -> dict[str, Any]:
    """Ask a command, which gets the task as JSON on standard input, for estimates as JSON.

    Gives the parts of an attempt; what it doesn't say, or says too late or wrongly, is unknown.
    """
    said = bytearray()

    def hear(data: bytes) -> None:
        if len(said) <= _MOST:
            said.extend(data)

    listener = Listener(hear, lambda _: None, lambda: "", lambda: True)
    text = json.dumps(task, ensure_ascii=False, default=str).encode("utf-8", "replace")
    try:
        ended = supervise(
            ["sh", "-c", command],
            listener,
            directory=directory,
            environment=environment,
            given=text,
            timeout=LIMIT,
            grace=0.0,
        )
        answer = json.loads(said)
    except (OSError, ValueError, RecursionError):
        return {}
    if ended.code or ended.how is not How.EXITED or not isinstance(answer, dict):
        return {}
    found: dict[str, Any] = {}
    for name, (part, key) in FIELDS.items():
        value = answer.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63:
            found.setdefault(part, {})[key] = value
    return found
