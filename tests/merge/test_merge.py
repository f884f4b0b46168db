"""Merging task files by meaning: its laws, and what each kind of change comes to."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support.merge_versions import BODY, Triple, choose, text_of, triples, uuid
from support.strategies import applied, edits, files
from taskfiles import Task, Unreadable, merge_task, parse_task
from taskfiles.merge.comments import keep_comments
from taskfiles.merge.lines import Markers
from taskfiles.merge.task import MergeResult, is_one_history
from taskfiles.task.keys import key_order
from taskfiles.text.nodes import Value, same
from taskfiles.text.positions import UnsafeEdit
from taskfiles.text.splice import edit_yaml

BASE: dict[str, Any] = {
    "id": "fix",
    "title": "Fix",
    "state": "ready",
    "labels": ["a", "b"],
    "created_at": "2025-11-02T15:00:00Z",
    "updated_at": "2025-11-02T15:00:00Z",
}


def tried(number: int, start: int = 0, **more: Any) -> dict[str, Any]:
    at = f"2025-11-02T15:{start:02}:00Z"
    made = {"started_at": at, "ended_at": at, "duration_seconds": 0, "status": "failed"}
    return {"id": uuid(number), **made, "executor": {"tool": "t"}, **more}


def without_id(attempt: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in attempt.items() if key != "id"}


def merge_values(ours: dict[str, Any], theirs: dict[str, Any], base: dict[str, Any] = BASE) -> MergeResult:
    return merge_task(*(text_of(values, BODY) for values in (base, ours, theirs)))


def merge_bodies(ours: str, theirs: str, base: str) -> MergeResult:
    # one side has a line more in its frontmatter, so that no text is taken as a whole
    texts = [text_of(BASE | more, []).decode() for more in ({}, {}, {"x_own": 1})]
    return merge_task(*((f + b).encode() for f, b in zip(texts, (base, ours, theirs), strict=True)))


def values_of(result: MergeResult) -> dict[str, Any]:
    assert result.conflicts == []
    assert result.data == result.settled
    return parse_task("", result.data).values


def attempts_of(values: dict[str, Any]) -> list[Any]:
    execution = values.get("execution") or {}
    return list(execution.get("attempts") or [])


def unordered(value: Value) -> Value:
    """The value with its lists sorted: what remains of it where order is not defined."""
    if isinstance(value, dict):
        return {key: unordered(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted((unordered(item) for item in value), key=repr)
    return value


def check_one_sided(
    base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any], merged: dict[str, Any]
) -> None:
    for key in (ours.keys() | theirs.keys() | base.keys()) - {"execution"}:
        for side, other in ((ours, theirs), (theirs, ours)):
            if same(base.get(key, "absent"), other.get(key, "absent")):
                assert same(merged.get(key, "absent"), side.get(key, "absent")), key


# Laws


@given(triples())
def test_an_unchanged_side_gives_the_other_byte_for_byte(triple: Triple) -> None:
    base, ours, theirs = triple
    assert merge_task(base, base, theirs) == MergeResult(theirs, theirs, [])
    assert merge_task(base, ours, base) == MergeResult(ours, ours, [])
    assert merge_task(base, ours, ours) == MergeResult(ours, ours, [])
    assert merge_task(b"", ours, ours) == MergeResult(ours, ours, [])


def with_ends(text: bytes, newline: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\n", newline)


@given(triples(), st.lists(st.sampled_from([b"\n", b"\r\n"]), min_size=3, max_size=3))
def test_line_ends_are_one_property_of_a_file(triple: Triple, ends: list[bytes]) -> None:
    """What is merged does not depend on them; who changed them decides on all of the result."""
    plain = merge_task(*(with_ends(text, b"\n") for text in triple))
    base, ours, theirs = (with_ends(text, end) for text, end in zip(triple, ends, strict=True))
    result = merge_task(base, ours, theirs)
    wanted = ends[2] if ends[1] == ends[0] else ends[1]
    assert (result.conflicts, result.apart) == (plain.conflicts, plain.apart)
    assert result.settled == with_ends(plain.settled, wanted)
    assert result.data == with_ends(plain.data, wanted)


def test_new_lines_do_not_decide_on_the_line_ends_of_a_mixed_file() -> None:
    """A file whose frontmatter ends otherwise than its body, to which one side adds lines."""
    base = b"---\r\nid: odd\r\n---\r\na\nb\n"
    ours = base + b"c\nd\n"
    assert merge_task(base, ours, base.replace(b"odd", b"even")).data == ours.replace(b"odd", b"even")


@pytest.mark.slow
@given(triples())
def test_merging_is_symmetric(triple: Triple) -> None:
    """Whoever merges whom, the same is in conflict, and the rest has the same values and the same body.

    Three things are left to the side that merges, for nothing tells which is better: the order of list
    items that both sides added in one place, the layout of lines that both changed (comments, quoting,
    place of a key), and how a conflict would be settled; the last is the other way round.
    """
    base, ours, theirs = triple
    there, back = merge_task(base, ours, theirs), merge_task(base, theirs, ours)
    assert sorted(there.conflicts) == sorted(back.conflicts)
    left, right = parse_task("", choose(there.data, "theirs")), parse_task("", back.settled)
    assert same(unordered(left.values), unordered(right.values))
    assert left.body == right.body
    if not there.conflicts:
        assert attempts_of(left.values) == attempts_of(right.values)  # their order is defined


@given(triples())
def test_no_attempt_is_lost_and_none_made_up(triple: Triple) -> None:
    result = merge_task(*triple)
    counts = [
        Counter(each["session_id"] for each in attempts_of(parse_task("", data).values))
        for data in (*triple, result.settled, choose(result.data, "theirs"))
    ]
    _, ours, theirs, *merged = counts
    assert merged[0] == merged[1]
    assert merged[0].keys() == ours.keys() | theirs.keys()
    ids = [each["id"] for each in attempts_of(parse_task("", result.settled).values) if "id" in each]
    assert len(ids) == len(set(ids))


def test_what_both_sides_amended_alike_is_told_from_what_each_added() -> None:
    """An attempt without an id is known by start and tool only where nothing else can be meant."""
    first = without_id(tried(0))
    amended = first | {"notes": "The same"}
    base, ours, theirs = (
        BASE | {"execution": {"attempts": attempts}}
        for attempts in (
            [first],
            [amended, first | {"session_id": "ours"}],
            [amended, first | {"session_id": "theirs"}],
        )
    )
    merged = attempts_of(values_of(merge_values(ours, theirs, base)))
    assert merged[0] == amended
    assert {each.get("session_id") for each in merged[1:]} == {"ours", "theirs"}


@given(triples())
def test_a_conflict_is_marked_and_either_choice_is_a_task(triple: Triple) -> None:
    result = merge_task(*triple)
    assert choose(result.data, "ours") == result.settled
    assert (b"<<<<<<< ours\n" in result.data) == bool(result.conflicts)
    for which in ("ours", "theirs"):
        task = parse_task("", choose(result.data, which))
        assert task.id == "fix"


@given(triples())
def test_what_one_side_alone_changed_holds(triple: Triple) -> None:
    base, ours, theirs = (parse_task("", data).values for data in triple)
    merged = parse_task("", merge_task(*triple).settled).values
    check_one_sided(base, ours, theirs, merged)
    labels: list[Any] = [side["labels"] for side in (base, ours, theirs)]
    before, left, right = map(set, labels)
    assert set(merged["labels"]) == (left & right) | (left - before) | (right - before)


@given(triples())
def test_comments_of_both_sides_stay(triple: Triple) -> None:
    result = merge_task(*triple)
    for comment in (b"# comment 10\n", b"# comment 20\n"):
        assert (comment in result.data) == any(comment in data for data in triple[1:])


@given(files(), st.data())
def test_odd_files_merge_or_conflict_and_lose_nothing(made: Any, data: st.DataObject) -> None:
    """Anchors, tags, flow lists, CRLF, bytes that are no text: whatever can't be merged is a conflict."""
    file, front, body = made
    text, values = front.text, front.value
    values = {**values, "id": "odd"}
    try:
        text = edit_yaml(text, values, key_order, front.newline)
    except UnsafeEdit:
        values = front.value
    base = file.replace(front.text.encode(), text.encode(), 1)
    sides = []
    for _ in range(2):
        change = data.draw(edits(values).filter(lambda change: change.path != ("id",)))
        try:
            edited = edit_yaml(text, applied(values, change), key_order, front.newline)
        except UnsafeEdit:
            edited = text
        more = data.draw(st.sampled_from([b"", b"\n- [ ] more"]))
        sides.append(base.replace(text.encode(), edited.encode(), 1) + more)
    result = merge_task(base, *sides)
    if result.conflicts in (["file"], ["frontmatter"]):
        for line in {*sides[0].splitlines(), *sides[1].splitlines()} - set(base.splitlines()):
            assert line in result.data
    if values.get("id") == "odd":
        assert "file" not in result.conflicts
        assert parse_task("", result.settled).document.body.startswith(body.rstrip(b"\r\n"))
        check_one_sided(*(parse_task("", data).values for data in (base, *sides, result.settled)))


