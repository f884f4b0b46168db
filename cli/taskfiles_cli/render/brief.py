"""An answer in JSON without what says nothing: nulls, empty lists, defaults, reasons of 0 points, copies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskfiles.task.keys import DEFAULTS

_USUAL = {"valid": True, "dry_run": False, "points": 0}
_EMPTY: tuple[Any, ...] = (None, [], {})
_LEFT = "execution"  # what the file holds there stands as it is


def make_brief(answer: Any) -> Any:
    """Return an answer without what says nothing; absent means the default, as in a task's file.

    >>> make_brief({"id": "a", "size": "medium", "labels": [], "valid": True, "reasons": [{"points": 0}]})
    {'id': 'a'}
    """
    if isinstance(answer, Mapping) and isinstance(task := answer.get("task"), dict):
        answer = dict(answer)
        if "tasks" in answer:
            answer["tasks"] = [each for each in answer["tasks"] if each["id"] != task["id"]]
        if answer.get("claim") is not None:
            answer["task"] = {key: value for key, value in task.items() if key != "claim"}
    return _prune(answer)


def _prune(value: Any) -> Any:
    if isinstance(value, list):
        return [_prune(each) for each in value if not (isinstance(each, dict) and each.get("points") == 0)]
    if not isinstance(value, dict):
        return value
    is_task = "id" in value
    pruned = {
        key: each if key == _LEFT else _prune(each)
        for key, each in value.items()
        if not (is_task and key in DEFAULTS and _same(each, DEFAULTS[key]))
        and not (key in _USUAL and _same(each, _USUAL[key]))
    }
    return {key: each for key, each in pruned.items() if each not in _EMPTY}


def _same(value: Any, default: Any) -> bool:
    return type(value) is type(default) and bool(value == default)
