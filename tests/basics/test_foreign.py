"""What other libraries say never reaches people: each of their messages has ours."""

from __future__ import annotations

import json
import re
import tomllib
import tomllib._parser  # type: ignore[import-not-found]  # its source is what is read here
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from taskfiles.basics.foreign import _TOML, explain_pydantic, explain_record, explain_toml


class Sample(BaseModel):
    """A model with one key of each kind."""

    model_config = ConfigDict(extra="forbid", strict=True)

    whole: int = 1
    text: str = ""
    switch: bool = True
    items: list[str] = []
    table: dict[str, int] = {}


@pytest.mark.parametrize(
    ("given", "clause"),
    [
        ({"whole": "x"}, "a whole number belongs there"),
        ({"text": 5}, "text belongs there"),
        ({"switch": "yes"}, "true or false belongs there"),
        ({"items": 1}, "a list belongs there"),
        ({"items": [1]}, "text belongs there"),
        ({"table": []}, "a mapping belongs there"),
        ({"other": 1}, "there is no such key"),
    ],
)
def test_what_pydantic_refuses(given: dict[str, object], clause: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Sample.model_validate(given)
    assert explain_pydantic(dict(caught.value.errors()[0])) == clause


def test_an_unknown_error_of_pydantic_has_a_sentence() -> None:
    assert explain_pydantic({"type": "something_new", "msg": "Input should"}) == (
        "its value is not allowed there"
    )


def test_every_message_of_this_pythons_toml_reader_has_its_meaning() -> None:
    source = Path(tomllib._parser.__file__).read_text()
    said = re.findall(r'suffixed_err\(\s*src,\s*[^"]*?f?"([^"]+)"', source)
    said += re.findall(r'TOMLDecodeError\(\s*f?"([^"]+)"', source)
    assert len(said) > 10
    for message in {each.replace("\\\\", "\\") for each in said} - {"{msg} (at {coord_repr(src, pos)})"}:
        assert any(message.startswith(words) for words, _ in _TOML), message


@given(st.text('a=[]{}"\n.#1-\\:', max_size=12))
def test_a_place_is_one_of_the_text(text: str) -> None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
    else:
        return
    problem, line, _ = explain_toml(message)
    assert problem in {meaning for _, meaning in _TOML}
    assert line is None or 1 <= line <= text.count("\n") + 1


def test_what_is_wrong_with_a_record() -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads("{")
    assert explain_record(caught.value) == "a line of it is not a JSON"
    assert explain_record(KeyError("repo")) == "a record of it has no repo"
    assert explain_record(RecursionError("maximum depth")) == "a record of it is nested too deeply"
    assert explain_record(TypeError("unhashable")) == "a record of it has a value of another type"
    assert explain_record(ValueError("a line of it is not an object")) == "a line of it is not an object"
