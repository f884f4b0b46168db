"""Markdown of people as HTML that can do nothing: parsed without HTML, then cleaned but for a few tags."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Container, Mapping
from typing import TypeAlias
from urllib.parse import quote, unquote, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from taskfiles_cli.surface.visible import show

_TAGS = frozenset(
    ("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code")
) | {"em", "strong", "s", "a", "table", "thead", "tbody", "tr", "th", "td", "span"}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "code": {"class"},
    "span": {"class"},
    "th": {"class"},
    "td": {"class"},
}
_SCHEMES = frozenset({"http", "https", "mailto"})
_CLASS = re.compile(r"language-[\w+#.-]{1,40}|box|number|end|middle")
_OURS = re.compile(r"/task/.*|(?:\.\./)?task/[a-z0-9-]+\.html", re.DOTALL)
_ALIGN = {"text-align:right": "end", "text-align:center": "middle"}
_BOX = re.compile(r"\[([ xX])\](?=\s|\Z)")
_PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": 40}).enable(["table", "strikethrough"])


Link: TypeAlias = "Callable[[str], str]"  # where a task's page is, by its id


def address(task_id: str) -> str:
    """Return the address of a task's page on the board."""
    return f"/task/{quote(task_id, safe='')}"


def render(
    text: str, ids: Container[str], boxes: Mapping[int, str] | None = None, link: Link = address
) -> Markup:
    """Render Markdown with its highest heading at the second level.

    Links between task files lead to the tasks' pages, by `link`. Other relative links lead nowhere: only
    their text stays. Images are not shown, but named, with a link where they are elsewhere. `boxes` are names
    of checkboxes by their line from 0, shown beside them.
    """
    tokens = _PARSER.parse(show(text))
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    down = 2 - min(levels, default=2)  # below the page's own heading, and none left out
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + down)}"
        elif token.type in {"th_open", "td_open"}:
            align = _ALIGN.get(str(token.attrs.pop("style", "")))
            if align is not None:
                token.attrs["class"] = align
        elif token.type == "inline" and token.children is not None:
            token.children = _rewrite(token, ids, link)
    _mark_boxes(tokens, boxes or {})
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return Markup(_clean(html))  # noqa: S704 (it is what nh3 lets through)


def _rewrite(inline: Token, ids: Container[str], link: Link) -> list[Token]:
    """Turn links to tasks into such to their pages, others that lead nowhere and images into text."""
    found: list[Token] = []
    dropped = []
    for token in inline.children or ():
        if token.type == "link_open":
            href = _find_target(str(token.attrs.get("href", "")), ids, link)
            dropped.append(href is None)
            if href is None:
                continue
            token.attrs["href"] = href
        elif token.type == "link_close":
            if dropped.pop():
                continue
        elif token.type == "image":
            found += _name_image(token, is_linked=any(not each for each in dropped))
            continue
        found.append(token)
    return found


def _find_target(href: str, ids: Container[str], link: Link) -> str | None:
    """Return where a link leads: elsewhere by a known scheme, to a task, or nowhere."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    if parts.scheme.lower() in _SCHEMES:
        return href
    if parts.scheme or parts.netloc or href.startswith(("/", "\\", "#")):
        return None
    name = posixpath.basename(unquote(parts.path))
    if not name.lower().endswith(".md"):
        return None
    for begin in range(len(name)):  # `task-fix.md` and `2025-11-02 (task) fix.md` are files of `fix`
        if (begin == 0 or name[begin - 1] in "- ") and name[begin:-3] in ids:
            return link(name[begin:-3])
    return None


def _name_image(token: Token, *, is_linked: bool) -> list[Token]:
    source = str(token.attrs.get("src", ""))
    text = Token("text", "", 0)
    text.content = f"[image: {token.content or source}]"
    if is_linked or _find_target(source, (), address) is None:
        return [text]
    opening, closing = Token("link_open", "a", 1), Token("link_close", "a", -1)
    opening.attrs = {"href": source}
    return [opening, text, closing]


def _mark_boxes(tokens: list[Token], boxes: Mapping[int, str]) -> None:
    """Write checkboxes as such, with the names by which they are ticked."""
    for number, token in enumerate(tokens):
        if token.type != "inline" or not token.children or number < 2:
            continue
        if tokens[number - 2].type != "list_item_open" or token.children[0].type != "text":
            continue
        match = _BOX.match(token.children[0].content)
        if match is None:
            continue
        token.children[0].content = token.children[0].content[match.end() :]
        mark = Token("html_inline", "", 0)
        state = ("☐", "open") if match[1] == " " else ("☑", "done")
        name = boxes.get(token.map[0]) if token.map else None
        label = f'<span class="number">{escape(show(name))}</span>' if name is not None else ""
        mark.content = f'<span class="box">{state[0]}</span>{label}'
        token.children.insert(0, mark)


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_filter,
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def _filter(_: str, name: str, value: str) -> str | None:
    if name == "class":
        return value if _CLASS.fullmatch(value) else None
    if name == "href" and not _OURS.fullmatch(value) and urlsplit(value).scheme.lower() not in _SCHEMES:
        return None
    return value
