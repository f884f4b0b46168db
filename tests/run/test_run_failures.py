"""`tasks run` where things go wrong: whatever the agent does, and whoever is killed, nothing is lost."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.effort import Effort, crossed, some
from support.event_log import events_of
from support.in_process import call
from support.interleaving import stop_at
from support.kill_steps import kill_at
from support.limits import give_up_rights, rights_can_be_given_up
from support.processes import PATIENCE, Pipe, is_gone, launch, watched
from support.project import INSIGHTS, SCRIPT, Done, Project
from support.stub_agents import stand_in
from taskfiles.store.claims import find_lease

JSON = ("--output", "json")
EXTRA = "x_own: {a: 1} # ours to keep\nx_text: |\n  two\n    lines\n"
TAKEN = "{path}"  # where the task's file is while an agent works on it
# Says its number and its attempt, and waits until it is let go on.
HERE = 'echo "$$ $TASKS_ATTEMPT_ID" > ../told'
WAITING = f"{HERE}; read word < ../gate; exit 0"
DEAF = f"trap 'echo asked > ../told' TERM; {HERE}; while true; do read word < ../gate; done"


@pytest.fixture
def ready(project: Project) -> Project:
    """A committed project with a task for an agent; `tasks` is on the PATH."""
    script = project.root.parent / "bin" / "tasks"
    script.parent.mkdir()
    script.write_text(f"#!{sys.executable}\n{SCRIPT[-1]}\n")
    script.chmod(0o755)
    project.env["PATH"] = f"{script.parent}:{os.environ['PATH']}"
    project.task("fix", extra=EXTRA)
    project.git("add", "-A")
    project.git("commit", "-qm", "start")
    return project


@pytest.fixture
def told(ready: Project) -> Iterator[Pipe]:
    """What agents say; they wait at another pipe, `../gate`."""
    os.mkfifo(ready.root.parent / "gate")
    made = Pipe(ready.root.parent / "told")
    yield made
    made.close()


def let_go(project: Project) -> None:
    """Let the agent that waits go on."""
    (project.root.parent / "gate").write_text("on\n")


def start(project: Project, script: str, *words: str, task: str = "fix") -> subprocess.Popen[bytes]:
    """Start `tasks run` with a stand-in."""
    return project.start("run", task, *words, *JSON, "--", stand_in(project, script))


def finish(process: subprocess.Popen[bytes]) -> Done:
    """Wait for what was started."""
    out, err = process.communicate(timeout=PATIENCE)
    return Done(process.returncode, out.decode(), err.decode())


def run(project: Project, script: str, *words: str) -> Done:
    """Run `tasks run` with a stand-in to its end, in this process."""
    script = script.replace(TAKEN, project.path("fix", "in-progress"))
    return call(project, "run", "fix", *words, *JSON, "--", stand_in(project, script))


def here(told: Pipe) -> tuple[int, str]:
    """Wait for an agent; gives its number and its attempt."""
    number, attempt = told.line().split()
    return int(number), attempt


def leave(project: Project, told: Pipe) -> None:
    """Kill a run while its agent is at work."""
    process = start(project, WAITING)
    here(told)
    process.kill()
    finish(process)


def attempts(project: Project, task_id: str = "fix") -> list[dict[str, Any]]:
    execution: Any = project.get(task_id).values.get("execution") or {"attempts": []}
    found: list[dict[str, Any]] = execution["attempts"]
    return found


def ends(project: Project, task_id: str = "fix") -> list[tuple[str, str, str | None]]:
    """How the attempts of a task have ended."""
    return [(each["status"], each["outcome"], each.get("error_type")) for each in attempts(project, task_id)]


def said(project: Project) -> list[tuple[str, str, str | None]]:
    """What the event log has been told, of each action with its outcome and reason."""
    found = []
    for event in events_of(project):
        data = event["data"]
        found.append((data["action"], data["outcome"], data.get("reason")))
    return found


CUT_SHORT = ("abandoned", "failed", "orphaned")
CANCELLED = ("abandoned", "failed", "cancelled")
SUCCEEDED = ("completed", "success", None)
FAILED = ("failed", "failed", "agent_error")


def sound(project: Project, *done: Done, errors: bool = False) -> None:
    """Nothing of a project is broken: its files, its log, what commands have said."""
    for each in done:
        assert "Traceback" not in each.err
        assert "error[internal]" not in each.err
        assert '"internal"' not in each.err
    if not errors:
        validated = call(project, "validate")
        assert validated.code == 0, validated
    checked = call(project, "telemetry", "check")
    assert checked.code == 0, checked


def free(project: Project, task_id: str = "fix") -> None:
    """Nobody holds a task, and no attempt at any waits to be recorded."""
    assert find_lease(project.store, task_id) is None
    assert not waiting(project)


def waiting(project: Project) -> list[str]:
    """The attempts that wait to be recorded, as doctor names them."""
    checks = call(project, "doctor", *JSON).json["results"]
    found = [each["message"] for each in checks if each["check"] == "attempts"]
    return [message for message in found if message != "No attempt is left to be recorded."]


def kept(project: Project) -> None:
    """Every byte of the task is as it was, but for its attempts."""
    text = (project.root / project.path()).read_text()
    before = project.git("show", f"HEAD:{project.path()}")
    assert re.sub(r"execution:\n( .*\n)+", "", text) == before


# Time and signals


@pytest.mark.slow
def test_an_attempt_out_of_time(ready: Project, told: Pipe) -> None:
    done = run(ready, WAITING, "--timeout", "2s")
    number, attempt = here(told)
    assert is_gone(number)
    assert (done.code, done.json["outcome"], done.json["reason"]) == (1, "failed", "timeout")
    assert ends(ready) == [("failed", "failed", "timeout")]
    assert attempts(ready)[0]["id"] == attempt
    assert attempts(ready)[0]["error_reason"] == "it took longer than 2 s"
    assert ("agent.task.run", "failed", "timeout") in said(ready)
    kept(ready)
    free(ready)
    sound(ready, done)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name)
def test_a_signal_ends_the_agent_and_records_it(number: signal.Signals, ready: Project, told: Pipe) -> None:
    process = start(ready, WAITING, "--retries", "3")
    agent, attempt = here(told)
    process.send_signal(number)
    done = finish(process)
    assert is_gone(agent)
    assert done.code == 128 + number
    assert done.json["reason"] == "cancelled"
    assert [each["id"] for each in done.json["attempts"]] == [attempt]
    assert ends(ready) == [CANCELLED]
    assert attempts(ready)[0]["error_reason"] == f"interrupted by {number.name}"
    kept(ready)
    free(ready)
    sound(ready, done)


@pytest.mark.slow
def test_a_second_signal_waits_for_nobody(ready: Project, told: Pipe) -> None:
    process = start(ready, DEAF)
    agent, _ = here(told)
    process.send_signal(signal.SIGINT)
    assert told.line() == "asked"
    process.send_signal(signal.SIGINT)
    done = finish(process)
    assert is_gone(agent)
    assert (done.code, done.json["exit_code"]) == (130, -signal.SIGKILL)
    assert ends(ready) == [CANCELLED]
    assert attempts(ready)[0]["duration_seconds"] < 8  # less than an agent has to end by itself
    free(ready)
    sound(ready, done)


@pytest.mark.slow
def test_a_signal_during_a_gate(ready: Project, told: Pipe) -> None:
    stand_in(ready, WAITING, "gate")
    process = start(ready, "true", "--gate", "test=../bin/gate </dev/null", "--retries", "3")
    gate, _ = here(told)
    process.send_signal(signal.SIGINT)
    done = finish(process)
    assert is_gone(gate)
    assert done.code == 130
    assert ends(ready) == [CANCELLED]
    free(ready)
    sound(ready, done)


@pytest.mark.parametrize("name", [pytest.param("HUP", marks=pytest.mark.slow), "INT"])
def test_a_signal_that_was_ignored_at_the_start_stays_so(name: str, ready: Project, told: Pipe) -> None:
    """As nohup, and shells in the background, have it."""
    agent = stand_in(ready, WAITING)
    ignoring = ["sh", "-c", f"trap '' {name}; exec \"$@\"", "sh", *SCRIPT, "run", "fix", *JSON, "--", agent]
    process = launch(
        ignoring,
        cwd=ready.root,
        env=ready.environment(None),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    here(told)
    process.send_signal(getattr(signal, f"SIG{name}"))
    let_go(ready)
    done = finish(process)
    assert (done.code, ends(ready)) == (0, [SUCCEEDED])
    sound(ready, done)


@pytest.mark.slow
def test_many_signals_at_once_lock_nothing(ready: Project, told: Pipe) -> None:
    process = start(ready, DEAF)
    here(told)
    for _ in range(50):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process.send_signal(number)
    done = finish(process)
    assert done.code in {128 + number for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    assert ends(ready) == [CANCELLED]
    free(ready)
    sound(ready, done)


@pytest.mark.slow
def test_a_signal_while_it_waits_for_the_next_attempt(ready: Project, told: Pipe) -> None:
    process = start(ready, f"{HERE}; read word < ../gate; exit 5", "--retries", "9", "--backoff", "1h")
    agent, _ = here(told)
    let_go(ready)
    assert is_gone(agent)
    process.send_signal(signal.SIGTERM)
    done = finish(process)
    assert (done.code, done.json["exit_code"]) == (143, 5)
    assert ends(ready) == [FAILED]
    kept(ready)
    free(ready)
    sound(ready, done)


@pytest.mark.slow
def test_children_that_are_ignored_are_heard_nevertheless(ready: Project) -> None:
    """Where the parent process ignores SIGCHLD, and we have inherited that."""
    ignoring = (
        "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); "
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    agent = stand_in(ready, "exit 5")
    command = [sys.executable, "-c", ignoring, *SCRIPT, "run", "fix", *JSON, "--", agent]
    done = subprocess.run(
        command,
        cwd=ready.root,
        env=ready.environment(None),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 1
    assert ends(ready) == [FAILED]


# Killed


@pytest.mark.parametrize(
    "repair",
    [("doctor", "--fix"), pytest.param(("run", "other", "--", "true"), marks=pytest.mark.slow)],
    ids=lambda each: each[0],
)
def test_what_a_killed_run_has_left_is_recorded(repair: tuple[str, ...], ready: Project, told: Pipe) -> None:
    ready.task("other")
    process = start(ready, f'cat ../gate & echo "$!" > ../told; {WAITING}')
    below = int(told.line())
    agent, attempt = here(told)
    process.kill()
    finish(process)
    assert ready.get("fix").state == "in-progress"
    with watched(agent) as agent_ends, watched(below) as below_ends:
        assert waiting(ready) == [f"The attempt {attempt} at fix was cut short: its run was killed."]
        repaired = call(ready, *repair)
        assert repaired.code == 0, repaired
        assert agent_ends()
        assert below_ends()
    assert [each["id"] for each in attempts(ready)] == [attempt]
    assert ends(ready) == [CUT_SHORT]
    kept(ready)
    free(ready)
    sound(ready, repaired)
    assert ("attempt.record", "success", None) in said(ready)
    assert ("task.release", "success", None) in said(ready)
    again = run(ready, "true")
    assert (again.code, ends(ready)) == (0, [CUT_SHORT, SUCCEEDED])


@pytest.mark.slow
def test_what_an_ended_agent_has_left_is_ended_too(ready: Project, told: Pipe) -> None:
    """The head of the group has ended; those below it go on when the run is killed at its gate."""
    stand_in(ready, f'cat ../gate & echo "$!" > ../told; {WAITING}', "gate")
    process = start(ready, "true", "--gate", "test=../bin/gate </dev/null")
    below = int(told.line())
    gate, _ = here(told)
    process.kill()
    finish(process)
    with watched(gate) as gate_ends, watched(below) as below_ends:
        os.kill(gate, signal.SIGKILL)
        assert gate_ends()
        assert call(ready, "doctor", "--fix").code == 0
        assert below_ends()
    assert ends(ready) == [CUT_SHORT]
    free(ready)


@pytest.mark.slow
def test_two_that_record_what_was_left_record_it_once(ready: Project, told: Pipe) -> None:
    leave(ready, told)
    every = [finish(each) for each in [ready.start("doctor", "--fix") for _ in range(4)]]
    assert [done.out for done in every if done.code] == []
    assert ends(ready) == [CUT_SHORT]
    kept(ready)
    free(ready)
    sound(ready)


@pytest.mark.slow
def test_another_records_what_was_left_between_any_two_steps_of_one(
    ready: Project, told: Pipe, effort: Effort
) -> None:
    leave(ready, told)
    left = shutil.copytree(ready.root, ready.root.parent / "left", symlinks=True)
    others: list[Done] = []

    def other() -> None:
        others.append(call(ready, "doctor", "--fix", "--lock-timeout", "0", *JSON))

    for step in effort.steps(short=13, deep=3):
        shutil.rmtree(ready.root)
        shutil.copytree(left, ready.root, symlinks=True)
        done = stop_at(step, ["doctor", "--fix", *JSON], ready.root, ready, other)
        if done is None:
            break
        assert done.code == 0, (step, done)
        assert ends(ready) == [CUT_SHORT], step
        assert find_lease(ready.store, "fix") is None, step
        assert sum(row["status"] == "fixed" for row in done.json["results"] + others[-1].json["results"]) == 1
    told = [row for each in others for row in each.json["results"] if row["check"] == "attempts"]
    assert "wrong" not in {row["status"] for row in told}
    assert step > 50
    sound(ready)


def test_recovering_waits_for_a_lock_as_long_as_it_is_told(ready: Project, told: Pipe) -> None:
    leave(ready, told)
    with ready.store.locks.store():
        done = call(ready, "doctor", "--fix", "--lock-timeout", "0", *JSON)
    (refused,) = [
        row["message"] for row in done.json["results"] if row["status"] == "info" and "lock" in row["message"]
    ]
    assert refused.endswith("for more than 0 s.")
    assert call(ready, "doctor", "--fix").code == 0
    assert ends(ready) == [CUT_SHORT]
    free(ready)
    sound(ready)


def test_a_run_may_be_killed_at_any_step(ready: Project, effort: Effort) -> None:
    """Whatever was done until then, the attempt is recorded once, and the task can be had again."""
    ledger = ready.root.parent / "attempts"
    agent = stand_in(ready, f'echo "$TASKS_ATTEMPT_ID" >> {ledger}')

    def work() -> None:
        assert call(ready, "run", "fix", "--", agent).code == 0

    def reset() -> None:
        ready.git("clean", "-qfdx")
        ready.git("checkout", "-q", ".")
        subprocess.run(["rm", "-rf", str(ready.root / ".git/tasks"), str(ledger)], check=True)

    kinds = set()
    for step in effort.steps(short=17, deep=9):
        reset()
        if not kill_at(step, work, ready):
            break
        done = call(ready, "doctor", "--fix")
        assert done.code == 0, (step, done)
        began = ledger.read_text().split() if ledger.exists() else []
        found = [each["id"] for each in attempts(ready)]
        assert (found == began) if began else len(found) <= 1, (step, found, began)
        assert all(end in {CUT_SHORT, SUCCEEDED} for end in ends(ready)), step
        task = ready.get("fix")
        finished = ends(ready) == [SUCCEEDED]
        lease = find_lease(ready.store, "fix")
        assert lease is None or lease.until <= ready.store.now(), (step, task.state, ends(ready))
        if not finished:
            assert task.state == "ready", step
            kept(ready)
        assert not waiting(ready), step
        sound(ready, done)
        kinds.add((task.state, *ends(ready)))
    assert step > 40
    assert {("ready",), ("ready", CUT_SHORT), ("in-progress", SUCCEEDED)} <= kinds


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[]", b'{"attempt": {}, "attempt_id": "x"}'])
def test_an_entry_that_can_not_be_read_is_named(data: bytes, ready: Project) -> None:
    """It may be all that is left of an attempt; nobody takes it away."""
    file = ready.write(".git/tasks/runs/0193f0a0-0000-7000-8000-000000000001.json", data)
    message = ".git/tasks/runs/0193f0a0-0000-7000-8000-000000000001.json can't be read as an attempt."
    assert waiting(ready) == [message]
    repaired = call(ready, "doctor", "--fix")
    assert waiting(ready) == [message]
    assert file.read_bytes() == data
    done = run(ready, "true")
    assert (done.code, ends(ready)) == (0, [SUCCEEDED])
    sound(ready, done, repaired)


# Agents that can't be started


def test_an_agent_that_vanishes_before_it_is_started(ready: Project) -> None:
    agent = stand_in(ready, "true")
    guess = stand_in(ready, f"rm {agent}; echo '{{}}'", "guess")
    ready.configure(f'[predict]\ncommand = "{guess}"\n')
    assert call(ready, "trust").code == 0
    done = ready.run("run", "fix", *JSON, "--retries", "2", "--", agent)
    assert (done.code, done.json["outcome"], done.json["reason"]) == (1, "failed", "precondition")
    assert ends(ready) == [("failed", "blocked", "precondition")]
    assert "exit_code" not in attempts(ready)[0]
    assert agent in attempts(ready)[0]["error_reason"]
    kept(ready)
    free(ready)
    sound(ready, done)


@pytest.mark.parametrize("kind", ["directory", "interpreter", "format", "words"])
def test_an_agent_that_can_not_be_started(kind: str, ready: Project) -> None:
    place = ready.root.parent / "thing"
    words = [str(place)]
    if kind == "directory":
        place.mkdir()
    elif kind == "words":
        words = ["true", "x" * (1 << 18)]
    else:
        place.write_text("#!/no/such/thing\n" if kind == "interpreter" else "\x7f\x01\x02\n")
        place.chmod(0o755)
    before = ready.tree()
    done = call(ready, "run", "fix", *JSON, "--", *words)
    assert done.code == 1
    if kind == "directory":
        assert done.error["code"] == "agent-missing"
        assert ready.tree() == before
    else:
        assert ends(ready) == [("failed", "blocked", "precondition")]
        kept(ready)
    free(ready)
    sound(ready, done)


# What agents do to their own task

CODES = [0, 5]

CHANGES = {
    "edits": f"sed -i 's/^What and why.$/What it changed./' {TAKEN}",
    "writes keys": f"sed -i 's/^x_own:.*/x_mine: 2\\n&/' {TAKEN}",
    "updates": "tasks update fix --check 1 --meta x_mine=2",
    "claims": "tasks pickup fix",
    "releases": "tasks release fix",
    "records": "tasks record fix --status completed --tool mine --notes 'by itself'",
    "moves by hand": f"mkdir tasks/deep; mv {TAKEN} tasks/deep/task-fix.md",
    "cancels": "tasks move fix canceled",
}


@pytest.mark.slow
@pytest.mark.parametrize(("change", "code"), crossed(CHANGES, CODES))
def test_an_agent_changes_its_own_task(change: str, code: int, ready: Project) -> None:
    """Its change stays, and the attempt comes to it."""
    command = CHANGES[change]
    done = run(ready, f"{command} || exit 99; exit {code}")
    assert done.json["exit_code"] == code, done
    assert done.code == (1 if code else 0)
    assert ends(ready) == [FAILED if code else SUCCEEDED]
    task = ready.get("fix")
    if change == "cancels":
        assert task.state == "canceled"
    elif change == "releases" or code:
        assert task.state == "ready"
    else:
        assert task.state == "in-progress"
    text = (ready.root / task.path).read_text()
    wanted = {
        "edits": "What it changed.",
        "writes keys": "x_mine: 2",
        "updates": "x_mine: 2",
        "records": "by itself",
    }
    assert wanted.get(change, "") in text
    assert EXTRA in text
    free(ready)
    sound(ready, done, errors=change == "moves by hand")


def test_an_agent_completes_its_task(ready: Project) -> None:
    """It is ready again where the agent fails after all."""
    ready.write(ready.path(), (ready.root / ready.path()).read_text().replace("- [ ]", "- [x]") + INSIGHTS)
    script = "tasks update fix --meta commit_message=fixed && tasks complete fix || exit 99; exit 5"
    done = run(ready, script, "--complete")
    assert (done.code, done.json["exit_code"], done.json["task"]["state"]) == (1, 5, "ready")
    assert ends(ready) == [FAILED]
    free(ready)
    sound(ready, done)


RUINED_TASKS = [
    f"rm {TAKEN}",
    "tasks delete fix",
    f"printf 'no task\\n' > {TAKEN}",
    f"printf -- '---\\nid: [\\n---\\n' > {TAKEN}",
    f"rm {TAKEN}; mkdir {TAKEN}",
    f"cp {TAKEN} tasks/again.md",
    f"sed -i 's/^state: .*/execution: soon\\n&/' {TAKEN}",
    "rm -r tasks",
]


@pytest.mark.parametrize(("ruin", "code"), crossed(RUINED_TASKS, CODES))
def test_an_agent_ruins_its_own_task(ruin: str, code: int, ready: Project) -> None:
    """What can't be recorded is kept and named, until it can be."""
    done = run(ready, f"{ruin} || exit 99; exit {code}")
    assert done.code == 1
    assert done.json["exit_code"] == code
    assert done.json["problems"]
    has_failed = code or ruin == "rm -r tasks"
    assert done.json["outcome"] == ("failed" if has_failed else "partial")
    attempt = done.json["attempts"][0]["id"]
    if "rm -r tasks" not in ruin:  # then there is no project to be asked
        assert waiting(ready) == [f"The attempt {attempt} at fix could not be recorded."]
    again = call(ready, "doctor", "--fix")
    if "rm -r tasks" not in ruin:
        assert waiting(ready), again
    subprocess.run(["rm", "-rf", str(ready.root / "tasks")], check=True)
    ready.git("checkout", "-q", ".")
    assert call(ready, "doctor", "--fix").code == 0
    assert ends(ready) == [FAILED if has_failed else SUCCEEDED]
    kept(ready)
    free(ready)
    sound(ready, done, again)


