"""The directory of task files: find it, read it, write single files back safely."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from taskfiles import files
from taskfiles.diagnostics import Finding, make_finding
from taskfiles.document import MAX_BYTES, claims_task
from taskfiles.errors import TaskfilesError
from taskfiles.git import Repository, find_repository
from taskfiles.journal import new_key, pending_names
from taskfiles.keys import FORMAT
from taskfiles.locks import Locks, try_lock
from taskfiles.names import CONFIG_NAME, CONFIG_PATH, DIRECTORIES, TASKS_DIR, id_in_name
from taskfiles.settings import Settings, plain_settings
from taskfiles.task import Task, Unreadable, parse_task
from taskfiles.values import suggest
from taskfiles.walk import walk_files

if TYPE_CHECKING:
    from taskfiles.config import Config

MAX_CONFIG = 1024 * 1024
_TRIES = 5  # how often files that others move are looked for again
_PATIENCE = 100  # and how often at last


class PathTaken(Exception):
    """The path of a new task is taken; not an OSError, so that it passes for what it is."""


class Snapshot(NamedTuple):
    """All of a store at one moment: tasks ordered by id, and a finding for each unreadable file."""

    tasks: list[Task]
    unreadable: list[Finding]


class Loaded(NamedTuple):
    """A task with the identity of the file it was read from and that file's real path."""

    task: Task
    identity: files.Identity
    file: Path


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _ignore(message: str, code: str) -> None:
    """Tell nobody."""


class Caller(NamedTuple):
    """Who calls, for the journal: the id of the run, and a word that tells one caller from another.

    Without that word no change counts as the caller's own.
    """

    run_id: str = ""
    actor: str = ""


NOBODY = Caller()