@given(st.lists(st.one_of(st.binary(max_size=40), files().map(lambda made: made[0])), min_size=3, max_size=3))
@example([b"\0\r\n\0\r\n\0\n\n--- \r\n", b"\n", b"\n--- \n"])
def test_unrelated_bytes_are_merged_without_loss(texts: list[bytes]) -> None:
    """Where a side can't be read as a task, each line that is new on either side is in the result.

    A line that only ends otherwise is not new.
    """
    base, ours, theirs = texts
    result = merge_task(base, ours, theirs)
    if base in (ours, theirs) or ours == theirs or (is_task(ours) and is_task(theirs)):
        return
    for line in {*ours.splitlines(), *theirs.splitlines()} - set(base.splitlines()):
        assert line in result.data


def is_task(data: bytes) -> bool:
    try:
        parse_task("", data)
    except Unreadable:
        return False
    return True


# Attempts


def test_attempts_of_both_sides_stand_in_order_of_time() -> None:
    recorded = BASE | {"execution": {"attempts": [tried(1, 1)]}}
    ours = recorded | {"execution": {"attempts": [tried(1, 1), tried(2, 20), tried(3, 40)]}}
    theirs = recorded | {"execution": {"attempts": [tried(1, 1), tried(4, 30)]}}
    ids = [each["id"] for each in attempts_of(values_of(merge_values(ours, theirs, recorded)))]
    assert ids == [uuid(1), uuid(2), uuid(4), uuid(3)]


