"""Whether what came back is still the form that was sent, or no form any more."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String
from pypdf import PdfWriter

from conventions import forms
from conventions.errors import ForeignPaper
from conventions.model.form import FieldKind
from tests.questionnaires import (
    FIELDS,
    ORIGIN,
    changed,
    entered,
    frozen,
    pressed,
    widgets,
    with_entries,
)

# ── whether it is still the same form ────────────────────────────────────────────────────────────────────────


def _rewritten(document: pikepdf.Pdf) -> None:
    """Contents in two unpacked streams with numbers written in another way, names of objects changed."""
    for page in document.pages:
        steps = pikepdf.unparse_content_stream(pikepdf.parse_content_stream(page))
        first, separator, rest = steps.partition(b"\n")
        page.Contents = Array(
            [document.make_stream(first.replace(b"0.1 w", b".10004 w") + separator), document.make_stream(rest)]
        )


@pytest.mark.parametrize(
    "options",
    [
        {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
        {"compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.generalized},
        {"linearize": True},
    ],
)
def test_a_file_that_was_only_rewritten_is_the_same_form(form: bytes, options: dict[str, Any]) -> None:
    assert forms.same_form(form, changed(form, _rewritten, **options)) == ()


def test_answers_do_not_make_another_form(form: bytes) -> None:
    returned = changed(entered(form, "comment", "x" * 900), pressed("attendance", ["/poor", "/Off"], "/poor"))
    assert forms.same_form(form, returned) == ()


def _remove(name: str) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        (widget,) = widgets(document, name)
        document.pages[0].Annots = Array([item for item in document.pages[0].Annots if item.objgen != widget.objgen])
        top = document.Root.AcroForm.Fields
        document.Root.AcroForm.Fields = Array([field for field in top if field.objgen != widget.objgen])

    return change


def _exchange(document: pikepdf.Pdf) -> None:
    poor, good = widgets(document, "attendance")
    poor.Rect, good.Rect = good.Rect, poor.Rect


def _regroup(document: pikepdf.Pdf) -> None:
    widgets(document, "attendance")[0].Parent.TU = String("Ponctualité")


def _another_word(document: pikepdf.Pdf) -> None:
    page = document.pages[0]
    data = page.Contents.read_bytes()
    page.Contents.write(data.replace(b" Tf", b" Tf 0 g", 1))


def _another_font(document: pikepdf.Pdf) -> None:
    """The letters that the page shows are those of another font: no operator tells."""
    fonts = document.pages[0].Resources.Font
    one, two = [*fonts.keys()][:2]
    fonts[one], fonts[two] = fonts[two], fonts[one]


def _overlay(document: pikepdf.Pdf) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.FreeText, Rect=Array([90, 600, 300, 700]), Contents=String("non"))
    document.pages[0].Annots.append(document.make_indirect(note))


def _stray_widget(document: pikepdf.Pdf) -> None:
    stray = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, Rect=Array([90, 600, 300, 700]))
    document.pages[0].Annots.append(document.make_indirect(stray))


def _turn(document: pikepdf.Pdf) -> None:
    document.pages[0].Rotate = 180


def _another_page(document: pikepdf.Pdf) -> None:
    document.add_blank_page()


def _intruder(document: pikepdf.Pdf) -> None:
    field = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("extra"), Rect=Array([9, 9, 90, 30]), F=4
    )
    document.Root.AcroForm.Fields.append(document.make_indirect(field))
    document.pages[0].Annots.append(document.Root.AcroForm.Fields[-1])


CHANGES: Mapping[str, tuple[Callable[[pikepdf.Pdf], None], tuple[str, ...]]] = {
    "a field removed": (_remove("mark"), ("field:mark",)),
    "a field added": (_intruder, ("field:extra",)),
    "a fact changed": (with_entries("host.name", V=String("Autre")), ("field:host.name",)),
    "another question": (with_entries("mark", TU=String("Note sur 10")), ("field:mark",)),
    "a field moved": (with_entries("mark", Rect=Array([90, 90, 190, 110])), ("field:mark",)),
    "a field opened": (with_entries("host.name", Ff=0), ("field:host.name",)),
    "an answer no longer required": (with_entries("mark", Ff=0), ("field:mark",)),
    "a group of another name": (_regroup, ("field:attendance",)),
    "a limit lifted": (with_entries("mark", MaxLen=50), ("field:mark",)),
    "an answer added": (
        with_entries(
            "wish", Opt=Array([Array(["job", "Embauche — oui"]), Array(["none", "Aucune"]), Array(["x", "X"])])
        ),
        ("field:wish",),
    ),
    "answers exchanged": (_exchange, ("field:attendance",)),
    "another word": (_another_word, ("page:1",)),
    "another font": (_another_font, ("page:1",)),
    "a note laid over": (_overlay, ("page:1",)),
    "a stray field laid over": (_stray_widget, ("page:1",)),
    "a page turned": (_turn, ("page:1",)),
    "a page added": (_another_page, ("page:2",)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_question_is_noticed(form: bytes, change: str) -> None:
    how, told = CHANGES[change]
    assert forms.same_form(form, changed(form, how)) == told


def test_another_form_is_not_the_same(form_exports: Mapping[str, bytes], form: bytes) -> None:
    fields = [replace(field, label="Note sur 10") if field.name == "mark" else field for field in FIELDS]
    assert forms.same_form(form, frozen(form_exports["other"], fields)) == ("page:1", "field:mark")
    missing = forms.same_form(form, frozen(form_exports["plain"], ()))
    assert missing[0] == "page:1"
    assert {*missing[1:]} == {f"field:{field.name}" for field in FIELDS}


def test_the_same_form_for_another_dossier_is_the_same_but_for_its_facts(form_exports: Mapping[str, bytes]) -> None:
    one = frozen(form_exports["sound"])
    fields = [replace(field, value="Autre") if field.name == "host.name" else field for field in FIELDS]
    other = frozen(form_exports["sound"], fields, origin=replace(ORIGIN, number="2026-0002"))
    assert forms.same_form(one, other) == ("field:host.name",)


# ── what is no form any more ─────────────────────────────────────────────────────────────────────────────────


def flattened(pdf: bytes) -> bytes:
    writer = PdfWriter(clone_from=BytesIO(pdf))
    for page in writer.pages:
        writer.update_page_form_field_values(page, {"mark": "12"}, auto_regenerate=False, flatten=True)
    writer.remove_annotations("/Widget")
    del writer.root_object["/AcroForm"]
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def test_a_flattened_form_is_told_from_a_paper_of_somebody_else(form_exports: Mapping[str, bytes], form: bytes) -> None:
    read = forms.answers(flattened(form))
    assert (read.is_flattened, read.values) == (True, {})
    assert not forms.answers(form).is_flattened
    read = forms.answers(form_exports["plain"])
    assert (read.is_flattened, read.values) == (False, {})


@pytest.mark.parametrize("data", [b"", b"words", b"%PDF-1.7\n", b"PK\x03\x04" + b"x" * 90])
def test_what_is_not_a_pdf_is_told(form: bytes, data: bytes) -> None:
    for ask in (lambda: forms.answers(data), lambda: forms.same_form(form, data)):
        with pytest.raises(ForeignPaper) as caught:
            ask()
        assert caught.value.code == "PDF-01"


@pytest.mark.parametrize("password", ["", "secret"])
def test_an_encrypted_form_is_told(form: bytes, password: str) -> None:
    locked = changed(form, lambda _: None, encryption=pikepdf.Encryption(user=password, owner="o"))
    for ask in (lambda: forms.answers(locked), lambda: forms.same_form(form, locked)):
        with pytest.raises(ForeignPaper) as caught:
            ask()
        assert caught.value.code == "PDF-01"


@settings(max_examples=80, deadline=None)
@given(place=st.integers(0, 10**6), noise=st.binary(min_size=1, max_size=60))
def test_damage_is_either_survived_or_told(form: bytes, place: int, noise: bytes) -> None:
    at = place % len(form)
    damaged = form[:at] + noise + form[at + len(noise) :]
    try:
        forms.answers(damaged)
        forms.same_form(form, damaged)
    except ForeignPaper:
        pass


HOSTILE: Mapping[str, Callable[[pikepdf.Pdf], None]] = {
    "no dictionary": lambda document: document.Root.__setattr__("AcroForm", Array([1, 2])),
    "numbers for fields": lambda document: document.Root.AcroForm.__setattr__(
        "Fields", Array([1, Name.A, String("x")])
    ),
    "fields in a circle": lambda document: widgets(document, "mark")[0].__setattr__(
        "Kids", Array([widgets(document, "mark")[0]])
    ),
    "a rectangle of names": with_entries("mark", Rect=Array([Name.A, Name.B])),
    "nested without end": lambda document: widgets(document, "mark")[0].__setattr__("Opt", _nested(document)),
    "a limit in words": with_entries("mark", MaxLen=String("many"), Ff=String("all"), F=String("none")),
}


def _nested(document: pikepdf.Pdf) -> Any:
    innermost: Any = document.make_indirect(Array())
    for _ in range(3_000):
        innermost = document.make_indirect(Array([innermost]))
    return innermost


@pytest.mark.parametrize("how", HOSTILE)
def test_a_hostile_form_is_read_or_refused(form: bytes, how: str) -> None:
    hostile = changed(form, HOSTILE[how])
    for ask in (lambda: forms.answers(hostile), lambda: forms.same_form(form, hostile)):
        with contextlib.suppress(ForeignPaper):
            ask()


def test_a_field_of_every_kind_is_tried() -> None:
    assert {field.kind for field in FIELDS} == {*FieldKind}
