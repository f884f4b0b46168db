"""`tasks stats --dataset`: what a dataset is asked, and by which engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from taskfiles import TaskfilesError
from taskfiles.dataset.words import Engine
from taskfiles.fleet.answer import Ask
from taskfiles.fleet.measure import choose_engine, measure
from taskfiles.fleet.place import Dataset, open_dataset
from taskfiles.fleet.selection import DATASET_DIMENSIONS, Selection, is_own
from taskfiles.stats.report import Measured
from taskfiles.stats.rows import Scope
from taskfiles.task.values import suggest
from taskfiles.telemetry.workflows import BatchMetrics

if TYPE_CHECKING:
    from taskfiles.report.material import AttemptMaterial


class Asked(NamedTuple):
    """An answer of a dataset; `unknown` are the dimensions that no task of it has."""

    measured: Measured
    unknown: list[str]
    plans: BatchMetrics | None


class Fleet(NamedTuple):
    """A dataset, the engine that counts, and the repositories that are asked about, or all."""

    dataset: Dataset
    engine: Engine
    repos: frozenset[str]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions of every dataset."""
        return DATASET_DIMENSIONS

    def ask(
        self,
        scope: Scope,
        by: Sequence[str],
        task: str | None,
        *,
        with_untried: bool = False,
        with_plans: bool = False,
    ) -> Asked:
        """Measure the attempts in a scope, below a task or all of them.

        Raises TaskfilesError (no-such-task, missing-extra, bad-dataset, io).
        """
        ask = Ask(Selection(scope, self.repos, task), tuple(by), with_untried, with_plans)
        answer = measure(self.dataset, ask, self.engine)
        if task is not None and not answer.named:
            raise TaskfilesError("no-such-task", id=task, remedy="No repository that is asked about has it.")
        unknown = [name for name in by if is_own(name) and name not in answer.keys]
        return Asked(answer.measured, unknown, answer.plans)

    def report(self, scope: Scope, task: str | None) -> AttemptMaterial:
        """Count what a report shows of the attempts in a scope. Raises TaskfilesError as `ask` does."""
        from taskfiles.report.fleet import make_fleet_material  # noqa: PLC0415 (figures need no report)

        if task is not None:
            self.ask(scope, (), task)  # says so where there is no such task
        return make_fleet_material(self.dataset, Selection(scope, self.repos, task), self.engine)


def open_fleet(place: str, engine: Engine | None, repos: Sequence[str]) -> Fleet:
    """Open a dataset. Raises TaskfilesError (missing-extra, bad-dataset, bad-value, io)."""
    dataset = open_dataset(place)
    known = list(dataset.manifest.repositories)
    for repo in repos:
        if repo not in known:
            remedy = f"{suggest(repo, known)}Its manifest names those that are there."
            problem = "the dataset holds no such repository"
            raise TaskfilesError(
                "bad-value", option="--repo", given=f"“{repo}”", problem=problem, remedy=remedy
            )
    return Fleet(dataset, engine or choose_engine(dataset), frozenset(repos))
