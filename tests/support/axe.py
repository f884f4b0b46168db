"""axe-core, which checks a page for what keeps people out: fetched by `.ci/surfaces`, named by TASKS_AXE."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from support.browser import Browser


def read_axe() -> str:
    """Read the script; where there is none, skip the test, or fail it where everything must be there."""
    given = os.environ.get("TASKS_AXE")
    if given is None:
        tell = pytest.fail if os.environ.get("TASKS_REQUIRE_ALL") else pytest.skip
        tell("TASKS_AXE names no axe.min.js")
    return Path(str(given)).read_text(encoding="utf-8")


def find_violations(page: Browser, axe: str) -> list[tuple[str, list[str]]]:
    """Return the rules that the page breaks, each with the elements that do."""
    page.run(f"{axe}; undefined")
    name = "node => node.html.slice(0, 200) + ' ' + (node.any[0]?.message ?? '')"
    give = f"found => found.violations.map(each => [each.id, each.nodes.map({name})])"
    answer: dict[str, Any] = page.ask(
        "Runtime.evaluate",
        expression=f"axe.run(document, {{resultTypes: ['violations']}}).then({give})",
        awaitPromise=True,  # nothing leaves the page meanwhile
        returnByValue=True,
    )
    found: list[tuple[str, list[str]]] = answer["result"]["value"]
    return found
