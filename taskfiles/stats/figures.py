"""All figures of a group, in the order of the answer; docs/reference/metrics.md has an example of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.stats import amounts, counts, rates
from taskfiles.stats.groups import Group


class Kind(StrEnum):
    """What a figure is; counts and sums add up, and stand in totals."""

    COUNT = "count"  # a whole number
    SUM = "sum"  # a number; null where nothing is known
    ORDER = "order"  # one of the values themselves, or null
    RATE = "rate"  # from 0 to 1; null without a case
    RATIO = "ratio"  # null where there is nothing to divide by
    FLAG = "flag"
    WORD = "word"


class Figure(NamedTuple):
    """A figure: its name, its kind, and the function that defines it.

    Counts, sums and order statistics are measured on a group, all others follow from what was measured.
    `cases` names the count of cases on which it rests: what a rate or ratio is over, what a sum
    or percentile is of, what a count is a part of. Flags and words have none.
    """

    name: str
    kind: Kind
    compute: Callable[[Any], Any]
    cases: str | None

    @property
    def is_measured(self) -> bool:
        """Whether it is measured on a group."""
        return self.kind in {Kind.COUNT, Kind.SUM, Kind.ORDER}

    @property
    def adds_up(self) -> bool:
        """Whether it stands in totals."""
        return self.kind in {Kind.COUNT, Kind.SUM}


def _figure(kind: Kind, compute: Callable[[Any], Any], cases: Callable[[Group], int] | None = None) -> Figure:
    return Figure(compute.__name__, kind, compute, cases.__name__ if cases is not None else None)


FIGURES: tuple[Figure, ...] = (
    _figure(Kind.COUNT, counts.tasks, counts.tasks),
    _figure(Kind.COUNT, counts.attempts, counts.attempts),
    _figure(Kind.COUNT, counts.successes, counts.tasks),
    _figure(Kind.RATE, rates.success_rate, counts.tasks),
    _figure(Kind.RATE, rates.success_rate_low, counts.tasks),
    _figure(Kind.RATE, rates.success_rate_high, counts.tasks),
    _figure(Kind.FLAG, rates.insufficient),
    _figure(Kind.COUNT, counts.first_attempts, counts.tasks),
    _figure(Kind.COUNT, counts.first_attempt_successes, counts.first_attempts),
    _figure(Kind.RATE, rates.first_attempt_rate, counts.first_attempts),
    _figure(Kind.RATE, rates.first_attempt_rate_low, counts.first_attempts),
    _figure(Kind.RATE, rates.first_attempt_rate_high, counts.first_attempts),
    _figure(Kind.FLAG, rates.first_attempt_insufficient),
    _figure(Kind.COUNT, counts.success_within_2, counts.first_attempts),
    _figure(Kind.COUNT, counts.success_within_3, counts.first_attempts),
    _figure(Kind.COUNT, counts.success_within_5, counts.first_attempts),
    _figure(Kind.ORDER, counts.attempts_to_success_median, counts.first_attempts),
    _figure(Kind.ORDER, counts.attempts_to_success_max, counts.first_attempts),
    _figure(Kind.COUNT, counts.reviewed, counts.tasks),
    _figure(Kind.COUNT, counts.accepted, counts.reviewed),
    _figure(Kind.RATE, rates.acceptance_rate, counts.reviewed),
    _figure(Kind.RATE, rates.acceptance_rate_low, counts.reviewed),
    _figure(Kind.RATE, rates.acceptance_rate_high, counts.reviewed),
    _figure(Kind.FLAG, rates.acceptance_insufficient),
    _figure(Kind.COUNT, counts.reviews_approved, counts.attempts),
    _figure(Kind.COUNT, counts.reviews_rejected, counts.attempts),
    _figure(Kind.COUNT, counts.attempts_succeeded, counts.attempts),
    _figure(Kind.COUNT, counts.attempts_partial, counts.attempts),
    _figure(Kind.COUNT, counts.attempts_blocked, counts.attempts),
    _figure(Kind.COUNT, counts.attempts_failed, counts.attempts),
    _figure(Kind.COUNT, counts.attempts_timed_out, counts.attempts),
    _figure(Kind.COUNT, counts.attempts_abandoned, counts.attempts),
    _figure(Kind.SUM, amounts.work_seconds, counts.attempts),
    _figure(Kind.SUM, amounts.wall_seconds, counts.tasks),
    _figure(Kind.SUM, amounts.idle_seconds, counts.tasks),
    _figure(Kind.ORDER, amounts.duration_p50, counts.attempts),
    _figure(Kind.ORDER, amounts.duration_p95, counts.attempts),
    _figure(Kind.WORD, rates.duration_p95_measure),
    _figure(Kind.COUNT, amounts.effort_tasks, counts.tasks),
    _figure(Kind.SUM, amounts.effort_work_seconds, amounts.effort_tasks),
    _figure(Kind.SUM, amounts.effort_expected_seconds, amounts.effort_tasks),
    _figure(Kind.RATIO, rates.effort, amounts.effort_tasks),
    _figure(Kind.COUNT, counts.gated_attempts, counts.attempts),
    _figure(Kind.COUNT, counts.gate_failed_attempts, counts.gated_attempts),
    _figure(Kind.SUM, counts.gates_run, counts.gated_attempts),
    _figure(Kind.SUM, counts.gates_failed, counts.gated_attempts),
    _figure(Kind.SUM, amounts.input_tokens, amounts.input_tokens_known_attempts),
    _figure(Kind.COUNT, amounts.input_tokens_known_attempts, counts.attempts),
    _figure(Kind.SUM, amounts.output_tokens, amounts.output_tokens_known_attempts),
    _figure(Kind.COUNT, amounts.output_tokens_known_attempts, counts.attempts),
    _figure(Kind.SUM, amounts.cache_read_tokens, amounts.cache_read_tokens_known_attempts),
    _figure(Kind.COUNT, amounts.cache_read_tokens_known_attempts, counts.attempts),
    _figure(Kind.SUM, amounts.cache_write_tokens, amounts.cache_write_tokens_known_attempts),
    _figure(Kind.COUNT, amounts.cache_write_tokens_known_attempts, counts.attempts),
    _figure(Kind.SUM, amounts.cost_usd_micros, amounts.cost_known_attempts),
    _figure(Kind.COUNT, amounts.cost_known_attempts, counts.attempts),
    _figure(Kind.COUNT, amounts.cost_known_tasks, counts.tasks),
    _figure(Kind.COUNT, amounts.cost_known_successes, amounts.cost_known_tasks),
    _figure(Kind.SUM, amounts.cost_known_tasks_usd_micros, amounts.cost_known_tasks),
    _figure(Kind.RATIO, rates.cost_per_task_usd_micros, amounts.cost_known_tasks),
    _figure(Kind.RATIO, rates.cost_per_success_usd_micros, amounts.cost_known_successes),
    _figure(Kind.COUNT, amounts.cost_compared_tasks, counts.tasks),
    _figure(Kind.SUM, amounts.cost_compared_estimated_usd_micros, amounts.cost_compared_tasks),
    _figure(Kind.SUM, amounts.cost_compared_actual_usd_micros, amounts.cost_compared_tasks),
    _figure(Kind.RATIO, rates.cost_actual_to_estimated, amounts.cost_compared_tasks),
    _figure(Kind.COUNT, amounts.input_compared_tasks, counts.tasks),
    _figure(Kind.SUM, amounts.input_compared_estimated_tokens, amounts.input_compared_tasks),
    _figure(Kind.SUM, amounts.input_compared_actual_tokens, amounts.input_compared_tasks),
    _figure(Kind.RATIO, rates.input_actual_to_estimated, amounts.input_compared_tasks),
    _figure(Kind.COUNT, amounts.output_compared_tasks, counts.tasks),
    _figure(Kind.SUM, amounts.output_compared_estimated_tokens, amounts.output_compared_tasks),
    _figure(Kind.SUM, amounts.output_compared_actual_tokens, amounts.output_compared_tasks),
    _figure(Kind.RATIO, rates.output_actual_to_estimated, amounts.output_compared_tasks),
    _figure(Kind.COUNT, amounts.time_compared_tasks, counts.tasks),
    _figure(Kind.SUM, amounts.time_compared_estimated_seconds, amounts.time_compared_tasks),
    _figure(Kind.SUM, amounts.time_compared_actual_seconds, amounts.time_compared_tasks),
    _figure(Kind.RATIO, rates.time_actual_to_estimated, amounts.time_compared_tasks),
)

COUNTS = frozenset(each.name for each in FIGURES if each.kind is Kind.COUNT)


def count(group: Group) -> dict[str, Any]:
    """Measure a group: every figure that does not follow from others."""
    return {each.name: each.compute(group) for each in FIGURES if each.is_measured}


def derive(counted: Mapping[str, Any]) -> dict[str, Any]:
    """Compute every figure from what was measured, whoever measured it."""
    return {each.name: counted[each.name] if each.is_measured else each.compute(counted) for each in FIGURES}


def only_sums(counted: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what adds up: over all groups together no rate is shown."""
    return {each.name: counted[each.name] for each in FIGURES if each.adds_up}
