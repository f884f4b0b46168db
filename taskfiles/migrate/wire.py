"""A migration as JSON."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from taskfiles.migrate.foreign import Setting, SourceFinding
from taskfiles.migrate.plan import Plan, Text
from taskfiles.migrate.verify import Proof


def finding_object(finding: SourceFinding) -> dict[str, Any]:
    """Return a finding of a source as JSON has it."""
    place, code, severity, message = finding
    return {**place._asdict(), "code": code, "severity": severity, "message": message}


def values_object(setting: Setting) -> dict[str, Any]:
    """Return the keys of a table of tasks.toml as JSON has them."""
    return {
        key: value.isoformat() if isinstance(value, date) else value for key, value in setting.values.items()
    }


def plan_object(found: Plan) -> dict[str, Any]:
    """Return what a migration does as JSON has it: words, keys without a place, settings, findings, ids."""
    counts = Counter(each.outcome for each in found.moved)
    states = Counter(each.state for each in found.moved)
    return {
        "counts": {name: counts[name] for name in ("new", "changed", "same")},
        "states": dict(sorted(states.items())),
        "words": [
            {
                "key": each.row,
                "value": each.value,
                "to": each.key,
                "word": each.word,
                "count": found.met[each],
            }
            for each in sorted(found.met, key=lambda each: (each.row, -found.met[each], each.value))
        ],
        "unplaced": [
            {"key": key, "kept_as": name, "count": count}
            for (key, name), count in sorted(found.unplaced.items())
        ],
        "settings": [
            {"name": each.name, "table": list(each.path), "values": values_object(each)}
            for each in found.settings
        ],
        "idle": found.idle,
        "options": found.options,
        "references": [
            {**_place_object(text, each.line), "old": each.old, "new": each.new}
            for text in found.texts
            for each in text.shaped.references
        ],
        "in_code": sum(len(text.shaped.in_code) for text in found.texts),
        "markers": [
            {**_place_object(text, each.line), "marker": each.marker}
            for text in found.texts
            for each in text.shaped.markers
        ],
        "findings": [finding_object(each) for each in found.findings],
        "ids": [
            {"old": each.old_id, "id": each.id, "state": each.state, "outcome": each.outcome}
            for each in found.moved
        ],
    }


def _place_object(text: Text, line: int) -> dict[str, Any]:
    place = text.task.at_text(line)
    return {"path": place.path, "line": place.line, "id": text.id}


def proof_object(proof: Proof) -> dict[str, Any]:
    """Return a comparison as JSON has it: how many tasks in which state there and here, what differs."""
    return {
        "verified": not proof.differences,
        "tasks": sum(proof.states.values()),
        "states": [
            {"there": there, "here": here, "count": count}
            for (there, here), count in sorted(proof.states.items())
        ],
        "differences": [
            {
                **each.place._asdict(),
                "old": each.old_id,
                "id": each.id,
                "key": each.key,
                "source": each.source,
                "here": each.here,
            }
            for each in proof.differences
        ],
    }
