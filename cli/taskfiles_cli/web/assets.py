"""Style and scripts, our own, under the digest of them all; nothing is asked for anywhere else."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from taskfiles import DARK, LIGHT, SIGNS
from taskfiles_cli.surface.colours import CHART_DARK, CHART_LIGHT, CHART_RULES

_PLACE = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
OPEN = frozenset({"enter.js", "icon.svg", "style.css"})  # what the page needs that asks for the code


class Asset(NamedTuple):
    """A file that pages use, its type, and the digest in its address: scripts stand beside each other."""

    content: bytes
    type: str
    digest: str

    def address(self, name: str) -> str:
        """Return the address under which pages name it."""
        return f"/static/{self.digest}/{name}"


def read_assets() -> dict[str, Asset]:
    """Read all files of `static/`; the colours of words come from their one table."""
    found = {}
    for path in sorted(_PLACE.iterdir()):
        if path.suffix not in _TYPES:
            continue
        content = path.read_bytes()
        if path.name == "style.css":
            content = _declare_colours().encode() + content
        found[path.name] = content, _TYPES[path.suffix]
    whole = b"".join(name.encode() + content for name, (content, _) in found.items())
    digest = hashlib.sha256(whole).hexdigest()[:16]
    return {name: Asset(*each, digest) for name, each in found.items()}


def _declare_colours() -> str:
    """Write the colours of words and grounds as CSS variables, light and dark, and a class for each word."""
    light = CHART_LIGHT | LIGHT | {f"w-{word}": sign.light for word, sign in SIGNS.items()}
    dark = CHART_DARK | DARK | {f"w-{word}": sign.dark for word, sign in SIGNS.items()}
    rules = [
        f":root {{ color-scheme: light dark; {_write(light)} }}",
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_write(dark)} }} }}",
        f"@media print {{ :root {{ color-scheme: light; {_write(light)} }} }}",
        *(f".w-{word} {{ color: var(--w-{word}); }}" for word in SIGNS),
        CHART_RULES,
    ]
    return "\n".join(rules) + "\n"


def _write(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())
