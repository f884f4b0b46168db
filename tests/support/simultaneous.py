"""Commands in processes of their own that all begin at the same moment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence

from support.forked import Forked, can_fork
from support.limits import give_up_rights
from support.processes import launch, readable
from support.project import Done, Project

GATED = """
import json, os, sys
from taskfiles_cli.main import main
os.write(int(sys.argv[1]), b"r")
sys.stdin.buffer.read()
sys.exit(max([main(argv) for argv in json.loads(sys.argv[2])]))
"""


def at_once(
    project: Project, *jobs: Sequence[list[str]], before: Sequence[int] = (), code: str = GATED
) -> list[Done]:
    """Run each job, a list of commands, in a process of its own; all begin at the same moment.

    `before` lists the jobs (by position) that run without special rights, `code` runs the commands.
    """
    ready, tell = os.pipe()
    gate, opener = os.pipe()
    environment = project.environment(None)
    started: list[subprocess.Popen[bytes] | Forked] = [
        Forked([json.dumps(job)], cwd=project.root, env=environment, stdin=gate, passed=[tell], code=code)
        if can_fork(environment) and not before
        else launch(
            [sys.executable, "-c", code, str(tell), json.dumps(job)],
            cwd=project.root,
            env=environment,
            stdin=gate,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[tell],
            preexec_fn=give_up_rights if position in before else None,
        )
        for position, job in enumerate(jobs)
    ]
    for descriptor in (tell, gate):
        os.close(descriptor)
    waiting = 0
    while waiting < len(jobs):
        assert readable(ready), "a job has ended before it began"
        if not (told := os.read(ready, 64)):
            break
        waiting += len(told)
    os.close(opener)
    os.close(ready)
    done = []
    for process in started:
        out, err = process.communicate(timeout=90)
        done.append(Done(process.returncode, out.decode(), err.decode()))
    return done


def assert_done(results: list[Done]) -> None:
    assert [result.out + result.err for result in results if result.code] == []
