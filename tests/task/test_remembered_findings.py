"""Findings in the index: they come back as they were, with what their hints are filled from."""

from __future__ import annotations

import pickle

import pytest

from taskfiles import TaskfilesError
from taskfiles.remedy import Remedy, join_remedies, reword
from taskfiles.task.findings import make_finding, unpack_finding
from taskfiles.task.remembered import pack, unpack
from taskfiles_cli.render.remedies import say


def test_a_finding_of_the_index_has_the_same_remedies() -> None:
    heading = {"heading": "## A {b}", "title": "A {b}", "id": "fix"}
    finding = make_finding("missing-heading", "tasks/x.md", 3, 1, **heading)
    again = unpack_finding(unpack(pack(finding.pack())))
    assert again == finding
    assert say(again.hint) == say(finding.hint) == 'Add it, or use `tasks update fix --field "A {b}" TEXT`.'


@pytest.mark.parametrize("odd", ["{", "{x}", "}", "%s {0}"])
def test_a_remedy_takes_any_text_and_is_reworded_within_others(odd: str) -> None:
    error = TaskfilesError(
        "io", path=odd, action="Reading", problem="p", remedy=Remedy("See {x}.", "see", x=odd)
    )
    error.add_hint(f"Also {odd}.")
    assert error.hint == f"See {odd}. Also {odd}."
    assert reword(error.hint, {"see": "Look at {x}!"}) == f"Look at {odd}! Also {odd}."
    again = pickle.loads(pickle.dumps(error))
    assert reword(again.hint, {"see": "Look at {x}!"}) == f"Look at {odd}! Also {odd}."
    assert join_remedies(["", "a", "", "b"]) == "a b"
