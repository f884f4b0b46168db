"""`tasks run`: one task, from its dispatch to what is recorded of it; agents are stand-ins."""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from support.effort import crossed, some
from support.event_log import events_of
from support.in_process import call
from support.layouts import in_states
from support.project import INSIGHTS, SCRIPT, Done, Project, install
from support.stub_agents import RESULT, printing, prompt_of, stand_in
from taskfiles.schema.files import read_schema
from taskfiles.store.claims import find_lease

JSON = ("--output", "json")


@pytest.fixture
def ready(project: Project) -> Project:
    """A committed project with a task that an agent can be sent at."""
    project.task("fix", title="Fix the navbar")
    project.git("add", "-A")
    project.git("commit", "-qm", "start")
    return project


def run(project: Project, *words: str, code: int = 0) -> dict[str, Any]:
    done = call(project, "run", *words[: words.index("--")], *JSON, *words[words.index("--") :])
    assert done.code == code, done
    answer: dict[str, Any] = done.json
    Draft202012Validator(read_schema("run")).validate(answer)
    return answer


def attempts(project: Project, task_id: str = "fix") -> list[dict[str, Any]]:
    execution: Any = project.get(task_id).values.get("execution") or {"attempts": []}
    found: list[dict[str, Any]] = execution["attempts"]
    return found


def actions(project: Project) -> list[tuple[str, str]]:
    return [(event["data"]["action"], event["data"]["outcome"]) for event in events_of(project)]


def valid(project: Project) -> None:
    done = call(project, "validate", *JSON)
    assert done.code == 0, done


# The line of an agent that is named


@pytest.fixture
def agents(ready: Project) -> Project:
    """Agents on the path that write their words down, one a line, and read standard input."""
    for name in ("claude", "codex", "opencode", "gemini", "aider"):
        script = f"printf '%s\\n' \"$@\" > ../words; {printing(RESULT)}; touch done"
        directory = Path(stand_in(ready, script, name)).parent
    ready.env["PATH"] = f"{directory}:{os.environ['PATH']}"
    return ready


def words_of(project: Project) -> list[str]:
    return (project.root.parent / "words").read_text().splitlines()


def run_named(project: Project, *words: str) -> dict[str, Any]:
    done = call(project, "run", "fix", *JSON, *words)
    assert done.code == 0, done
    answer: dict[str, Any] = done.json
    return answer


def test_an_agent_that_is_named_gets_its_line(agents: Project) -> None:
    run_named(agents, "--agent", "claude", "--model", "opus")
    line = "-p --output-format stream-json --verbose --permission-mode acceptEdits --allowedTools Bash"
    assert words_of(agents) == [*line.split(), "--model", "opus"]
    assert attempts(agents)[0]["executor"]["tool"] == "claude-code"
    assert "Fix the navbar" in prompt_of(agents, "claude")


def test_more_words_go_into_the_line(agents: Project) -> None:
    run_named(agents, "--agent", "CODEX", "--permissions", "read", "--", "--search")
    assert words_of(agents) == ["exec", "--json", "--sandbox", "read-only", "--search", "-"]


def test_the_model_of_an_agent_that_tells_none_is_that_of_its_line(agents: Project) -> None:
    run_named(agents, "--agent", "opencode", "--model", "anthropic/claude-x")
    assert words_of(agents)[-2:] == ["--model", "anthropic/claude-x"]
    executor = {"tool": "opencode", "model": "claude-x", "provider": "anthropic"}
    assert attempts(agents)[0]["executor"] == executor


def test_the_model_that_a_given_line_names_is_recorded(agents: Project) -> None:
    agents.task("other")
    run(agents, "fix", "--", "codex", "exec", "-m", "gpt-5")
    assert attempts(agents)[0]["executor"] == {"tool": "codex", "model": "gpt-5"}
    run(agents, "other", "--model", "given", "--", "codex", "exec", "-m", "gpt-5")
    assert attempts(agents, "other")[0]["executor"] == {"tool": "codex", "model": "given"}


def test_codex_may_write_to_the_clone_of_a_worktree(agents: Project) -> None:
    done = call(agents, "run", "--plan", "fix", "--worktrees", *JSON, "--agent", "codex")
    assert done.code == 0, done
    words = (agents.root.parent / "home/.local/state/tasks/worktrees").glob("*/words")
    (found,) = [file.read_text().splitlines() for file in words]
    assert found[found.index("--add-dir") + 1] == str(agents.root / ".git")


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        (("--agent", "cluade"), "bad-value", "claude"),
        (("--agent", "codex", "--permissions", "any"), "bad-value", "work"),
        (("--agent", "opencode", "--permissions", "all"), "bad-value", "work"),
        (("--permissions", "all", "--", "true"), "usage", "--agent"),
        ((), "usage", "--agent claude"),
    ],
)
def test_a_line_that_there_is_not_is_refused(
    agents: Project, words: tuple[str, ...], code: str, named: str
) -> None:
    done = call(agents, "run", "fix", *JSON, *words)
    assert (done.code, done.error["code"]) == (2, code)
    assert named in done.error["message"] + (done.error["hint"] or "")


