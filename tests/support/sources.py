"""What rules may be asked about that is not a file yet: a source with just what the protocol names."""

from __future__ import annotations

from typing import Any, NamedTuple

from support.project import BODY
from taskfiles.task.source import Source
from taskfiles.text.document import Document


class Draft(NamedTuple):
    """The least that a source may be: not yet a file, say."""

    values: dict[str, Any]
    text: str = BODY
    path: str = "tasks/10-ready/task-fix.md"

    @property
    def document(self) -> Document:
        return Document(b"---\n", "id: fix\n", b"---\n", self.text.encode())

    @property
    def body(self) -> str:
        return self.text

    @property
    def id(self) -> str:
        return str(self.values["id"])

    @property
    def kind(self) -> Any:
        return self.values.get("kind", "task")

    @property
    def state(self) -> Any:
        return self.values.get("state")


def draft(text: str = BODY, path: str = "tasks/10-ready/task-fix.md", **values: Any) -> Source:
    """Make a source of a ready task with these values."""
    return Draft({"id": "fix", "title": "Fix", "state": "ready", **values}, text, path)


def tried(*given: dict[str, Any]) -> Source:
    """Make a source with these attempts."""
    return draft(execution={"attempts": list(given)})
