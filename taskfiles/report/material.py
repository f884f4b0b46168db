"""What a report is made of: plain counts and figures, whatever they were counted by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from taskfiles.report.now import NowMaterial
from taskfiles.stats.dimensions import Value
from taskfiles.stats.flow import Flow
from taskfiles.stats.rows import Untried
from taskfiles.telemetry.workflows import BatchMetrics

Answer = Mapping[str, Any]

# The bounds between the bins of durations, in seconds: each about twice the one before it. The first bin is
# below the first bound, the last one from the last bound on; a duration equal to a bound is above it.
BOUNDS = (15, 30, 60, 120, 240, 480, 900, 1800, 3600, 7200, 14400, 28800)
BINS = len(BOUNDS) + 1

# What became of a plan: the outcome of its last execution, or that there was none.
PLAN_ENDS = ("success", "partial", "failed", "skipped", "never run")


class AttemptMaterial(NamedTuple):
    """What task files, or tables made of them, have of attempts.

    The answers are as `tasks stats --output json` gives them, all of their groups; their `filter`
    and what they leave out are the same. Keys are values of `model`, None where none is known.
    """

    by_model_and_ambiguity: Answer
    by_model: Answer
    by_month: Answer
    by_month_and_model: Answer
    durations: Mapping[Value, Sequence[int]]  # attempts in each of the BINS
    attempts_to_success: Mapping[Value, Mapping[int, int]]  # tasks by the number of their first success
    gates: Mapping[str, tuple[int, int]]  # attempts in which a gate was run, and in which it failed
    without_telemetry: Sequence[Untried]
    latest: str | None  # the last instant of anything in it, in UTC


class Ended(NamedTuple):
    """A task that has ended, by its last completion event; None is unknown.

    `cost` in millionths of a dollar is known only where that of each attempt is. `gates` maps those that were
    run to whether they failed.
    """

    model: str | None
    ambiguity: str | None
    outcome: str
    cost: int | None
    input_tokens: int | None
    output_tokens: int | None
    gates: Mapping[str, bool]


class EventMaterial(NamedTuple):
    """What events have; `unreadable` counts lines and events that can't be used."""

    events: int
    runs: int
    unreadable: int
    outcomes: Mapping[str, Mapping[str, int]]  # events by action and outcome
    refusals: Mapping[str, int]  # refusals by reason
    plans: Mapping[str, int]  # plans by what became of them, one of PLAN_ENDS
    batch: BatchMetrics
    earliest: str | None
    latest: str | None
    ends: Sequence[Ended] = ()  # of tasks, each once


class Material(NamedTuple):
    """All that a report shows; `as_of` is the day or instant asked for, else the last in the data."""

    attempts: AttemptMaterial | None
    events: EventMaterial | None
    as_of: str | None
    now: NowMaterial | None = None  # of task files alone, and not of the past
    flow: Flow | None = None  # likewise
