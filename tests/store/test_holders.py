"""Two files with one id: every command that takes the id refuses, whether or not there is an index."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.in_process import call
from support.indexed_projects import index_of, swap
from support.opened_files import opened
from support.project import Project
from taskfiles import Store, TaskfilesError
from taskfiles.store.holders import find_holders, is_named, read_holders

ALPHA = "tasks/10-ready/task-alpha.md"
BODY = "\n## Acceptance Criteria\n\n- [ ] x\n"
COPIES = {
    "a copy by hand": "---\nid: alpha\ntitle: T\nstate: ready\n---\n",
    "quoted": "---\nid: 'alpha'\ntitle: T\nstate: ready\n---\n",
    "in double quotes": '---\ntitle: T\nid: "alpha"\nstate: ready\n---\n',
    "in flow style": "---\n{title: T, state: ready, id: alpha}\n---\n",
    "with a quoted key": '---\n"id": alpha\ntitle: T\nstate: ready\n---\n',
    "with an escape": '---\nid: "\\x61lpha"\ntitle: T\nstate: ready\n---\n',
    "with an escaped key": '---\n"\\u0069d": "alp\\\n  ha"\ntitle: T\nstate: ready\n---\n',
    "with an anchor": "---\ntitle: &a alpha\nid: *a\nstate: ready\n---\n",
    "with Windows line ends": "---\r\nid: alpha\r\ntitle: T\r\nstate: ready\r\n---\r\n",
    "invalid": "---\nid: alpha\ntitle: T\nstate: none of ours\n---\n",
}
PLACES = [
    "tasks/10-ready/task-alpha copy.md",
    "tasks/10-ready/TASK-ALPHA.md",
    "tasks/10-ready/story-alpha.md",
    "tasks/notes/deep/x.md",
    "tasks/10-ready/task-beta.md",
]
COMMANDS = [
    ("update", "alpha", "--meta", "size=xl"),
    ("move", "alpha", "idea"),
    ("complete", "alpha", "--force", "enough"),
    ("pickup", "alpha", "--by", "me"),
    ("release", "alpha"),
    ("record", "alpha", "--status", "failed", "--tool", "t", "--duration-seconds", "1"),
    ("review", "alpha", "--reviewer", "me", "--approved"),
    ("rename", "alpha", "other"),
    ("delete", "alpha"),
    ("adopt", "alpha", "beta"),
    ("adopt", "beta", "alpha"),
    ("fmt", "alpha"),
    ("edit", "alpha"),
    ("new", "--title", "T", "--parent", "alpha"),
    ("run", "alpha", "--", "true"),
    ("plan", "alpha"),
    ("show", "alpha"),
]


@pytest.fixture(params=["with an index", "without"])
def indexed(request: pytest.FixtureRequest, old: Project) -> Project:
    """A project of files that the index knows, or whose index is missing."""
    if request.param == "with an index":
        assert call(old, "list").code == 0
        assert index_of(old).exists()
    return old


@pytest.mark.parametrize("copy", COPIES)
def test_an_id_in_two_files_is_ambiguous(indexed: Project, copy: str) -> None:
    indexed.write("tasks/10-ready/task-alpha copy.md", COPIES[copy] + BODY)
    before = indexed.tree()
    done = call(indexed, "update", "alpha", "--meta", "size=xl", "--output", "json")
    assert (done.code, done.error["code"]) == (3, "ambiguous-task")
    assert done.error["details"]["paths"] == ["tasks/10-ready/task-alpha copy.md", ALPHA]
    assert indexed.tree() == before
    if copy == "a copy by hand":  # and once it is remembered, too
        assert call(indexed, "list").code == 0
        assert call(indexed, "update", "alpha", "--meta", "size=xl").code == 3


@pytest.mark.parametrize("place", PLACES)
def test_the_name_of_the_copy_does_not_matter(indexed: Project, place: str) -> None:
    indexed.write(place, COPIES["a copy by hand"] + BODY)
    done = call(indexed, "update", "alpha", "--meta", "size=xl", "--output", "json")
    assert sorted(done.error["details"]["paths"]) == sorted([ALPHA, place])


@pytest.mark.parametrize("command", COMMANDS, ids=[" ".join(line[:2]) for line in COMMANDS])
def test_every_command_refuses(indexed: Project, command: tuple[str, ...]) -> None:
    indexed.write("tasks/10-ready/task-alpha copy.md", COPIES["a copy by hand"] + BODY)
    before = indexed.tree()
    done = call(indexed, *command, "--output", "json", env={"EDITOR": "true"})
    if command[0] == "run":
        done = call(indexed, "run", "alpha", "--output", "json", "--", "true")
    assert (done.code, done.error["code"]) == (3, "ambiguous-task"), done.err
    assert indexed.tree() == before


@pytest.mark.parametrize("layout", ["flat", "states"])
def test_a_file_that_only_its_name_makes_a_task(old: Project, layout: str) -> None:
    """An empty file directly in tasks/, old enough to be remembered; in the other layout it is not a task."""
    swap(old.root / "tasks", old.root / "aside/flat")
    text = (old.root / "tasks/tasks.toml").read_text()
    old.write("tasks/tasks.toml", text.replace("flat", layout))
    for _ in range(2):
        done = call(old, "show", "omega", "--output", "json")
        assert (done.code, done.error["code"]) == (
            (1, "unreadable-task") if layout == "flat" else (3, "no-such-task")
        )
        assert call(old, "list").code == 0
        assert index_of(old).exists()


def test_what_only_mentions_the_id_is_another_task(indexed: Project) -> None:
    indexed.task("other", depends_on="[alpha]", title="alpha", extra="x: alpha\n")
    indexed.write("tasks/notes.md", "id: alpha\n")
    indexed.write("tasks/10-ready/broken.md", "---\nid: alpha\n  bad: [\n---\n")
    assert call(indexed, "update", "alpha", "--meta", "size=xl").code == 0


def test_one_file_of_two_is_named_by_its_path(indexed: Project) -> None:
    copy = "tasks/10-ready/task-alpha copy.md"
    indexed.write(copy, COPIES["a copy by hand"] + BODY)
    assert call(indexed, "rename", copy, "other").code == 0
    assert call(indexed, "update", "alpha", "--meta", "size=xl").code == 0


def test_the_index_finds_what_the_bytes_show(old: Project) -> None:
    for number, text in enumerate(COPIES.values()):
        old.write(f"tasks/copies/{number}.md", text + BODY)
    ids = ["alpha", "beta", "shipped", "someday", "begun", "hidden", "gone", "about", "task"]
    known, plain = Store(old.root, index=True), Store(old.root)

    def holders(store: Store, task_id: str) -> list[str]:
        return sorted(each.task.path for each in read_holders(store.reader, task_id)[0])

    expected = {task_id: holders(plain, task_id) for task_id in ids}
    assert len(expected["alpha"]) == 1 + len(COPIES)
    assert {task_id: holders(known, task_id) for task_id in ids} == expected
    known.snapshot()
    assert {task_id: holders(known, task_id) for task_id in ids} == expected
    assert set(find_holders(known.reader, "gone")) <= {*plain.walk()}


@pytest.mark.parametrize("command", [("update", "alpha", "--meta", "size=xl"), ("show", "alpha")])
def test_other_files_that_the_index_knows_are_not_opened(old: Project, command: tuple[str, ...]) -> None:
    assert call(old, "list").code == 0
    with opened(old.root / "tasks") as files:
        assert call(old, *command).code == 0
    read = {Path(file).name for file in files if file.endswith(".md")}
    assert read == {"task-alpha.md"}


def test_a_missing_task_is_still_named_with_a_near_one(indexed: Project) -> None:
    with pytest.raises(TaskfilesError, match="Did you mean alpha") as caught:
        Store(indexed.root, index=True).get("alhpa")
    assert caught.value.exit == 3


@pytest.mark.parametrize("layout", ["flat", "states"])
def test_names_alone_say_that_an_id_is_there(project: Project, layout: str) -> None:
    """In any file with its name where the layout puts tasks; else all files are looked into."""
    project.write("tasks/tasks.toml", f'format = 1\nlayout = "{layout}"\n')
    named = {"flat": "tasks/task-7.md", "states": "tasks/30-done/2026-01-02 story-task-7.md"}[layout]
    text = "---\nid: other\ntitle: T\nstate: done\n---\n"
    for path in (named, "tasks/readme.md", "tasks/10-ready/task-fix.md"):
        project.write(path, text)
    project.write("tasks/deep/x.md", text.replace("other", "inside"))
    (project.root / "tasks/10-ready/task-place.md").mkdir()
    (project.root / "tasks/place.md").mkdir()
    store = Store(project.root)
    with opened(project.root / "tasks") as paths:
        assert is_named(store.reader, "task-7", layout)
        assert store.has("task-7")
    assert [path for path in paths if path.endswith(".md")] == []
    assert is_named(store.reader, "fix", layout) == (layout == "states")
    for other in ("7", "task", "readme", "place", "inside", "gone", "", "../deep/x", "a\0b"):
        assert not is_named(store.reader, other, layout)
    assert store.has("inside")
    assert not store.has("gone")
