"""Where a setting stands in its file: the line, and the columns of its key and its value."""

from __future__ import annotations

from taskfiles.config.model import find_positions, make_config_finding


def test_keys_have_places_whatever_form_their_tables_take() -> None:
    text = (
        'a.b = 1\n[c."d.e"]\n  f = """\n[no]\ng = 1\n"""\nh = \'\'\'x\'\'\'\n'
        "[[i]]\nj = 1\n[i.k]\nl = 1\n[[i]]\n  j=2 # c\n"
    )
    assert find_positions(text) == {
        ("a", "b"): (1, 1, 7),
        ("c", "d.e"): (2, 2, 2),
        ("c", "d.e", "f"): (3, 3, 7),
        ("c", "d.e", "h"): (7, 1, 5),
        ("i", 0): (8, 3, 3),
        ("i", 0, "j"): (9, 1, 5),
        ("i", 0, "k"): (10, 2, 2),
        ("i", 0, "k", "l"): (11, 1, 5),
        ("i", 1): (12, 3, 3),
        ("i", 1, "j"): (13, 3, 5),
    }


def test_what_has_no_place_is_reported_where_it_belongs() -> None:
    places = find_positions("[run]\nretries = 1\n")
    finding = make_config_finding("config-unknown-key", ("run", "x", "y"), places, key="run.x.y", near="")
    assert (finding.line, finding.column) == (1, 2)
    finding = make_config_finding("config-unknown-key", ("x",), places, key="x", near="")
    assert (finding.line, finding.column) == (1, 1)
