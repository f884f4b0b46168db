"""Figures that follow from others: rates with their bounds, ratios, remarks; each defined by its function.

They need nothing but whole numbers, so that whatever has counted these gets the same from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskfiles.stats.amounts import FULL
from taskfiles.stats.wilson import LEAST, wilson

Counted = Mapping[str, Any]


def success_rate(counted: Counted) -> float | None:
    """`successes / tasks`."""
    return wilson(counted["successes"], counted["tasks"]).rate


def success_rate_low(counted: Counted) -> float | None:
    """The lower bound of its 95 % Wilson interval, by which groups are ranked."""
    return wilson(counted["successes"], counted["tasks"]).low


def success_rate_high(counted: Counted) -> float | None:
    """The upper bound of the same interval."""
    return wilson(counted["successes"], counted["tasks"]).high


def insufficient(counted: Counted) -> bool:
    """Whether the group has fewer than 5 tasks: its rate is no finding, and it has no rank."""
    return bool(counted["tasks"] < LEAST)


def first_attempt_rate(counted: Counted) -> float | None:
    """`first_attempt_successes / first_attempts`; null where no task began in the group."""
    return wilson(counted["first_attempt_successes"], counted["first_attempts"]).rate


def first_attempt_rate_low(counted: Counted) -> float | None:
    """The lower bound of its interval."""
    return wilson(counted["first_attempt_successes"], counted["first_attempts"]).low


def first_attempt_rate_high(counted: Counted) -> float | None:
    """The upper bound of its interval."""
    return wilson(counted["first_attempt_successes"], counted["first_attempts"]).high


def first_attempt_insufficient(counted: Counted) -> bool:
    """Whether fewer than 5 tasks began in the group."""
    return bool(counted["first_attempts"] < LEAST)


def acceptance_rate(counted: Counted) -> float | None:
    """`accepted / reviewed`; null where no task was reviewed."""
    return wilson(counted["accepted"], counted["reviewed"]).rate


def acceptance_rate_low(counted: Counted) -> float | None:
    """The lower bound of its interval."""
    return wilson(counted["accepted"], counted["reviewed"]).low


def acceptance_rate_high(counted: Counted) -> float | None:
    """The upper bound of its interval."""
    return wilson(counted["accepted"], counted["reviewed"]).high


def acceptance_insufficient(counted: Counted) -> bool:
    """Whether fewer than 5 tasks were reviewed."""
    return bool(counted["reviewed"] < LEAST)


def duration_p95_measure(counted: Counted) -> str:
    """What `duration_p95` is: `percentile`, or below 20 attempts `maximum`."""
    return "percentile" if counted["attempts"] >= FULL else "maximum"


def effort(counted: Counted) -> float | None:
    """`effort_work_seconds / effort_expected_seconds`: above 1 the work took longer than is usual."""
    return _ratio(counted["effort_work_seconds"], counted["effort_expected_seconds"])


def cost_per_task_usd_micros(counted: Counted) -> float | None:
    """`cost_known_tasks_usd_micros / cost_known_tasks`."""
    return _ratio(counted["cost_known_tasks_usd_micros"], counted["cost_known_tasks"])


def cost_per_success_usd_micros(counted: Counted) -> float | None:
    """`cost_known_tasks_usd_micros / cost_known_successes`: what failed is paid for, too."""
    return _ratio(counted["cost_known_tasks_usd_micros"], counted["cost_known_successes"])


def cost_actual_to_estimated(counted: Counted) -> float | None:
    """`cost_compared_actual_usd_micros / cost_compared_estimated_usd_micros`."""
    return _ratio(counted["cost_compared_actual_usd_micros"], counted["cost_compared_estimated_usd_micros"])


def input_actual_to_estimated(counted: Counted) -> float | None:
    """`input_compared_actual_tokens / input_compared_estimated_tokens`."""
    return _ratio(counted["input_compared_actual_tokens"], counted["input_compared_estimated_tokens"])


def output_actual_to_estimated(counted: Counted) -> float | None:
    """`output_compared_actual_tokens / output_compared_estimated_tokens`."""
    return _ratio(counted["output_compared_actual_tokens"], counted["output_compared_estimated_tokens"])


def time_actual_to_estimated(counted: Counted) -> float | None:
    """`time_compared_actual_seconds / time_compared_estimated_seconds`."""
    return _ratio(counted["time_compared_actual_seconds"], counted["time_compared_estimated_seconds"])


def _ratio(part: int | None, whole: int | None) -> float | None:
    return part / whole if part is not None and whole else None