# What an attempt tells


def test_what_an_agent_printed_is_recorded(ready: Project) -> None:
    base = ready.git("rev-parse", "HEAD").strip()
    agent = stand_in(ready, f"mkdir -p src; echo 1 > src/nav.css; {printing(RESULT)}", "claude")
    answer = run(ready, "fix", "--", agent, "-p", "--output-format", "json")
    (attempt,) = attempts(ready)
    assert attempt["status"] == "completed"
    assert attempt["outcome"] == "success"
    assert attempt["executor"] == {"tool": "claude-code", "model": "claude-opus-4-5"}
    assert attempt["usage"] == {
        "input_tokens": 10040,
        "output_tokens": 512,
        "cache_read_tokens": 9000,
        "cache_write_tokens": 1000,
    }
    assert attempt["cost"] == {"actual_usd_micros": 42100, "source": "reported"}
    assert attempt["session_id"] == RESULT["session_id"]
    assert (attempt["turns"], attempt["exit_code"]) == (3, 0)
    assert attempt["commit"] == {"base": base, "head": base}
    assert attempt["created_files"] == ["src/nav.css"]
    assert (answer["outcome"], answer["reason"], answer["exit_code"]) == ("success", None, 0)
    assert answer["attempts"] == [attempt | {"log": answer["attempts"][0]["log"]}]
    assert json.loads(Path(answer["attempts"][0]["log"]).read_text()) == RESULT
    valid(ready)


def test_a_result_file_serves_any_agent(ready: Project) -> None:
    result = {
        "executor": {"model": "m-1"},
        "usage": {"input_tokens": 7, "output_tokens": 3},
        "notes": "Short.",
    }
    agent = stand_in(ready, f'{printing(result)} > "$TASKS_RESULT_FILE"')
    run(ready, "fix", "--model", "m-0", "--provider", "here", "--", agent)
    (attempt,) = attempts(ready)
    assert attempt["executor"] == {"tool": "agent", "model": "m-1", "provider": "here"}
    assert attempt["usage"] == result["usage"]
    assert attempt["notes"] == "Short."
    assert "cost" not in attempt  # unknown is not 0


def test_cost_is_computed_where_prices_are_known(ready: Project) -> None:
    ready.configure('[prices."m-1"]\ninput = 3000000\noutput = 15000000\n')
    result = {"executor": {"model": "m-1"}, "usage": {"input_tokens": 1000, "output_tokens": 100}}
    agent = stand_in(ready, f'{printing(result)} > "$TASKS_RESULT_FILE"')
    run(ready, "fix", "--", agent)
    assert attempts(ready)[0]["cost"] == {"actual_usd_micros": 4500, "source": "computed"}


def test_the_first_attempt_alone_has_the_estimate(ready: Project) -> None:
    agent = stand_in(ready, "test -f ../once && exit 0; touch ../once; exit 3")
    script = stand_in(ready, printing({"estimated_usd_micros": 5}), "guess")
    ready.configure(f'[predict]\ncommand = "{script}"\n')
    assert call(ready, "trust").code == 0
    run(ready, "fix", "--retries", "1", "--", agent)
    assert [each.get("cost") for each in attempts(ready)] == [{"estimated_usd_micros": 5}, None]


def test_what_is_predicted_stands_beside_what_was_used(ready: Project) -> None:
    agent = stand_in(ready, "true")
    script = stand_in(
        ready, printing({"estimated_input_tokens": 900, "estimated_usd_micros": 5, "other": 1}), "guess"
    )
    ready.configure(f'[predict]\ncommand = "{script}"\n')
    assert call(ready, "trust").code == 0
    run(ready, "fix", "--", agent)
    (attempt,) = attempts(ready)
    assert attempt["usage"] == {"estimated_input_tokens": 900}
    assert attempt["cost"] == {"estimated_usd_micros": 5}
    given = json.loads(prompt_of(ready, "guess"))
    assert (given["id"], given["state"]) == ("fix", "ready")


@pytest.mark.slow
@pytest.mark.parametrize("script", ["exit 3", "echo nonsense", "echo '[1]'", "exec sleep 600"])
def test_a_prediction_that_fails_or_dawdles_is_unknown(ready: Project, script: str) -> None:
    ready.configure(f'[predict]\ncommand = "{stand_in(ready, script, "guess")}"\n')
    assert call(ready, "trust").code == 0
    done = call(ready, "run", "fix", "--", "true")
    assert done.code == 0
    assert "warning: predict.command " in done.err
    assert "usage" not in attempts(ready)[0]


