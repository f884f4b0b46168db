"""What programs print is passed on to standard error, and a reader who is slow stops nobody."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr

import pytest

from support.processes import PATIENCE
from support.streams import in_memory
from taskfiles_cli.render.console import Colour, Console
from taskfiles_cli.runner import forwarding
from taskfiles_cli.runner.forwarding import Forwarder

CONSOLE = Console("human", Colour.NEVER)


@contextmanager
def piped() -> Iterator[int]:
    """Standard error is a pipe, whose other end is given."""
    ours, theirs = os.pipe()
    with open(theirs, "w", encoding="utf-8") as written, redirect_stderr(written):
        yield ours
    os.close(ours)


def everything(reader: int, count: int) -> bytes:
    """Read so many bytes, however they come."""
    found = b""
    while len(found) < count:
        found += os.read(reader, count - len(found))
    return found


def never() -> bool:
    return False


def test_bytes_are_passed_on_in_their_order() -> None:
    with piped() as reader:
        forwarder = Forwarder(CONSOLE)
        for number in range(500):
            forwarder.hear(b"%d\xff\n" % number)
        forwarder.close(never)
        expected = b"".join(b"%d\xff\n" % number for number in range(500))
        assert everything(reader, len(expected)) == expected


def test_an_unfinished_line_is_ended_before_ours() -> None:
    with piped() as reader:
        forwarder = Forwarder(CONSOLE)
        forwarder.hear(b"no end")
        forwarder.drain()
        CONSOLE.error_line("ours")
        forwarder.hear(b"")
        forwarder.drain()
        forwarder.close(never)
        assert everything(reader, 12) == b"no end\nours\n"


def test_where_standard_error_is_no_file_it_is_written_at_once() -> None:
    with in_memory() as written:
        forwarder = Forwarder(CONSOLE)
        forwarder.hear(b"printed\n")
        assert written() == ("", "printed\n")
        forwarder.close(never)


def test_where_there_is_none_nothing_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    forwarder = Forwarder(CONSOLE)
    monkeypatch.setattr(sys, "stderr", None)
    forwarder.hear(b"printed\n")
    forwarder.drain()
    forwarder.close(never)


def test_a_reader_that_has_gone_stops_nobody() -> None:
    ours, theirs = os.pipe()
    with open(theirs, "w", encoding="utf-8") as written, redirect_stderr(written):
        os.close(ours)
        forwarder = Forwarder(CONSOLE)
        forwarder.hear(b"x" * 100_000)
        forwarder.drain()
        forwarder.close(never)


def test_a_reader_that_does_not_read_stops_nobody_who_is_to_stop() -> None:
    with piped():
        forwarder = Forwarder(CONSOLE)
        forwarder.hear(b"x" * 1_000_000)
        forwarder.close(lambda: True)


def test_what_comes_faster_than_it_is_read_is_left_to_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarding, "_MOST", 100_000)
    found = bytearray()
    with piped() as reader:
        forwarder = Forwarder(CONSOLE)
        for _ in range(4):
            forwarder.hear(b"x" * 100_000)
        reading = threading.Thread(target=lambda: found.extend(_until_warned(reader)), daemon=True)
        reading.start()
        forwarder.close(never)
        reading.join(PATIENCE)
    assert found.endswith(b" bytes came faster than they were read; they are in the log.\n")
    passed_on, _, warning = found.partition(b"warning: ")
    assert len(passed_on) + int(warning.split()[0]) == 400_000


def _until_warned(reader: int) -> bytes:
    found = b""
    while b"in the log.\n" not in found:
        found += os.read(reader, 1 << 16)
    return found
