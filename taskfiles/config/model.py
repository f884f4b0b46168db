"""The settings of tasks/tasks.toml with their defaults, and findings with line and column for wrong ones."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from taskfiles.basics.foreign import explain_toml
from taskfiles.basics.instants import parse_duration
from taskfiles.config.levels import LEVELS, RULES
from taskfiles.config.sinks import UNDRAINED
from taskfiles.task import values
from taskfiles.task.codes import FINDINGS
from taskfiles.task.findings import Finding, make_finding
from taskfiles.task.keys import FORMAT
from taskfiles.task.layout import FLAT, STATES, TASKS_DIR
from taskfiles.task.model import checked
from taskfiles.task.names import CONFIG_PATH
from taskfiles.task.words import Ambiguity
from taskfiles.text.nodes import Path, field_name

_HEADER = re.compile(r"\s*(\[\[?)\s*(.*?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=\s*"""
)
T = TypeVar("T", bound="Table")
E = TypeVar("E", bound=StrEnum)
Positions = dict[Path, tuple[int, int, int]]  # line, column of the key, column of the value


def _check_duration(value: object) -> float:
    if not isinstance(value, str):
        raise values.BadValue(
            "wrong-type", found=values.describe(value), wanted="a duration", remedy='Write it as "10s".'
        )
    try:
        return parse_duration(value)
    except ValueError as error:
        raise values.BadValue(
            "wrong-type", found=f'"{value}"', wanted="a duration", remedy='Write it as "10s".'
        ) from error


def _check_zone(value: object) -> str:
    text = values.check_filled(value)
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):  # a name that is none, that leads elsewhere, or a directory
        remedy = 'Name one of the IANA time zones, as in "Europe/Berlin", or "UTC".'
        raise values.BadValue(
            "wrong-type", found=f'"{text[:60]}"', wanted="a time zone", remedy=remedy
        ) from None
    return text


def _check_date(value: object) -> date:
    if isinstance(value, date):
        return value
    raise values.BadValue(
        "wrong-type", found=values.describe(value), wanted="a date", remedy="Write it as 2026-12-01."
    )


def _check_tables(value: object) -> list[dict[str, Any]]:
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    remedy = "Write each as a table of its own: [[alerts]]."
    raise values.BadValue(
        "wrong-type", found=values.describe(value), wanted="a list of tables", remedy=remedy
    )


def _check_inside(value: object) -> str:
    """Check for a path below the project's root, other than git's and the tasks' own."""
    text = values.check_filled(value)
    parts = text.split("/")
    is_inside = not text.startswith("/") and not {"", ".", ".."} & {*parts[:-1], parts[-1] or parts[0]}
    if (
        not is_inside
        or "\0" in text
        or any(part.lower() == ".git" for part in parts)
        or parts[0] == TASKS_DIR
    ):
        raise values.BadValue(
            "wrong-type",
            found=json.dumps(text),
            wanted="a path inside the project",
            remedy='Write it as ".env" or "config/local.json"; neither .git nor tasks/ is copied.',
        )
    return text.rstrip("/")


def _check_each(kind: type[E], value: object) -> list[E]:
    return [values.check_word(kind, each) for each in values.check_list(value)]


class Requirement(StrEnum):
    """A place where events must be stored."""

    REPOSITORY = "repository"


class Layout(StrEnum):
    """How task files are placed: one path for a task's whole life, or a directory for each state."""

    FLAT = FLAT
    STATES = STATES


class Finish(StrEnum):
    """What a task must have before it can be done, beside ticked criteria and closed tasks below it."""

    INSIGHTS = "insights"
    COMMIT_MESSAGE = "commit_message"


class Redaction(StrEnum):
    """How paths and people appear in events that leave the machine; secrets never leave it."""

    HASH = "hash"
    NONE = "none"


