"""A python-frontmatter handler for task files: YAML 1.2, timestamps as text, nothing executed.

    >>> import frontmatter
    >>> post = frontmatter.loads("---\\nid: fix\\nanswer: no\\n---\\nText", handler=TaskHandler())
    >>> post["answer"], post.content
    ('no', 'Text')

python-frontmatter rewrites whole documents: comments and layout are lost. To change a file that people
edit by hand, use `taskfiles.update`.
"""

from __future__ import annotations

import re
from typing import Any

from frontmatter.default_handlers import BaseHandler

from taskfiles.errors import TaskfilesError
from taskfiles.task.keys import sort_keys
from taskfiles.task.values import plain_value
from taskfiles.text.nodes import MAX_DEPTH, YamlProblem
from taskfiles.text.yaml import read_yaml
from taskfiles.text.yaml_print import print_block


class TaskHandler(BaseHandler):
    """A handler for python-frontmatter's functions that parses and formats by this project's rules."""

    FM_BOUNDARY = re.compile(r"^---[ \t]*\r?$", re.MULTILINE)
    START_DELIMITER = END_DELIMITER = "---"

    def detect(self, text: str) -> bool:
        """Return whether a text begins with a fence."""
        return re.match(r"\ufeff?---[ \t]*(\r?\n|\Z)", text) is not None

    def split(self, text: str) -> tuple[str, str]:
        """Split a text into frontmatter and content."""
        _, front, content = self.FM_BOUNDARY.split(text.removeprefix("\ufeff"), 2)
        return front.lstrip("\r\n"), content

    def load(self, fm: str, **_: object) -> Any:
        """Parse frontmatter into plain values.

        Raises TaskfilesError (unreadable-task) with line and column of the file.
        """
        try:
            return read_yaml(fm).value or {}
        except YamlProblem as bad:
            from taskfiles.task.findings import front_position, make_finding  # noqa: PLC0415 (only a failure needs them)

            line, column = front_position(fm, bad.index)
            finding = make_finding(bad.code, "frontmatter", line, column, **bad.params)
            raise TaskfilesError(
                "unreadable-task", path="The frontmatter", line=line, column=column, problem=finding.message
            ) from None

    def export(self, metadata: dict[str, object], **_: object) -> str:
        """Format metadata as YAML, known keys in canonical order."""
        plain = plain_value(metadata, MAX_DEPTH)
        return "".join(print_block(sort_keys(plain), 0)[1:]).rstrip("\n")