def test_first_attempts_of_both_sides_keep_their_layout() -> None:
    base = text_of(BASE, BODY)
    ours, theirs = (
        base.replace(
            b"---\n\n",
            f"execution:\n  attempts:\n    - id: {uuid(n)} # by {n}\n"
            f"      started_at: 2025-11-02T15:0{n}:00Z\n      executor: {{tool: t{n}}}\n---\n\n".encode(),
        )
        for n in (2, 1)
    )
    text = merge_task(base, ours.replace(b"title: Fix", b"title: Mend"), theirs).data.decode()
    assert text.index("# by 1") < text.index("executor: {tool: t1}") < text.index("# by 2")
    assert "executor: {tool: t2}" in text
    assert "title: Mend" in text


def test_both_sides_amend_one_attempt_in_different_fields() -> None:
    recorded = BASE | {"execution": {"attempts": [tried(1)]}}
    ours = BASE | {"execution": {"attempts": [tried(1, notes="N", usage={"input_tokens": 5})]}}
    theirs = BASE | {"execution": {"attempts": [tried(1, outcome="failed", usage={"output_tokens": 7})]}}
    merged = attempts_of(values_of(merge_values(ours, theirs, recorded)))
    usage = {"input_tokens": 5, "output_tokens": 7}
    assert merged == [tried(1, notes="N", outcome="failed", usage=usage)]


def test_both_sides_amend_one_field_differently() -> None:
    recorded = BASE | {"execution": {"attempts": [tried(1)]}}
    ours, theirs = (BASE | {"execution": {"attempts": [tried(1, notes=text)]}} for text in "AB")
    result = merge_values(ours, theirs, recorded)
    assert result.conflicts == ["execution.attempts[0].notes"]
    hunk = "<<<<<<< ours\n      notes: A\n=======\n      notes: B\n>>>>>>> theirs\n"
    assert hunk in result.data.decode()


def test_an_attempt_that_one_side_removed_stays() -> None:
    recorded = BASE | {"execution": {"attempts": [tried(1), tried(2, 2)]}}
    fewer = BASE | {"execution": {"attempts": [tried(1)]}}
    for ours in (fewer, BASE):
        merged = values_of(merge_values(ours, recorded | {"title": "Mend"}, recorded))
        assert attempts_of(merged) == [tried(1), tried(2, 2)]


