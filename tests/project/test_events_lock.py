"""Version 1 of the events grows by addition only: what holds the lock, and the lock itself."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from support.paths import REPOSITORY
from taskfiles.schema.files import list_schemas, read_schema

DOCS = REPOSITORY / "docs"
if not DOCS.is_dir():
    pytest.skip("the tests run without the repository's docs", allow_module_level=True)


def load_compatibility() -> Any:
    """Load the module by its path: what generates the docs is no package."""
    spec = spec_from_file_location("compatibility", DOCS / "schema" / "compatibility.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


find_breaks, strip_notes = load_compatibility().find_breaks, load_compatibility().strip_notes
LOCK = DOCS / "events.lock.json"
NAMES = [name for name in list_schemas() if name.startswith(("event.", "payload."))]
PUBLISHED = {name: read_schema(name) for name in NAMES}


def test_version_1_grew_by_additions_only() -> None:
    locked = json.loads(LOCK.read_text(encoding="utf-8"))
    assert locked.keys() <= PUBLISHED.keys()
    for name, schema in locked.items():
        assert find_breaks(schema, PUBLISHED[name]) == []
        # What is written now, those can read who know the lock only.
        for example in PUBLISHED[name]["examples"]:
            Draft202012Validator(schema).validate(example)


OLD: dict[str, Any] = {
    "$defs": {
        "Part": {
            "type": "object",
            "properties": {"size": {"type": "integer", "minimum": 0}, "title": {"type": "string"}},
            "required": ["size"],
        }
    },
    "type": "object",
    "title": "Old",
    "properties": {
        "word": {"enum": ["a", "b"]},
        "count": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "id": {"type": "string", "pattern": "^a$"},
        "parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}},
        "files": {"type": "object", "additionalProperties": {"$ref": "#/$defs/Part"}},
    },
    "required": ["word"],
    "additionalProperties": True,
    "if": {"properties": {"word": {"const": "a"}}},
    "else": {"properties": {"id": {"type": "string"}}},
}
Edit = Callable[[dict[str, Any]], object]

ADDITIONS: dict[str, Edit] = {
    "an optional key": lambda new: new["properties"].update(more={"type": "string"}),
    "an optional key of a part": lambda new: new["$defs"]["Part"]["properties"].update(more={}),
    "a word": lambda new: new["properties"]["word"]["enum"].append("c"),
    "a definition": lambda new: new["$defs"].update(More={"type": "object"}),
    "another title": lambda new: new.update(title="New", description="More", examples=[1]),
    "another order": lambda new: new["properties"].update(word=new["properties"].pop("word")),
    "another name of a definition": lambda new: (
        new["$defs"].update(File=new["$defs"].pop("Part")),
        new["properties"]["parts"].update(items={"$ref": "#/$defs/File"}),
        new["properties"]["files"].update(additionalProperties={"$ref": "#/$defs/File"}),
    ),
}
BREAKS: dict[str, tuple[Edit, str]] = {
    "a key is removed": (lambda new: new["properties"].pop("id"), "/id: is gone"),
    "a required key is removed": (
        lambda new: (new["properties"].pop("word"), new["required"].clear()),
        "/word: is gone",
    ),
    "a key of a part is removed": (
        lambda new: new["$defs"]["Part"]["properties"].pop("title"),
        "/parts/items/title: is gone",
    ),
    "a key is renamed": (
        lambda new: new["properties"].update(ident=new["properties"].pop("id")),
        "/id: is gone",
    ),
    "a new key is required": (
        lambda new: (new["properties"].update(more={}), new["required"].append("more")),
        "/more: must be there now",
    ),
    "an old key is required": (lambda new: new["required"].append("id"), "/id: must be there now"),
    "a key is no longer required": (lambda new: new.pop("required"), "/word: need not be there any more"),
    "a word is removed": (
        lambda new: new["properties"]["word"]["enum"].remove("b"),
        "/word: 'b' is no choice any more",
    ),
    "words where there were all": (
        lambda new: new["properties"]["id"].update(enum=["a"]),
        "/id: enum is new",
    ),
    "all where there were words": (
        lambda new: new["properties"].update(word={"type": "string"}),
        "/word: enum is gone",
    ),
    "another type": (
        lambda new: new["$defs"]["Part"]["properties"]["size"].update(type="number"),
        "/files/additionalProperties/size: type was 'integer', is 'number'",
    ),
    "another type of items": (
        lambda new: new["properties"]["parts"].update(items={"type": "string"}),
        "/parts/items/size: is gone",
    ),
    "null no more": (lambda new: new["properties"]["count"]["anyOf"].pop(), "/count: anyOf was"),
    "null now": (
        lambda new: new["properties"].update(id={"anyOf": [new["properties"]["id"], {"type": "null"}]}),
        "/id: anyOf is new",
    ),
    "an arm changes": (
        lambda new: new["properties"]["count"]["anyOf"][0].update(type="string"),
        "/count/anyOf/0: type was 'integer', is 'string'",
    ),
    "another bound": (
        lambda new: new["$defs"]["Part"]["properties"]["size"].update(minimum=1),
        "/parts/items/size: minimum was 0, is 1",
    ),
    "a new bound": (lambda new: new["properties"]["parts"].update(minItems=1), "/parts: minItems is new"),
    "another pattern": (lambda new: new["properties"]["id"].update(pattern="^b$"), "/id: pattern was"),
    "closed": (
        lambda new: new.update(additionalProperties=False),
        "/additionalProperties: was True, is False",
    ),
    "a keyword nobody knows": (lambda new: new.update(contentEncoding="base64"), "/: contentEncoding is new"),
    "a condition": (lambda new: new["if"]["properties"].update(id={"const": "a"}), "/: if was"),
    "a consequence": (lambda new: new["else"]["properties"].update(files={}), "/: else was"),
    "nothing is left": (lambda new: new.clear(), "/: type is gone"),
}


@pytest.mark.parametrize("name", ADDITIONS)
def test_an_addition_is_none_of_the_breaks(name: str) -> None:
    new = copy.deepcopy(OLD)
    ADDITIONS[name](new)
    assert new != OLD or name == "another order"
    assert find_breaks(OLD, new) == []


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_named_with_its_place(name: str) -> None:
    edit, told = BREAKS[name]
    new = copy.deepcopy(OLD)
    edit(new)
    assert any(text.startswith(told) for text in find_breaks(OLD, new)), find_breaks(OLD, new)
    assert find_breaks(strip_notes(OLD), strip_notes(new)) == find_breaks(OLD, new)


def places(schema: object, keyword: str) -> list[dict[str, Any]]:
    """All schemas in a schema that use a keyword."""
    if isinstance(schema, list):
        return [found for item in schema for found in places(item, keyword)]
    if not isinstance(schema, dict):
        return []
    inner = [found for key, value in schema.items() if key != "examples" for found in places(value, keyword)]
    return [schema, *inner] if keyword in schema else inner


@given(
    st.sampled_from(NAMES), st.sampled_from(["properties", "required", "enum", "type", "const"]), st.data()
)
def test_no_hostile_change_of_a_real_schema_passes(name: str, keyword: str, data: st.DataObject) -> None:
    new = copy.deepcopy(PUBLISHED[name])
    found = [place for place in places(new, keyword) if place[keyword]]
    if not found:
        return
    place = data.draw(st.sampled_from(found))
    value = place[keyword]
    if keyword == "properties":
        del value[data.draw(st.sampled_from(sorted(value)))]
    elif keyword == "required":
        value.append("another") if data.draw(st.booleans()) else value.pop()
    elif keyword == "enum":
        value.remove(data.draw(st.sampled_from(value)))
    else:
        place[keyword] = "other"
    assert find_breaks(PUBLISHED[name], new) != []


@given(st.sampled_from(NAMES), st.data())
def test_additions_to_a_real_schema_pass(name: str, data: st.DataObject) -> None:
    new = copy.deepcopy(PUBLISHED[name])
    for place in places(
        {key: value for key, value in new.items() if key not in {"if", "else"}}, "properties"
    ):
        if place.get("type") == "object" and data.draw(st.booleans()):
            place["properties"]["another"] = {"type": "string"}
    for place in places(new, "enum"):
        if data.draw(st.booleans()):
            place["enum"].append("another")
    assert find_breaks(PUBLISHED[name], new) == []
    assert find_breaks(strip_notes(PUBLISHED[name]), new) == []
