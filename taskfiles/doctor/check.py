"""What is around the tasks, looked at by checks: what each is, what it sees, and how all are run.

A check is one function of this room, listed in `checks` with its name, what it looks at and its remedy.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from taskfiles.backlog.snapshot import Snapshot
from taskfiles.errors import TaskfilesError
from taskfiles.operations.check_config import check_config
from taskfiles.remedy import Remedy
from taskfiles.store.location import find_git, index_directory
from taskfiles.store.repository import Repository, find_repository
from taskfiles.store.store import Store

if TYPE_CHECKING:
    from taskfiles.config.model import Config
    from taskfiles.operations.declare import Preparation, Step
    from taskfiles.run.recovery import Agents, Recovered
    from taskfiles.task.findings import Finding


class Status(StrEnum):
    """What a check says: fine, worth knowing, wrong, or fixed just now."""

    OK = "ok"
    INFO = "info"
    WRONG = "wrong"
    FIXED = "fixed"


class Seen(NamedTuple):
    """One thing that a check saw; `path` and `line` are of the file it is about, `hint` says what to do.

    With `by_hand` it is nothing that the check could fix.
    """

    status: Status
    message: str
    hint: str | None = None
    path: str | None = None
    line: int | None = None
    by_hand: bool = False


class Result(NamedTuple):
    """What a check saw, with the check's name and whether `--fix` would fix it."""

    check: str
    status: Status
    message: str
    hint: str | None
    path: str | None
    line: int | None
    fixable: bool


class Scene:
    """What checks look at: a place, the project there if any, and what the caller says of the environment.

    `store` is None where there is no project, and `problem` says why. `settings` are those of Store.
    """

    def __init__(
        self,
        start: str,
        store: Store | None,
        problem: TaskfilesError | None = None,
        environment: Mapping[str, str] | None = None,
        cache: str | None = None,
    ) -> None:
        self.start, self.store, self.problem = start, store, problem
        self.environment = environment or {}
        self.cache = cache
        self.preparation: Preparation | None = None  # what reconciling came to, once it was done
        self.recovered: list[Recovered] = []  # attempts that were recorded
        self.on_plan: Callable[[dict[str, Any]], None] = lambda _: None  # with the summary of a killed run
        self.agents: Agents | None = None  # where agents keep their sessions, for attempts that were left
        self.on_step: Callable[[Step], None] = lambda _: None  # called with each step of reconciling

    @cached_property
    def root(self) -> str:
        """The project's root, or the place itself where there is no project."""
        return str(self.store.root) if self.store else os.path.realpath(self.start)

    @cached_property
    def repository(self) -> Repository | None:
        """The git work tree around, if there is one."""
        from pathlib import Path  # noqa: PLC0415 (see `place`)

        return find_repository(Path(self.root))

    @property
    def snapshot(self) -> Snapshot:
        """All tasks, read once for all checks, as they stand; none where there is no project.

        Raises as Store.snapshot does: where somebody's change does not end, all checks wait for it once.
        """
        if isinstance(self._snapshot, TaskfilesError):
            raise self._snapshot
        return self._snapshot

    @cached_property
    def _snapshot(self) -> Snapshot | TaskfilesError:
        try:
            return self.store.snapshot(check=True, recover=False) if self.store else Snapshot([], [])
        except TaskfilesError as error:
            return error

    @cached_property
    def config(self) -> tuple[Config | None, list[Finding]]:
        """The settings, None where they can't be used or there is no project, and what is wrong with them."""
        return check_config(self.store) if self.store else (None, [])

    def forget(self) -> None:
        """Have the tasks and settings read anew, after some were changed."""
        for name in ("_snapshot", "config"):
            self.__dict__.pop(name, None)

    @cached_property
    def index(self) -> str | None:
        """The directory of the index; None where there is no place for one."""
        found = find_git(self.root)
        return index_directory(self.root, found[1] if found else None, self.cache) if self.store else None


class Check(NamedTuple):
    """A check: what it is about, its remedy, and its function; `fix` repairs what does no harm."""

    about: str
    remedy: str
    look: Callable[[Scene], Iterable[Seen]]
    fix: Callable[[Scene], Iterable[Seen]] | None = None
    of_environment: bool = False  # only looked at when asked for


def diagnose(
    scene: Scene, checks: Mapping[str, Check], *, environment: bool = False, fix: bool = False
) -> Iterator[Result]:
    """Run checks one after the other; one that can't be carried out says so, and the others go on."""
    for name, check in checks.items():
        if check.of_environment and not environment:
            continue
        seen = _run(scene, check.look)
        if fix and check.fix is not None and any(each.status is Status.WRONG for each in seen):
            seen = [*_run(scene, check.fix), *_run(scene, check.look)]
        for each in seen:
            wrong = each.status is Status.WRONG
            hint = each.hint or (Remedy(check.remedy, f"check.{name}") if wrong else None)
            fixable = wrong and check.fix is not None and not each.by_hand
            yield Result(name, each.status, each.message, hint, each.path, each.line, fixable)


def _run(scene: Scene, step: Callable[[Scene], Iterable[Seen]]) -> list[Seen]:
    try:
        return list(step(scene))
    except TaskfilesError as error:
        return [Seen(Status.WRONG, error.message, error.hint, error.path, error.line)]
