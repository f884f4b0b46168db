"""The syntax trees of sources, each parsed once: many house rules look at the same ones."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path


@cache
def parse(file: Path) -> ast.Module:
    """Return the tree of a file; whoever asks leaves it as it is."""
    return ast.parse(file.read_bytes())
