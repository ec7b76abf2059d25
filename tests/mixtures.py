"""Word documents with a bit of everything that secretaries put into templates of their own."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph

from typesetting.style import box_picture

LAO: Final = "ສະບາຍດີ"
"""In a script that Word counts among those of Arabic."""
SHAPES: Final = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
}


def of_paragraphs(*texts: str) -> bytes:
    document = docx.Document()
    document.add_heading("Noms", 1)
    for text in texts:
        document.add_paragraph(f"« {text} », stagiaire")
    return stored(document)


def stored(document: Document) -> bytes:
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def a_mixture() -> bytes:
    """What secretaries put into templates of their own."""
    document = docx.Document()
    document.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    document.add_heading("Le titre", 0)
    document.add_heading("Un chapitre", 1)
    document.add_heading("Deux niveaux plus bas", 3)
    speak(document.add_paragraph("Avec "), "einem deutschen Satz", "de-DE")
    link(document.add_paragraph("Voir "), "https://univ-exemple.test/", "le site")
    link(document.sections[0].header.paragraphs[0], "https://univ-exemple.test/", "en-tête")
    for text in ("le plan du campus", "", "sig:student", "sig:company"):
        draw(document.add_paragraph(), text)
    for style in ("List Bullet", "List Number"):
        for words in ("pomme", "poire"):
            document.add_paragraph(words, style=style)
    document.add_paragraph("")
    document.add_paragraph("Accord : ☐ oui ☒ non")
    symbols(document.add_paragraph("Symboles : "), "F06F", "F0FE", "F021")
    document.add_paragraph(f"Bonjour {LAO} !")
    document.add_paragraph("Une note en marge")._p.append(a_text_box("Dans la marge"))
    draw(document.sections[0].header.paragraphs[0], "le logo")
    return stored(document)


def speak(paragraph: Paragraph, words: str, language: str) -> None:
    mark = OxmlElement("w:lang")
    mark.set(qn("w:val"), language)
    paragraph.add_run(words)._r.get_or_add_rPr().append(mark)


def link(paragraph: Paragraph, address: str, words: str) -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    element = OxmlElement("w:hyperlink")
    element.set(qn("r:id"), paragraph.part.relate_to(address, kind, is_external=True))
    run = paragraph.add_run(words, style="Hyperlink")
    element.append(run._r)
    paragraph._p.append(element)


def draw(paragraph: Paragraph, text: str) -> None:
    size = Mm(78), Mm(25)
    picture = paragraph.add_run().add_picture(BytesIO(box_picture(*size)), *size)
    picture._inline.docPr.set("descr", text)


def symbols(paragraph: Paragraph, *codes: str) -> None:
    for code in codes:
        symbol = OxmlElement("w:sym")
        symbol.set(qn("w:font"), "Wingdings")
        symbol.set(qn("w:char"), code)
        paragraph.add_run()._r.append(symbol)


def a_text_box(words: str) -> Any:
    """A shape that nobody described, with words in it."""
    spaces = " ".join(f'xmlns:{name}="{address}"' for name, address in SHAPES.items())
    return parse_xml(
        f'<w:r {spaces}><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="2" '
        'behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        '<wp:positionH relativeFrom="column"><wp:posOffset>3000000</wp:posOffset></wp:positionH>'
        '<wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>'
        '<wp:extent cx="2000000" cy="400000"/><wp:wrapNone/><wp:docPr id="77" name="Box"/><wp:cNvGraphicFramePr/>'
        f'<a:graphic><a:graphicData uri="{SHAPES["wps"]}"><wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm>'
        '<a:off x="0" y="0"/><a:ext cx="2000000" cy="400000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        '<a:solidFill><a:srgbClr val="EEEEEE"/></a:solidFill></wps:spPr><wps:txbx><w:txbxContent><w:p><w:r>'
        f"<w:t>{words}</w:t></w:r></w:p></w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic>"
        "</wp:anchor></w:drawing></w:r>"
    )
