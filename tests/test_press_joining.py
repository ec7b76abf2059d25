"""One paper from several templates, through the real LibreOffice: each text looks as it does alone."""

from __future__ import annotations

import re
import subprocess
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from lxml import etree
from pikepdf import Dictionary

from conventions import forms, press
from conventions.documents import DOCUMENTS
from conventions.errors import TemplateError
from conventions.languages import Language
from conventions.model.paper import Origin
from conventions.press import Filling, Template
from tests.annexes import (
    a_field,
    an_annex,
    bare,
    ending_with_a_table,
    in_another_house,
    long,
    lying,
    mirrored,
    of_another_theme,
    of_other_defaults,
    without_defaults,
)
from tests.builders import a_dossier
from tests.cases import a_case

NOW = datetime(2026, 2, 16, 10, tzinfo=UTC)
CONTEXT: Mapping[str, object] = {"v": "valeur", "empty": ""}
Words = tuple[tuple[str, str, str], ...]
"""Of a page: left, top, word."""


def an_agreement(code: str) -> Filling:
    """The shipped agreement of one and the same dossier."""
    case = a_case(a_dossier(language="en"), languages=("en", "fr"))
    language = Language(code)
    return Filling(press.find("convention", code), DOCUMENTS["convention"].context(case, language), language)


def a_filling(document: Any, name: str = "annex", code: str = "fr") -> Filling:
    target = BytesIO()
    document.save(target)
    data = target.getvalue()
    template = Template(name, code, Path(f"{name}.docx"), sha256(data).hexdigest(), data)
    return Filling(template, CONTEXT, Language(code))


FILLINGS: Mapping[str, Callable[[], Filling]] = {
    "en": partial(an_agreement, "en"),
    "fr": partial(an_agreement, "fr"),
    "annex": lambda: a_filling(an_annex()),
    "german annex": lambda: a_filling(an_annex(), code="de"),
    "other house": lambda: a_filling(in_another_house()),
    "other defaults": lambda: a_filling(of_other_defaults()),
    "no defaults": lambda: a_filling(without_defaults()),
    "other theme": lambda: a_filling(of_another_theme()),
    "lying": lambda: a_filling(lying()),
    "bare": lambda: a_filling(bare()),
    "mirrored": lambda: a_filling(mirrored()),
    "long": lambda: a_filling(long()),
    "table at the end": lambda: a_filling(ending_with_a_table()),
}
JOINED = (
    "fr + annex",
    "fr + other house",
    "fr + other defaults",
    "other house + annex",
    "other defaults + other house",
    "fr + no defaults",
    "other house + no defaults",
    "annex + other theme",
    "annex + annex + german annex",
    "annex + bare",
    "bare + lying + annex",
    "mirrored + long",
    "mirrored + annex",
    "table at the end + other house",
)


def rendered(*fillings: Filling) -> bytes:
    return press.render(*fillings, title="Convention 1", author="Université", now=NOW)


@pytest.fixture(scope="module")
def papers() -> Mapping[str, bytes]:
    """Every text alone, and all the joined papers."""
    fillings = {name: make() for name, make in FILLINGS.items()}
    wanted = {name: [filling] for name, filling in fillings.items()}
    wanted |= {name: [fillings[part] for part in name.split(" + ")] for name in ("en + fr", *JOINED)}
    results = dict(press.convert([(name, rendered(*parts)) for name, parts in wanted.items()]))
    return {name: result for name, result in results.items() if isinstance(result, bytes)}


def pages_of(pdf: bytes) -> list[tuple[str, Words]]:
    """Size and words of each page; its number is left out, for a joined paper counts through."""
    text = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    pages = []
    for page in re.findall(r"<page (width=.*?)>(.*?)</page>", text, re.DOTALL):
        words = re.findall(r'<word xMin="([\d.]+)" yMin="([\d.]+)".*?>(.*?)</word>', page[1])
        number = max((rank for rank, word in enumerate(words) if word[2] in {"Page", "Seite"}), default=len(words))
        pages.append((page[0], tuple(words[:number])))
    return pages


@pytest.mark.parametrize("name", JOINED)
def test_every_text_stands_in_a_joined_paper_word_for_word_where_it_stands_alone(
    papers: Mapping[str, bytes], name: str
) -> None:
    alone = [page for part in name.split(" + ") for page in pages_of(papers[part])]
    joined = pages_of(papers[name])
    assert len(joined) == len(alone)
    for one, other in zip(joined, alone, strict=True):
        assert one == other


def test_an_agreement_in_two_languages_has_every_word_of_both(papers: Mapping[str, bytes]) -> None:
    """Where their pages end is not compared: LibreOffice does not always decide alike."""
    alone, joined = [
        Counter(word for part in parts for _, page in pages_of(papers[part]) for _, _, word in page)
        for parts in (("en", "fr"), ("en + fr",))
    ]
    assert joined == alone


