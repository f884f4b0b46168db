"""Places on this machine, as options name them: a URL is none."""

from __future__ import annotations

import re

from taskfiles.basics.patterns import lazy
from taskfiles.errors import TaskfilesError

# A path object has taken one of the two slashes already: s3:/bucket. One letter is a drive.
_URL = lazy(r"([A-Za-z][A-Za-z0-9+.-]+):/+(.*)", re.DOTALL)


_ELSEWHERE = {
    "--dataset": "Name a directory, then copy it there with the storage's own tools, its manifest last.",
    "--root": "Name a directory here; the project is worked on in a clone.",
}


def check_local(option: str, place: str, *, reads: bool = False) -> str:
    """Return a place on this machine as it is; `reads` says that the option reads from it.

    Raises TaskfilesError (bad-value) for a URL, which would become a directory `s3:` here.
    """
    found = _URL.match(place)
    if found is None:
        return place
    scheme, rest = found[1], found[2]
    slashes = "///" if scheme.lower() == "file" else "//"
    if scheme.lower() == "file":
        remedy = f"Write the path alone: /{rest.lstrip('/')}"
    elif reads:
        remedy = "Copy it into a directory with the storage's own tools, and name that."
    else:
        remedy = _ELSEWHERE.get(
            option, "Name a place here, then copy what is there with the storage's own tools."
        )
    raise TaskfilesError(
        "bad-value",
        option=option,
        given=f"“{scheme}:{slashes}{rest}”",
        problem="it is a URL, and this names a place on this machine",
        remedy=f"{remedy} (A path that looks so begins with ./)",
    )
