"""Markdown files with YAML before the text, as other tools have them; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from taskfiles.text.nodes import Value
from taskfiles.text.yaml_print import print_block

_LONGEST = 80


def write_page(values: Mapping[str, Value], body: bytes) -> bytes:
    """Return a file's bytes; its lines end as those of the body."""
    newline = "\r\n" if body.partition(b"\n")[0].endswith(b"\r") else "\n"
    front = "".join(print_block(dict(values), 0, newline=newline)[1:])
    return f"---{newline}{front}---{newline}".encode() + body


def write_name(text: str) -> str:
    """Return the words of a text as a part of a file name.

    >>> write_name("Fix: the navbar/header?")
    'Fix-the-navbar-header'
    """
    return "-".join(re.findall(r"[A-Za-z0-9_.]+", text))[:_LONGEST].strip("-.")


def choose_path(directory: str, name: str, taken: set[str]) -> str:
    """Return a free path for a file, whatever case the file system ignores, and note it as taken."""
    path, number = f"{directory}{name}.md", 2
    while path.casefold() in taken:
        path, number = f"{directory}{name}-{number}.md", number + 1
    taken.add(path.casefold())
    return path