def test_pages_are_counted_through_the_whole_paper_in_the_words_of_each_language(papers: Mapping[str, bytes]) -> None:
    words = subprocess.run(["pdftotext", "-", "-"], input=papers["en + fr"], capture_output=True, check=True).stdout
    count, first = len(pages_of(papers["en + fr"])), len(pages_of(papers["en"]))
    numbers = re.findall(r"Page (\d+) (of|sur) (\d+)", words.decode())
    assert [(int(number), int(total)) for number, _, total in numbers] == [(n, count) for n in range(1, count + 1)]
    assert [of for _, of, _ in numbers] == ["of"] * first + ["sur"] * (count - first)


def test_a_further_text_does_not_count_its_pages_anew(papers: Mapping[str, bytes]) -> None:
    words = subprocess.run(["pdftotext", "-", "-"], input=papers["bare + lying + annex"], capture_output=True).stdout
    assert re.findall(r"Page\s+(\d+)", words.decode()) == ["4"]


def test_a_section_ends_with_the_last_paragraph_of_its_text_and_asks_for_no_line_more() -> None:
    alone, joined = (
        docx.Document(BytesIO(rendered(*fillings)))
        for fillings in ([a_filling(an_annex())], [a_filling(an_annex()), a_filling(an_annex())])
    )
    assert len(joined.paragraphs) == 2 * len(alone.paragraphs)
    assert len(joined.sections) == 2


def spoken(pdf: bytes) -> dict[int, set[str]]:
    """Languages other than that of the document, by page."""
    found: dict[int, set[str]] = {}
    with pikepdf.open(BytesIO(pdf)) as document:
        pages: dict[object, int] = {page.objgen: rank for rank, page in enumerate(document.pages)}
        for item in document.objects:
            if isinstance(item, Dictionary) and item.get("/Type") == "/StructElem" and "/Lang" in item:
                found.setdefault(pages[item.Pg.objgen], set()).add(str(item.Lang))
    return found


def test_a_reader_hears_each_text_in_its_language(papers: Mapping[str, bytes]) -> None:
    first, count = len(pages_of(papers["en"])), len(pages_of(papers["en + fr"]))
    heard = spoken(papers["en + fr"])  # the English text has French words of its own, and says so
    assert {page: heard[page] for page in heard if page >= first} == {page: {"fr-FR"} for page in range(first, count)}
    assert len([page for page in heard if page < first]) < first
    # python-docx makes a template American, and the first text speaks as its template says.
    assert spoken(papers["annex + annex + german annex"]) == {1: {"fr-FR"}, 2: {"de-DE"}}
    with pikepdf.open(BytesIO(papers["en + fr"])) as document:
        assert document.Root.Lang == "en-GB"


def test_the_outline_of_the_paper_has_the_headings_of_all_its_texts(papers: Mapping[str, bytes]) -> None:
    def titles(pdf: bytes) -> list[str]:
        with pikepdf.open(BytesIO(pdf)) as document, document.open_outline() as outline:
            return [title for item in outline.root for title in (item.title, *(kid.title for kid in item.children))]

    joined = titles(papers["en + fr"])
    assert joined == titles(papers["en"]) + titles(papers["fr"])
    assert len(joined) > 50


def test_a_joined_paper_can_be_archived(papers: Mapping[str, bytes]) -> None:
    origin = Origin("convention", "2026-0001", 1, "en", "a" * 64, "b" * 64, "conventions 0.1.0")
    frozen = forms.freeze(papers["en + fr"], origin, title="Convention", now=NOW)
    assert forms.origin(frozen) == origin
    assert len(pages_of(frozen)) == len(pages_of(papers["en + fr"]))


def package_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def values(part: bytes, tag: str, attribute: str) -> list[str]:
    return [element.get(qn(attribute), "") for element in etree.fromstring(part).iter(qn(tag))]


def marked_up() -> Any:
    """An annex with bookmarks, references to them, a comment and pictures."""
    document = lying()
    for rank, key in enumerate(("art_pay", "art_leave")):
        paragraph = document.add_paragraph("Article", style="Heading 2")
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for mark in (start, end):
            mark.set(qn("w:id"), str(rank))
            paragraph._p.append(mark)
        start.set(qn("w:name"), key)
    document.add_paragraph("voir ")._p.append(a_field("REF art_pay \\h"))
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), "art_leave")
    comment = OxmlElement("w:commentReference")
    comment.set(qn("w:id"), "7")
    document.add_paragraph("voir ")._p.append(link)
    document.add_paragraph("remarque").add_run()._r.append(comment)
    return document


