"""Use case: name the files that git has not merged, whatever their text looks like."""

from __future__ import annotations

from taskfiles.store.disk import read_regular
from taskfiles.store.store import Store
from taskfiles.store.unmerged import find_unmerged
from taskfiles.task.findings import Finding, make_finding
from taskfiles.text.document import find_marker, position


def check_merges(store: Store) -> list[Finding]:
    """Return a finding for each file below `tasks/` that is unmerged, at its first marker if it has one."""
    return [
        make_finding("unmerged", path, *_place(store, path))
        for path in find_unmerged(store.repository, store.root)
    ]


def _place(store: Store, path: str) -> tuple[int, int]:
    try:
        content = read_regular(store.reader.file(path))
    except OSError:  # one side has deleted it
        content = None
    data = content[0] if content is not None else b""
    marker = find_marker(data)
    return (1, 1) if marker is None else position(data, marker)
