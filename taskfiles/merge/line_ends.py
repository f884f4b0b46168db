"""Line ends as one property of a file, which a merge decides apart from its lines; pure."""

from __future__ import annotations

from typing import NamedTuple


class Aligned(NamedTuple):
    """Three texts with one kind of line end, and the kind that their merge gets; None if none was changed."""

    base: bytes
    ours: bytes
    theirs: bytes
    newline: bytes | None

    def restore(self, data: bytes) -> bytes:
        """Return a merged text with the line ends that it gets."""
        return data if self.newline in {None, b"\n"} else data.replace(b"\n", b"\r\n")


def align(base: bytes, ours: bytes, theirs: bytes) -> Aligned:
    r"""Return three texts with LF if most of their lines end differently; else as they are.

    The side that changed the line ends decides on them, ours where both did or no ancestor is known.

    >>> align(b"a\n", b"b\n", b"a\r\n")
    Aligned(base=b'a\n', ours=b'b\n', theirs=b'a\n', newline=b'\r\n')
    """
    before, mine, yours = (find_newline(text) for text in (base, ours, theirs))
    if mine is None or yours is None or {before or mine, mine, yours} == {mine}:
        return Aligned(base, ours, theirs, None)
    newline = yours if mine == before else mine
    base, ours, theirs = (text.replace(b"\r\n", b"\n") for text in (base, ours, theirs))
    return Aligned(base, ours, theirs, newline)


def find_newline(text: bytes) -> bytes | None:
    """Return what most lines of a text end with: LF or CRLF; None for a text without line ends."""
    windows = text.count(b"\r\n")
    others = text.count(b"\n") - windows
    return None if windows == others == 0 else b"\r\n" if windows > others else b"\n"
