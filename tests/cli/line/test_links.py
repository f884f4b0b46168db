"""Links as people type them: what they become, what removes them, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from support.in_process import call
from support.project import Project
from taskfiles import TaskfilesError
from taskfiles_cli.line.links import read_link


@pytest.fixture
def linked(project: Project) -> Project:
    project.task("a")
    project.task("b")
    return project


@pytest.mark.parametrize(
    ("typed", "link"),
    [
        ("https://example.org/a?b#c", {"type": "url", "url": "https://example.org/a?b#c"}),
        ("mailto:ana@example.org", {"type": "url", "url": "mailto:ana@example.org"}),
        ("src/app.py", {"type": "file", "path": "src/app.py"}),
        ("app.py", {"type": "file", "path": "app.py"}),
        ("b", {"type": "task", "id": "b", "relation": "related"}),
        ("task-b", {"type": "task", "id": "b", "relation": "related"}),
        ("Supersedes: b", {"type": "task", "id": "b", "relation": "supersedes"}),
        ("discovered_from:b", {"type": "task", "id": "b", "relation": "discovered-from"}),
        ("#12", {"type": "github_issue", "number": 12}),
        ("o/r#12", {"type": "github_issue", "repo": "o/r", "number": 12}),
        ("ENG-4", {"type": "linear", "key": "ENG-4"}),
        ("{type: url, url: 'x:y', title: T}", {"type": "url", "url": "x:y", "title": "T"}),
    ],
)
def test_what_is_typed_says_what_it_is(linked: Project, typed: str, link: Any) -> None:
    assert read_link(linked.store, "--link", typed) == link


@pytest.mark.parametrize("typed", ["", "two words", "/etc/passwd", "../a.py", "blocks:b", "x:y"])
def test_what_leads_nowhere_is_refused(linked: Project, typed: str) -> None:
    with pytest.raises(TaskfilesError) as error:
        read_link(linked.store, "--link", typed)
    assert error.value.code == "bad-value"


def test_links_are_added_shown_and_removed(linked: Project) -> None:
    titled = "{type: url, url: 'https://x.y/', title: How}"
    assert call(linked, "update", "a", "--link", "b", "--link", titled, "--link", "src/a.py").code == 0
    assert call(linked, "update", "a", "--link", "b").out.startswith("No change")
    shown = call(linked, "show", "a").out
    for line in ("links             related to task b\n", "  How: https://x.y/\n", "  file src/a.py\n"):
        assert line in shown
    removed = call(
        linked, "update", "a", "--remove", "links=b", "--remove", "links=https://x.y/", "-o", "json"
    )
    assert removed.json["task"]["links"] == [{"type": "file", "path": "src/a.py"}]


def test_a_task_that_is_linked_to_must_exist_and_can_be_deleted(linked: Project) -> None:
    missing = call(linked, "update", "a", "--link", "nope")
    assert (missing.code, "no task nope" in missing.err) == (3, True)
    assert call(linked, "update", "a", "--link", "nope", "--allow-missing").code == 0
    made = call(linked, "new", "C", "--link", "discovered-from:b", "-o", "json").json["task"]
    assert made["links"] == [{"type": "task", "id": "b", "relation": "discovered-from"}]
    assert call(linked, "delete", "b").code == 0
    assert call(linked, "update", "c", "--link", "a").code == 0  # what leads nowhere already is no hindrance


def test_entries_link_to_each_other(linked: Project) -> None:
    entries = '[{"title": "One", "ref": "o"}, {"title": "Two", "links": [{"type": "task", "id": "o"}]}]'
    assert call(linked, "new", "--from", "-", stdin=entries).code == 0
    assert linked.get("two").get("links") == [{"type": "task", "id": "one"}]
    unknown = '[{"title": "Three", "links": [{"type": "task", "id": "nope"}]}]'
    assert "neither a task nor an entry" in call(linked, "new", "--from", "-", stdin=unknown).err
