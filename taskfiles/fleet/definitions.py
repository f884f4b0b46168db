"""Every measured figure in SQL, once for all engines; DuckDB's dialect, carried over to others.

The plain definition of each is the function of the same name in `stats.counts` or `stats.amounts`, and tests
hold the two to the same answers. Engines give whole numbers: what follows from them is computed in
`stats.rates`, for all alike.

Each is an aggregate, by the columns of the group's key, over one of these relations:

- `attempt_tallies`: a row for attempts alike in `ending`, `approved`, `gated`, `gate_failed`, in what they
  know (`knows_…`), and in what is usual for their size (`usual_work_seconds`, null where nothing is): how
  many they are, as `attempts`, and the sums of their numbers under the names of the columns;
- `task_tallies`: the same for tasks with attempts in the group, alike in `begun` (the first attempt of all is
  in the group), `first_success` (the least position that succeeded, null if none), `last_succeeded`,
  `last_approved` (1, 0, or -1 without a verdict), `priced` (all attempts know their cost), `compares_cost`,
  `compares_input`, `compares_output`, `compares_time` (all attempts are in the group, and the task knows both
  sides) and `usual_work_seconds`: `tasks`, `wall_us`, `cost_usd_micros`, and the sums of both sides,
  `compared_…`;
- `spans`: parts of the wall clock in which an attempt was under way, each counted once, as `span_us`;
- `durations` and `successes`: values in order, as `value`, with `below`, how many rows have that value or a
  lesser one, of `total`.

A count that has no row is 0; any other figure is then null.
"""

from __future__ import annotations

from taskfiles.stats.amounts import FULL


def _tasks(condition: str) -> str:
    return f"SUM(tasks) FILTER (WHERE {condition})"


def _attempts(condition: str) -> str:
    return f"SUM(attempts) FILTER (WHERE {condition})"


def _rank(percent: str) -> str:
    """The nearest rank: the least value that at least so many percent don't exceed."""
    return f"MIN(value) FILTER (WHERE 100 * below >= {percent} * total)"


_IS_USUAL = "usual_work_seconds IS NOT NULL"

OF_ATTEMPTS: dict[str, str] = {
    "attempts": "SUM(attempts)",
    "reviews_approved": _attempts("approved"),
    "reviews_rejected": _attempts("NOT approved"),
    "attempts_succeeded": _attempts("ending = 'succeeded'"),
    "attempts_partial": _attempts("ending = 'partial'"),
    "attempts_blocked": _attempts("ending = 'blocked'"),
    "attempts_failed": _attempts("ending = 'failed'"),
    "attempts_timed_out": _attempts("ending = 'timed_out'"),
    "attempts_abandoned": _attempts("ending = 'abandoned'"),
    "work_seconds": "COALESCE(SUM(duration_seconds), 0)",
    "effort_work_seconds": f"COALESCE(SUM(duration_seconds) FILTER (WHERE {_IS_USUAL}), 0)",
    "gated_attempts": _attempts("gated"),
    "gate_failed_attempts": _attempts("gate_failed"),
    "gates_run": "SUM(gates_run)",
    "gates_failed": "SUM(gates_failed)",
    "input_tokens": "SUM(input_tokens)",
    "input_tokens_known_attempts": _attempts("knows_input_tokens"),
    "output_tokens": "SUM(output_tokens)",
    "output_tokens_known_attempts": _attempts("knows_output_tokens"),
    "cache_read_tokens": "SUM(cache_read_tokens)",
    "cache_read_tokens_known_attempts": _attempts("knows_cache_read_tokens"),
    "cache_write_tokens": "SUM(cache_write_tokens)",
    "cache_write_tokens_known_attempts": _attempts("knows_cache_write_tokens"),
    "cost_usd_micros": "SUM(cost_usd_micros)",
    "cost_known_attempts": _attempts("knows_cost_usd_micros"),
}
OF_TASKS: dict[str, str] = {
    "tasks": "SUM(tasks)",
    "successes": _tasks("last_succeeded"),
    "first_attempts": _tasks("begun"),
    "first_attempt_successes": _tasks("begun AND first_success <= 1"),
    "success_within_2": _tasks("begun AND first_success <= 2"),
    "success_within_3": _tasks("begun AND first_success <= 3"),
    "success_within_5": _tasks("begun AND first_success <= 5"),
    "attempts_to_success_max": "MAX(first_success) FILTER (WHERE begun)",
    "reviewed": _tasks("last_approved >= 0"),
    "accepted": _tasks("last_approved = 1"),
    "wall_seconds": "COALESCE(SUM(wall_us), 0)",
    "effort_tasks": _tasks(_IS_USUAL),
    "effort_expected_seconds": "COALESCE(SUM(tasks * usual_work_seconds), 0)",
    "cost_known_tasks": _tasks("priced"),
    "cost_known_successes": _tasks("priced AND last_succeeded"),
    "cost_known_tasks_usd_micros": "SUM(cost_usd_micros) FILTER (WHERE priced)",
    "cost_compared_tasks": _tasks("compares_cost"),
    "cost_compared_estimated_usd_micros": "SUM(compared_estimated_cost_usd_micros)",
    "cost_compared_actual_usd_micros": "SUM(compared_cost_usd_micros)",
    "input_compared_tasks": _tasks("compares_input"),
    "input_compared_estimated_tokens": "SUM(compared_estimated_input_tokens)",
    "input_compared_actual_tokens": "SUM(compared_input_tokens)",
    "output_compared_tasks": _tasks("compares_output"),
    "output_compared_estimated_tokens": "SUM(compared_estimated_output_tokens)",
    "output_compared_actual_tokens": "SUM(compared_output_tokens)",
    "time_compared_tasks": _tasks("compares_time"),
    "time_compared_estimated_seconds": "SUM(compared_estimated_seconds)",
    "time_compared_actual_seconds": "SUM(compared_duration_seconds)",
}
OF_SPANS: dict[str, str] = {"busy_us": "SUM(span_us)"}
OF_DURATIONS: dict[str, str] = {
    "duration_p50": _rank("50"),
    "duration_p95": _rank(f"CASE WHEN total >= {FULL} THEN 95 ELSE 100 END"),
}
OF_SUCCESSES: dict[str, str] = {"attempts_to_success_median": _rank("50")}
# Of the figures above, for each group.
OF_GROUP: dict[str, str] = {"idle_seconds": "wall_seconds - COALESCE(busy_us, 0)"}

SUMS: dict[str, dict[str, str]] = {
    "attempt_tallies": OF_ATTEMPTS,
    "task_tallies": OF_TASKS,
    "spans": OF_SPANS,
}
ORDERS: dict[str, dict[str, str]] = {"durations": OF_DURATIONS, "successes": OF_SUCCESSES}
MEASURED: tuple[str, ...] = (
    *(name for figures in (OF_ATTEMPTS, OF_TASKS, *ORDERS.values()) for name in figures),
    *OF_GROUP,
)
# What SQL counts in microseconds, and the figure shows in seconds.
IN_MICROS = frozenset({"wall_seconds", "idle_seconds"})
