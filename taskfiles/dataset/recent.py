"""The attempts of a project as rows of their table, the latest first; pure."""

from __future__ import annotations

from collections.abc import Sequence

from taskfiles.dataset.flatten import flatten_tasks
from taskfiles.dataset.rows import Row, list_rows
from taskfiles.stats.rows import attempts_of
from taskfiles.task.task import Task

# The columns of the table that say who did what, and what came of it.
SHOWN = (
    *("task_id", "title", "state", "position", "task_attempts", "attempt_id"),
    *("started_at", "ended_at", "duration_seconds"),
    *("status", "outcome", "ending", "succeeded", "error_type", "error_detail"),
    *("tool", "version", "model", "provider", "planner", "turns"),
    *("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"),
    *("cost_usd_micros", "cost_source", "gates_run", "gates_failed", "commit_base", "commit_head"),
    *("approved", "reviewed_at"),
)


def list_recent(tasks: Sequence[Task]) -> list[Row]:
    """List the attempts of valid tasks, by their end, the latest first.

    A row has the columns of `SHOWN` as a dataset has them, and as the file has them `reviewer`, the
    reviewer's name, and `error_reason`. `tasks` are all of a store that have attempts: those of one session
    are compared.
    """
    beside = {}
    for task in tasks:
        if not task.errors:
            for position, attempt in enumerate(attempts_of(task), 1):
                reviewer = attempt.get("reviewer", {}).get("name")
                beside[task.id, position] = {
                    "reviewer": reviewer,
                    "error_reason": attempt.get("error_reason"),
                }
    attempts = flatten_tasks(tasks, "").attempts
    rows = [
        row | beside[row["task_id"], row["position"]]
        for row in list_rows({name: attempts[name] for name in SHOWN})
    ]
    rows.sort(key=lambda row: (row["task_id"], -row["position"]))
    rows.sort(key=lambda row: (row["ended_at"], row["started_at"]), reverse=True)
    return rows
