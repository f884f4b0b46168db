"""Which user is at the other end of a connection within this machine, as Linux tells."""

from __future__ import annotations

import socket
import struct

_FILES = {4: "/proc/net/tcp", 16: "/proc/net/tcp6"}


def find_user(client: tuple[str, int], server: tuple[str, int]) -> int | None:
    """Return the id of the user whose socket a connection comes from; None where that can't be told."""
    try:
        ours, theirs = _pack(server), _pack(client)
        wanted = f"{_format(theirs, client[1])} {_format(ours, server[1])}"
        with open(_FILES[len(theirs)], encoding="ascii") as table:
            for row in table:
                if wanted in row:
                    fields = row.split()
                    if f"{fields[1]} {fields[2]}" == wanted:
                        return int(fields[7])
    except (OSError, ValueError, IndexError, KeyError):
        return None
    return None


def _pack(address: tuple[str, int]) -> bytes:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    return socket.inet_pton(family, address[0].partition("%")[0])


def _format(packed: bytes, port: int) -> str:
    words = struct.unpack(f"={len(packed) // 4}I", packed)
    return f"{''.join(f'{word:08X}' for word in words)}:{port:04X}"
