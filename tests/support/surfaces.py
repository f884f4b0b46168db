"""Marks of tests that need another program than git and Python: `.ci/surfaces` runs them, part by part."""

from __future__ import annotations

import pytest

BROWSER = pytest.mark.surface(part="browser")
PROGRAMS = pytest.mark.surface(part="programs")
SPARK = pytest.mark.surface(part="spark")
