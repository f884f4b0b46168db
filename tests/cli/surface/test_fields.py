"""A task as the fields of a form: what is written back changes nothing, all else as `tasks update` does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import make_task
from support.project import Project
from support.strategies import VALUES, loose_markdown, markdown_bodies
from taskfiles import KEY_ORDER, Store, Task, TaskfilesError, Update
from taskfiles.changes.draft import Draft
from taskfiles.task.keys import INSTANT_KEYS, TEXT_KEYS
from taskfiles_cli.surface.fields import Field, list_keys, list_sections, read_changes, write_field

NOW = "2025-11-02T12:00:00Z"


def fields_of(task: Task) -> dict[str, Field]:
    return {field.name: field for field in [*list_keys(task), *list_sections(task)]}


def read(project: Project, **texts: str) -> Update:
    return read_changes(
        Store.find(project.root), {name.replace("__", ":"): text for name, text in texts.items()}
    )


def test_every_key_of_the_table_has_a_field_by_its_type() -> None:
    task = make_task("a", labels=["ui", "to do"], rank=2.5, due="2025-11-02", x_own={"n": 1}, note="5")
    fields = fields_of(task)
    shown = {field.label: (field.control, field.text) for field in fields.values()}
    assert [name for name in KEY_ORDER if name not in shown] == ["id", "state", "execution"]
    assert shown["labels"] == ("lines", "ui\nto do")
    assert shown["priority"] == ("word", "normal")
    assert shown["rank"] == ("json", "2.5")
    assert shown["due"] == ("text", "2025-11-02")
    assert shown["x_own"] == ("json", '{"n": 1}')
    assert shown["note"] == ("json", '"5"')
    assert shown["track"] == ("text", "")
    assert fields["key:priority"].choices == ("none", "low", "normal", "high", "urgent")
    assert all(write_field(task, name) == field.text for name, field in fields.items())


KEYS = ["track", "title", "commit_message", "labels", "links", "rank", "due", "priority", "own"]


@given(st.sampled_from(KEYS), VALUES)
def test_a_key_that_is_written_back_is_as_it_was(key: str, value: Any) -> None:
    if key in TEXT_KEYS | INSTANT_KEYS and not isinstance(value, str):
        return  # an error of the file: no text of these keys means anything but a text
    if key == "labels" and not isinstance(value, list):
        return  # as above: written anew it is a list
    task = make_task("a", **{key: value})
    field = fields_of(task)[f"key:{key}"]
    if not field.is_safe or field.text != field.text.strip() or field.control == "word":
        return
    back = read_changes(None, {field.name: field.text})  # type: ignore[arg-type]  # no reference is looked up
    if field.text == "":
        assert value in (None, "", [])
    else:
        assert json.dumps(back.set[key]) == json.dumps(task.values[key])


def _plain(text: str) -> str:
    """Return a text with line feeds alone: a section that is written has the line ends of its file."""
    return text.replace("\r\n", "\n")


@given(markdown_bodies().map(lambda body: body[0]) | loose_markdown())
def test_a_section_that_is_written_back_changes_no_byte(body: str) -> None:
    task = make_task("a", body=body)
    for field in list_sections(task):
        if not field.is_safe or field.name == "body":
            continue
        draft = Draft(task, NOW)
        draft.write_section(field.label, field.text)
        assert _plain(draft.body) == _plain(task.body)


def test_what_stands_in_no_section_is_in_the_whole_text() -> None:
    def names(body: str) -> list[str]:
        return [field.name for field in list_sections(make_task("a", body=body))]

    assert names("\n## One\n\ntext\n\n### Below\n\n## Two\n") == ["section:One", "section:Two"]
    assert names("\nBefore.\n\n## One\n") == ["section:One", "body"]
    assert names("\n## One\n\n## one\n") == ["section:One", "body"]
    assert names("Only text.\n") == ["body"]
    assert names("# Title\n\n## One\n") == ["section:One", "body"]


def test_texts_that_hide_something_are_for_the_file() -> None:
    task = make_task("a", title="a\u202eb", track="plain", body="\n## One\n\na\x07b\n\n## Two\n\r\nfine\r\n")
    safe = {name: field.is_safe for name, field in fields_of(task).items()}
    assert (safe["key:title"], safe["key:track"], safe["section:One"]) == (False, True, False)


def test_fields_are_read_as_the_options_are(project: Project) -> None:
    project.task("b")
    made = read(
        project,
        key__labels="ui\n\n to do \n",
        key__priority="HIGH",
        key__rank="1.5",
        key__track="",
        key__own="[1, 2]",
        key__depends_on="task-b",
        key__parent="b",
        section__Overview="New",
        append__Notes="more",
        criterion="It is fast",
        body="  whole\n",
    )
    assert made.set == {
        "labels": ["ui", "to do"],
        "priority": "high",
        "rank": 1.5,
        "track": None,
        "own": [1, 2],
        "depends_on": ["b"],
    }
    assert (made.parent, made.criteria, made.body) == ("b", ["It is fast"], "\n  whole\n")
    assert (made.sections, made.appends) == ([("Overview", "New")], [("Notes", "more")])


@pytest.mark.parametrize(
    "texts", [{"key:id": "b"}, {"key:state": "done"}, {"key:": "x"}, {"x": "y"}, {"key:a": 5}]
)
def test_what_no_form_changes_is_refused(project: Project, texts: dict[str, Any]) -> None:
    with pytest.raises(TaskfilesError, match="a form does not change it"):
        read_changes(Store.find(project.root), texts)


def test_an_unknown_word_is_refused_with_the_near_one(project: Project) -> None:
    with pytest.raises(TaskfilesError, match="hihg"):
        read(project, key__priority="hihg")
