"""Words, lists and figures, in every language."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import get_args

import pytest

from conventions.languages import LANGUAGES, Language, ListStyle
from conventions.model.roles import ROLE_LABELS
from conventions.text import Text, counted


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


@pytest.mark.parametrize(
    ("items", "style", "said"),
    [
        (["francés", "inglés"], "standard", "francés e inglés"),
        (["Ana", "Luz", "Íñigo"], "standard", "Ana, Luz e Íñigo"),
        (["aguja", "hilo"], "standard", "aguja e hilo"),
        (["agua", "hielo"], "standard", "agua y hielo"),
        (["Ana", "Iago"], "standard", "Ana y Iago"),
        (["inglés", "alemán"], "standard", "inglés y alemán"),
        (["siete", "ocho"], "or", "siete u ocho"),
        (["ocho", "siete"], "or", "ocho o siete"),
        (["Irene"], "standard", "Irene"),
    ],
)
def test_spanish_says_e_before_the_sound_of_i_and_u_before_that_of_o(
    items: list[str], style: ListStyle, said: str
) -> None:
    assert Language("es").join(items, style) == said


@pytest.mark.parametrize(
    ("code", "town", "said"),
    [
        ("fr", "Lille", "à Lille"),
        ("fr", "Le Havre", "au Havre"),
        ("fr", "Les Ulis", "aux Ulis"),
        ("fr", "La Rochelle", "à La Rochelle"),
        ("fr", "Lesquin", "à Lesquin"),
        ("en", "Le Havre", "in Le Havre"),
        ("es", "Le Mans", "en Le Mans"),
        ("de", "Le Mans", "in Le Mans"),
    ],
)
def test_a_town_is_named_with_its_preposition(code: str, town: str, said: str) -> None:
    assert Language(code).at(town) == said


def test_the_time_is_written_as_the_language_writes_it() -> None:
    half_past, full = datetime(2026, 6, 29, 7, 30, tzinfo=UTC), datetime(2026, 6, 29, 8, tzinfo=UTC)
    assert [Language("fr").time(moment) for moment in (half_past, full)] == ["9\u00a0h\u00a030", "10\u00a0h"]
    assert [Language(code).time(half_past) for code in ("en", "es", "de")] == ["09:30", "9:30", "09:30"]


def test_a_currency_without_a_sign_does_not_stick_to_the_figure() -> None:
    assert Language("en").money(Decimal(950), "CHF") == "CHF\u00a0950.00"
    assert Language("en").money(Decimal(950), "GBP") == "£950.00"


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_numbers_of_a_duration_stay_with_what_they_count(code: str) -> None:
    said = Language(code).duration(3, 5, Decimal(6))
    assert re.findall(r"\d+ ", said) == []
    assert re.findall(r"\d+(?=\u00a0)", said) == ["3", "5", "6"]


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("Anne-Lise Roussel", "doyen, par délégation d'Anne-Lise Roussel"),
        ("Élodie Castaing", "doyen, par délégation d'Élodie Castaing"),
        ("Hugo Klein", "doyen, par délégation de Hugo Klein"),
        ("Marc Tessier", "doyen, par délégation de Marc Tessier"),
        ("", "doyen, par délégation de "),
    ],
)
def test_french_elides_before_a_name_that_begins_with_a_vowel(who: str, said: str) -> None:
    text = Text("{role}, by delegation of {who}", role=ROLE_LABELS["dean"], who=who)
    assert Language("fr").say(text) == said


@pytest.mark.parametrize("code", LANGUAGES)
def test_none_is_not_called_one(code: str) -> None:
    """The rule for French puts nothing with one, and the sentence for one says it in words."""
    said = [Language(code).say(counted("one final grade", "{n} final grades", n=n)) for n in (0, 1, 2)]
    assert [words[0] for words in (said[0], said[2])] == ["0", "2"]
    assert not any(figure in said[1] for figure in "012")
