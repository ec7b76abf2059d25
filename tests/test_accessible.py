"""Papers that everybody can read: PDF/A-2a and PDF/UA-1, through the real LibreOffice and at every stage of signing."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, Final

import pikepdf
import pytest
from pikepdf import Array, Dictionary, pdfa

from conventions import forms, press, signing
from conventions.documents import Case
from conventions.errors import ConversionError
from conventions.languages import LANGUAGES, Language
from conventions.model.paper import Origin
from conventions.model.roles import ROLE_LABELS
from tests.builders import a_dossier, a_dossier_abroad
from tests.cases import NOW, a_case, a_word_document
from tests.conformance import faults, outline, said
from tests.mixtures import LAO, a_mixture, of_paragraphs
from tests.papers import ROLES, Bench
from tests.questionnaires import PLACES, a_template, exported, frozen

ORIGIN: Final = Origin("convention", "2026-0001", 1, "fr", "a" * 64, "b" * 64, "conventions 0.1.0")
NAMES: Final = {
    "Vietnamese": "Nguyễn Thị Hương",
    "Polish": "Łukasz Żółć",
    "Turkish": "İlker Şahingöz",
    "Greek": "Γιώργος Παπαδόπουλος",
    "Arabic": "محمد عبد الله",
    "Hebrew": "שרה כהן",
}
"""Names whose letters the fonts of every machine that this program runs on have (DejaVu comes with fontconfig)."""
TOLD: Final = "CONVERT-07 no font on this machine has the characters 小 明 王"


def freeze(pdf: bytes, language: str = "fr") -> bytes:
    origin = Origin("convention", "2026-0001", 1, language, "a" * 64, "b" * 64, "conventions 0.1.0")
    return forms.freeze(pdf, origin, title="Convention <1>", now=NOW)


@pytest.fixture(scope="module")
def exports() -> Mapping[str, bytes]:
    """What LibreOffice makes of agreements in every language, of one in two, and of a template with a bit of all."""
    cases: dict[str, Case] = {code: a_case(a_dossier(language=code), languages=(code,)) for code in LANGUAGES}
    cases["both"] = a_case(a_dossier_abroad(language="de"), languages=("de", "fr"))
    wanted = {name: a_word_document("convention", case) for name, case in cases.items()}
    wanted |= {"mixture": a_mixture(), "names": of_paragraphs(*NAMES.values()), "lost": of_paragraphs("Étude 👩‍🎓 fin")}
    wanted |= {"chinese": of_paragraphs("Wang Xiaoming 王小明")}
    results = dict(press.convert([*wanted.items()], workers=2))
    return {name: result for name, result in results.items() if isinstance(result, bytes)}


@pytest.fixture(scope="module")
def finished(exports: Mapping[str, bytes]) -> Mapping[str, bytes]:
    languages = {name: name if name in LANGUAGES else "fr" for name in exports} | {"both": "de"}
    return {name: freeze(exports[name], languages[name]) for name in (*LANGUAGES, "both", "mixture", "names")}


@pytest.mark.parametrize("name", [*LANGUAGES, "both", "mixture", "names"])
def test_a_paper_meets_every_condition(finished: Mapping[str, bytes], name: str) -> None:
    assert faults(finished[name]) == []


@pytest.mark.parametrize("stage", ["issued", *ROLES, "sealed"])
def test_a_paper_meets_them_at_every_stage_of_its_circuit(bench: Bench, stage: str) -> None:
    assert faults(bench.sealed if stage == "sealed" else bench.stages[stage]) == []


def test_a_form_to_fill_in_meets_them() -> None:
    assert faults(frozen(exported({"form": a_template([*PLACES.items()])})["form"])) == []


def test_what_libreoffice_writes_by_itself_does_not(exports: Mapping[str, bytes]) -> None:
    found = " ".join(faults(exports["fr"]))
    for fault in ("the claims are", "neither content or artifact", "remapped", "not a standard type", "no header"):
        assert fault in found


@pytest.mark.parametrize("name", [*LANGUAGES, "both", "mixture", "names"])
def test_pikepdf_finds_nothing_against_pdf_a(finished: Mapping[str, bytes], name: str) -> None:
    assert violations(finished[name]) == []


def test_pikepdf_finds_nothing_against_pdf_a_in_a_sealed_paper(bench: Bench) -> None:
    assert violations(bench.stages["issued"]) == []
    assert violations(bench.sealed) == []


def violations(pdf: bytes) -> list[str]:
    """What pikepdf finds against level B, which is all it knows; its own list of XMP schemas leaves out described ones.

    It looks at no form and no signature: what the fields look like is made a picture laid over the page first.
    """
    described = rb' *<rdf:Description rdf:about="" xmlns:(?:origin|pdfuaid|pdfaExtension)=.*?</rdf:Description>\n'
    target = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        for key in {"/AcroForm", "/Perms", "/DSS", "/Extensions"} & set(document.Root.keys()):
            del document.Root[key]
        for page in document.pages:
            looks = [stamp(document, widget) for widget in page.get("/Annots", Array())]
            page.Annots = Array([look for look in looks if look is not None])
        packet = re.sub(described, b"", document.Root.Metadata.read_bytes(), flags=re.DOTALL)
        document.Root.Metadata.write(packet.replace(b">A</pdfaid:conformance>", b">B</pdfaid:conformance>"))
        document.save(target, fix_metadata_version=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return [str(finding) for finding in pdfa.validate_written(BytesIO(target.getvalue()), "2b").findings]


def stamp(document: pikepdf.Pdf, annotation: Any) -> Any:
    """A picture in place of a field; none for a field without extent."""
    if annotation.Subtype != "/Widget":
        return annotation
    left, _, right, _ = annotation.Rect
    if left == right:
        return None
    look = Dictionary(Type=annotation.Type, Subtype=pikepdf.Name.Stamp, Rect=annotation.Rect, F=4, AP=annotation.AP)
    return document.make_indirect(look)


def test_headings_start_at_the_title_and_skip_no_level(finished: Mapping[str, bytes]) -> None:
    headings = [(kind, words) for kind, words in outline(finished["fr"]) if re.fullmatch(r"H\d", kind)]
    assert headings[0] == ("H1", "Convention de stage")
    assert ("H2", "Les articles") in headings
    assert {kind for kind, words in headings if words.startswith("Article")} == {"H3"}
    mixed = [(kind, words) for kind, words in outline(finished["mixture"]) if re.fullmatch(r"H\d", kind)]
    assert mixed == [("H1", "Le titre"), ("H2", "Un chapitre"), ("H3", "Deux niveaux plus bas")]


def test_each_text_of_a_paper_in_two_languages_has_its_title(finished: Mapping[str, bytes]) -> None:
    titles = [kind for kind, _ in outline(finished["both"]) if kind == "H1"]
    assert len(titles) >= 2


def test_rows_and_columns_have_headers(finished: Mapping[str, bytes]) -> None:
    with pikepdf.open(BytesIO(finished["fr"])) as document:
        cells = [item for item in document.objects if isinstance(item, Dictionary) and item.get("/S") == "/TH"]
        scopes = [str(attribute.Scope) for cell in cells for attribute in cell.A if "/Scope" in attribute]
    assert scopes.count("/Column") == 3
    assert scopes.count("/Row") > 20
    tags = outline(finished["fr"])
    where = tags.index(("P", "Stagiaire"))
    assert [kind for kind, _ in tags[where - 1 : where + 3]] == ["TH", "P", "TD", "P"]


def test_lists_have_labels_that_count_as_they_say(finished: Mapping[str, bytes]) -> None:
    labels = [words for kind, words in outline(finished["mixture"]) if kind == "Lbl"]
    assert labels == ["•", "•", "1.", "2."]
    with pikepdf.open(BytesIO(finished["mixture"])) as document:
        lists = [item for item in document.objects if isinstance(item, Dictionary) and item.get("/S") == "/L"]
        kinds = [
            str(item.A.ListNumbering if isinstance(item.A, Dictionary) else item.A[0].ListNumbering) for item in lists
        ]
    assert sorted(kinds) == ["/Decimal", "/Disc"]


def test_a_paper_is_said_in_the_order_in_which_it_is_read(bench: Bench) -> None:
    words = said(bench.stages["issued"])
    expected = ["Convention de stage", "Stagiaire", "Formation", "Signatures"]
    for role in ROLES:
        expected += [bench.people[role].name, f"signature\u00a0: {Language('fr').say(ROLE_LABELS[role])}"]
    at = 0
    for part in expected:
        assert part in words[at:], f"{part} does not follow"
        at = words.index(part, at)
    assert words.rstrip().endswith("Université d'Exemple-Nord")


def test_a_signature_box_is_a_place_to_write_in_until_it_has_its_field(finished: Mapping[str, bytes]) -> None:
    with pikepdf.open(BytesIO(finished["es"])) as document:
        names = document.Root.StructTreeRoot.IDTree.Names
        boxes = {str(names[at]): names[at + 1] for at in range(0, len(names), 2)}
        desc = {name: [str(one.Desc) for one in box.A if "/Desc" in one] for name, box in boxes.items()}
        assert {str(box.S) for box in boxes.values()} == {"/Form"}
        assert not any("/Alt" in box for box in boxes.values())
    assert set(boxes) == {f"sig:{role}" for role in ROLES}
    assert desc["sig:student"] == ["firma: estudiante"]


def test_boxes_are_found_before_and_after_freezing_and_at_every_stage(
    exports: Mapping[str, bytes], finished: Mapping[str, bytes], bench: Bench
) -> None:
    assert forms.anchors(finished["fr"], ROLES) == forms.anchors(exports["fr"], ROLES)
    assert len(forms.anchors(finished["mixture"], ("student", "company"))) == 2
    for data in (*bench.stages.values(), bench.sealed):
        assert forms.anchors(data, ROLES) == forms.anchors(bench.papers["first"], ROLES)


def test_no_signature_touches_the_structure(bench: Bench) -> None:
    def structure(data: bytes) -> bytes:
        with pikepdf.open(BytesIO(data)) as document:
            root = document.Root.StructTreeRoot
            return b"".join(part.unparse(resolved=True) for part in (root, root.ParentTree, root.IDTree))

    assert structure(bench.papers["first"]) != structure(bench.stages["issued"])
    for data in (*bench.stages.values(), bench.sealed):
        assert structure(data) == structure(bench.stages["issued"])


def test_a_paper_without_structure_still_gets_its_fields(bench: Bench) -> None:
    target = BytesIO()
    with pikepdf.open(BytesIO(bench.papers["first"])) as document:
        del document.Root.StructTreeRoot
        document.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    boxes = forms.anchors(bench.papers["first"], ROLES)
    labels = {role: str(ROLE_LABELS[role]) for role in ROLES}
    issued = signing.prepare(
        target.getvalue(),
        signing.Signer(bench.seal_key, None, NOW),
        boxes=boxes,
        circuit=bench.circuit,
        labels=labels,
        reason="issued",
    )
    assert signing.circuit_of_paper(issued).roles == ROLES


def test_words_in_another_language_say_so(finished: Mapping[str, bytes]) -> None:
    assert languages(finished["mixture"]) == {"de-DE": ["einem deutschen Satz"]}
    assert LAO in said(finished["mixture"])
    assert "Convention de stage" in languages(finished["both"])["fr-FR"]
    assert languages(finished["en"])["fr-FR"] == ["code de l’éducation", "journée de solidarité"]


def languages(pdf: bytes) -> dict[str, list[str]]:
    """The words of the elements that have a language of their own, by language."""
    found: dict[str, list[str]] = {}
    with pikepdf.open(BytesIO(pdf)) as document:
        texts = iter(outline(pdf))
        waiting = list(document.Root.StructTreeRoot.K)
        while waiting:
            element = waiting.pop(0)
            if not isinstance(element, Dictionary) or "/S" not in element:
                continue
            _, words = next(texts)
            if "/Lang" in element:
                found.setdefault(str(element.Lang), []).append(words)
            kids = element.get("/K", Array())
            waiting[:0] = list(kids) if isinstance(kids, Array) else [kids]
    return found


def test_words_outside_the_structure_are_told(exports: Mapping[str, bytes]) -> None:
    target = BytesIO()
    with pikepdf.open(BytesIO(exports["fr"])) as document:
        content = document.pages[0].Contents.read_bytes()
        document.pages[0].Contents = document.make_stream(content + b"BT /F1 9 Tf 90 90 Td <01> Tj ET\n")
        document.save(target)
    with pytest.raises(ConversionError) as caught:
        freeze(target.getvalue())
    assert caught.value.code == "CONVERT-11"


def test_a_described_picture_is_in_the_structure_and_any_other_is_decoration(finished: Mapping[str, bytes]) -> None:
    assert [words for kind, words in outline(finished["mixture"]) if kind == "Figure"] == ["le plan du campus"]
    with pikepdf.open(BytesIO(finished["mixture"])) as document:
        figure = next(item for item in document.objects if isinstance(item, Dictionary) and item.get("/S") == "/Figure")
        marks = [
            part.operands for part in pikepdf.parse_content_stream(document.pages[0]) if str(part.operator) == "BDC"
        ]
        drawn = [mark for mark in marks if isinstance(mark[1], Dictionary) and mark[1].get("/MCID") == figure.K]
    assert [str(mark[0]) for mark in drawn] == ["/Figure"]


def test_a_box_that_libreoffice_draws_inside_the_structure_is_decoration_too(exports: Mapping[str, bytes]) -> None:
    """As later versions than 7.4 do."""
    assert faults(freeze(as_drawn_later(exports["fr"]))) == []
    assert forms.anchors(freeze(as_drawn_later(exports["fr"])), ROLES) == forms.anchors(exports["fr"], ROLES)


def as_drawn_later(pdf: bytes) -> bytes:
    target = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        figures = [item for item in document.objects if isinstance(item, Dictionary) and item.get("/S") == "/Figure"]
        page = next(page for page in document.pages if page.objgen == figures[0].Pg.objgen)
        content = [*pikepdf.parse_content_stream(page)]
        pictures = [at for at, part in enumerate(content) if str(part.operator) == "Do"]
        for number, (figure, picture) in enumerate(zip(figures, pictures, strict=True), start=1000):
            start = max(at for at in range(picture) if str(content[at].operator) == "BMC")
            content[start] = pikepdf.ContentStreamInstruction(
                [pikepdf.Name.Figure, Dictionary(MCID=number)], pikepdf.Operator("BDC")
            )
            figure.K = number
        page.Contents = document.make_stream(pikepdf.unparse_content_stream(content))
        document.save(target)
    return target.getvalue()


def test_a_link_says_where_it_leads_and_one_in_a_running_head_is_only_words(finished: Mapping[str, bytes]) -> None:
    with pikepdf.open(BytesIO(finished["mixture"])) as document:
        links = [link for page in document.pages for link in page.get("/Annots", Array())]
        assert [str(link.Contents) for link in links] == ["le site"]
    assert ("Link", "le site") in outline(finished["mixture"])


def test_symbols_are_characters_that_mean_something(finished: Mapping[str, bytes]) -> None:
    assert "Symboles : ☐☑\ufffd" in said(finished["mixture"])
    copied = subprocess.run(["pdftotext", "-", "-"], input=finished["mixture"], capture_output=True, check=True).stdout
    assert "☐☑\ufffd" in copied.decode()
    assert "• pomme" in " ".join(copied.decode().split())


def test_symbols_that_share_a_glyph_mean_something_too(exports: Mapping[str, bytes]) -> None:
    """LibreOffice gives the second of them as a text of its own; here in place of the no-break spaces."""
    target = BytesIO()
    with pikepdf.open(BytesIO(exports["fr"])) as document:
        for page in document.pages:
            content = page.Contents.read_bytes().replace(b"<FEFF00A0>", b"<FEFFF0FE>")
            page.Contents = document.make_stream(content)
        document.save(target)
    paper = freeze(target.getvalue())
    assert faults(paper) == []
    assert "Article☑1 –" in said(paper)


def test_what_another_font_draws_is_said_where_it_stands(finished: Mapping[str, bytes]) -> None:
    assert "Accord : ☐ oui ☒ non" in said(finished["mixture"])


@pytest.mark.parametrize("script", NAMES)
def test_a_name_is_said_and_copied_as_it_is_written(finished: Mapping[str, bytes], script: str) -> None:
    assert f"« {NAMES[script]} », stagiaire" in said(finished["names"]).replace("\u00a0", " ")
    copied = subprocess.run(["pdftotext", "-", "-"], input=finished["names"], capture_output=True, check=True).stdout
    assert NAMES[script] in re.sub("[\u200e\u200f\u202a-\u202e]", "", copied.decode())


def test_a_name_is_printed_or_told_in_full(exports: Mapping[str, bytes]) -> None:
    try:
        words = said(freeze(exports["chinese"]))
    except ConversionError as error:
        words = f"{error.code} {error.message}"
    assert "« Wang Xiaoming 王小明 »" in words.replace("\u00a0", " ") or words == TOLD


def test_a_sign_that_libreoffice_loses_is_told(exports: Mapping[str, bytes]) -> None:
    with pytest.raises(ConversionError) as caught:
        freeze(exports["lost"])
    assert caught.value.code == "CONVERT-12"
    assert "Étude" in str(caught.value.message)


def in_type_1(font: Any, document: pikepdf.Pdf) -> None:
    """As LibreOffice embeds OpenType fonts that are not TrueType; the first code has no glyph."""
    del font.FontDescriptor.FontFile2
    font.FontDescriptor.FontFile = document.make_stream(b"%!FontType1-1.0\n/Encoding 256 array\ndup 1 /.notdef put\n")


def without_outlines(font: Any, document: pikepdf.Pdf) -> None:
    """As LibreOffice embeds a font whose glyphs are coloured pictures: with glyphs in which there is nothing."""
    program = bytearray(font.FontDescriptor.FontFile2.read_bytes())
    for at in range(12, 12 + 16 * int.from_bytes(program[4:6], "big"), 16):
        if program[at : at + 4] == b"loca":
            start, length = (int.from_bytes(program[at + 4 * part : at + 4 * part + 4], "big") for part in (2, 3))
            program[start : start + length] = bytes(length)
    font.FontDescriptor.FontFile2.write(bytes(program))


@pytest.mark.parametrize("change", [in_type_1, without_outlines])
def test_a_font_that_lacks_letters_is_found_out_whatever_its_kind(
    exports: Mapping[str, bytes], change: Callable[[Any, pikepdf.Pdf], None]
) -> None:
    target = BytesIO()
    with pikepdf.open(BytesIO(exports["fr"])) as document:
        for item in document.objects:
            if isinstance(item, Dictionary) and "/FontFile2" in item.get("/FontDescriptor", {}):
                change(item, document)
        document.save(target)
    with pytest.raises(ConversionError) as caught:
        freeze(target.getvalue())
    assert caught.value.code == "CONVERT-07"
