"""Sections and checkboxes of a body, by example."""

from __future__ import annotations

import pytest

from taskfiles.text.sections import (
    BadSection,
    Checkbox,
    append_section,
    find_checkboxes,
    find_headings,
    find_section,
    read_section,
    split_lines,
    tick_checkbox,
    visible_lines,
    write_section,
)

BODY = (
    "## Overview\n\nWhy.\n\n## Acceptance Criteria\n\n- [ ] One\n* [X] Two\n\n## Technical Approach\n\nHow.\n"
)


def test_headings_of_both_kinds_with_the_lines_that_they_take() -> None:
    body = "# One #\n\nTwo\nlines\n---\n#no\n```\n# code\n```\n<!--\n# hidden\n-->\n> # quoted\n###\n"
    assert find_headings(split_lines(body)) == [(1, "One", 0, 1), (2, "Two lines", 2, 5), (3, "", 13, 14)]


def test_lines_of_code_and_comments_are_not_seen() -> None:
    body = "a\n~~~ js\n```\n~~~\nb\n<!-- c --> d\n<!-- e\n-->\nf\n````\n```\n"
    seen = [line for _, line in visible_lines(split_lines(body)) if line is not None]
    assert seen == ["a", "b", "f"]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Overview", "Why."),
        ("OVERVIEW", "Why."),
        ("Acceptance Criteria", "- [ ] One\n* [X] Two"),
        ("Technical", None),
        ("", None),
    ],
)
def test_a_section_is_found_by_its_whole_title_in_any_case(title: str, text: str | None) -> None:
    assert read_section(BODY, title) == text


@pytest.mark.parametrize(
    "heading", ["Post-Mortem Notes", "post_mortem notes:", "POSTMORTEM  NOTES", "Post–x"]
)
@pytest.mark.parametrize(
    "name", ["Post-Mortem Notes", "post mortem_notes", "PostMortemNotes:", " post-mortem-notes : "]
)
def test_names_match_without_case_marks_blanks_and_a_last_colon(heading: str, name: str) -> None:
    body = f"## {heading}\n\nold\n\n## Notes\n\nkept\n"
    if heading == "Post–x":
        assert read_section(body, name) is None
        return
    assert read_section(body, name) == "old"
    assert write_section(body, name, "new") == body.replace("old", "new")


def test_the_very_name_comes_first() -> None:
    body = "## re-sign\n\na\n\n## Resign\n\nb\n\n## Café:\n\nc\n"
    assert [read_section(body, name) for name in ("Re-Sign", "resign", "re_sign")] == ["a", "b", "a"]
    assert read_section(body, "CAFE\u0301") == "c"
    assert read_section("## ---\n\nx\n## !\n\ny\n", "!") == "y"


@pytest.mark.parametrize(
    ("old", "text", "new"),
    [
        ("Why.", "More.", "Why.\n\nMore."),
        ("- a", "- b", "- a\n- b"),
        ("- a", "1. b\n", "- a\n1. b"),
        ("- a", "\nText\n\n", "- a\n\nText"),
        ("Why.", "- a", "Why.\n\n- a"),
        ("Why.", " \n", "Why."),
    ],
)
def test_text_is_added_to_the_end(old: str, text: str, new: str) -> None:
    body = BODY.replace("Why.", old)
    assert append_section(body, "overview:", text) == BODY.replace("Why.", new)


def test_adding_to_no_section_makes_it() -> None:
    assert append_section(BODY, "Notes", "x") == write_section(BODY, "Notes", "x")
    with pytest.raises(BadSection):
        append_section(BODY, "Overview", "# Head")


def test_a_newer_name_finds_the_older_one() -> None:
    body = "## Post-Implementation Insights\n\n### Architecture\n\nold\n"
    assert read_section(body, "Technical Changes") == "old"
    assert write_section(body, "Technical Changes", "new") == body.replace("old", "new")
    both = body + "\n### Technical Changes\n\nnew\n"
    assert read_section(both, "Technical Changes") == "new"
    assert find_section(split_lines(body), "Changelog") is None


