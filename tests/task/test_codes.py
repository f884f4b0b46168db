"""The registry of findings: every code has sentences that people can act on."""

from __future__ import annotations

import re
import string
from typing import get_args

import pytest

from taskfiles.task.codes import FINDINGS, Severity


@pytest.mark.parametrize("code", FINDINGS)
def test_every_code_has_a_sentence_a_remedy_and_a_reason(code: str) -> None:
    spec = FINDINGS[code]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
    assert spec.severity in get_args(Severity)
    for text in (spec.message, spec.hint, spec.why):
        assert text[0].isupper() or text[0] in "`{", text
        assert text.endswith((".", "}")), text
        assert "\n" not in text


@pytest.mark.parametrize("code", FINDINGS)
def test_the_parts_of_a_sentence_have_plain_names(code: str) -> None:
    spec = FINDINGS[code]
    for _, name, form, conversion in string.Formatter().parse(spec.message + spec.hint):
        assert name is None or name.isidentifier()
        assert not form
        assert conversion is None


def test_a_file_that_can_not_be_read_is_an_error_unless_it_only_looks_like_a_task() -> None:
    unreadable = {code: spec.severity for code, spec in FINDINGS.items() if spec.unreadable}
    assert {code for code, severity in unreadable.items() if severity != "error"} == {"no-frontmatter"}
