"""Use case: check a store or single files."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from taskfiles.backlog.clock import check_future
from taskfiles.backlog.relations import STORE_RULES, check_dangling
from taskfiles.backlog.snapshot import Snapshot
from taskfiles.basics.instants import utc_now
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.config.levels import Level, apply_levels, read_levels
from taskfiles.errors import TaskfilesError
from taskfiles.operations.check_config import check_config_text, find_config_problems
from taskfiles.operations.check_merges import check_merges
from taskfiles.operations.fix import explain_left
from taskfiles.store.disk import io_errors, read_regular
from taskfiles.store.store import Store
from taskfiles.store.strays import find_strays
from taskfiles.task.findings import Finding, make_finding
from taskfiles.task.layout import is_markdown
from taskfiles.task.names import CONFIG_PATH, ids_in_path
from taskfiles.task.place import find_misplaced
from taskfiles.task.task import Task, Unreadable, parse_task
from taskfiles.task.violation import Rule, check_rules
from taskfiles.text.document import looks_like_task


class Report(NamedTuple):
    """Findings sorted by path, line and column, and the number of files checked.

    The findings' severities are those that the project wants; `rules` is the number of rules whose severity
    it changed, `hidden` that of findings that it turned off.
    """

    findings: list[Finding]
    files: int
    rules: int = 0
    hidden: int = 0


def validate(store: Store, *, rules: Iterable[Rule] = (), default_rules: bool = False) -> Report:
    """Check every file of a store, alone and together with the others, and the configuration.

    `rules` are your own functions in addition to ours: each is called with a task, again if its file
    changes meanwhile, and returns Violations. With `default_rules` the project's `[rules]` are ignored.
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
        return make_report(store, findings, files, default_rules=default_rules)

    return store.with_snapshot(report, check=True)


def make_report(
    store: Store | None, findings: Iterable[Finding], files: int, *, default_rules: bool = False
) -> Report:
    """Return a report of findings, with the severities that the project's tasks.toml gives them."""
    levels: dict[str, Level] = {}
    if store is not None and not default_rules:
        with suppress(Unreadable):  # already among the findings
            levels = read_levels(store.config_bytes())
    shown = apply_levels(sort_findings(findings), levels)
    return Report(shown.findings, files, shown.changed, shown.hidden)


def _all_findings(store: Store, snapshot: Snapshot) -> list[Finding]:
    findings = [
        *snapshot.unreadable,
        *find_config_problems(store),
        *check_merges(store),
        *find_strays(store.reader),
    ]
    layout = store.layout
    for task in snapshot.tasks:
        findings += task.findings
        findings += find_misplaced(task, layout) if layout is not None else ()
    absent = store.find_absent().ids
    for rule in STORE_RULES:
        found = rule(snapshot.tasks) if rule is not check_dangling else rule(snapshot.tasks, absent)
        findings += _drop_texts(found, snapshot.tasks)
    findings += _drop_texts(check_future(snapshot.tasks, store.now()), snapshot.tasks)
    return list(explain_left(store, snapshot.tasks, findings))


def _drop_texts(findings: Iterable[Finding], tasks: Sequence[Task]) -> Iterator[Finding]:
    """Yield findings; a file's text, which gave the position, is dropped when the next file has one."""
    by_path: dict[str, Task] = {}
    last: str | None = None
    for finding in findings:
        by_path = by_path or {task.path: task for task in tasks}
        if last is not None and last != finding.path:
            by_path[last].drop_cached()
        last = finding.path
        yield finding
    if last is not None:
        by_path[last].drop_cached()


def validate_some(
    store: Store, names: Iterable[str], directory: Path, *, default_rules: bool = False
) -> Report:
    """Check the named files, directories or ids; rules between files report only findings in these.

    Raises TaskfilesError: no-such-task, io.
    """
    named = list(names)

    def look(snapshot: Snapshot) -> tuple[set[str], list[Finding], set[str]]:
        strays = {finding.path for finding in find_strays(store.reader)}
        wanted = resolve_names(store, snapshot, named, directory, strays)
        findings = [finding for finding in _all_findings(store, snapshot) if finding.path in wanted]
        return wanted, findings, {CONFIG_PATH, *_paths(snapshot), *strays}

    wanted, findings, known = store.with_snapshot(look, check=True)
    for path in wanted - known:
        with io_errors("Reading", path):
            content = read_regular(store.reader.file(path))
            if content is None:
                raise OSError(errno.EINVAL, "it is not a regular file")
        if looks_like_task(content[0]):
            findings += validate_text(path, content[0], store.now(), store.layout)
    return make_report(store, findings, len(wanted), default_rules=default_rules)


def resolve_names(
    store: Store, snapshot: Snapshot, names: Iterable[str], directory: Path, strays: Iterable[str] = ()
) -> set[str]:
    """Return the paths, relative to the root, of named files, of task files below directories, and of ids.

    `strays` are files that only look like tasks. A path is looked for from the directory, then from the root,
    as our own messages have it. Raises TaskfilesError (no-such-task).
    """
    found: set[str] = set()
    for name in names:
        places = (directory / name, Path(store.root) / name)
        path = next(filter(os.path.lexists, places), None)
        if path is None and ("/" in name or is_markdown(name) or name.endswith(".toml")):
            remedy = "Paths are looked for from the working directory, then from the project's root."
            raise TaskfilesError("no-such-task", id=name, remedy=remedy)
        if path is not None and path.is_dir():
            below = store.reader.relative(os.path.realpath(path))
            inside = (known for known in (*_paths(snapshot), CONFIG_PATH, *strays))
            found.update(known for known in inside if below == "." or known.startswith(f"{below}/"))
        elif path is not None:
            found.add(store.reader.relative(os.path.realpath(path)))
        else:
            tasks = {task.path for task in snapshot.tasks if task.id == name}
            tasks |= {f.path for f in snapshot.unreadable if name in ids_in_path(f.path)}
            found |= tasks or {store.get(name).path}
    return found


def _paths(snapshot: Snapshot) -> list[str]:
    return [task.path for task in snapshot.tasks] + [finding.path for finding in snapshot.unreadable]


def validate_text(
    path: str, data: bytes, now: datetime | None = None, layout: str | None = None
) -> list[Finding]:
    """Return the findings of a file's bytes, which may be unsaved in an editor, at a path.

    With a layout, those of its place are among them. `now` is what attempts may not lie after; by default
    the present.
    """
    if path == CONFIG_PATH:
        return check_config_text(data)
    if not looks_like_task(data):
        return [make_finding("no-frontmatter", path, 1, 1)]
    try:
        task = parse_task(path, data)
    except Unreadable as error:
        return [error.finding]
    found = [*task.findings, *(find_misplaced(task, layout) if layout else ())]
    return sort_findings([*found, *check_future([task], utc_now() if now is None else now)])


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings sorted by path, line, column and code, without duplicates."""
    return sorted(dict.fromkeys(findings), key=lambda f: (f.path, f.line, f.column, f.code))
