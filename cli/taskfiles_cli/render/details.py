"""One task for people: its keys, its attempts, its body."""

from __future__ import annotations

from typing import Any

from taskfiles_cli.output import escape
from taskfiles_cli.render.table import pad, words

_OWN = frozenset({"body", "derived", "execution", "id", "title", "etag", "path", "valid", "extra"})
_LABEL_WIDTH = 18


def render_details(task: dict[str, Any]) -> str:
    """Render a task object of `show`: what is set, then attempts and derived figures, then the body."""
    lines = [f"{task['id']}: {escape(str(task['title']))}", ""]
    for key, value in task.items():
        if key not in _OWN and value not in (None, [], {}):
            lines.append(line(key, value))
    lines.append(line("path", task["path"]))
    if not task["valid"]:
        lines.append(line("valid", "no; see the warnings"))
    execution = task["execution"]
    attempts = execution.get("attempts") if isinstance(execution, dict) else None
    if isinstance(attempts, list) and attempts:
        lines += ["", "Attempts", *(_attempt(number, attempt) for number, attempt in enumerate(attempts, 1))]
    if task["derived"]:
        figures = task["derived"]
        lines.append(
            f"  retries {figures['retry_count']}, work {figures['total_execution_seconds']} s, "
            f"wall {figures['wall_clock_seconds']:g} s, idle {figures['idle_seconds']:g} s"
        )
    return (
        "\n".join(lines)
        + "\n"
        + ("\n" + escape(task["body"]).strip("\n") + "\n" if task["body"].strip() else "")
    )


def line(key: str, value: Any) -> str:
    """Render one key with its value."""
    return f"  {pad(escape(key), _LABEL_WIDTH)}{escape(words(value))}"


def _attempt(number: int, attempt: Any) -> str:
    if not isinstance(attempt, dict):
        return f"  {number}. {escape(str(attempt))}"
    executor = attempt.get("executor")
    who = (
        " ".join(str(executor[key]) for key in ("tool", "model") if key in executor)
        if isinstance(executor, dict)
        else ""
    )
    reviewer = attempt.get("reviewer")
    verdict = ""
    if isinstance(reviewer, dict):
        verdict = (
            f", {'approved' if reviewer.get('approved') is True else 'rejected'} by {reviewer.get('name')}"
        )
    what = f"{attempt.get('status')} in {attempt.get('duration_seconds')} s"
    return escape(f"  {number}. {what}, {attempt.get('started_at')}, {who}{verdict}")
