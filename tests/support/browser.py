"""A real browser without a window, spoken to by its DevTools protocol over two pipes: no driver is needed."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
_PATIENCE = 20.0  # seconds within which the browser says anything
_AT_MOST = 120.0  # seconds for one answer, whatever else it says meanwhile
_FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
    "--remote-debugging-pipe",
]  # fmt: skip


class PageGone(AssertionError):
    """The page that was asked went away before it answered: it was left for another one."""


_GONE = ("Inspected target navigated or closed", "Cannot find context", "Execution context was destroyed")


class Browser:
    """A browser with one page; `events` are all that it has told."""

    def __init__(self, program: str, home: Path) -> None:
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        # The protocol is spoken on the descriptors 3 and 4.
        script = f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}'
        command = ["bash", "-c", script, "-", program, *_FLAGS, f"--user-data-dir={home}", "about:blank"]
        self._process = subprocess.Popen(
            command,
            pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"HOME": str(home), "PATH": os.environ["PATH"]},
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._in, self._out = ours_in, ours_out
        self._rest, self._count = b"", 0
        self._session: str | None = None
        self._page: str | None = None
        self._left: set[str] = set()
        self.events: list[dict[str, Any]] = []

    def begin(self) -> Self:
        """Attach to the one page, and have it tell of requests, messages and loading."""
        (page,) = [each for each in self.ask("Target.getTargets")["targetInfos"] if each["type"] == "page"]
        attached = self.ask("Target.attachToTarget", targetId=page["targetId"], flatten=True)
        self._session, self._page = attached["sessionId"], page["targetId"]
        for domain in ("Page", "Network", "Log", "Runtime", "DOM", "Accessibility"):
            self.ask(f"{domain}.enable")
        self.ask("Page.setLifecycleEventsEnabled", enabled=True)
        return self

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask for something and wait for the answer; `PageGone` where the page is left before it answers."""
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + _AT_MOST
        while True:
            assert time.monotonic() < deadline, f"no answer to {message}"
            told = self._read()
            if told.get("id") == self._count:
                if any(word in told.get("error", {}).get("message", "") for word in _GONE):
                    raise PageGone(told)
                assert "error" not in told, told
                answer: dict[str, Any] = told["result"]
                return answer
            self.events.append(told)

    def open(self, address: str) -> None:
        """Open an address and wait until all of it is there."""
        # A page that is left may tell late that it was loaded, and a new one may lead on before it tells.
        self._left |= {event["loaderId"] for event in self._stages()}
        self.events.clear()
        if "loaderId" not in self.ask("Page.navigate", url=address):
            return  # another place on the same page
        deadline = time.monotonic() + _AT_MOST
        while not any(
            event["name"] == "load" and event["loaderId"] not in self._left for event in self._stages()
        ):
            assert time.monotonic() < deadline, f"{address} is not loaded: {self.events[-20:]}"
            self.events.append(self._read())

    def told(self, *methods: str) -> list[dict[str, Any]]:
        """Give what was told of these."""
        return [event["params"] for event in self.events if event.get("method") in methods]

    def run(self, script: str) -> Any:
        """Run a script in the page and give what it comes to."""
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until a condition holds in the page, which may change to another one meanwhile."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            with suppress(PageGone):
                answer = self.ask("Runtime.evaluate", expression=f"!!({condition})", returnByValue=True)
                if answer["result"].get("value") is True:  # what it asks about may not be there yet
                    return
            self._listen(0.02)
        raise AssertionError((condition, self.run("document.body.innerText")[:2000]))

    def press(self, key: str) -> None:
        """Press a key and let it go."""
        code, text = {"Tab": (9, None), "Enter": (13, "\r")}[key]
        told = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.ask("Input.dispatchKeyEvent", type="keyDown", **told, **({"text": text} if text else {}))
        self.ask("Input.dispatchKeyEvent", type="keyUp", **told)

    def show(self, *, media: str = "screen", scheme: str = "light", width: int = 1000) -> None:
        """Have the page shown on a medium, in a colour scheme, so many pixels wide."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.ask("Emulation.setEmulatedMedia", media=media, features=features)
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
        )

    def picture(self, selector: str) -> bytes:
        """Take a picture of an element, as PNG."""
        place = f"document.querySelector({json.dumps(selector)}).getBoundingClientRect()"
        box = self.run(
            f"(({{x, y, width, height}}) => ({{x: x + scrollX, y: y + scrollY, width, height}}))({place})"
        )
        answer = self.ask(
            "Page.captureScreenshot", format="png", captureBeyondViewport=True, clip={**box, "scale": 1}
        )
        return base64.b64decode(answer["data"])

    def end(self) -> None:
        """End the browser."""
        os.close(self._out)  # it ends when nobody speaks to it any more
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)

    def _stages(self) -> list[dict[str, Any]]:
        told = self.told("Page.lifecycleEvent")
        return [event for event in told if event["frameId"] == self._page]

    def _listen(self, seconds: float) -> bool:
        """Take what the browser says next, if it says something in so many seconds."""
        ready, _, _ = select.select([self._in], [], [], max(0, seconds))
        if ready:
            part = os.read(self._in, 1 << 20)
            assert part, "the browser has gone"
            self._rest += part
        return bool(ready)

    def _read(self) -> dict[str, Any]:
        deadline = time.monotonic() + _PATIENCE
        while b"\0" not in self._rest:
            assert self._listen(deadline - time.monotonic()), "the browser says nothing"
        message, _, self._rest = self._rest.partition(b"\0")
        told: dict[str, Any] = json.loads(message)
        return told


@contextmanager
def browsing(home: Path) -> Iterator[Browser]:
    """Start a browser; where there is none, skip the test, or fail it where everything must be there."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        tell = pytest.fail if os.environ.get("TASKS_REQUIRE_ALL") else pytest.skip
        tell("no browser is installed (chromium)")
    browser = Browser(str(program), home)
    try:
        yield browser.begin()
    finally:
        browser.end()
