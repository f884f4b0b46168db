"""Sinks, the destinations of events: parse and check their names; pure."""

from __future__ import annotations

from taskfiles.basics.named_tuple import NamedTuple

KINDS = ("local", "none", "dir", "git", "otlp")
UNDRAINED = frozenset({"local", "none"})  # kinds to which no events are sent


class Sink(NamedTuple):
    """A sink: its kind, and its path or URL if the kind has one."""

    kind: str
    target: str


def parse_sink(text: str) -> Sink:
    """Parse a sink: `local`, `none`, `dir:PATH`, `git:PATH` or `otlp:URL`.

    Raises ValueError, with the reason.

    >>> parse_sink("dir:../events")
    Sink(kind='dir', target='../events')
    """
    kind, sign, target = text.partition(":")
    if kind not in KINDS:
        raise ValueError("there is no such sink")
    if kind in UNDRAINED:
        if sign:
            raise ValueError(f"`{kind}` takes nothing after it")
        return Sink(kind, "")
    if not target.strip():
        raise ValueError(f"`{kind}:` needs a {'URL' if kind == 'otlp' else 'path'} after it")
    if kind == "otlp":
        _check_url(target)
    elif "://" in target:
        raise ValueError(f"`{kind}:` takes a path on this machine, not a URL")
    return Sink(kind, target)


def check_sinks(texts: list[str]) -> list[Sink]:
    """Parse a project's sinks. Raises ValueError as `parse_sink` does, and if `none` is one of several."""
    sinks = [parse_sink(text) for text in texts]
    if len(sinks) > 1 and Sink("none", "") in sinks:
        raise ValueError("`none` stands alone")
    return sinks


def _check_url(url: str) -> None:
    from urllib.parse import urlsplit  # noqa: PLC0415 (few projects have such a sink)

    try:
        parts = urlsplit(url)
        is_known = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:  # brackets around what is no address
        is_known = False
    if not is_known:
        raise ValueError("it is not an http or https URL")
    try:
        parts.port  # noqa: B018 (it raises)
    except ValueError:
        raise ValueError("its port is no number up to 65535") from None
    if parts.username or parts.password:
        raise ValueError("its URL contains a credential, which must not be in a file of the repository")
