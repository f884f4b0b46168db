"""Import of optional packages, which only some commands need and only some installations have."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from taskfiles.errors import TaskfilesError


def import_extra(module: str, extra: str) -> Any:
    """Import a module that an extra of this package installs.

    Raises TaskfilesError (missing-extra), which names the extra.

    >>> import_extra("json", "none").loads("5")
    5
    """
    try:
        return import_module(module)
    except ImportError as error:
        problem = (
            "there is no such module" if isinstance(error, ModuleNotFoundError) else "it can't be loaded"
        )
        raise TaskfilesError("missing-extra", module=module, problem=problem, extra=extra) from error
