"""Who calls, as the journal has it."""

from __future__ import annotations

from taskfiles.basics.named_tuple import NamedTuple


class Caller(NamedTuple):
    """Who calls, for the journal: the id of the run, and `actor`, which distinguishes callers.

    Without an actor no change counts as the caller's own. Changes under one `command` are undone together;
    without one each change is undone by itself.
    """

    run_id: str = ""
    actor: str = ""
    command: str = ""


NOBODY = Caller()
