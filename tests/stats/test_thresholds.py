"""`[[alerts]]` read from tasks/tasks.toml: what an alert says, and where one is wrong."""

from __future__ import annotations

import pytest

from taskfiles.stats.thresholds import WATCHED, Severity, read_alerts


def problems_of(table: str) -> list[tuple[int, int, str]]:
    """Line, column and sentence of each error in one alert; it is then left out."""
    alerts, findings = read_alerts(f"[[alerts]]\n{table}".encode())
    errors = [each for each in findings if each.severity == "error"]
    assert (alerts == []) == bool(errors)
    return [(each.line, each.column, each.message) for each in errors]


def test_an_alert_needs_a_figure_and_a_threshold() -> None:
    (alert,), findings = read_alerts(b'format = 1\n\n[[alerts]]\nmetric = "success_rate"\nbelow = 0.5\n')
    assert findings == []
    assert (alert.label, alert.name, alert.metric) == ("alerts[0]", None, "success_rate")
    assert (alert.below, alert.above, alert.window, alert.where) == (0.5, None, None, {})
    assert (alert.by, alert.least, alert.severity) == (("model", "ambiguity"), 5, Severity.ERROR)
    assert (alert.line, alert.column) == (3, 3)


def test_an_alert_as_it_can_be_written() -> None:
    (alert,), findings = read_alerts(
        b'[[alerts]]\nname = "dear"\nmetric = "cost_per_task_usd_micros"\nabove = 2_000_000\n'
        b'by = ["model", "size", "model"]\nwhere.model = "opus"\nwindow = "30d"\nleast = 1\n'
        b'severity = "warning"\n'
    )
    assert findings == []
    assert (alert.label, alert.above, alert.by) == ("dear", 2_000_000, ("model", "size"))
    assert (alert.where, alert.window, alert.least) == ({"model": "opus"}, 30 * 86_400, 1)
    assert (alert.severity, alert.by_place) == (Severity.WARNING, (5, 6))


@pytest.mark.parametrize(
    ("table", "place", "words"),
    [
        ('metric = "tasks"\n', (1, 3), "it would never fire"),
        ('metric = "tasks"\nbelow = 1\nabove = 2\n', (1, 3), "a figure is below one or above one"),
        ('metric = "nope"\nabove = 1\n', (2, 10), "it is not a figure"),
        ('metric = "insufficient"\nabove = 1\n', (2, 10), "it is a flag, and no number"),
        ('metric = "success_rate"\nbelow = 50\n', (3, 9), "a rate is from 0 to 1"),
        ('metric = "success_rate"\nbelow = -0.1\n', (3, 9), "a rate is from 0 to 1"),
        ('metric = "tasks"\nabove = nan\n', (3, 9), "number"),
        ('metric = "tasks"\nabove = "1"\n', (3, 9), "number"),
        ('metric = "tasks"\nabove = true\n', (3, 9), "number"),
        ('metric = "tasks"\nabove = 1\nwindow = "0s"\n', (4, 10), "no attempt ends in no time at all"),
        ('metric = "tasks"\nabove = 1\nwindow = "soon"\n', (4, 10), "duration"),
        ('metric = "tasks"\nabove = 1\nwhere.size = "xl"\n', (4, 14), "the groups are not by it"),
        ('metric = "tasks"\nabove = 1\nby = "size"\n', (4, 6), "list"),
        ('metric = "tasks"\nabove = 1\nseverity = "grave"\n', (4, 12), "grave"),
        ('metric = ""\nabove = 1\n', (2, 10), "metric"),
        ("above = 1\n", (1, 3), "metric"),
    ],
)
def test_a_wrong_setting_is_pointed_at(table: str, place: tuple[int, int], words: str) -> None:
    ((line, column, message),) = problems_of(table)
    assert (line, column) == place
    assert words in message


def test_a_bound_is_no_finding_and_other_figures_have_none() -> None:
    for table in ("success_rate'\nbelow = 1", "success_rate'\nabove = 0", "tasks'\nabove = -4"):
        assert problems_of(f"metric = '{table}\n") == []


def test_an_alert_that_is_wrong_leaves_the_others() -> None:
    data = b'[[alerts]]\nname = "a"\nmetric = "tasks"\nabove = 1\n' * 2
    (alert,), (finding,) = read_alerts(data)
    assert (alert.label, alert.line) == ("a", 1)
    assert (finding.field, finding.line) == ("alerts[1].name", 6)
    assert "alerts[0] has that name" in finding.message


@pytest.mark.parametrize("data", [b"", b"[[alerts]\n", b"alerts = 5\n", b"alerts = [5]\n", b"alerts = []\n"])
def test_what_is_no_list_of_tables_is_not_for_alerts_to_report(data: bytes) -> None:
    assert read_alerts(data) == ([], [])


def test_only_numbers_can_be_watched() -> None:
    assert {"insufficient", "duration_p95_measure"}.isdisjoint(WATCHED)
    assert {"success_rate", "cost_usd_micros", "tasks"} <= WATCHED.keys()