Text = Annotated[str, checked(values.check_filled)]
Words = Annotated[list[Text], checked(values.check_list)]
Flag = Annotated[bool, checked(values.check_boolean)]
Count = Annotated[int, checked(values.check_integer)]
Inside = Annotated[str, checked(_check_inside)]
Paths = Annotated[list[Inside], checked(values.check_list)]
Tables = Annotated[list[dict[str, Any]], checked(_check_tables)]
Duration = Annotated[float, checked(_check_duration)]
Zone = Annotated[str, checked(_check_zone)]
Day = Annotated[date, checked(_check_date)]
Redact = Annotated[Redaction, checked(lambda value: values.check_word(Redaction, value))]
Required = Annotated[Requirement, checked(lambda value: values.check_word(Requirement, value))]
Placing = Annotated[Layout, checked(lambda value: values.check_word(Layout, value))]
Finishes = Annotated[list[Finish], checked(lambda value: _check_each(Finish, value))]
Level = Annotated[Ambiguity, checked(lambda value: values.check_word(Ambiguity, value))]


class Table(BaseModel):
    """A table of settings; unknown keys are kept, and reported as findings."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)


class LockSettings(Table):
    """How long a command waits for a lock, in seconds."""

    timeout: Duration = 10


class LeaseSettings(Table):
    """How long a claim lasts, in seconds."""

    duration: Duration = 1800


class CompleteSettings(Table):
    """Settings of closing tasks."""

    require: Finishes = []


class NewSettings(Table):
    """Settings of creating tasks."""

    created_by: Flag = False


class LabelSettings(Table):
    """A declared label."""

    description: Text | None = None


class TrackSettings(Table):
    """A declared track."""

    title: Text | None = None


class MilestoneSettings(Table):
    """A declared milestone."""

    title: Text | None = None
    due: Day | None = None


class GateSettings(Table):
    """A quality gate: a command that decides whether work passes."""

    command: Text
    required: Flag = True
    timeout: Duration = 600
    task_types: Words = []


class RunSettings(Table):
    """How agents are run; the timeout is in seconds.

    `copied` are ignored files, relative to the root, that worktrees get (`run.copy`).
    """

    timeout: Duration = 1800
    retries: Count = 0
    max_ambiguity: Level = Ambiguity.HIGH
    allow_partial: Flag = True
    status_labels: Flag = False
    copied: Paths = Field(default=[], alias="copy")  # pydantic has a method of that name


class PredictSettings(Table):
    """A command that estimates a task before it is dispatched."""

    command: Text | None = None


class PriceSettings(Table):
    """A model's prices in micro-dollars per million tokens, valid from the day `since` to the day `until`."""

    input: Count
    output: Count
    reasoning: Count | None = None
    cache_read: Count | None = None
    cache_write: Count | None = None
    cache_write_1h: Count | None = None
    since: Day | None = None
    until: Day | None = None


class TelemetrySettings(Table):
    """Where events go, and how long they are kept, in seconds."""

    sinks: Words = ["local"]
    require: Required | None = None
    redact: Redact = Redaction.HASH
    retention: dict[str, Duration] = {}


class Config(Table):
    """The settings of tasks/tasks.toml."""

    format: Count = FORMAT
    layout: Placing | None = None  # states where the key is absent: nobody is switched by what is there
    timestamps: Flag = True
    timezone: Zone = "UTC"
    lock: LockSettings = LockSettings()
    lease: LeaseSettings = LeaseSettings()
    complete: CompleteSettings = CompleteSettings()
    new: NewSettings = NewSettings()
    labels: dict[str, LabelSettings] = {}
    tracks: dict[str, TrackSettings] = {}
    milestones: dict[str, MilestoneSettings] = {}
    gates: dict[str, GateSettings] = {}
    run: RunSettings = RunSettings()
    predict: PredictSettings = PredictSettings()
    prices: dict[str, PriceSettings] = {}
    telemetry: TelemetrySettings = TelemetrySettings()
    rules: dict[str, Any] = {}  # config.levels reads them: a wrong one must not make the rest unusable
    views: dict[str, Any] = {}  # operations.views reads them: as alerts
    templates: dict[str, Any] = {}  # config.templates reads them: as views
    migrate: dict[str, Any] = {}  # migrate.chosen reads them: as views
    alerts: Tables = []  # stats.thresholds reads them: no other command needs them

    def commands(self) -> list[str]:
        """List the settings that run commands or send events elsewhere, and so need `tasks trust`."""
        named = [f"gates.{name}: {gate.command}" for name, gate in self.gates.items()]
        if self.predict.command:
            named.append(f"predict: {self.predict.command}")
        return named + [f"telemetry.sinks: {sink}" for sink in self.telemetry.sinks if sink not in UNDRAINED]


