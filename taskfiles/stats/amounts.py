"""Figures that add up time, tokens and cost; each defined by its function. Unknown is unknown, never 0."""

from __future__ import annotations

from collections.abc import Sequence

from taskfiles.basics.instants import MICROSECOND
from taskfiles.stats.estimates import ESTIMATES, compare
from taskfiles.stats.groups import Group
from taskfiles.stats.rows import AttemptRow
from taskfiles.stats.wilson import add_known, nearest_rank
from taskfiles.task.attempts import measure_spans

FULL = 20  # from so many attempts on there is a 95th percentile


def work_seconds(group: Group) -> int:
    """The sum of the durations of the attempts."""
    return sum(group.known("duration_seconds"))


def wall_seconds(group: Group) -> float:
    """The sum over tasks of the time from the first start to the last end of their attempts in the group."""
    return seconds_of(sum(wall for wall, _ in _spans(group)))


def idle_seconds(group: Group) -> float:
    """The part of `wall_seconds` in which none of the task's attempts in the group was under way."""
    return seconds_of(sum(wall - active for wall, active in _spans(group)))


def duration_p50(group: Group) -> int | None:
    """The median duration of the attempts, in seconds, by nearest rank."""
    return nearest_rank(group.known("duration_seconds"), 50)


def duration_p95(group: Group) -> int | None:
    """The 95th percentile of the durations by nearest rank, in seconds; below 20 attempts the maximum."""
    durations = group.known("duration_seconds")
    return nearest_rank(durations, 95 if len(durations) >= FULL else 100)


def effort_tasks(group: Group) -> int:
    """Tasks of a size for which it is known what is usual: at least 5 tasks of it are in the answer."""
    return len(_usual(group))


def effort_work_seconds(group: Group) -> int:
    """The work of the group's attempts at these tasks."""
    return sum(row.duration_seconds for rows in _usual(group) for row in rows)


def effort_expected_seconds(group: Group) -> int:
    """What these tasks usually take: the sum of the medians of their sizes."""
    return sum(group.norms[rows[0].size].median_work_seconds for rows in _usual(group))


def input_tokens(group: Group) -> int | None:
    """Input tokens, cached ones included, over the attempts that know them; null where none does."""
    return add_known(group.known("input_tokens"))


def input_tokens_known_attempts(group: Group) -> int:
    """Attempts that know their `input_tokens`."""
    return len(group.known("input_tokens"))


def output_tokens(group: Group) -> int | None:
    """Output tokens, over the attempts that know them; null where none does."""
    return add_known(group.known("output_tokens"))


def output_tokens_known_attempts(group: Group) -> int:
    """Attempts that know their `output_tokens`."""
    return len(group.known("output_tokens"))


def cache_read_tokens(group: Group) -> int | None:
    """Input tokens read from the cache, over the attempts that know them; null where none does."""
    return add_known(group.known("cache_read_tokens"))


def cache_read_tokens_known_attempts(group: Group) -> int:
    """Attempts that know their `cache_read_tokens`."""
    return len(group.known("cache_read_tokens"))


def cache_write_tokens(group: Group) -> int | None:
    """Input tokens written to the cache, over the attempts that know them; null where none does."""
    return add_known(group.known("cache_write_tokens"))


def cache_write_tokens_known_attempts(group: Group) -> int:
    """Attempts that know their `cache_write_tokens`."""
    return len(group.known("cache_write_tokens"))


def cost_usd_micros(group: Group) -> int | None:
    """Cost in millionths of a US dollar, over the attempts that know it; null where none does."""
    return add_known(group.known("cost_usd_micros"))


def cost_known_attempts(group: Group) -> int:
    """Attempts that know their cost; an estimate is none."""
    return len(group.known("cost_usd_micros"))


def cost_known_tasks(group: Group) -> int:
    """Tasks all of whose attempts in the group know their cost."""
    return len(_priced(group))


def cost_known_successes(group: Group) -> int:
    """Those of them that succeeded in the group."""
    return sum(rows[-1].succeeded for rows in _priced(group))


