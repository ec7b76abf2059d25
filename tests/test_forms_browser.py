"""A form filled in with pdf.js, as a browser shows it: typed and clicked, saved, and read back exactly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser

from conventions import forms
from conventions.model.form import TICKED
from tests.browser import a_browser, filled_by_pdfjs
from tests.questionnaires import PLACES, a_template, exported, frozen
from tests.test_cli_forms import fields, good_answers, sent, the_answers
from tests.workspaces import a_bureau

ENTERED: Final = {
    "mark": "12,5",
    "when": "13/04/2026",
    "wish": "job",
    "attendance": "poor",
    "agreed": TICKED,
    "comment": "Très à l’aise, « œuvre » : 5 €.\nNguyễn Thị Hường, Łódź, Şişli — été\n\nمحمد الخوارزمي 2027",
}
PREFILLED: Final = {"host.name": "Łódź Cycles"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def form() -> bytes:
    return frozen(exported({"form": a_template([*PLACES.items()])})["form"])


def test_what_is_typed_and_chosen_is_read_back_and_seen(browser: Browser, form: bytes) -> None:
    returned = filled_by_pdfjs(browser, form, ENTERED)
    read = forms.answers(returned)
    assert read.values == PREFILLED | ENTERED
    assert (read.disagreements, read.unreadable) == ((), ())
    assert forms.same_form(form, returned) == ()
    assert returned.startswith(form)


WORDS: Final = {
    "Arabic": "عمل جيّد جدًّا",
    "Arabic among Latin": "avec محمد et 12 فريق !",
    "Hebrew": "שלום, 3 שבועות",
    "Greek and Cyrillic": "Ωμέγα, Жуков — №5",
    "Vietnamese": "Nguyễn Thị Hường",
    "Chinese": "很好 — 田中",
    "what PDF writes with": r"(a) \n \\ <b> [c] /d %e \101",
    "what TOML, YAML and HTML write with": "\"'`{{ x }} {% if %} & <p> #: -",
    "line breaks": "un\n\n\ndeux\n  trois",
    "signs above the first plane": "bien 👍 𝒳",
    "longer than its place": "mot plus long que sa place " * 30 + "fin",
}


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_any_script_is_read_back_exactly(browser: Browser, form: bytes, words: str) -> None:
    returned = filled_by_pdfjs(browser, form, {"comment": words})
    read = forms.answers(returned)
    assert read.values["comment"] == words
    assert read.disagreements == ()
    assert forms.same_form(form, returned) == ()


def test_who_changes_an_answer_has_the_last_word(browser: Browser, form: bytes) -> None:
    first = filled_by_pdfjs(browser, form, ENTERED)
    second = filled_by_pdfjs(
        browser, first, {"mark": "7", "attendance": "good", "wish": "none", "comment": "", "when": ""}
    )
    read = forms.answers(second)
    changed = {"mark": "7", "attendance": "good", "wish": "none", "comment": "", "when": ""}
    assert read.values == PREFILLED | ENTERED | changed
    assert (read.disagreements, read.unreadable) == ((), ())
    assert forms.same_form(form, second) == ()


def test_a_form_of_the_office_comes_back_from_a_browser(browser: Browser, tmp_path: Path) -> None:
    with a_bureau(tmp_path, "0001") as bureau:
        bureau.run("issue", "--document", "evaluation_host", bureau.numbers[0])
        answers = good_answers(bureau)
        words = [field.name for field in fields(bureau) if answers[field.name].startswith("Très bien")]
        answers |= {words[0]: "عمل جيّد\nTrès à l’aise"}
        back = tmp_path / "back.pdf"
        back.write_bytes(filled_by_pdfjs(browser, sent(bureau).read_bytes(), answers))
        assert "answers recorded" in bureau.run("receive", back).out
        assert {name: value for name, value in the_answers(bureau).items() if value} == answers
