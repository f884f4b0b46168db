"""Packages of an extra: imported where they are installed, else named with what installs them."""

from __future__ import annotations

import json

import pytest

from taskfiles.basics.extras import import_extra
from taskfiles.errors import TaskfilesError


def test_an_installed_module_is_given_as_it_is() -> None:
    assert import_extra("json", "report") is json


@pytest.mark.parametrize("module", ["no_such_package_at_all", "json.no_such_module"])
def test_a_missing_module_names_the_extra_that_brings_it(module: str) -> None:
    with pytest.raises(TaskfilesError) as caught:
        import_extra(module, "report")
    assert (caught.value.code, caught.value.exit) == ("missing-extra", 5)
    assert caught.value.message.startswith(f"This needs {module}, ")
    assert "pip install 'taskfiles[report]'" in caught.value.hint
    assert isinstance(caught.value.__cause__, ImportError)
