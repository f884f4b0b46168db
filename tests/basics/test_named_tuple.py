"""Our named tuples are those of `typing`, but for annotations, which stay text."""

from __future__ import annotations

import inspect
import pickle
import typing

import pytest

from taskfiles.basics.named_tuple import NamedTuple


class Place(NamedTuple):
    """A place in a file."""

    path: str
    line: int = 1
    others: tuple[Place, ...] = ()

    @property
    def text(self) -> str:
        """The place as text."""
        return f"{self.path}:{self.line}"

    @classmethod
    def start(cls, path: str) -> Place:
        """Return the start of a file."""
        return cls(path)

    def __str__(self) -> str:
        return self.text


class Typed(typing.NamedTuple):
    """A place in a file."""

    path: str
    line: int = 1
    others: tuple[Place, ...] = ()


def test_they_are_tuples_with_names() -> None:
    place = Place("a.md", line=3)
    assert place == ("a.md", 3, ())
    path, line, _ = place
    assert (path, line) == ("a.md", 3)
    assert (str(place), place.text, Place.start("b")) == ("a.md:3", "a.md:3", ("b", 1, ()))
    assert repr(place) == "Place(path='a.md', line=3, others=())"
    assert place._replace(line=4) == Place("a.md", 4)
    assert place._asdict() == {"path": "a.md", "line": 3, "others": ()}
    assert pickle.loads(pickle.dumps(place)) == place
    assert not hasattr(place, "__dict__")
    with pytest.raises(TypeError):
        Place()  # type: ignore[call-arg]  # what is tested
    with pytest.raises(AttributeError):
        place.line = 4  # type: ignore[misc]  # what is tested


def test_they_say_the_same_of_themselves() -> None:
    for name in ("_fields", "_field_defaults", "__match_args__", "__doc__", "__bases__", "__module__"):
        assert getattr(Place, name) == getattr(Typed, name), name
    assert Place.__qualname__ == "Place"
    assert typing.get_type_hints(Place) == typing.get_type_hints(Typed)
    assert str(inspect.signature(Place)) == "(path: 'str', line: 'int' = 1, others: 'tuple[Place, ...]' = ())"
