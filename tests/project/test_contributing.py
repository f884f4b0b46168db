"""The recipes of CONTRIBUTING.md name every place: the example of each is looked for in all files."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from support.paths import REPOSITORY

PAGE = REPOSITORY / "CONTRIBUTING.md"
pytestmark = pytest.mark.skipif(not PAGE.is_file(), reason="the tests run without the repository")

# How many places a recipe may have, and how its example is written where it is one.
RECIPES = {
    "Add a finding": (4, r"\b{}\b"),
    "Add a key": (8, r"[\"`]{}[\"`]|^    {}: "),
    "Add a command": (8, r"\b{}\b"),
    "Add an adapter for an agent": (12, r"\b{}\b"),
}
# What shows a thing that is there: pages, tests beside those of the recipe, benchmarks. A field of an event
# is no key. `ORDER` in program.py and `SORTS` in offers.py are no places: what has no line there comes last,
# and has no values to offer.
USES = re.compile(
    r"docs/(how-to/(?!adapters)|explanation|tutorial|schema)|tasks/|tests/(\w+/)+test_\w+.py|tests/benchmarks/"
    r"|README.md|CONTRIBUTING.md|cli/taskfiles_cli/topics/(?!format.md)|cli/taskfiles_cli/line/(program|peers|offers).py"
    r"|taskfiles/telemetry/(payloads|completion).py|tests/support/attempts.py"
)

FORMAT_PAGE = "cli/taskfiles_cli/topics/format.md"  # of which the section on severity is generated


def read_recipe(title: str) -> tuple[str, list[str]]:
    """Return the example of a recipe and its places."""
    text = PAGE.read_text(encoding="utf-8").partition(f"### {title}\n")[2].partition("\n##")[0]
    example = re.search(r"^Example: `(.+?)`", text, re.MULTILINE)
    assert example, title
    return example[1], re.findall(r"^\d+\. `(.+?)`", text, re.MULTILINE)


@pytest.fixture(scope="module")
def written() -> list[str]:
    """The files that people write: neither generated nor golden."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    generate = [sys.executable, str(REPOSITORY / "docs" / "generate.py"), "--list"]
    generated = set(subprocess.run(generate, capture_output=True, text=True, check=True).stdout.splitlines())
    generated.discard(FORMAT_PAGE)
    return [name for name in listed if name not in generated and not name.endswith(".expected.json")]


@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_names_the_places_of_its_example(written: list[str], title: str) -> None:
    most, form = RECIPES[title]
    example, places = read_recipe(title)
    assert len(places) <= most
    assert len(places) == len(set(places))
    pattern = re.compile(form.replace("{}", re.escape(example)), re.MULTILINE)
    found = set()
    for name in written:
        is_session = name.startswith("tests/golden/outputs/")
        if name not in places and (is_session or USES.match(name)):
            continue
        text = (REPOSITORY / name).read_text(encoding="utf-8", errors="replace")
        if pattern.search(text.partition("\n## Severity\n")[0] if name == FORMAT_PAGE else text):
            folders = (place for place in places if place.endswith("/") and name.startswith(place))
            found.add(next(folders, name))
    assert found - set(places) == set()
    assert set(places) - found <= {"CHANGELOG.md"}


def test_the_map_names_rooms_that_are_there() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("## The map")[2].partition("## Recipes")[0]
    rooms = re.findall(r"`((?:taskfiles|cli)/[a-z_/]+/)`", table)
    assert len(rooms) > 10
    for room in rooms:
        assert (REPOSITORY / room).is_dir(), room
