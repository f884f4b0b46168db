"""Validating a store or single files, and repairing what has one meaning-preserving answer."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from taskfiles.config import CONFIG_PATH, parse_config
from taskfiles.diagnostics import Finding, make_finding
from taskfiles.document import claims_task
from taskfiles.files import naming, read_regular
from taskfiles.names import CONFIG_NAME, expected_path
from taskfiles.rules.references import STORE_RULES
from taskfiles.store import Store
from taskfiles.task import Task, Unreadable, parse_task


class Report(NamedTuple):
    """Findings in order of path, line and column, and how many files were looked at."""

    findings: list[Finding]
    files: int


class Fix(NamedTuple):
    """A repair that was made, or with `dry_run` would be: the file moved from `source` to `target`."""

    id: str
    source: str
    target: str


def validate(store: Store) -> Report:
    """Check every file of a store, each for itself and all together, the configuration too."""
    snapshot = store.snapshot()
    findings = list(snapshot.unreadable)
    for task in snapshot.tasks:
        findings += task.findings
    for rule in STORE_RULES:
        findings += rule(snapshot.tasks)
    findings += store.read_config()[1]
    has_config = os.path.lexists(store.directory / CONFIG_NAME)
    return Report(sort_findings(findings), len(snapshot.tasks) + len(snapshot.unreadable) + has_config)


def validate_some(store: Store, names: Iterable[str], directory: Path) -> Report:
    """Check the files or ids named; rules between files report what falls on these.

    A name that is a path (relative to `directory`) is read as a file, wherever it lies; anything
    else is an id. Raises TaskfilesError: no-such-task, ambiguous-task, io.
    """
    snapshot = store.snapshot()
    everywhere = [task.path for task in snapshot.tasks] + [finding.path for finding in snapshot.unreadable]
    chosen: list[str] = []
    findings: list[Finding] = []
    for name in names:
        path = directory / name
        if path.is_dir():
            below = store.relative(path.resolve())
            chosen += [
                known for known in (*everywhere, CONFIG_PATH) if below == "." or known.startswith(f"{below}/")
            ]
            continue
        if path.is_file() or name.endswith((".md", ".toml")) or "/" in name:
            relative, found = _check_path(store, path, name)
            findings += found
        else:
            relative = store.get(name).path
            found = []
        chosen.append(relative)
    wanted = set(chosen)
    known = set(everywhere)
    everything = [*snapshot.unreadable, *(finding for task in snapshot.tasks for finding in task.findings)]
    for rule in STORE_RULES:
        everything += rule(snapshot.tasks)
    everything += store.read_config()[1] if CONFIG_PATH in wanted else []
    findings = [finding for finding in findings if finding.path not in known]
    findings += [finding for finding in everything if finding.path in wanted]
    return Report(sort_findings(findings), len(wanted))


def _check_path(store: Store, path: Path, name: str) -> tuple[str, list[Finding]]:
    relative = store.relative(path.resolve())
    if relative == CONFIG_PATH:
        return relative, []
    with naming("Reading", name):
        content = read_regular(path)
        if content is None:
            raise OSError(errno.EINVAL, "it is no regular file")
    return relative, validate_text(relative, content[0]) if claims_task(content[0]) else []


def validate_text(path: str, data: bytes) -> list[Finding]:
    """Check the bytes of one file that claims the given path, as an editor holds them."""
    if path == CONFIG_PATH:
        return parse_config(data)[1]
    if not claims_task(data):
        return [make_finding("no-frontmatter", path, 1, 1)]
    try:
        return list(parse_task(path, data).findings)
    except Unreadable as error:
        return [error.finding]


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Order findings by place, each once."""
    return sorted(set(findings), key=lambda f: (f.path, f.line, f.column, f.code, f.field or "", f.message))


def fix(store: Store, *, dry_run: bool = False, only: Sequence[str] | None = None) -> list[Fix]:
    """Move every valid-enough file to the directory and name that its frontmatter asks for.

    Files whose place is taken, or whose id stands in two files, are left for `validate` to name.
    Deterministic and idempotent. Raises TaskfilesError: lock-timeout, io.
    """
    store.check_writable()
    fixed: list[Fix] = []
    with store.locks.store():
        tasks = store.snapshot().tasks
        count: dict[str, int] = {}
        for task in tasks:
            count[task.id] = count.get(task.id, 0) + 1
        for task in tasks:
            target = _right_place(task)
            if target == task.path or count[task.id] > 1 or (only is not None and task.path not in only):
                continue
            if os.path.lexists(store.root / target):
                continue
            if not dry_run:
                store.move(task, target)
            fixed.append(Fix(task.id, task.path, target))
    return fixed


def _right_place(task: Task) -> str:
    """Where a file belongs; where its state, kind or day are wrong, it stays."""
    codes = {finding.code for finding in task.findings}
    wrong = {finding.field for finding in task.errors}
    if not codes & {"wrong-directory", "wrong-name"} or wrong & {"state", "kind", "completed_at"}:
        return task.path
    return expected_path(task.values)
