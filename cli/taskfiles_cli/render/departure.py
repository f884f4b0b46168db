"""What was written for another tool, for people: words there and back, keys without a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from taskfiles.errors import number_of
from taskfiles_cli.render.lines import Line, escape
from taskfiles_cli.render.table import lay_out


def render_departure(answer: Mapping[str, Any]) -> Iterator[Line]:
    """Yield the lines of an answer of `tasks export --to`."""
    states = ", ".join(f"{count} {state}" for state, count in answer["states"].items())
    where = f"{answer['tool']} in {escape(answer['directory'])}"
    yield ": ".join([where, number_of(answer["tasks"], "task"), *([states] if states else [])])
    if answer["words"]:
        yield ""
        yield from lay_out(
            ["KEY", "HERE", "THERE", "BACK", "TASKS"], [_word(each) for each in answer["words"]]
        )
    for key, heading in (("unplaced", "WITHOUT A PLACE"), ("added", "ADDED THERE")):
        if answer[key]:
            yield ""
            rows = [[escape(each["key"]), str(each["count"])] for each in answer[key]]
            yield from lay_out([heading, "TASKS"], rows)
    yield ""
    count = number_of(len(answer["files"]), "file")
    yield f"{count}; nothing was written." if answer["dry_run"] else f"{count} written."


def _word(each: Mapping[str, Any]) -> list[str]:
    there = "?" if each["word"] is None else f"{each['to']}: {each['word'] or '(none)'}"
    return [each["key"], each["value"], escape(there), ", ".join(each["back"]) or "-", str(each["count"])]
