"""SHA-256 by the small modules, and by OpenSSL, is the SHA-256 of `hashlib`."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from taskfiles.basics.digest import expect_many, hex_digest


def test_the_digest_of_the_standard() -> None:
    """The one-block message of FIPS 180-2, appendix B.1."""
    assert hex_digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@given(st.binary(max_size=200))
def test_any_bytes_have_the_digest_that_hashlib_computes(data: bytes) -> None:
    assert hex_digest(data) == hashlib.sha256(data).hexdigest()


def test_many_digests_are_those_of_one() -> None:
    texts = [b"", b"a", b"task" * 1000]
    before = [hex_digest(text) for text in texts]
    expect_many()
    assert before == [hex_digest(text) for text in texts]
