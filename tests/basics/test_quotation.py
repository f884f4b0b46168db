"""Words of other programs are quoted: one short line, visible, without secrets, after a clause of ours."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.basics.foreign import explain_duckdb, explain_remote, explain_sqlite
from taskfiles.basics.quotation import add_quotation, quote
from taskfiles.store.git import GitResult

TOKEN = "ghp_" + "a1B2c3D4e5" * 4


@given(st.text() | st.text(st.sampled_from("a \n\r\x1b\u2028\u202e”.\ud800"), max_size=600))
def test_what_is_quoted_is_one_short_line_that_can_be_seen(text: str) -> None:
    quoted = quote(text)
    assert quoted.isprintable()
    assert (quoted[0], quoted[-1]) == ("“", "”")
    assert len(quoted) <= 202


@pytest.mark.parametrize("at", [0, 100, 170, 185, 199, 200, 5000])
def test_no_part_of_a_secret_is_quoted(at: int) -> None:
    quoted = quote(f"{'x ' * (at // 2)}{TOKEN} https://ada:{TOKEN}@example.com/")
    assert not any(TOKEN[begin : begin + 8] in quoted for begin in range(len(TOKEN) - 8))


def test_git_is_quoted_by_its_first_error() -> None:
    said = f"hint: try\nfatal: unable to access 'https://ada:{TOKEN}@example.com/x/'\nhint: more\n"
    assert GitResult(128, "", said).problem == "git says “fatal: unable to access 'https://example.com/x/'”"
    assert GitResult(3, "", " \n").problem == "it ended with exit status 3"
    assert GitResult(1, "", "", "conflicts are left").problem == "conflicts are left"


def test_sqlite_is_explained_before_it_is_quoted(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("no database, but more than a few bytes of text\n" * 40)
    with closing(sqlite3.connect(tmp_path / "x")) as database, pytest.raises(sqlite3.Error) as caught:
        database.execute("SELECT * FROM sqlite_master")
    assert (
        explain_sqlite(caught.value) == "it is not an SQLite database (SQLite says “file is not a database”)"
    )
    assert explain_sqlite(sqlite3.Error()) == "SQLite can't use it"


def test_duckdb_is_explained_by_the_class_of_its_error() -> None:
    out = type("OutOfMemoryException", (Exception,), {})("Out of Memory Error: x\n\nPossible solutions:\n")
    clause = "it needs more memory than there is (DuckDB says “Out of Memory Error: x”)"
    assert explain_duckdb(out) == clause
    assert explain_duckdb(Exception("Binder Error")).startswith("it holds something that DuckDB can't read (")


@pytest.mark.parametrize(
    ("error", "clause"),
    [
        (FileNotFoundError("http://x/y"), "there is no such file"),
        (ConnectionRefusedError(111, "no"), "its server can't be reached"),
        (ModuleNotFoundError("Install s3fs"), "a package that reads such URLs is missing"),
        (type("ClientResponseError", (Exception,), {"status": 503})("busy"), "its server answered 503"),
        (RuntimeError("odd"), "it can't be used"),
    ],
)
def test_what_reads_urls_is_explained_before_it_is_quoted(error: Exception, clause: str) -> None:
    assert explain_remote(error, "x") == f"{clause} (x says {quote(str(error))})"


def test_nothing_said_is_nothing_quoted() -> None:
    assert add_quotation("it ended", "git", "\n\n") == "it ended"
