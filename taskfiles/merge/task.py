"""Merge task files by meaning: three byte strings -> the merged bytes and the conflicts; pure.

Comments and layout of both sides are kept where their lines merge, elsewhere those of ours. Every result is
read again. What can't be merged by meaning is merged by lines; two files that may be different tasks become
one conflict.
"""

from __future__ import annotations

from typing import NamedTuple

from taskfiles.basics.instants import find_span
from taskfiles.merge.comments import keep_comments
from taskfiles.merge.line_ends import Aligned, align
from taskfiles.merge.lines import (
    DEFAULT_MARKERS,
    Markers,
    cut_texts,
    hunk_lines,
    mark,
    mark_differences,
    merge_regions,
    prefer_both,
    prefer_both_swapped,
    prefer_ours,
    shared_lines,
)
from taskfiles.merge.notes import unite_notes
from taskfiles.merge.values import merge_frontmatter
from taskfiles.task.keys import key_order
from taskfiles.task.task import Task, Unreadable, parse_task
from taskfiles.text.document import Document
from taskfiles.text.nodes import Value, YamlProblem, field_name, same
from taskfiles.text.positions import UnsafeEdit
from taskfiles.text.sections import split_lines
from taskfiles.text.splice import edit_yaml
from taskfiles.text.steps import find_steps
from taskfiles.text.yaml import read_yaml

FILE, FRONTMATTER, BODY = "file", "frontmatter", "body"


class MergeResult(NamedTuple):
    """A merged file.

    `conflicts` names what is in conflict, which has markers in `data`: dotted fields, `body`, or the `file`
    or its `frontmatter` as a whole. `settled` is the file with every conflict settled as ours. `apart` are
    the ids of ours and theirs if they are two tasks.
    """

    data: bytes
    settled: bytes
    conflicts: list[str]
    apart: tuple[str, str] | None = None


def merge_task(base: bytes, ours: bytes, theirs: bytes, markers: Markers = DEFAULT_MARKERS) -> MergeResult:
    """Merge two versions of a task file with the common ancestor `base`, which is empty if there is none.

    If one side is unchanged, the result is the other, byte for byte. Bytes that are no readable task are
    merged by lines. Two files that were created as different tasks become one conflict.
    """
    if theirs in {base, ours}:
        return MergeResult(ours, ours, [])
    if ours == base:
        return MergeResult(theirs, theirs, [])
    aligned = align(base, ours, theirs)
    if aligned.newline is not None:
        return _restore(merge_task(*aligned[:3], markers), aligned)
    try:
        ancestor = parse_task("", base) if base.strip() else None
        left, right = parse_task("", ours), parse_task("", theirs)
    except Unreadable:
        return _merge_bytes(base, ours, theirs, markers)
    if (ancestor is None or left.id != right.id) and not is_one_history(left, right):
        result = _side_by_side(ours, theirs, markers, left.document.newline)
        return result._replace(apart=(left.id, right.id))
    return _merge_readable(ancestor, left, right, markers, ancestor.document.body if ancestor else b"")


def _restore(result: MergeResult, aligned: Aligned) -> MergeResult:
    data, settled = aligned.restore(result.data), aligned.restore(result.settled)
    return result._replace(data=data, settled=settled)


def merge_versions(base: Task | None, ours: Task, theirs: Task) -> MergeResult:
    """Merge two files that are known to be one task.

    Unlike in `merge_task` an unchanged side counts as well: what either adds to the ancestor is kept. Without
    an ancestor the lines that both bodies share are used as its body.
    """
    aligned = align(base.data if base else b"", ours.data, theirs.data)
    if aligned.newline is not None:
        base = parse_task(base.path, aligned.base) if base else None
        ours, theirs = parse_task(ours.path, aligned.ours), parse_task(theirs.path, aligned.theirs)
        return _restore(merge_versions(base, ours, theirs), aligned)
    shared = shared_body(base, ours, theirs)
    return _merge_readable(base, ours, theirs, DEFAULT_MARKERS, shared)


def shared_body(base: Task | None, ours: Task, theirs: Task) -> bytes:
    """Return the body that two files of one task are compared with; see `merge_versions`."""
    if base is not None:
        return base.document.body
    return _encode(shared_lines(_decode(ours.document.body), _decode(theirs.document.body)))


