"""What a check of all files holds in memory at once: counted objects, since bytes differ between machines."""

from __future__ import annotations

import gc
import shutil
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from support.indexed_projects import swap
from support.opened_files import opened
from support.project import Project
from taskfiles import Store, Task, Violation, validate
from taskfiles.store.index.reading import open_base
from taskfiles.store.index.table import Table
from taskfiles.task import remembered
from taskfiles.task.remembered import Entry
from taskfiles.text.document import Document
from taskfiles.text.nodes import Node

MANY = 70  # more than the second file of the index takes
FUTURE = """execution:
  attempts:
    - started_at: 2125-11-02T15:00:00Z
      ended_at: 2125-11-02T15:01:00Z
      duration_seconds: 60
      status: completed
      executor: {tool: codex, model: gpt-5-codex}
"""


@pytest.fixture
def many(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Many tasks, each with findings of rules between files and of one that depends on the time."""
    monkeypatch.setattr(remembered, "RACY_NS", 0)  # the files of a test are young
    for number in range(MANY):
        project.task(f"part-{number}", depends_on="[nowhere, nobody]", extra=FUTURE)
    return project


def check(project: Project) -> Counter[type]:
    """Validate with the index; gives how much more there is in memory after all rules than before them."""
    counted: list[Counter[type]] = []

    def count(_: Task) -> Iterator[Violation]:
        if not counted:  # the first task, after all rules of our own
            counted.append(_alive())
        return iter(())

    gc.collect()
    before = _alive()
    report = validate(Store(project.root, index=True), rules=[count])
    codes = Counter(finding.code for finding in report.findings)
    assert codes["dangling-reference"] == 2 * MANY
    assert codes["attempt-in-future"] == MANY
    assert report == validate(project.store)
    return counted[0] - before


def _alive() -> Counter[type]:
    return Counter(kind for each in gc.get_objects() if (kind := type(each)) in {Node, Document, Entry})


def test_findings_between_files_keep_no_text(many: Project) -> None:
    check(many)
    found = check(many)
    assert found[Node] == found[Document] == 0


def test_a_first_check_leaves_what_it_read_to_the_index(many: Project) -> None:
    assert check(many)[Entry] == 0


def test_a_check_after_a_list_leaves_what_it_read_to_the_index(many: Project) -> None:
    Store(many.root, index=True).snapshot()
    assert check(many)[Entry] == 0
    assert all(task.row is not None for task in Store(many.root, index=True).tasks())


def test_without_room_for_an_index_a_check_says_the_same(many: Project) -> None:
    place = many.root / ".git" / "tasks" / "index"
    place.parent.mkdir(exist_ok=True)
    place.write_text("not a directory")
    assert check(many)[Entry] == MANY


def test_files_too_young_for_the_index_are_read_once(many: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "RACY_NS", 10**12)
    with opened(many.root / "tasks") as names:
        Store(many.root, index=True).snapshot(check=True)
    assert max(Counter(names).values()) == 1


def test_a_check_after_a_list_adds_findings_to_the_index_and_nothing_else(many: Project) -> None:
    Store(many.root, index=True).snapshot()
    before, known = indexed(many)
    check(many)
    after, checked = indexed(many)
    assert before == after
    assert all(record[5] is None for record in known.values())
    assert {path: (*record[:5], None, *record[6:]) for path, record in checked.items()} == known
    assert all(record[5] == () for record in checked.values())


def indexed(project: Project) -> tuple[str, dict[str, tuple[Any, ...]]]:
    """The stamp of the index, and what it holds of each task."""
    reader = Store(project.root, index=True).reader
    assert reader.cache is not None
    base = open_base(reader.cache, reader.root)
    assert base is not None
    return base.stamp, {
        path: record for path, (_, record) in Table(base).seen().items() if record is not None
    }


def test_what_stands_in_a_file_s_place_for_a_moment_is_not_its_findings(many: Project) -> None:
    shutil.copytree(many.root / "tasks", many.root / "aside")
    for file in (many.root / "aside").rglob("*part-9.md"):
        file.write_text(file.read_text().replace("state: ready", "state: ready\npriority: huge"))
    Store(many.root, index=True).snapshot()

    moments = [1, MANY]  # of the first pass: files read

    def exchange(done: int, _: int) -> None:
        if moments and done == moments[0]:
            del moments[0]
            swap(many.root / "tasks", many.root / "aside")

    for progress in (exchange, lambda *_: None):
        report = validate(Store(many.root, index=True, progress=progress))
        assert "unknown-value" not in {finding.code for finding in report.findings}
    assert not moments
