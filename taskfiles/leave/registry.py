"""The tools that tasks can be written for, each with its module of `targets`."""

from __future__ import annotations

from importlib import import_module

from taskfiles.leave.target import Target
from taskfiles.leave.tool import Tool


def load_target(tool: Tool) -> Target:
    """Return what writes for a tool."""
    name = tool.value.replace(".", "_")
    target: Target = import_module(f"taskfiles.leave.targets.{name}").TARGET
    return target
