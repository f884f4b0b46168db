"""Generate docs/events.lock.json, which holds version 1 of the events; `docs/generate.py` calls this.

Where a schema changed by more than additions, nothing is generated. Before the first release, deleting the
file begins a new lock.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from schema.compatibility import find_breaks, strip_notes
from schema.outputs import SCHEMAS, build_schema

LOCK = "docs/events.lock.json"


def lock(root: Path) -> str:
    """Give the schemas of all events and payloads. Raises SystemExit where that would break version 1."""
    names = [name for name in SCHEMAS if name.startswith(("event.", "payload."))]
    schemas = {name: strip_notes(build_schema(name)) for name in names}
    path = root / LOCK
    locked: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    broken = [f"{name}: the schema is gone" for name in locked if name not in schemas]
    for name in names:
        broken += [f"{name} {text}" for text in find_breaks(locked.get(name, schemas[name]), schemas[name])]
    if broken:
        raise SystemExit("\n".join(["Version 1 of the events is locked; additions only.", *broken]))
    return json.dumps(schemas, indent=1) + "\n"