# What an agent is given


def test_prompt_and_environment(ready: Project) -> None:
    ready.task("nav", kind="epic", title="The whole bar", children="[fix]")
    agent = stand_in(ready, "env > ../env; printf '%s|' \"$@\" > ../words")
    words = ("{id}", "{title}", "{path}", "{prompt_file}", "{other}", "--", "-x")
    answer = run(ready, "fix", "--complete", "--", agent, *words, code=1)
    (attempt,) = attempts(ready)
    variables = dict(
        line.split("=", 1) for line in (ready.root.parent / "env").read_text().splitlines() if "=" in line
    )
    assert variables["TASKS_TASK_ID"] == "fix"
    assert variables["TASKS_ATTEMPT_ID"] == attempt["id"]
    assert variables["TASKS_CORRELATION_ID"] == answer["run_id"]
    assert variables["TRACEPARENT"].startswith("00-")
    assert "TASKS_CLAIM" not in variables
    *given, end = (ready.root.parent / "words").read_text().split("|")
    assert end == ""
    assert given[:3] == ["fix", "Fix the navbar", ready.path("fix", "in-progress")]
    assert given[4:] == ["{other}", "--", "-x"]
    assert not Path(given[3]).exists()  # it was there while the agent was
    prompt = prompt_of(ready)
    assert prompt.startswith("# Fix the navbar\n")
    for part in ("- [ ] First", "nav (epic): The whole bar", "tasks update fix --check N", "commit_message"):
        assert part in prompt


def test_the_file_of_the_prompt_holds_the_prompt(ready: Project) -> None:
    agent = stand_in(ready, 'cp "$1" ../copy')
    run(ready, "fix", "--", agent, "{prompt_file}")
    assert (ready.root.parent / "copy").read_text() == prompt_of(ready)


def test_what_it_prints_goes_to_standard_error_and_into_the_log(ready: Project) -> None:
    agent = stand_in(ready, "echo to-out; echo to-err >&2")
    done = call(ready, "run", "fix", "--log", "../kept", *JSON, "--", agent)
    assert "to-out" in done.err
    assert "to-err" in done.err
    kept = sorted((ready.root.parent / "kept").iterdir())
    assert [file.read_text() for file in kept] == ["to-err\n", "to-out\n"]
    assert str(kept[1]) == done.json["attempts"][0]["log"]


def test_old_logs_are_removed_but_for_those_in_a_place_of_ones_own(ready: Project) -> None:
    old = ready.root / ".git/tasks/logs/old.out.log"
    kept = ready.root.parent / "kept/old.out.log"
    for file in (old, kept):
        file.parent.mkdir(parents=True)
        file.touch()
        os.utime(file, (0, 0))
    run(ready, "fix", "--log", "../kept", "--", "false", code=1)
    assert old.exists()
    run(ready, "fix", "--", "true")
    assert (old.exists(), kept.exists()) == (False, True)


def test_the_agent_acts_as_the_holder(ready: Project) -> None:
    agent = stand_in(ready, f"{tasks(ready)} update fix --check 1 && {tasks(ready)} pickup fix -o plain")
    run(ready, "fix", "--", agent)
    assert "- [x] First" in ready.get("fix").body
    assert ("task.update", "success") in actions(ready)


def tasks(project: Project) -> str:
    return " ".join(map(shlex.quote, SCRIPT))


def test_what_the_agent_records_of_itself_belongs_to_the_attempt(ready: Project) -> None:
    record = f"{tasks(ready)} record fix --notes Tricky --input-tokens 5 --model m-2 -o json > ../said"
    agent = stand_in(ready, record)
    run(ready, "fix", "--", agent)
    (attempt,) = attempts(ready)
    assert (attempt["notes"], attempt["usage"]) == ("Tricky", {"input_tokens": 5})
    assert attempt["executor"] == {"tool": "agent", "model": "m-2"}
    said = json.loads((ready.root.parent / "said").read_text())
    assert (said["attempt_id"], said["changed"], said["reason"]) == (
        attempt["id"],
        False,
        "attempt-under-way",
    )


def test_the_claim_is_renewed_while_the_agent_lives(ready: Project) -> None:
    """The agent ends when its lease holds for longer than it did at first."""
    code = (
        "import glob, time\n"
        "read = lambda: open(glob.glob('.git/tasks/leases/*.json')[0]).read()\n"
        "first, end = read(), time.monotonic() + 60\n"
        "while read() == first: assert time.monotonic() < end\n"
    )
    run(ready, "fix", "--lease", "1s", "--", sys.executable, "-c", code)


