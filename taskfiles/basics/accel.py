"""Switches for the accelerators. Tests prove each equal to the plain path; without one only speed is lost.

`argv`: parse the command line without typer. `plainyaml`: parse simple frontmatter without ruamel.yaml.
`sound`: read valid files without running the rules. `index`: skip files that have not changed.
`fastlist`: answer the commonest list from the index.
"""

from __future__ import annotations

VARIABLE = "TASKS_ACCEL"  # read by the program; the library reads no environment
KNOWN = frozenset({"argv", "plainyaml", "sound", "index", "fastlist"})
_on: set[str] = set(KNOWN)


def is_on(name: str) -> bool:
    """Return whether an accelerator is on."""
    return name in _on


def are_on(*names: str) -> bool:
    """Return whether all of several accelerators are on."""
    return _on.issuperset(names)


def choose(setting: str) -> None:
    """Set which accelerators are on: empty or `1` for all, `0` for none, else a comma-separated list."""
    wanted = {"": KNOWN, "1": KNOWN, "0": frozenset[str]()}.get(setting)
    _on.clear()
    _on.update(KNOWN & set(setting.split(",")) if wanted is None else wanted)