RENAMES = {
    "once": "tasks rename fix mend",
    "twice": "tasks rename fix other; tasks rename other mend",
    "and back": "tasks rename fix other; tasks rename other fix; tasks rename fix mend",
    "undone in between": "tasks rename fix other; tasks undo; tasks rename fix mend",
    "and another takes its id": "tasks rename fix mend; tasks new --title Fix --id fix",
}


@pytest.mark.parametrize(("name", "code"), crossed(RENAMES, CODES))
def test_an_agent_gives_its_task_another_id(ready: Project, name: str, code: int) -> None:
    """The journal says under which one its attempt is recorded, and the claim ends."""
    renames = RENAMES[name]
    done = run(ready, f"set -e; {renames}; exit {code}")
    assert (done.json["exit_code"], done.json["problems"]) == (code, []), done
    assert done.json["task"]["id"] == "mend"
    assert [each["id"] for each in attempts(ready, "mend")] == [done.json["attempts"][0]["id"]]
    assert "fix" not in {task.id for task in ready.store.tasks()} or attempts(ready, "fix") == []
    assert ready.get("mend").state == ("ready" if code else "in-progress")
    assert find_lease(ready.store, "mend") is None
    assert waiting(ready) == []
    if "tasks new" not in renames:  # an attempt that was begun as fix's is not in the new fix
        sound(ready, done)


