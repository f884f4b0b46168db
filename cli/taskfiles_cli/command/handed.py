"""What was handed to sinks and archives, as the event log tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskfiles.telemetry.actions import FAILED, PARTIAL, SUCCESS

if TYPE_CHECKING:
    from taskfiles import TaskfilesError
    from taskfiles_cli.command.session import Session


def tell_handed(
    session: Session, sink: str, records: int, *, changed: bool, served: bool, error: TaskfilesError | None
) -> None:
    """Tell once of all sinks: whether anything was new, and with an error whether any of them was served."""
    if error is None:
        reason = None if changed else "unchanged"
        session.tell(SUCCESS, reason=reason, payload={"sink": sink, "records": records})
    elif served:
        session.tell(PARTIAL, reason=error.code, payload={"sink": sink, "records": records})
    else:
        session.tell(FAILED, reason=error.code, payload={"sink": sink, "dropped": 0})
