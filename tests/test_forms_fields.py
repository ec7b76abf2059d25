"""Placing the fields of a form: on PDFs that LibreOffice really made, looked at as PDF readers look at them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Stream
from pypdf import PdfReader

from conventions import forms
from conventions.errors import ConversionError, TemplateError
from conventions.forms.legible import shown
from conventions.forms.returned import fields_in
from conventions.model.form import TICKED, FieldKind, FormField, Option
from tests.questionnaires import FIELDS, ORIGIN, PLACES, a_template, changed, exported, frozen, widgets

EVERYWHERE = tuple(PLACES.items())


def without(place: str) -> tuple[tuple[str, tuple[int, int]], ...]:
    return tuple((known, size) for known, size in EVERYWHERE if known != place)


@pytest.fixture(scope="module")
def exports() -> Mapping[str, bytes]:
    """What LibreOffice makes of a few templates; one of them twice, to compare runs."""
    return exported(
        {
            "sound": a_template(EVERYWHERE),
            "again": a_template(EVERYWHERE),
            "plain": a_template([]),
            "pages": a_template([("field:mark", (20, 100)), ("field:comment", (120, 90)), ("field:agreed", (40, 60))]),
            "wrong": a_template([*without("field:mark"), ("field:agreed", (4, 4)), ("field:attendance:fair", (4, 4))]),
            "small": a_template([("field:mark", (20, 3)), ("field:comment", (20, 8))]),
        }
    )


@pytest.fixture(scope="module")
def form(exports: Mapping[str, bytes]) -> bytes:
    return frozen(exports["sound"])


def given_value(name: str, value: str) -> tuple[FormField, ...]:
    """The fields, with another value in one of them."""
    return tuple(replace(field, value=value) if field.name == name else field for field in FIELDS)


def printed(pdf: bytes, folder: Path) -> str:
    """The words on the pages, as poppler reads them."""
    path = folder / "form.pdf"
    path.write_bytes(pdf)
    words = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, timeout=60).stdout
    return words.decode()


# ── what a form is made of ───────────────────────────────────────────────────────────────────────────────────


def test_another_reader_finds_every_field_with_its_kind_value_and_tooltip(form: bytes) -> None:
    found = PdfReader(BytesIO(form)).get_fields() or {}
    assert [(name, found[name]["/FT"], found[name]["/TU"]) for name in found if "/FT" in found[name]] == [
        ("host.name", "/Tx", "Organisme d’accueil"),
        ("mark", "/Tx", "Note sur 20"),
        ("when", "/Tx", "Date de la visite"),
        ("wish", "/Ch", "Suite"),
        ("attendance", "/Btn", "Assiduité"),
        ("agreed", "/Btn", "D’accord"),
        ("comment", "/Tx", "Commentaire"),
    ]
    assert (found["host.name"]["/V"], found["attendance"]["/V"], found["agreed"]["/V"]) == (
        "Łódź Cycles",
        "/good",
        "/Off",
    )


def test_flags_say_what_may_be_entered(form: bytes) -> None:
    with pikepdf.open(BytesIO(form)) as document:
        found = fields_in(document)
        flags = {name: field.flags for name, field in found.items()}
        assert found["mark"].get("/MaxLen") == 5
        assert "/MaxLen" not in found["comment"].node
        assert found["wish"].node.Opt == Array([Array(["job", "Embauche — oui"]), Array(["none", "Aucune"])])
    assert flags == {
        "host.name": 1,
        "mark": 2,
        "when": 0,
        "wish": 1 << 17,
        "attendance": 1 << 15,
        "agreed": 0,
        "comment": 1 << 12,
    }


def test_a_field_lies_in_the_frame_of_its_picture(exports: Mapping[str, bytes], form: bytes) -> None:
    with pikepdf.open(BytesIO(exports["sound"])) as before, pikepdf.open(BytesIO(form)) as after:
        boxes = {
            str(item.Alt): [float(edge) for edge in item.A.BBox]
            for item in before.objects
            if isinstance(item, Dictionary) and item.get("/S") == "/Figure"
        }
        for name in ("host.name", "mark", "wish", "agreed", "comment"):
            (widget,) = widgets(after, name)
            assert [float(edge) for edge in widget.Rect] == pytest.approx(boxes[f"field:{name}"], abs=0.06)
        for widget, option in zip(widgets(after, "attendance"), ("poor", "good"), strict=True):
            assert [float(edge) for edge in widget.Rect] == pytest.approx(boxes[f"field:attendance:{option}"], abs=0.06)


def test_a_picture_s_frame_stays_on_the_page(exports: Mapping[str, bytes], form: bytes) -> None:
    def pictures(pdf: bytes) -> int:
        with pikepdf.open(BytesIO(pdf)) as document:
            contents = (pikepdf.parse_content_stream(page) for page in document.pages)
            return sum(str(step.operator) == "Do" for steps in contents for step in steps)

    assert pictures(form) == pictures(exports["sound"]) == len(PLACES)


def test_equal_forms_have_equal_bytes_in_two_runs_of_libreoffice(exports: Mapping[str, bytes], form: bytes) -> None:
    assert exports["again"] != exports["sound"]
    assert frozen(exports["again"]) == form
    assert frozen(exports["sound"], given_value("mark", "12")) != form


def test_a_paper_without_fields_is_no_form(exports: Mapping[str, bytes]) -> None:
    with pikepdf.open(BytesIO(frozen(exports["plain"], ()))) as document:
        assert "/AcroForm" not in document.Root


def test_a_form_costs_less_than_150_kb(exports: Mapping[str, bytes], form: bytes) -> None:
    assert len(form) - len(frozen(exports["plain"], ())) < 150_000


def test_nothing_in_a_form_is_active(form: bytes) -> None:
    for name in (b"JavaScript", b"/JS", b"/AA", b"/XFA", b"NeedAppearances", b"SubmitForm", b"/OpenAction"):
        assert name not in form


def test_the_form_of_somebody_else_does_not_survive(exports: Mapping[str, bytes]) -> None:
    def add(document: pikepdf.Pdf) -> None:
        widget = Dictionary(Subtype=Name.Widget, FT=Name.Tx, T="intruder", Rect=Array([0, 0, 9, 9]))
        document.pages[0].Annots = Array([document.make_indirect(widget)])
        document.Root.AcroForm = Dictionary(Fields=document.pages[0].Annots, XFA="x")

    assert b"intruder" not in frozen(changed(exports["plain"], add), ())
    assert frozen(changed(exports["sound"], add)).count(b"intruder") == 0


# ── what a screen reader finds ───────────────────────────────────────────────────────────────────────────────


def test_every_field_is_in_the_structure_tree_in_place_of_its_picture(form: bytes) -> None:
    with pikepdf.open(BytesIO(form)) as document:
        tree = pikepdf.NumberTree(document.Root.StructTreeRoot.ParentTree)
        for page in document.pages:
            for widget in page.Annots:
                element = tree[int(widget.StructParent)]
                assert element.S == "/Form"
                assert [kid.Obj.objgen for kid in element.K if kid.get("/Type") == "/OBJR"] == [widget.objgen]
                assert "/Alt" not in element
                assert str(widget.TU)
                assert str(widget.Contents)
            assert page.Tabs == "/S"
        assert int(document.Root.StructTreeRoot.ParentTreeNextKey) == max(tree.keys()) + 1
    assert b"field:" not in form


def test_a_radio_button_speaks_of_its_group_and_of_itself(form: bytes) -> None:
    with pikepdf.open(BytesIO(form)) as document:
        said = [(str(widget.TU), str(widget.Contents)) for widget in widgets(document, "attendance")]
    assert said == [("faible", "Assiduité – faible"), ("bonne", "Assiduité – bonne")]


def test_fields_follow_each_other_as_they_are_read(form: bytes) -> None:
    with pikepdf.open(BytesIO(form)) as document:
        heights = [float(widget.Rect[3]) for widget in document.pages[0].Annots]
    assert heights == sorted(heights, reverse=True)


# ── what a field shows ───────────────────────────────────────────────────────────────────────────────────────


def test_every_state_has_an_appearance(form: bytes) -> None:
    with pikepdf.open(BytesIO(form)) as document:
        for name in ("host.name", "mark", "when", "wish", "comment"):
            (widget,) = widgets(document, name)
            assert isinstance(widget.AP.N, Stream)
        states = [
            {state: stream.read_bytes() for state, stream in widget.AP.N.items()}
            for name in ("attendance", "agreed")
            for widget in widgets(document, name)
        ]
        assert [str(widget.AS) for widget in widgets(document, "attendance")] == ["/Off", "/good"]
    assert [set(looks) for looks in states] == [{"/poor", "/Off"}, {"/good", "/Off"}, {f"/{TICKED}", "/Off"}]
    for looks in states:
        assert looks.pop("/Off") == b""
        assert all(looks.values())


def test_the_font_is_embedded_with_the_widths_that_it_declares(form: bytes) -> None:
    with pikepdf.open(BytesIO(form)) as document:
        (descendant,) = document.Root.AcroForm.DR.Font.Wingdings.DescendantFonts
        declared: dict[int, int] = {}
        runs = [*descendant.W]
        for first, widths in zip(runs[::2], runs[1::2], strict=True):
            declared |= {int(first) + rank: int(width) for rank, width in enumerate(widths)}
        glyphs = descendant.CIDToGIDMap.read_bytes()
        font = TTFont(BytesIO(descendant.FontDescriptor.FontFile2.read_bytes()))
    assert font["head"].unitsPerEm == 1000
    assert glyphs[2 * 0x600 : 2 * 0x700] == bytes(0x200), "a letter that the font lacks is an empty frame"
    for code, width in declared.items():
        glyph = int.from_bytes(glyphs[2 * code : 2 * code + 2])
        assert font["hmtx"].metrics[font.getGlyphName(glyph)][0] == width
    for letter in "aéœĆŁğŞıİżőűțŵỹởẫậ€’—«»½Ωжß":
        assert font.getBestCmap()[ord(letter)] == font.getGlyphName(ord(letter))
        assert ord(letter) in declared


def test_prefilled_values_are_printed(exports: Mapping[str, bytes], tmp_path: Path) -> None:
    name = "Wałęsa-Nguyễn Thị Hường, Şişli"
    words = printed(frozen(exports["sound"], given_value("host.name", name)), tmp_path)
    assert name in words
    assert "13 avril 2026" in words


def test_the_label_of_a_chosen_line_is_printed(exports: Mapping[str, bytes], tmp_path: Path) -> None:
    words = printed(frozen(exports["sound"], given_value("wish", "job")), tmp_path)
    assert "Embauche — oui" in words


def test_a_long_text_is_broken_into_lines_and_nothing_is_lost(exports: Mapping[str, bytes], tmp_path: Path) -> None:
    text = " ".join(f"mot{rank}" for rank in range(90)) + "\n\n" + "x" * 150
    words = printed(frozen(exports["sound"], given_value("comment", text)), tmp_path).split()
    assert [word for word in words if word.startswith("mot")] == text.split()[:90]
    assert "".join(word for word in words if set(word) == {"x"}) == "x" * 150


def test_a_text_in_another_script_is_shaped_with_a_font_of_the_machine(
    exports: Mapping[str, bytes], tmp_path: Path
) -> None:
    form = frozen(exports["sound"], given_value("comment", "Stagiaire : محمد الأمين"))
    with pikepdf.open(BytesIO(form)) as document:
        (descendant,) = document.Root.AcroForm.DR.Font.More.DescendantFonts
        program = descendant.FontDescriptor.FontFile2.read_bytes()
    letters = [character for character in "محمد الأمين" if character != " "]
    # letters that join have a shape for each place in the word: one of lam and alef, two of mim and two of nun …
    assert 8 <= TTFont(BytesIO(program))["maxp"].numGlyphs <= len(letters) + 2
    assert "محمد" in printed(form, tmp_path)


def test_a_line_from_right_to_left_begins_at_the_right(exports: Mapping[str, bytes]) -> None:
    with pikepdf.open(BytesIO(frozen(exports["sound"], given_value("comment", "محمد 12 علي")))) as document:
        (widget,) = widgets(document, "comment")
        content = widget.AP.N.read_bytes()
        look: Any = widget.AP.N
        words = shown(look, None, is_list=False)
    (across,) = re.findall(rb"1 0 0 1 ([\d.]+) [\d.]+ Tm", content)
    assert float(across) > 150
    assert words is not None
    assert words.split() == ["يلع", "12", "دمحم"]


def test_signs_above_the_letters_of_another_script_are_read_once(exports: Mapping[str, bytes]) -> None:
    form = frozen(exports["sound"], given_value("comment", "مُحَمَّد، שָׁלוֹם"))
    assert forms.answers(form).disagreements == ()


def test_a_character_that_no_font_has_is_told(exports: Mapping[str, bytes]) -> None:
    with pytest.raises(ConversionError) as caught:
        frozen(exports["sound"], given_value("comment", "محمد \u0378 علي"))
    assert caught.value.code == "CONVERT-07"
    assert str(caught.value.message) == "no font on this machine has the characters \u0378"


def test_a_low_box_has_smaller_letters(exports: Mapping[str, bytes]) -> None:
    fields = (FormField("mark", FieldKind.NUMBER, "Note", value="12"), FormField("comment", FieldKind.LONG_TEXT, "x"))
    with pikepdf.open(BytesIO(frozen(exports["small"], fields))) as document:
        (widget,) = widgets(document, "mark")
        assert b" 7 Tf" in widget.AP.N.read_bytes()
        assert " 7 Tf" in str(widget.DA)


def test_fields_on_several_pages_are_each_on_their_own(exports: Mapping[str, bytes]) -> None:
    kept = [field for field in FIELDS if field.name in {"mark", "comment", "agreed"}]
    with pikepdf.open(BytesIO(frozen(exports["pages"], kept))) as document:
        assert [len(page.get("/Annots", [])) for page in document.pages] == [2, 1]
        for page in document.pages:
            assert all(widget.P.objgen == page.objgen for widget in page.Annots)


# ── what does not fit together ───────────────────────────────────────────────────────────────────────────────


def refusal(export: bytes, fields: Sequence[FormField]) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        frozen(export, fields)
    return caught.value


def test_everything_between_form_and_template_is_told_at_once(exports: Mapping[str, bytes]) -> None:
    error = refusal(exports["wrong"], FIELDS)
    assert [(finding.code, str(finding.message)) for finding in error.findings] == [
        ("FORM-01", "the template has no picture with the alternative text field:mark"),
        ("FORM-02", "2 pictures of the template have the alternative text field:agreed"),
        ("FORM-03", "the template has a picture field:attendance:fair, and the form no such answer"),
    ]
    assert error.code == "FORM-01"
    assert "3 things" in str(error.message)


def test_a_button_without_a_picture_is_told(exports: Mapping[str, bytes]) -> None:
    options = (*FIELDS[4].options, Option("great", "excellente"))
    fields = [replace(field, options=options) if field.name == "attendance" else field for field in FIELDS]
    error = refusal(exports["sound"], fields)
    assert (error.code, len(error.findings)) == ("FORM-01", 1)
    assert "field:attendance:great" in str(error.message)


def test_pictures_in_a_document_that_is_no_form_are_told(exports: Mapping[str, bytes]) -> None:
    error = refusal(exports["sound"], ())
    assert {finding.code for finding in error.findings} == {"FORM-03"}
    assert len(error.findings) == len(PLACES)


def _move(place: str, box: list[float]) -> Any:
    def change(document: pikepdf.Pdf) -> None:
        for item in document.objects:
            if isinstance(item, Dictionary) and str(item.get("/Alt", "")) == place:
                item.A = Dictionary(O=Name.Layout, BBox=Array(box))

    return change


@pytest.mark.parametrize("box", [[600, 500, 700, 520], [-50, 10, 50, 60], [10, 10, 10, 60], [10, 10, 90, 14]])
def test_a_picture_outside_the_page_or_too_small_is_told(exports: Mapping[str, bytes], box: list[float]) -> None:
    error = refusal(changed(exports["sound"], _move("field:mark", box)), FIELDS)
    assert [finding.code for finding in error.findings] == ["FORM-04"]
    assert "field:mark" in str(error.message)


def test_overlapping_pictures_are_told(exports: Mapping[str, bytes], form: bytes) -> None:
    with pikepdf.open(BytesIO(form)) as document:
        (widget,) = widgets(document, "comment")
        left, bottom = float(widget.Rect[0]), float(widget.Rect[1])
    error = refusal(
        changed(exports["sound"], _move("field:mark", [left + 9, bottom + 9, left + 60, bottom + 30])), FIELDS
    )
    assert [finding.code for finding in error.findings] == ["FORM-05"]
    assert "field:comment" in str(error.message)


TWO = (Option("a", "A"), Option("b", "B"))


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        (FormField("Mark", FieldKind.TEXT, "x"), "its name"),
        (FormField("mark.", FieldKind.TEXT, "x"), "its name"),
        (FormField("mark", FieldKind.TEXT, " "), "no label"),
        (FormField("mark", FieldKind.CHOICE, "x"), "nothing to choose from"),
        (FormField("mark", FieldKind.TEXT, "x", options=TWO), "not a choice"),
        (FormField("mark", FieldKind.LIST, "x", options=(*TWO, Option("a", "C"))), "two of its answers"),
        (FormField("mark", FieldKind.LIST, "x", options=(*TWO, Option("c", "A"))), "two of its answers"),
        (FormField("mark", FieldKind.CHOICE, "x", options=(Option("Off", "Non"),)), "Off cannot stand"),
        (FormField("mark", FieldKind.CHOICE, "x", options=(Option("à", "À"),)), "à cannot stand"),
        (FormField("mark", FieldKind.LIST, "x", options=TWO, value="c"), "none of its answers"),
        (FormField("mark", FieldKind.CHECK, "x", value="oui"), "none of its answers"),
        (FormField("mark", FieldKind.TEXT, "x", value="12345", max_length=4), "longer than 4"),
        (FormField("mark", FieldKind.TEXT, "x", value="a\nb"), "line break"),
        (FormField("mark", FieldKind.LONG_TEXT, "x", value="a\x07"), "control"),
    ],
)
def test_a_definition_that_contradicts_itself_is_told(
    exports: Mapping[str, bytes], field: FormField, problem: str
) -> None:
    error = refusal(exports["plain"], [field])
    assert error.code == "FORM-06"
    assert problem in str(error.findings[0].message)


def test_two_fields_of_one_name_and_a_field_that_is_a_group_are_told(exports: Mapping[str, bytes]) -> None:
    group = FormField("host", FieldKind.TEXT, "x")
    findings = refusal(exports["sound"], [*FIELDS, FIELDS[1], group]).findings
    told = [(finding.field, str(finding.message)) for finding in findings if finding.code == "FORM-06"]
    assert [name for name, _ in told] == ["mark", "mark", "host"]
    assert "same name" in told[0][1]
    assert "group of fields" in told[2][1]


def test_a_value_that_is_larger_than_its_box_is_told(exports: Mapping[str, bytes]) -> None:
    fields = given_value("when", "le lundi treize avril deux mille vingt-six")
    error = refusal(exports["sound"], fields)
    assert (error.code, len(error.findings)) == ("FORM-07", 1)
    assert error.findings[0].field == "when"
    assert refusal(exports["sound"], given_value("comment", "mot " * 900)).code == "FORM-07"


def test_forms_and_papers_keep_their_origin(form: bytes) -> None:
    assert forms.origin(form) == ORIGIN
