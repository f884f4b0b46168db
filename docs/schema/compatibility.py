"""Whether a JSON Schema grew by addition only, so that readers and records of before still fit; pure.

It knows the keywords that the generated schemas use, and takes any change that it doesn't know to be harmless
for a break.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

# They tell people something and constrain nothing.
_NOTES = frozenset(
    {"$id", "$schema", "$comment", "$defs", "title", "description", "examples", "default", "deprecated"}
)
_ARMS = frozenset({"anyOf", "oneOf", "allOf", "prefixItems"})
_INNER = frozenset({"items", "additionalProperties"})


def find_breaks(old: Schema, new: Schema) -> list[str]:
    """List what in a new version of a schema is not an addition, each with its place; none where all is.

    Additions are optional keys and further words of an enumeration. Everything else is a break: a key that is
    gone, that must now be there or need not be any more, fewer words, another type, another bound.
    """
    return list(_compare(old, new, _Definitions(old, new), ""))


def strip_notes(schema: Schema) -> dict[str, Any]:
    """Leave out of a schema what constrains nothing: titles, descriptions, examples."""
    stripped: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in {"properties", "$defs"}:
            stripped[keyword] = {name: strip_notes(inner) for name, inner in value.items()}
        elif keyword in _ARMS:
            stripped[keyword] = [strip_notes(arm) for arm in value]
        elif keyword in _INNER and isinstance(value, dict):
            stripped[keyword] = strip_notes(value)
        elif keyword not in _NOTES:
            stripped[keyword] = value
    return stripped


class _Definitions:
    """What references of either version lead to."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._old, self._new = old.get("$defs", {}), new.get("$defs", {})

    def resolve(self, old: Any, new: Any) -> tuple[Any, Any]:
        return _resolve(old, self._old), _resolve(new, self._new)


def _resolve(schema: Any, definitions: Schema) -> Any:
    """Put a definition in a reference's place; models that hold themselves are not foreseen."""
    while isinstance(schema, dict) and "$ref" in schema:
        target = definitions[schema["$ref"].removeprefix("#/$defs/")]
        schema = target | {key: value for key, value in schema.items() if key != "$ref"}
    return schema


def _compare(old: Any, new: Any, definitions: _Definitions, place: str) -> Iterator[str]:
    old, new = definitions.resolve(old, new)
    if not isinstance(old, dict) or not isinstance(new, dict):
        if old != new:
            yield f"{place or '/'}: was {old!r}, is {new!r}"
        return
    for keyword in sorted((old.keys() | new.keys()) - _NOTES):
        before, after = old.get(keyword), new.get(keyword)
        if keyword == "properties":
            yield from _compare_keys(before or {}, after or {}, definitions, place)
        elif keyword == "required":
            yield from _compare_required(before or [], after or [], place)
        elif before is None or after is None:
            yield f"{place or '/'}: {keyword} is {'new' if before is None else 'gone'}"
        elif keyword == "enum":
            yield from (
                f"{place or '/'}: {word!r} is no choice any more" for word in before if word not in after
            )
        elif keyword in _ARMS and len(before) == len(after):
            for number, (one, other) in enumerate(zip(before, after, strict=True)):
                yield from _compare(one, other, definitions, f"{place}/{keyword}/{number}")
        elif keyword in _INNER:
            yield from _compare(before, after, definitions, f"{place}/{keyword}")
        elif before != after:
            yield f"{place or '/'}: {keyword} was {before!r}, is {after!r}"


def _compare_keys(old: Schema, new: Schema, definitions: _Definitions, place: str) -> Iterator[str]:
    for name, before in old.items():
        if name not in new:
            yield f"{place}/{name}: is gone"
        else:
            yield from _compare(before, new[name], definitions, f"{place}/{name}")


def _compare_required(old: list[str], new: list[str], place: str) -> Iterator[str]:
    yield from (f"{place}/{name}: must be there now" for name in sorted({*new} - {*old}))
    yield from (f"{place}/{name}: need not be there any more" for name in sorted({*old} - {*new}))
