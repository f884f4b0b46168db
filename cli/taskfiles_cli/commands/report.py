"""`tasks report`: what was recorded as one page, or as charts by themselves."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Annotated, NamedTuple

from taskfiles import Backlog, Store, TaskfilesError
from taskfiles.basics.commas import split_commas
from taskfiles.basics.instants import MICROSECOND, find_day, find_span, format_instant, normalise_instant
from taskfiles.errors import number_of
from taskfiles.history.transitions import read_transitions
from taskfiles.report.attempts import DIMENSIONS, make_attempt_material
from taskfiles.report.chart import NOT_DRAWN, Chart, blank
from taskfiles.report.charts import ATTEMPT_CHARTS, EVENT_CHARTS, FLOW_CHARTS, make_charts
from taskfiles.report.drawing import NotDrawn, check_drawing, draw_png, draw_svg, inline_svg, standalone_svg
from taskfiles.report.events import make_event_material
from taskfiles.report.material import Material
from taskfiles.report.now import make_now
from taskfiles.report.page import Drawn, make_page
from taskfiles.stats.flow import measure_flow
from taskfiles.store.claims import claim_objects
from taskfiles.store.disk import io_errors, write_out
from taskfiles.store.outputs import check_output
from taskfiles.task.values import is_word
from taskfiles.telemetry.reading import list_files, read_lines
from taskfiles.telemetry.skipped import Skipped
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import command
from taskfiles_cli.figures.survey import choose_fleet, read_scope, survey
from taskfiles_cli.line.output_format import ReportFormat
from taskfiles_cli.line.places import check_local
from taskfiles_cli.line.texts import check_utf8
from taskfiles_cli.line.values import parse_words, read_when
from taskfiles_cli.render.console import Format, is_terminal

if TYPE_CHECKING:
    from taskfiles.stats.rows import Scope
    from taskfiles_cli.line.options import (
        Below,
        DatasetPlace,
        EngineChoice,
        Output,
        Repositories,
        Since,
        States,
        Text,
        Texts,
        Until,
        flag,
        opt,
    )

_TITLE = "Report of tasks"


@command("root", "color", answers="report", finds=("task",))
def report(
    session: Session,
    *,
    out: Annotated[
        str,
        opt(
            "FILE", "Where to write it; `DIR/` for charts. Default: `-`, standard output, unless a terminal."
        ),
    ] = "",
    format_: Annotated[
        ReportFormat, flag("A page, or charts by themselves.", "--format", case_sensitive=False)
    ] = ReportFormat.HTML,
    chart: Annotated[
        Texts,
        opt(
            "NAMES",
            f"Only these: {', '.join([*FLOW_CHARTS, *ATTEMPT_CHARTS, *EVENT_CHARTS])}; commas between.",
        ),
    ] = None,
    telemetry: Annotated[
        Text, opt("DIR", "Of the events there, a telemetry repository or a log; no project is needed.")
    ] = None,
    dataset: DatasetPlace = None,
    engine: EngineChoice = None,
    repo: Repositories = None,
    since: Since = None,
    until: Until = None,
    as_of: Annotated[
        Text, opt("WHEN", "What was known at an instant, or at the end of a day. Default: all.")
    ] = None,
    state: States = None,
    task: Below = None,
    output: Output = Format.HUMAN,  # noqa: ARG001 (the session has it; it stands here for its place in the help)
    title: Annotated[str, opt("TEXT", "The title of the page.")] = _TITLE,
) -> int:
    """Show what was recorded as one page of HTML that needs no network, or as charts.

    It begins with what goes on now: states, in progress and by whom, blocked and why, overdue, done in the
    last seven days. Then come throughput, lead and cycle time, the age of what is open, cost by month and
    model, review refusals, success by model and ambiguity, durations, attempts to success, cost, gates,
    work by month and done tasks without attempts; of events the outcomes, refusals and plans. Of a dataset,
    and with --as-of, there is no present, and the same records give the same bytes. It needs the extra
    `report`.
    """
    of_tasks = [] if dataset is not None or as_of is not None else [*FLOW_CHARTS]
    source = [*EVENT_CHARTS] if telemetry is not None else [*of_tasks, *ATTEMPT_CHARTS]
    names = parse_words("--chart", source, split_commas(chart)) if chart else frozenset(source)
    target = _Target.read(check_local("--out", out), format_, names)
    if telemetry is not None:
        check_local("--telemetry", telemetry, reads=True)
    if target.path:
        check_output("--out", target.path)
    check_drawing()
    fleet = choose_fleet(dataset, engine, repo, "tasks report")
    zone = UTC if fleet is not None or telemetry is not None else session.store.zone
    limit = None if as_of is None else _read_as_of(as_of, session.now(), zone)
    scope = read_scope(session.now(), since, until, state, zone)
    if limit is not None:
        scope = scope._replace(until=min(limit.until, scope.until or limit.until))
    if telemetry is not None:
        _check_options({"--state": state, "--task": task, "--dataset": dataset})
        material = _read_events(session, telemetry, scope)
    elif fleet is not None:
        attempts = fleet.report(scope, task)
        material = Material(attempts, None, attempts.latest)
    else:
        material = _read_tasks(session, scope, task, is_present=as_of is None)
    if limit is not None:
        material = material._replace(as_of=limit.shown)
    charts = make_charts(material, names)
    if format_ is ReportFormat.HTML:
        drawn = [_draw_inline(session, each) for each in charts]
        page = make_page(material, drawn, check_utf8("--title", title))
        files = {out: page.encode("utf-8", "backslashreplace")}
    else:
        files = {target.path_of(each.name): _draw_alone(session, each, format_) for each in charts}
    if not target.path:
        session.console.write_bytes(files.values())
        return 0
    for path in files:  # each may be a link
        check_output("--out", path, os.fspath(session.store.root) if session.has_store else None)
    for path, data in files.items():
        with io_errors("Writing", path):
            write_out(path, data)
    written = list(files)
    answer = {
        "format": format_.value,
        "charts": [each.name for each in charts],
        "files": written,
        "as_of": material.as_of,
    }
    what = written[0] if len(written) == 1 else f"{number_of(len(written), 'chart')} in {out}"
    session.console.answer(answer, human=lambda: f"Wrote {what}.", plain=written)
    return 0


class _Target(NamedTuple):
    """Where the report goes: a file, a directory of files, or standard output (an empty path)."""

    path: str
    extension: str
    is_directory: bool

    @classmethod
    def read(cls, out: str, wanted: ReportFormat, names: frozenset[str]) -> _Target:
        """Read `--out`, and refuse what has no place there. Raises TaskfilesError (bad-value)."""
        is_directory = out.endswith("/") or os.path.isdir(out)
        if wanted is ReportFormat.HTML and is_directory:
            raise _bad_out(out, "a page is one file", f"Name it, as --out {os.path.join(out, 'index.html')}.")
        if wanted is not ReportFormat.HTML and not is_directory and len(names) > 1:
            problem = f"{len(names)} charts need a directory"
            raise _bad_out(out, problem, "Name one chart with --chart, or a directory: --out charts/.")
        if not out and is_terminal(sys.stdout):
            raise _bad_out(out, "standard output is a terminal", f"Name a file, as --out report.{wanted}.")
        return cls("" if out == "-" else out, wanted.value, is_directory)

    def path_of(self, name: str) -> str:
        """Give the path of a chart's file."""
        return os.path.join(self.path, f"{name}.{self.extension}") if self.is_directory else self.path


