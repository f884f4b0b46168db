"""The figures of all rows, their ratios, and what the limits say to them."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from measure import Measured
from rows import PASS

Key = tuple[str, int]
COLUMNS = {
    "seconds": "min ms",
    "median": "median ms",
    "mib": "MiB",
    "pass": "x pass",
    "floor": "x floor",
    "beyond_scan": "beyond scan",
    "linear": "per task",
    "over_warm": "+ warm ms",
}
_MILLISECONDS = ("seconds", "median", "over_warm")
_WARM = "list, warm"


def figure(measured: Mapping[Key, list[Measured]]) -> dict[Key, dict[str, float]]:
    """Work every row's figures out.

    `seconds` (least) and `median` are CPU seconds, `mib` the highest peak. Ratios are of least times: to
    `pass`; to the floor of the same size (`floor`); to `pass` after taking off the scan of the same size
    (`beyond_scan`); of what a task costs, start taken off, to the same at the next smaller size (`linear`).
    `over_warm` is what a list takes more than a warm one of the same size, in CPU seconds.
    """
    least = {key: min(each.seconds for each in runs) for key, runs in measured.items()}
    bare = least[PASS, 0]
    found = {}
    for key, runs in measured.items():
        found[key] = {
            "seconds": least[key],
            "median": statistics.median(each.seconds for each in runs),
            "mib": max(each.mib for each in runs),
            "pass": least[key] / bare,
        }
        size = key[1]
        if size and key[0].startswith("list, ") and (_WARM, size) in least:
            found[key]["over_warm"] = least[key] - least[_WARM, size]
        if size:
            scan = least["scan", size] - bare
            found[key] |= {
                "floor": least[key] / least["floor", size],
                "beyond_scan": (least[key] - scan) / bare,
            }
    for name in {name for name, size in measured if size}:
        sizes = sorted(size for other, size in measured if other == name)
        cost = {size: (least[name, size] - bare) / size for size in sizes}
        for smaller, larger in pairwise(sizes):
            found[name, larger]["linear"] = cost[larger] / cost[smaller]
    return found


def render(figures: Mapping[Key, Mapping[str, float]]) -> str:
    """Lay the figures out as a Markdown table, by row and size."""
    order = {name: place for place, name in enumerate(dict.fromkeys(name for name, _ in figures))}
    lines = [["row", "tasks", *COLUMNS.values()]]
    for name, size in sorted(figures, key=lambda key: (order[key[0]], key[1])):
        cells = (_cell(column, figures[name, size].get(column)) for column in COLUMNS)
        lines.append([name, f"{size:,}" if size else "", *cells])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(_line(cells, widths) for cells in (lines[0], rule, *lines[1:]))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    return (
        " | ".join(["| " + first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]) + " |"
    )


def _cell(column: str, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value * 1000:,.1f}" if column in _MILLISECONDS else f"{value:.2f}"


def compare(
    figures: Mapping[Key, Mapping[str, float]], limits: Mapping[str, Mapping[str, Mapping[str, float]]]
) -> tuple[list[str], list[str]]:
    """Compare with limits by row, size and column.

    Gives those that are missed, and those of the measured sizes that nothing was measured for.
    """
    missed, unknown = [], []
    sizes = {size for _, size in figures}
    for key, column, limit in _each(limits):
        label = " ".join(str(part) for part in key if part)
        value = figures.get(key, {}).get(column)
        if value is None and key[1] in sizes:
            unknown.append(f"{label}: {column}")
        elif value is not None and value > limit:
            missed.append(f"{label}: {column} {value:.3g}, limit {limit:g}")
    return missed, unknown


def _each(limits: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Iterable[tuple[Key, str, float]]:
    for name, sizes in limits.items():
        for size, columns in sizes.items():
            for column, limit in columns.items():
                if column not in COLUMNS:
                    raise ValueError(f"{name}, {size}: there is no column {column}")
                yield (name, int(size)), column, limit
