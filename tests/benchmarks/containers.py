"""What the index's container costs a list: a file of blobs with checksums, or SQLite; not part of the tests.

    python tests/benchmarks/containers.py [--rounds N]

Both hold what an index of 10,000 tasks does; a process of its own opens each, reads the keys of all files and
one state's rows, and compares their checksums. Prints the least CPU time without the interpreter's start.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from pathlib import Path

SIZES = {"keys": 800_000, "rows:done": 3_800_000, "rows:rest": 4_000_000, "ids": 100_000, "head": 400_000}

_FILE = """
import marshal, os, sys, time
from zlib import crc32
begin = time.process_time()
file = os.open(sys.argv[1], os.O_RDONLY)
end = os.fstat(file).st_size
size = int.from_bytes(os.pread(file, 4, end - 4), "little")
blobs = marshal.loads(os.pread(file, size, end - 4 - size))
for name in ("keys", "rows:done"):
    offset, size, checksum = blobs[name]
    assert crc32(os.pread(file, size, offset)) == checksum
print(time.process_time() - begin)
"""
_SQLITE = """
import sys, time
from zlib import crc32
begin = time.process_time()
import _sqlite3
database = _sqlite3.connect(sys.argv[1], timeout=0)
database.execute("pragma mmap_size = 100000000")
assert database.execute("select sql from sqlite_master").fetchall()
for name in ("keys", "rows:done"):
    checksum, data = database.execute("select checksum, data from blob where name = ?", (name,)).fetchone()
    assert crc32(data) == checksum
print(time.process_time() - begin)
"""


def main() -> int:
    """Write both, measure in turns, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    chance = random.Random(1)
    blobs = {name: chance.randbytes(size) for name, size in SIZES.items()}
    with tempfile.TemporaryDirectory() as name:
        file, database = Path(name) / "file", Path(name) / "database"
        _write_file(file, blobs)
        _write_database(database, blobs)
        found = {"file": [_time(_FILE, file) for _ in range(rounds)]}
        found["sqlite"] = [_time(_SQLITE, database) for _ in range(rounds)]
    for label, seconds in found.items():
        print(f"{label:8} {min(seconds) * 1000:6.2f} ms")
    return 0


def _time(code: str, path: Path) -> float:
    done = subprocess.run([sys.executable, "-S", "-c", code, path], capture_output=True, check=True)
    return float(done.stdout)


def _write_file(path: Path, blobs: dict[str, bytes]) -> None:
    import marshal
    from zlib import crc32

    offsets, at = {}, 0
    for name, data in blobs.items():
        offsets[name] = (at, len(data), crc32(data))
        at += len(data)
    header = marshal.dumps(offsets)
    path.write_bytes(b"".join(blobs.values()) + header + len(header).to_bytes(4, "little"))


def _write_database(path: Path, blobs: dict[str, bytes]) -> None:
    import sqlite3
    from contextlib import closing
    from zlib import crc32

    with closing(sqlite3.connect(path)) as database:
        database.execute("pragma page_size = 65536")
        database.execute("create table blob (name text primary key, checksum integer, data blob)")
        rows = [(name, crc32(data), data) for name, data in blobs.items()]
        database.executemany("insert into blob values (?, ?, ?)", rows)
        database.commit()


if __name__ == "__main__":
    sys.exit(main())
