"""What tests/support/forked.py starts: imports `tasks` once, and forks a process for each request.

A request is the length of a JSON object, with descriptors (standard input, output, error, a pipe for the
process's number and its exit code, and what shall be passed on), then the object.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import pkgutil
import select
import signal
import socket
import struct
import sys
import traceback
from contextlib import suppress
from typing import Any, NoReturn

from large_pages import use_large_pages  # this script's own directory is where it is looked for

import taskfiles_cli.commands
from taskfiles_cli import entry

LENGTH = struct.Struct("!I")
NUMBER = struct.Struct("!i")
HEAVY = ("taskfiles_cli.main", "taskfiles_cli.line.program", "taskfiles_cli.web.serve")


def prepare() -> None:
    """Import what commands need, and keep the pages of memory that it takes."""
    for found in pkgutil.iter_modules(taskfiles_cli.commands.__path__):
        importlib.import_module(f"taskfiles_cli.commands.{found.name}")
    for name in HEAVY:
        with suppress(ImportError):  # an extra that is missing here is told by the command
            importlib.import_module(name)
    gc.collect()
    gc.freeze()
    use_large_pages()


def serve(requests: socket.socket) -> None:
    """Fork for each request until there can be no more of them."""
    running: dict[int, int] = {}
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(wakes)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready, _, _ = select.select([requests, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            _bury(running)
        if requests in ready:
            head, given, _, _ = socket.recv_fds(requests, LENGTH.size, 8)
            if not head:
                return
            (length,) = LENGTH.unpack(head)
            text = b""
            while len(text) < length:
                text += requests.recv(length - len(text))
            fate = given.pop(3)
            number = os.fork()
            if number == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _become(json.loads(text), given, (fate, woken, wakes, requests.fileno(), *running.values()))
            os.write(fate, NUMBER.pack(number))
            running[number] = fate
            for descriptor in given:
                os.close(descriptor)


def _bury(running: dict[int, int]) -> None:
    while running:
        number, status = os.waitpid(-1, os.WNOHANG)
        if number == 0:
            return
        fate = running.pop(number)
        with suppress(BrokenPipeError):  # nobody waits for it any more
            os.write(fate, NUMBER.pack(os.waitstatus_to_exitcode(status)))
        os.close(fate)


def _become(request: dict[str, Any], given: list[int], foreign: tuple[int, ...]) -> NoReturn:
    code = 70
    try:
        streams, passed = given[:3], given[3:]
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        for descriptor in (*streams, *foreign):
            os.close(descriptor)
        sys.stdin = _text(io.BufferedReader(io.FileIO(0, "r")), sys.stdin.errors)
        sys.stdout = _text(io.BufferedWriter(io.FileIO(1, "w")), sys.stdin.errors)
        sys.stderr = _text(io.BufferedWriter(io.FileIO(2, "w")), "backslashreplace", line_buffering=True)
        os.umask(request["umask"])
        os.chdir(request["cwd"])
        os.environ.clear()
        os.environ.update(request["env"])
        sys.path[0] = ""
        sys.argv = ["-c", *map(str, passed), *request["argv"]]
        try:
            exec(request["code"], {"__name__": "__main__"}) if request["code"] else entry.run()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        except BaseException:
            traceback.print_exc()
            code = 1
        for written in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):  # it was closed
                written.flush()
    finally:
        os._exit(code)


def _text(stream: Any, errors: str, *, line_buffering: bool = False) -> io.TextIOWrapper:
    """Open a standard stream as the interpreter has opened this process's."""
    encoding = sys.__stdin__.encoding if sys.__stdin__ else "utf-8"
    return io.TextIOWrapper(
        stream, encoding=encoding, errors=errors, line_buffering=line_buffering or stream.isatty()
    )


if __name__ == "__main__":
    prepare()
    serve(socket.socket(fileno=int(sys.argv[1])))
