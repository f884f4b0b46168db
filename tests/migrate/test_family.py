"""Relations: whatever the source says, three levels without circles, and each relation is kept or said."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from taskfiles import parse_task
from taskfiles.backlog.relations import STORE_RULES
from taskfiles.migrate.family import Member, relate
from taskfiles.migrate.foreign import ForeignTask, Place, SourceFinding
from taskfiles.migrate.ids import OldIds
from taskfiles.migrate.render import render

NAMES = "abcdefgh"
RELATIONS = st.fixed_dictionaries(
    {key: st.lists(st.sampled_from([*NAMES, "gone"]), max_size=2) for key in ("parent", "children")}
    | {key: st.lists(st.sampled_from([*NAMES, "gone"]), max_size=2) for key in ("depends_on", "blocks")}
)
ALL = st.lists(RELATIONS, min_size=1, max_size=len(NAMES))
KINDS = st.lists(st.sampled_from(["epic", None]), min_size=len(NAMES), max_size=len(NAMES))


@given(ALL, KINDS)
def test_any_relations_become_ones_without_an_error(
    given_relations: list[Mapping[str, list[str]]], kinds: list[str | None]
) -> None:
    members, old_ids = [], OldIds()
    for name, kind, named in zip(NAMES, kinds, given_relations, strict=False):
        members.append(Member(ForeignTask(Place("x", 3), name, name, b""), name, kind, named))
        old_ids.add(name, name)
    findings: list[SourceFinding] = []
    relate(members, old_ids, findings)
    tasks = []
    for member in members:
        values = {"id": member.id, "title": "T", "kind": member.kind or "task", "state": "ready"}
        lists = {key: getattr(member, key) for key in ("children", "depends_on", "blocks")}
        front = {**values, **{key: found for key, found in lists.items() if found}}
        tasks.append(parse_task(f"tasks/{member.id}.md", render(front, b"")))
    assert [finding for rule in STORE_RULES for finding in rule(tasks)] == []
    lost = sum(len(names) for member in members for names in member.lost.values())
    assert lost == len(findings)
    children = {child: member.id for member in members for child in member.children}
    for member in members:
        kept = {*member.depends_on, *member.lost.get("depends_on", [])}
        assert set(member.named["depends_on"]) == kept
        for name in member.named["parent"]:
            assert name in member.lost.get("parent", []) or children.get(member.id) == name


def test_the_levels_decide_the_kinds() -> None:
    members, old_ids = [], OldIds()
    for name, above in zip("abcde", ("", "a", "b", "c", ""), strict=True):
        named = {"parent": [above]} if above else {}
        members.append(Member(ForeignTask(Place("x"), name, name, b""), name, None, named))
        old_ids.add(name, name)
    findings: list[SourceFinding] = []
    relate(members, old_ids, findings)
    assert [member.kind for member in members] == ["epic", "story", "task", "task", None]
    assert [member.children for member in members] == [["b"], ["c", "d"], [], [], []]
    assert [finding.code for finding in findings] == ["too-deep"]


def test_what_names_nobody_twice_is_kept_and_said_once() -> None:
    task = ForeignTask(Place("a.md"), "a", "A", b"")
    findings: list[SourceFinding] = []
    member = Member(task, "a", None, {"parent": ["gone", "gone"]})
    relate([member], OldIds(), findings)
    assert member.lost == {"parent": ["gone"]}
    assert [finding.code for finding in findings] == ["no-such-task"]