@pytest.mark.parametrize(("ours", "theirs", "merged"), [(1, 1, 1), (2, 1, 2), (0, 2, 2), (2, 3, 3)])
def test_attempts_without_id_are_counted(ours: int, theirs: int, merged: int) -> None:
    one = without_id(tried(1))
    sides = [BASE | {"execution": {"attempts": [one] * n}} if n else BASE for n in (ours, theirs)]
    sides[0] = sides[0] | {"title": "Mend"}
    assert len(attempts_of(values_of(merge_values(*sides)))) == merged


def test_a_review_of_an_attempt_without_id_makes_no_second_one() -> None:
    one = without_id(tried(1))
    reviewer = {"name": "ana", "approved": True, "reviewed_at": "2025-11-02T16:00:00Z"}
    recorded, reviewed = (
        BASE | {"execution": {"attempts": [each]}} for each in (one, {**one, "reviewer": reviewer})
    )
    both = recorded | {"execution": {"attempts": [one, tried(2, 30)]}}
    expected = [{**one, "reviewer": reviewer}, tried(2, 30)]
    assert attempts_of(values_of(merge_values(reviewed, both, recorded))) == expected
    assert attempts_of(values_of(merge_values(both, reviewed, recorded))) == expected


def test_attempts_without_id_that_look_alike_all_stay() -> None:
    one = without_id(tried(1))
    pair = [{**one, "session_id": name} for name in "ab"]
    recorded = BASE | {"execution": {"attempts": pair}}
    ours = BASE | {"execution": {"attempts": [{**each, "notes": "N"} for each in pair]}}
    merged = attempts_of(values_of(merge_values(ours, recorded | {"title": "Mend"}, recorded)))
    assert [each for each in pair if each not in merged] == []


# Values


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        ([], ["a"], ["b"], ["a", "b"]),
        (["a", "b"], ["b"], ["a", "b", "c"], ["b", "c"]),
        (["a", "b"], ["a"], ["b"], []),
        (["b", "a"], ["b", "a", "d"], ["b", "a", "c"], ["b", "a", "d", "c"]),
        (["a"], ["a", "z"], ["a", "k"], ["a", "k", "z"]),
        (["a", "b", "c"], ["c", "a", "b"], ["a", "b", "c", "d"], ["c", "d", "a", "b"]),
        (["a", "a"], ["a"], ["a", "a", "b"], ["a", "b"]),
        ([1, True], [1, True, 1.0], [1, True, "1"], [1, True, 1.0, "1"]),
    ],
)
def test_lists(base: list[Any], ours: list[Any], theirs: list[Any], merged: list[Any]) -> None:
    sides = [BASE | {"x_list": items} for items in (base, ours, theirs)]
    sides[2] |= {"title": "Mend"}
    assert same(values_of(merge_values(sides[1], sides[2], sides[0]))["x_list"], merged)


def test_links_are_items_of_a_list() -> None:
    first, second, third = ({"type": "github_issue", "number": number} for number in (1, 2, 3))
    sides = [BASE | {"links": links} for links in ([first], [first, second], [third])]
    assert values_of(merge_values(sides[1], sides[2], sides[0]))["links"] == [second, third]


@pytest.mark.parametrize("key", ["updated_at", "last_activity_at", "completed_at"])
def test_notes_of_time_take_the_latest(key: str) -> None:
    sides = [
        BASE | {key: text}
        for text in ("2025-11-02T15:00:00Z", "2025-11-02T17:00:00+01:00", "2025-11-02T16:30:00Z")
    ]
    for ours, theirs in itertools.permutations(sides[1:]):
        assert values_of(merge_values(ours, theirs, sides[0]))[key] == "2025-11-02T16:30:00Z"


def test_a_note_of_time_that_one_side_no_longer_keeps_is_kept() -> None:
    ours = {key: value for key, value in BASE.items() if key != "updated_at"}
    later = BASE | {"updated_at": "2025-11-02T16:00:00Z"}
    assert values_of(merge_values(ours, later))["updated_at"] == "2025-11-02T16:00:00Z"


def test_opened_again_here_and_completed_later_there_is_a_conflict() -> None:
    done = BASE | {"state": "done", "commit_message": "m", "completed_at": "2025-11-02T15:00:00Z"}
    ours = done | {"state": "ready", "completed_at": None}
    theirs = done | {"completed_at": "2025-11-02T16:00:00Z"}
    assert merge_values(ours, theirs, done).conflicts == ["completed_at"]