def parse_config(data: bytes) -> tuple[Config | None, list[Finding]]:
    """Parse a configuration; None if an error makes it unusable. Every problem is a finding."""
    read = read_toml(data)
    if isinstance(read, Finding):
        return None, [read]
    text, raw = read
    positions = find_positions(text)
    config, findings = read_table(Config, raw, positions)
    if config is not None and config.format > FORMAT:
        findings.append(
            make_config_finding("newer-format", ("format",), positions, format=config.format, known=FORMAT)
        )
    findings += [*_track_findings(raw, positions), *_rule_findings(raw, positions)]
    return config, findings


def read_table(
    model: type[T], raw: dict[str, Any], positions: Positions, at: Path = ()
) -> tuple[T | None, list[Finding]]:
    """Validate the table at a path of the configuration; None if it has an error, with all findings."""
    unknown = [
        make_config_finding("config-unknown-key", path, positions, key=field_name(path), near=near)
        for path, near in _unknown(raw, model, at)
    ]
    try:
        return model.model_validate(raw), unknown
    except ValidationError as error:
        wrong = [_value_finding(detail, positions, at) for detail in error.errors(include_url=False)]
        return None, wrong + unknown


def read_toml(data: bytes) -> tuple[str, dict[str, Any]] | Finding:
    """Parse TOML into its text and its values; a finding if it can't be parsed."""
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode()
        return text, tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return make_finding("config-syntax", CONFIG_PATH, line, 1, problem="it is not UTF-8")
    except tomllib.TOMLDecodeError as error:
        return _syntax_finding(str(error), text)
    except ValueError:  # an integer of thousands of digits, which Python refuses to convert
        return make_finding("config-syntax", CONFIG_PATH, 1, 1, problem="it holds a number without end")
    except RecursionError:
        return make_finding("config-syntax", CONFIG_PATH, 1, 1, problem="it nests too deep")


