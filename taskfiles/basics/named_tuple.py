"""`typing.NamedTuple` for modules that every command imports: it makes a class in two thirds of the time.

The difference is that annotations stay the text that they are, where `typing` compiles each of them. A class
can have no other base than `Generic`. Where time does not matter, use that of `typing`.
"""

from __future__ import annotations

from collections import namedtuple
from types import GenericAlias

__all__ = ["NamedTuple"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NamedTuple
else:

    class _Maker(type):
        """Makes a subclass of tuple of the body of a class, by `collections.namedtuple`."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = body.pop("__annotations__")
            given = [body.pop(field) for field in fields if field in body]
            made = namedtuple(name, fields, defaults=given, module=body["__module__"])
            made.__annotations__ = made.__new__.__annotations__ = fields
            if bases[1:]:  # Generic: what it is of is known to checkers of types alone
                made.__class_getitem__ = classmethod(GenericAlias)
            for key, value in body.items():
                setattr(made, key, value)
            return made

    class NamedTuple(metaclass=_Maker):
        """A tuple whose fields have the names, types and defaults that the class body says."""
