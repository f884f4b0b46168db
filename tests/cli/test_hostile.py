"""Hostile and broken input: a clear answer, in bounded time and memory, and no task dropped in silence."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.corpora import FILES
from support.effort import choose, some
from support.in_process import call
from support.layouts import in_states
from support.limits import cap_memory, run_limited
from support.project import BODY, SCRIPT, Done, Project
from taskfiles import Store, TaskfilesError, Unreadable, parse_task
from taskfiles.store.disk import temporary_path

Tasks = Callable[..., Done]

BATCHES = range(200 if choose().profile == "long" else 20)
BATCH = 500
HEAD = "---\nid: odd\ntitle: Odd\nstate: ready\n"
PLACE = "tasks/10-ready/task-odd.md"
ATTEMPTS = """execution:
  attempts:
    - id: 0199c6f2-0000-7000-8000-000000000000
      started_at: 2025-11-02T15:03:00.000Z
      ended_at: 2025-11-02T15:05:00.000Z
      duration_seconds: 120
      status: failed # twice
      executor: {tool: agent, planner: {tool: other}}
      cost: {actual_usd_micros: 12, source: reported}
      quality_gates: {run: [build, lint], failed: [lint]}
      notes: "…"
"""
SEEDS = [
    f"{HEAD}{ATTEMPTS}---\n{BODY}",
    f"{HEAD}labels: [a, 'b', \"c\"]\nx_map: {{a: &a 1, b: *a}}\nblocked: >-\n  folded\n  text\n---\n{BODY}",
    f"{HEAD}depends_on:\n  - other # why\n\n  - another\nparent: up\npriority: high\n---\n{BODY}".replace(
        "\n", "\r\n"
    ),
    f"\ufeff{HEAD}created_at: 2025-11-02 15:03:00\nlinks:\n- {{type: github_issue, number: 5}}\n---\n{BODY}",
    f"{HEAD}x_text: |\n  literal\n\n  text\n? complex\n: value\n<<: {{x_a: 1}}\n!!str x_b: 0x10\n---\n",
]
PIECES = [
    b"---\n",
    b"\0",
    b"\xff",
    b"*a",
    b"&a ",
    b"[",
    b"{",
    b"- ",
    b"\r",
    b"\t",
    b": ",
    b"!!int ",
    b"1e999",
]
PIECES += [
    b"\xe2\x80\xa8",
    b"\xed\xa0\x80",
    b"<<<<<<< x\n",
    b"? ",
    b"|",
    b"%YAML 1.1\n",
    b".nan",
    b"\x1b",
    b"id: odd\n",
]


def mutated(chance: random.Random, seeds: list[bytes]) -> bytes:
    """Damage one seed in a few ways at once."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 4)):
        at = (
            chance.randrange(len(data) + 1)
            if chance.random() < 0.3
            else chance.randrange(min(len(data), 400) + 1)
        )
        match chance.randrange(5):
            case 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 1 if at > 3 and chance.random() < 0.3:
                del data[at:]
            case 2:
                del data[at : at + chance.randint(1, 20)]
            case 3:
                other = chance.choice(seeds)
                start = chance.randrange(len(other))
                data[at:at] = other[start : start + chance.randint(1, 200)]
            case _:
                data[at:at] = chance.choice(PIECES) * chance.choice([1, 1, 3])
    return bytes(data)


def claims(data: bytes) -> bool:
    return data.removeprefix(b"\xef\xbb\xbf").startswith(b"---")


def bounded(project: Project, *argv: str, stdin: bytes = b"", timeout: float = 60) -> Done:
    """Run a command in bounded memory and time; whatever it says, it is no bug of ours."""
    done = run_limited(project, *argv, before=cap_memory, stdin=stdin, timeout=timeout)
    assert done.code != 70, done.err
    assert done.code >= 0, done
    assert "Traceback" not in done.err
    return done


@pytest.fixture
def tasks(project: Project) -> Tasks:
    """Run commands without a process each, for the many small cases."""

    def run(*argv: str, stdin: bytes = b"") -> Done:
        done = call(project, *argv, stdin=stdin)
        assert done.code != 70, done.err
        return done

    return run


