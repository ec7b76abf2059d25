"""The content of pages, taken apart and written anew: as pikepdf does it, with less work."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from itertools import cycle
from typing import Any, Final

import pikepdf
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pikepdf import Dictionary, Name

from conventions import forms, pipeline, press
from conventions.documents import DOCUMENTS, document_type
from conventions.forms.instructions import INLINE_IMAGE, Instruction, Line, plain, steps
from conventions.forms.resources import keep_used
from conventions.languages import LANGUAGES, Language
from conventions.model.paper import Origin
from conventions.settings import load
from tests.builders import EXAMPLES
from tests.mixtures import a_mixture, of_paragraphs
from tests.questionnaires import changed

NOW: Final = datetime(2026, 2, 16, 10, 30, tzinfo=UTC)
ORIGIN: Final = Origin("convention", "2026-0001", 1, "fr", "a" * 64, "b" * 64, "conventions 0.1.0")
SETTINGS: Final = load(EXAMPLES).settings
FOREIGN: Final = ("Ελένη Παπαδοπούλου", "محمد عبد الله", "שרה כהן", "王小明 dans une phrase")

NUMBERS: Final = st.one_of(
    st.integers(-(10**10), 10**10).map(str),
    st.decimals(-1000, 1000, places=3).map(str),
    st.sampled_from(["0", "-0", "007", "+5", ".5", "-.5", "5.", "0.0", "-0.0", "1.50", "--2", "4-3"]),
)
NAMES: Final = st.sampled_from(["/F1", "/Artifact", "/List#20Bullet", "/Value#5F2", "/A.b-c+d", "/é", "/"])
DIGITS: Final = st.one_of(
    st.binary(max_size=6).map(lambda data: f"<{data.hex().upper()}>"),
    st.sampled_from(["<0a1B>", "<414>", "<41 42>", "<>", "(a (b) \\) \\101 <41>)", "( )"]),
)
LINES: Final = st.lists(DIGITS | NUMBERS, max_size=6).map(lambda pieces: f"[{''.join(pieces)}]") | st.lists(
    DIGITS | NUMBERS, max_size=6
).map(lambda pieces: f"[ {' '.join(pieces)} ]")
LISTS: Final = st.sampled_from(
    ["<</MCID 3>>", "<< /MCID 12 >>", "<</ActualText<FEFF00410153>>>", "<</MCID 1/Lang(fr)>>", "<</A[1 2]/B<</C/D>>>>"]
)
STEPS: Final = st.one_of(
    st.tuples(NUMBERS, st.sampled_from(["w", "J", "gs", "fx", "qq", "true"])),
    st.tuples(st.sampled_from(["q", "Q", "BT", "ET", "W*", "n", "f*", "EMC", "T*", "ffff", "%x"])),
    st.tuples(NUMBERS, NUMBERS, st.sampled_from(["Td", "m", "l"])),
    st.tuples(NAMES, NUMBERS, st.just("Tf")),
    st.tuples(NAMES, st.sampled_from(["Do", "BMC", "gs", "cs"])),
    st.tuples(NAMES, LISTS, st.sampled_from(["BDC", "DP"])),
    st.tuples(DIGITS, st.sampled_from(["Tj", "'", "q"])),
    st.tuples(LINES, st.sampled_from(["TJ", "d"])),
)
ROWS: Final = st.sampled_from(["<>Tj", "<0A1>Tj", "[]TJ", "[<01>-3<0>12]TJ", "[<0A><0B>]TJ", "[<01>--3]TJ", "<01>TJ"])
SAYS: Final = st.sampled_from(["", "/Span<</ActualText<FEFF00A0>>>\nBDC\n", "/Span<</ActualText<41>>>\nBDC\n"])


@st.composite
def words(draw: st.DrawFn) -> tuple[str, ...]:
    """A piece that looks like those in which LibreOffice shows a line, or nearly."""
    opening = draw(
        st.sampled_from(["/P<</MCID 3>>BDC", "/Artifact BMC", "/Artifact<</MCID 3>>BDC", "/é<</MCID 3>>BDC"])
    )
    says = draw(SAYS)
    end = draw(st.sampled_from(["EMC\n", ""])) if draw(st.booleans()) else "EMC\n" if says else ""
    x, y = draw(NUMBERS), draw(NUMBERS)
    return (f"{opening}\nq 0 {x} 0 rg\nBT\n{says}{x} {y} Td /F1 8.5 Tf{draw(ROWS)}\n{end}ET\nQ\nEMC",)


CONTENTS: Final = st.lists(
    st.tuples(STEPS | words(), st.sampled_from([" ", "\n", "", "\r\n", "  "]), st.sampled_from([" ", "\n"])), max_size=8
).map(lambda steps: "".join(part.join(step) + end for step, part, end in steps))


def a_page(document: pikepdf.Pdf, content: bytes) -> pikepdf.Page:
    page = document.add_blank_page()
    page.Contents = document.make_stream(content)
    return page


def written(found: Sequence[Instruction | Line]) -> bytes:
    """As a whole, in any form."""
    return b"\n".join(
        one.written if isinstance(one, Line) else one[0] if one[1] == INLINE_IMAGE else b"".join(one) for one in found
    )


def judged(page: pikepdf.Page | pikepdf.Stream) -> bytes:
    """The form that pikepdf gives to content."""
    return pikepdf.unparse_content_stream(pikepdf.parse_content_stream(page))


def judged_anew(found: Sequence[Instruction | Line]) -> bytes:
    with pikepdf.new() as document:
        return judged(a_page(document, written(found)))


@given(CONTENTS)
@example("/Span<</ActualText<FEFF0041>>>\nBDC\n10 20 Td /F1 8.5 Tf[<01>-3<2829>]TJ\nEMC\n")
@example("q 1 0 0 1 5 5 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x80 EI Q")
@example("ffff")
@example("Tj\n")
@example("/A /B<</MCID 1>>BDC\n")
@example("/A /B <</MCID 1>> BDC\n[ ] TJ\n")
@example("q\x0bQ")
@example("<01>q [<01>]d /P<</MCID 3>>DP")
def test_any_content_is_taken_apart_as_pikepdf_does_it(content: str) -> None:
    with pikepdf.new() as document:
        page = a_page(document, content.encode("latin-1"))
        try:
            expected = judged(page)
        except (pikepdf.PdfError, TypeError):
            return  # no content at all
        assert judged_anew(steps(page)) == expected


def test_content_of_usual_shapes_needs_no_pikepdf_and_any_other_does() -> None:
    usual = b"0.1 w\n/P<</MCID 0>>BDC\nq 0 0 0 rg\nBT\n90.1 682.4 Td /F1 14 Tf[<01>1<0203>]TJ\nET\nQ\nEMC\nQ "
    assert plain(usual) is not None
    for strange in (
        b"% words\n",
        b"(words) Tj\n",
        b"BI /W 1 ID x EI\n",
        b"q\tQ\n",
        b"1  w\n",
        b"[1 2] 0 d\n",
        b"true\n",
    ):
        assert plain(usual + b"\n" + strange) is None


@pytest.fixture(scope="module")
def exports() -> Mapping[str, tuple[bytes, Any]]:
    """What LibreOffice makes of a paper of each type, the languages in turn, and of words that need other fonts."""
    wanted, fields = {"mixture": a_mixture(), "foreign": of_paragraphs(*FOREIGN)}, {}
    for document, code in zip(DOCUMENTS, cycle(LANGUAGES)):
        order = pipeline.order_for(document, code)
        case, language = pipeline.case_of(order, SETTINGS, NOW.date()), Language(code)
        kind = document_type(order.document)
        fillings = [
            press.Filling(press.find(key, own), context(case, Language(own)), Language(own))
            for key, context, own in kind.sheets(case)
        ]
        wanted[document] = press.render(*fillings, title=document, author="U", now=NOW)
        fields[document] = kind.fields(case, language) if kind.fields else ()
    papers = dict(press.convert([*wanted.items()], workers=1))
    assert all(isinstance(paper, bytes) for paper in papers.values()), papers
    return {name: (paper, fields.get(name, ())) for name, paper in papers.items() if isinstance(paper, bytes)}


def test_every_page_that_libreoffice_writes_is_of_usual_shapes_and_equals_what_pikepdf_finds(
    exports: Mapping[str, tuple[bytes, Any]],
) -> None:
    shown: list[Instruction | Line] = []
    for paper, _ in exports.values():
        with pikepdf.open(BytesIO(paper)) as document:
            for page in document.pages:
                found = plain(page.Contents.read_bytes())
                assert found is not None
                assert judged_anew(found) == judged(page)
                shown += [one for one in found if isinstance(one, Line) or one[1] in {b"Tj", b"TJ"}]
    lines = sum(isinstance(one, Line) for one in shown)
    assert lines > 0.9 * len(shown) > 1000


def commented(document: pikepdf.Pdf) -> None:
    """Content that says the same, and is left to pikepdf."""
    for page in document.pages:
        page.Contents.write(b"% the same\n" + page.Contents.read_bytes())


def rewritten(document: pikepdf.Pdf) -> None:
    for page in document.pages:
        page.Contents.write(judged(page))


@pytest.mark.parametrize("change", [commented, rewritten])
def test_both_ways_make_the_same_paper(
    exports: Mapping[str, tuple[bytes, Any]], change: Callable[[pikepdf.Pdf], None]
) -> None:
    for name, (paper, fields) in exports.items():
        one, other = (
            forms.freeze(export, ORIGIN, title=name, now=NOW, fields=fields)
            for export in (paper, changed(paper, change))
        )
        assert settled(one) == settled(other)


def settled(paper: bytes) -> bytes:
    """With every content in pikepdf's form, and the same identifier for all papers."""
    target = BytesIO()
    with pikepdf.open(BytesIO(paper)) as document:
        for page in document.pages:
            page.Contents.write(judged(page))
        document.save(target, static_id=True)
    return re.sub(rb"/ID \[.*?\]", b"", target.getvalue())


