"""Text that people wrote is never replaced in silence: notes, appended text, boxes, criteria."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.in_process import call, ok
from support.project import BODY, NOON, Project
from support.simultaneous import at_once
from taskfiles import note
from taskfiles.merge.task import merge_task
from taskfiles.text.checkboxes import NoBox, find_box, find_boxes
from taskfiles.text.sections import find_headings, read_section, split_lines

RUNNERS = 20
BOXES = """
## Acceptance Criteria

- [ ] Green
- [x] Dry

```
- [ ] no box
```

## Notes

1. [ ] Ask Bob: is it dry?
"""


def notes(project: Project) -> str:
    return read_section(project.get("fix").body, "Notes") or ""


# Notes


def test_a_note_has_its_time_and_its_name(project: Project) -> None:
    project.task("fix")
    done = ok(call(project, "note", "fix", "the cache is stale", "--by", "ana"))
    assert done.err == ""  # a section that is the tool's own is no news
    assert re.fullmatch(r"- \d{4}-\d\d-\d\dT\d\d:\d\dZ ana: the cache is stale", notes(project))
    ok(call(project, "note", "fix", "-", "--by", "bo", stdin="second\nline\n"))
    assert len(notes(project).splitlines()) == 3
    assert notes(project).splitlines()[2] == "    line"


def test_a_note_is_the_holders_where_no_name_is_given(project: Project) -> None:
    project.task("fix")
    ok(call(project, "pickup", "fix"))
    by = ok(call(project, "show", "fix", "-o", "json")).json["claim"]["by"]
    ok(call(project, "note", "fix", "half done"))
    assert f" {by}: half done" in notes(project)


@given(
    st.text(
        st.characters(codec="utf-8", exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\0"),
        min_size=1,
    )
    | st.sampled_from(
        ["# a", "a\n# b\n===\n---", "```\nx", "a\n```", "a\n<!-- x", "<<<<<<< a\n>>>>>>> b", "- a\n- b"]
    )
)
def test_no_text_of_a_note_makes_a_heading_or_ends_a_section(text: str) -> None:
    from taskfiles.changes.draft import Draft
    from taskfiles.operations.note import make_item
    from taskfiles.task.task import parse_task

    if not text.strip():
        return
    data = f"---\nid: fix\ntitle: F\nstate: ready\n---\n{BODY}\n## Zuletzt\n\nlast\n".encode()
    draft = Draft(parse_task("", data), "2025-11-02T15:03:00Z")
    before = [each.title for each in find_headings(split_lines(draft.body))]
    for each in (text, "after"):
        draft.append_section("Notes", make_item(each.strip().splitlines(), "ana", draft.now, "\n"))
    assert [each.title for each in find_headings(split_lines(draft.body))] == [*before, "Notes"]
    assert (read_section(draft.body, "Notes") or "").endswith("- 2025-11-02T15:03Z ana: after")


def test_a_note_is_one_text(project: Project) -> None:
    project.task("fix")
    before = project.tree()
    done = call(project, "note", "fix", "it's", "stale")
    assert (done.code, project.tree()) == (2, before)
    assert """tasks note fix 'it'"'"'s stale'""" in done.err


def test_a_blank_note_is_refused(project: Project) -> None:
    project.task("fix")
    assert call(project, "note", "fix", " ").code == 2


@pytest.mark.parametrize("command", [["note", "fix"], ["update", "fix", "--append", "Notes"]])
def test_of_twenty_at_once_none_is_lost(project: Project, command: list[str]) -> None:
    project.task("fix")
    results = at_once(project, *([[*command, f"agent {n} was here"]] for n in range(RUNNERS)))
    assert [result.code for result in results] == [0] * RUNNERS
    for n in range(RUNNERS):
        assert notes(project).count(f"agent {n} was here") == 1


# Merging


def with_notes(*lines: str, rest: str = "") -> bytes:
    text = "\n".join(["## Notes", "", *lines]) if lines else ""
    return f"---\nid: fix\ntitle: F\nstate: ready\n---\n\n## Overview\n\nText\n\n{text}\n{rest}".encode()


ANA, BO, CY = (f"- 2025-11-02T15:0{n}Z {name}: x" for n, name in enumerate(("ana", "bo", "cy")))


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        ([], [BO], [ANA], [ANA, BO]),
        ([ANA], [ANA, CY], [ANA, BO], [ANA, BO, CY]),
        ([ANA], [ANA, BO, "    more"], [ANA, CY, "    more"], [ANA, BO, "    more", CY, "    more"]),
        ([ANA], [BO], [ANA, CY], [BO, CY]),  # what one side took out stays out
        ([ANA], [ANA, "- mine"], [ANA, "- theirs"], [ANA, "- mine", "- theirs"]),
        ([ANA], [ANA, BO], [ANA, BO], [ANA, BO]),
    ],
)
@pytest.mark.parametrize("rest", ["", "\n## Later\n\nText\n"])
def test_notes_of_both_sides_are_united(
    base: list[str], ours: list[str], theirs: list[str], merged: list[str], rest: str
) -> None:
    result = merge_task(*(with_notes(*lines, rest=rest) for lines in (base, ours, theirs)))
    assert result.conflicts == []
    assert result.data.decode() == with_notes(*merged, rest=rest).decode()


def test_other_sections_still_conflict() -> None:
    base, ours, theirs = (with_notes(ANA).replace(b"Text", text) for text in (b"Text", b"One", b"Two"))
    assert merge_task(base, ours, theirs).conflicts != []


# Text that is replaced


def test_who_replaces_what_people_wrote_reads_how_much(project: Project) -> None:
    project.task("fix", body=BODY)
    ok(call(project, "update", "fix", "--field", "Notes", "one\n\ntwo\nthree"))
    done = ok(call(project, "update", "fix", "--field", "notes", "three\nfour"))
    assert "Replaced 2 lines of “Notes”" in done.err
    assert "`tasks undo`" in done.err
    assert ok(call(project, "update", "fix", "--field", "Notes", "three\nfour")).err == ""


def test_the_templates_text_may_be_replaced(project: Project) -> None:
    ok(call(project, "new", "--title", "Fix", "--id", "fix"))
    assert ok(call(project, "update", "fix", "--field", "Acceptance Criteria", "- [ ] Dry")).err == ""
    assert (
        "Replaced 1 line"
        in ok(call(project, "update", "fix", "--field", "Acceptance Criteria", "- [ ] B")).err
    )


# Boxes


@pytest.mark.parametrize(
    ("which", "text"),
    [
        (1, "Green"),
        (2, "Dry"),
        ("acceptance_criteria:2", "Dry"),
        ("Notes:1", "Ask Bob: is it dry?"),
        ("green", "Green"),
        ("ask bob", "Ask Bob: is it dry?"),
        ("Dry", "Dry"),  # a whole text goes before a part
        ("bob: is it", "Ask Bob: is it dry?"),
    ],
)
def test_a_box_is_named_by_number_section_or_text(which: int | str, text: str) -> None:
    assert find_box(split_lines(BOXES), which).text == text


@pytest.mark.parametrize("which", [0, 3, "Notes:2", "nope", "r", "", "Later:1"])
def test_what_means_no_one_box_is_refused(which: int | str) -> None:
    with pytest.raises(NoBox):
        find_box(split_lines(BOXES), which)


def test_without_acceptance_criteria_a_number_counts_the_whole_body() -> None:
    lines = split_lines(BOXES.replace("Acceptance Criteria", "To do"))
    assert [find_box(lines, n).text for n in (1, 2, 3)] == ["Green", "Dry", "Ask Bob: is it dry?"]
    assert len(find_boxes(lines)) == 3


def test_the_answer_repeats_the_text_of_the_box(project: Project) -> None:
    project.task("fix", body=BOXES)
    done = ok(call(project, "update", "fix", "--check", "1,Notes:1".partition(",")[0], "--check", "bob"))
    assert "ticked “Green”, ticked “Ask Bob: is it dry?”" in done.out
    answer = ok(call(project, "update", "fix", "--uncheck", "1,2", "-o", "json")).json
    assert [(box["number"], box["text"], box["checked"]) for box in answer["boxes"]] == [
        (1, "Green", False),
        (2, "Dry", False),
    ]
    assert call(project, "update", "fix", "--check", "1", "--uncheck", "1").code == 2
    shown = ok(call(project, "show", "fix")).out
    assert "- [ ] Green  #1\n" in shown
    assert "1. [x] Ask Bob: is it dry?  #Notes:1\n" in shown


def test_a_criterion_is_added(project: Project) -> None:
    ok(call(project, "new", "--title", "Fix", "--id", "fix"))
    ok(call(project, "update", "fix", "--add-criterion", "It is\ngreen"))
    ok(call(project, "update", "fix", "--add-criterion", "It is dry", "--check", "green"))
    assert (
        read_section(project.get("fix").body, "Acceptance Criteria") == "- [x] It is green\n- [ ] It is dry"
    )
    assert call(project, "update", "fix", "--add-criterion", " ").code == 2


def test_a_note_by_the_library(project: Project) -> None:
    project.task("fix")
    done = note(project.store, "fix", "a\nb")
    assert done.made.endswith("a\n    b")
    assert NOON.year <= int(done.made[2:6])


@pytest.mark.parametrize("box", ["9" * 5000, f"Notes:{'9' * 5000}", f"1,{'9' * 5000}"])
def test_a_number_that_no_box_has_is_refused_however_long(project: Project, box: str) -> None:
    project.task("fix")
    before = project.tree()
    done = call(project, "update", "fix", "--check", box, "--output", "json")
    assert (done.code, done.error["code"]) == (1, "no-such-checkbox")
    assert project.tree() == before
