"""What a task is estimated to take, before it is dispatched, by the project's own command."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from taskfiles.basics.jsontext import json_text
from taskfiles.errors import reason_of
from taskfiles.run.process import Ended, How, Listener, supervise

LIMIT = 2.0  # seconds; who dispatches doesn't wait longer
_MOST = 1 << 16  # bytes of an answer
_LONGEST = 200  # characters of what the command says of its failure
# What the command answers, and where an attempt has it.
FIELDS = {
    "estimated_input_tokens": ("usage", "estimated_input_tokens"),
    "estimated_output_tokens": ("usage", "estimated_output_tokens"),
    "estimated_usd_micros": ("cost", "estimated_usd_micros"),
}


def estimate(
    command: str,
    task: Mapping[str, Any],
    *,
    directory: str,
    environment: Mapping[str, str],
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Ask a command, which gets the task as JSON on standard input, for estimates as JSON.

    Gives the parts of an attempt; what it doesn't say, or says too late or wrongly, is unknown. `say` takes
    a sentence about each thing that went wrong.
    """
    said, complaint = bytearray(), bytearray()

    def keep_in(kept: bytearray) -> Callable[[bytes], None]:
        return lambda data: kept.extend(data[: max(0, _MOST + 1 - len(kept))])

    listener = Listener(keep_in(said), keep_in(complaint), lambda: "", lambda: True)
    text = json_text(task, blanks=True).encode()
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
    except OSError as error:
        say(_sentence(f"can't be started: {reason_of(error)}"))
        return {}
    if (problem := _find_failure(ended, bytes(complaint))) is not None:
        say(_sentence(problem))
        return {}
    return _read(bytes(said), say)


def _find_failure(ended: Ended, complaint: bytes) -> str | None:
    if ended.how is not How.EXITED:
        return f"took longer than {LIMIT:g} s"
    if not ended.code:
        return None
    lines = complaint.decode(errors="replace").split("\n")
    last = next((line.strip()[:_LONGEST] for line in reversed(lines) if line.strip()), "")
    how = f"exit status {ended.code}" if ended.code > 0 else f"signal {-ended.code}"
    return f"failed with {how}" + (f": {last}" if last else "")


def _read(said: bytes, say: Callable[[str], None]) -> dict[str, Any]:
    try:
        answer = json.loads(said)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        say(_sentence("did not answer with one JSON object"))
        return {}
    found: dict[str, Any] = {}
    for name, (part, key) in FIELDS.items():
        value = answer.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63:
            found.setdefault(part, {})[key] = value
        elif name in answer:
            say(_sentence(f"gave {name} another value than a whole number from 0 to 2^63 - 1", "This one"))
    if answer and not FIELDS.keys() & answer.keys():
        say(_sentence(f"answered with none of {', '.join(FIELDS)}"))
    return found


def _sentence(problem: str, what: str = "What the task will take") -> str:
    return f"predict.command {problem}. {what} is not estimated."
