"""A form filled in with pdf.js, as a browser shows it: typed and clicked, saved, and read back exactly."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path
from typing import Final

import pikepdf
import pytest
from PIL import Image
from playwright.sync_api import Browser

from conventions import forms
from conventions.model.form import TICKED
from tests.browser import filled_by_pdfjs
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


def test_buttons_are_still_seen_by_who_draws_every_field_anew(browser: Browser, form: bytes, tmp_path: Path) -> None:
    """In Arabic pdf.js asks for that; poppler then draws the marks of buttons in a font that the form must bring."""
    chosen = {"attendance": "poor", "agreed": TICKED}
    pictures = [
        ink(filled_by_pdfjs(browser, form, {"comment": "محمد", **more}), tmp_path)
        for more in ({"attendance": "good"}, chosen)
    ]
    assert pictures[0].keys() == pictures[1].keys() == {"/poor", "/good", f"/{TICKED}"}
    marked = [{value for value, dark in picture.items() if dark > 0} for picture in pictures]
    assert marked == [{"/good"}, {"/poor", f"/{TICKED}"}]


def ink(pdf: bytes, folder: Path) -> dict[str, int]:
    """How many dark dots poppler draws in each button, by the value that it stands for."""
    (folder / "page.pdf").write_bytes(pdf)
    draw = ["pdftoppm", "-r", "72", "-gray", "-singlefile", str(folder / "page.pdf"), str(folder / "page")]
    subprocess.run(draw, check=True, capture_output=True)
    found: dict[str, int] = {}
    with Image.open(folder / "page.pgm") as picture, pikepdf.open(BytesIO(pdf)) as document:
        assert document.Root.AcroForm.NeedAppearances
        for widget in document.pages[0].Annots:
            if "/MK" in widget:  # a button
                left, bottom, right, top = (round(float(edge)) for edge in widget.Rect)
                inside = (left + 2, picture.height - top + 2, right - 2, picture.height - bottom - 2)
                shades = bytes(picture.crop(inside).tobytes())
                (value,) = set(widget.AP.N.keys()) - {"/Off"}
                found[value] = sum(shade < 128 for shade in shades)
    return found


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
