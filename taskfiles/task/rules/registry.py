"""The registry of rules: each rule registers itself with the codes that it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskfiles.task.codes import FINDINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from taskfiles.task.findings import Problem
    from taskfiles.task.source import Source

    Rule: TypeAlias = Callable[[Source], Iterator[Problem]]

# Those that can find an error, apart from the rest: whether a task is valid is asked far more often than
# what else could be said about it.
ERROR_RULES: list[Rule] = []
OTHER_RULES: list[Rule] = []
FOUND: set[str] = set()  # the codes of all rules


def finds(*codes: str) -> Callable[[Rule], Rule]:
    """Register a rule that looks at one file, with the codes of the findings that it yields."""
    rules = ERROR_RULES if any(FINDINGS[code].severity == "error" for code in codes) else OTHER_RULES
    FOUND.update(codes)

    def register(rule: Rule) -> Rule:
        rules.append(rule)
        return rule

    return register
