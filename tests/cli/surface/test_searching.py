"""What a filter line finds: texts by the rank of `tasks search`, conditions alone as on a board."""

from __future__ import annotations

from datetime import UTC, datetime

from support.in_process import call
from support.project import Project
from taskfiles import Store
from taskfiles_cli.surface.filterline import read_line
from taskfiles_cli.surface.mirror import Mirror
from taskfiles_cli.surface.searching import find, find_excerpt

NOON = datetime(2026, 1, 29, 12, tzinfo=UTC)


def test_a_text_ranks_and_its_line_is_shown(project: Project) -> None:
    project.task("a", body="\n## Overview\n\nA Zebra, zebras.\n")
    project.task("b", state="idea", title="Zebras")
    project.task("c", title="The zebra")
    view = Mirror(lambda: Store(project.root, index=True), lambda: NOON).view
    found = find(view, read_line("zebra", NOON))
    assert [task.id for task in found] == ["c", "b", "a"]
    assert [task.id for task in found] == call(project, "search", "zebra", "-o", "plain").out.split()
    parts = [("A ", False), ("Zebra", True), (", ", False), ("zebra", True), ("s.", False)]
    assert find_excerpt(found[2], "zebra") == parts
    assert find_excerpt(found[0], "zebra") == []
    assert [task.id for task in find(view, read_line("open:yes", NOON))] == ["b", "a", "c"]
