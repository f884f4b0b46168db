"""Use case: check a store or single files, and move misplaced files."""

from __future__ import annotations

import errno
import os
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from taskfiles.backlog.relations import STORE_RULES
from taskfiles.backlog.snapshot import Snapshot
from taskfiles.changes.commit import Planned, commit
from taskfiles.changes.draft import plan_text
from taskfiles.changes.mutate import retry
from taskfiles.changes.result import Result
from taskfiles.operations.check_config import check_config, check_config_text
from taskfiles.store.disk import io_errors, read_regular
from taskfiles.store.store import Store
from taskfiles.task.findings import Finding, make_finding
from taskfiles.task.names import CONFIG_PATH, expected_path, id_in_path
from taskfiles.task.task import Task, Unreadable, parse_task
from taskfiles.task.violation import Rule, check_rules
from taskfiles.text.document import looks_like_task


class Report(NamedTuple):
    """Findings sorted by path, line and column, and the number of files checked."""

    findings: list[Finding]
    files: int


class Fix(NamedTuple):
    """A fix that was made, or with `dry_run` would be: the file moved from `source` to `target`."""

    id: str
    source: str
    target: str


def validate(store: Store, *, rules: Iterable[Rule] = ()) -> Report:
    """Check every file of a store, alone and together with the others, and the configuration.

    `rules` are your own functions in addition to ours: each is called with a task, again if its file
    changes meanwhile, and returns Violations.
    Raises TaskfilesError (io), and what a rule raises.
    """
    own = list(rules)
    has_config = os.path.lexists(store.reader.file(CONFIG_PATH))

    def report(snapshot: Snapshot) -> Report:
        files = len(snapshot.tasks) + len(snapshot.unreadable) + has_config
        findings = _all_findings(store, snapshot)
        for task in snapshot.tasks if own else ():
            findings += check_rules(task, own)
            task.drop_cached()  # the texts of many tasks take more memory than all else
        return Report(sort_findings(findings), files)

    return store.with_snapshot(report, check=True)


def _all_findings(store: Store, snapshot: Snapshot) -> list[Finding]:
    findings = [*snapshot.unreadable, *check_config(store)[1]]
    for task in snapshot.tasks:
        findings += task.findings
    for rule in STORE_RULES:
        findings += rule(snapshot.tasks)
    return findings


def validate_some(store: Store, names: Iterable[str], directory: Path) -> Report:
    """Check the named files, directories or ids; rules between files report only findings in these.

    Raises TaskfilesError: no-such-task, io.
    """
    named = list(names)

    def look(snapshot: Snapshot) -> tuple[set[str], list[Finding], set[str]]:
        wanted = resolve_names(store, snapshot, named, directory)
        findings = [finding for finding in _all_findings(store, snapshot) if finding.path in wanted]
        return wanted, findings, {CONFIG_PATH, *_paths(snapshot)}

    wanted, findings, known = store.with_snapshot(look, check=True)
    for path in wanted - known:
        with io_errors("Reading", path):
            content = read_regular(store.reader.file(path))
            if content is None:
                raise OSError(errno.EINVAL, "it is no regular file")
        if looks_like_task(content[0]):
            findings += validate_text(path, content[0])
    return Report(sort_findings(findings), len(wanted))


def resolve_names(store: Store, snapshot: Snapshot, names: Iterable[str], directory: Path) -> set[str]:
    """Return the paths, relative to the root, of named files, of task files below directories, and of ids.

    Raises TaskfilesError (no-such-task).
    """
    found: set[str] = set()
    for name in names:
        path = directory / name
        if path.is_dir():
            below = store.reader.relative(os.path.realpath(path))
            inside = (known for known in (*_paths(snapshot), CONFIG_PATH))
            found.update(known for known in inside if below == "." or known.startswith(f"{below}/"))
        elif path.exists() or name.endswith((".md", ".toml")) or "/" in name:
            found.add(store.reader.relative(os.path.realpath(path)))
        else:
            tasks = {task.path for task in snapshot.tasks if task.id == name}
            tasks |= {f.path for f in snapshot.unreadable if id_in_path(f.path) == name}
            found |= tasks or {store.get(name).path}
    return found


def _paths(snapshot: Snapshot) -> list[str]:
    return [task.path for task in snapshot.tasks] + [finding.path for finding in snapshot.unreadable]


def validate_text(path: str, data: bytes) -> list[Finding]:
    """Return the findings of a file's bytes, which may be unsaved in an editor, at a path."""
    if path == CONFIG_PATH:
        return check_config_text(data)
    if not looks_like_task(data):
        return [make_finding("no-frontmatter", path, 1, 1)]
    try:
        return list(parse_task(path, data).findings)
    except Unreadable as error:
        return [error.finding]


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings sorted by path, line, column and code, without duplicates."""
    return sorted(dict.fromkeys(findings), key=lambda f: (f.path, f.line, f.column, f.code))


def fix(store: Store, *, dry_run: bool = False, only: Collection[str] | None = None) -> Result[list[Fix]]:
    """Move every misplaced file to the directory and name that its frontmatter requires.

    Files whose path is taken by another that does not move, or whose id is in two files, are left for
    `validate` to report. Deterministic and idempotent: a path that a move frees is used in the same run.
    Raises TaskfilesError: lock-timeout, io.
    """
    store.check_writable()

    def attempt() -> Result[list[Fix]]:
        planned = _plan_moves(store, _find_misplaced(store, only), dry_run)
        if not dry_run:
            commit(store, planned, "task.fix")
        changes = [each.change for each in planned]
        fixed = [Fix(c.after.id, c.before.path, c.after.path) for c in changes if c.before]
        return Result(changes, fixed, dry_run)

    with store.locks.store():
        return retry(attempt)


def _plan_moves(store: Store, wanted: dict[str, str], dry_run: bool) -> list[Planned]:
    """Plan moves in rounds: a path is free if no file is there, or its file has moved in an earlier round."""
    planned: list[Planned] = []
    gone: set[str] = set()
    taken: set[str] = set()
    while wanted:
        free = [
            (path, target)
            for path, target in sorted(wanted.items())
            if target in gone or not os.path.lexists(store.reader.file(target))
        ]
        for path, target in free:
            del wanted[path]
            loaded = store.load_at(path)
            task = loaded.task
            if target in taken or _find_place(task) != target:  # saved by hand meanwhile
                continue
            change = plan_text(task, parse_task(target, task.data), dry_run=dry_run)
            planned.append(Planned(loaded, change))
            taken.add(target)
            gone.add(path)
        if not free:
            break
    return planned


def _find_misplaced(store: Store, only: Collection[str] | None) -> dict[str, str]:
    """Map misplaced files to where they belong, except links and files that share an id."""
    tasks = store.snapshot(check=True).tasks
    count = Counter(task.id for task in tasks)
    return {
        task.path: target
        for task in tasks
        if count[task.id] == 1
        and (only is None or task.path in only)
        and (target := _find_place(task)) != task.path
        and not os.path.islink(store.reader.file(task.path))
    }


def _find_place(task: Task) -> str:
    """Return where a file belongs; its own path if its state, kind or date of completion is invalid."""
    codes = {finding.code for finding in task.findings}
    wrong = {finding.field for finding in task.errors}
    if not codes & {"wrong-directory", "wrong-name"} or wrong & {"state", "kind", "completed_at"}:
        return task.path
    return expected_path(task.values)
