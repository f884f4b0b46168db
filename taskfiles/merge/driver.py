"""Git's merge driver for task files: run on three files, and set up in a clone."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, NamedTuple

from taskfiles.errors import TaskfilesError
from taskfiles.merge.lines import Markers
from taskfiles.merge.task import MergeResult, merge_task
from taskfiles.store import disk
from taskfiles.store.git import run_git
from taskfiles.store.repository import Repository, find_repository
from taskfiles.task.layout import TASKS_DIR
from taskfiles.text.document import MAX_BYTES

ATTRIBUTES_NAME = ".gitattributes"
PATTERN, ATTRIBUTE = f"{TASKS_DIR}/**/*.[mM][dD]", "merge=tasks"
NAME_KEY, DRIVER_KEY = "merge.tasks.name", "merge.tasks.driver"
NAME = "task files by meaning"
COMMAND = "tasks merge-driver"
# For git a driver that is not installed is a conflict, and our side stays without a marker. So any exit
# status but 0 and 1 has git merge the lines itself. %X and %Y are labels; git before 2.44 passes them on
# unchanged.
DRIVER = (
    f"{COMMAND} %O %A %B %P %L %X %Y; status=$?; test $status -le 1 && exit $status; "
    "git merge-file --quiet --marker-size=%L -L ours -L base -L theirs %A %O %B"
)
# A project has task files in tasks/ itself and below, and may change from one layout to the other.
_PROBES = tuple(f"{TASKS_DIR}/{name}" for name in ("probe.md", "10-ready/task-probe.md", "probe.MD"))


class DriverStatus(NamedTuple):
    """The driver's command line in git's configuration, if any, and whether task files ask for it.

    `is_whole` is whether files ending in `.MD` ask for it too.
    """

    driver: str | None
    has_attribute: bool
    is_whole: bool

    @property
    def is_complete(self) -> bool:
        """Whether git merges task files by meaning here."""
        return self.has_attribute and self.driver is not None and COMMAND in self.driver


class Plan(NamedTuple):
    """What is missing: settings of git by name, and the new text of .gitattributes, None if it stays."""

    repository: Repository
    status: DriverStatus
    settings: dict[str, str]
    attributes: bytes | None


def merge_in_place(base: Path, ours: Path, theirs: Path, markers: Markers) -> MergeResult:
    """Merge three files into the second, as git asks of a merge driver (gitattributes(5)).

    Raises TaskfilesError (io, changed-underneath), and then no file has changed.
    """
    (before, _), (left, identity), (right, _) = (_read(file) for file in (base, ours, theirs))
    result = merge_task(before, left, right, markers)
    if result.data != left:
        disk.write_over(ours, result.data, identity, str(ours), left)
    return result


def _read(file: Path) -> tuple[bytes, disk.Identity]:
    with disk.io_errors("Reading", file):
        content = disk.read_regular(file)
    if content is None or len(content[0]) > MAX_BYTES:
        problem = f"it is not a regular file of at most {MAX_BYTES // (1024 * 1024)} MiB"
        remedy = "Merge it by hand; nothing was changed."
        raise TaskfilesError("io", path=str(file), action="Reading", problem=problem, remedy=remedy)
    return content


def driver_status(root: Path) -> DriverStatus:
    """Read git's configuration and attributes for a project; `root` contains tasks/.

    Raises TaskfilesError (no-git, git-failed).
    """
    repository = _repository(root)
    top = repository.top
    path = os.path.relpath(os.path.realpath(root), os.path.realpath(top))
    probes = [os.path.normpath(os.path.join(path, probe)) for probe in _PROBES]
    found = run_git(top, "check-attr", "-z", "merge", "--", *probes).split("\0")
    asked = [attribute == "tasks" for attribute in found[2::3]]
    # `install_driver` writes this first, so that who finds the attributes finds the driver as well.
    driver = run_git(top, "config", "--get", DRIVER_KEY, check=False).removesuffix("\n")
    return DriverStatus(driver or None, asked[0] and asked[1], all(asked))


def plan_driver(root: Path) -> Plan:
    """Return what the clone lacks; nothing is written.

    A driver that runs this program by another path stays, and so do all other lines of .gitattributes.
    Raises TaskfilesError (no-git, git-failed, edit-unsafe, io).
    """
    repository, status = _repository(root), driver_status(root)
    known = status.driver is not None and COMMAND in status.driver
    settings = {} if known else {NAME_KEY: NAME, DRIVER_KEY: DRIVER}
    return Plan(repository, status, settings, None if status.is_whole else _attributes(root))


def _repository(root: Path) -> Repository:
    repository = find_repository(Path(os.path.realpath(root)))
    if repository is None:
        raise TaskfilesError("no-git", path=str(root))
    return repository


def _attributes(root: Path) -> bytes:
    file = root / ATTRIBUTES_NAME
    if not os.path.lexists(file):
        return f"{PATTERN} {ATTRIBUTE}\n".encode()
    with disk.io_errors("Reading", ATTRIBUTES_NAME):
        content = None if file.is_symlink() else disk.read_regular(file)
    if content is None:
        problem = "it is not a regular file, and git reads no other"
        raise TaskfilesError("edit-unsafe", path=ATTRIBUTES_NAME, field=ATTRIBUTES_NAME, problem=problem)
    newline = "\r\n" if b"\r\n" in content[0] else "\n"
    lead = "" if re.search(rb"(?:\A|[\r\n])\Z", content[0]) else newline
    return content[0] + f"{lead}{PATTERN} {ATTRIBUTE}{newline}".encode()


def list_driver_changes(root: Path, plan: Plan) -> list[dict[str, Any]]:
    """List what a plan changes, as `{path, field, from, to}`."""
    config = os.path.relpath(plan.repository.common_dir / "config", os.path.realpath(root))
    before = {DRIVER_KEY: plan.status.driver}
    changes: list[dict[str, Any]] = [
        {"path": config, "field": key, "from": before.get(key), "to": value}
        for key, value in plan.settings.items()
    ]
    if plan.attributes is not None:
        changes.append({"path": ATTRIBUTES_NAME, "field": PATTERN, "from": None, "to": ATTRIBUTE})
    return changes


def install_driver(root: Path, plan: Plan) -> None:
    """Write what a plan contains: first this clone's own configuration, then .gitattributes.

    Raises TaskfilesError (git-failed, changed-underneath, io).
    """
    for key, value in plan.settings.items():
        run_git(plan.repository.top, "config", "--local", key, value)
    if plan.attributes is None:
        return
    file, identity, before = root / ATTRIBUTES_NAME, None, None
    if os.path.lexists(file):
        with disk.io_errors("Reading", ATTRIBUTES_NAME):
            content = disk.read_regular(file)
        if content is None or not plan.attributes.startswith(content[0]):
            raise TaskfilesError("changed-underneath", path=ATTRIBUTES_NAME)
        before, identity = content
    disk.write_over(file, plan.attributes, identity, ATTRIBUTES_NAME, before)