def test_a_renamed_task_gets_its_further_attempts(ready: Project) -> None:
    agent = 'echo "$TASKS_TASK_ID" >> ../ids; test -f ../once && exit 0; touch ../once; '
    agent += "tasks rename fix mend; exit 3"
    done = run(ready, agent, "--retries", "1")
    assert done.code == 0, done
    assert (ready.root.parent / "ids").read_text().split() == ["fix", "mend"]
    assert [each["outcome"] for each in attempts(ready, "mend")] == ["failed", "success"]


RUINED_RECORDS = [
    "rm -r .git/tasks/runs",
    "rm -r .git/tasks/runs; touch .git/tasks/runs",
    "rm -r .git/tasks/logs; touch .git/tasks/logs",
    "rm -r .git/tasks",
    "rm -r .git/tasks/leases; touch .git/tasks/leases",
    "rm -r .git/tasks/telemetry; touch .git/tasks/telemetry",
    "rm -r .git/tasks/runs/*; mkdir .git/tasks/runs/$TASKS_ATTEMPT_ID.json",
    'rm -r "${TASKS_RESULT_FILE%/*}"',
    'rm -f "$TASKS_RESULT_FILE"; mkfifo "$TASKS_RESULT_FILE"',
    'head -c 3000000 /dev/urandom > "$TASKS_RESULT_FILE"',
    'echo \'{"executor": 5, "usage": [], "status": {}}\' > "$TASKS_RESULT_FILE"',
    'mkdir "$TASKS_RESULT_FILE"',
]


