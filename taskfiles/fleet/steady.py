"""Reading a dataset into which others export: what was changed meanwhile is read again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from taskfiles.errors import TaskfilesError
from taskfiles.fleet.place import Dataset, open_dataset

_TRIES = 20  # an export during each of them: it is written all the time
_Result = TypeVar("_Result")


def read_steadily(dataset: Dataset, read: Callable[[Dataset], _Result]) -> _Result:
    """Read a dataset as one export has written it; where another has changed it meanwhile, read it again.

    Raises TaskfilesError as `read` and `open_dataset` do, and (bad-dataset) where it never stays the same.
    """
    for _ in range(_TRIES):
        try:
            found = read(dataset)
        except (TaskfilesError, OSError) as error:
            if isinstance(error, TaskfilesError) and error.code not in {"bad-dataset", "io"}:
                raise
            current = open_dataset(dataset.place)
            if current.manifest == dataset.manifest:
                raise  # nobody has changed it: that is how it is
        else:
            current = open_dataset(dataset.place)
            if current.manifest == dataset.manifest:
                return found
        dataset = current
    problem, remedy = "it is written all the time", "Ask again when the exports have ended."
    raise TaskfilesError("bad-dataset", path=dataset.place, problem=problem, remedy=remedy)
