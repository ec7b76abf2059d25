"""Headings at the foot of a page: found in the PDF, moved in the document, through the real LibreOffice."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name

from conventions import forms, press
from conventions.documents import DOCUMENTS
from conventions.errors import ForeignPaper, TemplateError
from conventions.languages import Language
from conventions.press import Filling, Template
from tests.builders import a_dossier
from tests.cases import a_case

FRENCH = Language("fr")
CLAUSE = "Le stagiaire remet le travail suivant et reste tenu au devoir de réserve et à la discrétion. " * 3
NOW = datetime(2026, 2, 16, 10, tzinfo=UTC)
LINES = range(34, 46)
"""So many lines stand above a heading, on one page after the other; a page has about 44."""


def a_filling(document: Any) -> Filling:
    target = BytesIO()
    document.save(target)
    data = target.getvalue()
    return Filling(Template("annex", "fr", Path("annex.docx"), sha256(data).hexdigest(), data), {}, FRENCH)


def an_agreement(code: str, *languages: str, **changes: Any) -> Filling:
    case = a_case(a_dossier(language=code, **changes), languages=languages or (code,))
    language = Language(code)
    return Filling(press.find("convention", code), DOCUMENTS["convention"].context(case, language), language)


def rendered(*fillings: Filling, breaks: Iterable[int] = ()) -> bytes:
    return press.render(*fillings, title="Convention", author="U", now=NOW, breaks=tuple(breaks))


def converted(documents: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: pdf for name, pdf in press.convert([*documents.items()]) if isinstance(pdf, bytes)}


def with_a_heading_at_every_height() -> Any:
    """Page after page with one line more above a heading, whose paragraph is in one piece.

    The headings do not ask to be kept with it, so that one of them stands alone in every version of LibreOffice.
    """
    document = docx.Document()
    document.styles["Normal"].paragraph_format.space_after = 0
    document.styles["Heading 2"].paragraph_format.keep_with_next = False
    for lines in LINES:
        for line in range(lines):
            document.add_paragraph(f"ligne {line}").paragraph_format.page_break_before = line == 0
        document.add_heading(f"Article {lines}", 2)
        document.add_paragraph(CLAUSE).paragraph_format.keep_together = True
    return document


def first_words(pdf: bytes) -> list[str]:
    """The first line of each page."""
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return [page.strip().partition("\n")[0].strip() for page in text.decode().split("\f")[:-1]]


def test_a_heading_that_stands_alone_at_the_foot_of_a_page_is_found_and_moved() -> None:
    filling = a_filling(with_a_heading_at_every_height())
    before = converted({"paper": rendered(filling)})["paper"]
    ranks = forms.orphans(before)
    assert ranks
    after = converted({"paper": rendered(filling, breaks=ranks)})["paper"]
    assert forms.orphans(after) == ()
    starts = {f"Article {LINES[rank]}" for rank in ranks}
    assert starts <= set(first_words(after))
    assert not starts & set(first_words(before))


def test_what_word_wants_below_a_table_that_ends_a_text_asks_for_no_page() -> None:
    papers = {}
    for lines in range(31, 40):
        document = docx.Document()
        document.styles["Normal"].paragraph_format.space_after = 0
        for line in range(lines):
            document.add_paragraph(f"ligne {line}")
        document.add_table(1, 1).rows[0].cells[0].text = "tableau"
        document.add_paragraph()
        papers[f"{lines}"] = rendered(a_filling(document))
    pages = {
        name: subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout
        for name, pdf in converted(papers).items()
    }
    assert {name for name, words in pages.items() if any(not page.strip() for page in words.split(b"\f")[:-1])} == set()


@pytest.fixture(scope="module")
def broken() -> Mapping[str, tuple[bytes, bytes]]:
    """The shipped agreements, with every heading on a page of its own: the document and its PDF."""
    papers = {
        "en + fr": (an_agreement("en", "en", "fr"), an_agreement("fr", "en", "fr")),
        "de": (an_agreement("de"),),
        "es": (an_agreement("es"),),
    }
    documents = {name: rendered(*fillings, breaks=range(100)) for name, fillings in papers.items()}
    return {name: (documents[name], pdf) for name, pdf in converted(documents).items()}


def plain(words: str) -> str:
    return " ".join(words.replace("\u2011", "-").split())


@pytest.mark.parametrize("name", ["en + fr", "de", "es"])
def test_every_heading_of_the_shipped_agreements_has_the_rank_it_has_in_the_pdf(
    broken: Mapping[str, tuple[bytes, bytes]], name: str
) -> None:
    document, pdf = broken[name]
    paragraphs = docx.Document(BytesIO(document)).paragraphs
    headings = [
        plain(paragraph.text)
        for paragraph in paragraphs
        if paragraph.style and re.match("heading|article", paragraph.style.name or "", re.IGNORECASE)
    ]
    assert len(headings) > 25
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    pages = [[plain(line) for line in page.splitlines() if line.strip()] for page in text.decode().split("\f")[:-1]]
    begun = [lines[1] for lines in pages if any(heading.startswith(lines[1]) for heading in headings)]
    assert [heading[:20] for heading in headings] == [line[:20] for line in begun]


def test_headings_stay_with_what_follows_wherever_the_pages_break() -> None:
    """However long the list of activities is; LibreOffice by itself leaves one alone with five."""
    lengths = range(1, 8)
    fillings = {str(n): an_agreement("fr", placement={"activities": ["développer et essayer"] * n}) for n in lengths}
    papers = converted({n: rendered(filling) for n, filling in fillings.items()})
    assert {n: forms.orphans(paper) for n, paper in papers.items()} == dict.fromkeys(fillings, ())


@pytest.mark.parametrize("code", ["fr", "es"])
def test_no_agreement_keeps_a_heading_alone_at_the_foot_of_a_page(code: str) -> None:
    filling = an_agreement(code)
    breaks: set[int] = set()
    while ranks := set(forms.orphans(converted({code: rendered(filling, breaks=breaks)})[code])):
        assert not ranks & breaks
        breaks |= ranks
    assert len(breaks) < 5


def a_text_box(style: str) -> Any:
    """A text box with a heading in it, once as Word 2010 and once as older versions read it."""
    box = (
        f'<w:txbxContent><w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>Cadre</w:t></w:r></w:p>'
        "</w:txbxContent>"
    )
    names = " ".join(
        f'xmlns:{prefix}="{uri}"'
        for prefix, uri in {
            "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
            "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
            "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
            "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
            "v": "urn:schemas-microsoft-com:vml",
        }.items()
    )
    return parse_xml(
        f'<w:r {names}><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor simplePos="0"'
        ' relativeHeight="2" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1" distT="0" distB="0" distL="0"'
        ' distR="0"><wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="column"><wp:posOffset>3000000</wp:posOffset>'
        '</wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>'
        '<wp:extent cx="2000000" cy="600000"/><wp:wrapSquare wrapText="bothSides"/><wp:docPr id="7" name="box"/>'
        '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
        '<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="2000000" cy="600000"/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr><wps:txbx>{box}</wps:txbx><wps:bodyPr/></wps:wsp>'
        "</a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict>"
        f'<v:shape style="width:100pt;height:50pt"><v:textbox>{box}</v:textbox></v:shape></w:pict></mc:Fallback>'
        "</mc:AlternateContent></w:r>"
    )


def outlined(paragraph: Any, level: int) -> None:
    """Give a paragraph a level of the outline, whatever its style says; 9 is running text."""
    found = OxmlElement("w:outlineLvl")
    found.set(qn("w:val"), str(level))
    paragraph._p.get_or_add_pPr().append(found)


def test_headings_that_one_does_not_see_as_such_are_counted_on_both_sides() -> None:
    document = docx.Document()
    document.add_paragraph("Titre", style="Title")
    document.add_paragraph("", style="Heading 1")
    document.add_table(1, 1).rows[0].cells[0].paragraphs[0].style = document.styles["Heading 2"]
    outlined(document.add_paragraph("nommé seul"), 1)
    outlined(document.add_paragraph("pas un titre", style="Heading 2"), 9)
    document.add_paragraph("avec un cadre")._p.append(a_text_box("Heading2"))
    document.add_paragraph("sommaire", style="TOC Heading")
    document.add_paragraph("profond", style="Heading 8")
    document.add_paragraph("texte")
    document.add_paragraph("Dernier", style="Heading 1")
    document.add_paragraph("texte")
    filling = a_filling(document)
    pdfs = converted({"first": rendered(filling), "last": rendered(filling, breaks=[5])})
    assert kinds_of(pdfs["first"]) == ["/H1", "/H2", "/H2", "/H2", "/H6", "/H1"]
    assert first_words(pdfs["first"]) == ["Titre"]
    assert first_words(pdfs["last"]) == ["Titre", "Dernier"]


def kinds_of(pdf: bytes) -> list[str]:
    """The headings of the structure tree in order."""

    def walk(element: Any) -> list[str]:
        kids = element.get("/K", Array())
        own = [str(element.S)] if re.fullmatch(r"/H\d?", str(element.get("/S", ""))) else []
        inner = [walk(kid) for kid in (kids if isinstance(kids, Array) else [kids]) if isinstance(kid, Dictionary)]
        return own + [kind for kinds in inner for kind in kinds]

    with pikepdf.open(BytesIO(pdf)) as document:
        return walk(document.Root.StructTreeRoot)


def a_pdf(*elements: Any, pages: int = 4) -> bytes:
    """A PDF of nothing but structure: an element is its type, its page and what it holds (by default one content)."""
    document = pikepdf.new()
    sheets = [document.add_blank_page() for _ in range(pages)]

    def element(kind: str, page: int, *kids: Any) -> Any:
        held = [kid if isinstance(kid, int) else element(*kid) for kid in kids] or [0]
        return document.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name(f"/{kind}"), Pg=sheets[page].obj, K=Array(held))
        )

    tree = document.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document))
    tree.K = Array([element(*given) for given in elements])
    document.Root.StructTreeRoot = document.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=tree))
    target = BytesIO()
    document.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("elements", "ranks"),
    [
        ([("P", 0), ("H2", 0), ("P", 1)], (0,)),
        ([("P", 0), ("H2", 0), ("P", 0), ("P", 1)], ()),
        ([("P", 0), ("H1", 0), ("H2", 0), ("P", 1)], (0,)),
        ([("P", 0), ("H1", 0), ("P", 0), ("H2", 0), ("P", 1), ("H1", 1), ("P", 2)], (1, 2)),
        ([("H1", 0), ("P", 1)], ()),
        ([("P", 0), ("H1", 1), ("H2", 1), ("P", 2)], ()),
        ([("P", 0), ("H1", 0)], ()),
        ([("P", 0), ("H1", 0), ("Table", 0, ("TR", 0, ("TD", 0, ("P", 0)))), ("P", 1)], ()),
        ([("P", 0), ("H1", 0), ("Table", 1, ("TR", 1, ("TD", 1, ("H2", 1)))), ("H2", 1), ("P", 2)], (0, 2)),
        ([("P", 0), ("Table", 0, ("TR", 0, ("TD", 0, ("H2", 0)))), ("P", 1)], ()),
        ([("P", 0), ("H1", 0, ("Span", 0)), ("L", 1, ("LI", 1, ("LBody", 1)))], (0,)),
        ([("P", 0), ("H1", 0, 0, ("Div", 0, ("P", 0))), ("P", 1)], ()),
        ([("P", 0), ("H1", 0, ("Span", 0), ("Span", 1)), ("P", 1)], (0,)),
        ([("P", 0), ("H1", 0), ("P", 3)], (0,)),
    ],
)
def test_a_heading_is_alone_when_nothing_of_what_follows_is_on_its_page(
    elements: list[Any], ranks: tuple[int, ...]
) -> None:
    assert forms.orphans(a_pdf(*elements)) == ranks


def test_an_empty_paragraph_is_no_company_and_a_picture_is() -> None:
    def emptied(pdf: bytes, kind: str) -> bytes:
        with pikepdf.open(BytesIO(pdf)) as document:
            for item in document.objects:
                if isinstance(item, Dictionary) and item.get("/S") == kind:
                    del item["/K"]
            target = BytesIO()
            document.save(target)
        return target.getvalue()

    assert forms.orphans(emptied(a_pdf(("P", 0), ("H1", 0), ("Note", 0), ("P", 1)), "/Note")) == (0,)
    assert forms.orphans(emptied(a_pdf(("P", 0), ("H1", 0), ("Figure", 0), ("P", 1)), "/Figure")) == ()


def test_a_tree_that_bites_its_tail_and_a_file_without_one_are_survived() -> None:
    with pikepdf.open(BytesIO(a_pdf(("P", 0), ("H1", 0), ("P", 1)))) as document:
        document.Root.StructTreeRoot.K.K.append(document.Root.StructTreeRoot.K)
        target = BytesIO()
        document.save(target)
    assert forms.orphans(target.getvalue()) == (0,)
    blank = BytesIO()
    pikepdf.new().save(blank)
    assert forms.orphans(blank.getvalue()) == ()


@pytest.mark.parametrize(
    "held",
    [
        Dictionary(MCID=Name.One),
        Dictionary(S=Name.P, Pg=5, K=1),
        Dictionary(S=pikepdf.Object.parse(b"/P#8c")),
        Dictionary(Type=Name.OBJR),
        Array([3]),
        Name.P,
    ],
)
def test_a_tree_that_holds_what_it_should_not_is_survived(held: Any) -> None:
    with pikepdf.open(BytesIO(a_pdf(("P", 0), ("H1", 0), ("P", 1)))) as document:
        document.Root.StructTreeRoot.K.K[2].K.append(held)
        target = BytesIO()
        document.save(target)
    assert forms.orphans(target.getvalue()) == (0,)
    with pytest.raises(TemplateError, match="no signature box"):
        forms.anchors(target.getvalue(), ["student"])


def test_what_is_not_a_pdf_is_told() -> None:
    with pytest.raises(ForeignPaper) as caught:
        forms.orphans(b"words")
    assert caught.value.code == "PDF-01"


@given(st.lists(st.tuples(st.sampled_from(["P", "H1", "H2"]), st.integers(0, 1)), max_size=12))
def test_every_heading_that_is_told_ends_the_page_for_its_text(steps: list[tuple[str, int]]) -> None:
    page, elements = 0, []
    for kind, forward in steps:
        page += forward
        elements.append((kind, page))
    ranks = forms.orphans(a_pdf(*elements, pages=page + 1))
    headings = [at for at, (kind, _) in enumerate(elements) if kind != "P"]
    for rank in ranks:
        at = headings[rank]
        behind = [kind for kind, where in elements[at + 1 :] if where == elements[at][1]]
        assert "P" not in behind
        assert elements[at - 1] == ("P", elements[at][1])
        assert elements[-1][1] > elements[at][1]
