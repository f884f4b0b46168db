"""All verdicts as a table, and below it what is wrong, or empty and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .judge import Verdict


def render(
    versions: Mapping[str, str], scenarios: Sequence[str], found: Mapping[tuple[str, str], Verdict]
) -> str:
    """Lay a table out in Markdown: scenarios down, agents across; notes stand below it.

    >>> print(render({"codex": "1.0.0"}, ["good run", "budget"], {("codex", "good run"): Verdict()}))
    | scenario | codex 1.0.0 |
    | -------- | ----------- |
    | good run | right       |
    | budget   | –           |
    """
    notes: dict[str, int] = {}
    lines = [["scenario"]]
    for name, version in versions.items():
        reasons: dict[str, dict[str, None]] = {}
        for field, reason in (
            each for key, verdict in found.items() if key[0] == name for each in verdict.always
        ):
            reasons.setdefault(reason, {})[field] = None
        said = [f"{', '.join(fields)} in all runs: {reason}" for reason, fields in reasons.items()]
        lines[0].append(_with_notes(f"{name} {version}", name, said, notes))
    for scenario in scenarios:
        cells = (_cell(name, found.get((name, scenario)), notes) for name in versions)
        lines.append([scenario, *cells])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rows = [_row(cells, widths) for cells in lines]
    rows.insert(1, _row(["-" * width for width in widths], widths))
    return "\n".join(
        [*rows, *([""] if notes else []), *(f"{number}. {note}" for note, number in notes.items())]
    )


def _cell(name: str, verdict: Verdict | None, notes: dict[str, int]) -> str:
    if verdict is None:
        return "–"
    said = [*verdict.wrong, *(f"{field}: empty" for field in verdict.unexplained), *verdict.empty]
    return _with_notes(verdict.word, name, said, notes)


def _with_notes(text: str, name: str, said: Sequence[str], notes: dict[str, int]) -> str:
    numbers = [notes.setdefault(f"{name}: {each}", len(notes) + 1) for each in said]
    return " ".join([text, *(f"[{number}]" for number in numbers)])


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return f"| {' | '.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))} |"
