"""A model's server on this machine, which follows a script and keeps the truth."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

from . import completions, contents, messages, responses
from .exchange import Answer, Failure, Hang, Request, Script, Step, Told, Truth, Usage, count
from .tools import is_main

ENDPOINTS: dict[str, ModuleType] = {
    "/v1/messages": messages,
    "/v1/responses": responses,
    "/chat/completions": completions,
    "enerateContent": contents,  # with and without a stream
}
BESIDE = Answer("Make two files")  # to what an agent asks for itself, as a session's title


class Server(ThreadingHTTPServer):
    """Answers one run by `script`; `hung` is set when an answer hangs. Requests are kept in `log`."""

    daemon_threads = True

    def __init__(self, script: Script, log: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script, self.log = script, log
        self.truth = Truth()
        self.hung, self.over = threading.Event(), threading.Event()
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def step(self, dialect: ModuleType, request: Request) -> tuple[Step, Usage, int]:
        """Take the next step, and note it."""
        main = is_main(request)
        with self.lock:
            number = self.truth.answers(main_only=False)
            usage = count(number, writes_cache=dialect.WRITES_CACHE)
            try:
                step = self.script(request) if main else self._beside()
            except LookupError as error:
                self.truth.fault = str(error)
                step = Failure("authentication")
            answered = usage if isinstance(step, Answer) else None
            self.truth.told.append(Told(request.model, main, step, answered))
        return step, usage, number

    def _beside(self) -> Step:
        """Answer what an agent asks beside its work; where that fails, this does too."""
        last = next((each.step for each in reversed(self.truth.told) if each.is_main), None)
        return last if isinstance(last, Failure) else BESIDE


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server

    def do_POST(self) -> None:
        """Answer one request."""
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path.partition("?")[0]
        dialect = next((module for end, module in ENDPOINTS.items() if path.endswith(end)), None)
        if dialect is None:
            return self._send(404, b"{}")
        with self.server.log.open("ab") as file:
            file.write(raw + b"\n")
        request = dialect.read(json.loads(raw), path)
        step, usage, number = self.server.step(dialect, request)
        if isinstance(step, Failure):
            return self._send(*dialect.fail(step))
        with suppress(ConnectionError):
            self._begin(200, "text/event-stream" if request.streams else "application/json")
            for piece in dialect.write(request, step, usage, number):
                self.wfile.write(piece)
            self.wfile.flush()
        if isinstance(step, Hang):
            self.server.hung.set()
            self.server.over.wait()
        return None

    def do_GET(self) -> None:
        """There is nothing to get."""
        self._send(404, b"{}")

    do_HEAD = do_GET  # noqa: N815 - the name that http.server calls

    def _send(self, status: int, body: bytes) -> None:
        with suppress(ConnectionError):
            self._begin(status, "application/json")
            if self.command != "HEAD":
                self.wfile.write(body)

    def _begin(self, status: int, kind: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def serve(script: Script, log: Path) -> Iterator[Server]:
    """Run a server as long as the block. Raises RuntimeError at its end where the script had no answer."""
    server = Server(script, log)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
    if server.truth.fault:
        raise RuntimeError(server.truth.fault)