def cost_known_tasks_usd_micros(group: Group) -> int | None:
    """What these tasks cost in the group, failed attempts included; null without such a task."""
    return add_known(row.cost_usd_micros for rows in _priced(group) for row in rows)


def cost_compared_tasks(group: Group) -> int:
    """Tasks whose attempts all lie in the group, with an estimated cost and all actual ones."""
    return len(_compared(group, "cost"))


def cost_compared_estimated_usd_micros(group: Group) -> int | None:
    """The estimated cost of these tasks; null without one."""
    return add_known(estimated for estimated, _ in _compared(group, "cost"))


def cost_compared_actual_usd_micros(group: Group) -> int | None:
    """The actual cost of these tasks; null without one."""
    return add_known(actual for _, actual in _compared(group, "cost"))


def input_compared_tasks(group: Group) -> int:
    """Tasks whose attempts all lie in the group, with estimated input tokens and all actual ones."""
    return len(_compared(group, "input"))


def input_compared_estimated_tokens(group: Group) -> int | None:
    """The estimated input tokens of these tasks; null without one."""
    return add_known(estimated for estimated, _ in _compared(group, "input"))


def input_compared_actual_tokens(group: Group) -> int | None:
    """The actual input tokens of these tasks; null without one."""
    return add_known(actual for _, actual in _compared(group, "input"))


def output_compared_tasks(group: Group) -> int:
    """Tasks whose attempts all lie in the group, with estimated output tokens and all actual ones."""
    return len(_compared(group, "output"))


def output_compared_estimated_tokens(group: Group) -> int | None:
    """The estimated output tokens of these tasks; null without one."""
    return add_known(estimated for estimated, _ in _compared(group, "output"))


def output_compared_actual_tokens(group: Group) -> int | None:
    """The actual output tokens of these tasks; null without one."""
    return add_known(actual for _, actual in _compared(group, "output"))


def time_compared_tasks(group: Group) -> int:
    """Tasks with `estimate_minutes` whose attempts all lie in the group."""
    return len(_compared(group, "time"))


def time_compared_estimated_seconds(group: Group) -> int | None:
    """The estimated seconds of these tasks; null without one."""
    return add_known(estimated for estimated, _ in _compared(group, "time"))


def time_compared_actual_seconds(group: Group) -> int | None:
    """The seconds that the attempts at these tasks took; null without one."""
    return add_known(actual for _, actual in _compared(group, "time"))


def _compared(group: Group, name: str) -> Sequence[tuple[int, int]]:
    """The estimate and what came of it, of each task that has both and lies in the group as a whole."""

    def compute(each: Group) -> list[tuple[int, int]]:
        if not each.known(ESTIMATES[name][0]):
            return []
        return [pair for rows in each.tasks if (pair := compare(rows, name)) is not None]

    return group.keep(f"compared {name}", compute)


def _priced(group: Group) -> Sequence[Sequence[AttemptRow]]:
    """The tasks whose cost in the group is known."""

    def compute(each: Group) -> list[Sequence[AttemptRow]]:
        if not each.known("cost_usd_micros"):
            return []
        return [rows for rows in each.tasks if all(row.cost_usd_micros is not None for row in rows)]

    return group.keep("priced", compute)


def _usual(group: Group) -> Sequence[Sequence[AttemptRow]]:
    """The tasks of a size of which there are enough to know what is usual."""

    def compute(each: Group) -> list[Sequence[AttemptRow]]:
        sizes = {size for size, norm in each.norms.items() if not norm.is_insufficient}
        return [rows for rows in each.tasks if rows[0].size in sizes]

    return group.keep("usual", compute)


def _spans(group: Group) -> list[tuple[int, int]]:
    """Wall clock and active time of each task in the group, in microseconds."""
    return group.keep("spans", lambda each: [_measure(rows) for rows in each.tasks])


def _measure(rows: Sequence[AttemptRow]) -> tuple[int, int]:
    wall, active = measure_spans([(row.started_at, row.ended_at) for row in rows])
    return wall // MICROSECOND, active // MICROSECOND


def seconds_of(micros: int) -> float:
    """Return microseconds as seconds, a whole number where it is one."""
    return micros // 1_000_000 if micros % 1_000_000 == 0 else micros / 1_000_000
