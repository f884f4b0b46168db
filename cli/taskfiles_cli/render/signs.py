"""Icons before words, on terminals that have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from taskfiles.basics.look import SIGNS

Icons = Literal["icon", "ascii"] | None  # None where words stand alone, as in a pipe


def prefix(icons: Icons, name: str) -> str:
    """Return a sign's icon with a blank after it; nothing where there are no icons.

    >>> prefix("icon", "ready"), prefix("ascii", "ready"), prefix(None, "ready")
    ('○ ', 'o ', '')
    """
    return "" if icons is None else f"{getattr(SIGNS[name], icons)} "


def choose_icons(env: Mapping[str, str], *, is_terminal: bool) -> Icons:
    """Choose the icons by the locale: those of UTF-8, or ASCII, which the Linux console gets as well.

    >>> choose_icons({"LANG": "de_DE.utf8"}, is_terminal=True), choose_icons({}, is_terminal=True)
    ('icon', 'ascii')
    """
    if not is_terminal:
        return None
    locale = next((env[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if env.get(name)), "")
    is_unicode = "utf8" in locale.lower().replace("-", "") and env.get("TERM") != "linux"
    return "icon" if is_unicode else "ascii"
