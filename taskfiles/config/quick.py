"""The few settings that many commands need, read without pydantic if the file is plain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.task.keys import FORMAT
from taskfiles.task.layout import LAYOUTS, STATES

if TYPE_CHECKING:
    from taskfiles.config.model import Config


class Settings(NamedTuple):
    """The settings that many commands need; `lock_timeout` and `lease` are in seconds.

    `telemetry` is false if no events are wanted; `timezone` is the IANA name of the project's time zone;
    `complete_require` is what a task must have before it can be done; `created_by` whether a new task says
    who wrote it. `milestones` are those with a due day, and that day; `templates` is whether there are any;
    `allow_partial` is whether a plan goes on when a task has failed.
    """

    format: int = FORMAT
    timestamps: bool = True
    lock_timeout: float = 10
    lease: float = 1800
    telemetry: bool = True
    timezone: str = "UTC"
    layout: str = STATES
    complete_require: frozenset[str] = frozenset()
    created_by: bool = False
    milestones: tuple[tuple[str, str], ...] = ()
    templates: bool = False
    allow_partial: bool = True

    @classmethod
    def from_config(cls, config: Config) -> Settings:
        """Return these settings of a whole configuration."""
        telemetry = config.telemetry.sinks != ["none"]
        return cls(
            format=config.format,
            timestamps=config.timestamps,
            lock_timeout=config.lock.timeout,
            lease=config.lease.duration,
            telemetry=telemetry,
            timezone=config.timezone,
            layout=str(config.layout or STATES),
            complete_require=frozenset(map(str, config.complete.require)),
            created_by=config.new.created_by,
            milestones=tuple(
                (name, each.due.isoformat()) for name, each in config.milestones.items() if each.due
            ),
            templates=bool(config.templates),
            allow_partial=config.run.allow_partial,
        )


def plain_settings(data: bytes | None) -> Settings | None:
    """Return the settings of a file that is absent or sets only format and layout, as `init` writes it.

    None for any other file.
    """
    lines = [line.strip() for line in (data or b"").splitlines()]
    left = [line for line in lines if line and not line.startswith(b"#")]
    if left[:1] == [b"format = %d" % FORMAT]:
        del left[0]
    if not left:
        return Settings()
    layout = next((word for word in LAYOUTS if left == [b'layout = "%s"' % word.encode()]), None)
    return Settings(layout=layout) if layout else None
