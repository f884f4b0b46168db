"""Who may look: one-time codes open a session, and a signed cookie carries it; nothing of it is stored."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable

COOKIE = "tasks"
SOON, LATER = 60.0, 600.0  # seconds that a code is good for: one handed to a browser, one that people read
MONTH = 30 * 86400  # seconds that a session lasts
MOST = 10  # wrong codes and cookies a minute
_MINUTE = 60.0
_SESSION = re.compile(r"(\d{1,12})\.([0-9a-f]{32})\.([0-9a-f]{64})")


class Sessions:
    """The codes and sessions of a server; `secret` is the clone's, so that a session outlives the server."""

    def __init__(self, secret: bytes, clock: Callable[[], float] = time.time) -> None:
        self._secret, self._clock = secret, clock
        self._codes: dict[str, float] = {}
        self._wrong: deque[float] = deque()
        self._lock = threading.Lock()

    @property
    def host_name(self) -> str:
        """A host name of the clone's own: cookies are kept by name, and never by port."""
        return f"t-{self._sign('host')[:8]}.localhost"

    def make_code(self, seconds: float) -> str:
        """Make a code that opens one session, within some seconds."""
        code = secrets.token_urlsafe(24)
        with self._lock:
            self._codes[code] = self._clock() + seconds
        return code

    def use_code(self, given: str) -> str | None:
        """Return a new session for a code, which is used up; None for one that is wrong, used or too old."""
        with self._lock:
            found = next((code for code in self._codes if _same(code, given)), None)
            good = found is not None and self._codes.pop(found) >= self._clock()
        return self._make() if good else None

    def is_session(self, value: str) -> bool:
        """Return whether a cookie's value is a session of this clone that has not ended."""
        match = _SESSION.fullmatch(value)
        if match is None or not _same(self._sign("session", match[1], match[2]), match[3]):
            return False
        return self._clock() <= int(match[1])

    def csrf(self, session: str) -> str:
        """Return the value that changes in a session must bring along, which no other session has."""
        return self._sign("csrf", session)

    def is_csrf(self, session: str, given: str) -> bool:
        """Return whether a value is that of a session."""
        return _same(self.csrf(session), given)

    def note_wrong(self) -> None:
        """Note a wrong code or cookie."""
        with self._lock:
            self._wrong.append(self._clock())

    def is_stopped(self) -> bool:
        """Return whether there were too many wrong ones within a minute."""
        with self._lock:
            while self._wrong and self._wrong[0] < self._clock() - _MINUTE:
                self._wrong.popleft()
            return len(self._wrong) >= MOST

    def _make(self) -> str:
        until, name = str(int(self._clock()) + MONTH), secrets.token_hex(16)
        return f"{until}.{name}.{self._sign('session', until, name)}"

    def _sign(self, *parts: str) -> str:
        return hmac.new(self._secret, "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def _same(known: str, given: str) -> bool:
    return hmac.compare_digest(known.encode(), given.encode("utf-8", "surrogateescape"))
