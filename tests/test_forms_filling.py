"""Filling in a form: what is typed on a page is in the file, drawn, and read back as if a viewer had saved it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conventions import forms
from conventions.errors import ForeignPaper, Refused
from conventions.forms.typeface import house
from conventions.model.form import TICKED
from tests.questionnaires import PLACES, a_template, exported, frozen

ENTERED = {
    "mark": "12,5",
    "wish": "job",
    "attendance": "poor",
    "agreed": TICKED,
    "comment": "Très à l’aise, « œuvre » : 5 €.\nNguyễn Thị Hường, Łódź, Şişli — été",
}


@pytest.fixture(scope="module")
def form() -> bytes:
    exports = exported({"sound": a_template([*PLACES.items()]), "plain": a_template([])})
    return frozen(exports["sound"])


def test_what_was_filled_in_is_read_and_shown(form: bytes) -> None:
    back = forms.filled(form, ENTERED)
    read = forms.answers(back)
    assert {name: read.values[name] for name in ENTERED} == ENTERED
    assert (read.disagreements, read.unreadable, read.is_flattened) == ((), (), False)
    assert read.values["host.name"] == "Łódź Cycles", "what was prefilled stays"


def test_a_form_that_was_filled_in_is_still_the_form_that_was_sent(form: bytes) -> None:
    back = forms.filled(form, ENTERED)
    assert forms.same_form(form, back) == ()
    assert forms.origin(back) == forms.origin(form)


def test_the_same_answers_give_the_same_bytes(form: bytes) -> None:
    assert forms.filled(form, ENTERED) == forms.filled(form, ENTERED)
    assert forms.filled(form, ENTERED) != forms.filled(form, {**ENTERED, "mark": "13"})


def test_an_answer_can_be_taken_back(form: bytes) -> None:
    empty = dict.fromkeys(ENTERED, "")
    read = forms.answers(forms.filled(forms.filled(form, ENTERED), empty))
    assert {name: read.values[name] for name in ENTERED} == empty
    assert read.disagreements == ()


def test_words_in_any_script_are_drawn(form: bytes) -> None:
    words = "Ирина 山田 عمر"
    read = forms.answers(forms.filled(form, {"comment": words}))
    assert read.values["comment"] == words
    assert read.disagreements == ()


def test_a_text_larger_than_its_box_stays_whole_in_the_file(form: bytes) -> None:
    words = "Un très long commentaire. " * 60
    read = forms.answers(forms.filled(form, {"comment": words.strip()}))
    assert read.values["comment"] == words.strip()
    assert read.disagreements == ()


@pytest.mark.parametrize("wrong", [{"nothing": "1"}, {"attendance": "splendid"}, {"wish": "gold"}, {"agreed": "Off "}])
def test_an_answer_that_the_form_has_no_place_for_is_refused(form: bytes, wrong: Mapping[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        forms.filled(form, wrong)
    assert refused.value.code == "FORM-FIELD"
    assert next(iter(wrong)) in str(refused.value.message)


def test_what_is_no_form_cannot_be_filled_in(form: bytes) -> None:
    with pytest.raises(ForeignPaper):
        forms.filled(form[:500], ENTERED)


LETTERS = "".join(text for text in house().texts.values() if text.isprintable() and text.strip())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(st.sampled_from(LETTERS + " "), max_size=80).map(str.strip))
def test_any_words_come_back_as_they_were_typed(form: bytes, words: str) -> None:
    read = forms.answers(forms.filled(form, {"comment": words}))
    assert read.values["comment"] == unicodedata.normalize("NFC", words)
    assert read.disagreements == ()
