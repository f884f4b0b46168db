"""Links for faces: what can be opened from a page, and what only stands there."""

from __future__ import annotations

from typing import Any

import pytest

from taskfiles_cli.surface.linking import Named, list_links


def find(task_id: Any) -> Named:
    return Named(str(task_id), "Title" if task_id == "a" else None, "ready" if task_id == "a" else None)


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ({"type": "url", "url": "https://example.org/a?b=c"}, "https://example.org/a?b=c"),
        ({"type": "url", "url": "mailto:ana@example.org"}, "mailto:ana@example.org"),
        ({"type": "url", "url": "javascript:alert(1)"}, None),
        ({"type": "url", "url": " https://example.org"}, None),
        ({"type": "url", "url": "data:text/html,x"}, None),
        ({"type": "url", "url": 5}, None),
        ({"type": "github_issue", "repo": "o/r", "number": 12}, "https://github.com/o/r/issues/12"),
        ({"type": "github_issue", "number": 12}, None),
        ({"type": "github_issue", "repo": "o/../r?", "number": 12}, None),
        ({"type": "github_issue", "repo": "o/r", "number": True}, None),
        ({"type": "file", "path": "src/a.py"}, None),
        ("text", None),
    ],
)
def test_only_what_is_safe_is_an_address(link: Any, address: str | None) -> None:
    (found,) = list_links([link], find)
    assert (found.address, found.task) == (address, None)


def test_tasks_are_named_with_their_relation() -> None:
    links = [{"type": "task", "id": "a"}, {"type": "task", "id": "gone", "relation": "duplicates"}]
    first, second = list_links(links, find)
    assert (first.relation, first.task) == ("related to", Named("a", "Title", "ready"))
    assert (second.relation, second.text) == ("duplicates", "duplicates task gone")
    assert second.task is not None
    assert second.task.title is None
    assert list_links(None, find) == []
    assert list_links("odd", find)[0].text == "odd"
