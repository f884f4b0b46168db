"""SHA-256 without OpenSSL, which takes 2 ms to load: by the modules that `hashlib` itself falls back to."""

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
    """Give the SHA-256 of some bytes in hexadecimal digits."""
    return sha256(data).hexdigest()
