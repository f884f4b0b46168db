"""Markers of Backlog.md are dropped where they are markers, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.migrate.markers import drop_markers
from taskfiles.text.sections import find_headings, split_lines

LINES = st.sampled_from(
    [
        "<!-- AC:BEGIN -->",
        "<!-- AC:END -->",
        "<!--SECTION:PLAN:BEGIN-->",
        "    <!-- DOD:END -->",
        "x <!-- AC:END -->",
        "<!-- AC:BEGIN",
        "-->",
        "<!<!-- AC:BEGIN -->-- AC:END -->",
        "```",
        "> <!-- AC:END -->",
        "text",
        "---",
        "## Plan",
        "- [ ] a",
        "",
    ]
)
TEXTS = st.lists(LINES, max_size=9).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n"]).map(lambda end: "".join(line + end for line in lines))
)


@given(TEXTS)
def test_only_markers_go_and_a_second_time_none_is_left(text: str) -> None:
    after, dropped = drop_markers(text)
    assert drop_markers(after) == (after, [])
    kept = [line for line in split_lines(after) if line.strip()]
    assert kept == [
        line
        for number, line in enumerate(split_lines(text))
        if line.strip() and number not in {each.line for each in dropped}
    ]
    titles = [each.title for each in find_headings(split_lines(text))]
    assert [each.title for each in find_headings(split_lines(after))] == titles


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("## A\n<!-- AC:BEGIN -->\n- [ ] #1 x\n<!-- AC:END -->\n\n## B\n", "## A\n- [ ] #1 x\n\n## B\n"),
        ("\r\n<!-- DOD:BEGIN -->\r\nx\r\n<!-- DOD:END -->", "\r\nx\r\n"),
        ("<!-- AC:BEGIN --> <!-- AC:END -->\nx\n", "x\n"),
        ("a\n<!-- AC:END -->\nb\n", "a\n\nb\n"),
        ("a\n<!-- AC:END -->\n<!-- COMMENTS:BEGIN -->\nb\n", "a\n\nb\n"),
        ("a\n<!-- AC:END -->\n=====\n", "a\n\n=====\n"),
    ],
)
def test_a_marker_takes_its_line_with_it(text: str, after: str) -> None:
    assert drop_markers(text)[0] == after


@pytest.mark.parametrize(
    "text",
    [
        "```\n<!-- AC:BEGIN -->\n```\n",
        "Stable markers (`<!-- AC:BEGIN -->`)\n",
        "a <!-- AC:BEGIN --> b\n",
        "- a\n\n    <!-- AC:BEGIN -->\n",
        "<!-- see\n<!-- AC:BEGIN -->\nmore\n",
        "<!-- AC:BEGIN\n",
        "<!-- AC:BEGIN/END -->\n",
        "<!-- ac:begin -->\n",
        "<!-- TODO -->\n",
        "<!-- SECTION::BEGIN -->\n",
        "\\<!-- AC:BEGIN -->\n",
        "~~~\n<!-- AC:END -->",
    ],
)
def test_what_is_no_marker_of_its_own_line_stays(text: str) -> None:
    assert drop_markers(text) == (text, [])


def test_a_marker_without_its_other_half_is_named() -> None:
    text = "<!-- AC:BEGIN -->\na\n\n<!-- DOD:END -->\n<!-- AC:BEGIN -->\n<!-- AC:END -->\n"
    after, dropped = drop_markers(text)
    assert after == "a\n\n"
    assert [(each.line, each.marker, each.is_alone) for each in dropped] == [
        (0, "<!-- AC:BEGIN -->", True),
        (3, "<!-- DOD:END -->", True),
        (4, "<!-- AC:BEGIN -->", False),
        (5, "<!-- AC:END -->", False),
    ]
