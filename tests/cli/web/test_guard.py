"""What stands before the board: each rule, tried from outside against a running server."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.types import Message, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.server import ServerState

from support.layouts import make_project
from support.processes import PATIENCE
from support.project import Project
from support.web import Served, read_answer, serving, start
from taskfiles_cli.web import guard
from taskfiles_cli.web.connection import Connection

PATHS = [
    "/",
    "/board",
    "/now",
    "/plan",
    "/figures",
    "/search?q=a",
    "/column/ready",
    "/task/fix",
    "/task/fix/log",
    "/events",
    "/keys",
    "/no",
]
POLICY = "default-src 'none'; script-src 'self'"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = Project(tmp_path_factory.mktemp("web") / "repo")
    make_project(made.root, "flat")
    made.git("init", "-q", "-b", "main", "--template=")
    made.task("fix")
    return made


@pytest.fixture(scope="module")
def served(place: Project) -> Iterator[Served]:
    with serving(place) as running:
        yield running


def static_of(served: Served, name: str) -> str:
    html = served.ask("/board").body
    return next(part for part in html.split('"') if part.startswith("/static/") and part.endswith(name))


# Who is asked


def test_it_listens_on_this_machine_alone(served: Served) -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", served.port), PATIENCE)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "{name}:1", "{name}", "127.0.0.1:{port}", "localhost:{port}", "x.{name}:{port}", ""],
)
@pytest.mark.parametrize("path", ["/board", "/static/x/style.css", "/events", "/enter"])
def test_only_the_own_name_with_its_port_is_answered_to(served: Served, host: str, path: str) -> None:
    done = served.ask(path, headers={"Host": host.format(name=served.name, port=served.port)})
    assert done.status == 421
    assert done.headers["content-security-policy"].startswith(POLICY)


@pytest.mark.parametrize(
    "lines",
    [
        "GET /board HTTP/1.1\r\n",
        "GET /board HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n",
        "GET /board HTTP/1.1\r\nHost: {host}, evil.example\r\n",
        "GET http://evil.example/board HTTP/1.1\r\nHost: {host}\r\n",
        "GET /board HTTP/1.0\r\n",
    ],
)
def test_no_host_two_hosts_and_absolute_addresses_are_refused(served: Served, lines: str) -> None:
    head = lines.format(host=served.host) + f"Cookie: tasks={served.cookie}\r\nConnection: close\r\n\r\n"
    assert read_answer(served.send(head.encode())).status in {400, 421}


def test_a_header_without_end_is_cut_off(served: Served) -> None:
    head = f"GET /board HTTP/1.1\r\nHost: {served.host}\r\nX: ".encode() + b"a" * 40_000
    try:
        answer = served.send(head + b"\r\n\r\n")
    except ConnectionError:
        return
    assert read_answer(answer).status in {400, 431}


# Who asks


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("cookie", [None, "tasks=x", "tasks={0}0", "tasks={0}; tasks={0}", "other={0}"])
def test_without_a_session_nothing_is_shown(
    served: Served, path: str, cookie: str | None, place: Project
) -> None:
    # A server of its own for wrong cookies: it stops answering after ten of them.
    given = None if cookie is None else cookie.format(served.cookie)
    done = served.ask(path, headers={"Cookie": given})
    assert done.status in {401, 429}
    assert "Title of fix" not in done.body
    assert "set-cookie" not in done.headers


def test_the_code_is_used_up(place: Project) -> None:
    running = start(place)
    assert running.enter().status == 200
    assert running.enter().status == 401
    running.cookie = ""
    assert running.ask("/board").status == 401


def test_what_is_no_code_lets_nobody_in(place: Project) -> None:
    running = start(place)
    for body in (b"", b"{}", b"[]", b"no json", b'{"code": 5}', b'{"code": ""}', b"\xff"):
        done = running.ask("/enter", method="POST", body=body)
        assert (done.status, "set-cookie" in done.headers) == (401, False)


def test_guessing_is_stopped_and_who_is_in_stays_in(place: Project) -> None:
    with serving(place) as running:
        statuses = [running.enter("wrong").status for _ in range(12)]
        assert statuses == [401] * 10 + [429] * 2
        assert running.ask("/board").status == 200
        assert running.ask("/board", headers={"Cookie": None}).status == 429


def test_the_cookie_is_for_this_host_alone_and_no_script_reads_it(place: Project) -> None:
    running = start(place)
    cookie = running.enter().headers["set-cookie"].lower()
    parts = {part.strip().partition("=")[0] for part in cookie.split(";")}
    assert {"httponly", "samesite", "path", "max-age"} <= parts
    assert "domain" not in parts
    assert "samesite=strict" in cookie


def test_a_session_holds_when_the_server_starts_again(place: Project) -> None:
    with serving(place) as running:
        cookie, name = running.cookie, running.name
    again = start(place)
    assert again.name == name
    again.cookie = cookie
    assert again.ask("/board").status == 200


def test_another_clone_has_another_name_and_other_sessions(
    served: Served, tmp_path: Path, git_directory: Path
) -> None:
    other = Project(tmp_path / "other")
    make_project(other.root, "flat")
    other.git("init", "-q", "--template=")
    running = start(other)
    assert running.name != served.name
    running.cookie = served.cookie
    assert running.ask("/board").status == 401


@pytest.mark.usefixtures("without_rights")
@pytest.mark.skipif(not os.path.exists("/proc/net/tcp"), reason="the system does not say whose a socket is")
def test_another_user_with_the_cookie_is_refused(served: Served) -> None:
    script = (
        "import os, socket, sys\n'x'.encode('idna')\n"
        "os.setgid(65534); os.setuid(65534)\n"
        f"with socket.create_connection(('127.0.0.1', {served.port})) as connection:\n"
        "    connection.sendall(sys.stdin.buffer.read())\n"
        "    while part := connection.recv(65536): sys.stdout.buffer.write(part)\n"
    )
    head = f"GET /board HTTP/1.1\r\nHost: {served.host}\r\nCookie: tasks={served.cookie}\r\n"
    head += "Connection: close\r\n\r\n"
    done = subprocess.run(
        [sys.executable, "-I", "-c", script], input=head.encode(), capture_output=True, check=True, cwd="/"
    )
    assert read_answer(done.stdout).status == 403
    assert read_answer(served.send(head.encode())).status == 200


def test_no_secret_is_in_the_arguments_or_the_log(place: Project) -> None:
    with serving(place) as running:
        line = Path(f"/proc/{running.process.pid}/cmdline")
        if line.exists():
            assert running.code.encode() not in line.read_bytes()
        cookie, code = running.cookie, running.code
    assert cookie not in running.said
    assert code not in running.said
    for file in (place.root / ".git" / "tasks").rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert cookie.encode() not in content
            assert code.encode() not in content


# From where


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://{host}", "http://{name}:1", None, ""]
)
def test_what_changes_comes_from_the_own_pages_alone(served: Served, origin: str | None) -> None:
    given = None if origin is None else origin.format(host=served.host, name=served.name)
    done = served.ask("/enter", method="POST", body=b"{}", headers={"Origin": given})
    assert done.status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "odd"])
def test_what_changes_comes_from_the_same_origin(served: Served, site: str) -> None:
    done = served.ask("/enter", method="POST", body=b"{}", headers={"Sec-Fetch-Site": site})
    assert done.status == 403


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None]
)
def test_what_a_form_can_send_is_refused(served: Served, kind: str | None) -> None:
    assert served.ask("/enter", method="POST", body=b"{}", headers={"Content-Type": kind}).status == 415


@pytest.mark.parametrize("path", PATHS)
def test_a_foreign_origin_reads_nothing(served: Served, path: str) -> None:
    done = served.ask(path, headers={"Origin": "http://evil.example"})
    assert done.status == 403
    assert not [name for name in done.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("mode", ["no-cors", "cors", "navigate"])
@pytest.mark.parametrize("dest", ["script", "image", "style", "iframe", "empty"])
def test_another_site_embeds_nothing(served: Served, mode: str, dest: str) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
    for path in ("/board", static_of(served, "style.css"), static_of(served, "page.js")):
        assert served.ask(path, headers=headers).status == 403


def test_a_link_on_another_site_leads_here(served: Served) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert served.ask("/board", headers=headers).status == 200
    assert served.ask("/board", headers={**headers, "Cookie": None}).status in {401, 429}


# For what


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_other_methods_are_refused(served: Served, method: str) -> None:
    assert served.ask("/board", method=method).status == 405


def test_a_change_needs_the_value_of_its_session(served: Served, place: Project) -> None:
    other = start(place)
    other.enter()
    for csrf in (None, "", "x", "0" * 64):
        headers = {"X-Tasks-CSRF": csrf}
        assert served.ask("/act", method="POST", body=b"{}", headers=headers).status == 403


def hash_of(root: Path) -> str:
    found = hashlib.sha256()
    for file in sorted(root.rglob("*")):
        if file.is_file() and "index" not in file.parts:  # the index is a copy of what is there
            found.update(str(file).encode() + b"\0" + file.read_bytes())
    return found.hexdigest()


def test_reading_changes_nothing(served: Served, place: Project) -> None:
    for path in PATHS:
        served.ask(path, method="HEAD" if path == "/events" else "GET")
    before = hash_of(place.root)
    for path in PATHS:
        for method in ("GET", "HEAD"):
            if (path, method) != ("/events", "GET"):
                served.ask(path, method=method)
    assert hash_of(place.root) == before


def test_a_body_without_measure_is_refused(served: Served) -> None:
    headers = {"Content-Length": str(2 * 1024 * 1024)}
    assert served.ask("/enter", method="POST", headers=headers).status == 413
    head = (
        f"POST /enter HTTP/1.1\r\nHost: {served.host}\r\nOrigin: {served.origin}\r\nConnection: close\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    try:
        answer = served.send(head.encode() + chunk * 20 + b"0\r\n\r\n")
    except ConnectionError:
        return
    assert read_answer(answer).status in {401, 413, 429}


# What each answer says of itself


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/board", {}),
        ("/no-such-page", {}),
        ("/task/none", {}),
        ("/search?q=stat:x", {}),
        ("/board", {"Cookie": None}),
        ("/board", {"Host": "evil.example"}),
        ("/board", {"Origin": "http://evil.example"}),
    ],
)
def test_every_answer_is_shut(served: Served, path: str, headers: dict[str, str | None]) -> None:
    done = served.ask(path, headers=headers)
    policy = done.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "http:" not in policy
    for part in ("frame-ancestors 'none'", "base-uri 'none'", "require-trusted-types-for 'script'"):
        assert part in policy
    assert done.headers["x-content-type-options"] == "nosniff"
    assert done.headers["referrer-policy"] == "no-referrer"
    assert done.headers["cross-origin-resource-policy"] == "same-origin"
    assert done.headers["cross-origin-opener-policy"] == "same-origin"
    assert done.headers["cache-control"] == "no-store"
    assert "server" not in done.headers


@pytest.mark.parametrize(
    "path",
    ["/static/x/../../app.py", "/static/x/%2e%2e/app.py", "/static/x/app.py", "/..%2fetc/passwd", "//evil"],
)
def test_nothing_but_our_own_files_is_given_out(served: Served, path: str) -> None:
    done = served.ask(path)
    assert done.status in {404, 421}
    assert "import" not in done.body


def test_a_full_house_answers_no_more(served: Served) -> None:
    """Two hundred connections that say nothing don't end the server."""
    held = []
    try:
        for _ in range(220):
            held.append(socket.create_connection(("127.0.0.1", served.port), PATIENCE))
            held[-1].sendall(b"GET /board HTTP/1.1\r\n")
        done = served.ask("/board")
        assert done.status in {200, 503}
    finally:
        for each in held:
            each.close()
    assert json.dumps(served.ask("/keys").status) in {"200", "503"}


