"""Git: a repository's directories, and the only module that runs the program."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Literal, NamedTuple

from taskfiles.errors import TaskfilesError
from taskfiles.store.location import find_git

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path
    from subprocess import CompletedProcess, Popen
    from typing import IO


class Repository(NamedTuple):
    """A git work tree: its top directory, its own git directory, and the one that all worktrees share."""

    top: Path
    git_dir: Path
    common_dir: Path


def find_repository(start: Path) -> Repository | None:
    """Find the work tree around a directory, by its `.git` and without running git; None if there is none."""
    from pathlib import Path  # noqa: PLC0415 (see `location`)

    found = find_git(str(start))
    return Repository(*map(Path, found)) if found else None


Copy = Literal["same", "older", "none"]


def find_copies(
    repository: Repository | None,
    root: Path,
    paths: Sequence[str],
    environment: Mapping[str, str] | None = None,
) -> dict[str, Copy]:
    """Map each path below a root to what HEAD has of it: the same text, an older one, or none."""
    copies: dict[str, Copy] = dict.fromkeys(paths, "none")
    if repository is None:
        return copies
    listed = ("--literal-pathspecs", "ls-tree", "-r", "-z", "--name-only", "HEAD", "--", *paths)
    differing = ("--literal-pathspecs", "diff", "-z", "--name-only", "--relative", "HEAD", "--", *paths)
    try:
        held = run_git(root, *listed, check=False, environment=environment).split("\0")
        changed = set(run_git(root, *differing, check=False, environment=environment).split("\0"))
    except TaskfilesError:  # git can't be run: promise nothing
        return copies
    for path in held:
        if path in copies:
            copies[path] = "older" if path in changed else "same"
    return copies


def count_tracked(repository: Repository | None) -> int | None:
    """Return the number of files in a work tree's index; None without git or if it fails."""
    if repository is None:
        return None
    try:
        listed = run_git(repository.top, "ls-files", "-z")
    except TaskfilesError:
        return None
    return len({path for path in listed.split("\0") if path})  # a file in conflict is listed several times


class GitResult(NamedTuple):
    """The result of running git: exit status, standard output and standard error."""

    status: int
    out: str
    err: str

    @property
    def problem(self) -> str:
        """The reason for a failure, in one line: git's first error message, else the last line of output."""
        lines = (self.err.strip() or self.out.strip()).splitlines()
        at = next((at for at, line in enumerate(lines) if line.startswith(("fatal:", "error:"))), None)
        named = "" if at is None else lines[at]
        if at is not None and named.endswith(":"):  # file names follow, each on a line of its own
            named += " " + ", ".join(line.strip() for line in takewhile(_is_indented, lines[at + 1 :]))
        return (named or (lines[-1] if lines else f"exit status {self.status}")).rstrip(".")


def _is_indented(line: str) -> bool:
    return line.startswith("\t")


def run_git(
    top: Path, *arguments: str, check: bool = True, environment: Mapping[str, str] | None = None
) -> str:
    """Run git in a work tree and return its standard output.

    Raises TaskfilesError (git-failed) if git can't be started, and with `check` if it fails.
    """
    done = ask_git(top, *arguments, environment=environment)
    if done.status and check:
        problem = done.err.strip().rpartition("\n")[2] or f"exit status {done.status}"
        raise TaskfilesError("git-failed", command=" ".join(arguments[:2]), problem=problem)
    return done.out


