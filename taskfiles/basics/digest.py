"""SHA-256 from the modules that `hashlib` falls back to: loading OpenSSL takes 2 ms."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        if sys.version_info >= (3, 12):
            from _sha2 import sha256
        else:
            from _sha256 import sha256
    except ImportError:  # an interpreter built otherwise
        from hashlib import sha256


def hex_digest(data: bytes) -> str:
    """Return the SHA-256 of some bytes as hexadecimal digits."""
    return sha256(data).hexdigest()
