"""What `git log -z` prints, as commits with the files that each changed; pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

_HEAD = "\x01"


def make_format(*fields: str) -> str:
    """Return the option by which git prints fields of each commit, for `split_log`.

    >>> make_format("%H", "%s")
    '--format=tformat:\\x01%H%x00%s%x00'
    """
    return f"--format=tformat:{_HEAD}{'%x00'.join(fields)}%x00"


def split_log(shown: str, fields: int) -> Iterator[tuple[list[str], Iterator[str]]]:
    """Yield the fields of each commit, and the words that name its files, as git's options ask for them.

    >>> [(head, list(files)) for head, files in split_log("\\x01a\\0b\\0\\nM\\0x\\0\\x01c\\0d\\0", 2)]
    [(['a', 'b'], ['M', 'x']), (['c', 'd'], [])]
    """
    head: list[str] | None = None
    files: list[str] = []
    words = iter(shown.split("\0"))
    for word in words:
        text = word.lstrip("\n")
        if text.startswith(_HEAD):
            if head is not None:
                yield head, iter(files)
            head, files = [text[1:], *islice(words, fields - 1)], []
        elif text:
            files.append(word if files else text)
    if head is not None:
        yield head, iter(files)
