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
    mine, yours = find_newline(ours), find_newline(theirs)
    changes_mine = has_other_ends(base, ours) if base else mine != yours
    if mine is None or yours is None or not (changes_mine or has_other_ends(base, theirs)):
        return Aligned(base, ours, theirs, None)
    newline = mine if changes_mine else yours
    base, ours, theirs = (text.replace(b"\r\n", b"\n") for text in (base, ours, theirs))
    return Aligned(base, ours, theirs, newline)


def has_other_ends(base: bytes, side: bytes) -> bool:
    r"""Return whether most of the lines that a side still has of the base end otherwise there.

    New lines say nothing: in a file of mixed line ends a few of them can make one kind the more frequent.

    >>> has_other_ends(b"a\r\nb\n", b"a\r\nb\nc\n"), has_other_ends(b"a\nb\n", b"a\r\nb\r\n")
    (False, True)
    """
    known = set(base.splitlines(keepends=True))
    contents = {line.rstrip(b"\r\n") for line in known}
    left = [line for line in side.splitlines(keepends=True) if line.rstrip(b"\r\n") in contents]
    if not left:
        return None not in (ends := (find_newline(base), find_newline(side))) and ends[0] != ends[1]
    kept = sum(line in known for line in left)
    return len(left) - kept > kept


def find_newline(text: bytes) -> bytes | None:
    """Return what most lines of a text end with: LF or CRLF; None for a text without line ends."""
    windows = text.count(b"\r\n")
    others = text.count(b"\n") - windows
    return None if windows == others == 0 else b"\r\n" if windows > others else b"\n"
