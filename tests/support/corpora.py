"""Outside task files, from the directory that TASKS_CORPUS names; without it there are none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

TASKS = Path(os.environ.get("TASKS_CORPUS") or "/nonexistent") / "taskplain"  # state directories
FILES = sorted(TASKS.rglob("*.md"))
needs_corpus = pytest.mark.skipif(not FILES, reason="TASKS_CORPUS names no task files")
