"""What the environment says of places: the working directory, the user's directories."""

from __future__ import annotations

import os

COMPLETION = "_TASKS_COMPLETE"  # the variable by which a shell's script asks

TYPE_CHECKING = False  # as in `taskfiles.store.location`
if TYPE_CHECKING:
    from collections.abc import Mapping

    from taskfiles.run.session_file import SessionPlaces


def here() -> str:
    """Return the working directory. Raises TaskfilesError (io) where it is gone."""
    try:
        return os.getcwd()
    except OSError:
        from taskfiles.store.disk import io_errors  # noqa: PLC0415 (only this mistake needs it)

        with io_errors("Finding", "the current directory"):
            raise


def cache_directory(environment: Mapping[str, str]) -> str | None:
    """Return the user's directory for what can be made anew; None without a home."""
    return _user_directory(environment, "XDG_CACHE_HOME", ".cache")


def state_directory(environment: Mapping[str, str]) -> str | None:
    """Return the user's directory for what programs keep; None without a home."""
    return _user_directory(environment, "XDG_STATE_HOME", os.path.join(".local", "state"))


def session_places(environment: Mapping[str, str]) -> SessionPlaces:
    """Return where agents keep files of their sessions, by the variables that they heed."""
    import shutil  # noqa: PLC0415 (few commands need it)

    from taskfiles.run.session_file import SessionPlaces  # noqa: PLC0415 (as above)

    return SessionPlaces(
        claude=_user_directory(environment, "CLAUDE_CONFIG_DIR", ".claude"),
        codex=_user_directory(environment, "CODEX_HOME", ".codex"),
        gemini=_gemini_home(environment),
        opencode=shutil.which("opencode", path=environment.get("PATH", "")),
    )


def _gemini_home(environment: Mapping[str, str]) -> str | None:
    home = environment.get("GEMINI_CLI_HOME") or environment.get("HOME", "")
    return os.path.join(home, ".gemini") if os.path.isabs(home) else None


def _user_directory(environment: Mapping[str, str], variable: str, below: str) -> str | None:
    """Return a directory by its variable, else below the home; a relative path counts as not set.

    The XDG Base Directory Specification has it so.
    """
    directory, home = environment.get(variable, ""), environment.get("HOME", "")
    if os.path.isabs(directory):
        return directory
    return os.path.join(home, below) if os.path.isabs(home) else None
