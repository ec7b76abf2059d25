"""What is kept from one signature to the next: nothing of whom it was for, and nothing that shows in the paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from pyhanko.pdf_utils.font.opentype import GlyphAccumulatorFactory
from pyhanko.pdf_utils.writer import PdfFileWriter

from conventions import signing
from conventions.signing import lettering, stamp
from conventions.signing.lettering import FONT, Lettering
from conventions.signing.writing import fields_of, opened
from tests.papers import Bench, the_clock

_PREFIX = re.compile(rb"/[A-Z]{6}\+")
"""Chosen at random for each font that is put into a paper."""


def _facts(pdf: bytes, role: str) -> Mapping[str, Any]:
    """What a signature consists of, without what chance decides: its value, and the prefix of its font."""
    reader = opened(pdf)
    field = next(one for one in fields_of(reader.root) if one.raw_get("/T") == role)
    look = field["/AP"]["/N"]
    font = look["/Resources"]["/Font"]["/F1"]
    letters = font["/DescendantFonts"][0]
    made = next(one for one in reader.embedded_signatures if one.field_name == role)
    return {
        "operators": look.data,
        "box": list(look["/BBox"]),
        "letters": font["/ToUnicode"].data,
        "widths": repr(letters["/W"]),
        "measures": {name: repr(value) for name, value in letters["/FontDescriptor"].items() if name != "/FontName"}
        | {"/FontFile2": ""},
        "font": letters["/FontDescriptor"]["/FontFile2"].data,
        "said": {name: repr(made.sig_object[name]) for name in ("/M", "/Name", "/Reason", "/SubFilter")},
        "attributes": {
            one["type"].native: one["values"].native
            for one in made.signer_info["signed_attrs"]
            if one["type"].native != "message_digest"  # the font's name is in the digest
        },
        "certificates": sorted(one.dump() for one in (made.signer_cert, *made.other_embedded_certs)),
    }


def test_a_signature_is_the_same_whether_it_is_the_first_of_a_run_or_not(bench: Bench) -> None:
    now, paper = the_clock(), bench.issued()
    bench.signed(paper, "student", is_stamped=False)  # somebody else signed before
    lettering._typeface.cache_clear()
    stamp._coverage.cache_clear()
    cold = bench.signed(paper, "student", is_stamped=False, now=now)
    bench.signed(bench.issued("other"), "company", is_stamped=False)
    warm = bench.signed(paper, "student", is_stamped=False, now=now)
    assert _facts(warm, "student") == _facts(cold, "student")


def test_threads_that_sign_at_once_for_several_people_mix_nothing(bench: Bench) -> None:
    paper, now = bench.issued(), the_clock()
    roles = [*bench.people]
    alone = {role: _facts(bench.signed(paper, role, is_stamped=False, now=now), role) for role in roles}
    lettering._typeface.cache_clear()  # all of them come first
    with ThreadPoolExecutor(8) as threads:
        waiting = [(role, threads.submit(bench.signed, paper, role, is_stamped=False, now=now)) for role in roles * 6]
        for role, made in waiting:
            assert _facts(made.result(), role) == alone[role]


def test_a_paper_holds_the_letters_of_its_own_stamp_and_no_others(bench: Bench) -> None:
    bench.signed(bench.issued(), "company", is_stamped=False)
    stamp = signing.Stamp(("Zoé",))
    signer = signing.Signer(bench.key("student"), None, the_clock())
    made = signing.sign(bench.issued(), "student", signer, stamp=stamp, reason="read", location="")
    with TTFont(BytesIO(_facts(made, "student")["font"])) as font:
        assert {chr(point) for point in font.getBestCmap()} == {"Z", "o", "é"}


def _written(factory: Any, words: str) -> tuple[bytes, bytes, str, Any]:
    writer = PdfFileWriter()
    engine = factory.create_font_engine(writer)
    operators = engine.shape(words).graphics_ops
    engine.prepare_write()
    font = engine.as_resource().get_object()
    letters = font["/DescendantFonts"][0]
    return (
        operators,
        font["/ToUnicode"].data,
        repr(letters["/W"]),
        TTFont(BytesIO(letters["/FontDescriptor"]["/FontFile2"].data), checkChecksums=2),
    )


def _outlines(font: Any) -> dict[int, Any]:
    drawn, glyphs = {}, font.getGlyphSet()
    for number, name in enumerate(font.getGlyphOrder()):
        pen = DecomposingRecordingPen(glyphs)
        glyphs[name].draw(pen)
        if pen.value:
            drawn[number] = (glyphs[name].width, pen.value)
    return drawn


@pytest.mark.parametrize(
    "words",
    ["Camille Lefèvre-Nguyễn Thị Ánh", "Στέφανος Ωμέγα", "Żółć — 16 février 2026 à 10:32", "office ffi, q̃ é ǻ", "?"],
)
def test_letters_are_laid_out_and_drawn_as_by_the_library(words: str) -> None:
    *ours, font = _written(Lettering(FONT, 9), words)
    *theirs, expected = _written(GlyphAccumulatorFactory(str(FONT), 9), words)
    assert ours == theirs
    assert _outlines(font) == _outlines(expected)