@pytest.mark.parametrize(
    ("ours", "theirs", "hunk"),
    [
        ({"title": "A"}, {"title": "B"}, "title: A\n=======\ntitle: B\n"),
        ({"x_own": None}, {"x_own": 5}, "x_own: null\n=======\nx_own: 5\n"),
        ({"labels": "a"}, {"labels": ["c"]}, "labels: a\n=======\nlabels:\n  - c\n"),
        ({"x_new": {"a": 1}}, {"x_new": "b"}, "x_new:\n  a: 1\n=======\nx_new: b\n"),
    ],
)
def test_conflicts_stand_inside_the_one_value(
    ours: dict[str, Any], theirs: dict[str, Any], hunk: str
) -> None:
    base = BASE | {"x_own": 1}
    result = merge_values(base | ours, base | theirs, base)
    assert result.conflicts == list(ours)
    assert f"<<<<<<< ours\n{hunk}>>>>>>> theirs\n" in result.data.decode()
    assert result.data.count(b"=======") == 1


def test_a_key_removed_here_and_changed_there_is_a_conflict() -> None:
    base = BASE | {"milestone": "m1"}
    result = merge_values(BASE, base | {"milestone": "m2"}, base)
    assert result.conflicts == ["milestone"]
    assert b"<<<<<<< ours\n=======\nmilestone: m2\n>>>>>>> theirs\n" in result.data


def test_labels_and_length_of_markers() -> None:
    sides = [text_of(BASE | {"title": title}, BODY) for title in ("Fix", "A", "B")]
    text = merge_task(sides[0], sides[1], sides[2], Markers("HEAD", "topic", 9)).data.decode()
    assert f"{'<' * 9} HEAD\ntitle: A\n{'=' * 9}\ntitle: B\n{'>' * 9} topic\n" in text


def test_carriage_returns_are_kept_around_a_conflict() -> None:
    sides = [text_of(BASE | {"title": title}, BODY).replace(b"\n", b"\r\n") for title in ("Fix", "A", "B")]
    result = merge_task(sides[0], sides[1], sides[2])
    assert result.conflicts == ["title"]
    assert result.data.count(b"\n") == result.data.count(b"\r\n")


def test_an_edit_that_is_not_safe_makes_the_frontmatter_a_conflict() -> None:
    base = b"---\nid: fix\nlabels: &l [a]\nx_same: *l\n---\n"
    ours, theirs = (base.replace(b"[a]", labels) for labels in (b"[a, b]", b"[a, c]"))
    result = merge_task(base, ours, theirs)
    assert result.conflicts == ["frontmatter"]
    for line in (b"labels: &l [a, b]\n", b"labels: &l [a, c]\n"):
        assert line in result.data
    assert result.settled == ours


def test_a_comment_stays_that_begins_another_one() -> None:
    base = "id: a # fix later\nsize: s\nlabels: [a]\n"
    ours, theirs = base.replace("[a]", "[a, b]"), base.replace("labels: [a]", "# fix\nlabels: [a, c]")
    assert keep_comments(ours, base, theirs) == ours.replace("labels", "# fix\nlabels")


# Bodies

BOXES = "## Acceptance Criteria\n\n- [ ] One\n- [ ] Two\n- [x] Three\n"


@pytest.mark.parametrize(
    ("ours", "theirs", "merged"),
    [
        (("[ ] One", "[x] One"), ("[ ] Two", "[x] Two"), "- [x] One\n- [x] Two\n- [x] Three\n"),
        (("[ ] One", "[x] One"), ("[x] Three", "[ ] Three"), "- [x] One\n- [ ] Two\n- [ ] Three\n"),
        (("[ ] One", "[x] One"), ("[ ] One", "[X] One"), "- [x] One\n- [ ] Two\n- [x] Three\n"),
        (("[ ] One", "[x] One"), ("Two", "Second"), "- [x] One\n- [ ] Second\n- [x] Three\n"),
        (("[ ] One", "[x] One"), ("- [ ] Two\n", ""), "- [x] One\n- [x] Three\n"),
        (
            ("[x] Three\n", "[ ] Three\n- [ ] Four\n"),
            ("[ ] Two", "[x] Two"),
            "Two\n- [ ] Three\n- [ ] Four\n",
        ),
    ],
)
def test_boxes_on_neighbouring_lines(ours: tuple[str, str], theirs: tuple[str, str], merged: str) -> None:
    result = merge_bodies(BOXES.replace(*ours), BOXES.replace(*theirs), BOXES)
    assert result.conflicts == []
    assert result.data.decode().endswith(merged)


