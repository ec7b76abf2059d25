"""Words, lists and figures, in every language."""

from __future__ import annotations

from typing import get_args

import pytest

from conventions.languages import LANGUAGES, Language, ListStyle


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("style", get_args(ListStyle))
def test_a_list_of_any_length_can_be_said(code: str, style: ListStyle) -> None:
    language = Language(code)
    for length in range(6):
        items = "abcdef"[:length]
        said = language.join(items, style)
        assert [letter for letter in items if letter not in said] == []
        assert said.count(",") <= max(0, length - 1)


@pytest.mark.parametrize("code", LANGUAGES)
def test_figures_side_by_side_have_commas_between_them_and_no_and(code: str) -> None:
    assert Language(code).join(["a", "b", "c"], "unit") == "a, b, c"
