"""The settings that many commands need, kept for the bytes of tasks.toml: pydantic needs long for them."""

from __future__ import annotations

from taskfiles.backlog.snapshot import bad_config
from taskfiles.basics.digest import hex_digest
from taskfiles.config.quick import Settings
from taskfiles.store.index import reading


def read_settings(directory: str | None, root: str, data: bytes) -> Settings:
    """Return the settings of a file that is not plain: those kept for these bytes, else read and kept now.

    Raises TaskfilesError (bad-config).
    """
    found = find_settings(directory, root, data) if directory is not None else None
    if found is None:
        from taskfiles.config.model import parse_config  # noqa: PLC0415 (it needs pydantic)

        config, findings = parse_config(data)
        if config is None:
            raise bad_config(findings[0])
        found = Settings.from_config(config)
        if directory is not None:
            keep_settings(directory, root, data, found)
    return found


def find_settings(directory: str, root: str, data: bytes) -> Settings | None:
    """Return the settings that are kept for these bytes; None if none are, or they can't be read."""
    opened = reading.open_file(directory, reading.SETTINGS, root)
    if opened is None or opened.header.get("digest") != hex_digest(data):
        return None
    return Settings(*opened.header["values"])


def keep_settings(directory: str, root: str, data: bytes, settings: Settings) -> None:
    """Keep the settings that were read from these bytes, in place of those before."""
    from taskfiles.store.index import writing  # noqa: PLC0415 (once for each change of tasks.toml)

    header = {"digest": hex_digest(data), "values": tuple(settings)}
    writing.save_settings(directory, root, header)