def test_nothing_in_a_joined_document_bears_the_name_of_something_else() -> None:
    filling = a_filling(marked_up())
    package = package_of(rendered(filling, filling, a_filling(in_another_house())))
    body, styles, lists = (package[f"word/{name}.xml"] for name in ("document", "styles", "numbering"))
    for part, tag, attribute in (
        (styles, "w:style", "w:styleId"),
        (lists, "w:abstractNum", "w:abstractNumId"),
        (lists, "w:num", "w:numId"),
        (body, "w:bookmarkStart", "w:id"),
        (body, "w:bookmarkStart", "w:name"),
    ):
        found = values(part, tag, attribute)
        assert found
        assert len(found) == len(set(found)), (tag, attribute)
    names = [element.get(qn("w:val")) for element in etree.fromstring(styles).iter(qn("w:name"))]
    assert len(names) == len(set(names))
    pictures = [picture.get("id") for picture in etree.fromstring(body).iter(qn("wp:docPr"))]
    assert pictures == ["1", "2"]
    relations = [element.get("Id") for element in etree.fromstring(package["word/_rels/document.xml.rels"])]
    assert len(relations) == len(set(relations))
    assert set(values(body, "w:headerReference", "r:id")) <= set(relations)
    kinds = [element.get("PartName") for element in etree.fromstring(package["[Content_Types].xml"])]
    assert {f"/{name}" for name in package if name.startswith("part2/") and not name.endswith(".rels")} <= set(kinds)


def test_everything_that_is_named_in_a_further_text_is_there_under_that_name() -> None:
    filling = a_filling(marked_up())
    package = package_of(rendered(filling, filling))
    body, styles, lists = (package[f"word/{name}.xml"] for name in ("document", "styles", "numbering"))
    keys = set(values(styles, "w:style", "w:styleId"))
    for part in (body, styles, lists, package["part2/word/header1.xml"]):
        for tag in ("w:pStyle", "w:rStyle", "w:tblStyle", "w:basedOn", "w:next", "w:link"):
            assert set(values(part, tag, "w:val")) <= keys
    assert set(values(body, "w:numId", "w:val")) <= set(values(lists, "w:num", "w:numId"))
    assert {*values(styles, "w:numId", "w:val")} <= {*values(lists, "w:num", "w:numId"), "0"}
    assert values(body, "w:bookmarkStart", "w:name") == ["art_pay", "art_leave", "art_pay_2", "art_leave_2"]
    assert values(body, "w:hyperlink", "w:anchor") == ["art_leave", "art_leave_2"]
    assert [code for code in values(body, "w:fldSimple", "w:instr") if "REF" in code] == [
        "REF art_pay \\h",
        "REF art_pay_2 \\h",
    ]
    assert len(values(body, "w:commentReference", "w:id")) == 1


def test_texts_of_one_house_and_one_language_share_their_styles_but_those_of_lists() -> None:
    american, french = an_annex(), an_annex()
    next(french.styles.element.iter(qn("w:lang"))).set(qn("w:val"), "fr-FR")
    keys = [
        {*values(package_of(rendered(a_filling(first), a_filling(long())))["word/styles.xml"], "w:style", "w:styleId")}
        for first in (american, french)
    ]
    assert {"Normal_2", "Heading1_2", "ListBullet_2"} <= keys[0]
    assert "ListBullet_2" in keys[1]
    assert not {"Normal_2", "Heading1_2"} & keys[1]


@pytest.mark.parametrize(
    ("words", "code"), [("{{ empty }}", "TEMPLATE-06"), ("{{ nobody }}", "TEMPLATE-03"), ("{{ v", "TEMPLATE-04")]
)
def test_what_is_wrong_in_a_further_text_is_told_with_the_name_of_its_template(words: str, code: str) -> None:
    document = an_annex()
    document.add_heading("Article 2", 2)
    document.add_paragraph(words)
    with pytest.raises(TemplateError) as caught:
        rendered(a_filling(an_annex(), "first"), a_filling(document, "second"))
    assert (caught.value.code, caught.value.place) == (code, "second.docx")


@pytest.mark.parametrize("tag", ["w:footnoteReference", "w:endnoteReference"])
def test_notes_are_refused_in_a_further_text_and_allowed_in_the_first(tag: str) -> None:
    document = an_annex()
    document.add_paragraph("note").add_run()._r.append(OxmlElement(tag))
    with pytest.raises(TemplateError) as caught:
        rendered(a_filling(an_annex(), "first"), a_filling(document, "second"))
    assert (caught.value.code, caught.value.place) == ("TEMPLATE-07", "second.docx")
    assert rendered(a_filling(document, "first"), a_filling(an_annex(), "second"))


def test_equal_texts_make_equal_documents() -> None:
    assert rendered(an_agreement("en"), an_agreement("fr")) == rendered(an_agreement("en"), an_agreement("fr"))
