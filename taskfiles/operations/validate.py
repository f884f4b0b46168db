"""Use case: check a store or single files, and repair what has one meaning-preserving answer."""

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
from taskfiles.changes.draft import Change, plan_text
from taskfiles.changes.result import Result
from taskfiles.operations.check_config import check_config, check_config_text
from taskfiles.store.disk import naming, read_regular
from taskfiles.store.store import Store
from taskfiles.task.findings import Finding, make_finding
from taskfiles.task.names import CONFIG_PATH, expected_path, id_in_path
from taskfiles.task.task import Task, Unreadable, parse_task
from taskfiles.task.violation import Rule, check_rules
from taskfiles.text.document import looks_like_task


class Report(NamedTuple):
    """Findings in order of path, line and column, and how many files were looked at."""

    findings: list[Finding]
    files: int


class Fix(NamedTuple):
    """A repair that was made, or with `dry_run` would be: the file moved from `source` to `target`."""

    id: str
    source: str
    target: str


def validate(store: Store, *, rules: Iterable[Rule] = ()) -> Report:
    """Check every file of a store, each for itself and all together, the configuration too.

    `rules` are functions of your own beside ours: each is called with a task, and again where its file
    changes meanwhile, and gives Violations.
    Raises TaskfilesError (io), and what a rule raises.
    """
    own = list(rules)
    has_config = os.path.lexists(store.reader.file(CONFIG_PATH))

    def report(snapshot: Snapshot) -> Report:
        files = len(snapshot.tasks) + len(snapshot.unreadable) + has_config
        findings = _all_findings(store, snapshot)
        for task in snapshot.tasks if own else ():
            findings += check_rules(task, own)
            task.drop_cached()  # the texts of many tasks take more room than all else
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
    """Check the files, directories or ids named; rules between files report what falls on these.

    Raises TaskfilesError: no-such-task, io.
    """
    named = list(names)

    def look(snapshot: Snapshot) -> tuple[set[str], list[Finding], set[str]]:
        wanted = resolve_names(store, snapshot, named, directory)
        findings = [finding for finding in _all_findings(store, snapshot) if finding.path in wanted]
        return wanted, findings, {CONFIG_PATH, *_paths(snapshot)}

    wanted, findings, known = store.with_snapshot(look, check=True)
    for path in wanted - known:
        with naming("Reading", path):
            content = read_regular(store.reader.file(path))
            if content is None:
                raise OSError(errno.EINVAL, "it is no regular file")
        if looks_like_task(content[0]):
            findings += validate_text(path, content[0])
    return Report(sort_findings(findings), len(wanted))


def resolve_names(store: Store, snapshot: Snapshot, names: Iterable[str], directory: Path) -> set[str]:
    """Turn names into paths relative to the root: of files, of the task files below a directory, of ids.

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
    """Check the bytes of one file that claims the given path, as an editor holds them."""
    if path == CONFIG_PATH:
        return check_config_text(data)
    if not looks_like_task(data):
        return [make_finding("no-frontmatter", path, 1, 1)]
    try:
        return list(parse_task(path, data).findings)
    except Unreadable as error:
        return [error.finding]


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Order findings by place, each once."""
    return sorted(dict.fromkeys(findings), key=lambda f: (f.path, f.line, f.column, f.code))


def fix(store: Store, *, dry_run: bool = False, only: Collection[str] | None = None) -> Result[list[Fix]]:
    """Move every valid-enough file to the directory and name that its frontmatter asks for.

    Files whose place is taken by one that stays, or whose id stands in two files, are left for `validate` to
    name. Deterministic and idempotent: a place that a move makes free is used in the same run.
    Raises TaskfilesError: lock-timeout, io.
    """
    store.check_writable()
    fixed: list[Fix] = []
    changes: list[Change] = []
    with store.locks.store():
        wanted = _misplaced(store, only)
        gone: set[str] = set()
        while wanted:
            planned: list[Planned] = []
            for path, target in sorted(wanted.items()):
                if os.path.lexists(store.reader.file(target)) and target not in gone:
                    continue  # perhaps its holder moves, and the next round finds it free
                del wanted[path]
                loaded = store.load_at(path)
                task = loaded.task
                if _right_place(task) != target:  # saved by hand in this very moment
                    continue
                change = plan_text(task, parse_task(target, task.data), dry_run=dry_run)
                planned.append(Planned(loaded, change))
                changes.append(change)
                fixed.append(Fix(task.id, path, target))
            if not planned:
                break
            gone |= {each.loaded.task.path for each in planned if each.loaded} if dry_run else set()
            if not dry_run:
                commit(store, planned, "task.fix")
    return Result(changes, fixed, dry_run)


def _misplaced(store: Store, only: Collection[str] | None) -> dict[str, str]:
    """Map files to where they belong: those that are one task's only file, and no link."""
    tasks = store.snapshot(check=True).tasks
    count = Counter(task.id for task in tasks)
    return {
        task.path: target
        for task in tasks
        if count[task.id] == 1
        and (only is None or task.path in only)
        and (target := _right_place(task)) != task.path
        and not os.path.islink(store.reader.file(task.path))
    }


def _right_place(task: Task) -> str:
    """Where a file belongs; where its state, kind or day are wrong, it stays."""
    codes = {finding.code for finding in task.findings}
    wrong = {finding.field for finding in task.errors}
    if not codes & {"wrong-directory", "wrong-name"} or wrong & {"state", "kind", "completed_at"}:
        return task.path
    return expected_path(task.values)
