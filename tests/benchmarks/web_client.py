"""Clients of a running board that measure: one that asks, fifty that listen as pages do, a real browser."""

from __future__ import annotations

import http.client
import json
import re
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from support.browser import Browser
from support.web import Served

GATHER = 0.05  # seconds that a page waits for more changes before it asks, as live.js does
_PATIENCE = 30.0
_ACTS = "document.documentElement.classList.contains('acts')"
_LOADED = (
    "performance.getEntriesByType('navigation')[0].loadEventEnd"  # milliseconds; scripts have run by then
)


def cpu_of(process: int) -> float:
    """Return the seconds of CPU that a process has taken so far, threads that have ended included."""
    return time.clock_gettime(~process << 3 | 2)  # Linux's name of another process's clock


class Place(NamedTuple):
    """Where a server listens, the name that it answers to, and the session that it knows."""

    port: int
    host: str
    cookie: str


class Client:
    """A client that keeps its connection, as browsers do."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=_PATIENCE)
        self._headers = {"Host": place.host, "Cookie": f"tasks={place.cookie}"}
        self.csrf = ""

    def get(self, path: str, *, is_part: bool = True) -> bytes:
        """Ask for a page, or for the part of it that changes."""
        return self._ask("GET", path, self._headers | ({"X-Tasks-Part": "1"} if is_part else {}))

    def act(self, **given: Any) -> dict[str, Any]:
        """Do what pages ask to be done."""
        headers = {"Origin": f"http://{self.place.host}", "Content-Type": "application/json"}
        body = json.dumps(given).encode()
        answer: dict[str, Any] = json.loads(
            self._ask("POST", "/act", self._headers | headers | {"X-Tasks-CSRF": self.csrf}, body)
        )
        return answer

    def enter(self) -> None:
        """Learn the value that changes need."""
        found = re.search(rb'name="csrf" content="([0-9a-f]+)"', self.get("/board", is_part=False))
        self.csrf = found[1].decode() if found else ""

    def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> bytes:
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
        except ConnectionError:  # it was silent for too long
            self._connection.close()
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
        content = answer.read()
        assert answer.status == 200, (path, answer.status, content[:500])
        return content


class Listener(threading.Thread):
    """A client of the live stream that does as a page: it hears of a change, waits, and asks anew."""

    def __init__(self, place: Place, path: str, shown: Callable[[int], None]) -> None:
        super().__init__(daemon=True)
        self._client, self._path, self._shown = Client(place), path, shown
        self._stream = socket.create_connection(("127.0.0.1", place.port), _PATIENCE)
        head = f"GET /events HTTP/1.1\r\nHost: {place.host}\r\nCookie: tasks={place.cookie}\r\n\r\n"
        self._stream.sendall(head.encode())
        self._rest = b""
        self.revision = self._next()
        self._client.get(path)

    def run(self) -> None:
        """Listen until the stream ends."""
        while True:
            try:
                self.revision = self._next()
            except OSError:
                return
            time.sleep(GATHER)
            self._client.get(self._path)
            self._shown(self.revision)

    def close(self) -> None:
        """Listen no more."""
        self._stream.shutdown(socket.SHUT_RDWR)
        self.join(_PATIENCE)
        self._stream.close()

    def _next(self) -> int:
        while (found := re.search(rb'"revision":(\d+)}', self._rest)) is None:
            part = self._stream.recv(65536)
            if not part:
                raise OSError("the stream has ended")
            self._rest += part
        self._rest = self._rest[found.end() :]
        return int(found[1])


def load_page(browser: Browser, address: str) -> tuple[float, int]:
    """Load a page with an empty cache; gives the milliseconds until it can be used, and the bytes."""
    browser.ask("Network.clearBrowserCache")
    browser.open("about:blank")
    browser.open(address)
    browser.wait(_ACTS)
    spent = browser.run(_LOADED)
    size = sum(each["encodedDataLength"] for each in browser.told("Network.loadingFinished"))
    return float(spent), int(size)


def filter_page(browser: Browser, text: str) -> float:
    """Type a filter and apply it; gives the milliseconds until the page shows the answer."""
    script = f"""(async () => {{
      const done = new Promise(tell => addEventListener('refreshed', tell, {{once: true}}));
      document.querySelector('#q').value = {json.dumps(text)};
      const began = performance.now();
      document.querySelector('form.filter').requestSubmit();
      await done;
      document.body.getBoundingClientRect();  // laid out
      return performance.now() - began;
    }})()"""
    answer = browser.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
    assert browser.run("new URLSearchParams(location.search).get('q')") == text
    return float(answer["result"]["value"])


def move_card(browser: Browser, task: str, state: str) -> dict[str, float]:
    """Move a card by its menu; gives milliseconds until it is there, was answered, and all is as on disk."""
    script = f"""(async () => {{
      const card = document.querySelector('[data-task="{task}"]');
      const main = document.querySelector('main'), said = document.querySelector('#said');
      const revision = main.dataset.revision;
      said.replaceChildren();
      const found = {{}}, began = performance.now();
      const until = (name, target, options, holds) => new Promise(done => {{
        const look = () => {{
          if (!holds()) return;
          watch.disconnect();
          found[name] = performance.now() - began;
          done();
        }};
        const watch = new MutationObserver(look);
        watch.observe(target, options);
      }});
      const answered = until('answered', said, {{childList: true}}, () => said.textContent);
      const fresh = () => main.dataset.revision !== revision;
      const settled = until('settled', main, {{attributes: true, subtree: false}}, fresh);
      card.querySelector('[data-move="{state}"]').click();
      await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
      if (card.closest('ul.cards')?.dataset.column === '{state}') found.there = performance.now() - began;
      await Promise.all([answered, settled]);
      found.said = said.textContent;
      return found;
    }})()"""
    answer = browser.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
    found: dict[str, Any] = answer["result"]["value"]
    said = found.pop("said")
    assert said.startswith(f"{task}: {state}"), said
    return found


def place_of(served: Served) -> Place:
    """Return where a board listens."""
    return Place(served.port, served.host, served.cookie)
