"""The published JSON Schemas, read from the package; `docs/generate.py` builds them from the models."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def list_schemas() -> dict[str, str]:
    """Return each schema's name with its description."""
    return _read("index.json")


def read_schema(name: str) -> dict[str, Any]:
    """Return a schema. Raises FileNotFoundError where none has that name."""
    return _read(f"published/{name}.json")


def _read(path: str) -> dict[str, Any]:
    text = files("taskfiles.schema").joinpath(path).read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content
