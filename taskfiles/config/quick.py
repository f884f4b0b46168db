"""The few settings that every write needs, read without the whole of `config` where the file is plain."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from taskfiles.task.keys import FORMAT

if TYPE_CHECKING:
    from taskfiles.config.model import Config


class Settings(NamedTuple):
    """The settings that writing looks at; `lock_timeout` and `lease` are in seconds.

    `telemetry` is false where no event is wanted.
    """

    format: int = FORMAT
    timestamps: bool = True
    lock_timeout: float = 10
    lease: float = 1800
    telemetry: bool = True

    @classmethod
    def of(cls, config: Config) -> Settings:
        """Take them from a whole configuration."""
        telemetry = config.telemetry.sinks != ["none"]
        return cls(config.format, config.timestamps, config.lock.timeout, config.lease.duration, telemetry)


def plain_settings(data: bytes | None) -> Settings | None:
    """Give the defaults where a file is absent or says no more than `tasks init` wrote; else None."""
    lines = [line.strip() for line in (data or b"").splitlines()]
    said = [line for line in lines if line and not line.startswith(b"#")]
    return Settings() if said in ([], [b"format = %d" % FORMAT]) else None