def test_a_page_keeps_the_resources_that_pikepdf_would_leave_it(exports: Mapping[str, tuple[bytes, Any]]) -> None:
    for paper, _ in exports.values():
        with pikepdf.open(BytesIO(paper)) as ours, pikepdf.open(BytesIO(paper)) as theirs:
            for page in ours.pages:
                used = re.findall(rb"(/\S+) (?:Do|\S+ Tf)", judged(page))
                keep_used(page, {name.decode() for name in used})
            theirs.remove_unreferenced_resources()
            for mine, their in zip(ours.pages, theirs.pages, strict=True):
                assert mine.obj.Resources.unparse() == their.obj.Resources.unparse()


def test_what_only_a_picture_of_a_page_uses_is_kept() -> None:
    with pikepdf.new() as document:
        page = a_page(document, b"/X1 Do")
        inner = document.make_stream(b"BT /F2 9 Tf (a) Tj ET")
        inner.Type, inner.Subtype = Name.XObject, Name.Form
        fonts = Dictionary({f"/F{rank}": Dictionary(Type=Name.Font) for rank in (1, 2)})
        page.obj.Resources = Dictionary(Font=fonts, XObject=Dictionary(X1=inner))
        keep_used(page, {"/X1"})
        assert set(page.obj.Resources.Font.keys()) >= {"/F2"}
