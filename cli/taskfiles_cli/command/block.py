"""The block for agents, as the topic file holds it, and what its injection answers."""

from __future__ import annotations

import os
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from taskfiles import TaskfilesError
from taskfiles.text.block import VERSION

if TYPE_CHECKING:
    from taskfiles.operations.inject import Injection


def block_text() -> str:
    """Read the text that stands in the block."""
    return (files("taskfiles_cli") / "topics" / "agents-block.md").read_text(encoding="utf-8")


def injection_change(injection: Injection) -> dict[str, Any]:
    """Give the entry of `changes_made` for a block that is put in; `from` and `to` name versions of it."""
    old = VERSION if injection.has_block else None
    return {"path": injection.path, "field": "block", "from": old, "to": VERSION}


def injection_sentence(injection: Injection, dry_run: bool = False) -> str:
    """Say what an injection did to its file."""
    verbs = ("Refreshed", "Would refresh") if injection.has_block else ("Added", "Would add")
    where = "in" if injection.has_block else "to"
    if injection.before is None:
        return f"{'Would create' if dry_run else 'Created'} {injection.path}"
    return f"{verbs[dry_run]} the block of `tasks` {where} {injection.path}"


def refuse_stale(injection: Injection) -> None:
    """Refuse a file whose block is missing or not the one of this version.

    Raises TaskfilesError (block-missing, block-stale).
    """
    if injection.changed:
        code = "block-stale" if injection.has_block else "block-missing"
        line = None if injection.before is None else injection.line
        name = os.path.relpath(injection.file)
        raise TaskfilesError(code, path=injection.path, line=line, column=line and 1, name=name)
