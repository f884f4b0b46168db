"""A view without what lies outside of its files: the claims of the clone, and the clock."""

from __future__ import annotations

from datetime import datetime

from taskfiles.backlog.board import order_key
from taskfiles.backlog.query import latest_activity
from taskfiles_cli.surface.mirror import View


def find_latest(view: View) -> datetime | None:
    """Return the latest instant that a task's file says something happened at; None if none does."""
    instants = (latest_activity(task, view.zone) for task in view.backlog.tasks)
    return max((instant for instant in instants if instant is not None), default=None)


def without_claims(view: View) -> View:
    """Return a view in which nobody holds anything."""
    keys = {task.path: order_key(task, {}) for task in view.backlog.tasks}
    return view._replace(claims={}, keys=keys, changes_at=None)
