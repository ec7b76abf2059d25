"""Freezing, finding signature boxes, reading the stamp of origin: on PDFs that LibreOffice really made."""

from __future__ import annotations

import re
import resource
import signal
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from typing import Any

import docx
import pikepdf
import pytest
from docx.shared import Mm
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from conventions import forms, press
from conventions.errors import ConversionError, ForeignPaper, TemplateError
from conventions.model.paper import Origin
from typesetting.style import box_picture

NOW = datetime(2026, 2, 16, 10, 30, tzinfo=UTC)
ORIGIN = Origin("convention", "2026-0001", 3, "fr", "a" * 64, "b" * 64, "conventions 0.1.0")


def a_document(*boxes: str, words: str = "Convention") -> bytes:
    """A Word document with a signature box per role."""
    document = docx.Document()
    document.add_heading(words, 1)
    for role in boxes:
        frame = BytesIO(box_picture(Mm(78), Mm(25)))
        picture = document.add_paragraph(role).add_run().add_picture(frame, Mm(78), Mm(25))
        picture._inline.docPr.set("descr", f"sig:{role}")
    target = BytesIO()
    document.save(target)
    return target.getvalue()


@pytest.fixture(scope="module")
def exports() -> Mapping[str, bytes]:
    """What LibreOffice makes of a few documents; one of them twice, to compare runs."""
    wanted = {
        "sound": a_document("student", "company"),
        "again": a_document("student", "company"),
        "unprintable": a_document("student", words="Wáng \u0378"),
        "printable": a_document("student", words="Łódź Жуков Ελένη Nguyễn ½ € – ’ …"),
        "doubled": a_document("student", "student"),
        "long": a_document(*(["company"] + [f"other_{letter}" for letter in "abcdefgh"] + ["student"])),
    }
    results = dict(press.convert(list(wanted.items()), workers=2))
    return {name: result for name, result in results.items() if isinstance(result, bytes)}


@pytest.fixture(scope="module")
def paper(exports: Mapping[str, bytes]) -> bytes:
    return forms.freeze(exports["sound"], ORIGIN, title="Convention <1> & é", now=NOW)


def changed(pdf: bytes, change: Any) -> bytes:
    """The PDF after a function has changed it."""
    target = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        change(document)
        document.save(target)
    return target.getvalue()


def test_a_paper_says_where_it_comes_from(paper: bytes) -> None:
    assert forms.origin(paper) == ORIGIN


@settings(max_examples=25)
@given(number=st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20))
def test_the_stamp_reads_back_whatever_was_written(exports: Mapping[str, bytes], number: str) -> None:
    stamped = replace(ORIGIN, number=number)
    assert forms.origin(forms.freeze(exports["sound"], stamped, title=number, now=NOW)) == stamped


def test_a_pdf_of_somebody_else_has_no_origin(exports: Mapping[str, bytes]) -> None:
    assert forms.origin(exports["sound"]) is None
    assert forms.origin(changed(exports["sound"], lambda document: document.Root.__delitem__("/Metadata"))) is None


@pytest.mark.parametrize("data", [b"", b"words", b"%PDF-1.7\n", b"PK\x03\x04" + b"x" * 90])
def test_what_is_not_a_pdf_is_told(data: bytes) -> None:
    for ask in (lambda: forms.origin(data), lambda: forms.anchors(data, ["student"])):
        with pytest.raises(ForeignPaper) as caught:
            ask()
        assert caught.value.code == "PDF-01"


def test_an_encrypted_pdf_is_told(paper: bytes) -> None:
    target = BytesIO()
    with pikepdf.open(BytesIO(paper)) as document:
        document.save(target, encryption=pikepdf.Encryption(user="u", owner="o"))
    with pytest.raises(ForeignPaper):
        forms.origin(target.getvalue())


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 10**6), noise=st.binary(min_size=1, max_size=40))
def test_damage_is_either_survived_or_told(paper: bytes, place: int, noise: bytes) -> None:
    at = place % len(paper)
    damaged = paper[:at] + noise + paper[at + len(noise) :]
    try:
        forms.origin(damaged)
        forms.anchors(damaged, ["student", "company"])
    except (ForeignPaper, TemplateError):
        pass


def test_an_export_is_looked_at_and_frozen_in_one_opening(exports: Mapping[str, bytes], paper: bytes) -> None:
    with forms.exported(exports["sound"]) as export:
        assert export.orphans() == forms.orphans(exports["sound"])
        assert export.frozen(ORIGIN, title="Convention <1> & é", now=NOW) == paper
    with pytest.raises(ConversionError) as caught, forms.exported(b"words"):
        pass
    assert caught.value.code == "CONVERT-04"


