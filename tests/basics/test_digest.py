"""SHA-256 by the small modules is the SHA-256 of `hashlib`."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from taskfiles.basics.digest import hex_digest


def test_the_digest_of_the_standard() -> None:
    """The one-block message of FIPS 180-2, appendix B.1."""
    assert hex_digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@given(st.binary(max_size=200))
def test_any_bytes_have_the_digest_that_hashlib_computes(data: bytes) -> None:
    assert hex_digest(data) == hashlib.sha256(data).hexdigest()