@pytest.mark.parametrize(("ruin", "code"), crossed(RUINED_RECORDS, CODES))
def test_an_agent_ruins_our_own_records(ruin: str, code: int, ready: Project) -> None:
    """The attempt is in the task's file all the same."""
    done = run(ready, f"{ruin} || exit 99; exit {code}")
    assert done.json["exit_code"] == code, done
    assert ends(ready) == [FAILED if code else SUCCEEDED]
    if ruin.endswith(".git/tasks"):  # with its claim and the log
        return
    if code and "leases" not in ruin:
        kept(ready)
    subprocess.run(
        ["find", str(ready.root / ".git/tasks"), "-maxdepth", "1", "-type", "f", "-delete"], check=True
    )
    sound(ready, done)


def test_an_agent_removes_the_repository(ready: Project) -> None:
    done = run(ready, "mv .git ../kept")
    assert "Traceback" not in done.err
    assert '"internal"' not in done.err
    ready.git("init", "-q")
    assert ends(ready) == [SUCCEEDED]


# Places that can't be written


@pytest.mark.parametrize("place", ["../file/logs", "/proc/none"])
def test_logs_that_can_not_be_kept_fail_nothing(place: str, ready: Project) -> None:
    ready.write("../file", "here")
    done = run(ready, "echo out; echo err >&2", "--log", place, "--gate", "g=true")
    assert (done.code, ends(ready)) == (0, [SUCCEEDED])
    assert "out\n" in done.err
    assert "Keeping output in " in done.err
    sound(ready, done)


