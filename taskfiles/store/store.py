"""The directory of task files: find it, and read it."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import nullcontext, suppress
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from taskfiles.backlog.snapshot import (
    Snapshot,
    ambiguous_task,
    bad_config,
    collect,
    no_such_task,
    unreadable_task,
)
from taskfiles.basics.digest import hex_digest
from taskfiles.basics.instants import utc_now
from taskfiles.config.quick import Settings, plain_settings
from taskfiles.errors import TaskfilesError
from taskfiles.store.git import Repository, find_repository
from taskfiles.store.location import find_git, find_root, index_directory, journal_directory, pending_names
from taskfiles.store.locks import Locks, try_lock
from taskfiles.store.reader import LateRead, Loaded, Reader, unheeded
from taskfiles.store.scan import Moved, read_all
from taskfiles.task.findings import Finding, make_finding
from taskfiles.task.keys import FORMAT
from taskfiles.task.layout import TASKS_DIR
from taskfiles.task.names import CONFIG_PATH, id_in_path
from taskfiles.task.task import Task, Unreadable, parse_task

if TYPE_CHECKING:
    from pathlib import Path

    from taskfiles.config.model import Config

T = TypeVar("T")
MAX_CONFIG = 1024 * 1024
_TRIES = 5  # how often files that others move are looked for again
_PATIENCE = 100  # and how often at last


def _ignore(message: str, code: str) -> None:
    """Tell nobody."""


class Caller(NamedTuple):
    """Who calls, for the journal: the id of the run, and a word that tells one caller from another.

    Without that word no change counts as the caller's own. What is done under one `command` is taken back
    together; without it each change is one by itself.
    """

    run_id: str = ""
    actor: str = ""
    command: str = ""


NOBODY = Caller()


class Store:
    """The task files of one project.

    `root` is the directory that holds `tasks/`. Nothing is printed and no environment is read:
    `now` is the clock, `notice` is told of fallbacks and repairs (a sentence and a code), `caller` stands
    in the journal. Locks and journal are kept in the git common directory. Without git `tasks/` itself is
    locked, and the journal lies below `state_home`, or there is none. `claims` are the tokens that the caller
    holds: what others are refused on a claimed task, its holder may do. With `index` what was read is
    remembered in the git directory, without git below `cache`; the texts of the tasks of a snapshot are then
    read when they are asked for, and refused (changed-underneath) if the file has changed since.
    `written` counts the files that were changed through it, `unreadable` tells of those that its latest
    snapshot could not read.
    """

    def __init__(
        self,
        root: Path | str,
        *,
        lock_timeout: float | None = None,
        now: Callable[[], datetime] = utc_now,
        notice: Callable[[str, str], None] = _ignore,
        caller: Caller = NOBODY,
        claims: Collection[str] = (),
        state_home: str | None = None,
        index: bool = False,
        cache: str | None = None,
        progress: Callable[[int, int], None] = unheeded,
    ) -> None:
        base = os.path.realpath(root)
        self._git = find_git(base)
        self.now, self.notice, self.caller, self.claims = now, notice, caller, claims
        self._lock_timeout, self._state_home = lock_timeout, state_home
        self.written = 0
        self.unreadable: list[Finding] = []
        top, git_dir, _ = self._git or (base, None, None)
        place = index_directory(base, git_dir, cache) if index else None
        self.reader = Reader(base, os.path.realpath(top), place, progress)
        if not os.path.isdir(self.reader.file(TASKS_DIR)):
            raise TaskfilesError("bad-root", path=str(root))
        if not self.reader.is_inside(self.reader.file(TASKS_DIR)):
            raise TaskfilesError("outside-root", path=f"{TASKS_DIR}/")

    @classmethod
    def find(cls, start: Path | str, **settings: object) -> Store:
        """Open the nearest project at or above a directory, not beyond its git work tree.

        Settings are those of the constructor. Raises TaskfilesError (no-project).
        """
        here = os.path.realpath(start)
        git = find_git(here)
        root = find_root(here, git[0] if git else None)
        if root is None:
            raise TaskfilesError("no-project", path=str(start))
        return cls(root, **settings)  # type: ignore[arg-type]  # passed on as they are

    def beside(
        self,
        root: Path | str | None = None,
        *,
        claims: Collection[str] | None = None,
        lock_timeout: float | None = None,
    ) -> Store:
        """Open this project once more, or that of another worktree, with clock, caller and settings of this.

        What is given goes before this one's. Raises TaskfilesError (bad-root, outside-root).
        """
        return Store(
            self.reader.root if root is None else root,
            lock_timeout=self._lock_timeout if lock_timeout is None else lock_timeout,
            now=self.now,
            notice=self.notice,
            caller=self.caller,
            claims=self.claims if claims is None else claims,
            state_home=self._state_home,
        )

    @cached_property
    def root(self) -> Path:
        """The directory that holds `tasks/`, links followed."""
        return _path(self.reader.root)

    @cached_property
    def directory(self) -> Path:
        """The directory `tasks/`."""
        return self.root / TASKS_DIR

    @cached_property
    def repository(self) -> Repository | None:
        """The git work tree around the root, if there is one."""
        return find_repository(self.root)

    @cached_property
    def state(self) -> Path | None:
        """Where the state of this clone lies that is no task; None without git."""
        return _path(self._state) if self._state else None

    @property
    def common(self) -> str | None:
        """The git directory that all worktrees share; None without git."""
        return self._git[2] if self._git is not None else None

    @property
    def _state(self) -> str | None:
        return os.path.join(self._git[2], "tasks") if self._git else None

    @cached_property
    def config(self) -> Config:
        """The settings of tasks/tasks.toml as they were when they were first asked for; see `load_config`."""
        return self.load_config()

    @cached_property
    def settings(self) -> Settings:
        """The settings that writing looks at. Raises TaskfilesError (bad-config)."""
        try:
            plain = plain_settings(self.config_bytes())
        except Unreadable:
            plain = None
        return plain or Settings.from_config(self.config)

    def load_config(self) -> Config:
        """Give the settings of tasks/tasks.toml as it is now, or their defaults.

        Raises TaskfilesError (bad-config) where the file can't be used.
        """
        config, findings = self.read_config()
        if config is None:
            raise bad_config(findings[0])
        return config

    def read_config(self) -> tuple[Config | None, list[Finding]]:
        """Read tasks/tasks.toml with everything that is wrong with it."""
        from taskfiles.config.model import Config, parse_config  # noqa: PLC0415 (it needs pydantic; few commands do)

        try:
            data = self.config_bytes()
        except Unreadable as error:
            return None, [error.finding]
        return (Config(), []) if data is None else parse_config(data)

    def config_bytes(self) -> bytes | None:
        """Give the bytes of tasks/tasks.toml; None where there is none.

        Raises Unreadable where it is no regular file of the repository.
        """
        try:
            content = self.reader.read_bytes(CONFIG_PATH, MAX_CONFIG)
        except FileNotFoundError:
            return None
        if content is None or len(content[0]) > MAX_CONFIG:
            raise Unreadable(
                make_finding("unreadable-file", CONFIG_PATH, 1, 1, problem="it is no small regular file")
            )
        return content[0]

    def check_writable(self) -> None:
        """Refuse to write a format that is newer than this version knows.

        Raises TaskfilesError (newer-format, bad-config).
        """
        if self.settings.format > FORMAT:
            raise TaskfilesError("newer-format", path=CONFIG_PATH, format=self.settings.format, known=FORMAT)

    @cached_property
    def locks(self) -> Locks:
        """The locks of this store; waiting is bounded by the configured time-out."""
        timeout = self.settings.lock_timeout if self._lock_timeout is None else self._lock_timeout
        return Locks(self.reader.file(TASKS_DIR), self._state, timeout, self.notice, self._settle)

    @property
    def fell_back(self) -> bool:
        """Whether a lock could be had on `tasks/` itself only, of which `notice` has been told."""
        return "locks" in self.__dict__ and self.locks.fell_back  # making them reads the settings

    def _settle(self, hold: Callable[[int], bool]) -> None:
        """Take back what a killed command has left half done; see recovery."""
        if self.journal is not None and pending_names(self.journal):
            from taskfiles.store.recovery import settle  # noqa: PLC0415 (few commands are cut short)

            settle(self.journal, hold, self.notice)

    def _settle_for_reader(self) -> None:
        """The same before reading without a lock; who is still at work is left alone."""
        holding = "locks" in self.__dict__ and self.locks.any_held
        if self.journal is not None and not holding and pending_names(self.journal):
            from taskfiles.store.recovery import settle_for_reader  # noqa: PLC0415

            settle_for_reader(self.journal, try_lock, self.notice)

    @cached_property
    def journal(self) -> str | None:
        """The directory of the journal; it need not exist yet."""
        return journal_directory(self.reader.root, self.common, self._state_home)

    @cached_property
    def leases(self) -> str | None:
        """Where this project's claims are kept, one place for all worktrees of a clone; None without git."""
        if self._git is None or self._state is None:
            return None
        below = os.path.relpath(self.reader.root, self._git[0])
        # A repository may hold several projects, and an id two tasks of different ones.
        place = "" if below == "." else f"@{hex_digest(os.fsencode(below))[:16]}"
        return os.path.join(self._state, "leases", place) if place else os.path.join(self._state, "leases")

    # Reading

    def tasks(self) -> Iterator[Task]:
        """Iterate over the readable tasks by id; `snapshot` also tells which files are unreadable."""
        return iter(self.snapshot().tasks)

    def snapshot(self, *, check: bool = False, settle: bool = True) -> Snapshot:
        """Read every task file once; with `check` each one's findings are worked out at once.

        Without `settle` a change that was cut short is read as it stands.

        Raises as `read_all` does.
        """
        found = self.read_all(collect, check=check, settle=settle)
        self.unreadable = found.unreadable
        return found

    def with_snapshot(self, use: Callable[[Snapshot], T], *, check: bool = False) -> T:
        """Give what `use` makes of a snapshot, and of a new one where a text that it asks for has changed.

        Raises as `read_all` does.
        """
        return self.read_all(lambda found: use(collect(found)), check=check)

    def read_all(
        self, use: Callable[[Iterator[Task | Finding]], T], *, check: bool = False, settle: bool = True
    ) -> T:
        """Hand every task, and a finding for each unreadable file, to `use`, in the order of their paths.

        Files that others move meanwhile are neither missed nor read twice: where the list of files is not
        the same before and after, or a text has changed before it was asked for, all is read again and `use`
        called again, at last under a lock that keeps other commands away. With `check` the same is done where
        others change something in several steps meanwhile: half of that is no finding.
        Raises TaskfilesError (lock-timeout, changed-underneath, io).
        """
        journal = self.journal if check else None
        if settle:
            self._settle_for_reader()
        for _ in range(_TRIES):
            with suppress(Moved, LateRead):
                return read_all(self.reader, use, check=check, journal=journal)
        # Who writes a task already holds its lock, and can only look again until the others pause.
        with nullcontext() if self.locks.any_held else self.locks.store():
            for _ in range(_PATIENCE):
                with suppress(Moved, LateRead):
                    return read_all(self.reader, use, check=check, journal=journal)
        raise TaskfilesError("changed-underneath", path=f"{TASKS_DIR}/")

    def get(self, task_id: str) -> Task:
        """Read one task. Raises TaskfilesError (no-such-task, ambiguous-task, unreadable-task)."""
        self._settle_for_reader()
        return self.load(task_id).task

    def load(self, task_id: str) -> Loaded:
        """Read one task with its file's identity; a file named after it saves reading the others.

        Raises as `get` does.
        """
        for _ in range(_TRIES):
            try:
                found, broken = self.reader.read_named(task_id)
                break
            except FileNotFoundError:
                continue  # moved between listing and reading
        else:
            found, broken = [], []
        if not found and not broken:
            return self._search(task_id)
        if len(found) + len(broken) > 1:
            paths = sorted([loaded.task.path for loaded in found] + [finding.path for finding in broken])
            raise ambiguous_task(task_id, paths)
        if broken:
            raise unreadable_task(broken[0])
        return found[0]

    def load_at(self, path: str) -> Loaded:
        """Read the task of one file, by its path relative to the root.

        Raises TaskfilesError (no-such-task, unreadable-task).
        """
        loaded = None
        with suppress(FileNotFoundError):
            try:
                loaded = self.reader.read(path)
            except Unreadable as error:
                raise unreadable_task(error.finding) from error
        if loaded is None:
            raise TaskfilesError("no-such-task", id=path, remedy="Name a task's file, or its id.")
        return loaded

    def _search(self, task_id: str) -> Loaded:
        """Read every file for an id that no file name carries."""
        snapshot = self.snapshot()
        found = [task for task in snapshot.tasks if task.id == task_id]
        if len(found) > 1:
            raise ambiguous_task(task_id, [task.path for task in found])
        if found:
            with suppress(FileNotFoundError):
                loaded = self.reader.read(found[0].path)
                if loaded is not None and loaded.task.id == task_id:
                    return loaded
            raise TaskfilesError("changed-underneath", path=found[0].path)
        raise no_such_task(task_id, snapshot)

    def holder(self, task_id: str) -> str | None:
        """Give the path of a file that carries an id, in its name or inside.

        Of the files named otherwise only those that hold the id's letters are parsed.
        """
        letters = os.fsencode(task_id)
        for path in self.walk():
            if id_in_path(path) == task_id:
                return path
            with suppress(FileNotFoundError, Unreadable):
                content = self.reader.read_bytes(path)
                if content and letters in content[0] and parse_task("", content[0]).id == task_id:
                    return path
        return None

    def walk(self) -> Iterator[str]:
        """List the paths of the `.md` files below `tasks/`, relative to the root, in their order."""
        return self.reader.walk()


def _path(text: str) -> Path:
    from pathlib import Path  # noqa: PLC0415 (see `place`)

    return Path(text)
