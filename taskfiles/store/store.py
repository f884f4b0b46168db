"""The task files of one project: find them, and read them."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from datetime import UTC, datetime, tzinfo
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

from taskfiles.backlog.snapshot import (
    Snapshot,
    ambiguous_task,
    bad_config,
    collect,
    no_such_task,
    unreadable_task,
)
from taskfiles.basics.instants import utc_now
from taskfiles.config.quick import Settings, plain_settings
from taskfiles.errors import TaskfilesError
from taskfiles.store import location
from taskfiles.store.caller import NOBODY, Caller
from taskfiles.store.holders import find_path, is_named, read_holders
from taskfiles.store.reader import LateRead, Loaded, Reader, ignore_progress
from taskfiles.store.tally import Tally
from taskfiles.task.findings import Finding, make_finding
from taskfiles.task.keys import FORMAT
from taskfiles.task.layout import STATES, TASKS_DIR
from taskfiles.task.names import CONFIG_PATH, is_task_name
from taskfiles.task.task import Task, Unreadable

if TYPE_CHECKING:
    from pathlib import Path

    from taskfiles.backlog.sieve import Sieve
    from taskfiles.config.model import Config
    from taskfiles.store.locks import Locks
    from taskfiles.store.repository import Repository
    from taskfiles.store.site import Site
    from taskfiles.store.sparse import Absent
    from taskfiles.task.acting import Name

T = TypeVar("T")
MAX_CONFIG = 1024 * 1024
_TRIES = 5  # passes over files that others move meanwhile, without a lock
_PATIENCE = 100  # and then with one


def _ignore(*_: object) -> None:
    """Ignore a notice, or changes about to be made."""


class Store:
    """The task files of one project; `root` is the directory that contains `tasks/`.

    Nothing is printed and no environment is read: `now` is the clock, `notice` receives fallbacks and
    repairs (a message and a code), `caller` is recorded in the journal. Locks and journal are in the git
    common directory. Without git `tasks/` itself is locked, and the journal is below `state_home`, or there
    is none. `claims` are the caller's tokens, which let it change tasks that it has claimed; `acts_as` is
    the name that it acts under, which does the same for claims made in this directory. Without it only
    tokens count.

    With `index` an index is kept in the git directory, without git below `cache`; texts of a snapshot's
    tasks are then read on first use, and refused (changed-underneath) if the file has changed since.
    `progress` is called with the number of files read and of all files. `rehearse` is called with the
    changes about to be made, and works out what the caller reports of them: if it fails, nothing is written.
    `tally` is that of another store whose changes count together with this one's. `unreadable` are the
    findings of unreadable files in its latest snapshot.
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
        acts_as: Name | None = None,
        state_home: str | None = None,
        index: bool = False,
        cache: str | None = None,
        progress: Callable[[int, int], None] = ignore_progress,
        rehearse: Callable[[Sequence[Any]], None] = _ignore,
        tally: Tally | None = None,
    ) -> None:
        base = os.path.realpath(root)
        self._closed: list[str] = []
        self._git = location.find_git(base, self._closed)
        self.now, self.notice, self.caller, self.claims = now, notice, caller, claims
        self.acts_as = acts_as
        self._lock_timeout, self._state_home = lock_timeout, state_home
        self.rehearse = rehearse
        self.tally = Tally() if tally is None else tally
        self.unreadable: list[Finding] = []
        top, git_dir, _ = self._git or (base, None, None)
        self.is_sparse = git_dir is not None and os.path.exists(location.sparse_file(git_dir))
        place = location.index_directory(base, git_dir, cache) if index else None
        self.reader = Reader(base, os.path.realpath(top), place, progress)
        if not os.path.isdir(self.reader.file(TASKS_DIR)):
            raise TaskfilesError("bad-root", path=str(root))
        if not self.reader.is_inside(self.reader.file(TASKS_DIR)):
            raise TaskfilesError("outside-root", path=f"{TASKS_DIR}/")

    @classmethod
    def find(cls, start: Path | str, **settings: object) -> Store:
        """Open the nearest project at or above a directory, not above its git work tree.

        `settings` are the constructor's keyword arguments.
        Raises TaskfilesError (no-project, not-checked-out).
        """
        here = os.path.realpath(start)
        git = location.find_git(here)
        root = location.find_root(here, git[0] if git else None)
        if root is None:
            if git is not None:
                from taskfiles.store.sparse import check_left_out  # noqa: PLC0415 (few commands lack a project)

                check_left_out(git[0], git[1], here)
            raise TaskfilesError("no-project", path=str(start))
        return cls(root, **settings)  # type: ignore[arg-type]  # passed on as they are

    def reopen(
        self,
        root: Path | str | None = None,
        *,
        claims: Collection[str] | None = None,
        lock_timeout: float | None = None,
    ) -> Store:
        """Open this project again, or that of another worktree, with this store's clock, caller and settings.

        Arguments override those of this store. Raises TaskfilesError (bad-root, outside-root).
        """
        return Store(
            self.reader.root if root is None else root,
            lock_timeout=self._lock_timeout if lock_timeout is None else lock_timeout,
            now=self.now,
            notice=self.notice,
            caller=self.caller,
            claims=self.claims if claims is None else claims,
            state_home=self._state_home,
            rehearse=self.rehearse,
            tally=self.tally,
        )

    @cached_property
    def root(self) -> Path:
        """The directory that contains `tasks/`, links followed."""
        return _path(self.reader.root)

    @cached_property
    def directory(self) -> Path:
        """The directory `tasks/`."""
        return self.root / TASKS_DIR

    @cached_property
    def repository(self) -> Repository | None:
        """The git work tree around the root; None without git."""
        from taskfiles.store.repository import find_repository  # noqa: PLC0415 (it knows git; most writes don't ask)

        return find_repository(self.root)

    @cached_property
    def state(self) -> Path | None:
        """The directory of this clone's state: locks, claims, journal; None without git."""
        return _path(self._state) if self._state else None

    @property
    def top(self) -> str | None:
        """The top directory of the git work tree; None without git."""
        return self._git[0] if self._git is not None else None

    @property
    def common(self) -> str | None:
        """The git directory that all worktrees share; None without git."""
        return self._git[2] if self._git is not None else None

    @property
    def _state(self) -> str | None:
        return os.path.join(self._git[2], "tasks") if self._git else None

    @cached_property
    def config(self) -> Config:
        """The settings of tasks/tasks.toml, read on first use; see `load_config`."""
        return self.load_config()

    @cached_property
    def settings(self) -> Settings:
        """The settings that many commands need. Raises TaskfilesError (bad-config)."""
        try:
            data = self.config_bytes()
        except Unreadable:
            return Settings.from_config(self.config)
        if (plain := plain_settings(data)) is not None:
            return plain
        from taskfiles.store.index.settings import read_settings  # noqa: PLC0415 (most files are plain)

        return read_settings(self.reader.cache, self.reader.root, data or b"")

    @property
    def milestones(self) -> dict[str, str]:
        """Map milestones to the days by which they are due; none where the configuration can't be used."""
        try:
            return dict(self.settings.milestones)
        except TaskfilesError:
            return {}

    @cached_property
    def zone(self) -> tzinfo:
        """The project's time zone, in which days are meant; UTC where the configuration can't be used."""
        try:
            name = self.settings.timezone
        except TaskfilesError:
            name = "UTC"
        if name == "UTC":
            return UTC
        from zoneinfo import ZoneInfo  # noqa: PLC0415 (few projects name one)

        return ZoneInfo(name)

    @cached_property
    def layout(self) -> str | None:
        """How task files are placed, flat or states; None if the configuration can't be used."""
        try:
            return self.settings.layout
        except TaskfilesError:
            return None

    def reload_config(self) -> None:
        """Drop the settings that were read: tasks/tasks.toml has been written meanwhile."""
        for name in ("config", "settings", "layout", "zone"):
            self.__dict__.pop(name, None)

    def load_config(self) -> Config:
        """Read the settings of tasks/tasks.toml; the defaults if there is no such file.

        Raises TaskfilesError (bad-config) if the file can't be used.
        """
        config, findings = self.read_config()
        if config is None:
            raise bad_config(findings[0])
        return config

    def read_config(self) -> tuple[Config | None, list[Finding]]:
        """Read tasks/tasks.toml and its findings; the settings are None if the file can't be used."""
        from taskfiles.config.model import Config, parse_config  # noqa: PLC0415 (it needs pydantic; few commands do)

        try:
            data = self.config_bytes()
        except Unreadable as error:
            return None, [error.finding]
        return (Config(), []) if data is None else parse_config(data)

    def config_bytes(self) -> bytes | None:
        """Read the bytes of tasks/tasks.toml; None if there is no such file.

        Raises Unreadable if it is not a regular file of the repository, or is larger than 1 MiB.
        """
        try:
            content = self.reader.read_bytes(CONFIG_PATH, MAX_CONFIG)
        except FileNotFoundError:
            return None
        if content is None or len(content[0]) > MAX_CONFIG:
            raise Unreadable(
                make_finding("unreadable-file", CONFIG_PATH, 1, 1, problem="it is not a small regular file")
            )
        return content[0]

    def check_writable(self) -> None:
        """Raise TaskfilesError: newer-format if this version can't write the project's format, bad-config."""
        if self.settings.format > FORMAT:
            raise TaskfilesError("newer-format", path=CONFIG_PATH, format=self.settings.format, known=FORMAT)

    def note_written(self, path: str, changes: Sequence[dict[str, Any]]) -> None:
        """Note that a file was changed, with entries `{path, field, from, to}`, for reports of an error."""
        self.tally.add(path, changes)

    @property
    def written(self) -> int:
        """The number of files changed through this store and those that it has opened again."""
        return self.tally.files

    @property
    def changes_made(self) -> list[dict[str, Any]]:
        """What changed in these files, as `{path, field, from, to}`."""
        return self.tally.changes

    @cached_property
    def locks(self) -> Locks:
        """The locks of this store; waiting is bounded by the configured time-out."""
        for place in self._closed:
            message = (
                f"{place} may not be read: locks and journal are kept elsewhere, where nobody else looks."
            )
            self.notice(message, "closed-repository")
        from taskfiles.store.locks import Locks  # noqa: PLC0415 (only what changes something takes any)

        timeout = self.settings.lock_timeout if self._lock_timeout is None else self._lock_timeout
        return Locks(self.reader.file(TASKS_DIR), self._state, timeout, self.notice, self._recover)

    @property
    def fell_back(self) -> bool:
        """Whether only `tasks/` itself could be locked, which `notice` has reported."""
        return "locks" in self.__dict__ and self.locks.fell_back  # creating them reads the settings

    def _recover(self, hold: Callable[[int], bool]) -> None:
        """Roll back changes that killed commands left half done; see `recovery`."""
        if self.journal is not None and location.pending_names(self.journal):
            from taskfiles.store.recovery import recover  # noqa: PLC0415 (few commands are interrupted)

            recover(self.journal, hold, self.notice)

    def _recover_for_reader(self) -> None:
        """Recover before reading without a lock; changes in progress are left alone."""
        holding = "locks" in self.__dict__ and self.locks.any_held
        if self.journal is not None and not holding and location.pending_names(self.journal):
            from taskfiles.store.locks import try_lock  # noqa: PLC0415 (few commands are interrupted)
            from taskfiles.store.recovery import recover_for_reader  # noqa: PLC0415 (as above)

            recover_for_reader(self.journal, try_lock, self.notice)

    @cached_property
    def journal(self) -> str | None:
        """The directory of the journal; it need not exist yet."""
        return location.journal_directory(self.reader.root, self.common, self._state_home)

    def find_site(self, *, make: bool = False) -> Site | None:
        """Return where the project is in its clone; None without git. With `make` a worktree is marked."""
        from taskfiles.store.site import find_site  # noqa: PLC0415 (commands that only read need it not)

        return find_site(self.reader.root, self._git, make=make)

    @cached_property
    def leases(self) -> str | None:
        """The directory of this project's leases, one for all worktrees of a clone; None without git."""
        return location.leases_directory(self.reader.root, self._git)

    # Reading

    def tasks(self) -> Iterator[Task]:
        """Iterate over the readable tasks by id; `snapshot` returns the unreadable files too."""
        return iter(self.snapshot().tasks)

    def snapshot(self, *, check: bool = False, recover: bool = True) -> Snapshot:
        """Read every task file once; with `check` each one's findings are computed at once.

        Without `recover` an interrupted change is read as it is, half done. Raises as `read_all` does.
        """
        found = self.read_all(collect, check=check, recover=recover)
        self.unreadable = found.unreadable
        return found._replace(tasks=[*found.tasks])

    def with_snapshot(self, use: Callable[[Snapshot], T], *, check: bool = False) -> T:
        """Return the result of `use` on a snapshot; on a new one if a text that it reads has changed.

        Raises as `read_all` does.
        """
        return self.read_all(lambda found: use(collect(found)), check=check)

    def read_all(
        self,
        use: Callable[[Iterable[Task | Finding]], T],
        *,
        check: bool = False,
        recover: bool = True,
        only: Sieve | None = None,
    ) -> T:
        """Pass all tasks, and a finding for each unreadable file, to `use`, in the order of their paths.

        Valid tasks with ids of their own may be left out if `only` does not name them. If files are moved, or
        texts changed before they were read, all is read and `use` called again, at last under a lock; with
        `check` after a change in steps, too. Raises TaskfilesError (lock-timeout, changed-underneath, io).
        """
        from taskfiles.store.scan import Moved, read_all  # noqa: PLC0415 (to read one task takes less)

        def look(found: Iterable[Task | Finding]) -> T:
            if check:  # the layout is that of the files that are checked
                self.reload_config()
                _ = self.layout
            return use(found)

        read = partial(read_all, self.reader, look, check=check, only=only, counts=self._counts)
        read = partial(read, journal=self.journal if check else None)
        if recover:
            self._recover_for_reader()
        for _ in range(_TRIES):
            with suppress(Moved, LateRead):
                return read()
        # A caller that already holds a lock can't take this one: it can only retry until the others pause.
        with nullcontext() if self.locks.any_held else self.locks.store():
            for _ in range(_PATIENCE):
                with suppress(Moved, LateRead):
                    return read()
        raise TaskfilesError("changed-underneath", path=f"{TASKS_DIR}/")

    def get(self, task_id: str) -> Task:
        """Read one task. Raises TaskfilesError (no-such-task, ambiguous-task, unreadable-task)."""
        self._recover_for_reader()
        return self.load(task_id).task

    def load(self, task_id: str) -> Loaded:
        """Read one task with its file's identity; files that the index knows by other ids are not read.

        Raises as `get` does.
        """
        for _ in range(_TRIES):
            try:
                found, broken = read_holders(self.reader, task_id)
            except FileNotFoundError:
                continue  # moved between listing and reading
            if len(found) == 1 or all(os.path.lexists(each.file) for each in found):
                break  # else it was moved while it was looked for, and seen at both places
        else:
            found, broken = [], []
        broken = [finding for finding in broken if self._counts(finding)]
        if not found and not broken:
            return self._search(task_id)
        if len(found) + len(broken) > 1:
            paths = sorted([loaded.task.path for loaded in found] + [finding.path for finding in broken])
            raise ambiguous_task(task_id, paths)
        if broken:
            raise unreadable_task(broken[0])
        return found[0]

    def load_at(self, path: str) -> Loaded:
        """Read the task in one file; `path` is relative to the root.

        Raises TaskfilesError (no-such-task, unreadable-task).
        """
        loaded = None
        with suppress(FileNotFoundError):
            try:
                if not path.startswith(f"{TASKS_DIR}/"):
                    raise FileNotFoundError(path)
                loaded = self.reader.read(path)
            except Unreadable as error:
                if self._counts(error.finding):
                    raise unreadable_task(error.finding) from error
        if loaded is None:
            raise TaskfilesError(
                "no-such-task", id=path, remedy=f"Name a task's file below {TASKS_DIR}/, or its id."
            )
        return loaded

    def _search(self, task_id: str) -> Loaded:
        """Read every file to find an id, or say that there is none."""
        snapshot = self.snapshot()
        found = [task for task in snapshot.tasks if task.id == task_id]
        if len(found) > 1:
            raise ambiguous_task(task_id, [task.path for task in found])
        if found:
            with suppress(FileNotFoundError):
                try:
                    loaded = self.reader.read(found[0].path)
                except Unreadable as error:
                    raise unreadable_task(error.finding) from error
                if loaded is not None and loaded.task.id == task_id:
                    return loaded
            raise TaskfilesError("changed-underneath", path=found[0].path)
        if (path := self.find_absent().ids.get(task_id)) is not None:
            remedy = f"{path} is in git's index, and the sparse checkout leaves it out."
            raise TaskfilesError("no-such-task", id=task_id, remedy=remedy)
        raise no_such_task(task_id, snapshot)

    def _counts(self, finding: Finding) -> bool:
        """Return whether a file is a task that can't be read: a name makes one where the layout has such."""
        return finding.code != "no-frontmatter" or is_task_name(finding.path, self.layout or STATES)

    def find_absent(self) -> Absent:
        """Find the task files of git's index that a sparse checkout leaves out."""
        from taskfiles.store.sparse import find_absent  # noqa: PLC0415 (few commands ask)

        return find_absent(self._git[1] if self._git else None, self.reader)

    def has(self, task_id: str) -> bool:
        """Return whether a file has an id, in its name or inside; most are found without reading any."""
        return is_named(self.reader, task_id, self.settings.layout) or self.find_file(task_id) is not None

    def find_file(self, task_id: str) -> str | None:
        """Return the path of a file that has an id, in its name or inside; None if there is none.

        A file that git's index holds counts, even if a sparse checkout leaves it out.
        """
        found = find_path(self.reader, task_id, self.settings.layout)
        return found or self.find_absent().ids.get(task_id)

    def walk(self) -> Iterator[str]:
        """Yield the paths of the `.md` files below `tasks/`, relative to the root, in order."""
        return self.reader.walk()


def _path(text: str) -> Path:
    from pathlib import Path  # noqa: PLC0415 (see `location`)

    return Path(text)
