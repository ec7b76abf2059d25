"""Reading forms that came back: filled in by the programs people have, changed by people who should not."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String

from conventions import forms
from conventions.forms.typeface import house
from conventions.model.form import TICKED
from tests.questionnaires import (
    ENTERED,
    FIELDS,
    READ,
    changed,
    codes,
    entered,
    filled_by_pypdf,
    frozen,
    pressed,
    widgets,
    with_entries,
)

# ── what people enter ────────────────────────────────────────────────────────────────────────────────────────


def test_an_untouched_form_says_what_was_prefilled(form: bytes) -> None:
    read = forms.answers(form)
    assert read.values == {**dict.fromkeys(READ, ""), **{field.name: field.value for field in FIELDS if field.value}}
    assert (read.disagreements, read.unreadable, read.is_flattened) == ((), (), False)


@pytest.mark.parametrize("is_appended", [False, True])
def test_what_a_library_filled_in_is_read(form: bytes, is_appended: bool) -> None:
    returned = filled_by_pypdf(form, ENTERED, is_appended=is_appended)
    assert returned.startswith(form) is is_appended
    read = forms.answers(returned)
    assert read.values == READ
    assert (read.disagreements, read.unreadable) == ((), ())
    assert forms.same_form(form, returned) == ()


HELVETICA = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
SIGNS = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.ZapfDingbats)
UNNAMED = Dictionary(
    Type=Name.Font, Subtype=Name.Type0, BaseFont=Name("/Mystery"), Encoding=Name("/Identity-H"), DescendantFonts=Array()
)
CHINESE = Dictionary(
    Type=Name.Font, Subtype=Name.Type0, BaseFont=Name("/SimSun"), Encoding=Name("/GBK-EUC-H"), DescendantFonts=Array()
)
FALLBACK = Dictionary(
    Type=Name.Font,
    Subtype=Name.Type0,
    BaseFont=Name("/Sans"),
    Encoding=Name("/Identity-H"),
    ToUnicode=Name("/Identity-H"),
    DescendantFonts=Array(),
)
OTHER_NAMES = Dictionary(
    Type=Name.Font,
    Subtype=Name.TrueType,
    BaseFont=Name("/DejaVuSans"),
    Encoding=Dictionary(
        BaseEncoding=Name.WinAnsiEncoding, Differences=Array([227, Name("/afii57445"), Name("/afii57446")])
    ),
)

DIALECTS: Mapping[str, tuple[str, bytes, Mapping[str, Any]]] = {
    "PDFium": (
        "Très bien\nvu",
        b"q\nQ\n/Tx BMC\nq\nBT\n0 g\n1 130.01 Td\n/Wingdings 10 Tf\n"
        + codes("Très bien")
        + b" Tj\n0 -13.61 Td\n"
        + codes("vu")
        + b" Tj\nET\nQ\nEMC\n",
        {},
    ),
    "PDFium, in Chinese": ("好 — ok", b"BT\n0 g\n/_86 10 Tf\n(\xba\xc3 \xa1\xaa ok) Tj\nET\n", {"_86": CHINESE}),
    "pdf.js": (
        "12,5",
        b"/Tx BMC q BT /Wingdings 10 Tf 0 g 1 0 0 1 0 0 Tm 2 5.61 Td " + codes("12,5") + b" Tj ET Q EMC",
        {},
    ),
    "pdf.js, in its own font": ("Ω ж", b"/Tx BMC q BT /F 10 Tf 0 g " + codes("Ωж") + b" Tj ET Q EMC", {"F": FALLBACK}),
    "poppler": (
        "un deux",
        b"/Tx BMC\nq\nBT\n/Wingdings 10 Tf 0 g 1 0 0 1 0 138.70 Tm 2.00 -10.00 Td\n"
        + codes("un")
        + b" Tj\n q\n/Wingdings 10.00 Tf\n0.00 0.00 Td\n"
        + codes(" deux")
        + b" Tj\n Q\n6.19 0.00 Td\n() Tj\nET\nQ\nEMC\n",
        {},
    ),
    "Acrobat": (
        "Élève (5 €)",
        (
            b"/Tx BMC \nq\n1 1 100 18 re\nW\nn\nBT\n/Helv 10 Tf\n0 g\n2 5 Td\n"
            b"[(\xc9l) -20 (\xe8ve ) 10 (\\(5 \x80\\))] TJ\nET\nQ\nEMC\n"
        ),
        {"Helv": HELVETICA},
    ),
    "pdf-lib, with a background": (
        "oui",
        (
            b"q\n1 1 1 rg\n0 0 m\n0 20 l\n90 20 l\n90 0 l\nh\nf\nQ\n"
            b"/Tx BMC\nq\nBT\n0 0 0 rg\n/Helv 9 Tf\n1 0 0 1 2 5 Tm\n<6F7569> Tj\nET\nQ\nEMC\n"
        ),
        {"Helv": HELVETICA},
    ),
    "with a font of the form": (
        "oui",
        b"BT /Wingdings 10 Tf 0 g " + codes("oui") + b" Tj ET",
        {"Helv": HELVETICA},
    ),
    "with ranges of characters": ("abcœ", b"BT /R 10 Tf (\x01\x02\x03\x09) Tj ET", {"R": "ranges"}),
    "a state that is given back": (
        "non",
        b"q 1 g 0 0 9 9 re f Q BT /Wingdings 10 Tf " + codes("non") + b" Tj ET",
        {},
    ),
    "from right to left": ("من", b"BT\n/A 10 Tf\n(\xe4\xe3) Tj\nET\n", {"A": OTHER_NAMES}),
}


@pytest.mark.parametrize("program", DIALECTS)
def test_every_program_s_way_to_draw_a_value_is_understood(form: bytes, program: str) -> None:
    value, content, fonts = DIALECTS[program]
    read = forms.answers(entered(form, "comment", value, content, **fonts))
    assert (read.values["comment"], read.disagreements, read.unreadable) == (value, (), ())


def test_a_value_without_an_appearance_is_all_right(form: bytes) -> None:
    read = forms.answers(entered(form, "comment", "sans image"))
    assert (read.values["comment"], read.disagreements, read.unreadable) == ("sans image", (), ())


def test_the_label_of_a_list_stands_for_its_value_and_an_arrow_for_nothing(form: bytes) -> None:
    arrow = b"0.86 0.86 0.86 rg\n156 1 13 17 re\nf\n0 g\n159 11 m\n165 11 l\n162 8 l\nf\n"
    content = b"BT\n0 g\n/Wingdings 10 Tf\n" + codes("Embauche — oui") + b" Tj\nET\n" + arrow
    read = forms.answers(entered(form, "wish", "Embauche — oui", content))
    assert (read.values["wish"], read.disagreements, read.unreadable) == ("job", (), ())


@pytest.mark.parametrize(
    ("stored", "drawn", "read", "is_shown"),
    [("1", "2", "1", True), ("1", "1", "1", False), ("2", "1", "2", True), ("3", "trois", "3", True)],
)
def test_a_label_that_is_the_value_of_another_line_is_not_mistaken_for_it(
    form: bytes, stored: str, drawn: str, read: str, is_shown: bool
) -> None:
    content = b"BT\n0 g\n/Wingdings 10 Tf\n" + codes(drawn) + b" Tj\nET\n"
    options = Array([Array(["1", "2"]), Array(["2", "1"]), Array(["3", "trois"])])
    found = forms.answers(changed(entered(form, "wish", stored, content), with_entries("wish", Opt=options)))
    assert (found.values["wish"], found.disagreements) == (read, () if is_shown else ("wish",))


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("un\r\ndeux\rtrois\n", "un\ndeux\ntrois\n"),
        ("e\u0301te\u0301", "été"),
        ("a\x00b\x07c", "abc"),
        ("\U0001f600 محمد", "\U0001f600 محمد"),
        ("", ""),
    ],
)
def test_values_are_normalised(form: bytes, stored: str, read: str) -> None:
    assert forms.answers(entered(form, "comment", stored)).values["comment"] == read


def test_a_group_tells_its_fields_what_they_do_not_say_themselves(form: bytes) -> None:
    def lift(document: pikepdf.Pdf) -> None:
        (widget,) = widgets(document, "host.name")
        widget.Parent.FT, widget.Parent.Ff, widget.Parent.V = widget.FT, widget.Ff, widget.V
        del widget.FT, widget.Ff, widget.V

    returned = changed(form, lift)
    assert forms.answers(returned).values["host.name"] == "Łódź Cycles"
    assert forms.same_form(form, returned) == ()


def test_a_value_that_is_too_long_is_cut_and_told(form: bytes) -> None:
    read = forms.answers(entered(form, "comment", "x" * 20_001))
    assert len(read.values["comment"]) == 20_000
    assert read.unreadable == ("comment",)


def test_a_value_may_be_a_stream(form: bytes) -> None:
    def enter(document: pikepdf.Pdf) -> None:
        (widget,) = widgets(document, "comment")
        widget.V = document.make_stream(b"\xfe\xff" + "œuvre".encode("utf-16-be"))
        del widget.AP

    assert forms.answers(changed(form, enter)).values["comment"] == "œuvre"


def test_a_value_without_measure_is_not_unpacked(form: bytes) -> None:
    def enter(document: pikepdf.Pdf) -> None:
        (widget,) = widgets(document, "comment")
        widget.V = document.make_stream(b"x" * 40_000_000)

    packed = changed(form, enter)
    assert len(packed) < len(form) + 100_000
    assert forms.answers(packed).values["comment"] == ""


def test_scripts_rich_text_and_xfa_count_for_nothing(form: bytes) -> None:
    def enter(document: pikepdf.Pdf) -> None:
        (widget,) = widgets(document, "mark")
        widget.V, widget.RV = String("11"), String("<p>19</p>")
        widget.AA = Dictionary(F=Dictionary(S=Name.JavaScript, JS=String("event.value = 19")))
        del widget.AP
        document.Root.AcroForm.XFA = document.make_stream(b"<mark>19</mark>")

    assert forms.answers(changed(form, enter)).values["mark"] == "11"


letters = st.characters(codec="utf-8", categories=["L", "N", "P", "S"]).filter(lambda c: ord(c) in house().texts)


@settings(max_examples=40)
@given(words=st.lists(st.text(letters, min_size=1, max_size=12), max_size=20).map(" ".join))
def test_whatever_is_prefilled_in_a_script_of_europe_is_read_and_shown(
    form_exports: Mapping[str, bytes], words: str
) -> None:
    fields = [replace(field, value=words) if field.name == "comment" else field for field in FIELDS]
    read = forms.answers(frozen(form_exports["sound"], fields))
    assert read.values["comment"] == unicodedata.normalize("NFC", words)
    assert (read.disagreements, read.unreadable) == ((), ())


# ── what the page shows instead ──────────────────────────────────────────────────────────────────────────────

TEXT = b"/Wingdings 10 Tf\n"
FORGED: Mapping[str, bytes] = {
    "another value": b"BT 0 g " + TEXT + codes("19,5") + b" Tj ET",
    "nothing": b"/Tx BMC EMC",
    "more": b"BT 0 g " + TEXT + codes("12,5") + b" Tj " + codes(" + 5") + b" Tj ET",
    "less, the rest in white": b"BT 0 g " + TEXT + codes("1") + b" Tj 1 g " + codes("2,5") + b" Tj ET",
    "less, the rest without ink": b"BT 0 g " + TEXT + codes("12") + b" Tj 3 Tr " + codes(",5") + b" Tj ET",
    "characters that the font lacks": b"BT 0 g " + TEXT + codes("12,5") + b" Tj <FFF0> Tj ET",
}


@pytest.mark.parametrize("forgery", FORGED)
def test_a_page_that_shows_another_value_is_noticed(form: bytes, forgery: str) -> None:
    read = forms.answers(entered(form, "mark", "12,5", FORGED[forgery]))
    assert (read.values["mark"], read.disagreements, read.unreadable) == ("12,5", ("mark",), ())


def test_a_value_that_only_the_page_shows_is_noticed(form: bytes) -> None:
    read = forms.answers(entered(form, "mark", "", FORGED["another value"]))
    assert (read.values["mark"], read.disagreements) == ("", ("mark",))


UNREADABLE: Mapping[str, bytes] = {
    "in a font that names no characters": b"BT 0 g /Mystery 10 Tf <00120034> Tj ET",
    "in a font of signs": b"BT 0 g /Signs 10 Tf (12,5) Tj ET",
    "in a font that is not there": b"BT 0 g /Nowhere 10 Tf (12,5) Tj ET",
    "as a picture": b"BT 0 g " + TEXT + codes("12,5") + b" Tj ET q 9 0 0 9 0 0 cm /Im0 Do Q",
    "as curves": b"BT 0 g " + TEXT + codes("12,5") + b" Tj ET 1 1 m 2 2 3 3 4 4 c f",
    "painted over": b"BT 0 g " + TEXT + codes("12,5") + b" Tj ET 1 g 0 0 9 9 re f",
    "transparent": b"/GS0 gs BT 0 g " + TEXT + codes("12,5") + b" Tj ET",
    "nonsense": b"BT Tf Tj ET",
    "without end": b"BT 0 g (12,5",
}


@pytest.mark.parametrize("way", UNREADABLE)
def test_what_cannot_be_read_from_the_page_is_told(form: bytes, way: str) -> None:
    returned = entered(form, "mark", "12,5", UNREADABLE[way], Mystery=UNNAMED, Wingdings=FALLBACK, Signs=SIGNS)
    read = forms.answers(returned)
    assert read.values["mark"] == "12,5"
    assert "mark" in (*read.unreadable, *read.disagreements)
    assert (way == "without end") or read.unreadable == ("mark",)


@pytest.mark.parametrize(
    ("states", "value", "read", "is_true"),
    [
        (["/poor", "/Off"], "/poor", "poor", True),
        (["/Off", "/Off"], "/Off", "", True),
        (["/Off", "/good"], "/poor", "poor", False),
        (["/poor", "/good"], "/poor", "poor", False),
        (["/Off", "/Off"], "/poor", "poor", False),
        (["/poor", "/Off"], "/Off", "", False),
        (["/unheard-of", "/Off"], "/unheard-of", "unheard-of", False),
    ],
)
def test_a_radio_button_shows_its_value_or_is_told(
    form: bytes, states: list[str], value: str, read: str, is_true: bool
) -> None:
    found = forms.answers(changed(form, pressed("attendance", states, value)))
    assert (found.values["attendance"], found.disagreements) == (read, () if is_true else ("attendance",))


def test_a_mark_that_stands_for_off_is_noticed(form: bytes) -> None:
    def swap(document: pikepdf.Pdf) -> None:
        (widget,) = widgets(document, "agreed")
        looks = widget.AP.N
        looks[f"/{TICKED}"], looks.Off = looks.Off, looks[f"/{TICKED}"]

    read = forms.answers(changed(form, swap))
    assert (read.values["agreed"], read.disagreements) == ("", ("agreed",))


def test_a_button_that_nobody_can_look_into_counts_as_marked(form: bytes) -> None:
    def pack(document: pikepdf.Pdf) -> None:
        (widget,) = widgets(document, "agreed")
        look = document.make_stream(b"q")
        look.Filter = Name.JBIG2Decode
        widget.AP.N.Off = look

    assert forms.answers(changed(form, pack)).disagreements == ("agreed",)


def test_a_hidden_value_is_noticed(form: bytes) -> None:
    def hide(document: pikepdf.Pdf) -> None:
        for name in ("when", "attendance", "comment"):
            for widget in widgets(document, name):
                widget.F = 2

    read = forms.answers(changed(form, hide))
    assert read.disagreements == ("when", "attendance")
    assert forms.same_form(form, changed(form, hide)) == ("field:when", "field:attendance", "field:comment")