@pytest.mark.parametrize("words", ["--status failed", "--outcome partial", "--status abandoned --tool x"])
def test_an_agent_that_records_its_own_failure_has_failed(ready: Project, words: str) -> None:
    record = f"{tasks(ready)} record fix {words} --error-type gave_up --error-reason 'Too hard' -o plain"
    answer = run(ready, "fix", "--", stand_in(ready, record), code=1)
    (attempt,) = attempts(ready)
    assert (attempt["status"], attempt["outcome"]) == ("failed", "failed")
    assert (attempt["error_type"], attempt["error_reason"]) == ("gave_up", "Too hard")
    assert (answer["outcome"], answer["exit_code"]) == ("failed", 0)
    valid(ready)


def test_an_unfinished_last_line_is_ended(ready: Project) -> None:
    done = ready.run("run", "fix", "--", "sh", "-c", "printf unended >&2")
    assert done.err.startswith("unended\n")


# What becomes of the task


def test_a_task_whose_attempt_succeeded_waits_for_its_reviewer(ready: Project) -> None:
    run(ready, "fix", "--", "true")
    assert ready.get("fix").state == "in-progress"
    assert find_lease(ready.store, "fix") is None


def test_a_task_whose_attempt_failed_is_given_back(ready: Project) -> None:
    answer = run(ready, "fix", "--", "sh", "-c", "echo no >&2; exit 3", code=1)
    assert (answer["outcome"], answer["reason"], answer["exit_code"]) == ("failed", "agent_error", 3)
    (attempt,) = attempts(ready)
    assert (attempt["status"], attempt["outcome"], attempt["exit_code"]) == ("failed", "failed", 3)
    assert attempt["error_reason"] == "no"  # what it said last on standard error
    task = ready.get("fix")
    assert (task.state, task.values.get("assignees")) == ("ready", None)
    assert find_lease(ready.store, "fix") is None


def test_a_task_can_be_completed_with_its_attempt(project: Project) -> None:
    body = "\n## Acceptance Criteria\n\n- [x] Done\n" + INSIGHTS
    project.task("fix", commit_message="Fix it", body=body)
    answer = run(project, "fix", "--complete", "--", "true")
    assert answer["task"]["state"] == "done"
    told = actions(project)
    assert told.index(("attempt.record", "success")) < told.index(("task.complete", "success"))
    ends = [event for event in events_of(project) if event["type"] == "task.completion"]
    assert [end["data"]["completion"]["outcome"] for end in ends] == ["success"]


def test_a_task_that_is_not_finished_is_not_completed(ready: Project) -> None:
    answer = run(ready, "fix", "--complete", "--", "true", code=1)
    assert (answer["outcome"], answer["reason"]) == ("partial", "incomplete")
    assert answer["task"]["state"] == "in-progress"
    assert attempts(ready)[0]["outcome"] == "success"
    assert answer["problems"][0]["code"] == "incomplete"


def test_who_has_claimed_the_task_keeps_the_claim(ready: Project) -> None:
    token = call(ready, "pickup", "fix", *JSON).json["claim"]["token"]
    done = call(ready, "run", "fix", *JSON, "--", "false", env={"TASKS_CLAIM": token})
    assert done.code == 1, done
    assert ready.get("fix").state == "in-progress"
    assert find_lease(ready.store, "fix") is not None


def test_a_status_label_where_it_is_wanted(ready: Project) -> None:
    ready.configure("[run]\nstatus_labels = true\n")
    run(ready, "fix", "--", "false", code=1)
    assert ready.get("fix").values["labels"] == ["status:failed"]
    run(ready, "fix", "--", "true")
    assert ready.get("fix").values["labels"] == ["status:success"]


def test_a_pull_request_is_opened_for_what_succeeded(ready: Project) -> None:
    command = 'printf "%s %s" "$TASKS_TASK_ID" "$TASKS_TASK_TITLE" > ../pr'
    run(ready, "fix", "--pr", "--pr-command", command, "--", "true")
    assert (ready.root.parent / "pr").read_text() == "fix Fix the navbar"
    ready.task("third")
    answer = run(ready, "third", "--pr", "--pr-command", "echo no remote; exit 3", "--", "true", code=1)
    assert (answer["outcome"], answer["reason"]) == ("partial", "pull-request-failed")
    assert "no remote" in answer["problems"][0]["message"]
    ready.task("other")
    (ready.root.parent / "pr").unlink()
    run(ready, "other", "--pr", "--pr-command", command, "--", "false", code=1)
    assert not (ready.root.parent / "pr").exists()


