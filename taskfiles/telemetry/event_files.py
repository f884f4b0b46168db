"""Files of events that a sink keeps: lines added whole or not at all, each id once."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping, Sequence
from typing import Any

from taskfiles.basics.jsontext import json_text
from taskfiles.store.disk import sync_directory
from taskfiles.store.shared import make_directories, share

_ID = re.compile(rb'"id":"([^"]{1,200})"')
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


def add_events(path: str, events: Sequence[Mapping[str, Any]]) -> int:
    """Add the events that a file doesn't hold yet, in one write, and give their number.

    The file is the clone's own: nobody else writes it. Where not all can be written nothing stays written.
    Raises OSError, also where something else than a regular file stands there.
    """
    directory = os.path.dirname(path)
    make_directories(directory)
    descriptor = os.open(path, _FLAGS, 0o644)
    with open(descriptor, "r+b", buffering=0) as file:
        share(descriptor, path)
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "it is not a regular file", path)
        content = file.read()
        known = set(_ID.findall(content))
        lines = []
        for event in events:
            key = str(event["id"]).encode("utf-8", "replace")
            if key not in known:
                known.add(key)
                lines.append(_encode(event))
        if not lines:
            return 0
        data = (b"\n" if content and not content.endswith(b"\n") else b"") + b"".join(lines)
        try:
            view = memoryview(data)
            while view:
                view = view[file.write(view) :]
            os.fsync(descriptor)
        except OSError as error:
            os.ftruncate(descriptor, status.st_size)
            error.filename = path
            raise
    if not status.st_size:
        sync_directory(directory)
    return len(lines)


def _encode(event: Mapping[str, Any]) -> bytes:
    return json_text(event).encode() + b"\n"
