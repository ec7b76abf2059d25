"""The institution's logo: in the place that a template keeps for it, as large as fits, or not at all."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from conventions import forms, press
from conventions.errors import SettingsError
from conventions.languages import Language
from conventions.model.paper import Origin
from conventions.press import Filling, Logo, Template
from tests.pictures import A_JPEG, a_png

NOW = datetime(2026, 2, 16, 10, tzinfo=UTC)
WIDE = Logo(a_png(120, 30), "Université d'Exemple-Nord")
HIGH = Logo(a_png(30, 120), "Université d'Exemple-Nord")
JPEG = Logo(A_JPEG, "Sceau & <devise>")
PLACE = (Mm(40), Mm(20))


def with_a_place() -> Any:
    """A letterhead whose first paragraph is the place for the logo, and a signature box that has the same picture."""
    document = docx.Document()
    header = document.sections[0].header
    keep(header.paragraphs[0], "logo")
    header.add_paragraph("Université")
    keep(document.add_paragraph("signature "), "sig:student")
    return document


def keep(paragraph: Any, alt: str) -> None:
    picture = paragraph.add_run().add_picture(BytesIO(a_png(40, 20)), *PLACE)
    picture._inline.docPr.set("descr", alt)


def a_filling(document: Any) -> Filling:
    target = BytesIO()
    document.save(target)
    data = target.getvalue()
    return Filling(Template("letter", "fr", Path("letter.docx"), sha256(data).hexdigest(), data), {}, Language("fr"))


def rendered(*documents: Any, logo: Logo | None) -> bytes:
    return press.render(*map(a_filling, documents), title="Lettre", author="U", now=NOW, logo=logo)


def part_of(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(BytesIO(data)) as package:
        return package.read(name)


def sizes(part: bytes) -> list[tuple[int, int]]:
    """Width and height that a part says of its pictures, each time it says it."""
    return [
        (int(extent.get("cx", "0")), int(extent.get("cy", "0")))
        for extent in etree.fromstring(part).iter(qn("wp:extent"), qn("a:ext"))
        if "cx" in extent.attrib
    ]


@pytest.mark.parametrize(
    ("logo", "size"), [(WIDE, (Mm(40), Mm(10))), (HIGH, (Mm(5), Mm(20))), (JPEG, (Mm(30), Mm(20)))]
)
def test_the_logo_is_as_large_as_fits_and_keeps_its_proportions(logo: Logo, size: tuple[int, int]) -> None:
    data = rendered(with_a_place(), logo=logo)
    assert sizes(part_of(data, "word/header1.xml")) == [size, size]
    assert sizes(part_of(data, "word/document.xml")) == [PLACE, PLACE]


@given(st.integers(1, 400), st.integers(1, 400))
def test_no_logo_is_larger_than_its_place_or_out_of_proportion(width: int, height: int) -> None:
    data = rendered(_PLACES, logo=Logo(a_png(width, height), "Université"))
    across, down = sizes(part_of(data, "word/header1.xml"))[0]
    assert across == PLACE[0] or down == PLACE[1]
    assert across <= PLACE[0]
    assert down <= PLACE[1]
    assert abs(across * height - down * width) <= max(width, height)


_PLACES = with_a_place()


def test_other_pictures_stay_even_if_they_are_the_same_file() -> None:
    data = rendered(with_a_place(), logo=WIDE)
    pictures = etree.fromstring(part_of(data, "word/document.xml")).iter(qn("wp:docPr"))
    assert [picture.get("descr") for picture in pictures] == ["sig:student"]
    assert part_of(data, "word/media/image1.png") == a_png(40, 20)
    assert part_of(data, "word/media/logo") == WIDE.data


def test_without_a_logo_its_place_goes_with_its_paragraph() -> None:
    document = with_a_place()
    place = document.sections[0].first_page_header
    keep(place.paragraphs[0], "logo")
    keep(document.add_paragraph("à côté de mots "), "logo")
    cell = document.add_table(1, 1).rows[0].cells[0]
    keep(cell.paragraphs[0], "logo")
    result = docx.Document(BytesIO(rendered(document, logo=None)))
    assert [paragraph.text for paragraph in result.sections[0].header.paragraphs] == ["Université"]
    assert [paragraph.text for paragraph in result.sections[0].first_page_header.paragraphs] == [""]
    assert [paragraph.text for paragraph in result.paragraphs] == ["signature ", "à côté de mots "]
    assert [paragraph.text for paragraph in result.tables[0].rows[0].cells[0].paragraphs] == [""]
    alts = [picture.get("descr") for picture in result.element.iter(qn("wp:docPr"))]
    assert alts == ["sig:student"]


def test_a_template_without_a_place_has_no_logo() -> None:
    document = docx.Document()
    assert rendered(document, logo=WIDE) == rendered(document, logo=None)


def test_what_word_adds_to_a_picture_does_not_hide_the_logo() -> None:
    """Cropping, a drawing that belongs to the picture, a size relative to the page."""
    document = with_a_place()
    inline = next(document.sections[0].header._element.iter(qn("wp:inline")))
    blip = next(inline.iter(qn("a:blip")))
    etree.SubElement(etree.SubElement(blip, qn("a:extLst")), qn("a:ext"), uri="{96DAC541-7B7A-43D3-8B79-37D633B846F1}")
    blip.addnext(etree.Element(qn("a:srcRect"), l="20000"))
    relative = "{http://schemas.microsoft.com/office/word/2010/wordprocessingDrawing}sizeRelH"
    etree.SubElement(inline, relative, relativeFrom="page")
    header = etree.fromstring(part_of(rendered(document, logo=WIDE), "word/header1.xml"))
    assert not [*header.iter(qn("a:srcRect"), qn("a:extLst"), relative)]
    assert sizes(etree.tostring(header)) == [(Mm(40), Mm(10))] * 2


@pytest.fixture(scope="module")
def papers() -> Mapping[str, bytes]:
    wanted = {
        "png": rendered(with_a_place(), logo=WIDE),
        "jpeg": rendered(with_a_place(), logo=JPEG),
        "none": rendered(with_a_place(), logo=None),
        "twice": rendered(docx.Document(), with_a_place(), logo=WIDE),
    }
    return {name: pdf for name, pdf in press.convert([*wanted.items()]) if isinstance(pdf, bytes)}


def pictures_of(pdf: bytes) -> list[tuple[int, int, bool]]:
    """Width and height in pixels of every picture in a file, and whether it lets the page show through."""
    with pikepdf.open(BytesIO(pdf)) as document:
        pictures = [
            item for item in document.objects if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"
        ]
        masks = {picture.SMask.objgen for picture in pictures if "/SMask" in picture}
        shown = [picture for picture in pictures if picture.objgen not in masks]
        return sorted((int(picture.Width), int(picture.Height), "/SMask" in picture) for picture in shown)


def test_the_logo_is_printed_in_its_place_and_nowhere_else(papers: Mapping[str, bytes]) -> None:
    box = (40, 20, True)
    assert pictures_of(papers["none"]) == [box]
    assert pictures_of(papers["png"]) == [box, (120, 30, True)]
    assert pictures_of(papers["jpeg"]) == [(24, 16, False), box]
    assert pictures_of(papers["twice"]) == [box, (120, 30, True)]


def test_a_transparent_logo_can_be_archived(papers: Mapping[str, bytes]) -> None:
    origin = Origin("convention", "2026-0001", 1, "fr", "a" * 64, "b" * 64, "conventions 0.1.0")
    frozen = forms.freeze(papers["png"], origin, title="Lettre", now=NOW)
    assert (120, 30, True) in pictures_of(frozen)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"words",
        b"GIF89a" + bytes(40),
        b"<svg/>",
        a_png(0, 10),
        a_png(10, 10)[:-12],
        a_png(10, 10)[:20],
        A_JPEG[:-2],
        A_JPEG[:2] + A_JPEG[-2:],
        b"\xff\xd8" + b"\xff" * 40 + b"\xff\xd9",
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(SettingsError) as caught:
        Logo(data, "Université")
    assert caught.value.code == "LOGO-01"


@given(st.binary(max_size=200))
def test_no_bytes_are_more_than_refused(data: bytes) -> None:
    for start in (b"", b"\xff\xd8", b"\xff\xd8\xff\xd9", b"\x89PNG\r\n\x1a\n"):
        try:
            Logo(start + data, "")
        except SettingsError:
            continue


def test_a_picture_that_would_make_every_paper_heavy_is_refused() -> None:
    with pytest.raises(SettingsError) as caught:
        Logo(a_png(10, 10) + bytes(2 * 1024 * 1024), "Université")
    assert caught.value.code == "LOGO-02"


def test_what_the_picture_is_called_can_be_any_words() -> None:
    header = part_of(rendered(with_a_place(), logo=Logo(a_png(9, 9), 'a "b" <c> & \x00é')), "word/header1.xml")
    assert next(etree.fromstring(header).iter(qn("wp:docPr"))).get("descr") == 'a "b" <c> &  é'