def test_a_section_takes_in_its_subsections() -> None:
    body = "## Notes\n\n    code\n\n### Deeper\n\ntext\n\n# Above\n"
    assert read_section(body, "Notes") == "    code\n\n### Deeper\n\ntext"


@pytest.mark.parametrize(
    ("body", "title", "text", "expected"),
    [
        # a section that is there
        (BODY, "overview", "New.", BODY.replace("Why.", "New.")),
        (BODY, "Overview", "## Overview\n\nNew.", BODY.replace("Why.", "New.")),
        (BODY, "Overview", " \nWhy.\n\n", BODY),
        (BODY, "Overview", "", BODY.replace("Why.\n\n", "")),
        ("## Overview", "Overview", "a", "## Overview\n\na"),
        ("## Overview\n\nold", "Overview", "", "## Overview\n"),
        # a section that is missing goes to its place among those of the order, another one to the end
        ("", "Overview", "a", "\n## Overview\n\na\n"),
        ("## Technical Approach\n", "Overview", "a", "\n## Overview\n\na\n\n## Technical Approach\n"),
        ("text", "overview", "a", "text\n\n## Overview\n\na\n"),
        ("## Overview\n", "Notes", "", "## Overview\n\n## Notes\n"),
        # the insights stand below a heading of their own
        ("a\n", "Changelog", "b", "a\n\n## Post-Implementation Insights\n\n### Changelog\n\nb\n"),
        (
            "## Post-Implementation Insights\n\n### Technical Changes\n\n## Notes\n",
            "Decisions",
            "b",
            "## Post-Implementation Insights\n\n### Decisions\n\nb\n\n### Technical Changes\n\n## Notes\n",
        ),
    ],
)
def test_a_text_becomes_the_content_of_its_section(body: str, title: str, text: str, expected: str) -> None:
    assert write_section(body, title, text) == expected
    assert write_section(expected, title, text) == expected


@pytest.mark.parametrize(
    ("body", "text", "problem"),
    [
        (BODY, "# Big", "its heading “Big” would begin a section of its own"),
        (BODY, "a\n\nOverview\n--------\n", "its heading “Overview” would begin a section of its own"),
        (BODY, "```\ncode", "a code fence in it, or in the section before it, is not closed"),
        (BODY, "<!-- a", "a code fence in it, or in the section before it, is not closed"),
        ("```\ncode", "a", "a code fence in it, or in the section before it, is not closed"),
    ],
)
def test_a_text_that_would_leave_its_section_is_refused(body: str, text: str, problem: str) -> None:
    with pytest.raises(BadSection) as caught:
        write_section(body, "Overview", text)
    assert str(caught.value) == problem


# Checkboxes


def test_checkboxes_are_those_of_the_acceptance_criteria() -> None:
    body = "- [ ] Zero\n" + BODY.replace("* [X]", "```\n- [ ] code\n```\n- []\n  1) [X]") + "- [ ] Three\n"
    assert find_checkboxes(split_lines(body)) == [Checkbox(7, 3, False), Checkbox(12, 6, True)]
    assert find_checkboxes(split_lines("- [ ] Zero\n")) == []


def test_a_tick_changes_one_mark() -> None:
    ticked = tick_checkbox(BODY, 1, checked=True)
    assert ticked == BODY.replace("[ ] One", "[x] One")
    assert tick_checkbox(ticked, 1, checked=False) == BODY
    assert tick_checkbox(BODY, 2, checked=True) == BODY  # a capital is ticked, too
    assert tick_checkbox(BODY, 2, checked=False) == BODY.replace("[X]", "[ ]")


@pytest.mark.parametrize("number", [-1, 0, 3])
def test_a_checkbox_that_is_not_there_is_refused_with_how_many_are(number: int) -> None:
    with pytest.raises(IndexError) as caught:
        tick_checkbox(BODY, number, checked=True)
    assert caught.value.args == (2,)
