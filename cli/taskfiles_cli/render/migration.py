"""A migration for people: the words of the source, keys without a place, findings by their kind."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from taskfiles.errors import number_of
from taskfiles.task.names import CONFIG_PATH
from taskfiles_cli.render.lines import Line, Painted, escape
from taskfiles_cli.render.table import lay_out

_NAMED = 3  # tables of one family; --output json names all
_SHOWN = 20  # findings that are shown one by one; warnings of one kind are one line with its first place


def render_migration(answer: Mapping[str, Any]) -> Iterator[Line]:
    """Yield the lines of an answer of `tasks migrate`."""
    total = sum(answer["counts"].values())
    how = " (guessed)" if answer["guessed"] else ""
    states = ", ".join(f"{count} {state}" for state, count in answer["states"].items())
    where = f"{answer['tool']}{how} in {escape(answer['directory'])}"
    yield ": ".join([where, number_of(total, "task"), *([states] if states else [])])
    if answer["words"]:
        yield ""
        yield from lay_out(["KEY", "WORD THERE", "HERE", "TASKS"], [_word(each) for each in answer["words"]])
    if answer["unplaced"]:
        yield ""
        rows = [
            [escape(each["key"]), escape(each["kept_as"]), str(each["count"])] for each in answer["unplaced"]
        ]
        yield from lay_out(["WITHOUT A PLACE", "KEPT AS", "TASKS"], rows)
    if answer["settings"]:
        yield ""
        yield from lay_out(["SETTING THERE", f"IN {CONFIG_PATH}"], _settings(answer["settings"]))
    if answer["idle"]:
        yield ""
        yield f"Settings without a place: {escape(', '.join(answer['idle']))}."
    yield from _render_texts(answer)
    if answer["findings"]:
        yield ""
        yield from _render_findings(answer["findings"])
    yield ""
    sum_up = ", ".join(f"{count} {name}" for name, count in answer["counts"].items())
    yield f"{sum_up}; nothing was written." if answer["dry_run"] else f"{sum_up}."


def render_proof(answer: Mapping[str, Any]) -> Iterator[Line]:
    """Yield the lines of an answer of `tasks migrate --verify`."""
    how = " (guessed)" if answer["guessed"] else ""
    yield f"{answer['tool']}{how} in {escape(answer['directory'])}: {number_of(answer['tasks'], 'task')}"
    if answer["states"]:
        yield ""
        rows = [[each["there"], escape(each["here"]), str(each["count"])] for each in answer["states"]]
        yield from lay_out(["STATE THERE", "STATE HERE", "TASKS"], rows)
    if answer["differences"]:
        yield ""
        yield from _render_differences(answer["differences"])
    yield ""
    if answer["gone"]:
        yield f"Not in this source, though from such a one: {number_of(len(answer['gone']), 'task')} here."
    if answer["verified"]:
        yield "Every task of the source is here with its values and its text."
    else:
        yield f"{number_of(len(answer['differences']), 'difference')}."


def _settings(settings: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Return a row for each setting of the source: the family of its tables, and the first names."""
    tables: dict[tuple[str, str], list[str]] = {}
    for each in settings:
        family, *names = each["table"]
        shown = ".".join(names)
        if each["name"] == "--map":
            shown += "".join(f" “{key}” = {word}" for key, word in each["values"].items())
        elif family == "migrate":
            shown += f" {', '.join(each['values'])}"
        tables.setdefault((each["name"], family), []).append(shown)
    rows = []
    for (name, family), names in tables.items():
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        rows.append([escape(name), escape(f"{family}: {', '.join(names[:_NAMED])}{more}")])
    return rows


def _render_texts(answer: Mapping[str, Any]) -> Iterator[Line]:
    """Yield what options change in the texts that are written: each reference and marker with its places."""
    found: dict[str, dict[tuple[str, ...], list[Mapping[str, Any]]]] = {"references": {}, "markers": {}}
    for kind, keys in (("references", ("old", "new")), ("markers", ("marker",))):
        for each in answer[kind]:
            found[kind].setdefault(tuple(escape(each[key]) for key in keys), []).append(each)
    for heads, kind in ((("REFERENCE THERE", "HERE"), "references"), (("DROPPED MARKER",), "markers")):
        rows = [
            [*names, str(len(places)), _first_places(places)]
            for names, places in sorted(found[kind].items(), key=lambda pair: -len(pair[1]))
        ]
        if rows:
            yield ""
            yield from lay_out([*heads, "TIMES", "AT"], rows[:_SHOWN])
        if len(rows) > _SHOWN:
            times = sum(len(places) for places in found[kind].values())
            yield f"and {len(rows) - _SHOWN} more, {times} times in all; --output json names all."
    if answer["in_code"]:
        yield ""
        yield f"In code, as they were: {number_of(answer['in_code'], 'reference')}."


def _first_places(places: Sequence[Mapping[str, Any]]) -> str:
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return f"{escape(places[0]['path'])}:{places[0]['line']}{more}"


def _render_differences(differences: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    for each in differences[:_SHOWN]:
        name = escape(each["old"]) or escape(str(each["source"]))
        if each["id"] is None:
            what = f"{name} is not here."
        elif each["key"] == "body":
            what = f"{each['id']}: the text differs from that of {name}."
        else:
            values = [escape(json.dumps(each[side], ensure_ascii=False)) for side in ("here", "source")]
            what = f"{each['id']}: {escape(each['key'])} is {values[0]} here and {values[1]} in {name}."
        yield Painted(f"{_place(each)}: ", "warning", "difference", f" {what}")
    if len(differences) > _SHOWN:
        yield f"and {len(differences) - _SHOWN} more; --output json names all."


def _word(each: Mapping[str, Any]) -> list[str]:
    here = f"{each['to']}: {each['word']}" if each["word"] is not None else "?"
    return [escape(each["key"]), escape(each["value"]) or "(none)", here, str(each["count"])]


def _render_findings(findings: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    errors = [each for each in findings if each["severity"] == "error"]
    for each in errors[:_SHOWN]:
        yield Painted(f"{_place(each)}: ", "error", "error", f"[{each['code']}] {escape(each['message'])}")
    if len(errors) > _SHOWN:
        yield f"and {number_of(len(errors) - _SHOWN, 'more error')}; --output json names all."
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    for each in findings:
        if each["severity"] != "error":
            kinds.setdefault(each["code"], []).append(each)
    for code, found in kinds.items():
        first = f"{_place(found[0])}: "
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        yield Painted(first, "warning", "warning", f"[{code}] {escape(found[0]['message'])}{more}")


def _place(finding: Mapping[str, Any]) -> str:
    return f"{escape(finding['path'])}:{finding['line']}:{finding['column']}"
