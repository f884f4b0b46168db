"""The interface through which rules read a task file; `Task` implements it."""

from __future__ import annotations

from typing import Any, Protocol

from taskfiles.text.document import Document
from taskfiles.text.nodes import Value


class Source(Protocol):
    """A readable task file; `path` is relative to the project's root, with `/`."""

    path: str

    @property
    def document(self) -> Document:
        """The file's text, split into its parts."""

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
        """The kind as it is in the file; not checked."""

    @property
    def state(self) -> Any:
        """The state as it is in the file; not checked."""