def _table(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a table of the configuration, which is checked elsewhere to be one."""
    return found if isinstance(found := raw.get(name), Mapping) else {}


def _track_findings(raw: Mapping[str, Any], positions: Positions) -> list[Finding]:
    """Check that tracks are named by ids: a track's epic may get that id. The settings are usable anyway."""
    found = []
    for name in _table(raw, "tracks"):
        try:
            values.check_id(name)
        except values.BadValue as bad:
            found.append(make_config_finding(bad.code, ("tracks", name), positions, **bad.params))
    return found


def _rule_findings(raw: Mapping[str, Any], positions: Positions) -> list[Finding]:
    """Check codes and levels in `[rules]`. The settings are usable anyway: only `validate` goes by them."""
    found = []
    for code, level in _table(raw, RULES).items():
        path = (RULES, code)
        if code not in FINDINGS:
            near = values.suggest(code, list(FINDINGS))
            found.append(
                make_config_finding("config-unknown-key", path, positions, key=field_name(path), near=near)
            )
        elif level not in LEVELS:
            params = {"key": field_name(path), "given": _show(level), "problem": "it is not a level"}
            remedy = f"Write one of {', '.join(json.dumps(each) for each in LEVELS)}."
            found.append(make_config_finding("config-value", path, positions, remedy=remedy, **params))
    return found


def _show(value: object) -> str:
    return json.dumps(value) if isinstance(value, (str, int, float)) else values.describe(value)


def _syntax_finding(message: str, text: str) -> Finding:
    problem, line, column = explain_toml(message)
    return make_finding(
        "config-syntax", CONFIG_PATH, line or text.count("\n") + 1, column or 1, problem=problem
    )


def _value_finding(detail: Any, positions: Positions, at: Path) -> Finding:
    """Return a finding for a setting, worded as for the same mistake in a task file."""
    path, given = (*at, *detail["loc"]), detail.get("input")
    shown = _show(given)
    code, params = detail["type"], detail.get("ctx", {})
    if code == "missing":
        shown, code, params = "absent", "missing-key", {"key": path[-1]}
    elif code not in FINDINGS:  # pydantic's own error type: the value should be a table
        params = {
            "found": values.describe(given),
            "wanted": "a table",
            "remedy": "Write it as a table: [NAME].",
        }
        code = "wrong-type"
    same = make_finding(code, CONFIG_PATH, 1, 1, **params)
    problem = same.message[:1].lower() + same.message[1:].rstrip(".")
    return make_config_finding(
        "config-value", path, positions, key=field_name(path), given=shown, problem=problem, remedy=same.hint
    )


def make_config_finding(code: str, path: Path, positions: Positions, **params: Any) -> Finding:
    """Return a finding at a setting: at an unknown key, else at the value, or at the table around it."""
    near = path
    while near and near not in positions:
        near = near[:-1]
    line, key, value = positions.get(near, (1, 1, 1))
    column = key if code == "config-unknown-key" else value
    return make_finding(code, CONFIG_PATH, line, column, field_name(path), **params)


def _unknown(raw: Any, model: Any, path: Path) -> list[tuple[Path, str]]:
    found: list[tuple[Path, str]] = []
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    for key, value in raw.items():
        here = (*path, key)
        field = fields.get(key)
        if field is None:
            if not key.startswith("x_"):
                found.append((here, values.suggest(key, list(fields))))
            continue
        arguments = getattr(field.annotation, "__args__", ())
        inner = next(
            (a for a in (field.annotation, *arguments) if isinstance(a, type) and issubclass(a, Table)), None
        )
        if inner is None:
            continue
        if isinstance(value, list):
            items: list[tuple[Path, Any]] = [((*here, i), item) for i, item in enumerate(value)]
        elif arguments and isinstance(value, dict):
            items = [((*here, name), item) for name, item in value.items()]
        else:
            items = [(here, value)]
        for place, item in items:
            if isinstance(item, dict):
                found += _unknown(item, inner, place)
    return found


def find_positions(text: str) -> Positions:
    """Return each key's line and the columns of the key and its value.

    Keys in inline tables are left out: their position is that of the table's key. Lines within multi-line
    strings are skipped.
    """
    positions: Positions = {}
    counts: dict[Path, int] = {}
    base: Path = ()
    quotes = ""
    for number, line in enumerate(text.split("\n"), 1):
        if quotes:
            quotes = "" if quotes in line else quotes
            continue
        if header := _HEADER.fullmatch(line.rstrip("\r")):
            *above, last = _split(header[2]) or [""]
            base = ()
            for part in above:  # `[alerts.where]` is part of the last alert above it
                base = (*base, part)
                base = (*base, counts[base]) if base in counts else base
            base = (*base, last)
            if header[1] == "[[":
                counts[base] = counts.get(base, -1) + 1
                base = (*base, counts[base])
            positions.setdefault(base, (number, header.start(2) + 1, header.start(2) + 1))
        elif key := _KEY.match(line):
            positions.setdefault((*base, *_split(key[1])), (number, key.start(1) + 1, key.end() + 1))
            quotes = next(
                (q for q in ('"""', "'''") if line.startswith(q, key.end()) and line.count(q) == 1), ""
            )
    return positions


def _split(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(r""""[^"]*"|'[^']*'|[^.\s]+""", dotted)]
