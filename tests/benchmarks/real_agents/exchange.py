"""What a model's server is asked, what a script answers, what that counts: for all interfaces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Json = dict[str, Any]


class Usage(NamedTuple):
    """Tokens of one answer; `reasoning` is a part of `output`, the others exclude each other."""

    fresh: int
    cache_read: int
    cache_write: int
    output: int
    reasoning: int

    @property
    def input(self) -> int:
        """All tokens that went in, cached ones included."""
        return self.fresh + self.cache_read + self.cache_write


@dataclass(frozen=True)
class Request:
    """One request for an answer.

    `prompt` is what the user said last, `results` are those of tools since then, `texts` all that it holds.
    """

    model: str
    tools: frozenset[str]
    prompt: str
    results: tuple[str, ...]
    texts: str
    streams: bool


def join_texts(body: object) -> str:
    """Join all texts in a request's body, whatever they are."""
    return "\n".join(_texts(body))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


@dataclass(frozen=True)
class Call:
    """A call of a tool that the agent offers."""

    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """A text, or calls of tools; `end` is stop, limit or refusal."""

    text: str = "Done."
    calls: tuple[Call, ...] = ()
    end: str = "stop"


@dataclass(frozen=True)
class Failure:
    """An error in place of an answer: authentication, rate_limit, overloaded or context_overflow."""

    kind: str


@dataclass(frozen=True)
class Hang:
    """The beginning of an answer, and nothing more."""

    text: str = "I am still at"


Step = Answer | Failure | Hang
Script = Callable[[Request], Step]


class Told(NamedTuple):
    """A step as it was taken; no usage where no answer was finished. `is_main`: of the work itself."""

    model: str
    is_main: bool
    step: Step
    usage: Usage | None


@dataclass
class Truth:
    """All that a server has told during one run; `fault` says what a script could not answer."""

    told: list[Told] = field(default_factory=list)
    fault: str = ""

    def figures(self, *, main_only: bool) -> Usage:
        """Sum up what was answered in whole."""
        told = (each for each in self.told if each.is_main or not main_only)
        counted = [each.usage for each in told if each.usage]
        return (
            Usage(*(sum(column) for column in zip(*counted, strict=True)))
            if counted
            else Usage(0, 0, 0, 0, 0)
        )

    def answers(self, *, main_only: bool) -> int:
        """Count them."""
        return sum(each.usage is not None and (each.is_main or not main_only) for each in self.told)

    def calls(self) -> int:
        """Count the calls of tools that were asked for."""
        return sum(len(each.step.calls) for each in self.told if isinstance(each.step, Answer))


def count(number: int, *, writes_cache: bool) -> Usage:
    """Make up the usage of the answer with this number; no two sums of such figures are alike.

    >>> count(0, writes_cache=True)
    Usage(fresh=1011, cache_read=0, cache_write=2003, output=101, reasoning=13)
    """
    return Usage(
        1011 + number,
        number * 7001 + number * number,
        (2003 if number == 0 else 400 + number) if writes_cache else 0,
        101 + 100 * number,
        13 + 10 * number,
    )
