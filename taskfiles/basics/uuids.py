"""UUIDs (RFC 9562) as text; importing the standard library's module takes longer than a whole edit."""

from __future__ import annotations

import os
from datetime import UTC, datetime


def new_uuid4() -> str:
    """Return a random UUID, version 4."""
    bits = int.from_bytes(os.urandom(16)) & ~(0xF << 76 | 0b11 << 62)
    return format_uuid(bits | 0x4 << 76 | 0b10 << 62)


def new_uuid7(now: datetime) -> str:
    """Return a UUID that sorts by time and is random otherwise, version 7."""
    millis = int(now.astimezone(UTC).timestamp() * 1000) & (2**48 - 1)
    noise = int.from_bytes(os.urandom(10))
    bits = millis << 80 | 0x7 << 76 | (noise >> 62 & 0xFFF) << 64 | 0b10 << 62 | noise & (2**62 - 1)
    return format_uuid(bits)


def format_uuid(bits: int) -> str:
    """Format 128 bits in a UUID's usual form."""
    digits = f"{bits:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