def test_a_log_that_was_not_kept_is_not_named(ready: Project) -> None:
    ready.write("../file", "here")
    done = call(ready, "run", "fix", "--log", "../file", "--", stand_in(ready, "echo out"))
    assert done.code == 0
    assert "what it printed" not in done.out
    assert "warning: Keeping output in " in done.err


def test_a_log_below_a_directory_that_can_not_be_written(ready: Project, tmp_path: Path) -> None:
    if not rights_can_be_given_up(tmp_path):
        pytest.skip("this user can't give up its rights, so that nothing is refused to it")
    (tmp_path / "shut").mkdir(mode=0o555)
    command = [
        *SCRIPT,
        "run",
        "fix",
        *JSON,
        "--log",
        str(tmp_path / "shut"),
        "--",
        stand_in(ready, "echo out"),
    ]
    done = subprocess.run(
        command,
        cwd=ready.root,
        env=ready.environment(None),
        capture_output=True,
        check=False,
        preexec_fn=give_up_rights,
    )
    assert done.returncode == 0
    assert ends(ready) == [SUCCEEDED]


def test_where_no_attempt_can_be_kept_none_is_made(ready: Project) -> None:
    assert call(ready, "list").code == 0
    (ready.root / ".git/tasks").mkdir(exist_ok=True)
    ready.write(".git/tasks/runs", "here")
    before = ready.tree()
    done = run(ready, "touch ../ran")
    assert (done.code, done.error["code"]) == (6, "io")
    assert not (ready.root.parent / "ran").exists()
    assert ready.tree() == before
    assert find_lease(ready.store, "fix") is None
    sound(ready, done)


