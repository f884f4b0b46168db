"""Which accelerators are on. Each is proved equal to the plain path; switching one off costs speed only.

`argv`: the command line read without typer.
`plainyaml`: frontmatter of the plainest form read without ruamel.yaml. `sound`: files without a fault read
without the rules. `index`: what has not changed is not read again. `fastlist`: the commonest list from the
index alone.
"""

from __future__ import annotations

VARIABLE = "TASKS_ACCEL"  # read by the program; the library reads no environment
KNOWN = frozenset({"argv", "plainyaml", "sound", "index", "fastlist"})
_on: set[str] = set(KNOWN)


def is_on(name: str) -> bool:
    """Tell whether an accelerator is to be used."""
    return name in _on


def are_on(*names: str) -> bool:
    """Tell whether several accelerators are to be used."""
    return _on.issuperset(names)


def choose(setting: str) -> None:
    """Choose by a setting: empty or `1` for all, `0` for none, else the names of those wanted, by commas."""
    wanted = {"": KNOWN, "1": KNOWN, "0": frozenset[str]()}.get(setting)
    _on.clear()
    _on.update(KNOWN & set(setting.split(",")) if wanted is None else wanted)
