"""Texts are compared in one normal form of Unicode, wherever they are compared; files keep their bytes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.in_process import call
from support.project import Project
from taskfiles.basics.unicode import fold, normal
from taskfiles.merge.values import merge_frontmatter

NFC, NFD = "caf\u00e9", "cafe\u0301"


@given(st.text(), st.sampled_from(["NFC", "NFD"]))
def test_forms_are_one(text: str, form: str) -> None:
    import unicodedata

    other = unicodedata.normalize(form, text)  # type: ignore[arg-type]  # one of its literals
    assert normal(other) == normal(text) == normal(normal(text))
    assert fold(other) == fold(text) == fold(fold(text))


@pytest.mark.parametrize(("stored", "asked"), [(NFC, NFD), (NFD, NFC), (NFC, NFC), (NFD, NFD)])
@pytest.mark.parametrize(
    "line",
    [
        ("list", "--search", "X"),
        ("list", "--search", "X", "--state", "idea"),
        ("list", "--label", "X"),
        ("list", "--label", "other,X"),
        ("list", "--assignee", "X"),
        ("list", "--assignee", "@X"),
        ("list", "--meta", "milestone=X"),
        ("list", "--meta", "track=X"),
        ("list", "--meta", "labels=X"),
        ("list", "--meta", "own=X"),
        ("list", "--model", "X"),
        ("list", "--tool", "X"),
    ],
    ids=" ".join,
)
def test_filters_find_either_form(project: Project, stored: str, asked: str, line: tuple[str, ...]) -> None:
    keys = {"title": stored, "labels": f"[{stored}]", "assignees": f"[{stored}]", "own": stored}
    keys |= {"milestone": stored, "track": stored, "state": "idea"}
    attempt = (
        "execution:\n  attempts:\n  - id: 2cedfa3f-3ddf-4498-9038-b87710985780\n    status: completed\n"
        "    started_at: 2025-11-02T12:00:00Z\n    ended_at: 2025-11-02T12:00:01Z\n    duration_seconds: 1\n"
        f"    executor: {{tool: {stored}, model: {stored}}}\n"
    )
    file = project.task("fix", **keys, extra=attempt)
    project.task("none", state="idea")
    before = file.read_bytes()
    words = [word.replace("X", asked) for word in line]
    assert call(project, *words, "--output", "plain").out == "fix\n"
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "by", ["label", "milestone", "own", "language", "model", "tool", "provider", "planner"]
)
def test_figures_count_either_form_as_one(project: Project, tmp_path: Path, by: str) -> None:
    for id_, text in (("one", NFC), ("two", NFD)):
        keys = {"labels": f"[{text}]", "milestone": text, "own": text, "language": text}
        agent = f"tool: {text}, model: {text}, provider: {text}, planner: {{tool: {text}}}"
        attempt = (
            f"execution:\n  attempts:\n  - id: 2cedfa3f-3ddf-4498-9038-b8771098578{len(id_ + text)}\n"
            "    started_at: 2025-11-02T12:00:00Z\n    ended_at: 2025-11-02T12:00:01Z\n"
            f"    duration_seconds: 1\n    status: completed\n    executor: {{{agent}}}\n"
        )
        project.task(id_, **keys, extra=attempt)
    place = str(tmp_path / "dataset")
    assert call(project, "export", "--dataset", place).code == 0
    for more in ((), ("--dataset", place, "--engine", "python")):
        groups = call(project, "stats", "--by", by, *more, "--output", "json").json["groups"]
        assert [(group["key"], group["tasks"]) for group in groups] == [({by: NFC}, 2)]


@pytest.mark.parametrize(("stored", "asked"), [("@bob", "bob"), ("bob", "@bob"), ("@bob", "@bob")])
def test_an_at_sign_does_not_count(project: Project, stored: str, asked: str) -> None:
    project.task("fix", assignees=f"['{stored}']")
    assert call(project, "list", "--assignee", asked, "--output", "plain").out == "fix\n"
    assert call(project, "list", "--meta", f"assignees={asked}", "--output", "plain").out == "fix\n"
    assert call(project, "list", "--assignee", "bo", "--output", "plain").out == ""


def test_an_item_is_not_added_in_another_form(project: Project) -> None:
    project.task("fix", labels=f"[{NFD}, b]")
    done = call(project, "update", "fix", "--add", f"labels={NFC}", "--output", "json")
    assert done.json["changed"] is False
    done = call(project, "update", "fix", "--remove", f"labels={NFC}", "--output", "json")
    assert done.json["task"]["labels"] == ["b"]


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        ([], [NFC], [NFD], [NFC]),
        ([NFD], [NFD, "a"], [NFC, "b"], [NFC, "a", "b"]),
        ([NFD], [NFC], [NFD], [NFC]),
        ([NFD], [], [NFC], []),
        (NFD, NFC, NFD, NFC),
        ("x", NFC, NFD, NFC),
        ("x", NFD, NFC, NFD),
    ],
)
def test_a_merge_has_no_item_twice_and_no_conflict_about_forms(
    base: object, ours: object, theirs: object, merged: object
) -> None:
    left, right, conflicts = merge_frontmatter({"k": base}, {"k": ours}, {"k": theirs})  # type: ignore[dict-item]
    assert (left, right, conflicts) == ({"k": merged}, {"k": merged}, [])


def test_ascii_needs_no_tables() -> None:
    code = "import sys; from taskfiles.basics.unicode import fold, normal; fold('A'); normal('A'); "
    code += "print('unicodedata' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
