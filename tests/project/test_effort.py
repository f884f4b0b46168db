"""Profiles of effort: one variable chooses, and what depends on it is marked; surfaces are parts of CI."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import surfaces
from support.call_counts import count_calls
from support.effort import Effort, crossed, some, spread
from support.paths import REPOSITORY, TESTS
from support.syntax import parse

DEEP = Effort("deep")
SHORT = Effort("short")


def test_a_sample_has_the_first_and_the_last() -> None:
    assert spread(range(1, 42), 5) == [1, 11, 21, 31, 41]
    assert spread(range(3), 5) == range(3)
    assert SHORT.sample("abcde", 3) == ["a", "c", "e"]
    assert DEEP.sample("abcde", 3) == "abcde"


def test_steps_are_each_where_nothing_is_left_out() -> None:
    def first(effort: Effort) -> list[int]:
        steps = effort.steps(short=5, deep=2)
        return [next(steps) for _ in range(3)]

    assert [first(SHORT), first(DEEP), first(Effort("long"))] == [[1, 6, 11], [1, 3, 5], [1, 2, 3]]


def test_what_is_for_the_deep_profile_alone_is_marked() -> None:
    first, second, third = some(["a", pytest.param("b", marks=pytest.mark.xfail, id="B"), "c"], 2)
    assert (first, third) == ("a", "c")
    assert (second.values, second.id, [mark.name for mark in second.marks]) == (
        ("b",),
        "B",
        ["xfail", "slow"],
    )


def test_laws_and_tests_with_an_effort_are_marked(tmp_path: Path) -> None:
    """As tests/conftest.py does for each test that is collected."""
    (tmp_path / "test_some.py").write_text(
        "import pytest\nfrom hypothesis import given, strategies as st\n"
        "@given(st.none())\ndef test_law(none): assert none is None\n"
        "def test_loop(effort): assert effort\n"
        "def test_fixture(through): assert through\n"
        "def test_plain(): assert True\n"
        "@pytest.mark.slow\ndef test_waiting(): assert True\n"
        "@pytest.fixture\ndef through(effort): return effort\n"
    )
    command = [sys.executable, "-m", "pytest", "-c", str(REPOSITORY / "pyproject.toml"), "-m", "deep", "-q"]
    command += [
        "--collect-only",
        "--rootdir",
        str(TESTS),
        "--confcutdir",
        str(TESTS),
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(
        [*command, "-p", "conftest", str(tmp_path)], cwd=TESTS, capture_output=True, text=True, check=False
    )
    found = re.findall(r"::(\w+)$", done.stdout, re.MULTILINE)
    assert found == ["test_law", "test_loop", "test_fixture", "test_waiting"], done.stdout + done.stderr


def inner_laws(file: Path) -> Iterator[tuple[str, str]]:
    """Yield the names of laws that a file's tests define and run within themselves, with their decorators."""
    for test in parse(file).body:
        for node in ast.walk(test):
            if isinstance(node, ast.FunctionDef) and node is not test:
                decorators = " ".join(map(ast.unparse, node.decorator_list))
                if re.search(r"\bgiven\(", decorators):
                    yield node.name, decorators


def test_a_law_within_a_test_says_how_many_examples() -> None:
    """Such a law carries no marker, so the number may not come from the profile."""
    inner = re.compile(r"^[ \t]+.*\bgiven\(", re.MULTILINE)
    files = [file for file in TESTS.glob("*/test_*.py") if inner.search(file.read_text(encoding="utf-8"))]
    laws = [law for file in files for law in inner_laws(file)]
    assert laws
    assert [name for name, decorators in laws if "max_examples" not in decorators] == []


def test_one_module_reads_the_variable() -> None:
    texts = {file: file.read_text(encoding="utf-8") for file in TESTS.rglob("*.py") if file != Path(__file__)}
    readers = {file.stem for file, text in texts.items() if re.search(r'environ.*"TASKS_TESTS"', text)}
    assert readers == {"effort"}
    assert not [file for file, text in texts.items() if "HYPOTHESIS_PROFILE" in text or "TASKS_LONG" in text]


@pytest.mark.skipif(not (REPOSITORY / ".ci").is_dir(), reason="the tests run without the repository")
def test_each_surface_is_a_part_of_ci() -> None:
    marks = [value for value in vars(surfaces).values() if isinstance(value, pytest.MarkDecorator)]
    script = (REPOSITORY / ".ci/surfaces").read_text(encoding="utf-8")
    (parts,) = re.findall(r"^parts=\((.*)\)$", script, re.MULTILINE)
    assert sorted(parts.split()) == sorted(mark.kwargs["part"] for mark in marks)
    used = {
        name
        for file in TESTS.glob("*/test_*.py")
        for name in re.findall(r"mark\.surface\b", file.read_text(encoding="utf-8"))
        if file != Path(__file__)
    }
    assert not used, "a test takes its mark from support.surfaces"


@pytest.mark.parametrize("size", [1, 50])
def test_calls_are_counted(size: int) -> None:
    def work() -> None:
        for _ in range(size):
            len("a")

    assert count_calls(work) >= size


def test_of_two_tables_each_value_meets_one_of_the_other() -> None:
    pairs = crossed("abc", [0, 1])
    assert [pair for pair in pairs if not hasattr(pair, "marks")] == [("a", 0), ("b", 1), ("c", 0)]
    assert [pair.values for pair in pairs if hasattr(pair, "marks")] == [("a", 1), ("b", 0), ("c", 1)]
