"""A source is refused by path and line, or all of it comes in and a second run changes nothing."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.layouts import FLAT_SETTINGS
from taskfiles import Care, MigrationRequest, Store, TaskfilesError, migrate_tasks, validate, verify_migration

TEXTS = st.text(max_size=20) | st.sampled_from(
    ["To Do", "done", "@ada", "a: b", "yes", "084", "- [ ] x", "é\u2028", "]", "'", "#1", "null", "x" * 300]
)
IDS = st.sampled_from(
    ["BACK-1", "back-1", "BACK-1.2", "README", "1", "5.2", "é", "a b", "con", "-", "x" * 250]
)
BODIES = st.binary(max_size=40) | st.sampled_from(
    [
        b"\n## Acceptance Criteria\r\n\r\n- [ ] x",
        b"<<<<<<< HEAD\n",
        b"---\n",
        b"\xff\xfe\n",
        b"# T\n",
        b"See back-1, BACK-1.2 `BACK-1` [x](f1.md) [[1]]\r\n\n<!-- AC:BEGIN -->\nx\n<!-- AC:END -->\n---\n",
        b"\0",
        b"",
    ]
)
LINES = st.lists(
    st.sampled_from(
        [
            "status: done",
            "status: To Do",
            "status: open",
            "status: closed",
            "priority: 1",
            "priority: high",
            "parent: BACK-1",
            "parent_id: '1'",
            "dependencies: [BACK-1, '5.2', nope]",
            "deps: [back-1]",
            "created: 2026-01-02",
            "created_date: soon",
            "assignee: @ada",
            "odd: {a: [1, 2]}",
            "labels: a, b",
            "title: T",
            "title: [",
            "state: ready",
            "children: ['1', BACK-1]",
            "blocks: [é]",
            "x_backlog_id: mine",
        ]
    ),
    max_size=6,
    unique_by=lambda line: line.partition(":")[0],
)


def cares(source: str) -> st.SearchStrategy[Care]:
    """Every care that a source can be read with."""
    markers = st.booleans() if source == "backlog" else st.just(False)
    return st.builds(Care, st.booleans(), st.booleans(), st.booleans(), st.booleans(), markers)


@st.composite
def pages(draw: st.DrawFn, directory: str, config: str | None) -> tuple[dict[str, bytes], list[bytes]]:
    files: dict[str, bytes] = {} if config is None else {config: b""}
    bodies = []
    for number in range(draw(st.integers(1, 5))):
        front = "".join(f"{line}\n" for line in [f"id: {json.dumps(draw(IDS))}", *draw(LINES)])
        body = draw(BODIES)
        files[f"{directory}/f{number}.md"] = f"---\n{front}---\n".encode() + body
        bodies.append(body)
    return files, bodies


def values(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keys)


ISSUES = st.lists(
    values(
        id=IDS,
        title=TEXTS,
        description=TEXTS,
        status=st.sampled_from(["open", "closed", "blocked", "odd"]),
        priority=st.integers(0, 4) | st.none(),
        labels=st.lists(TEXTS, max_size=2) | TEXTS,
        created_at=TEXTS,
        dependencies=st.lists(
            st.fixed_dictionaries(
                {"depends_on_id": IDS, "type": st.sampled_from(["blocks", "parent-child", "related"])}
            ),
            max_size=2,
        ),
        odd=st.lists(st.none() | st.floats(allow_nan=False) | TEXTS, max_size=2),
    ),
    max_size=6,
)
SUBTASKS = st.lists(
    values(
        id=st.integers(1, 3),
        title=TEXTS,
        status=st.sampled_from(["done", "pending"]),
        dependencies=st.lists(IDS, max_size=2),
    ),
    max_size=3,
)
MASTER = st.lists(
    values(
        id=st.integers(1, 3),
        title=TEXTS,
        description=TEXTS,
        details=TEXTS,
        status=st.sampled_from(["done", "pending", "review"]),
        dependencies=st.lists(st.integers(1, 4), max_size=2),
        subtasks=SUBTASKS,
    ),
    max_size=4,
)
WARRIOR = st.lists(
    values(
        uuid=IDS,
        description=TEXTS,
        entry=st.just("20250103T120000Z") | TEXTS,
        status=st.sampled_from(["pending", "completed", "deleted"]),
        depends=st.lists(IDS, max_size=2),
        annotations=st.lists(st.fixed_dictionaries({"entry": TEXTS, "description": TEXTS}), max_size=2),
    ),
    max_size=5,
)
GITHUB = st.lists(
    values(
        number=st.integers(-1, 5),
        title=TEXTS,
        body=TEXTS,
        state=st.sampled_from(["OPEN", "CLOSED", "odd"]),
        labels=st.lists(st.fixed_dictionaries({"name": TEXTS}), max_size=2),
        closedAt=TEXTS,
    ),
    max_size=5,
)


def one_file(path: str, text: Callable[[Any], str], what: st.SearchStrategy[Any]) -> Any:
    def write(given: Any) -> tuple[dict[str, bytes], list[bytes]]:
        bodies = [each.get("description" if "beads" in path else "body") for each in given]
        found = [body.encode() for body in bodies if isinstance(body, str) and body.strip()]
        return {path: text(given).encode(errors="replace")}, found

    return what.map(write)


def text_file(path: str, lines: st.SearchStrategy[bytes]) -> Any:
    def write(given: list[bytes]) -> tuple[dict[str, bytes], list[bytes]]:
        whole = b"\n".join(given)
        bodies = (
            [line for line in whole.split(b"\n") if line.decode(errors="replace").strip()]
            if path == "todo.txt"
            else []
        )
        return {path: whole}, bodies

    return st.lists(lines, max_size=6).map(write)


SOURCES: dict[str, tuple[Any, str]] = {
    "backlog": (pages("backlog/tasks", "backlog/config.yml"), ""),
    "taskmd": (pages("tasks", ".taskmd.yaml"), ""),
    "tbd": (pages(".tbd/data-sync/issues", None), ""),
    "ticket": (pages(".tickets", None), ""),
    "taskplain": (pages("tasks/10-ready", None), ""),
    "markdown": (pages("notes", None), ""),
    "beads": (one_file(".beads/issues.jsonl", lambda all_: "\n".join(map(json.dumps, all_)), ISSUES), ""),
    "taskmaster": (one_file("tasks.json", lambda all_: json.dumps({"tasks": all_}), MASTER), ""),
    "taskwarrior": (one_file("w.json", json.dumps, WARRIOR), "w.json"),
    "github": (one_file("g.json", json.dumps, GITHUB), "g.json"),
    "todo.txt": (
        text_file(
            "todo.txt",
            st.binary(max_size=20)
            | TEXTS.map(lambda text: text.encode(errors="replace"))
            | st.sampled_from([b"x 2026-01-02 done", b"(A) a +b @c due:2026-01-01", b"same", b"x", b"(A)"]),
        ),
        "",
    ),
    "spec-kit": (
        text_file(
            "specs/001-x/tasks.md",
            st.binary(max_size=20)
            | st.sampled_from(
                [
                    b"- [ ] T001 a",
                    b"- [x] T001 b",
                    b"  more",
                    b"- [-] T002 [P] [US1] (depends on T001)",
                    b"```",
                    b"- [?] T3",
                    b"## P",
                ]
            ),
        ),
        "",
    ),
}
CHOICES = [("status", word, "ready") for word in ("odd", "review", "To Do", "open", "closed", "done")]
CHOICES += [("state", "odd", "ready"), ("box", "?", "idea")]


@pytest.mark.parametrize("source", SOURCES)
@given(data=st.data())
def test_a_source_comes_in_whole_or_is_refused_by_its_place(source: str, data: st.DataObject) -> None:
    strategy, place = SOURCES[source]
    files, bodies = data.draw(strategy)
    care = data.draw(cares(source))
    with tempfile.TemporaryDirectory() as name:
        root, old = Path(name) / "new", Path(name) / "old"
        (root / "tasks").mkdir(parents=True)
        (root / "tasks" / "tasks.toml").write_bytes(FLAT_SETTINGS)
        for path, content in files.items():
            (old / path).parent.mkdir(parents=True, exist_ok=True)
            (old / path).write_bytes(content)
        store = Store(root)
        refused = None
        try:
            done = migrate_tasks(store, MigrationRequest(old / place, source, _choose(source), care=care))
        except TaskfilesError as error:
            refused = error
        if refused is not None:
            assert refused.code in {"bad-source", "unmapped"}
            if refused.code == "bad-source":
                assert (refused.line or 0) >= 1
                assert Path(str(refused.path)).is_file()
            assert [*(root / "tasks").iterdir()] == [root / "tasks" / "tasks.toml"]
            return
        tasks = store.snapshot().tasks
        assert len(tasks) == len(done.made.plan.moved)
        written = [task.document.body for task in tasks]
        left_out = {each.place.path for each in done.made.plan.findings if each.code.startswith("no-")}
        if not left_out and not done.made.plan.options:
            assert all(any(body in each for each in written) for body in bodies)
        assert not [finding for finding in validate(store).findings if finding.severity == "error"]
        plain = Care(care.repair, care.loose)  # what shapes texts is kept in tasks.toml
        request = MigrationRequest(old / place, source, _choose(source), care=plain)
        proof = verify_migration(store, request).proof
        assert not [each for each in proof.differences if each.key == "body"]
        again = migrate_tasks(Store(root), MigrationRequest(old / place, source, _choose(source), care=care))
        assert not again.changed
        assert {each.outcome for each in again.made.plan.moved} <= {"same"}
        for path, content in files.items():
            assert (old / path).read_bytes() == content


def _choose(source: str) -> list[tuple[str, str, str]]:
    from taskfiles.migrate.registry import load_source

    rows = load_source(source).rows
    return [each for each in CHOICES if each[0] in rows and rows[each[0]].how == "word"]
