"""A dataset gives the figures of the files, whichever engine counts: plain Python, DuckDB, Spark."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.effort import examples, some
from support.project import need
from support.recorded_projects import BASE, IN_TABLES, parse, projects
from support.surfaces import SPARK
from taskfiles import Task, parse_task
from taskfiles.backlog.graph import find_descendants
from taskfiles.dataset.export import export
from taskfiles.dataset.flatten import flatten_tasks
from taskfiles.dataset.manifest import Counts
from taskfiles.dataset.rows import list_rows, settle
from taskfiles.dataset.words import DatasetFormat, Engine
from taskfiles.dataset.writing import Given
from taskfiles.fleet.answer import Answer, Ask
from taskfiles.fleet.definitions import MEASURED
from taskfiles.fleet.measure import measure
from taskfiles.fleet.place import Dataset, open_dataset
from taskfiles.fleet.plain import Tables, gather_rows
from taskfiles.fleet.selection import Selection
from taskfiles.report.fleet import make_fleet_material
from taskfiles.stats.figures import FIGURES, only_sums
from taskfiles.stats.report import make_report, report_object
from taskfiles.stats.rows import Scope, gather

WHENS = st.none() | st.integers(0, 400).map(lambda minutes: BASE + timedelta(minutes=minutes))
BYS = st.lists(st.sampled_from([*IN_TABLES, "x_team.of"]), max_size=3, unique=True)
REPOS = ["ada/b", "it's", "ada/a"]
ATTEMPT: dict[str, Any] = {
    "started_at": "2025-10-31T22:00:00Z",
    "ended_at": "2025-10-31T22:00:30Z",
    "duration_seconds": 30,
    "status": "completed",
    "executor": {"tool": "codex", "model": "a"},
}
NOW = datetime(2025, 11, 2, 12, tzinfo=UTC)  # between the days on which tasks are due
ODD = ["it's", 'a "b"\\', "line\nline", "naïve 😀", "100%;--", "back\\'slash"]
STATES = st.sets(st.sampled_from(["done", "ready", "canceled"]), max_size=2).map(frozenset)


@st.composite
def repositories(draw: st.DrawFn) -> list[Task]:
    """A project's tasks below each other; among them invalid ones, twins, and ones of odd names."""
    fronts = draw(projects())
    for number, front in enumerate(fronts):
        if number and draw(st.booleans()):
            front["parent"] = f"t-{draw(st.integers(0, number - 1))}"
        if draw(st.integers(0, 5)) == 0:
            front |= {"state": draw(st.sampled_from(["ready", "canceled"]))}
        if draw(st.integers(0, 5)) == 0:
            front["x_team"] = draw(st.sampled_from(ODD))
    tasks = [parse(front) for front in fronts]
    if fronts and draw(st.booleans()):
        text = b"---\nid: t-0\ntitle: Twin\nstate: done\ncommit_message: m\n---\n"
        tasks.append(parse_task("tasks/30-done/task-t-0-other.md", text))
    if draw(st.booleans()):
        state = draw(st.sampled_from([b"done", b"nowhere"]))
        text = b"---\nid: broken\ntitle: B\nstate: " + state + b"\npriority: none\n---\n"
        tasks.append(parse_task("tasks/30-done/task-broken.md", text))
    return tasks


def give(repo: str, tasks: Sequence[Task]) -> Given:
    flat = flatten_tasks(tasks, repo)._asdict()
    return Given({repo: Counts()}, lambda table: [settle(table, flat[table])] if table in flat else [])


@contextmanager
def dataset(given_: Iterable[Given], format_: DatasetFormat) -> Iterator[Dataset]:
    with tempfile.TemporaryDirectory() as directory:
        for each in given_:
            export(directory, each, format_)
        yield open_dataset(directory)


def told(answer: Answer) -> Answer:
    """Leave out what is not told of everything: what does not add up."""
    measured = answer.measured
    return answer._replace(measured=measured._replace(everything=only_sums(measured.everything)))


def test_each_figure_that_is_measured_has_one_definition_in_sql() -> None:
    assert sorted(MEASURED) == sorted(figure.name for figure in FIGURES if figure.is_measured)


@given(repositories(), BYS, WHENS, WHENS, STATES, st.sampled_from([None, "t-0", "t-1"]))
def test_rows_tell_what_the_files_do(  # noqa: PLR0917 (Hypothesis gives them by place)
    tasks: list[Task],
    by: list[str],
    since: datetime | None,
    until: datetime | None,
    states: frozenset[str],
    task: str | None,
) -> None:
    scope = Scope(since, until, states, now=NOW)
    ids = None if task is None else frozenset([task, *find_descendants(tasks, task)])
    # Twins are below nothing, in a dataset as in files.
    if task is not None and sum(each.id == task for each in tasks) > 1:
        return
    expected = gather(tasks, scope._replace(ids=ids), by)
    tables = map(list_rows, flatten_tasks(tasks, "r"))
    found = gather_rows(Tables(*tables), Selection(scope, task=task), by, 0)
    assert report_object(make_report(found, scope, by)) == report_object(make_report(expected, scope, by))
    assert (found.keys, found.invalid) == (expected.keys, expected.invalid)
    assert found.overdue == expected.overdue
    assert [each.id for each in found.untried] == [each.id for each in expected.untried]