# Who says nothing


def test_idle_connections_hold_up_nobody(place: Project) -> None:
    with serving(place) as running, ExitStack() as stack:
        for number in range(260):
            idle = stack.enter_context(socket.create_connection(("127.0.0.1", running.port), PATIENCE))
            if number % 2:
                idle.sendall(b"GET /board HTTP/1.1\r\nHost: ")
        for _ in range(3):
            assert running.ask("/board").status == 200


def test_a_connection_over_which_nothing_comes_is_closed() -> None:
    class Hasty(Connection):
        patience = 0.01

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def talk(data: bytes) -> bytes:
        config = Config(app, log_config=None, lifespan="off")
        config.load()
        state = ServerState()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Hasty(config, state, {}), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(data)
        try:
            return await asyncio.wait_for(reader.read(), PATIENCE)
        except ConnectionError:
            return b""
        finally:
            writer.close()
            server.close()

    assert asyncio.run(talk(b"")) == b""
    assert asyncio.run(talk(b"GET / HTTP/1.1\r\nHost: a\r\n")) == b""
    assert asyncio.run(talk(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")).startswith(b"HTTP/1.1 200")
    assert not Hasty.waiting


def test_a_body_that_does_not_come_ends_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taskfiles_cli.web.guard.PATIENCE", 0.01)
    parts = [{"type": "http.request", "body": b"a", "more_body": True}]

    async def receive() -> Message:
        return parts.pop() if parts else await asyncio.Event().wait() or {}

    async def take() -> list[str]:
        limited = guard._limited(receive)
        return [(await limited())["type"] for _ in range(2)]

    assert asyncio.run(take()) == ["http.request", "http.disconnect"]


# Other machines, links


def test_other_machines_are_answered_by_the_one_name(place: Project) -> None:
    running = start(place, "--host", "0.0.0.0", "--host-name", "Board.example")
    assert running.name == "board.example"
    assert running.enter().status == 200
    assert running.ask("/board").status == 200
    for host in ("127.0.0.1", "0.0.0.0", "localhost", "evil.example"):
        assert running.ask("/board", headers={"Host": f"{host}:{running.port}"}).status == 421
    foreign = {"Origin": f"http://evil.example:{running.port}"}
    assert running.ask("/enter", method="POST", headers=foreign, body=b"{}").status == 403
    running.process.terminate()
    assert "it is plain http" in running.process.communicate(timeout=PATIENCE)[1].decode()


def test_a_tree_behind_links_shows_its_tasks_and_nothing_beside_it(tmp_path: Path) -> None:
    project = Project(tmp_path / "real")
    make_project(project.root, "flat")
    project.git("init", "-q", "-b", "main", "--template=")
    project.task("fix")
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "plan.md").write_text("---\nid: plan\ntitle: Hidden words\nstate: ready\n---\n\nHidden words\n")
    (project.root / "tasks/plan.md").symlink_to(secret / "plan.md")
    (project.root / "tasks/more").symlink_to(secret)
    (tmp_path / "link").symlink_to(project.root)
    with serving(replace(project, root=tmp_path / "link")) as running:
        assert "Title of fix" in running.ask("/board").body
        for path in ("/board", "/task/fix", "/task/plan", "/search?q=hidden", "/plan", "/now", "/figures"):
            assert "Hidden words" not in running.ask(path).body, path
