"""One task as its file has it: read from bytes, or made of what an index remembers."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import assume, given

from support.backlogs import make_task
from support.strategies import files
from taskfiles import TaskfilesError
from taskfiles.task.task import Task, Unreadable, parse_task
from taskfiles.task.wire import make_entry
from taskfiles.text.document import Document, split_document
from taskfiles.text.nodes import same

PATH = "tasks/10-ready/task-fix.md"
FRONT = "---\nid: fix\ntitle: Fix\nstate: ready\nlabels: # none\n---\n"
BODY = "\n## Acceptance Criteria\n\n- [ ] a\n- [x] b\n"
TEXT = FRONT + BODY


def read(text: str) -> Task:
    return parse_task(PATH, text.encode())


def test_a_task_is_what_its_file_says_with_defaults() -> None:
    task = read(TEXT)
    assert (task.id, task.title, task.kind, task.state, task.path) == ("fix", "Fix", "task", "ready", PATH)
    assert task.values == {"id": "fix", "title": "Fix", "state": "ready", "labels": None}
    assert (task.get("labels"), task.get("size"), task.get("x_own")) == ([], "medium", None)
    assert (task.valid, task.related, task.boxes, task.execution) == (True, False, 2, None)
    assert task.body == BODY
    assert task.line_of(task.root.get("state")) == 4
    assert task.line_of(None) == 2
    assert repr(task) == f"Task('fix', state='ready', path='{PATH}')"


@given(files())
def test_a_task_keeps_every_byte_of_its_file(file: tuple[bytes, object, bytes]) -> None:
    document = split_document(file[0])
    data = document._replace(front=f"id: fix{document.newline}{document.front}").to_bytes()
    try:
        task = parse_task(PATH, data)
    except Unreadable:  # it has an id of its own, or braces around everything
        assume(False)
        raise
    assert task.data == data
    assert task.matches(data)
    assert not task.matches(data + b"\n")


def test_the_etag_is_a_digest_of_the_bytes() -> None:
    assert read(TEXT).etag == hashlib.sha256(TEXT.encode()).hexdigest()[:32]
    assert read(TEXT).etag != read(TEXT + "\n").etag


def test_a_body_that_is_no_utf_8_is_shown_and_kept() -> None:
    task = parse_task(PATH, TEXT.encode() + b"caf\xe9\n")
    assert task.body.endswith("caf\ufffd\n")
    assert task.data.endswith(b"caf\xe9\n")


@pytest.mark.parametrize(
    ("text", "code", "place", "field"),
    [
        ("---\nid: fix\n", "no-closing-fence", (1, 1), None),
        ("---\nid: fix\ntitle: 'a\n---\n", "yaml-syntax", (3, 8), None),
        ("---\n# empty\n---\n", "not-a-mapping", (2, 1), None),
        ("---\n- id: fix\n---\n", "not-a-mapping", (2, 1), None),
        ("---\ntitle: Fix it\n---\n", "missing-id", (2, 1), "id"),
        ("---\ntitle: Fix it\nid:\n---\n", "missing-id", (3, 1), "id"),
        ("---\ntitle: Fix it\nid: Fix\n---\n", "invalid-id", (3, 5), "id"),
        ("---\nid: 5\n---\n", "wrong-type", (2, 5), "id"),
    ],
)
def test_what_is_no_task_is_refused_with_its_place(
    text: str, code: str, place: tuple[int, int], field: str | None
) -> None:
    with pytest.raises(Unreadable) as caught:
        read(text)
    finding = caught.value.finding
    assert (finding.code, (finding.line, finding.column), finding.field) == (code, place, field)
    assert str(caught.value) == str(finding)


def test_a_missing_id_is_suggested_by_the_title() -> None:
    with pytest.raises(Unreadable) as caught:
        read("---\ntitle: Fix the navbar\n---\n")
    assert caught.value.finding.hint == "Add `id: fix-navbar`."


def test_a_task_with_an_error_is_read_and_has_no_typed_values() -> None:
    task = read(TEXT.replace("title: Fix", "title: 5"))
    assert (task.title, task.valid) == (5, False)
    with pytest.raises(TaskfilesError) as caught:
        _ = task.meta
    assert (caught.value.code, caught.value.path) == ("unreadable-task", PATH)
    assert (caught.value.line, caught.value.column) == (3, 8)
    assert {finding.code for finding in task.errors} == {"wrong-type"}
    assert {finding.code for finding in task.errors} < {finding.code for finding in task.findings}


def test_typed_values_come_from_the_model() -> None:
    attempt = {
        "started_at": "2025-11-02T12:00:00Z",
        "ended_at": "2025-11-02T12:02:00Z",
        "duration_seconds": 120,
        "status": "failed",
        "executor": {"tool": "t"},
    }
    task = make_task("fix", execution={"attempts": [attempt]})
    assert task.meta.title == "Title of fix"
    assert task.execution is not None
    assert task.execution.attempts[0].executor.tool == "t"


# Remembered


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    "text", [TEXT, TEXT.replace("title: Fix", "title: 5"), TEXT.replace("state: ready", "state: 5")]
)
def test_what_is_remembered_of_a_task_is_what_its_file_says(text: str, check: bool) -> None:
    task, reread = read(text), []

    def document(asked: Task) -> Document:
        reread.append(asked.path)
        return read(text).document

    remembered = Task.from_entry(PATH, make_entry(task, check=check), document)
    for name in ("id", "state", "title", "kind", "etag", "related", "boxes", "valid"):
        assert getattr(remembered, name) == getattr(task, name), name
    assert same(remembered.values, task.values)
    assert list(remembered.errors) == list(task.errors)
    assert remembered.matches(task.data)
    assert reread == []
    assert list(remembered.findings) == list(task.findings)
    assert reread == ([] if check else [PATH])
    assert remembered.body == task.body


def test_what_can_be_read_again_is_let_go_of() -> None:
    task, reread = read(TEXT), []

    def document(asked: Task) -> Document:
        reread.append(asked.path)
        return read(TEXT).document

    remembered = Task.from_entry(PATH, make_entry(task, check=False), document)
    assert remembered.data == remembered.data == TEXT.encode()
    remembered.drop_cached()
    assert remembered.data == TEXT.encode()
    assert reread == [PATH, PATH]
    task.drop_cached()  # the only one that has its text
    assert (task.data, task.root.get("id") is not None) == (TEXT.encode(), True)
