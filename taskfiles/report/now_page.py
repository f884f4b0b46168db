"""The part of the page that says what goes on now, as HTML; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from taskfiles.basics.look import SIGNS
from taskfiles.report.labels import visible
from taskfiles.report.now import MOST, NowMaterial, Row

_NOBODY = "Nothing."


def write_now(material: NowMaterial) -> str:
    """Write the part: counts by state, then the lists."""
    counts = "".join(
        f"<div><dt>{_sign(state)}{escape(_word(state))}</dt><dd>{count:,}</dd></div>\n"
        for state, count in material.states.items()
    )
    lists: Sequence[tuple[str, str, Sequence[Row]]] = (
        ("progress", "In progress", material.progress),
        ("blocked", "Blocked or waiting", material.blocked),
        ("overdue", "Overdue", material.overdue),
        ("done", "Done in the last seven days", material.done),
    )
    return f"""<section aria-labelledby="now">
<h2 id="now">Now</h2>
<p>On {material.day}.</p>
<dl>
{counts}</dl>
<div class="lists">
{"".join(_list(*each) for each in lists)}</div>
</section>
"""


def _list(name: str, heading: str, rows: Sequence[Row]) -> str:
    head = f'<section aria-labelledby="now-{name}">\n<h3 id="now-{name}">{heading} ({len(rows):,})</h3>\n'
    if not rows:
        return f"{head}<p>{_NOBODY}</p>\n</section>\n"
    items = "".join(_items(rows[:MOST]))
    more = f"<p>{len(rows) - MOST:,} more.</p>\n" if len(rows) > MOST else ""
    return f"{head}<ul>\n{items}</ul>\n{more}</section>\n"


def _items(rows: Iterable[Row]) -> Iterable[str]:
    for row in rows:
        title = escape(visible(row.title)) or escape(visible(row.id))
        yield (
            f"<li>{_sign(row.state)}<bdi>{title}</bdi> <code>{escape(visible(row.id))}</code> "
            f"<bdi>{escape(visible(row.says))}</bdi></li>\n"
        )


def _word(state: str) -> str:
    return SIGNS[state].word if state in SIGNS else visible(state)


def _sign(state: str) -> str:
    if state not in SIGNS:
        return ""
    return f'<span class="s-{state}" aria-hidden="true">{SIGNS[state].icon}</span> '