# Others at the same task


def test_a_claim_that_another_has_taken_meanwhile(ready: Project, told: Pipe) -> None:
    """The other keeps the task; the attempt waits until that is over."""
    process = start(ready, WAITING, "--retries", "2")
    _, attempt = here(told)
    assert call(ready, "release", "fix", "--force").code == 0
    other = call(ready, "pickup", "fix", "--by", "bob", *JSON).json
    before = ready.tree()
    let_go(ready)
    done = finish(process)
    assert (done.code, done.json["outcome"]) == (1, "partial")
    assert [each["code"] for each in done.json["problems"]] == ["claimed"]
    assert ready.tree() == before
    assert waiting(ready) == [f"The attempt {attempt} at fix could not be recorded."]
    assert call(ready, "doctor", "--fix").code != 0
    assert ready.tree() == before
    assert find_lease(ready.store, "fix") is not None
    token = other["claim"]["token"]
    assert call(ready, "release", "fix", env={"TASKS_CLAIM": token}).code == 0
    assert call(ready, "doctor", "--fix").code == 0
    assert ends(ready) == [SUCCEEDED]
    free(ready)
    sound(ready, done)


def test_a_claim_that_another_takes_between_two_attempts(ready: Project, told: Pipe) -> None:
    """No second attempt is made; the first one is kept."""
    process = start(ready, f"{HERE}; read word < ../gate; exit 5", "--retries", "2")
    _, attempt = here(told)
    assert call(ready, "release", "fix", "--force").code == 0
    assert call(ready, "pickup", "fix", "--by", "bob").code == 0
    before = ready.tree()
    let_go(ready)
    done = finish(process)
    assert done.code == 1, done
    assert [each["id"] for each in done.json["attempts"]] == [attempt]
    assert ready.tree() == before
    assert waiting(ready) == [f"The attempt {attempt} at fix could not be recorded."]
    sound(ready, done)


