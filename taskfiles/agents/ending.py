"""How a program's run ended, by its exit code and by what it printed on standard error; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from taskfiles.agents.kinds import find_kind
from taskfiles.agents.reading import MAX_REASON, Reading, find_text
from taskfiles.basics.patterns import lazy
from taskfiles.task.words import ErrorType

_ENDING = frozenset({1, 2, 9, 15})  # signals by which somebody ends a program: HUP, INT, KILL, TERM
_TIMED_OUT = 124
_LONGEST = 4000  # bytes of a line on standard error that can be a sentence
_ERROR = lazy(r"(?i)\b(?:errors?|fatal|failed|cannot|can't|denied|not)\b")
_WARNING = lazy(r"(?i)[^\w]*warning\b.*")
_MARKUP = lazy(
    r"\s*(?:at .*|[\[\]{}(),]*|\d+|\"[^\"]*\": .*)"
)  # of a trace, or of an object laid out over lines


def read_code(code: int) -> tuple[str, str]:
    """Return what an exit code says by itself: a type of error and a sentence.

    A signal's number is negative; shells, which run many agents, add 128 to it. `timeout` exits with 124.

    >>> read_code(143), read_code(3)
    (('cancelled', 'signal 15 ended it'), ('agent_error', 'it ended with exit code 3'))
    """
    signal = -code if code < 0 else code - 128
    if signal in _ENDING:
        return ErrorType.CANCELLED.value, f"signal {signal} ended it"
    if code == _TIMED_OUT:
        return ErrorType.TIMEOUT.value, f"it ended with exit code {code}, as `timeout` does"
    if code < 0:
        return ErrorType.AGENT_ERROR.value, f"signal {signal} ended it"
    return ErrorType.AGENT_ERROR.value, f"it ended with exit code {code}" if code else "it says so itself"


def read_output(
    read: Callable[[Iterable[bytes]], Reading] | None, out: Iterable[bytes], err: Iterable[bytes] = ()
) -> tuple[Reading, str | None]:
    """Read what an agent printed on both streams; standard error where the other says nothing of the end.

    Gives with it the line of standard error that says best what went wrong, without secrets; None for none.
    """
    kept: list[bytes] = []
    found = Reading({}) if read is None else read(out)
    if read is None or found.failed is not None:
        for _ in _keep(err, kept):
            pass
        return found, find_complaint(kept)
    other = read(_keep(err, kept))
    if other.failed is not None:
        found = other._replace(
            attempt=other.attempt | found.attempt,
            duration_seconds=found.duration_seconds or other.duration_seconds,
            ended_at=found.ended_at or other.ended_at,
        )
    return found, find_complaint(kept)


def _keep(lines: Iterable[bytes], kept: list[bytes]) -> Iterator[bytes]:
    """Pass lines on; the last ones that can be a sentence are kept."""
    for line in lines:
        if len(line) <= _LONGEST and line.strip():
            kept.append(line)
            if len(kept) > 200:
                del kept[:100]
        yield line


def find_complaint(lines: Iterable[bytes]) -> str | None:
    """Return the last line that names an error, else the last one that is not a warning; without secrets.

    >>> find_complaint([b"error: unknown option '-x'\\n", b"\\n", b"Usage: agent [options]\\n"])
    "error: unknown option '-x'"
    """
    texts = [text for line in lines if (text := find_text(line.decode("utf-8", "replace"), MAX_REASON))]
    plain = [text for text in texts if not (_MARKUP.fullmatch(text) or _WARNING.fullmatch(text))]
    named = [text for text in plain if _ERROR.search(text)]
    return next(reversed(named or plain), None)


def kind_of(code: int, complaint: str | None) -> str:
    """Return the type of error of a program that failed and says no better word itself."""
    kind, _ = read_code(code)
    return find_kind(text=complaint) if kind == ErrorType.AGENT_ERROR and complaint else kind