def test_a_box_ticked_here_and_reworded_there_is_a_conflict() -> None:
    result = merge_bodies(BOXES.replace("[ ] One", "[x] One"), BOXES.replace("One", "First"), BOXES)
    assert result.conflicts == ["body"]
    assert b"<<<<<<< ours\n- [x] One\n=======\n- [ ] First\n>>>>>>> theirs\n" in result.data


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        ("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"),
        ("a\n\nb", "a\n\nb\nc", "A\n\nb", "A\n\nb\nc"),
        ("a\r\nb\r\n", "a\r\nB\r\n", "a\r\nb\r\nc\r\n", None),
        ("", "a\n", "b\n", None),
        ("a\n", "", "b\n", None),
        ("a\nb\n", "b\n", "a\n", None),
    ],
)
def test_lines(base: str, ours: str, theirs: str, merged: str | None) -> None:
    for result in (merge_bodies(ours, theirs, base), merge_bodies(theirs, ours, base)):
        assert result.conflicts == ([] if merged is not None else ["body"])
        if merged is not None:
            assert result.data.decode().endswith("---\n" + merged)


# Files


def test_files_born_apart_are_a_conflict_and_no_mixture() -> None:
    ours, theirs = (
        text_of(BASE | {"created_at": f"2025-11-0{day}T15:00:00Z", "title": title}, BODY)
        for day, title in ((2, "Fix the navbar"), (3, "Fix the footer"))
    )
    result = merge_task(b"", ours, theirs)
    marked = b"<<<<<<< ours\n" + ours + b"=======\n" + theirs + b">>>>>>> theirs\n"
    assert result == MergeResult(marked, ours, ["file"], apart=("fix", "fix"))
    with pytest.raises(Unreadable) as caught:
        parse_task("task-fix.md", result.data)
    assert caught.value.finding.code == "conflict-marker"


def test_one_task_added_on_both_sides_is_merged() -> None:
    ours = BASE | {"execution": {"attempts": [tried(1, 1)]}, "labels": ["a", "c"]}
    theirs = BASE | {"execution": {"attempts": [tried(2, 2)]}, "labels": ["b"]}
    result = merge_task(b"", text_of(ours, BODY), text_of(theirs, BODY))
    assert attempts_of(values_of(result)) == [tried(1, 1), tried(2, 2)]
    assert values_of(result)["labels"] == ["a", "b", "c"]


def test_another_task_in_the_files_place_is_no_version_of_it() -> None:
    """Git may take a new file that resembles a removed one for the same, renamed."""
    ours = text_of(BASE | {"title": "Mend"}, BODY)
    theirs = text_of(BASE | {"id": "other", "created_at": "2026-01-01T00:00:00Z"}, BODY)
    assert merge_task(text_of(BASE, BODY), ours, theirs).conflicts == ["file"]


def test_a_renamed_id_is_taken_over() -> None:
    merged = values_of(merge_values(BASE | {"id": "mend"}, BASE | {"title": "Mend"}))
    assert (merged["id"], merged["title"]) == ("mend", "Mend")


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        ({}, {}, True),
        ({}, {"title": "Mend"}, True),
        ({}, {"created_at": "2025-11-02T16:00:00+01:00"}, True),
        ({}, {"created_at": "2025-11-02T15:00:01Z"}, False),
        ({}, {"created_at": None}, False),
        ({"created_at": None}, {"created_at": None}, True),
        ({"created_at": None}, {"created_at": None, "title": "Mend"}, False),
        ({"created_at": "soon"}, {"created_at": "soon"}, True),
    ],
)
def test_one_history(first: dict[str, Any], second: dict[str, Any], one: bool) -> None:
    pair: list[Task] = [parse_task("", text_of(BASE | more, BODY)) for more in (first, second)]
    assert is_one_history(pair[0], pair[1]) is one


def test_what_is_no_task_is_merged_by_lines() -> None:
    base = b"---\nid: fix\ntitle: 'open\n---\none\ntwo\nthree\n"
    ours, theirs = base.replace(b"one", b"ONE"), base.replace(b"three", b"THREE")
    assert merge_task(base, ours, theirs) == MergeResult(
        ours.replace(b"three", b"THREE"),
        ours.replace(b"three", b"THREE"),
        [],
    )
    result = merge_task(base, ours, base.replace(b"one", b"1\xff"))
    assert result.conflicts == ["file"]
    assert b"<<<<<<< ours\nONE\n=======\n1\xff\n>>>>>>> theirs\n" in result.data
