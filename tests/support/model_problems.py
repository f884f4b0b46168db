"""The problems that pydantic finds in a value, in the form of the key table's: the reference for its law."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from taskfiles.task.model import Part
from taskfiles.text.nodes import Path


def model_problems(model: type[Part], value: object) -> list[tuple[str, Path, dict[str, Any]]]:
    """Check a value against a model: (finding code, path, parts of the sentence) each."""
    try:
        model.model_validate(value)
    except ValidationError as error:
        return [_problem(detail) for detail in error.errors(include_url=False, include_input=False)]
    return []


def _problem(detail: Any) -> tuple[str, Path, dict[str, Any]]:
    path: Path = tuple(detail["loc"])
    if detail["type"] == "missing":
        return "missing-key", path, {"key": path[-1]}
    params = dict(detail.get("ctx", {}))
    if detail["type"] == "missing-key":
        path = (*path, params["key"])
    if "-" not in detail["type"]:  # pydantic's own: only text that is not Unicode gets this far
        found = {"found": "text that is not UTF-8", "wanted": "text", "remedy": "Write it in UTF-8."}
        return "wrong-type", path, found
    return detail["type"], path, params
