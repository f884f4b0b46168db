"""What pages ask to be done: done by the commands' use cases, once, and never over another's change."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from support.event_log import events_of
from support.in_process import call, ok
from support.layouts import make_project
from support.project import BODY, Project
from support.web import Answer, Served, serving
from taskfiles_cli.surface.fields import is_field, write_field
from taskfiles_cli.web.acting import Acting


@pytest.fixture
def place(tmp_path: Path) -> Project:
    made = Project(tmp_path / "repo")
    make_project(made.root, "flat")
    made.git("init", "-q", "-b", "main", "--template=")
    made.task("fix")
    made.task("full", body=BODY.replace("[ ]", "[x]"))
    return made


@pytest.fixture
def served(place: Project) -> Iterator[Served]:
    with serving(place, "--by", "ana") as running:
        yield running
    assert "failed" not in running.said


def act(served: Served, **given: Any) -> Answer:
    csrf = re.search(r'name="csrf" content="([0-9a-f]+)"', served.ask("/board").body)
    assert csrf is not None
    body = json.dumps(given).encode()
    return served.ask("/act", method="POST", body=body, headers={"X-Tasks-CSRF": csrf[1]})


def move(served: Served, project: Project, task_id: str, state: str, **more: Any) -> Answer:
    task = project.get(task_id)
    given = {"kind": "move", "id": task_id, "values": {"state": state}}
    return act(served, **{**given, "expect": {"state": task.get("state")}, "etag": task.etag, **more})


def test_a_move_is_a_move_and_is_undone_byte_for_byte(served: Served, place: Project) -> None:
    before = place.tree()
    done = move(served, place, "fix", "idea")
    answer = json.loads(done.body)
    assert (done.status, answer["changed"], answer["sentence"]) == (200, True, "fix: idea")
    assert place.get("fix").get("state") == "idea"
    undone = act(served, kind="undo", values={"run": answer["run"]})
    assert undone.status == 200
    assert place.tree() == before


def test_what_is_begun_is_held_by_the_board_and_given_back(served: Served, place: Project) -> None:
    assert move(served, place, "fix", "in-progress").status == 200
    shown = ok(call(place, "show", "fix", "--output", "json")).json
    assert (shown["state"], shown["claim"]["by"], shown["claim"]["mine"]) == ("in-progress", "web:ana", False)
    # A shell of the same worktree is somebody else (and the other way round).
    assert call(place, "update", "fix", "--priority", "high").code == 4
    assert move(served, place, "fix", "ready").status == 200
    assert ok(call(place, "show", "fix", "--output", "json")).json["claim"] is None


def test_what_a_shell_holds_is_refused_and_says_who(served: Served, place: Project) -> None:
    ok(call(place, "pickup", "fix", "--by", "agent-7"))
    done = move(served, place, "fix", "ready")
    answer = json.loads(done.body)
    assert (done.status, answer["code"]) == (422, "claimed")
    assert "agent-7" in answer["message"]
    assert place.get("fix").get("state") == "in-progress"


def test_what_is_not_complete_is_refused_with_what_is_missing(served: Served, place: Project) -> None:
    done = move(served, place, "fix", "done")
    assert (done.status, json.loads(done.body)["code"]) == (422, "incomplete")
    assert move(served, place, "full", "done").status == 200
    assert place.get("full").get("completed_at") is not None


def test_a_change_of_something_else_meanwhile_harms_nothing(served: Served, place: Project) -> None:
    seen = place.get("fix")
    ok(call(place, "note", "fix", "somebody else was here"))
    given = {"kind": "move", "id": "fix", "values": {"state": "idea"}, "expect": {"state": "ready"}}
    assert act(served, **given, etag=seen.etag).status == 200
    assert "somebody else was here" in ok(call(place, "show", "fix")).out


def test_a_change_of_the_same_meanwhile_is_a_conflict_with_both_sides(served: Served, place: Project) -> None:
    seen = place.get("fix")
    ok(call(place, "move", "fix", "canceled"))
    before = place.tree()
    given = {"kind": "move", "id": "fix", "values": {"state": "idea"}, "expect": {"state": "ready"}}
    done = act(served, **given, etag=seen.etag)
    conflict = json.loads(done.body)["conflict"]
    assert (done.status, conflict["yours"], conflict["theirs"]) == (
        409,
        {"state": "idea"},
        {"state": "canceled"},
    )
    assert place.tree() == before
    again = act(served, **{**given, "expect": conflict["theirs"]}, etag=conflict["etag"])
    assert again.status == 200
    assert place.get("fix").get("state") == "idea"


def test_the_same_key_is_done_once(served: Served, place: Project) -> None:
    etag = place.get("fix").etag
    given = {"kind": "note", "id": "fix", "values": {"text": "once"}, "expect": {}, "etag": etag, "key": "k1"}
    first, second = act(served, **given), act(served, **given)
    assert (first.status, first.body) == (second.status, second.body)
    assert ok(call(place, "show", "fix")).out.count("web:ana: once") == 1


def test_a_box_is_ticked_unless_it_is_another_one_now(served: Served, place: Project) -> None:
    seen = place.get("fix")
    given = {"kind": "check", "id": "fix", "values": {"box": "1", "checked": True}, "etag": seen.etag}
    assert act(served, **given, expect={"box:1": ["First", False]}).status == 200
    assert "- [x] First" in (place.root / place.path("fix")).read_text()
    file = place.root / place.path("fix")
    file.write_text(file.read_text().replace("- [x] First", "- [ ] Another\n- [x] First"))
    done = act(served, **given, expect={"box:1": ["First", False]})
    assert (done.status, json.loads(done.body)["conflict"]["theirs"]) == (409, {"box:1": ["Another", False]})


def test_a_key_is_set_to_one_of_its_words(served: Served, place: Project) -> None:
    given = {"kind": "set", "id": "fix", "expect": {"priority": "normal"}, "etag": place.get("fix").etag}
    assert act(served, **given, values={"priority": "hihg"}).status == 422
    assert act(served, **given, values={"state": "done"}).status == 422
    assert act(served, **given, values={}).status == 422
    assert act(served, **given, values={"priority": "high"}).status == 200
    assert place.get("fix").get("priority") == "high"


def test_what_a_page_never_asks_for_is_refused(served: Served, place: Project) -> None:
    before = place.tree()
    etag = place.get("fix").etag
    asked: list[tuple[dict[str, Any], int]] = [
        ({"kind": "delete", "id": "fix"}, 422),
        ({"kind": "move", "id": "none", "values": {"state": "idea"}}, 422),
        ({"kind": "move", "id": "fix", "values": {"state": "gone"}}, 422),
        ({"kind": "move", "id": "fix", "values": {}}, 422),
        ({"kind": "undo", "values": {"run": "00000000-0000-4000-8000-000000000000"}}, 422),
        ({"kind": 5}, 400),
        ({"kind": "move", "id": ["fix"]}, 400),
        ({"kind": "move", "values": []}, 400),
    ]
    for given, status in asked:
        assert act(served, **{"etag": etag, "expect": {}, **given}).status == status, given
    assert place.tree() == before


def test_what_another_has_done_is_not_undone(served: Served, place: Project) -> None:
    run = ok(call(place, "note", "fix", "mine", "--output", "json")).json["run_id"]
    assert act(served, kind="undo", values={"run": run}).status == 422
    assert "mine" in ok(call(place, "show", "fix")).out


def test_every_act_and_every_refusal_is_in_the_event_log(served: Served, place: Project) -> None:
    move(served, place, "fix", "done")
    move(served, place, "fix", "in-progress")
    data = [event["data"] for event in events_of(place) if event.get("subject") == "fix"]
    found = [(each["action"], each["outcome"]) for each in data]
    assert ("task.complete", "blocked") in found
    assert ("task.claim", "success") in found


def test_the_token_of_the_shell_that_started_it_is_not_its_own(place: Project) -> None:
    claim = ok(call(place, "pickup", "fix", "--by", "ana", "--output", "json")).json["claim"]["token"]
    place.env["TASKS_CLAIM"] = claim
    with serving(place, "--by", "ana") as running:
        assert move(running, place, "fix", "ready").status == 422


def test_a_board_for_reading_offers_nothing_and_does_nothing(place: Project) -> None:
    with serving(place, "--read-only") as running:
        html = running.ask("/board").body
        assert "data-move" not in html
        assert 'name="csrf"' not in html
        assert running.ask("/act", method="POST", body=b"{}").status == 403


def test_too_much_at_once_is_refused() -> None:
    seconds = 0.0
    acting = Acting(NotImplemented, lambda: 0, lambda: seconds)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"5"}

    def ask() -> int:
        request = Request({"type": "http", "method": "POST", "headers": []}, receive)
        return asyncio.run(acting.answer(request)).status_code

    assert [ask() for _ in range(62)] == [400] * 60 + [429] * 2
    seconds = 1.5
    assert ask() == 400


def test_several_are_changed_at_once_and_undone_or_each_refusal_is_said(
    served: Served, place: Project
) -> None:
    place.task("held")
    ok(call(place, "pickup", "held", "--by", "agent-7"))
    before = place.tree()

    def mark(task_id: str) -> dict[str, Any]:
        task = place.get(task_id)
        return {"id": task_id, "etag": task.etag, "expect": {"state": task.get("state")}}

    three = [mark(each) for each in ("fix", "full", "held")]
    done = act(served, kind="all", marks=three, values={"state": "done"})
    said = [each["message"] for each in json.loads(done.body)["refusals"]]
    assert (done.status, ["agent-7" in each for each in said]) == (422, [True, False])
    assert "fix can't become done yet" in said[1]
    assert place.tree() == before
    values = {"state": "canceled", "key:priority": "high", "add:labels": "ui,docs"}
    done = act(served, kind="all", marks=three[:2], values=values)
    assert (done.status, json.loads(done.body)["changed"]) == (200, True)
    for each in ("fix", "full"):
        task = place.get(each)
        assert (task.state, task.get("priority"), task.get("labels")) == ("canceled", "high", ["ui", "docs"])
    assert act(served, kind="undo", values={"run": json.loads(done.body)["run"]}).status == 200
    assert place.tree() == before
    for wrong in ([], [{}], [{"id": "fix", "etag": "x"}], three * 400):
        assert act(served, kind="all", marks=wrong, values={"key:priority": "high"}).status in {400, 422}
    assert place.tree() == before


def edit(served: Served, project: Project, texts: dict[str, str], **more: Any) -> Answer:
    task = project.get("fix")
    seen = {name: write_field(task, name) for name in texts if is_field(name)}
    return act(
        served, **{"kind": "edit", "id": "fix", "values": texts, "expect": seen, "etag": task.etag, **more}
    )


def test_keys_and_sections_are_edited_in_one_change_and_undone(served: Served, place: Project) -> None:
    before = place.tree()
    texts = {
        "key:labels": "ui\nto do",
        "key:due": "2025-12-01",
        "key:mine": "5",
        "section:Overview": "Now clear.",
    }
    done = edit(served, place, {**texts, "append:Notes": "- one", "criterion": "Third"})
    assert done.status == 200
    task = place.get("fix")
    assert (task.get("labels"), task.get("due"), task.get("mine")) == (["ui", "to do"], "2025-12-01", 5)
    for part in ("## Overview\n\nNow clear.\n", "- [ ] Third\n", "## Notes\n\n- one\n"):
        assert part in task.body
    undone = act(served, kind="undo", values={"run": json.loads(done.body)["run"]})
    assert (undone.status, place.tree() == before) == (200, True)


def test_what_is_edited_is_refused_as_on_the_command_line(served: Served, place: Project) -> None:
    before = place.tree()
    for texts, sentence in (
        ({"key:title": ""}, "title"),
        ({"key:rank": "high"}, "rank"),
        ({"key:due": "soon"}, "soon"),
        ({"key:size": "gigantic"}, "gigantic"),
        ({"key:depends_on": "nobody"}, "nobody"),
        ({"section:Overview": "## Another"}, "begin a section of its own"),
        ({"key:id": "other"}, "a form does not change it"),
    ):
        done = edit(served, place, texts)
        assert (done.status, sentence in done.body) == (422, True), (texts, done.body)
    assert place.tree() == before


def test_an_edit_never_overwrites_what_another_has_written(served: Served, place: Project) -> None:
    old = place.get("fix")
    seen = {"section:Overview": write_field(old, "section:Overview")}
    ok(call(place, "update", "fix", "--field", "Overview", "Theirs.", "--label", "ui"))
    done = edit(served, place, {"section:Overview": "Mine."}, etag=old.etag, expect=seen)
    assert done.status == 409
    conflict = json.loads(done.body)["conflict"]
    assert (conflict["theirs"], conflict["yours"]) == (
        {"section:Overview": "Theirs."},
        {"section:Overview": "Mine."},
    )
    # What they did elsewhere is no conflict.
    assert edit(served, place, {"key:track": "t"}, etag=old.etag, expect={"key:track": ""}).status == 200
    assert place.get("fix").get("labels") == ["ui"]


def test_a_card_is_placed_among_others_and_undone(served: Served, place: Project) -> None:
    before = place.tree()
    etag = place.get("fix").etag
    given = {"kind": "place", "id": "fix", "etag": etag, "expect": {"rank": None}}
    done = act(served, **given, values={"above": "", "below": "full"})
    assert (done.status, place.get("fix").get("rank")) == (200, 1)
    assert re.findall(r'data-task="(\w+)".*?data-rank="1"', served.ask("/board").body) == ["fix"]
    # What it was seen without is there by now: nothing is written.
    again = act(served, **{**given, "key": "2"}, values={"above": "full", "below": ""})
    assert (again.status, json.loads(again.body)["conflict"]["theirs"]) == (409, {"rank": 1})
    assert act(served, kind="undo", values={"run": json.loads(done.body)["run"]}).status == 200
    assert place.tree() == before


def test_a_task_is_made_and_undone(served: Served, place: Project) -> None:
    before = set((place.root / "tasks").iterdir())
    done = act(served, kind="new", values={"title": "  Say <b>hello</b>\n twice "}, key="n")
    answer = json.loads(done.body)
    assert (done.status, answer["sentence"]) == (200, "say-b-hello: created")
    task = place.get("say-b-hello")
    assert (task.title, task.state) == ("Say <b>hello</b> twice", "idea")
    assert json.loads(act(served, kind="new", values={"title": "other"}, key="n").body) == answer
    assert act(served, kind="undo", values={"run": answer["run"]}).status == 200
    assert set((place.root / "tasks").iterdir()) == before
    assert "say-b-hello" not in served.ask("/board").body


def test_a_task_without_a_title_is_refused(served: Served, place: Project) -> None:
    before = set((place.root / "tasks").iterdir())
    for values in ({}, {"title": " \n"}, {"title": None}):
        refused = act(served, kind="new", values=values)
        assert (refused.status, json.loads(refused.body)["code"]) == (422, "bad-value")
    assert set((place.root / "tasks").iterdir()) == before