def _bad_out(out: str, problem: str, remedy: str) -> TaskfilesError:
    given = f"“{out}”" if out else "left out"
    return TaskfilesError("bad-value", option="--out", given=given, problem=problem, remedy=remedy)


class _Limit(NamedTuple):
    """What `--as-of` asks for: as the page shows it, and the instant before which all that counts lies."""

    shown: str
    until: datetime


def _read_as_of(text: str, now: datetime, zone: tzinfo) -> _Limit:
    """Read a day, which counts to its end, or an instant, which counts as well."""
    instant = read_when("--as-of", text, now, zone)
    span = find_span(text, zone) if find_day(text) is not None else None
    last = instant if span is None else span[1]
    latest = datetime.max.replace(tzinfo=UTC)
    shown = format_instant(instant) if span is None else normalise_instant(text)
    return _Limit(shown, last if last == latest else last + MICROSECOND)


def _check_options(given: dict[str, object]) -> None:
    for option, value in given.items():
        if value:
            problem = "events are not chosen by tasks"
            remedy = f"Leave {option} or --telemetry out."
            raise TaskfilesError(
                "bad-value", option=option, given="given with --telemetry", problem=problem, remedy=remedy
            )


def _read_tasks(session: Session, scope: Scope, task: str | None, *, is_present: bool) -> Material:
    gathered, scope, problems = survey(session.store, scope, DIMENSIONS, task)
    session.warn_problems(problems)
    attempts = make_attempt_material(gathered, scope, task)
    material = Material(attempts, None, attempts.latest)
    return _add_present(session.store, material, scope) if is_present else material


def _add_present(store: Store, material: Material, scope: Scope) -> Material:
    """Add what goes on now, and how work flows, which is not known of the past."""
    tasks, now = store.snapshot().tasks, store.now()
    ids = {
        each.id
        for each in tasks
        if (scope.ids is None or each.id in scope.ids)
        and (not scope.states or is_word(each.state, scope.states))
    }
    present = make_now(Backlog(tasks), claims=claim_objects(store), now=now, zone=store.zone, ids=ids)
    return material._replace(now=present, flow=measure_flow(tasks, read_transitions(store), scope, now))


def _read_events(session: Session, place: str, scope: Scope) -> Material:
    skipped = Skipped()
    with io_errors("Reading", place):
        os.listdir(place)  # where there is nothing, there is nothing to report on
        if not list_files(place):
            session.console.warn("It holds no events: no file dt=DAY/*.jsonl.", path=place)
        events = make_event_material(read_lines(place, skipped), scope, skipped)
    for sentence in skipped.sentences():
        session.console.warn(sentence, path=place, code="damaged-log", count=skipped.count)
    return Material(None, events, events.latest)


def _draw_inline(session: Session, chart: Chart) -> Drawn:
    if chart.spec is None:
        return Drawn(chart, None)
    try:
        return Drawn(chart, inline_svg(draw_svg(chart.spec), chart.name, chart.heading))
    except NotDrawn:
        return Drawn(_leave_out(session, chart), None)


def _draw_alone(session: Session, chart: Chart, wanted: ReportFormat) -> bytes:
    try:
        return _draw_file(chart, wanted)
    except NotDrawn:
        return _draw_file(_leave_out(session, chart)._replace(spec=blank(NOT_DRAWN)), wanted)


def _draw_file(chart: Chart, wanted: ReportFormat) -> bytes:
    spec = blank(chart.says) if chart.spec is None else chart.spec
    if wanted is ReportFormat.PNG:
        return draw_png(spec)
    return standalone_svg(draw_svg(spec), chart.name, chart.heading).encode()


def _leave_out(session: Session, chart: Chart) -> Chart:
    """Leave out a drawing that the engine has refused, and say so."""
    session.console.warn(f"The chart “{chart.heading}” is left out: the chart engine failed at it.")
    return chart._replace(says=f"{chart.says} {NOT_DRAWN}")