def is_one_history(first: Task, second: Task) -> bool:
    """Return whether two files come from one task: they were created at one instant.

    If neither says when it was created, their titles are compared.
    """
    given = [task.values.get("created_at") for task in (first, second)]
    if given == [None, None]:
        return same(first.values.get("title"), second.values.get("title"))
    first_span, second_span = (find_span(each) for each in given)
    if first_span is None or second_span is None:
        return same(*given)
    return first_span[0] <= second_span[1] and second_span[0] <= first_span[1]  # a day is the whole day


def _merge_bytes(base: bytes, ours: bytes, theirs: bytes, markers: Markers) -> MergeResult:
    newline = "\r\n" if b"\r\n" in ours else "\n"
    marked, settled = _merge_text(base, ours, theirs, markers, newline)
    return MergeResult(_encode(marked), _encode(settled), [] if marked == settled else [FILE])


def _merge_text(base: bytes, ours: bytes, theirs: bytes, markers: Markers, newline: str) -> tuple[str, str]:
    """Merge by lines; return the text with conflict markers, and with conflicts settled as ours."""
    regions = cut_texts(_decode(base), _decode(ours), _decode(theirs))
    regions = unite_notes(regions, _decode(ours), _decode(theirs), newline)
    marked = merge_regions(regions, mark(markers, newline))
    return marked, merge_regions(regions, lambda region: region.ours)


def _side_by_side(ours: bytes, theirs: bytes, markers: Markers, newline: str) -> MergeResult:
    hunk = hunk_lines(split_lines(_decode(ours)), split_lines(_decode(theirs)), markers, newline)
    return MergeResult(_encode("".join(hunk)), ours, [FILE])


def _decode(data: bytes) -> str:
    return data.decode(errors="surrogateescape")


def _encode(text: str) -> bytes:
    return text.encode(errors="surrogateescape")


def _merge_readable(
    base: Task | None, ours: Task, theirs: Task, markers: Markers, base_body: bytes
) -> MergeResult:
    document = ours.document
    wanted, other, paths = merge_frontmatter(base.values if base else {}, ours.values, theirs.values)
    conflicts = [field_name(path) for path in paths]
    base_front = base.document.front if base else ""
    try:
        front = _write(base_front, document, theirs.document.front, wanted)
        theirs_front = edit_yaml(front, other, key_order, document.newline) if conflicts else front
        marked = mark_differences(front, theirs_front, markers, document.newline)
    except UnsafeEdit:
        front, conflicts = document.front, [FRONTMATTER]
        hunk = hunk_lines(split_lines(front), split_lines(theirs.document.front), markers, document.newline)
        marked = "".join(hunk)
    marked_body, body = _merge_text(base_body, document.body, theirs.document.body, markers, document.newline)
    if marked_body != body:
        conflicts.append(BODY)
    settled = document.with_parts(front, _encode(body)).to_bytes()
    data = document.with_parts(marked, _encode(marked_body)).to_bytes()
    if conflicts != [FRONTMATTER] and not _reads_as(settled, wanted, body):
        return _side_by_side(ours.data, theirs.data, markers, document.newline)
    return MergeResult(data, settled, conflicts)


def _write(base: str, ours: Document, theirs: str, wanted: dict[str, Value]) -> str:
    """Write merged values into the text that needs the fewest edits for them.

    Candidates are merges by lines, which have the comments of both sides, if they are readable YAML, and the
    text of ours. Raises UnsafeEdit.
    """
    regions = cut_texts(base, ours.front, theirs)
    texts = [merge_regions(regions, how) for how in (prefer_both, prefer_both_swapped, prefer_ours)]
    failed: UnsafeEdit | None = None
    for text in sorted(dict.fromkeys([*texts, ours.front]), key=lambda text: _distance(text, wanted)):
        try:
            front = edit_yaml(text, wanted, key_order, ours.newline)
        except UnsafeEdit as unsafe:
            failed = unsafe
        except YamlProblem:
            continue
        else:
            return keep_comments(front, base, theirs, ours.newline)
    assert failed is not None  # the text of ours is readable
    raise failed


def _distance(text: str, wanted: dict[str, Value]) -> float:
    """Count the edits from a text to wanted values; infinite if it can't be read as a mapping."""
    try:
        value = read_yaml(text).value
    except YamlProblem:
        return float("inf")
    return sum(1 for _ in find_steps(value, wanted)) if isinstance(value, dict) else float("inf")


def _reads_as(data: bytes, wanted: dict[str, Value], body: str) -> bool:
    try:
        task = parse_task("", data)
    except Unreadable:
        return False
    return same(task.values, wanted) and _decode(task.document.body) == body
