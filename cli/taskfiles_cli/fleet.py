"""`tasks stats --dataset`: the figures of a dataset, by an engine."""

from __future__ import annotations

from typing import NamedTuple

from taskfiles import TaskfilesError
from taskfiles.fleet.answer import Ask
from taskfiles.fleet.measure import Engine, choose_engine, measure
from taskfiles.fleet.place import Dataset, open_dataset
from taskfiles.fleet.selection import DATASET_DIMENSIONS, Selection, is_own
from taskfiles.stats.report import Report, assemble
from taskfiles.stats.rows import Scope
from taskfiles.values import suggest
from taskfiles_cli import output
from taskfiles_cli.dimensions import check_dimensions


class Asked(NamedTuple):
    """What the command line asks of a dataset."""

    by: tuple[str, ...]
    scope: Scope
    task: str | None
    repos: frozenset[str]
    with_untold: bool
    with_plans: bool
    limit: int | None


def report_dataset(place: str, asked: Asked, engine: output.Engine | None) -> Report:
    """Make the report of a dataset. Raises TaskfilesError (missing-extra, bad-dataset, bad-value, io)."""
    dataset = open_dataset(place)
    _check_repos(dataset, asked.repos)
    check_dimensions(asked.by, DATASET_DIMENSIONS, ())
    selection = Selection(asked.scope, asked.repos, asked.task)
    ask = Ask(selection, asked.by, asked.with_untold, asked.with_plans)
    answer = measure(dataset, ask, choose_engine(dataset) if engine is None else Engine(engine))
    unknown = [name for name in asked.by if is_own(name) and name not in answer.keys]
    check_dimensions(asked.by, DATASET_DIMENSIONS, unknown)
    scope, by = asked.scope, asked.by
    return assemble(answer.measured, scope, by, task=asked.task, limit=asked.limit, plans=answer.plans)


def _check_repos(dataset: Dataset, repos: frozenset[str]) -> None:
    known = list(dataset.manifest.repositories)
    for repo in sorted(repos):
        if repo not in known:
            remedy = f"{suggest(repo, known)}Its manifest names those that are there."
            problem = "the dataset holds no such repository"
            raise TaskfilesError(
                "bad-value", option="--repo", given=f"“{repo}”", problem=problem, remedy=remedy
            )