class Store:
    """The task files of one project.

    `root` is the directory that holds `tasks/`. Nothing is printed and no environment is read:
    `now` is the clock, `notice` is told of fallbacks and repairs (a sentence and a code), `caller` stands
    in the journal. Locks and journal are kept in the git common directory. Without git `tasks/` itself is
    locked, and the journal lies below `state_home`, or there is none.
    `claims` are the tokens that the caller holds: what others are refused on a claimed task, its holder
    may do.
    """

    def __init__(
        self,
        root: Path | str,
        *,
        lock_timeout: float | None = None,
        now: Callable[[], datetime] = _utc_now,
        notice: Callable[[str, str], None] = _ignore,
        caller: Caller = NOBODY,
        state_home: Path | None = None,
        claims: Collection[str] = (),
    ) -> None:
        self.root = Path(os.path.realpath(root))
        self.directory = self.root / TASKS_DIR
        self.repository: Repository | None = find_repository(self.root)
        self.now, self.notice, self.caller, self.claims = now, notice, caller, claims
        self.state = self.repository.common_dir / "tasks" if self.repository else None
        self._lock_timeout, self._state_home = lock_timeout, state_home
        if not self.directory.is_dir():
            raise TaskfilesError("bad-root", path=str(root))
        if not self.is_inside(self.directory):
            raise TaskfilesError("outside-root", path=f"{TASKS_DIR}/")

    @classmethod
    def find(cls, start: Path | str, **settings: object) -> Store:
        """Open the nearest project at or above a directory, not beyond its git work tree.

        Settings are those of the constructor. Raises TaskfilesError (no-project).
        """
        here = Path(os.path.realpath(start))
        repository = find_repository(here)
        for directory in (here, *here.parents):
            if is_project(directory):
                return cls(directory, **settings)  # type: ignore[arg-type]  # passed on as they are
            if repository is not None and directory == repository.top:
                break
        raise TaskfilesError("no-project", path=str(start))

    @cached_property
    def config(self) -> Config:
        """The settings of tasks/tasks.toml, or their defaults.

        Raises TaskfilesError (bad-config) where the file can't be used.
        """
        config, findings = self.read_config()
        if config is None:
            first = findings[0]
            raise TaskfilesError(
                "bad-config", path=first.path, line=first.line, column=first.column, problem=first.message
            )
        return config

    @cached_property
    def settings(self) -> Settings:
        """The settings that writing looks at. Raises TaskfilesError (bad-config)."""
        try:
            plain = plain_settings(self.config_bytes())
        except Unreadable:
            plain = None
        return plain or Settings.of(self.config)

    def read_config(self) -> tuple[Config | None, list[Finding]]:
        """Read tasks/tasks.toml with everything that is wrong with it."""
        from taskfiles.config import Config, parse_config  # noqa: PLC0415 (it needs pydantic; few commands do)

        try:
            data = self.config_bytes()
        except Unreadable as error:
            return None, [error.finding]
        return (Config(), []) if data is None else parse_config(data)

    def config_bytes(self) -> bytes | None:
        """Give the bytes of tasks/tasks.toml; None where there is none.

        Raises Unreadable where it is no regular file of the repository.
        """
        file = self.directory / CONFIG_NAME
        if not os.path.lexists(file):
            return None
        content = self._read_file(file, CONFIG_PATH, limit=MAX_CONFIG)
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
        return Locks(self.directory, self.state, timeout, self.notice, self._settle)

    def _settle(self, hold: Callable[[int], bool]) -> None:
        """Take back what a killed command has left half done; see recovery."""
        if self.journal is not None and pending_names(self.journal):
            from taskfiles.recovery import settle  # noqa: PLC0415 (few commands are cut short)

            settle(self.journal, hold, self.notice)

    def _settle_for_reader(self) -> None:
        """The same before reading without a lock; who is still at work is left alone."""
        holding = "locks" in self.__dict__ and self.locks.any_held
        if self.journal is not None and not holding and pending_names(self.journal):
            from taskfiles.recovery import settle_for_reader  # noqa: PLC0415

            settle_for_reader(self.journal, try_lock, self.notice)

    @cached_property
    def journal(self) -> Path | None:
        """The directory of the journal; it need not exist yet."""
        if self.state is not None:
            return self.state if self.state.parent.is_dir() else None  # a `.git` file may point nowhere
        name = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        return self._state_home / name if self._state_home else None

    @cached_property
    def command(self) -> str:
        """What the journal's records of one command share: a store is opened for one."""
        return new_key()

    @cached_property
    def leases(self) -> Path | None:
        """Where this project's claims are kept, one place for all worktrees of a clone; None without git."""
        if self.repository is None or self.state is None:
            return None
        below = self.root.relative_to(self.repository.top).as_posix()
        # A repository may hold several projects, and an id two tasks of different ones.
        place = [] if below == "." else [f"@{hashlib.sha256(os.fsencode(below)).hexdigest()[:16]}"]
        return self.state.joinpath("leases", *place)

    # Reading

    def tasks(self) -> Iterator[Task]:
        """Iterate over the readable tasks by id; `snapshot` also tells which files are unreadable."""
        return iter(self.snapshot().tasks)

    def snapshot(self, *, check: bool = False) -> Snapshot:
        """Read every task file once; with `check` each one's findings are worked out at once.

        Files that others move meanwhile are neither missed nor read twice: where the list of files is not
        the same before and after, all is read again, and at last under a lock that keeps moves away.
        Raises TaskfilesError (lock-timeout, io).
        """
        self._settle_for_reader()
        for _ in range(_TRIES):
            if (found := self._read_all(check)) is not None:
                return found
        # Who writes a task already holds its lock, and can only look again until the others pause.
        with nullcontext() if self.locks.any_held else self.locks.store():
            for _ in range(_PATIENCE):
                if (found := self._read_all(check)) is not None:
                    return found
        raise TaskfilesError("changed-underneath", path=f"{TASKS_DIR}/")

    def _read_all(self, check: bool) -> Snapshot | None:
        """Read what there is; None where files came or went meanwhile."""
        before = list(self.walk())
        tasks: list[Task] = []
        unreadable: list[Finding] = []
        for file in before:
            try:
                loaded = self.read(file)
            except Unreadable as error:
                unreadable.append(error.finding)
                continue
            except FileNotFoundError:
                return None
            if loaded is not None:
                tasks.append(_lighten(loaded.task, check))
        if before != list(self.walk()):
            return None
        return Snapshot(sorted(tasks, key=lambda task: (task.id, task.path)), unreadable)

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
                found, broken = self._read_named(task_id)
                break
            except FileNotFoundError:
                continue  # moved between listing and reading
        else:
            found, broken = [], []
        if not found and not broken:
            return self._search(task_id)
        if len(found) + len(broken) > 1:
            paths = sorted([loaded.task.path for loaded in found] + [finding.path for finding in broken])
            raise _ambiguous(task_id, paths)
        if broken:
            raise _unreadable(broken[0])
        return found[0]

    def _read_named(self, task_id: str) -> tuple[list[Loaded], list[Finding]]:
        found: list[Loaded] = []
        broken: list[Finding] = []
        for file in [file for file in self.walk() if id_in_name(file.name) == task_id]:
            try:
                loaded = self.read(file)
            except Unreadable as error:
                broken.append(error.finding)
                continue
            if loaded is not None and loaded.task.id == task_id:
                found.append(loaded)
        if found:  # a file that merely has the name, and no frontmatter, makes no doubt
            broken = [finding for finding in broken if finding.severity == "error"]
        return found, broken

    def _search(self, task_id: str) -> Loaded:
        """Read every file for an id that no file name carries."""
        snapshot = self.snapshot()
        found = [task for task in snapshot.tasks if task.id == task_id]
        if len(found) > 1:
            raise _ambiguous(task_id, [task.path for task in found])
        if found:
            with suppress(FileNotFoundError):
                loaded = self.read(self.root / found[0].path)
                if loaded is not None and loaded.task.id == task_id:
                    return loaded
            raise TaskfilesError("changed-underneath", path=found[0].path)
        remedy = suggest(task_id, [task.id for task in snapshot.tasks])
        remedy += "`tasks list --output plain` prints every id."
        if broken := len(snapshot.unreadable):
            remedy += (
                f" {broken} unreadable file{'s' if broken > 1 else ''} may hold it: see `tasks validate`."
            )
        raise TaskfilesError("no-such-task", id=task_id, remedy=remedy)

    def holder(self, task_id: str) -> str | None:
        """Give the path of a file that carries an id, in its name or inside.

        Of the files named otherwise only those that hold the id's letters are parsed.
        """
        letters = os.fsencode(task_id)
        for file in self.walk():
            if id_in_name(file.name) == task_id:
                return self.relative(file)
            with suppress(FileNotFoundError, Unreadable):
                content = self._read_file(file, self.relative(file))
                if content and letters in content[0] and parse_task("", content[0]).id == task_id:
                    return self.relative(file)
        return None

    def walk(self) -> Iterator[Path]:
        """List the `.md` files below `tasks/` in the order of their paths."""
        return walk_files(self.directory, self.is_inside)

    def read(self, file: Path) -> Loaded | None:
        """Read one file; None where it claims no task.

        Raises Unreadable where it claims to be one and can't be read, FileNotFoundError where it is gone.
        """
        path = self.relative(file)
        content = self._read_file(file, path)
        if content is None:
            raise Unreadable(make_finding("unreadable-file", path, 1, 1, problem="it is no regular file"))
        if not claims_task(content[0]):
            if id_in_name(file.name) is not None:
                raise Unreadable(make_finding("no-frontmatter", path, 1, 1))
            return None
        data, identity = content
        return Loaded(
            parse_task(path, data), identity, Path(os.path.realpath(file)) if file.is_symlink() else file
        )

    def _read_file(
        self, file: Path, path: str, limit: int = MAX_BYTES
    ) -> tuple[bytes, files.Identity] | None:
        """Read a regular file of the repository, whether or not a link leads to it."""
        is_link = file.is_symlink()
        try:
            if is_link and not self.is_inside(file):
                raise Unreadable(make_finding("outside-link", path, 1, 1))
            return files.read_regular(file, limit)
        except (OSError, RuntimeError) as error:  # RuntimeError: how Path.resolve tells of a loop of links
            number = getattr(error, "errno", None)
            if number in files.EXHAUSTED:
                with files.naming("Reading", path):
                    raise
            if isinstance(error, FileNotFoundError) and not is_link:
                raise
            problem = (getattr(error, "strerror", None) or "its symbolic links run in a circle").lower()
            raise Unreadable(make_finding("unreadable-file", path, 1, 1, problem=problem)) from error

    def relative(self, file: Path) -> str:
        """Give a file's path relative to the root, with `/`; an outside one as it is."""
        with suppress(ValueError):
            return file.relative_to(self.root).as_posix()
        return file.as_posix()

    def is_inside(self, file: Path) -> bool:
        """Tell whether a path, links followed, stays within the repository (without git: the root)."""
        boundary = os.path.realpath(self.repository.top) if self.repository else os.fspath(self.root)
        return Path(os.path.realpath(file)).is_relative_to(boundary)

    # Writing

    def write(self, loaded: Loaded, data: bytes) -> None:
        """Replace a task's file, unless it has changed since it was read.

        Raises TaskfilesError (changed-underneath, io).
        """
        path = loaded.task.path
        with files.naming("Writing", path):
            try:
                files.replace_file(loaded.file, data, loaded.identity)
            except (FileNotFoundError, files.Changed):
                raise TaskfilesError("changed-underneath", path=path) from None

    def check_place(self, path: str) -> None:
        """Refuse to write where a task file can't belong, or where a link leads out of the repository.

        Raises TaskfilesError (outside-root).
        """
        parts = path.split("/")
        proper = len(parts) == 3 and parts[0] == TASKS_DIR and parts[1] in DIRECTORIES.values()
        if not proper or id_in_name(parts[2]) is None or not self.is_inside((self.root / path).parent):
            raise TaskfilesError("outside-root", path=path)

    def create(self, path: str, data: bytes) -> None:
        """Create a task's file. Raises PathTaken, TaskfilesError (outside-root, io)."""
        self.check_place(path)
        with files.naming("Creating", path):
            try:
                files.create_file(self.root / path, data)
            except FileExistsError as error:
                if (self.root / path).parent.is_dir():
                    raise PathTaken(path) from error
                raise

    def move(self, task: Task, path: str) -> None:
        """Rename a task's file to the place where it belongs.

        Raises TaskfilesError (path-taken, outside-root, edit-unsafe for a link, changed-underneath, io).
        """
        self.check_place(path)
        if (self.root / task.path).is_symlink():
            problem = "its file is a symbolic link, which would lead elsewhere from another directory"
            raise TaskfilesError("edit-unsafe", path=task.path, field="The place", problem=problem)
        with files.naming("Moving", task.path):
            try:
                files.move_file(self.root / task.path, self.root / path)
            except FileExistsError:
                raise TaskfilesError("path-taken", path=path, id=task.id) from None
            except FileNotFoundError:
                raise TaskfilesError("changed-underneath", path=task.path) from None

    def remove(self, loaded: Loaded) -> None:
        """Delete a task's file, unless it has changed since it was read.

        Raises TaskfilesError (edit-unsafe for a link, changed-underneath, io).
        """
        path = loaded.task.path
        if (self.root / path).is_symlink():
            problem = "its file is a symbolic link, and what it leads to would stay"
            raise TaskfilesError("edit-unsafe", path=path, field="The file", problem=problem)
        with files.naming("Deleting", path):
            try:
                files.remove_file(loaded.file, loaded.identity)
            except (FileNotFoundError, files.Changed):
                raise TaskfilesError("changed-underneath", path=path) from None


def _lighten(task: Task, check: bool) -> Task:
    """Work out what needs the nodes while they are there, then let go of them."""
    if check:
        _ = task.findings
    task.forget_nodes()
    return task


def is_project(directory: Path) -> bool:
    """Tell whether a directory's `tasks/` holds a state directory or a configuration."""
    tasks = directory / TASKS_DIR
    return (tasks / CONFIG_NAME).is_file() or any((tasks / name).is_dir() for name in DIRECTORIES.values())


def _ambiguous(task_id: str, paths: list[str]) -> TaskfilesError:
    return TaskfilesError(
        "ambiguous-task", id=task_id, count=len(paths), paths=", ".join(paths), details={"paths": paths}
    )


def _unreadable(finding: Finding) -> TaskfilesError:
    if finding.code == "unreadable-file":
        problem = finding.message.rstrip(".").rpartition(": ")[2]
        return TaskfilesError("io", path=finding.path, action="Reading", problem=problem, remedy=finding.hint)
    return TaskfilesError(
        "unreadable-task",
        path=finding.path,
        line=finding.line,
        column=finding.column,
        problem=finding.message,
        details={"finding": finding.code},
    )
