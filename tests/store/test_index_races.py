"""Many processes that read and write tasks and the index at once: each answer is one of a serial order."""

from __future__ import annotations

import json
import shutil

import pytest

from support.indexed_projects import LIST, READY, index_of, remember, same
from support.project import Done, Project
from support.simultaneous import at_once

pytestmark = pytest.mark.slow

# As the console script does; at the end it tells how many answers came from the index alone.
LISTER = """
import json, os, sys
from taskfiles_cli.command.quick_list import answer
os.write(int(sys.argv[1]), b"r")
sys.stdin.buffer.read()
codes = []
fast = 0
for argv in json.loads(sys.argv[2]):
    code = answer(argv)
    fast += code is not None
    if code is None:
        from taskfiles_cli.main import main
        code = main(argv)
    codes.append(code)
print(fast, file=sys.stderr)
sys.exit(max(codes))
"""
# The same, and one process that does nothing but remove the directory named.
REMOVER = f"""
import json, os, shutil, sys
jobs = json.loads(sys.argv[2])
if jobs[0][0] == "list":
    exec({LISTER!r})
os.write(int(sys.argv[1]), b"r")
sys.stdin.buffer.read()
for _ in range(2000):
    shutil.rmtree(jobs[0][0], ignore_errors=True)
"""
IDS = ["alpha", "begun", "beta", "gamma", "shipped", "someday"]


def answers(done: Done) -> list[list[dict[str, object]]]:
    """Give the lists that a process printed; there must be no message and no failure."""
    assert (done.code, len(done.err.splitlines())) == (0, 1), done.err
    return [json.loads(line) for line in done.out.splitlines()]


def moves(task_id: str, count: int) -> list[list[str]]:
    return [["update", task_id, "--meta", f"state={state}"] for state in ("canceled", "ready") * count]


def records(task_id: str, count: int) -> list[list[str]]:
    return [["record", task_id, "--status", "failed", "--tool", "t", "--duration-seconds", "1"]] * count


def test_lists_while_tasks_move_and_grow(old: Project) -> None:
    remember(old)
    listers = [[[*LIST], [*LIST], [*READY], [*LIST]] * 10] * 4
    writers = [moves("alpha", 8), moves("beta", 8), records("gamma", 15), records("someday", 15)]
    results = at_once(old, *writers, *listers, code=LISTER)
    assert [done.code for done in results] == [0] * 8
    for done in results[4:]:
        attempts = 0
        for position, rows in enumerate(answers(done)):
            ids = [row["id"] for row in rows]
            if position % 4 == 2:
                assert {row["state"] for row in rows} == {"ready"}
                assert ids == sorted({*ids, "gamma"})
                continue
            assert ids == IDS
            grown = next(row for row in rows if row["id"] == "gamma")["execution"]
            now = len(grown["attempts"]) if isinstance(grown, dict) else 0
            assert now >= attempts
            attempts = now
    assert sum(int(done.err.splitlines()[-1]) for done in results[4:]) > 0
    same(old)


def test_lists_while_the_index_is_deleted(old: Project) -> None:
    """All old files come back into the index each time; half of the processes write it anew."""
    remember(old)
    lists = [[*LIST], ["list", "--state", "ready,done", "--output", "json"], [*READY]]
    plain = [json.loads(same(old).out)]
    for _ in range(3):
        shutil.rmtree(index_of(old))
        results = at_once(old, *([lists * 5] * 8), code=LISTER)
        for done in results:
            assert answers(done)[::3] == plain * 5
    same(old, fast=True)


def test_lists_while_the_index_is_deleted_again_and_again(old: Project) -> None:
    remember(old)
    plain = json.loads(same(old).out)
    results = at_once(old, *([[[*LIST]] * 12] * 7), [[str(index_of(old))]], code=REMOVER)
    for done in results[:7]:
        assert answers(done) == [plain] * 12
    assert (results[7].code, results[7].err) == (0, "")
    remember(old)


@pytest.mark.parametrize(
    "argv",
    [
        ["list", "--search", "title", "--output", "json"],
        ["list", "--fields", "id,body", "--output", "json"],
        ["validate", "--output", "json"],
        ["list", "--has-execution", "--output", "json"],
    ],
    ids=" ".join,
)
def test_whole_texts_while_tasks_move_and_grow(old: Project, argv: list[str]) -> None:
    """What reads the tasks' texts succeeds as it does without an index."""
    old.task("asking", depends_on="[nobody]")
    remember(old)
    writers = [moves("alpha", 8), records("asking", 15)]
    results = at_once(old, *writers, *([[argv] * 25] * 3), code=LISTER)
    assert [done.code for done in results[:2]] == [0, 0]
    for done in results[2:]:
        assert (done.code, done.err) == (0, "0\n")
