"""Specifications become SVG and PNG; the only module that knows what draws them.

`vl-convert` has Vega, Vega-Lite and fonts inside, so that nothing is fetched; it is imported when it is
used, and comes with the extra `report`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

from taskfiles.basics.extras import import_extra
from taskfiles.report.chart import Spec
from taskfiles.report.palette import DARK, declare_colours, map_marks

# The version of Vega-Lite to draw with: every release of vl-convert that is asked for has it inside.
VERSION = "5.21"
_SVG = "http://www.w3.org/2000/svg"
_RICHNESS = 2  # pixels of a PNG for one of the drawing
_REFERENCE = "url(#"


class NotDrawn(Exception):
    """The engine has refused a specification."""


def check_drawing() -> None:
    """Make sure that something can be drawn here. Raises TaskfilesError (missing-extra)."""
    _load()


def draw_svg(spec: Spec) -> ElementTree.Element:
    """Draw a specification. Raises NotDrawn, TaskfilesError (missing-extra)."""
    text = _draw(_load().vegalite_to_svg, spec)
    try:
        drawing = ElementTree.fromstring(text)  # noqa: S314 (it was made here, without entities)
    except ElementTree.ParseError as error:
        raise NotDrawn from error
    if drawing.find(f".//{{{_SVG}}}text") is None:  # some of its failures the engine only logs
        raise NotDrawn
    return drawing


def draw_png(spec: Spec) -> bytes:
    """Draw a specification in the light colours. Raises NotDrawn, TaskfilesError (missing-extra)."""
    draw_svg(spec)  # which shows whether anything is drawn
    png: bytes = _draw(_load().vegalite_to_png, spec, scale=_RICHNESS)
    return png


def _draw(engine: Callable[..., Any], spec: Spec, **settings: Any) -> Any:
    try:
        return engine(spec, vl_version=VERSION, allowed_base_urls=[], **settings)
    except Exception as error:
        raise NotDrawn from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the engine's own, which no module exports
            raise
        raise NotDrawn from error


def inline_svg(drawing: ElementTree.Element, name: str, label: str) -> str:
    """Write a drawing to stand in a page: one image with its label, and ids that no other drawing has."""
    root = _adapt(drawing, name)
    root.attrib |= {"role": "img", "aria-label": label}
    del root.attrib["xmlns"]
    return ElementTree.tostring(root, encoding="unicode")


def standalone_svg(drawing: ElementTree.Element, name: str, label: str) -> str:
    """Write a drawing as a file of its own, light or dark as who looks at it has chosen."""
    root = _adapt(drawing, name)
    title = ElementTree.Element("title")
    title.text = label
    style = ElementTree.Element("style")
    style.text = (
        f"@media (prefers-color-scheme: dark) {{\nsvg {{ {declare_colours(DARK)} }}\n{map_marks()}\n}}"
    )
    root[:0] = [title, style]
    root.attrib |= {"role": "img", "aria-label": label}
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _load() -> Any:
    return import_extra("vl_convert", "report")


def _adapt(drawing: ElementTree.Element, name: str) -> ElementTree.Element:
    """Number the ids anew, as they count on from drawing to drawing, and take out what nobody needs."""
    root = ElementTree.fromstring(ElementTree.tostring(drawing))  # noqa: S314 (as above)
    ids: dict[str, str] = {}
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
        for attribute in ("pointer-events", "role", "aria-roledescription"):  # all of it is one image
            element.attrib.pop(attribute, None)
        if (given := element.get("id")) is not None:
            ids[given] = f"{name}-{len(ids) + 1}"
            element.set("id", ids[given])
    for element in root.iter():
        for attribute, value in element.attrib.items():
            if value.startswith(_REFERENCE):
                element.set(attribute, f"{_REFERENCE}{ids[value.removeprefix(_REFERENCE).rstrip(')')]})")
    root.attrib = {"xmlns": _SVG, **{key: root.attrib[key] for key in ("width", "height", "viewBox")}}
    return root
