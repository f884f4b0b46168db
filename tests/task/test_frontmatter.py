"""The handler for python-frontmatter: YAML 1.2, and the errors with the line of the file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import frontmatter
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.strategies import TEXTS, VALUES
from taskfiles import TaskfilesError
from taskfiles.task.frontmatter import TaskHandler
from taskfiles.task.words import State
from taskfiles.text.nodes import same

TEXT = "---\nid: fix\nanswer: no\ncreated_at: 2025-11-02T12:00:00Z\n---\n\nBody\n---\nmore\n"


def load(text: str) -> frontmatter.Post:
    return frontmatter.loads(text, handler=TaskHandler())


def test_values_are_those_of_yaml_1_2() -> None:
    post = load(TEXT)
    assert post.metadata == {"id": "fix", "answer": "no", "created_at": "2025-11-02T12:00:00Z"}
    assert post.content == "Body\n---\nmore"


@pytest.mark.parametrize(
    "text", [TEXT.replace("\n", "\r\n"), "\ufeff" + TEXT, TEXT.replace("---\n", "--- \t\n", 1)]
)
def test_every_spelling_of_the_fences_is_read(text: str) -> None:
    assert load(text).metadata == load(TEXT).metadata


@pytest.mark.parametrize(
    "text", ["", "Body\n", "--- js\nid: a\n---\n", " ---\nid: a\n---\n", "----\nid: a\n----\n"]
)
def test_a_text_that_opens_with_no_fence_is_none_of_ours(text: str) -> None:
    assert not TaskHandler().detect(text)
    assert TaskHandler().detect(TEXT)


def test_empty_frontmatter_is_an_empty_mapping() -> None:
    assert load("---\n---\nBody\n").metadata == {}


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_metadata_that_is_written_reads_back(metadata: dict[str, Any]) -> None:
    post = frontmatter.Post("Body")
    post.metadata = metadata
    assert same(load(frontmatter.dumps(post, handler=TaskHandler())).metadata, metadata)


def test_known_keys_are_written_in_canonical_order() -> None:
    noon = datetime(2025, 11, 2, 12, tzinfo=UTC)
    post = frontmatter.Post("Body", x_own=1, created_at=noon, state=State.READY, id="fix")
    assert frontmatter.dumps(post, handler=TaskHandler()) == (
        "---\nid: fix\nstate: ready\ncreated_at: 2025-11-02T12:00:00.000Z\nx_own: 1\n---\n\nBody"
    )


def test_what_can_not_be_read_is_named_with_its_line() -> None:
    with pytest.raises(TaskfilesError, match="`title` is given twice") as caught:
        load("---\nid: fix\ntitle: a\n\ntitle: b\n---\n")
    assert (caught.value.code, caught.value.line, caught.value.column) == ("unreadable-task", 5, 1)
