"""Templates as HTML: every value is escaped, what hides in it made visible, and an unknown name an error."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from taskfiles import SIGNS, choose_changes, describe_caller, describe_change
from taskfiles_cli.surface.changing import FIELDS
from taskfiles_cli.surface.filterline import add_word
from taskfiles_cli.surface.moves import MOVES, PRIORITIES
from taskfiles_cli.surface.phrases import say_milestone
from taskfiles_cli.surface.visible import find_moment, show
from taskfiles_cli.web.assets import Asset
from taskfiles_cli.web.figures import make_money, say_duration, say_value

if TYPE_CHECKING:
    from taskfiles_cli.surface.figures import Figure
    from taskfiles_cli.web.pages import Shown

_WORDS = {"in-progress": "in progress"}


def make_environment(assets: dict[str, Asset], prefix: str | None = None) -> Environment:
    """Make what renders the pages; with a prefix those of a site of files, which leads to its top."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {
        "asset": lambda name: assets[name].address(name),
        "url": url,
        "drawing_of": drawing_of,
        "task_url": task_url,
        "icon": icon,
        "priority": priority,
        "moves": MOVES,
        "marks": list(FIELDS.items()),
        "priorities": PRIORITIES,
        "word": word,
        "look_of": look_of,
        "add_word": add_word,
        "mark_of": mark_of,
        "say_milestone": say_milestone,
        "choose_changes": choose_changes,
        "describe_caller": describe_caller,
        "describe_change": describe_change,
    }
    if prefix is not None:
        environment.globals |= {
            "asset": lambda name: prefix + assets[name].address(name).removeprefix("/"),
            "url": lambda path, **query: prefix + name_file(path, **query),
            "task_url": lambda task_id: prefix + name_file(task_url(task_id)),
        }
    return environment


def render(environment: Environment, shown: Shown, frame: str, **values: Any) -> str:
    """Render a page within a frame, `content.html` being the part of it that changes."""
    always = {"money": make_money, "duration": say_duration, "plain": say_value}
    usual = {"csrf": None, "by": None, "static": False}
    page = {"template": shown.template, "title": shown.title, **shown.values}
    return environment.get_template(frame).render(**always | usual | page | values)


def _finalize(value: Any) -> Any:
    return show(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def drawing_of(figure: Figure) -> Markup:
    """Return a chart's drawing, in which texts of people are as the chart engine has escaped them."""
    return Markup(figure.svg or "")  # noqa: S704 (it is written by the XML library, of a parsed drawing)


def mark_of(task_id: str) -> str:
    """Return what marks a task's element in a page: an id that any name of a task makes."""
    return f"card-{hashlib.sha256(task_id.encode('utf-8', 'replace')).hexdigest()[:12]}"


def url(path: str, **query: object) -> str:
    """Return an address here; what is empty is left out of its query."""
    given = {key: str(value) for key, value in query.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


def name_file(path: str, *, lanes: str = "", after: str = "", **_: object) -> str:
    """Return the file of a site that has a page, below its top; what a filter asks for is in none.

    >>> name_file("/board"), name_file("/board", lanes="epic"), name_file("/column/done", after="2")
    ('index.html', 'lanes/epic.html', 'column/done-2.html')
    """
    if path == "/board":
        return f"lanes/{lanes}.html" if lanes and lanes != "none" else "index.html"
    part, name = [*path.removeprefix("/").split("/", 1), ""][:2]
    if part == "column" and not re.fullmatch("[a-z-]+", name):
        name = hashlib.sha256(unquote(name).encode("utf-8", "replace")).hexdigest()[:12]
    number = f"-{after}" if after.isdecimal() else ""
    return f"{part}/{name}{number}.html" if name else f"{part}.html"


def task_url(task_id: str) -> str:
    """Return the address of a task's page."""
    return f"/task/{quote(task_id, safe='', errors='replace')}"


def look_of(name: str) -> str:
    """Return the name under which a word's look is known, that of hints for any other word."""
    return name if name in SIGNS else "hint"


def icon(name: str) -> Markup:
    """Return a word's icon, which nobody needs to hear: the word stands beside it."""
    look = look_of(name)
    text = SIGNS[look].icon if name in SIGNS else "?"
    return Markup('<span class="icon w-{}" aria-hidden="true">{}</span>').format(look, text)


def word(name: str) -> str:
    """Return a word as people read it."""
    return _WORDS.get(name, name)


def priority(name: str) -> Markup:
    """Return a priority other than the usual one as people read it."""
    if name == "urgent":
        return Markup('<span class="w-urgent">{} urgent</span>').format(icon("urgent"))
    return Markup("<span>{} priority</span>").format("no" if name == "none" else show(name))


def make_reader(now: datetime, zone: tzinfo) -> tuple[Callable[[Any], Markup], Callable[[Any], Markup]]:
    """Return what writes instants, and texts that are such: of today the time alone, else with their day."""

    def clock(instant: Any) -> Markup:
        if not isinstance(instant, datetime):
            return Markup("")
        there, today = instant.astimezone(zone), now.astimezone(zone).date()
        text = there.strftime("%H:%M" if there.date() == today else "%Y-%m-%d %H:%M")
        return Markup('<time datetime="{}">{}</time>').format(there.isoformat(timespec="seconds"), text)

    def when(text: Any) -> Markup:
        instant = find_moment(text)
        return clock(instant) if instant is not None else escape(show(str(text)))

    return clock, when
