"""The board as a process of its own, and a client that sends exactly what a test says."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from support.forked import Forked, can_fork
from support.processes import PATIENCE, launch
from support.project import SCRIPT, Project

ADDRESS = re.compile(r"http://([a-z0-9.-]+):(\d+)/#(\S+)\n")


@dataclass
class Answer:
    """What a server has answered: its status, headers by their small names, and body."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Served:
    """A running board; `cookie` is that of the session, once `enter` was called; `said` what it left."""

    process: subprocess.Popen[bytes] | Forked
    name: str
    port: int
    code: str
    cookie: str = ""
    said: str = ""

    @property
    def host(self) -> str:
        return f"{self.name}:{self.port}"

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    def send(self, data: bytes, *, timeout: float = PATIENCE) -> bytes:
        """Send bytes as they are, and give what comes until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout) as connection:
            connection.sendall(data)
            parts = []
            end = time.monotonic() + timeout
            while part := connection.recv(65536):
                parts.append(part)
                assert time.monotonic() < end, "the answer does not end"
        return b"".join(parts)

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str | None] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """Ask as the board's own page would; headers that are None are left out."""
        given: dict[str, str | None] = {"Host": self.host, "Connection": "close"}
        if self.cookie:
            given["Cookie"] = f"tasks={self.cookie}"
        if method == "POST":
            given |= {"Origin": self.origin, "Content-Type": "application/json"}
            given["Content-Length"] = str(len(body))
        given |= headers or {}
        lines = [f"{method} {path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in given.items() if value is not None]
        return read_answer(self.send("\r\n".join([*lines, "", ""]).encode() + body))

    def enter(self, code: str | None = None) -> Answer:
        """Enter with the code of the address, and keep the cookie."""
        done = self.ask("/enter", method="POST", body=json.dumps({"code": code or self.code}).encode())
        if done.status == 200:
            self.cookie = done.headers["set-cookie"].partition("=")[2].partition(";")[0]
        return done


def read_answer(data: bytes) -> Answer:
    """Read an answer of HTTP/1.1, chunks put together."""
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        whole, rest = b"", body
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            count = int(size, 16)
            whole, rest = whole + rest[:count], rest[count + 2 :]
        body = whole
    return Answer(int(first.split(" ")[1]), headers, body.decode())


def start(project: Project, *argv: str, begin: Any = launch) -> Served:
    """Start `tasks web` at a free port, and wait until it listens; by default the test's end ends it."""
    line = ["web", *([] if "--port" in argv else ["--port", "0"]), *argv]
    environment = project.environment(None)
    process: subprocess.Popen[bytes] | Forked
    if begin is Forked and can_fork(environment):
        process = Forked(line, cwd=project.root, env=environment, stdin=subprocess.DEVNULL)
    else:
        process = (subprocess.Popen if begin is Forked else begin)(
            [*SCRIPT, *line],
            cwd=project.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    return _listening(process)


def _listening(process: subprocess.Popen[bytes] | Forked) -> Served:
    assert process.stdout is not None
    line = process.stdout.readline().decode()
    match = ADDRESS.fullmatch(line)
    if match is None:
        process.kill()
        raise AssertionError((line, process.communicate()[1].decode()))
    return Served(process, match[1], int(match[2]), match[3])


@contextmanager
def serving(project: Project, *argv: str) -> Iterator[Served]:
    """Serve a project, entered, as long as the block lasts."""
    served = start(project, *argv, begin=Forked)
    try:
        assert served.enter().status == 200
        yield served
    finally:
        served.process.terminate()
        served.process.wait(PATIENCE)
        for stream in (served.process.stdout, served.process.stderr):
            if stream is not None:
                served.said += stream.read().decode()
                stream.close()


class Page(HTMLParser):
    """A page's elements: each with its tag and attributes, and the text of all of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def values(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _, attrs in self.elements if attribute in attrs]