def shell(project: Project, script: str) -> Done:
    """Run a shell script in which `tasks` is the command."""
    words = " ".join(f"'{word}'" for word in SCRIPT)
    done = subprocess.run(
        ["bash", "-c", f'tasks() {{ {words} "$@"; }}\n{script}'],
        cwd=project.root,
        env=project.environment(None),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def strict_json(text: str) -> object:
    """Read JSON as other programs do: no NaN, no Infinity."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


def warned(done: Done) -> set[tuple[str, str]]:
    """The (code, path) of each warning of JSON mode."""
    warnings = [json.loads(line)["warning"] for line in done.err.split("\n") if line]
    return {(warning["code"], warning["path"]) for warning in warnings}


def assert_unreadable(project: Project, code: str, *, path: str = PLACE) -> None:
    """`list` and `validate` name the file with this code; the other task is listed."""
    project.task("fine")
    listed = bounded(project, "list", "--output", "json")
    assert listed.code == 0
    assert [task["id"] for task in listed.json] == ["fine"]
    assert warned(listed) == {(code, path)}
    report = bounded(project, "validate", "--output", "json")
    assert report.code == 1
    assert [(f["code"], f["path"]) for f in report.json["findings"]] == [(code, path)]


def assert_listed(tasks: Tasks) -> Done:
    """`list` and `show` give the odd task: in JSON that all programs read, and no raw escape sequence."""
    listed = tasks("list", "--output", "json")
    rows = strict_json(listed.out)
    assert isinstance(rows, list)
    assert [row["id"] for row in rows] == ["odd"]
    strict_json(tasks("show", "odd", "--output", "json").out)
    strict_json(tasks("validate", "--output", "json").out)
    for argv in (["list"], ["show", "odd"], ["validate"], ["update", "odd", "--meta", "x_new=1"]):
        told = tasks(*argv)
        assert "\x1b" not in told.out + told.err
    return listed


# Ten thousand damaged files


@pytest.fixture(scope="module")
def seeds() -> list[bytes]:
    return [seed.encode() for seed in SEEDS] + [file.read_bytes() for file in FILES]


@pytest.mark.parametrize("number", some(BATCHES, 3))
def test_damaged_files(project: Project, seeds: list[bytes], number: int) -> None:
    """Each file that claims to be a task is listed or named as unreadable, by the library as by `list`."""
    chance = random.Random(number)
    readable, unreadable = set(), set()
    for serial in range(BATCH):
        data = mutated(chance, seeds)
        path = f"tasks/10-ready/task-f{serial}.md"
        project.write(path, data)
        try:
            parse_task(path, data)
            readable.add(path)
        except Unreadable:
            if claims(data):
                unreadable.add(path)
    listed = bounded(project, "list", "--output", "json")
    rows = strict_json(listed.out)
    assert isinstance(rows, list)
    named = {path for _, path in warned(listed)}
    assert {row["path"] for row in rows} == readable
    counted = [
        json.loads(line)["warning"] for line in listed.err.splitlines() if '"unreadable-files"' in line
    ]
    assert len(unreadable & named) + sum(each["count"] for each in counted) >= len(unreadable)
    report = strict_json(bounded(project, "validate", "--output", "json").out)
    assert isinstance(report, dict)
    found = {finding["path"] for finding in report["findings"]}
    assert {path for path in named if path is not None} | unreadable <= found


# Single files that no list may stumble over

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("code", "data"),
    some(
        [
            pytest.param("alias-expansion", f"{HEAD}{BOMB}---\n", id="alias bomb"),
            pytest.param("yaml-syntax", f"{HEAD}x: &a [*a]\n---\n", id="alias to itself"),
            pytest.param("too-deep", f"{HEAD}x: {'[' * 100_000}\n---\n", id="brackets"),
            pytest.param("too-deep", f"{HEAD}x: {'{a: ' * 100_000}\n---\n", id="braces"),
            pytest.param("too-deep", f"{HEAD}x:\n  {'- ' * 100_000}\n---\n", id="dashes"),
            pytest.param("complex-key", f"{HEAD}x:\n  {'? ' * 100_000}\n---\n", id="question marks"),
            pytest.param("complex-key", f"{HEAD}{'? ' * 31}a: b\n---\n", id="keys of keys"),
            pytest.param("lone-surrogate", f'{HEAD}x: "a \\ud800"\n---\n', id="half a surrogate pair"),
            pytest.param("fence-word", "---js\nrequire('fs').writeFileSync('ran', '')\n---\n", id="js"),
            pytest.param(
                "conflict-marker",
                f"{HEAD}<<<<<<< ours\nx: 1\n=======\nx: 2\n>>>>>>> theirs\n---\n",
                id="conflict",
            ),
            pytest.param("conflict-marker", f"<<<<<<< ours\n{HEAD}---\n", id="conflict first"),
            pytest.param("nul-byte", f"{HEAD}x: a\0b\n---\n", id="NUL"),
            pytest.param("nul-byte", f"{HEAD}---\nbody\0\n", id="NUL in body"),
            pytest.param("not-utf8", f"{HEAD}---\n".encode("utf-16"), id="UTF-16"),
            pytest.param("not-utf8", f"{HEAD}---\n".encode("utf-16-be"), id="UTF-16 without BOM"),
            pytest.param("not-utf8", f"{HEAD}---\n".encode("utf-32"), id="UTF-32"),
            pytest.param("not-utf8", HEAD.encode() + b"x: caf\xe9\n---\n", id="Latin-1"),
            pytest.param("duplicate-key", f"{HEAD}id: odd\n---\n", id="duplicate"),
            pytest.param("no-closing-fence", HEAD, id="unclosed"),
            pytest.param("not-a-mapping", "---\n- a\n---\n", id="list"),
            pytest.param("not-a-mapping", "---\n---\n", id="empty"),
            pytest.param(
                "invalid-id", "---\nid: ../../x\ntitle: x\nstate: ready\n---\n", id="id that climbs"
            ),
        ],
        9,
    ),
)
def test_unreadable(project: Project, code: str, data: str | bytes) -> None:
    project.write(PLACE, data)
    assert_unreadable(project, code)
    assert not (project.root / "ran").exists()


@pytest.mark.slow
def test_huge_file(project: Project) -> None:
    file = project.write(PLACE, f"{HEAD}---\n")
    os.truncate(file, 100 * 1024 * 1024)
    assert_unreadable(project, "too-large")
    refused = bounded(project, "update", "odd", "--meta", "x_n=1", "--output", "json")
    assert (refused.code, refused.error["path"]) == (1, PLACE)
    assert bounded(project, "validate", PLACE).code == 1


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"x_n: {'7' * 1_000_000}\n", id="a million digits"),
        pytest.param(f"x_n: 0x{'f' * 3990}\n", id="long hexadecimal"),
        pytest.param(f"priority: 0x{'f' * 3990}\n", id="long hexadecimal in a known key"),
        pytest.param(f"x_n: 0o{'7' * 3990}\n", id="long octal"),
        pytest.param(f"{ATTEMPTS}      turns: 0x{'f' * 3990}\n", id="long hexadecimal in an attempt"),
        pytest.param("x_n: [.nan, .inf, -.inf, {a: .NaN}]\n.nan: 1\n", id="not finite"),
        pytest.param(f"{ATTEMPTS}      context: {{utilization_final: .nan}}\n", id="NaN in an attempt"),
        pytest.param(f"{ATTEMPTS}      turns: .inf\n", id="infinity in an attempt"),
        pytest.param("created_at: .inf\nlabels: .nan\n", id="not finite in known keys"),
        pytest.param('x_n: "\\e[31m\\u009b31m"\nblocked: "\\e]0;x\\a"\n', id="escape sequences in values"),
        pytest.param('"\\e[31m": 1\nlabels: ["\\e[31m"]\n', id="escape sequences in keys and items"),
        pytest.param('"__proto__": {x: 1}\nx_n: !!python/object/apply:os.system [touch ran]\n', id="tags"),
        pytest.param("state: {a: 1}\nkind: [a]\n".replace("state", "priority"), id="collections for words"),
        pytest.param("execution: [1, {attempts: 5}]\nlinks: {a: b}\n", id="wrong shapes"),
        pytest.param(
            "execution:\n  attempts: [1, null, [], {}, {id: 5, reviewer: []}]\n", id="wrong attempts"
        ),
        pytest.param(f"{'k' * 1_000}: 1\n? {'q' * 100_000}\n: 2\n", id="long keys"),
        pytest.param(
            "created_at: 0001-01-01T00:00:00+23:59\nupdated_at: 9999-12-31T23:59:59-23:59\n", id="edge years"
        ),
    ],
)
def test_odd_values(project: Project, tasks: Tasks, text: str) -> None:
    project.write(PLACE, f"{HEAD}{text}---\n{BODY}")
    assert_listed(tasks)
    assert not (project.root / "ran").exists()


def test_escape_sequence_in_title(project: Project, tasks: Tasks) -> None:
    project.write(
        PLACE, HEAD.replace("Odd", '"\\e[2J\\e]52;c;eA==\\a\\u009b\\u202e\\n\\r"') + f"---\n\x1b[31m{BODY}"
    )
    assert_listed(tasks)
    assert tasks("list").out.count("\n") == 2


def test_invalid_bytes_in_body(project: Project, tasks: Tasks) -> None:
    project.write(PLACE, f"{HEAD}---\n".encode() + b"\xff\xfe \x1b[31m \xed\xa0\x80\n")
    assert_listed(tasks)
    assert (project.root / PLACE).read_bytes().endswith(b"\xff\xfe \x1b[31m \xed\xa0\x80\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    some(
        [
            pytest.param(f"labels: [{'1,' * 10_000}]\n", id="wrong items"),
            pytest.param("".join(f"key{n}: 1\n" for n in range(5_000)), id="unknown keys"),
            pytest.param(
                f"depends_on: [{', '.join(f'dep-{n}' for n in range(3_000))}]\n", id="dangling references"
            ),
            pytest.param(f"x: [{'a,' * 100_000}]\n", id="long list"),
            pytest.param(f"x: {'a' * 2_000_000}\n", id="long scalar"),
            pytest.param("x: '" + "''" * 900_000 + "'\n", id="quotes"),
            pytest.param(
                f"---\n{'#' * 3_000_000}\n{'## ' * 300_000}\n{'`' * 1_000_000}\n{'- [ ] a' * 99_999}\n",
                id="body lines",
            ),
            pytest.param(
                "---\n" + "- [ ] a\n" * 100_000 + "```\n" * 100_000 + "<!--\n" * 100_000, id="body blocks"
            ),
            pytest.param(
                "---\n" + " > - " * 30_000 + "\n" + "[" * 100_000 + "\n" + "\n" * 500_000, id="body nesting"
            ),
        ],
        4,
    ),
)
def test_no_hang(project: Project, text: str) -> None:
    """Large and mean, but below the limit: every command ends soon and in bounded memory."""
    project.write(PLACE, f"{HEAD}{text}---\n{BODY}")
    for number in range(100):
        project.task(f"ready-{number}")
    assert bounded(project, "list", "--output", "plain", timeout=20).code == 0
    assert bounded(project, "validate", "--output", "json", timeout=20).code in {0, 1}
    assert bounded(project, "update", "odd", "--meta", "x_n=1", timeout=20).code == 0


def test_large_frontmatter(project: Project) -> None:
    """Millions of values are refused, or read, within bounded memory; nobody else's task suffers."""
    project.task("fine")
    project.write(PLACE, f"{HEAD}x: [{'a,' * 8_000_000}]\n---\n{BODY}")
    listed = bounded(project, "list", "--output", "plain", timeout=30)
    assert listed.code == 0
    assert "fine" in listed.out.split()
    assert "odd" in listed.out.split() or PLACE in listed.err


# Names and kinds of directory entries


@pytest.mark.parametrize(
    "name",
    [
        b"line\nbreak.md",
        b"\xff\xfe.md",
        b"\x1b[31m.md",
        b"-rf.md",
        b"--help.md",
        b"a b\t'\"$(x);.md",
        "ü\u202e.md".encode(),
    ],
)
def test_odd_file_names(project: Project, tasks: Tasks, name: bytes) -> None:
    file = os.fsencode(project.root / "tasks/10-ready") + b"/" + name
    try:
        Path(os.fsdecode(file)).write_text(f"{HEAD}---\n{BODY}")
    except OSError:
        pytest.skip("this file system refuses the name")
    listed = assert_listed(tasks)
    (row,) = listed.json
    path = row["path"].encode("utf-8", "surrogatepass").decode("utf-8", "surrogatepass")
    assert path.startswith("tasks/10-ready/")
    for output in ("github", "sarif", "jsonl", "plain"):
        told = tasks("validate", "--output", output)
        assert told.code == 0
        if output == "github":
            assert all(line.startswith("::") for line in told.out.split("\n") if line)


@in_states
def test_directory_named_like_a_task(project: Project, tasks: Tasks) -> None:
    project.task("fine")
    (project.root / PLACE).mkdir()
    assert tasks("list", "--output", "plain") == Done(0, "fine\n", "")
    assert tasks("show", "odd").code == 3
    assert tasks("validate").code == 0
    assert tasks("validate", PLACE).out == "0 files: nothing to report.\n"


@in_states
def test_fifo(project: Project) -> None:
    project.task("fine")
    os.mkfifo(project.root / PLACE)
    for argv, code in (
        (["list"], 0),
        (["show", "odd"], 6),
        (["validate"], 1),
        (["update", "odd", "--meta", "x=1"], 6),
    ):
        assert bounded(project, *argv, timeout=10).code == code
    assert bounded(project, "validate", PLACE, timeout=10).code in {1, 6}


def test_fifo_in_place_of_the_temporary_file(project: Project) -> None:
    file = project.task()
    os.mkfifo(temporary_path(file))
    assert bounded(project, "update", "fix", "--meta", "x_n=1", timeout=10).code in {0, 6}


def test_temporary_name_linked_to_another_file(project: Project, tasks: Tasks) -> None:
    """What stands under the temporary name may be another file's second name: it is never written into."""
    file, other = project.task(), project.write("notes.txt", "Mine.\n")
    os.link(other, temporary_path(file))
    tasks("update", "fix", "--meta", "x_n=1")
    assert other.read_bytes() == b"Mine.\n"


def test_deep_directories(project: Project) -> None:
    project.task("fine")
    here = os.open(project.root / "tasks", os.O_RDONLY)
    for _ in range(1_100):
        os.mkdir("a", dir_fd=here)
        below = os.open("a", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    try:
        assert bounded(project, "list", "--output", "plain", timeout=20).out == "fine\n"
    finally:  # Python's own rmtree is not made for so many
        subprocess.run(["rm", "-rf", project.root / "tasks/a"], check=True)


def test_long_file_name(project: Project, tasks: Tasks) -> None:
    """The longest name that a file may have can be edited too."""
    task_id = "a" * (255 - len("task-.md"))
    file = project.task(task_id)
    assert tasks("update", task_id, "--meta", "x_n=1").code == 0
    assert b"x_n: 1\n" in file.read_bytes()


# Links


@pytest.fixture
def outside(project: Project) -> Iterator[Path]:
    """A directory outside the repository that stays as it is."""
    directory = project.root.parent / "outside"
    directory.mkdir()
    (directory / "task-secret.md").write_text("---\nid: secret\ntitle: Secret\nstate: ready\n---\n")
    before = {path.name: path.read_bytes() for path in directory.iterdir()}
    yield directory
    assert {path.name: path.read_bytes() for path in directory.iterdir()} == before


def test_link_to_an_outside_file(project: Project, tasks: Tasks, outside: Path) -> None:
    (project.root / project.path("secret")).symlink_to(outside / "task-secret.md")
    assert_unreadable(project, "outside-link", path=project.path("secret"))
    assert tasks("show", "secret").code in {1, 3}
    assert tasks("update", "secret", "--meta", "x_n=1").code in {1, 6}


def test_link_to_an_outside_directory(project: Project, tasks: Tasks, outside: Path) -> None:
    project.task("fine")
    (project.root / "tasks/linked").symlink_to(outside)
    assert tasks("list", "--output", "plain").out == "fine\n"
    assert tasks("update", "secret", "--meta", "x_n=1").code == 3


@in_states
@pytest.mark.parametrize(
    "argv", [["new", "--title", "Another"], ["update", "fix", "--meta", "state=idea"]], ids=" ".join
)
def test_state_directory_that_leads_out(
    project: Project, tasks: Tasks, outside: Path, argv: list[str]
) -> None:
    """Nothing is created in, or moved to, a place outside the repository."""
    project.task()
    before = project.tree()
    (project.root / "tasks/00-idea").symlink_to(outside)
    refused = tasks(*argv, "--output", "json")
    assert (refused.code, refused.error["code"]) == (6, "outside-root")
    assert project.tree() == before


@in_states
def test_repair_through_a_link_that_leads_out(project: Project, tasks: Tasks, outside: Path) -> None:
    project.write(project.path("odd"), HEAD.replace("ready", "idea") + f"---\n{BODY}")
    (project.root / "tasks/00-idea").symlink_to(outside)
    tasks("validate", "--fix")
    assert (project.root / PLACE).is_file()


@in_states
def test_tasks_directory_that_leads_out(project: Project, tasks: Tasks, outside: Path) -> None:
    (project.root / "tasks/10-ready").rmdir()
    (project.root / "tasks").rmdir()
    (outside / "10-ready").mkdir()
    (project.root / "tasks").symlink_to(outside)
    try:
        for argv in (["list"], ["new", "--title", "Another"], ["validate"]):
            assert tasks(*argv).code in {5, 6}
        assert list((outside / "10-ready").iterdir()) == []
    finally:
        (outside / "10-ready").rmdir()


@in_states
@pytest.mark.parametrize("index", [True, False])
def test_tasks_directory_that_vanishes(project: Project, index: bool) -> None:
    store = Store(project.root, index=index)
    (project.root / "tasks/10-ready").rmdir()
    (project.root / "tasks").rmdir()
    with pytest.raises(TaskfilesError) as caught:
        store.snapshot()
    assert (caught.value.code, caught.value.path) == ("io", "tasks/")


@pytest.mark.parametrize("line", [("init",), ("validate", "fix")])
def test_working_directory_that_is_gone(project: Project, line: tuple[str, ...]) -> None:
    script = 'cd "$0" && rmdir "$0" && exec "$@"'
    (project.root.parent / "gone").mkdir()
    root = [] if line == ("init",) else ["--root", project.root]
    done = subprocess.run(
        ["sh", "-c", script, project.root.parent / "gone", *SCRIPT, *line, *root],
        cwd=project.root,
        env=project.environment(None),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 6
    assert "the current directory" in done.stderr


def test_kind_that_climbs(project: Project, tasks: Tasks) -> None:
    """A wrong kind, kept as it stands, never becomes part of a path."""
    project.write(PLACE, f"{HEAD}kind: ../../../escaped\n---\n{BODY}")
    tasks("update", "odd", "--meta", "state=canceled")
    tasks("validate", "--fix")
    assert [path.name for path in project.root.parent.iterdir()] == ["repo"]
    assert [path for path in project.tree() if not path.startswith("tasks/")] == []
    assert tasks("list", "--output", "plain").out == "odd\n"


@in_states
@pytest.mark.parametrize("target", ["secret", "/dev/zero"])
def test_settings_that_lead_out(project: Project, target: str) -> None:
    """A settings file is not read through a link out of the repository either."""
    project.task()
    (project.root.parent / "secret").write_text("password\n")
    (project.root / "tasks/tasks.toml").symlink_to(f"../../{target}" if target == "secret" else target)
    refused = bounded(project, "update", "fix", "--meta", "x_n=1", timeout=15)
    assert refused.code in {5, 6}
    assert "symbolic link" in refused.err
    assert bounded(project, "list", "--output", "plain", timeout=15).out == "fix\n"


@in_states
@pytest.mark.parametrize("name", ["loop", "task-loop.md", "loop.md"])
def test_link_to_itself(project: Project, tasks: Tasks, name: str) -> None:
    project.task("fine")
    (project.root / "tasks/10-ready" / name).symlink_to(name)
    listed = tasks("list", "--output", "json")
    assert (listed.code, [task["id"] for task in listed.json]) == (0, ["fine"])
    if name.endswith(".md"):
        assert {path for _, path in warned(listed)} == {f"tasks/10-ready/{name}"}
    assert tasks("update", "fine", "--meta", "x_n=1").code == 0


def test_link_to_a_directory_above(project: Project, tasks: Tasks) -> None:
    project.task("fine")
    for name in ("here", "up"):
        (project.root / "tasks" / name).symlink_to("." if name == "here" else "..")
    assert tasks("list", "--output", "plain").out == "fine\n"


@in_states
def test_dangling_link(project: Project) -> None:
    (project.root / PLACE).symlink_to("nowhere.md")
    assert_unreadable(project, "unreadable-file")


def test_dangling_link_where_a_task_goes(project: Project, tasks: Tasks) -> None:
    """A move that can't be made is refused before anything is written."""
    project.task()
    target = project.root / "tasks/40-canceled/task-fix.md"
    target.parent.mkdir()
    target.symlink_to("nowhere")
    before = project.tree()
    assert tasks("update", "fix", "--meta", "state=canceled").code in {3, 4}
    assert project.tree() == before


def test_id_in_a_file_of_another_name(project: Project, tasks: Tasks) -> None:
    """An id is taken wherever it stands, also in a file that is named after another."""
    project.task("fix").rename(project.root / project.path("other"))
    assert tasks("new", "--id", "fix", "--title", "Again").code == 4
    made = tasks("new", "--title", "Fix", "--output", "plain")
    assert (made.code, made.out) == (0, "fix-2\n")


# Arguments and streams


@pytest.mark.parametrize(
    "argv",
    [
        ["update", "fix", "--meta", b"x_n=\xff"],
        ["update", "fix", "--meta", b"title=\xff"],
        ["update", "fix", "--meta", b"\xff=1"],
        ["update", "fix", "--add", b"labels=\xff"],
        ["update", "fix", "--unset", b"\xff"],
        ["update", "fix", "--field", "Overview", b"\xff"],
        ["update", "fix", "--field", b"\xff", "Text"],
        ["update", b"\xff", "--meta", "x_n=1"],
        ["record", b"\xff", "--status", "completed", "--tool", "agent"],
        ["record", "fix", "--status", "completed", "--tool", b"\xff"],
        ["review", b"\xff", "--reviewer", "Ada", "--approved"],
        ["fmt", b"\xff"],
        ["show", b"\xff"],
        ["metadata", "get", "fix", b"\xff"],
        ["new", "--title", b"\xff"],
        ["new", "--title", "New", "--id", b"\xff"],
        ["new", "--title", "New", "--parent", b"\xff"],
        ["new", "--title", "New", "--body", b"\xff"],
        ["validate", b"\xff"],
        ["list", "--sort", b"\xff"],
        ["list", "--fields", b"\xff"],
        ["list", "--meta", b"\xff=\xff"],
        ["update", "fix", "--meta", "x_n=0x" + "f" * 3990],
        ["update", "fix", "--meta", "x_n=" + "[" * 5000],
        ["update", "fix", "--meta", "x_n=" + "7" * 5000],
    ],
    ids=lambda argv: (
        os.fsdecode(b" ".join(os.fsencode(word)[:20] for word in argv)).encode("unicode_escape").decode()
    ),
)
@pytest.mark.parametrize("output", ["human", "json"])
def test_bad_arguments(project: Project, tasks: Tasks, argv: list[str | bytes], output: str) -> None:
    """Bytes that are not UTF-8 are refused, or mean nothing; never do they get into a file."""
    project.task("fix", extra=ATTEMPTS)
    done = tasks(*(os.fsdecode(word) for word in argv), "--output", output)
    for data in project.tree().values():
        data.decode()
    if output == "json" and done.code:
        assert done.error["message"]


@pytest.mark.parametrize(
    "text",
    [
        '{"x_n": "\\ud800"}',
        '{"\\ud800": 1}',
        '{"x_n": ' + "[" * 600 + "]" * 600 + "}",
        '{"x_n": ' + '{"a":' * 600 + "1" + "}" * 601,
        '{"x_n": ' + "[" * 100_000 + "}",
        '{"x_n": ' + "7" * 1_000_000 + "}",
        '{"x_n": ' + "7" * 4_200 + "}",
        '{"x_n": 1e999}',
        '{"x_n": NaN}',
        '{"x_n": 1, "x_n": 2}',
        '{"state": {"a": []}}',
        '{"execution": {"attempts": {"a": 1}}}',
        '{"labels": {"a": {"b": null}}}',
        "[]",
        "5",
        "",
        "\ufeff",
    ],
    ids=lambda text: text[:20].encode("unicode_escape").decode(),
)
def test_bad_json(project: Project, tasks: Tasks, text: str) -> None:
    """What JSON can say and a task can't hold is refused, and the file stays as it was."""
    file = project.task(extra=ATTEMPTS)
    before = file.read_bytes()
    for argv in (["metadata", "set", "fix"], ["record", "fix", "--from", "-"]):
        refused = tasks(*argv, "--output", "json", stdin=text.encode("utf-8", "surrogatepass"))
        assert refused.code in {1, 2}
        assert refused.error["message"]
        assert file.read_bytes() == before


def test_bad_bytes_on_standard_input(project: Project, tasks: Tasks) -> None:
    project.task()
    assert tasks("metadata", "set", "fix", stdin=b'{"x_n": "\xff"}').code == 2
    assert tasks("update", "fix", "--field", "Overview", "-", stdin=b"\xff").code == 2
    assert tasks("validate", "-", stdin=b"---\n\xff\n---\n").code == 1


def test_not_a_number_in_an_answer(project: Project, tasks: Tasks) -> None:
    project.task()
    done = tasks("update", "fix", "--meta", "x_n=[.nan, .inf]", "--output", "json")
    assert done.code in {0, 1, 2}
    if done.code == 0:
        strict_json(done.out)
    project.task("odd", extra="x_n: .nan\n")
    strict_json(tasks("update", "odd", "--meta", "x_n=1", "--output", "json").out)
    assert tasks("metadata", "get", "odd", "--output", "json").code == 0


@in_states
def test_escape_sequence_in_a_path(project: Project, tasks: Tasks) -> None:
    """What people are told of a write shows no control character either."""
    project.task("fix").rename(project.root / "tasks/10-ready/task-\x1b[31m.md")
    for argv in (["update", "fix", "--meta", "x_n=1"], ["fmt", "--check"], ["validate", "--fix"]):
        told = tasks(*argv)
        assert "\x1b" not in told.out + told.err


READ = [
    "tasks list",
    "tasks list --output json",
    "tasks show fix",
    "tasks validate",
    "tasks --help",
    "tasks --version",
]
WRITE = ["tasks update fix --meta x_n=1", "tasks new --title Another", "tasks schema task"]


def test_reader_that_goes(project: Project) -> None:
    for number in range(400):
        project.task(f"fix-{number}")
    done = shell(project, "tasks list --output json | head -c1 >/dev/null; echo ${PIPESTATUS[0]}")
    assert (done.out, done.err) == ("141\n", "")


@pytest.mark.parametrize("command", READ + WRITE)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_full_standard_output(project: Project, command: str) -> None:
    project.task()
    done = shell(project, f"{command} >/dev/full")
    assert done.code == 6
    assert re.match(r"error\[io\]|\{\"error\": \{\"code\": \"io\"", done.err)
    assert "Exception" not in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("command", READ + WRITE)
def test_closed_standard_output(project: Project, command: str) -> None:
    project.task()
    done = shell(project, f"{command} >&-")
    assert done.code in {6, 141}
    assert "Traceback" not in done.err
    assert project.get("fix").valid


@pytest.mark.parametrize(
    "command", ["metadata set fix", "validate -", "record fix --from -", "update fix --field Overview -"]
)
def test_closed_standard_input(project: Project, command: str) -> None:
    """A closed standard input is refused, or is an empty one; nothing is lost by it."""
    file = project.task()
    before = file.read_bytes()
    done = shell(project, f"tasks {command} <&-")
    assert done.code in {1, 2, 6}
    assert "Traceback" not in done.err
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("command", "code"), [("list --strict", 0), ("show nope", 3), ("list --nonsense", 2)]
)
@pytest.mark.parametrize("streams", ["2>&-", ">/dev/null 2>&-", "2>/dev/full"])
def test_closed_standard_error(project: Project, command: str, code: int, streams: str) -> None:
    project.task()
    assert shell(project, f"tasks {command} {streams}").code == code
