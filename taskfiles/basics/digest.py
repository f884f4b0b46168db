"""SHA-256, of a few texts by a module that loads at once, of many by OpenSSL, which is faster."""

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

_hash = sha256


def hex_digest(data: bytes) -> str:
    """Return the SHA-256 of some bytes as hexadecimal digits."""
    return _hash(data).hexdigest()


def expect_many() -> None:
    """Load OpenSSL, for which 2 ms are enough: it takes a quarter of the time for each digest."""
    global _hash  # noqa: PLW0603 (whoever takes a digest need not know how many others are taken)
    try:
        from _hashlib import openssl_sha256  # noqa: PLC0415 (see above)
    except ImportError:  # an interpreter without it
        return
    _hash = openssl_sha256
