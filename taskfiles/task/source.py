"""What rules see of a task file: its path, text and values; `Task` is one."""

from __future__ import annotations

from typing import Any, Protocol

from taskfiles.text.document import Document
from taskfiles.text.nodes import Value


class Source(Protocol):
    """A readable task file as a rule sees it; `path` is relative to the project's root, with `/`."""

    path: str

    @property
    def document(self) -> Document:
        """The file's text in its parts."""

    @property
    def values(self) -> dict[str, Value]:
        """The frontmatter's own keys and values, without defaults."""

    @property
    def body(self) -> str:
        """The text below the frontmatter."""

    @property
    def id(self) -> str:
        """The id; always valid."""

    @property
    def kind(self) -> Any:
        """The kind as it stands."""

    @property
    def state(self) -> Any:
        """The state as it stands."""
