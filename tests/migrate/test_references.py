"""References to old ids in texts become ids of here, and what only looks like one stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.migrate.names import Named, Names, Texts
from taskfiles.migrate.references import anchor_links, rewrite_references

TASKS = [
    Named("BACK-1", ("task-1",), "backlog/tasks/back-1 - One.md", "back-1", "tasks/back-1.md"),
    Named("BACK-5", (), "backlog/tasks/back-5 - Five (x).md", "back-5", "tasks/back-5.md"),
    Named("BACK-5.2", (), "backlog/completed/back-5.2 - A.md", "back-5-2", "tasks/back-5-2.md"),
    Named("task-12", (), "backlog/tasks/task-12 - B.md", "task-12", "tasks/task-12.md"),
    Named("task-12.3", (), "backlog/tasks/task-12.3 - C.md", "task-12-3", "tasks/task-12-3.md"),
    Named("BACK-7", (), "", "back-7-2", "tasks/back-7-2.md"),
    Named("12", (), "notes/12.md", "n12", "tasks/n12.md"),
    Named("#12", (), "", "issue-12", "tasks/issue-12.md"),
    Named("master/5.2", (), "", "master-5-2", "tasks/master-5-2.md"),
    Named("001-x/T001", (), "", "001-x-t001", "tasks/001-x-t001.md"),
    Named("nw-abcd", (), "", "nw-abcd-2", "tasks/nw-abcd-2.md"),
    Named("Water the plants", (), "v/Water the plants.md", "water-plants", "tasks/water-plants.md"),
    Named("Fix", (), "", "fix-2", "tasks/fix-2.md"),
]
NAMES = Names(TASKS)
HERE = Texts("backlog/tasks/back-1 - One.md", "tasks/back-1.md")


def rewrite(text: str, texts: Texts = HERE) -> str:
    return rewrite_references(text, NAMES, texts).text


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("See BACK-5, back-1 and Back-5.2.", "See back-5, back-1 and back-5-2."),
        ("task-12.3 is below task-12; TASK-12 too", "task-12-3 is below task-12; task-12 too"),
        ("an older prefix: task-1, TASK-1", "an older prefix: back-1, back-1"),
        ("another number: BACK-7", "another number: back-7-2"),
        (
            "(BACK-5) [BACK-5] *BACK-5* **BACK-5** _BACK-5_ ~~BACK-5~~ “BACK-5”",
            "(back-5) [back-5] *back-5* **back-5** _back-5_ ~~back-5~~ “back-5”",
        ),
        ("BACK-5's, BACK-5: x, see:BACK-5, [Task:BACK-5]", "back-5's, back-5: x, see:back-5, [Task:back-5]"),
        ("BACK-5/BACK-1, BACK-5/#739, BACK-1+BACK-5", "back-5/back-1, back-5/#739, back-1+back-5"),
        ("参照BACK-5です", "参照back-5です"),
        ("#12 and master/5.2", "issue-12 and master-5-2"),
        (
            "[[BACK-5]] [[BACK-5.2#top|x]] [[12]] [[Water the plants]] [[back-1 - One.md]]",
            "[[back-5]] [[back-5-2#top|x]] [[n12]] [[water-plants]] [[back-1]]",
        ),
        ("nw-abcd", "nw-abcd-2"),
        ("| BACK-5 | `x` |\r\n- [ ] #1 BACK-1", "| back-5 | `x` |\r\n- [ ] #1 back-1"),
    ],
)
def test_references_in_prose_are_rewritten(text: str, after: str) -> None:
    assert rewrite(text) == after


@pytest.mark.parametrize(
    "text",
    [
        "BACK-50 BACK-5a FEEDBACK-5 BACK-5-x x-BACK-5 BACK-5_a BACK-5é éBACK-5 BACK-5\u0301",
        "BACK-5.3 BACK-5.2.1 task-12.30 BACK-05 BACK-9",
        "https://example.org/BACK-5 www.example.org/BACK-5?q=BACK-5 ?q=BACK-5 me@BACK-5 BACK-5@x",
        "backlog/tasks/BACK-5 C:\\x\\BACK-5 BACK-5.md BACK-1..BACK-5 --dep=BACK-5",
        "o/r#12 Issue12 12 5.2 Fix fix NW-ABCD",
        "`BACK-5` ``see BACK-5``\n\n```\nBACK-5\n```\n\n    BACK-5\n",
        "<!-- BACK-5 --> <a href='BACK-5'>",
        "[x](https://example.org/BACK-5) [y](../other/BACK-5/x.md) ![z](img/BACK-5.png)",
        "[[BACK-9]] [[-f BACK.md]]",
    ],
)
def test_what_is_no_reference_or_is_code_stays(text: str) -> None:
    assert rewrite(text) == text


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("[a](<back-5 - Five (x).md>)", "[a](<back-5.md>)"),
        ("[b](../completed/back-5.2%20-%20A.md#top)", "[b](back-5-2.md#top)"),
        ("[c](backlog/completed/back-5.2%20-%20A.md)", "[c](back-5-2.md)"),
        ("[d](/backlog/tasks/back-5%20-%20Five%20(x).md 'BACK-5')", "[d](back-5.md 'back-5')"),
        ("[e](back-5.2%20-%20A.md)", "[e](back-5-2.md)"),  # it was moved to completed/
        ("[BACK-5](BACK-5)", "[back-5](back-5.md)"),
        ("[BACK-5][x]\n\n[x]: <../completed/back-5.2 - A.md>\n", "[back-5][x]\n\n[x]: <back-5-2.md>\n"),
        ("[BACK-5]: back-1%20-%20One.md", "[back-5]: back-1.md"),
        ("[f](other.md) [g](#BACK-5)", "[f](other.md) [g](#BACK-5)"),
    ],
)
def test_links_to_old_files_lead_to_the_files_here(text: str, after: str) -> None:
    assert rewrite(text) == after


def test_a_link_is_written_from_where_the_text_lies() -> None:
    names = Names([TASKS[1]._replace(path="tasks/30-done/task-back-5.md")])
    text = Texts("backlog/tasks/x.md", "tasks/10-ready/task-x.md")
    after = rewrite_references("[a](<back-5 - Five (x).md>)", names, text).text
    assert after == "[a](<../30-done/task-back-5.md>)"


def test_a_sibling_is_named_without_what_is_above_both() -> None:
    assert rewrite("after T001", Texts("", "tasks/x.md", "001-x")) == "after 001-x-t001"
    assert rewrite("after T001") == "after T001"


def test_the_answer_names_each_by_its_line_and_counts_those_in_code() -> None:
    made = rewrite_references("\r\nBACK-5\r\n`BACK-1` [[back-1]]\n", NAMES, HERE)
    assert [tuple(each) for each in made.references] == [(1, "BACK-5", "back-5")]
    assert [(each.line, each.old) for each in made.in_code] == [(2, "BACK-1")]


def test_an_id_of_here_that_is_anothers_old_one_is_not_written() -> None:
    names = Names([Named("a-1.2", (), "", "a-1-2", "x.md"), Named("a-1-2", (), "", "a-1-2-2", "y.md")])
    made = rewrite_references("a-1.2 a-1-2", names, HERE)
    assert made.text == "a-1.2 a-1-2-2"
    assert [each.old for each in made.doubtful] == ["a-1.2"]


def test_of_several_files_with_a_name_and_of_doubles_none_is_guessed() -> None:
    names = Names(
        [
            Named("A-1", ("x-1",), "a/readme.md", "a-1", "tasks/a-1.md"),
            Named("A-1", (), "b/readme.md", "a-1-2", "tasks/a-1-2.md"),
        ]
    )
    text = "A-1 [a](readme.md) [b](../b/readme.md) [[readme]]"
    assert rewrite_references(text, names, HERE).text == "a-1 [a](readme.md) [b](../b/readme.md) [[readme]]"


WORDS = "BACK-5 back-5.2 BACK-1 task-1 task-12.3 a-1.2 a-1-2 #12 12 T001 master/5.2 back-5.md # é 参"
SIGNS = ["[[", "]]", "[", "](", ")", "<", ">", "`", "/", ".", "-", "_", ":", "<!--", "-->", "\\"]
LINKS = ["backlog/tasks/task-12%20-%20B.md", "<back-5 - Five (x).md>"]
PARTS = st.sampled_from([*WORDS.split(), *SIGNS, *LINKS, "```\n", "\n", "\r\n", " ", "\udcff"])


@given(st.lists(PARTS, max_size=14).map("".join))
def test_a_second_time_nothing_is_left_to_rewrite(text: str) -> None:
    names = Names(
        [
            *TASKS,
            Named("a-1.2", (), "", "a-1-2", "x.md"),
            Named("a-1-2", (), "", "a-1-2-2", "tasks/a-1-2-2.md"),
        ]
    )
    first = rewrite_references(text, names, HERE)
    again = rewrite_references(first.text, names, HERE)
    assert again.text == first.text
    assert first.text.count("\n") == text.count("\n")
    if not first.references:
        assert first.text == text


@pytest.mark.parametrize(
    "sign", ["BACK-5", "BACK-5/", "[", "[[", "](", "](<", "<a", "_", "a.", "\n[a", "](((", "a("]
)
def test_a_long_text_takes_no_longer_than_it_is_long(sign: str) -> None:
    assert rewrite(sign * 20_000)


def test_links_to_tasks_are_compared_by_the_ids_that_they_lead_to() -> None:
    ids = {"tasks/10-ready/task-b.md": "b", "tasks/30-done/task-b.md": "b"}
    texts = [b"[x](task-b.md#how) [y](a.md)", b"[x](<../30-done/task-b.md#how>) [y](a.md)"]
    assert len({anchor_links(text, "tasks/10-ready/task-a.md", ids) for text in texts}) == 1
    assert anchor_links(b"\xff](", "tasks/a.md", ids) == b"\xff]("