SELECTIONS = st.builds(
    lambda since, until, states, repos, task: Selection(Scope(since, until, states, now=NOW), repos, task),
    WHENS,
    WHENS,
    STATES,
    st.sampled_from([frozenset(), frozenset({"it's"}), frozenset({"ada/b", "it's"})]),
    st.sampled_from([None, None, None, "t-0"]),
)
KEYS = st.lists(st.sampled_from(["repo", *IN_TABLES, "x_team.of", "it's", "track"]), max_size=3, unique=True)
ASKS = st.builds(
    lambda selection, by, with_untried: Ask(selection, tuple(by), with_untried),
    SELECTIONS,
    KEYS,
    st.booleans(),
)


@pytest.mark.slow
@examples(short=8, deep=40)
@given(
    st.lists(repositories(), min_size=1, max_size=3),
    ASKS,
    st.sampled_from([DatasetFormat.JSONL, DatasetFormat.PARQUET]),
)
def test_duckdb_counts_as_python_does(repos: list[list[Task]], ask: Ask, format_: DatasetFormat) -> None:
    with dataset(map(give, REPOS, repos), format_) as found:
        assert told(measure(found, ask, Engine.DUCKDB)) == told(measure(found, ask, Engine.PYTHON))


@pytest.mark.slow
@pytest.mark.parametrize(
    "selection",
    some(
        [
            Selection(),
            Selection(Scope(since=BASE + timedelta(minutes=1))),
            Selection(Scope(until=BASE + timedelta(minutes=1))),
            Selection(Scope(states=frozenset({"idea"}))),
            Selection(repos=frozenset({"ada/b"})),
            Selection(task="t-1"),
        ],
        3,
    ),
)
def test_what_is_told_of_a_task_is_what_its_attempts_tell(selection: Selection) -> None:
    """Tasks by one agent, by several, in two months, and of sums that pass 64 bits, each with one like it."""
    new_month = {"started_at": "2025-10-31T23:00:00Z", "ended_at": "2025-11-01T00:00:00Z"}
    other = {"executor": {"tool": "aider", "model": "b"}}
    costly, long = {"cost": {"actual_usd_micros": 2**63 - 1}}, {"duration_seconds": 2**63 - 1}
    tried = [
        [{}, {}],
        [{}, other, {}],
        [new_month, {}],
        [costly, costly],
        [long, long],
        [other, costly, costly],
    ]
    tasks = [
        parse(
            {
                "id": f"t-{number}",
                "title": "T",
                "state": state,
                "labels": ["ui", "db"],
                "execution": {"attempts": [ATTEMPT | each for each in attempts]},
            }
        )
        for number, (state, attempts) in enumerate(
            (state, each) for state in ("ready", "idea") for each in tried
        )
    ]
    with dataset([give(repo, tasks) for repo in ("ada/a", "ada/b")], DatasetFormat.PARQUET) as found:
        for by in ((), ("model", "size"), ("month",), ("label", "tool"), ("repo", "planner")):
            ask = Ask(selection, by)
            expected = measure(found, ask, Engine.PYTHON)
            assert expected.measured.everything["tasks"] > 0
            assert told(measure(found, ask, Engine.DUCKDB)) == told(expected)


@examples(short=2, deep=10)
@given(st.lists(repositories(), min_size=1, max_size=3), SELECTIONS)
def test_a_report_of_a_dataset_is_made_alike(repos: list[list[Task]], selection: Selection) -> None:
    with dataset(map(give, REPOS, repos), DatasetFormat.JSONL) as found:
        by_python = make_fleet_material(found, selection, Engine.PYTHON)
        assert make_fleet_material(found, selection, Engine.DUCKDB) == by_python


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """Spark on this machine, without what only pays where there is much to count."""
    need("java")
    sql = pytest.importorskip("pyspark.sql")
    settings_ = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.log.level": "OFF",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.ui.enabled": "false",
    }
    made = sql.SparkSession.builder.master("local[1]").config(map=settings_).getOrCreate()
    yield made
    made.stop()


@SPARK
@settings(max_examples=2)
@given(
    st.lists(repositories(), min_size=3, max_size=3),
    st.lists(ASKS, min_size=2, max_size=2),
    st.sampled_from([DatasetFormat.JSONL, DatasetFormat.PARQUET]),
)
def test_spark_counts_as_the_others_do(
    session: Any, repos: list[list[Task]], asks: list[Ask], format_: DatasetFormat
) -> None:
    with dataset(map(give, REPOS, repos), format_) as found:
        for ask in asks:
            expected = told(measure(found, ask, Engine.PYTHON))
            assert told(measure(found, ask, Engine.SPARK, session)) == expected
            assert told(measure(found, ask, Engine.DUCKDB)) == expected
