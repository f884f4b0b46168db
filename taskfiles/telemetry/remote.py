"""One name for a repository, however its remote is written: `github.com/acme/shop`; pure."""

from __future__ import annotations

import posixpath

from taskfiles.basics.digest import hex_digest
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.basics.patterns import lazy

_URL = lazy(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<host>[^/?#]*)(?P<path>[^?#]*)")
# git's short form: [user@]host:path, with a host of several letters, or in brackets.
_SHORT = lazy(r"(?:[^@/\s]*@)?(?P<host>\[[^\]/]+\]|[^:/@\s\[\]]{2,}):(?P<path>(?!//).*)")
_HOST = lazy(r"(?:.*@)?(?P<name>\[[^\]]*\]|[^:]*)(?::(?P<port>\d*))?")
# A port belongs to one way to a repository. Those of http are kept, for two servers may share a host.
_PORTS = {"https": "443", "http": "80"}
# Hosts at which a service takes ssh besides its own name.
_ALIASES = {
    "ssh.github.com": "github.com",
    "altssh.gitlab.com": "gitlab.com",
    "altssh.bitbucket.org": "bitbucket.org",
}
_DIGITS = 8  # hexadecimal digits that distinguish local paths without showing them


class Remote(NamedTuple):
    """A remote: its host, empty for a path on this machine, and the path without slashes around it."""

    host: str
    path: str

    @property
    def name(self) -> str:
        """Return the name of the repository; of a local path the last two parts and a hash of the whole."""
        if self.host:
            return f"{self.host}/{self.path}"
        tail = "/".join(self.path.split("/")[-2:])
        return f"{tail}~{hex_digest(self.path.encode('utf-8', 'surrogateescape'))[:_DIGITS]}"


def parse_remote(url: str, base: str = "/") -> Remote | None:
    """Read the URL or path of a remote; None where it names no repository.

    Users, passwords, the ports of ssh and git, default ports, a final `.git` and slashes make no difference,
    nor do percent-encoding and the case of the host. Relative paths are those below `base`.

    >>> [parse_remote(url).name for url in ("git@GitHub.com:a/shop.git", "https://ada@github.com/a/shop/")]
    ['github.com/a/shop', 'github.com/a/shop']
    """
    url = url.strip()
    if found := _URL.match(url):
        scheme = found["scheme"].lower()
        if scheme == "file":
            return _local(_decode(found["path"]), base)
        return _distant(scheme, found["host"], found["path"])
    if short := _SHORT.fullmatch(url):
        return _distant("ssh", short["host"].strip("[]"), short["path"])
    return _local(url, base)


def _distant(scheme: str, place: str, path: str) -> Remote | None:
    found = _HOST.fullmatch(place)
    if found is None:
        return None
    host = _decode(found["name"]).lower().rstrip(".")
    host = _ALIASES.get(host, host)
    port = found["port"]
    if scheme in _PORTS and port and port != _PORTS[scheme]:
        host = f"{host}:{port}"
    name = _clean("/".join(map(_decode, path.split("/"))))
    return Remote(host, name) if host and name else None


def _local(path: str, base: str) -> Remote | None:
    if not path:
        return None
    name = _clean(posixpath.normpath(posixpath.join(base, path.replace("\\", "/"))))
    return Remote("", name) if name else None


def _clean(path: str) -> str:
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if parts and parts[-1] == ".git":  # a clone's own directory: /srv/shop/.git
        parts.pop()
    if parts:
        parts[-1] = parts[-1].removesuffix(".git")
    return "/".join(parts)


def _decode(text: str) -> str:
    if "%" not in text:
        return text
    from urllib.parse import unquote  # noqa: PLC0415 (few remotes are written so, and every event is named)

    return unquote(text)
