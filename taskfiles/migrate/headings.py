"""Headings that other tools give sections, as this project's templates name them; pure."""

from __future__ import annotations

from collections.abc import Mapping

from taskfiles.text.sections import find_headings, section_key, split_lines

# Of several old names for one of ours the first that a text has is renamed.
HEADINGS = {
    "Description": "Overview",
    "Implementation Plan": "Technical Approach",
    "Plan": "Technical Approach",
    "Final Summary": "Post-Implementation Insights",
    "Implementation Notes": "Post-Implementation Insights",
}


def rename_headings(body: bytes, names: Mapping[str, str] = HEADINGS) -> bytes:
    r"""Return a body whose headings of the second level have other names, by default ours, if they are free.

    Only `## …` lines outside of fences are changed, and nothing else in them.

    >>> rename_headings(b"## Description\r\n\n```\n## Plan\n```\n## Plan ##\n")
    b'## Overview\r\n\n```\n## Plan\n```\n## Technical Approach ##\n'
    """
    lines = split_lines(body.decode(errors="surrogateescape"))
    found = [heading for heading in find_headings(lines) if heading.level == 2]
    taken = {section_key(heading.title) for heading in found}
    for old, new in names.items():
        heading = next((each for each in found if section_key(each.title) == section_key(old)), None)
        if heading is None or section_key(new) in taken or not lines[heading.start].startswith("##"):
            continue
        line = lines[heading.start]
        lines[heading.start] = line.replace(heading.title, new, 1)
        taken.add(section_key(new))
    return "".join(lines).encode(errors="surrogateescape")