@in_states
def test_the_usual_pull_request_holds_the_work_and_its_attempt(ready: Project) -> None:
    """A repository beside this one is the remote, and `gh` a stand-in."""
    remote = ready.root.parent / "remote"
    ready.git("init", "-q", "--bare", str(remote))
    ready.git("remote", "add", "origin", str(remote))
    gh = Path(stand_in(ready, 'echo "$@" > ../called', "gh"))
    path = {"PATH": f"{gh.parent}:{os.environ['PATH']}"}
    before = ready.tree()
    refused = call(ready, "run", "fix", "--pr", *JSON, "--", "true", env=path)
    assert (refused.code, refused.error["code"]) == (1, "no-branch")
    assert ready.tree() == before
    ready.git("switch", "-q", "-c", "work")
    done = call(ready, "run", "fix", "--pr", *JSON, "--", "sh", "-c", "echo 1 > nav.css", env=path)
    assert (done.code, done.json["problems"]) == (0, [])
    assert (ready.root.parent / "called").read_text() == "pr create --fill\n"
    names = ready.git("--git-dir", str(remote), "ls-tree", "-r", "--name-only", "work").splitlines()
    assert names == ["nav.css", ready.path("fix", "in-progress")]
    assert "status: completed" in ready.git("--git-dir", str(remote), "show", f"work:{names[1]}")


# Gates and retries


def test_gates_are_run_and_measured(ready: Project) -> None:
    run(
        ready,
        "fix",
        "--gate",
        "build=true",
        "--gate",
        f"lint=test -f {ready.path('fix', 'in-progress')}",
        "--",
        "true",
    )
    gates = attempts(ready)[0]["quality_gates"]
    assert gates["run"] == ["build", "lint"]
    assert gates["durations_ms"].keys() == {"build", "lint"}
    assert "failed" not in gates


def test_a_failed_gate_makes_the_attempt_partial(ready: Project) -> None:
    answer = run(ready, "fix", "--gate", "lint=echo E501; exit 1", "--gate", "ok=true", "--", "true", code=1)
    (attempt,) = attempts(ready)
    assert (attempt["status"], attempt["outcome"], attempt["error_type"]) == (
        "completed",
        "partial",
        "gate_failed",
    )
    assert attempt["quality_gates"]["failed"] == ["lint"]
    assert (answer["outcome"], answer["reason"]) == ("partial", "gate_failed")
    assert ready.get("fix").state == "ready"


def test_the_next_attempt_is_told_what_the_gate_has_said(ready: Project) -> None:
    agent = stand_in(ready, "test -f ../once && touch ../good; touch ../once")
    answer = run(
        ready, "fix", "--retries", "2", "--gate", "good=echo not-good-yet; test -f ../good", "--", agent
    )
    assert [attempt["outcome"] for attempt in attempts(ready)] == ["partial", "success"]
    assert len(answer["attempts"]) == 2
    prompt = prompt_of(ready)
    assert prompt.count("# Fix the navbar") == 2
    assert prompt.count("\nnot-good-yet\n") == 1
    assert "The gate `good` runs" in prompt
    assert len({attempt["id"] for attempt in attempts(ready)}) == 2
    told = actions(ready)
    assert told.count(("agent.execute", "success")) == 2
    assert told.count(("agent.complete", "success")) == 2  # the run, and what came of the task


def test_gates_of_the_project_wait_for_trust(ready: Project) -> None:
    ready.configure('[gates.lint]\ncommand = "touch ../linted"\n')
    before = ready.tree()
    done = call(ready, "run", "fix", *JSON, "--", "true")
    assert (done.code, done.error["code"]) == (5, "untrusted-commands")
    assert ready.tree() == before
    run(ready, "fix", "--own-gates", "--", "false", code=1)
    assert not (ready.root.parent / "linted").exists()
    assert call(ready, "trust").code == 0
    run(ready, "fix", "--", "true")
    assert attempts(ready)[-1]["quality_gates"]["run"] == ["lint"]


def test_gates_are_for_types_of_tasks_and_may_be_advisory(project: Project) -> None:
    project.task("fix", task_type="bugfix")
    gates = (
        '[gates.a]\ncommand = "false"\nrequired = false\n',
        '[gates.b]\ncommand = "false"\ntask_types = ["docs"]\n',
        '[gates.c]\ncommand = "true"\ntask_types = ["bugfix"]\n',
    )
    project.configure("".join(gates))
    assert call(project, "trust").code == 0
    run(project, "fix", "--", "true")
    found = attempts(project)[0]["quality_gates"]
    assert (found["run"], found["failed"]) == (["a", "c"], ["a"])
    assert attempts(project)[0]["outcome"] == "success"


def test_completing_a_task_does_not_pass_its_gates(project: Project) -> None:
    """An agent that completes its task itself is sent at it again, and at last the task is ready again."""
    project.task("fix", commit_message="Fix it", body="\n## Acceptance Criteria\n\n- [x] Done\n" + INSIGHTS)
    agent = stand_in(project, f"{tasks(project)} complete fix -o plain")
    run(project, "fix", "--retries", "1", "--gate", "no=false", "--", agent, code=1)
    assert [attempt["outcome"] for attempt in attempts(project)] == ["partial", "partial"]
    assert (project.get("fix").state, find_lease(project.store, "fix")) == ("ready", None)
    assert actions(project).count(("task.move", "success")) == 2
    valid(project)