def test_a_hand_edit_meanwhile_stays(ready: Project, told: Pipe) -> None:
    process = start(ready, f"{HERE}; read word < ../gate; exit 5")
    here(told)
    file = ready.root / ready.path("fix", "in-progress")
    file.write_text(
        file.read_text().replace("What and why.", "Why, by hand.").replace("x_own:", "x_hand: 1\nx_own:")
    )
    let_go(ready)
    done = finish(process)
    assert (done.code, ends(ready)) == (1, [FAILED])
    text = (ready.root / ready.path()).read_text()
    assert "Why, by hand." in text
    assert "x_hand: 1\n" + EXTRA in text
    sound(ready, done)


def test_of_two_runs_of_one_task_one_wins(ready: Project, told: Pipe) -> None:
    first = start(ready, WAITING)
    here(told)
    before = ready.tree()
    second = run(ready, "touch ../ran")
    assert (second.code, second.error["code"]) == (4, "claimed")
    assert ready.tree() == before
    assert not (ready.root.parent / "ran").exists()
    let_go(ready)
    done = finish(first)
    assert (done.code, ends(ready)) == (0, [SUCCEEDED])
    sound(ready, done, second)


@pytest.mark.slow
def test_many_runs_take_each_task_once(ready: Project) -> None:
    for number in range(7):
        ready.task(f"t{number}")
    ready.task("fix")
    agent = stand_in(ready, 'echo "$TASKS_TASK_ID $TASKS_ATTEMPT_ID" >> ../ran')
    processes = [ready.start("run", "--next", *JSON, "--", agent) for _ in range(8)]
    every = [finish(each) for each in processes]
    assert [each.code for each in every] == [0] * 8, every
    lines = [line.split() for line in (ready.root.parent / "ran").read_text().splitlines()]
    assert sorted(task for task, _ in lines) == ["fix", *(f"t{number}" for number in range(7))]
    for task_id, attempt in lines:
        assert [each["id"] for each in attempts(ready, task_id)] == [attempt]
        free(ready, task_id)
    sound(ready, *every)