def ask_git(top: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> GitResult:
    """Run git in a work tree and return its result, a failure too.

    A given environment is passed on without the variables that point to another repository. Without one,
    git inherits that of this process, and the command must not run hooks.
    Raises TaskfilesError (git-failed) if git can't be started.
    """
    command = ["git", "-C", str(top), *arguments]
    if environment is None:
        done = _run(command, None)
        return GitResult(done.returncode, _text(done.stdout), done.stderr.decode(errors="replace"))
    import tempfile  # noqa: PLC0415 (only commands that may run hooks need it)

    variables = {name: value for name, value in environment.items() if name not in _REPOSITORY_VARIABLES}
    # Files, not pipes: a program that a hook leaves running would keep a pipe open and this process waiting.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        done = _run(command, variables, out, err)
        out.seek(0)
        err.seek(0)
        return GitResult(done.returncode, _text(out.read()), err.read().decode(errors="replace"))


def _run(
    command: list[str], variables: Mapping[str, str] | None, *streams: IO[bytes]
) -> CompletedProcess[bytes]:
    import subprocess  # noqa: PLC0415 (most commands run no program)

    out, err = streams or (subprocess.PIPE, subprocess.PIPE)
    try:
        return subprocess.run(  # noqa: S603 (our own words)
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, check=False, env=variables
        )
    except OSError as error:
        named = " ".join(command[3:5])
        raise TaskfilesError("git-failed", command=named, problem=str(error.strerror)) from error


def _text(data: bytes) -> str:
    return data.decode(errors="surrogateescape")


# Variables that git sets for its own repository when it runs this tool, in a hook for example.
_REPOSITORY_VARIABLES = frozenset(
    {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_PREFIX"}
)
# Those, and names of people, which must not leave the machine.
_PRIVATE_VARIABLES = (
    _REPOSITORY_VARIABLES
    | {"GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE"}
    | {"GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "GIT_COMMITTER_DATE"}
)


def run_git_apart(top: Path, *arguments: str, environment: Mapping[str, str], timeout: float) -> str:
    """Run git in another repository than the project's, and return its standard output.

    Neither git nor ssh can prompt for a password, since there is no terminal. After `timeout` seconds git is
    killed with all processes that it started. Raises TaskfilesError (git-failed).
    """
    import subprocess  # noqa: PLC0415 (as above)

    variables = {name: value for name, value in environment.items() if name not in _PRIVATE_VARIABLES}
    variables |= {"GIT_TERMINAL_PROMPT": "0"}
    command = ["git", "-C", str(top), *arguments]
    named = next((word for word in arguments if word.isalpha()), "git")
    try:
        running = subprocess.Popen(  # noqa: S603 (our own words)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=variables,
            start_new_session=True,
        )
    except OSError as error:
        raise TaskfilesError("git-failed", command=named, problem=str(error.strerror)) from error
    try:
        out, err = running.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        problem = f"it took longer than {timeout:g} s"
        raise TaskfilesError("git-failed", command=named, problem=problem) from None
    finally:
        _end_group(running)
    if running.returncode:
        problem = GitResult(running.returncode, "", err.decode(errors="replace")).problem
        raise TaskfilesError("git-failed", command=named, problem=problem)
    return out.decode(errors="surrogateescape")


def _end_group(running: Popen[bytes]) -> None:
    """Kill git and the processes that it started, if it still runs."""
    import os  # noqa: PLC0415 (as above)
    import signal  # noqa: PLC0415

    if running.poll() is None:
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()


def find_elsewhere(repository: Repository | None, root: Path, texts: Collection[str]) -> set[str]:
    """Return those of some texts that are in task files of unmerged branches or of other worktrees.

    Texts that are in HEAD do not count. Without git the result is empty.
    """
    if repository is None or not texts:
        return set()
    try:
        branches = run_git(
            root, "for-each-ref", "--no-merged=HEAD", "--format=%(objectname)", check=False
        ).split()
        found = _grep(root, texts, commits=branches) if branches else set()
        listed = run_git(root, "worktree", "list", "--porcelain").splitlines()
        below = root.resolve().relative_to(repository.top.resolve())
        for place in (line.removeprefix("worktree ") for line in listed if line.startswith("worktree ")):
            other = repository.top.joinpath(place, below)
            if other.joinpath("tasks").is_dir() and not other.samefile(root):
                found |= _grep(other, texts, options=("--untracked", "--no-exclude-standard"))
        return found - _grep(root, found, commits=("HEAD",)) if found else found
    except TaskfilesError:  # git can't be run, or is too old
        return set()


def _grep(
    place: Path, texts: Collection[str], *, options: Sequence[str] = (), commits: Sequence[str] = ()
) -> set[str]:
    """Return those of some texts that are in files below `tasks/`, in commits or in the work tree."""
    wanted = [word for text in sorted(texts) for word in ("-e", text)]
    found = run_git(
        place, "grep", "-h", "-o", "-i", "-F", *options, *wanted, *commits, "--", "tasks", check=False
    )
    return {text for text in texts if text.lower() in found.lower()}