def test_equal_papers_have_equal_bytes_in_two_runs_of_libreoffice(exports: Mapping[str, bytes], paper: bytes) -> None:
    assert exports["again"] != exports["sound"]
    assert forms.freeze(exports["again"], ORIGIN, title="Convention <1> & é", now=NOW) == paper


def test_other_origins_dates_and_titles_make_other_bytes(exports: Mapping[str, bytes], paper: bytes) -> None:
    later = NOW + timedelta(seconds=1)
    assert forms.freeze(exports["sound"], ORIGIN, title="Convention <1> & é", now=later) != paper
    assert forms.freeze(exports["sound"], replace(ORIGIN, version=4), title="Convention <1> & é", now=NOW) != paper


def test_the_paper_is_archival_tagged_titled_and_in_its_language(paper: bytes) -> None:
    with pikepdf.open(BytesIO(paper)) as document:
        root = document.Root
        assert str(root.Lang) == "fr"
        assert root.ViewerPreferences.DisplayDocTitle
        assert root.MarkInfo.Marked
        assert root.OutputIntents[0].S == "/GTS_PDFA1"
        assert str(document.docinfo.Title) == "Convention <1> & é"
        with document.open_metadata() as xmp:
            assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"]) == ("2", "A")
            assert xmp["dc:title"] == "Convention <1> & é"
            assert xmp["xmp:CreateDate"] == xmp["xmp:ModifyDate"] == "2026-02-16T10:30:00+00:00"
            assert xmp["pdf:Producer"] == str(document.docinfo.Producer)
        assert str(document.docinfo.CreationDate) == "D:20260216103000+00'00"
        assert b"pdfaExtension:schemas" in root.Metadata.read_bytes()


def test_the_file_has_a_classic_table_and_no_object_streams(paper: bytes) -> None:
    assert paper.startswith(b"%PDF-1.7")
    assert b"/ObjStm" not in paper
    assert b"/XRef" not in paper
    assert re.search(rb"startxref\s+\d+\s+%%EOF\s*$", paper)


def test_dates_keep_their_zone(exports: Mapping[str, bytes]) -> None:
    paris = NOW.astimezone(timezone(timedelta(hours=1)))
    with pikepdf.open(BytesIO(forms.freeze(exports["sound"], ORIGIN, title="t", now=paris))) as document:
        assert str(document.docinfo.CreationDate) == "D:20260216113000+01'00"


def test_nothing_active_survives(exports: Mapping[str, bytes]) -> None:
    def arm(document: pikepdf.Pdf) -> None:
        script = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
        document.Root.OpenAction = script
        document.Root.AA = Dictionary(WC=script)
        document.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("x"), script])))
        document.Root.OCProperties = Dictionary(OCGs=Array())
        document.pages[0].AA = Dictionary(O=script)
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=script)
        document.pages[0].Annots = Array([link])

    frozen = forms.freeze(changed(exports["sound"], arm), ORIGIN, title="t", now=NOW)
    for name in (b"JavaScript", b"OpenAction", b"/AA", b"OCProperties", b"app.alert"):
        assert name not in frozen


def _drop(key: str) -> Any:
    return lambda document: document.Root.__delitem__(key)


def _drop_fonts(document: pikepdf.Pdf) -> None:
    for item in document.objects:
        if isinstance(item, Dictionary) and "/FontFile2" in item:
            del item["/FontFile2"]


@pytest.mark.parametrize("change", [_drop("/OutputIntents"), _drop("/MarkInfo"), _drop("/Metadata"), _drop_fonts])
def test_what_is_not_archival_is_refused(exports: Mapping[str, bytes], change: Any) -> None:
    with pytest.raises(ConversionError) as caught:
        forms.freeze(changed(exports["sound"], change), ORIGIN, title="t", now=NOW)
    assert caught.value.code == "CONVERT-04"


def test_a_character_that_no_font_has_is_told_instead_of_printed_as_a_frame(exports: Mapping[str, bytes]) -> None:
    with pytest.raises(ConversionError) as caught:
        forms.freeze(exports["unprintable"], ORIGIN, title="t", now=NOW)
    assert caught.value.code == "CONVERT-07"
    assert "\u0378" in str(caught.value.message)


def test_the_scripts_of_europe_are_printed(exports: Mapping[str, bytes]) -> None:
    assert forms.origin(forms.freeze(exports["printable"], ORIGIN, title="t", now=NOW)) == ORIGIN


def test_what_is_no_pdf_cannot_be_frozen() -> None:
    with pytest.raises(ConversionError):
        forms.freeze(b"words", ORIGIN, title="t", now=NOW)


def test_without_room_for_temporary_files_a_paper_is_frozen_and_read_all_the_same(
    paper: bytes, exports: Mapping[str, bytes]
) -> None:
    def frozen_and_read() -> tuple[bytes, object]:
        data = forms.freeze(exports["long"], ORIGIN, title="t", now=NOW)
        return data, forms.anchors(data, ["student", "company"])

    wanted = frozen_and_read()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
    try:
        found = frozen_and_read()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert found == wanted