# The kill switch


@pytest.mark.slow
@pytest.mark.parametrize("target", ["fix", "--all"])
def test_agents_are_stopped_and_none_is_sent_out(target: str, ready: Project, told: Pipe) -> None:
    process = start(ready, WAITING, "--retries", "3")
    agent, _ = here(told)
    stopped = ready.run("run", "--stop", target, "--reason", "It costs too much.", *JSON)
    assert (stopped.code, stopped.json["stopped"], stopped.json["running"]) == (0, ["fix"], [])
    done = finish(process)
    assert is_gone(agent)
    assert (done.code, done.json["reason"]) == (1, "cancelled")
    assert ends(ready) == [CANCELLED]
    assert attempts(ready)[0]["error_reason"] == "It costs too much."
    kept(ready)
    free(ready)
    before = ready.tree()
    refused = run(ready, "touch ../ran")
    assert (refused.code, refused.error["code"]) == (1, "dispatch-stopped")
    assert "It costs too much" in refused.error["message"]
    assert ready.tree() == before
    assert not (ready.root.parent / "ran").exists()
    resumed = call(ready, "run", "--resume", target, *JSON)
    assert (resumed.code, resumed.json["resumed"]) == (0, [target.removeprefix("--")])
    again = run(ready, "true")
    assert (again.code, ends(ready)) == (0, [CANCELLED, SUCCEEDED])
    sound(ready, done, refused, stopped, again)


@pytest.mark.parametrize("target", ["fix", "--all"])
def test_a_stop_reaches_a_run_between_two_attempts(target: str, ready: Project, told: Pipe) -> None:
    process = start(ready, f"{HERE}; read word < ../gate; exit 5", "--retries", "9", "--backoff", "1h")
    agent, _ = here(told)
    let_go(ready)
    assert is_gone(agent)
    assert call(ready, "run", "--stop", target, "--reason", "enough").code == 0
    done = finish(process)
    assert done.code == 1
    assert ends(ready) == [FAILED]
    free(ready)
    sound(ready, done)


@pytest.mark.parametrize("damage", ["all.json", "task-fix.json", "all.json/", "."])
def test_a_stop_that_can_not_be_read_stops_nevertheless(damage: str, ready: Project) -> None:
    place = ready.root / ".git/tasks/stops" / damage
    if damage.endswith("/"):
        place.mkdir(parents=True)
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"\xff{")
    before = ready.tree()
    done = run(ready, "true")
    assert (done.code, done.error["code"]) == (1, "dispatch-stopped")
    assert ready.tree() == before
    target = "fix" if "fix" in damage else "--all"
    resumed = call(ready, "run", "--resume", target, *JSON)
    if damage.endswith(".json") or damage == ".":  # a file in the place of the orders is one for all
        assert resumed.json["resumed"] == [target.removeprefix("--")]
        assert run(ready, "true").code == 0
    else:
        assert (resumed.code, resumed.error["code"]) == (6, "io")
        assert str(place) in resumed.error["message"]
    sound(ready, done, resumed)


# Streams of our own


@pytest.mark.slow
@pytest.mark.parametrize(
    "closed", some(["1>&-", "2>&-", "1>&- 2>&-", "2>/dev/full", "1>/dev/full", "0<&- 1>&- 2>&-"], 3)
)
def test_our_own_streams_may_be_closed(closed: str, ready: Project) -> None:
    agent = stand_in(ready, "echo out; echo err >&2")
    command = ["sh", "-c", f'exec "$@" {closed}', "sh", *SCRIPT, "run", "fix", *JSON, "--", agent]
    subprocess.run(command, cwd=ready.root, env=ready.environment(None), capture_output=True, check=False)
    assert ends(ready) == [SUCCEEDED]
    logs = sorted(file.read_text() for file in (ready.root / ".git/tasks/logs").glob("*"))
    assert logs == ["err\n", "out\n"]
    free(ready)
    sound(ready)


def test_a_reader_of_our_output_that_stops_reading_stops_nothing(ready: Project, told: Pipe) -> None:
    """A pager, say: the agent runs on, and time-outs and signals hold."""
    flood = "head -c 1000000 /dev/zero | tr '\\0' x"
    process = start(ready, f"{flood}; {HERE}; read word < ../gate")
    agent, _ = here(told)
    process.send_signal(signal.SIGTERM)
    assert is_gone(agent)
    done = finish(process)
    assert (done.code, ends(ready)) == (143, [CANCELLED])
    sound(ready, done)
