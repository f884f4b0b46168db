"""Counts that only the report has, each defined by its function; docs/reference/metrics.md has an example."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable

from taskfiles.report.material import BINS, BOUNDS
from taskfiles.stats.counts import first_successes
from taskfiles.stats.groups import Group
from taskfiles.stats.rows import AttemptRow


def duration_counts(group: Group) -> list[int]:
    """Attempts of the group in each bin of durations."""
    counts = [0] * BINS
    for row in group.attempts:
        counts[bisect_right(BOUNDS, row.duration_seconds)] += 1
    return counts


def attempts_to_success(group: Group) -> dict[int, int]:
    """Tasks that began in the group and succeeded in it, by the number of their first successful attempt."""
    return dict(sorted(Counter(first_successes(group)).items()))


def gate_counts(rows: Iterable[AttemptRow]) -> dict[str, tuple[int, int]]:
    """Attempts in which a gate was run, and those in which it failed, by the gate's name."""
    run: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for row in rows:
        for name, has_failed in (row.gates or {}).items():
            run[name] += 1
            failed[name] += has_failed
    return {name: (run[name], failed[name]) for name in sorted(run)}
