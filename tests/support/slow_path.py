"""The slow way to every answer, which the fast ones are held to: definitions alone, nothing remembered.

On it the command line is read by typer, frontmatter by ruamel.yaml, each file by all rules, and there is no
index. The fast ways stand in few places, each of which may always give up; here they do.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from unittest import mock

from taskfiles.store.index import sound
from taskfiles.store.reader import Reader
from taskfiles.text import yaml
from taskfiles_cli.command import quick_list
from taskfiles_cli.line import completion, read


@contextlib.contextmanager
def slow_path() -> Iterator[None]:
    """Let this process go the slow way."""
    with contextlib.ExitStack() as stack:
        for owner, name in (
            (quick_list, "answer"),
            (read, "recognise"),
            (completion, "complete"),
            (yaml, "read_plain"),
            (sound, "read_sound"),
        ):
            stack.enter_context(mock.patch.object(owner, name, _give_up))
        stack.enter_context(mock.patch.object(Reader, "cache", None))
        yield


def _give_up(*_: object) -> None:
    """Be in doubt of everything."""
