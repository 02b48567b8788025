"""The tables of sounds say what pypinyin says."""

from __future__ import annotations

import pytest
import sounds


@pytest.mark.parametrize("name", sounds.FILES)
def test_a_table_is_what_the_dictionary_says(name):
    written = (sounds.FOLDER / name).read_text(encoding="utf-8")
    assert written == sounds.FILES[name](), "run: python tests/sounds.py"