def test_boxes_are_found_where_the_pictures_are(paper: bytes, exports: Mapping[str, bytes]) -> None:
    boxes = forms.anchors(paper, ["student", "company"])
    for box in boxes.values():
        assert box.page == 0
        assert box.right - box.left == pytest.approx(78 * 72 / 25.4, abs=1)
        assert box.top - box.bottom == pytest.approx(25 * 72 / 25.4, abs=1)
    assert boxes["student"].bottom > boxes["company"].top
    other = forms.anchors(exports["long"], ["student", "company"])
    assert (other["company"].page, other["student"].page) == (0, 1)


def refusal(pdf: bytes, *roles: str) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        forms.anchors(pdf, roles)
    return caught.value


def test_a_missing_box_is_told_by_role(paper: bytes) -> None:
    error = refusal(paper, "student", "dean")
    assert (error.code, str(error.message)) == ("ANCHOR-01", "the template has no signature box for the dean")


def test_a_doubled_box_is_told_by_role(exports: Mapping[str, bytes]) -> None:
    error = refusal(exports["doubled"], "student")
    assert error.code == "ANCHOR-01"
    assert "2 signature boxes for the student" in str(error.message)


def test_a_doubled_box_is_told_of_a_frozen_paper_as_well(exports: Mapping[str, bytes]) -> None:
    frozen = forms.freeze(exports["doubled"], ORIGIN, title="t", now=NOW)
    assert "2 signature boxes for the student" in str(refusal(frozen, "student").message)


def test_a_box_without_a_page_of_its_own_lies_on_that_of_what_it_is_in(paper: bytes) -> None:
    def unpaged(document: pikepdf.Pdf) -> None:
        for item in document.objects:
            if isinstance(item, Dictionary) and str(item.get("/ID", "")) == "sig:student":
                item.P.Pg = item.Pg
                del item.Pg

    assert forms.anchors(changed(paper, unpaged), ["student"]) == forms.anchors(paper, ["student"])


def _move(document: pikepdf.Pdf, box: list[float], role: str = "student") -> None:
    for item in document.objects:
        if isinstance(item, Dictionary) and str(item.get("/ID", "")) == f"sig:{role}":
            item.A = Dictionary(O=Name.Layout, BBox=Array(box))


@pytest.mark.parametrize("box", [[500, 500, 700, 600], [-50, 10, 50, 60], [10, 10, 10, 60], [10, 780, 200, 900]])
def test_a_box_that_is_not_wholly_on_its_page_is_told(paper: bytes, box: list[float]) -> None:
    assert refusal(changed(paper, lambda document: _move(document, box)), "student").code == "ANCHOR-02"


def test_overlapping_boxes_are_told_by_role(paper: bytes) -> None:
    company = forms.anchors(paper, ["company"])["company"]
    box = [company.left + 20, company.bottom + 20, company.right + 20, company.top + 20]
    error = refusal(changed(paper, lambda document: _move(document, box)), "student", "company")
    assert error.code == "ANCHOR-03"
    assert "student" in str(error.message)
    assert "host organisation" in str(error.message)


def test_an_export_tells_the_boxes_of_the_frozen_paper(exports: Mapping[str, bytes]) -> None:
    for name in ("sound", "long"):
        with forms.exported(exports[name]) as export:
            data = export.frozen(ORIGIN, title="t", now=NOW)
            assert export.boxes() == forms.anchors(data, export.boxes())
            assert {"student", "company"} <= export.boxes().keys()


def test_an_export_tells_no_boxes_when_one_would_be_refused(exports: Mapping[str, bytes]) -> None:
    def outside(document: pikepdf.Pdf) -> None:
        for item in document.objects:
            if isinstance(item, Dictionary) and str(item.get("/Alt", "")) == "sig:student":
                item.A = Dictionary(O=Name.Layout, BBox=Array([500, 500, 700, 600]))

    with forms.exported(changed(exports["sound"], outside)) as export:
        data = export.frozen(ORIGIN, title="t", now=NOW)
        assert export.boxes() == {}
    assert refusal(data, "student", "company").code == "ANCHOR-02"


def test_later_revisions_change_neither_origin_nor_boxes(paper: bytes) -> None:
    writer: Any = IncrementalPdfFileWriter(BytesIO(paper))
    writer.root["/Extra"] = writer.add_object(writer.root.raw_get("/Pages").get_object())
    writer.update_root()
    target = BytesIO()
    writer.write(target)
    later = target.getvalue()
    assert later.startswith(paper)
    assert forms.origin(later) == ORIGIN
    assert forms.anchors(later, ["student", "company"]) == forms.anchors(paper, ["student", "company"])
