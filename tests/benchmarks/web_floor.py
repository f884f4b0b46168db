"""The least that a board's pages can cost: the same bytes from the same server, out of memory.

    python tests/benchmarks/web_floor.py PORT HOST COOKIE

Asks the board at PORT for each address once and repeats that answer ever after; what is posted is answered
with nothing done. Prints the port that it listens at.
"""

from __future__ import annotations

import http.client
import socket
import sys

import uvicorn
from starlette.types import Receive, Scope, Send

from taskfiles_cli.web.connection import Connection

NOTHING = b'{"changed": false, "sentence": "", "run": "", "revision": 1}'


class Floor:
    """An app that gives what another server has answered."""

    def __init__(self, port: int, host: str, cookie: str) -> None:
        self._port, self._headers = port, {"Host": host, "Cookie": f"tasks={cookie}"}
        self._known: dict[tuple[bytes, bool], tuple[int, list[tuple[bytes, bytes]], bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] == "POST":
            while (await receive()).get("more_body"):
                pass
            answer = 200, [(b"content-type", b"application/json")], NOTHING
        elif scope["path"] == "/events":
            answer = 204, [], b""
        else:
            is_part = b"x-tasks-part" in dict(scope["headers"])
            query = scope["query_string"]
            path: bytes = scope["raw_path"] + (b"?" + query if query else b"")
            key = path, is_part
            if key not in self._known:
                self._known[key] = self._ask(path.decode(), is_part=is_part)
            answer = self._known[key]
        status, headers, body = answer
        sized = [*headers, (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": sized})
        await send({"type": "http.response.body", "body": body})

    def _ask(self, path: str, *, is_part: bool) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port)
        connection.request("GET", path, headers=self._headers | ({"X-Tasks-Part": "1"} if is_part else {}))
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        kept = {"content-type", "content-security-policy", "cache-control"}
        headers = [
            (name.lower().encode(), value.encode())
            for name, value in answer.getheaders()
            if name.lower() in kept
        ]
        return answer.status, headers, body


def main() -> None:
    """Listen at any port, until a signal comes."""
    port, host, cookie = sys.argv[1:]
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(200)
    print(listening.getsockname()[1], flush=True)
    app = Floor(int(port), host, cookie)
    config = uvicorn.Config(
        app, http=Connection, ws="none", lifespan="off", log_config=None, access_log=False
    )
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
