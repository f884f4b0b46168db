"""One task as lines of text, as `tasks show` has them on a terminal."""

from __future__ import annotations

from taskfiles_cli.render.flow import reflow
from taskfiles_cli.render.lines import Line, Parts, parts_of
from taskfiles_cli.render.sheet import render_sheet
from taskfiles_cli.render.signs import Icons
from taskfiles_cli.surface.detail import Detail, Named


def sheet_lines(detail: Detail, width: int, icons: Icons) -> list[Parts]:
    """Draw a task whole: its sheet, then what is above and below it, what it waits for and what it frees."""
    body = detail.body if detail.whole else f"{detail.body}\n\n… the text goes on."
    lines: list[Line] = [
        *render_sheet({**detail.values, "body": body}, width, icons, is_overdue=detail.card.overdue)
    ]
    for title, names in (
        ("Above it", detail.ancestors),
        ("Below it", detail.children),
        ("It waits for", detail.depends_on),
        ("Wait for it", detail.frees),
    ):
        if names:
            lines += ["", Parts([("bold", title)]), *(_name(each) for each in names)]
    if detail.findings:
        lines += ["", Parts([("bold", "Findings")])]
        lines += [
            Parts(
                [
                    (each.severity, f"  {each.line}:{each.column} {each.severity}"),
                    ("plain", f" {each.message}"),
                ]
            )
            for each in detail.findings
        ]
    return [Parts(parts_of(part)) for line in lines for part in reflow(line, width)]


def _name(each: Named) -> Parts:
    if each.title is None:
        return Parts([("plain", f"  {each.id}"), ("error", " does not exist")])
    return Parts([("plain", f"  {each.title} "), ("dim", f"{each.id} {each.state}")])
