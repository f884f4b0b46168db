"""The environment of programs that are started: without variables that point git to another place."""

from __future__ import annotations

TYPE_CHECKING = False  # as in `taskfiles.store.location`
if TYPE_CHECKING:
    from collections.abc import Mapping

# What `git rev-parse --local-env-vars` lists, and what git sets besides for one command, its hooks included:
# where a repository, its index and its objects are, where to stop looking for it, and how paths are read.
LOCAL_VARIABLES = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_ATTR_SOURCE",
        "GIT_CEILING_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_CONFIG",
        "GIT_CONFIG_PARAMETERS",
        "GIT_DIR",
        "GIT_GLOB_PATHSPECS",
        "GIT_GRAFT_FILE",
        "GIT_ICASE_PATHSPECS",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_LITERAL_PATHSPECS",
        "GIT_NAMESPACE",
        "GIT_NOGLOB_PATHSPECS",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_QUARANTINE_PATH",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)
_COUNT, _KEY, _VALUE = "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_"
_MOST_DIGITS = 10
_POINTING_KEYS = frozenset({"core.worktree", "core.bare"})  # settings that do the same


def child_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment that a program started from this one gets.

    In a hook git sets variables for its own repository; a program that works in another directory must not
    follow them. Settings given by GIT_CONFIG_COUNT stay, but those that point elsewhere.

    >>> child_environment({"PATH": "/bin", "GIT_DIR": "/other/.git", "GIT_CONFIG_COUNT": "x"})
    {'PATH': '/bin'}
    """
    kept = {
        name: value
        for name, value in environment.items()
        if name not in LOCAL_VARIABLES and name != _COUNT and not name.startswith((_KEY, _VALUE))
    }
    settings = [each for each in read_settings(environment) if each[0].lower() not in _POINTING_KEYS]
    return add_settings(kept, settings)


def read_settings(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the settings that git reads from GIT_CONFIG_COUNT; none where git would refuse them."""
    count = environment.get(_COUNT, "")
    if not (count.isascii() and count.isdigit() and len(count) < _MOST_DIGITS):
        return []
    settings = []
    for number in range(min(int(count), len(environment))):
        key, value = environment.get(f"{_KEY}{number}"), environment.get(f"{_VALUE}{number}")
        if key is None or value is None:
            return []
        settings.append((key, value))
    return settings if len(settings) == int(count) else []


def add_settings(environment: Mapping[str, str], settings: list[tuple[str, str]]) -> dict[str, str]:
    """Return an environment with settings for git after those that it has; a later one wins."""
    if not settings:
        return dict(environment)
    both = [*read_settings(environment), *settings]
    made = dict(environment) | {_COUNT: str(len(both))}
    for number, (key, value) in enumerate(both):
        made[f"{_KEY}{number}"], made[f"{_VALUE}{number}"] = key, value
    return made
