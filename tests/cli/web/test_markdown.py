"""Markdown of people as HTML that can do nothing, whatever they wrote."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support.web import Page
from taskfiles_cli.web.markdown import render

TAGS = {"p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "em"}
TAGS |= {"strong", "s", "a", "span", "table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {"href", "title", "rel", "class", "start"}
SCHEMES = {"http", "https", "mailto"}

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<a href="javascript:alert(1)">x</a>',
    "<form action=https://evil.example><input name=a></form>",
    "<style>*{display:none}</style>",
    "<p style='position:fixed'>x</p>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](vbscript:x)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "![x](https://evil.example/p.png)",
    "![x](//evil.example/p.png)",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](\\\\evil.example)",
    "[x](/enter)",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    '[x](https://ok.example "onmouseover=alert(1)")',
    '```"><script>alert(1)</script>\nx\n```',
    "```x onload=alert(1) class=evil\nx\n```",
    "| a |\n|:--|\n| <script>x</script> |",
    "# <img src=x>",
    "- [ ] <script>x</script>",
    "[x]: javascript:alert(1)\n\n[x]",
    "&lt;script&gt;",
    "a\x00b\u202ec",
]


def check(html: str) -> None:
    for tag, attributes in Page(html).elements:
        assert tag in TAGS, html
        assert attributes.keys() <= ATTRIBUTES, html
        href = attributes.get("href")
        if href is not None and not href.startswith("/task/"):
            assert urlsplit(href).scheme.lower() in SCHEMES, html


@pytest.mark.parametrize("text", ATTACKS)
def test_no_attack_is_more_than_text(text: str) -> None:
    check(render(text, {"x"}))


FRAGMENTS = st.sampled_from(
    [
        *ATTACKS,
        "[",
        "](",
        ")",
        "<",
        ">",
        "`",
        "```\n",
        "|",
        "\n",
        "\n\n",
        "- ",
        "> ",
        "*",
        "~~",
        "&",
        "#",
        "!",
        "\\",
    ]
)


@given(st.lists(FRAGMENTS | st.text(max_size=8), max_size=12).map("".join))
@example("<a href='x.md'>")
def test_no_text_is_more_than_text(text: str) -> None:
    check(render(text, {"x"}, dict.fromkeys(range(20), "<1>")))


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("fix.md", "/task/fix"),
        ("../30-done/2025-11-02%20%28task%29%20fix.md", "/task/fix"),
        ("task-fix.md#notes", "/task/fix"),
        ("./fix.MD", "/task/fix"),
        ("prefix.md", None),
        ("README.md", None),
        ("fix.txt", None),
        ("#notes", None),
        ("https://example.org/fix.md", "https://example.org/fix.md"),
        ("mailto:ana@example.org", "mailto:ana@example.org"),
    ],
)
def test_links_lead_to_tasks_elsewhere_or_nowhere(link: str, address: str | None) -> None:
    page = Page(render(f"[text]({link})", {"fix"}))
    assert page.values("href") == ([] if address is None else [address])
    assert page.text == "text"


def test_an_image_is_named_and_never_loaded() -> None:
    page = Page(render("![plan](plan.png) ![there](https://example.org/a.png)", ()))
    assert page.text == "[image: plan] [image: there]"
    assert page.values("href") == ["https://example.org/a.png"]
    assert "img" not in [tag for tag, _ in page.elements]


@pytest.mark.parametrize(
    ("text", "tags"),
    [("# A\n\n## B\n", ["h2", "h3"]), ("## A\n\n### B\n", ["h2", "h3"]), ("#### A\n\n## B\n", ["h4", "h2"])],
)
def test_the_highest_heading_stands_below_that_of_the_page(text: str, tags: list[str]) -> None:
    assert [tag for tag, _ in Page(render(text, ())).elements] == tags


def test_boxes_have_their_numbers() -> None:
    html = render("## Criteria\n\n- [ ] First\n- [x] Second\n", (), {2: "1", 3: "2"})
    page = Page(html)
    assert [tag for tag, _ in page.elements][:2] == ["h2", "ul"]
    assert page.text == "Criteria ☐ 1 First ☑ 2 Second"


def test_columns_of_numbers_stand_at_the_end() -> None:
    page = Page(render("| a | b |\n|---|--:|\n| x | 1 |", ()))
    assert [attributes.get("class") for tag, attributes in page.elements if tag == "td"] == [None, "end"]


@pytest.mark.parametrize("part", ["[a](", "[", "*a ", "> ", "![](", "<a", "`", "- ", "~~"])
def test_long_text_does_not_take_for_ever(part: str) -> None:
    check(render(part * 3_000, ()))
