"""Pieces that the schemas of outputs are put together from."""

from __future__ import annotations

from typing import Any

NULL = {"type": "null"}
TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
FLAG = {"type": "boolean"}
MAYBE_TEXT = {"type": ["string", "null"]}
MAYBE_COUNT = {"type": ["integer", "null"]}
UTC = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$"}
# An instant outside of attempts, of which a file may have the day alone.
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?Z)?$"}


def make_object(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An object with these properties, all required, open to those of later minor versions."""
    return {"type": "object", "properties": properties, "required": list(properties), **more}
