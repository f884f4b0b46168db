"""The key table says of any mapping what the models say that it is generated from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from support.model_problems import model_problems
from taskfiles.task import keys, model, values, words
from taskfiles.task.keys import PARTS
from taskfiles.task.keytable import LINK_TARGETS, WORD_LISTS
from taskfiles.task.keytable import PARTS as ROWS

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 3),
    st.sampled_from([2**63 - 1, 2**63, 10**30, "../a", "a:b"]),
    st.floats(allow_nan=False),
    st.sampled_from(["", " ", "text", "5", "true", "Fix", "fix-1", "2025-02-30T00:00:00Z", "2025-11-02"]),
    st.lists(st.sampled_from(["a", "", 1, None, {}]), max_size=2),
    st.dictionaries(st.sampled_from(["tool", "type", "x"]), st.sampled_from(["a", "", 1, None]), max_size=2),
)
INSTANTS = ["2025-11-02T15:03:00.000Z", "2025-11-02 15:03:01+01:00", "2025-11-02T15:05:00"]
GOOD = {
    "text": st.sampled_from(["", "a"]),
    "filled": st.just("a"),
    "id": st.just("fix-1"),
    "uuid": st.just("0199c6f2-7d1a-7c3e-9b1e-0b6f6f2a9c11"),
    "url": st.just("https://a.b/c"),
    "inner_path": st.just("src/a.py"),
    "integer": st.integers(0, 9),
    "number": st.sampled_from([0, -3, 1.25, 10**15]),
    "fraction": st.sampled_from([0, 1, 0.5]),
    "boolean": st.booleans(),
    "instant": st.sampled_from(INSTANTS),
    "moment": st.sampled_from([*INSTANTS, "2025-11-02", "20251102", 20251102]),
}


def mappings(part: str) -> st.SearchStrategy[dict[str, object]]:
    """Mappings of a model: most keys sound, some odd, some missing, some of the user's own."""
    known = {name: mostly(key.type) for name, key in PARTS[part].items() if name != "*"}
    required = {name: known[name] for name, key in PARTS[part].items() if key.required}
    sound = st.fixed_dictionaries(required, optional={n: s for n, s in known.items() if n not in required})
    loose = st.fixed_dictionaries({}, optional=known)
    own = st.dictionaries(st.sampled_from(["x_own", "build"]), ODD, max_size=1)
    return st.tuples(st.one_of(sound, sound, loose), own).map(lambda pair: {**pair[0], **pair[1]})


def mostly(kind: str) -> st.SearchStrategy[object]:
    good = sound_value(kind)
    return st.one_of(good, good, good, good, ODD)


def sound_value(kind: str) -> st.SearchStrategy[object]:
    outer, _, inner = kind.partition(":")
    if outer == "part":
        return st.deferred(lambda: mappings(inner))
    if outer == "word":
        return st.sampled_from([word.value for word in getattr(words, inner)])
    if outer in {"list", "attempts"}:
        item = mostly(f"part:{inner}") if inner in PARTS else mostly(inner)
        return st.lists(item, max_size=2)
    return GOOD[outer]


@given(mappings("TaskMeta"))
def test_the_key_table_finds_what_the_models_find(frontmatter: dict[str, object]) -> None:
    assert keys.schema_problems(frontmatter) == model_problems(model.TaskMeta, frontmatter)  # type: ignore[arg-type]


@given(st.one_of(mappings("ExecutionAttempt"), mappings("ExecutionAttempt"), ODD))
def test_the_key_table_finds_what_the_models_find_of_attempts(attempt: object) -> None:
    assert keys.attempt_problems(attempt) == model_problems(model.ExecutionAttempt, attempt)


@given(mappings("TaskMeta"))
def test_what_has_no_problems_is_a_model(frontmatter: dict[str, object]) -> None:
    if not keys.schema_problems(frontmatter):  # type: ignore[arg-type]
        assert model.TaskMeta.model_validate(frontmatter)


def test_the_table_names_every_field_of_every_model() -> None:
    for name, part in PARTS.items():
        assert [key for key in part if key != "*"] == list(getattr(model, name).model_fields)


def test_every_check_of_the_table_is_known() -> None:
    inner = {key.type.rpartition(":")[2] for part in PARTS.values() for key in part.values()}
    checks = {name.removeprefix("check_") for name in vars(values) if name.startswith("check_")}
    assert inner <= checks | PARTS.keys() | set(vars(words))


def test_the_table_s_words_are_those_of_the_enumerations() -> None:
    used = {row[0].partition(":")[2] for rows in ROWS.values() for row in rows.values() if "word:" in row[0]}
    assert {name: tuple(getattr(words, name)) for name in used} == WORD_LISTS
    assert words.LINK_TARGETS == LINK_TARGETS
    assert LINK_TARGETS.keys() == {*map(str, words.LinkType)}