@pytest.mark.slow
def test_a_gate_that_takes_too_long_has_failed(project: Project) -> None:
    project.task("fix")
    project.configure('[gates.slow]\ncommand = "exec sleep 600"\ntimeout = "1s"\n')
    assert call(project, "trust").code == 0
    run(project, "fix", "--", "true", code=1)
    assert attempts(project)[0]["quality_gates"]["failed"] == ["slow"]


@pytest.mark.slow
def test_gates_lie_within_the_time_of_their_attempt(ready: Project) -> None:
    gates = ("--gate", "a=true", "--gate", "b=exec sleep 600", "--gate", "c=touch ../c")
    run(ready, "fix", "--timeout", "1s", *gates, "--", "true", code=1)
    (attempt,) = attempts(ready)
    assert (attempt["status"], attempt["outcome"], attempt["error_type"]) == ("failed", "failed", "timeout")
    assert attempt["error_reason"] == "it took longer than 1 s, its gates included"
    assert attempt["quality_gates"]["run"] == ["a"]
    assert not (ready.root.parent / "c").exists()


# What is refused changes nothing


REFUSED: dict[str, tuple[dict[str, str], tuple[str, ...], int, str]] = {
    "blocked": ({"blocked": "Waiting"}, (), 1, "not-ready"),
    "idea": ({"state": "idea"}, (), 1, "not-ready"),
    "depends": ({"depends_on": "[nope]"}, (), 1, "not-ready"),
    "criteria": ({"body": "\n## Overview\n"}, (), 1, "not-ready"),
    "ambiguous": ({"ambiguity": "high"}, (), 1, "too-ambiguous"),
    "gate": ({}, ("--gate", "lint"), 2, "bad-value"),
    "empty gate": ({}, ("--gate", "lint="), 2, "bad-value"),
    "gate twice": ({}, ("--gate", "lint=true", "--gate", "lint=false"), 2, "bad-value"),
    "timeout": ({}, ("--timeout", "soon"), 2, "bad-value"),
    "by": ({}, ("--by", ""), 2, "bad-value"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_changes_nothing(project: Project, case: str) -> None:
    keys, options, code, error = REFUSED[case]
    project.task("fix", **keys)
    project.configure('[run]\nmax_ambiguity = "medium"\n')
    before = project.tree()
    done = call(project, "run", "fix", *options, *JSON, "--", "touch", "../ran")
    assert (done.code, done.error["code"]) == (code, error), done
    assert done.out == ""
    assert project.tree() == before
    assert not (project.root.parent / "ran").exists()
    assert actions(project)[-1] == ("agent.complete", "blocked")


@pytest.mark.parametrize(
    "words",
    [
        ("fix",),
        ("--next", "fix", "--", "true"),
        ("--", "true"),
        ("a", "b", "--", "true"),
        ("--stop", "fix"),
        ("--stop", "--all", "--reason", " "),
        ("--resume",),
        ("--all", "fix", "--", "true"),
    ],
)
def test_usage(project: Project, words: tuple[str, ...]) -> None:
    project.task("fix")
    assert refused(call(project, "run", *words)) == 2


def refused(done: Done) -> int:
    assert done.out == ""
    assert done.err.startswith("error[")
    return done.code


def test_an_agent_that_is_not_there(ready: Project) -> None:
    before = ready.tree()
    for program in ("no-such-agent", "./no/such/agent"):
        done = call(ready, "run", "fix", *JSON, "--", program)
        assert (done.code, done.error["code"]) == (1, "agent-missing")
    assert ready.tree() == before


# Without a name


def test_the_best_ready_task(project: Project) -> None:
    project.task("later", priority="low")
    project.task("first", priority="urgent")
    assert run(project, "--next", "--", "true")["task"]["id"] == "first"
    done = call(project, "run", "--next", "--max-size", "tiny", *JSON, "--", "true")
    assert (done.code, done.error["code"]) == (1, "nothing-to-claim")


def test_all_of_them_once_each(project: Project) -> None:
    for name, ambiguity in (("a", "low"), ("b", "low"), ("c", "high"), ("d", "low")):
        project.task(name, ambiguity=ambiguity)
    project.configure('[run]\nmax_ambiguity = "medium"\n')
    agent = stand_in(project, 'test "$TASKS_TASK_ID" != b')
    done = call(project, "run", "--loop", *JSON, "--", agent)
    assert done.code == 1
    assert {answer["task"]["id"]: answer["outcome"] for answer in done.json} == {
        "a": "success",
        "b": "failed",
        "d": "success",
    }
    assert project.get("c").state == "ready"
    assert "c was passed over" in done.err
    told = [event for event in events_of(project) if event["data"]["action"] == "agent.complete"]
    assert len({event["correlationid"] for event in told}) == 1


def test_what_was_run_is_answered_although_the_rest_is_stopped(project: Project) -> None:
    """The agent of the first task pulls the kill switch, and waits for its end."""
    for name in "ab":
        project.task(name)
    pull = (
        "import signal; from taskfiles.run.switch import Stop, Switch; "
        "Switch('.git/tasks').put(Stop(None, 'Enough', 'me', '')); signal.pause()"
    )
    done = call(project, "run", "--loop", *JSON, "--", sys.executable, "-c", pull)
    assert done.code == 1, done
    (answer,) = done.json
    assert (answer["task"]["id"], answer["attempts"][0]["error_reason"]) == ("a", "Enough")
    assert "No agent is started" in done.err


def claude_says(error: str, status: int | None, api_error: str | None = None) -> str:
    result = {"type": "result", "subtype": "success", "is_error": True, "result": error}
    more = {"api_error_status": status, "api_error": api_error}
    return json.dumps(result | {key: value for key, value in more.items() if value is not None})


COMMON = {
    "429": ("claude", f"echo '{claude_says('Try again at 3am', 429)}'; exit 1", "rate_limit"),
    "limit in words": (
        "claude",
        f"echo '{claude_says('You have hit your limit', None)}'; exit 1",
        "rate_limit",
    ),
    "401": ("claude", f"echo '{claude_says('No', 401)}'; exit 1", "authentication"),
    "403": ("claude", f"echo '{claude_says('No', 403)}'; exit 1", "permission"),
    "codex": (
        "codex",
        """echo '{"type":"turn.failed","error":{"message":"last status: 429 Too Many Requests"}}'; exit 1""",
        "rate_limit",
    ),
    "opencode": (
        "opencode",
        """echo '{"type":"error","sessionID":"s","error":{"name":"APIError","data":{"statusCode":401}}}'""",
        "authentication",
    ),
    "a proxy's budget": (
        "claude",
        f"echo '{claude_says('Over', None, 'budget_exceeded_error')}'; exit 1",
        "budget",
    ),
    "a missing program": ("wrapper", "exec no-such-program", "agent_error"),
}


@pytest.mark.parametrize(("name", "how"), crossed(COMMON, [("--loop",), ("--plan",)]))
def test_what_concerns_all_tasks_ends_after_the_first(
    project: Project, name: str, how: tuple[str, ...]
) -> None:
    program, script, kind = COMMON[name]
    for task in "abc":
        project.task(task)
    done = call(project, "run", *how, *JSON, "--", stand_in(project, script, program))
    assert done.code == 1, done
    tried = [task for task in "abc" if attempts(project, task)]
    assert tried == ["a"]
    assert attempts(project, "a")[0]["error_type"] == kind
    assert f"{kind} concerns the agent's account or program, not a alone" in done.err


@pytest.mark.parametrize("kind", some(["agent_error", "max_turns", "precondition", "timeout"], 2))
def test_what_an_agent_says_of_one_task_ends_no_loop(project: Project, kind: str) -> None:
    for name in "ab":
        project.task(name)
    say = f"""echo '{{"status": "failed", "error_type": "{kind}"}}' > "$TASKS_RESULT_FILE" """
    done = call(project, "run", "--loop", *JSON, "--", stand_in(project, say))
    assert [answer["task"]["id"] for answer in done.json] == ["a", "b"]


def test_the_bound_of_each_run_is_no_limit_of_the_account(project: Project) -> None:
    """An agent that was given a budget for each run has spent it on one task; the next has its own."""
    for name in "ab":
        project.task(name)
    result = {"type": "result", "subtype": "error_max_budget_usd", "is_error": True}
    result["terminal_reason"] = "budget_exhausted"
    agent = stand_in(project, f"echo '{json.dumps(result)}'; exit 1", "claude")
    done = call(project, "run", "--loop", *JSON, "--", agent)
    assert [attempts(project, name)[0]["error_type"] for name in "ab"] == ["budget", "budget"]
    assert [answer["task"]["id"] for answer in done.json] == ["a", "b"]


MORE = """tasks new --title "More of $TASKS_TASK_ID" --state ready --field "Acceptance Criteria" "- [ ] x" """


def test_a_loop_ends_after_a_number_of_tasks(project: Project) -> None:
    """Its agent writes down follow-up work, so that there is always another one."""
    project.task("a")
    project.env["PATH"] = f"{install(project.root.parent / 'programs')}:{os.environ['PATH']}"
    done = call(project, "run", "--loop", "--max-tasks", "2", *JSON, "--", stand_in(project, MORE))
    assert (done.code, len(done.json)) == (0, 2)
    assert "The loop ends after 2 tasks: no more than 2 tasks may be run." in done.err


SPENDS = (
    """echo '{"usage": {"input_tokens": 7}, "cost": {"actual_usd_micros": 400000}}' > "$TASKS_RESULT_FILE" """
)


@pytest.mark.parametrize("how", ["--loop", "--plan"])
def test_nothing_more_begins_when_the_money_is_spent(project: Project, how: str) -> None:
    for name in "abc":
        project.task(name)
    done = call(project, "run", how, "--max-cost", "0.8", *JSON, "--", stand_in(project, SPENDS))
    assert [name for name in "abc" if attempts(project, name)] == ["a", "b"]
    assert "$0.8 of $0.8 are spent" in done.err
    assert done.code == (0 if how == "--loop" else 1)


def test_a_failure_is_not_tried_again_when_the_money_is_spent(project: Project) -> None:
    project.task("a")
    agent = stand_in(project, f"{SPENDS}; exit 1")
    done = call(project, "run", "--loop", "--retries", "5", "--max-cost", "0.7", *JSON, "--", agent)
    assert (done.code, len(attempts(project, "a"))) == (1, 2)


@pytest.mark.parametrize("how", ["--loop", "--plan"])
def test_a_cost_that_nobody_knows_keeps_no_bound(project: Project, how: str) -> None:
    """An agent that tells no cost might spend anything: nothing more begins."""
    for name in "ab":
        project.task(name)
    done = call(project, "run", how, "--max-cost", "5", *JSON, "--", stand_in(project, "true"))
    assert [name for name in "ab" if attempts(project, name)] == ["a"]
    assert "nobody knows what the attempt at a has cost" in done.err.replace("Nobody", "nobody")


def test_a_plan_runs_a_number_of_tasks(project: Project) -> None:
    for name in "abc":
        project.task(name)
    done = call(
        project,
        "run",
        "--plan",
        "--max-parallel",
        "3",
        "--max-tasks",
        "2",
        *JSON,
        "--",
        stand_in(project, "true"),
    )
    assert (done.code, len(done.json["runs"])) == (1, 2)
    assert "No more than 2 tasks may be run." in done.err


def test_a_loop_ends_when_its_time_is_over(project: Project) -> None:
    """The agent at work then is ended, and its attempt is one that ran out of time."""
    for name in "ab":
        project.task(name)
    done = call(
        project, "run", "--loop", "--overall-timeout", "1", *JSON, "--", stand_in(project, "sleep 300")
    )
    assert done.code == 1
    assert [answer["task"]["id"] for answer in done.json] == ["a"]
    (attempt,) = attempts(project, "a")
    assert (attempt["status"], attempt["error_type"]) == ("failed", "timeout")
    assert attempt["error_reason"] == "the overall time is over"
    assert "The loop ends after 1 task: the overall time is over." in done.err
    assert project.get("b").get("execution") is None


@pytest.mark.parametrize(
    "words", [("fix", "--overall-timeout", "3"), ("fix", "--max-tasks", "3"), ("fix", "--max-cost", "3")]
)
def test_bounds_of_many_tasks_go_with_many_tasks(ready: Project, words: tuple[str, ...]) -> None:
    done = call(ready, "run", *words, *JSON, "--", "true")
    assert (done.code, done.error["code"]) == (2, "usage")


def test_a_loop_without_tasks_is_no_failure(project: Project) -> None:
    project.task("idea", state="idea")
    done = call(project, "run", "--loop", *JSON, "--", "true")
    assert (done.code, done.json) == (0, [])


# The kill switch


def test_a_stopped_project_sends_nobody_out(ready: Project) -> None:
    assert call(ready, "run", "--stop", "--all", "--reason", "Too dear").code == 0
    before = ready.tree()
    done = call(ready, "run", "fix", *JSON, "--", "true")
    assert (done.code, done.error["code"]) == (1, "dispatch-stopped")
    assert "Too dear" in done.error["message"]
    assert "--resume --all" in done.error["hint"]
    assert ready.tree() == before
    assert call(ready, "run", "--resume", "--all", *JSON).json["resumed"] == ["all"]
    run(ready, "fix", "--", "true")


def test_one_task_is_stopped_and_others_are_not(ready: Project) -> None:
    ready.task("other")
    assert call(ready, "run", "--stop", "fix", "--reason", "Unclear").code == 0
    assert run(ready, "--next", "--", "true")["task"]["id"] == "other"
    assert call(ready, "run", "fix", "--", "true").code == 1
    assert call(ready, "run", "--resume", "fix").code == 0
    run(ready, "fix", "--", "true")
