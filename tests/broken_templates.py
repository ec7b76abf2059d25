"""Templates that are broken on purpose, each in one way, made from the shipped French agreement or a shipped form."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from conventions.documents import DOCUMENTS

__all__ = ["BROKEN", "KEYS", "TEMPLATES", "Broken", "Package", "packed", "replaced", "unpacked"]

TEMPLATES: Final = Path(__file__).parent.parent / "templates"
KEYS: Final = [key for kind in DOCUMENTS.values() for key in (kind.key, *(annex.key for annex in kind.annexes))]
"""Of every template that is shipped, in the order of the documents."""
Package = dict[str, bytes]
Change = Callable[[Package], None]

BODY: Final = "word/document.xml"
RELS: Final = "word/_rels/document.xml.rels"
_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_UNIT: Final = "{{ programme.course_unit }}"
"""A placeholder that no mandatory mention needs."""
_END: Final = "<w:sectPr>"
_PICTURE: Final = r'<w:r>(?:(?!<w:r>).)*?<w:drawing>(?:(?!<w:drawing>).)*?descr="%s".*?</w:drawing></w:r>'


@dataclass(frozen=True)
class Broken:
    """One way to break a template."""

    code: str
    """Of the one finding that it must give."""
    change: Change
    document: str = "convention"
    looked_at: str = "fr"
    """Language of the template that gives the finding: the French one, or one that must agree with it."""
    is_error: bool = True


def unpacked(data: bytes) -> Package:
    with zipfile.ZipFile(BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(package: Package) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, part in package.items():
            archive.writestr(name, part)
    return target.getvalue()


def replaced(package: Package, before: str, after: str, part: str = BODY) -> None:
    """Change the one place where these words stand."""
    text = package[part].decode()
    assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in {part}"
    package[part] = text.replace(before, after).encode()


def swap(before: str, after: str, part: str = BODY) -> Change:
    return lambda package: replaced(package, before, after, part)


def paragraph(*runs: str) -> str:
    """A paragraph of the agreement; a run is words, or XML that begins with an angle bracket."""
    inside = "".join(
        run if run.startswith("<") else f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>' for run in runs
    )
    return f'<w:p><w:pPr><w:pStyle w:val="Clause"/></w:pPr>{inside}</w:p>'


def append(*paragraphs: str) -> Change:
    """Put paragraphs at the end of the text."""
    return lambda package: replaced(package, _END, "".join(paragraphs) + _END)


def instead_of_unit(*runs: str) -> Change:
    """Tear the paragraph of the course unit open and put runs in place of its placeholder."""
    inside = "".join(run if run.startswith("<") else f"<w:r><w:t>{run}</w:t></w:r>" for run in runs)
    return swap(_UNIT, f"</w:t></w:r>{inside}<w:r><w:t>")


def related(kind: str, target: str, *, is_outside: bool = True, key: str = "rIdX") -> Change:
    mode = ' TargetMode="External"' if is_outside else ""
    return swap(
        "</Relationships>",
        f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{target}"{mode}/></Relationships>',
        RELS,
    )


def with_part(name: str, data: bytes) -> Change:
    return lambda package: package.update({name: data})


def without(name: str) -> Change:
    def change(package: Package) -> None:
        del package[name]

    return change


def each(*changes: Change) -> Change:
    def change(package: Package) -> None:
        for one in changes:
            one(package)

    return change


def header(words: str) -> Change:
    return swap("</w:hdr>", f"{paragraph(words)}</w:hdr>", "word/header2.xml")


def notes(words: str) -> bytes:
    return f'<w:footnotes xmlns:w="{_W}"><w:footnote w:id="2">{paragraph(words)}</w:footnote></w:footnotes>'.encode()


def text_box(words: str) -> str:
    box = f"<w:pict><w:txbxContent>{paragraph(words)}</w:txbxContent></w:pict>"
    return paragraph(f"<w:r>{box}</w:r>")


def custom_property(words: str) -> bytes:
    return (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        f'<property name="who"><vt:lpwstr>{words}</vt:lpwstr></property></Properties>'
    ).encode()


def twice(place: str, other: str = "") -> Change:
    """Put a picture there a second time, perhaps with another alternative text."""

    def change(package: Package) -> None:
        text = package[BODY].decode()
        found = re.search(_PICTURE % re.escape(place), text, re.DOTALL)
        assert found, place
        copy = found[0].replace(f'descr="{place}"', f'descr="{other or place}"')
        package[BODY] = text.replace(found[0], found[0] + copy, 1).encode()

    return change


def exchanged(first: str, second: str, after: str) -> Change:
    """Two articles, one behind the other, change places."""

    def change(package: Package) -> None:
        text = package[BODY].decode()
        one, two, end = (text.rindex("<w:p>", 0, text.index(f'"art_{key}"')) for key in (first, second, after))
        package[BODY] = (text[:one] + text[two:end] + text[one:two] + text[end:]).encode()

    return change


def field(*runs: str) -> str:
    begin, end = ('<w:r><w:fldChar w:fldCharType="%s"/></w:r>' % kind for kind in ("begin", "end"))  # noqa: UP031 - braces
    return f"{begin}<w:r><w:instrText>QUOTE</w:instrText></w:r>{''.join(runs)}{end}"


_COMMENT: Final = f'<w:comments xmlns:w="{_W}"><w:comment w:id="7">{paragraph("vraiment ?")}</w:comment></w:comments>'
_FONT: Final = '<w:r><w:rPr><w:rFonts w:ascii="{0}" w:hAnsi="{0}"/></w:rPr><w:t>Mention</w:t></w:r>'

BROKEN: Final = {
    "an unknown name": Broken("LINT-01", swap(_UNIT, "{{ programme.course_unti }}")),
    "an unknown name in a loop": Broken("LINT-01", swap("{{ skill }}", "{{ skill }} {{ skil }}")),
    "an unknown name in a condition": Broken("LINT-01", append(paragraph("{% if host.sektor %}x{% endif %}"))),
    "an unknown name in a header": Broken("LINT-01", header("{{ student.nam }}")),
    "an unknown name in a note": Broken("LINT-01", with_part("word/footnotes.xml", notes("{{ studnet.name }}"))),
    "an unknown name in a text box": Broken("LINT-01", append(text_box("{{ studnet.name }}"))),
    "an unknown name in an alternative text": Broken(
        "LINT-01", swap('descr="sig:dean"', 'descr="sig:dean {{ deam }}"')
    ),
    "a method of Python": Broken("LINT-01", swap(_UNIT, "{{ programme.course_unit.upper() }}")),
    "loop outside of a loop": Broken("LINT-01", append(paragraph("{{ loop.index }}"))),
    "an unknown filter": Broken("LINT-02", swap(_UNIT, "{{ programme.course_unit | uper }}")),
    "a filter for another kind of value": Broken("LINT-02", swap(_UNIT, "{{ programme.course_unit | date }}")),
    "a filter with an unknown argument": Broken("LINT-02", append(paragraph("{{ schedule.start | date('lang') }}"))),
    "a filter with too many arguments": Broken("LINT-02", append(paragraph("{{ schedule.start | date('long', 1) }}"))),
    "an unknown test": Broken("LINT-02", append(paragraph("{% if host.siret is definde %}x{% endif %}"))),
    "a placeholder that is not closed": Broken("LINT-03", swap(_UNIT, "{{ programme.course_unit }")),
    "a placeholder with a blank in its braces": Broken("LINT-03", swap(_UNIT, "{ { programme.course_unit } }")),
    "a placeholder with single braces": Broken("LINT-03", swap(_UNIT, "{ programme.course_unit }")),
    "a placeholder of two words": Broken("LINT-03", swap(_UNIT, "{{ programme course_unit }}")),
    "a placeholder for a whole run": Broken("LINT-03", swap(_UNIT, "{{r programme.course_unit }}")),
    "a condition that is not closed": Broken("LINT-03", append(paragraph("{% if host.siret %}x"))),
    "an end without a beginning": Broken("LINT-03", append(paragraph("x{% endif %}"))),
    "a loop closed as a condition": Broken(
        "LINT-03", append(paragraph("{% for x in placement.skills %}{{ x }}{% endif %}"))
    ),
    "a condition that cuts through a table": Broken(
        "LINT-03",
        append(
            paragraph("{% if host.siret %}x"),
            f"<w:tbl><w:tr><w:tc>{paragraph('x{% endif %}')}</w:tc></w:tr></w:tbl>",
        ),
    ),
    "words beside a condition for paragraphs": Broken(
        "LINT-03", append(paragraph("{%p if host.siret %} Le stage"), paragraph("{%p endif %}"))
    ),
    "a statement that reads a file": Broken("LINT-03", append(paragraph("{% include 'x' %}"))),
    "a hyperlink inside a placeholder": Broken(
        "LINT-04",
        instead_of_unit(
            "{{ programme.", '<w:hyperlink w:anchor="x"><w:r><w:t>course_unit }}</w:t></w:r></w:hyperlink>'
        ),
    ),
    "a field inside a placeholder": Broken("LINT-04", instead_of_unit("{{ programme.", field(), "course_unit }}")),
    "half a bookmark inside a placeholder": Broken(
        "LINT-04",
        instead_of_unit(
            '<w:bookmarkEnd w:id="99"/>', "{{ programme.", '<w:bookmarkStart w:id="98" w:name="x"/>', "course_unit }}"
        ),
    ),
    "a content control inside a placeholder": Broken(
        "LINT-04",
        instead_of_unit(
            "{{ programme.",
            "<w:sdt><w:sdtContent><w:r><w:t>course_unit</w:t></w:r></w:sdtContent></w:sdt>",
            " }}",
        ),
    ),
    "a list printed as a whole": Broken("LINT-05", append(paragraph("{{ placement.skills }}"))),
    "a group printed as a whole": Broken("LINT-05", append(paragraph("{{ host.representative }}"))),
    "a yes or no printed": Broken("LINT-05", append(paragraph("{{ allowance.is_paid }}"))),
    "a loop through words": Broken("LINT-05", append(paragraph("{% for x in host.name %}{{ x }}{% endfor %}"))),
    "a mandatory article is missing": Broken("LINT-06", swap('w:name="art_skills"', 'w:name="skills"')),
    "a mandatory value is missing": Broken("LINT-07", swap("{{ placement.supervision | clause }}", "comme convenu")),
    "a mandatory value is asked for and not printed": Broken(
        "LINT-07", swap("{{ placement.supervision | clause }}", "{% if placement.supervision %}oui{% endif %}")
    ),
    "an article that the shipped text lacks": Broken(
        "LINT-08", swap('w:name="art_privacy"', 'w:name="art_own"'), is_error=False
    ),
    "articles in another order than the French ones": Broken(
        "LINT-08", exchanged("privacy", "law", "annexes"), looked_at="en"
    ),
    "an article that the French text lacks": Broken("LINT-08", swap('"art_property"', '"property"'), looked_at="de"),
    "a value that the French text lacks": Broken("LINT-09", swap(_UNIT, "Stage"), looked_at="es"),
    "a condition that the French text lacks": Broken(
        "LINT-09", swap("{% if placement.theme %}", "{% if placement.theme and placement.subject %}"), looked_at="en"
    ),
    "a signature box is missing": Broken("LINT-10", swap('descr="sig:dean"', 'descr=""')),
    "a signature box stands twice": Broken("LINT-11", twice("sig:dean")),
    "a signature box of nobody": Broken("LINT-12", twice("sig:dean", "sig:secretary")),
    "no place for the code that leads to how the paper is verified": Broken(
        "LINT-30", swap('descr="verification"', 'descr=""'), is_error=False
    ),
    "a form without one of its places": Broken(
        "LINT-13", swap('descr="field:host.website"', 'descr=""'), document="pre_agreement"
    ),
    "a place of an answer stands twice": Broken("LINT-14", twice("field:host.website"), document="pre_agreement"),
    "a place of no answer": Broken(
        "LINT-15", twice("field:host.website", "field:host.motto"), document="pre_agreement"
    ),
    "a macro": Broken("LINT-16", with_part("word/vbaProject.bin", b"x")),
    "another template behind it": Broken("LINT-17", related("attachedTemplate", "file:///x/house.dotx")),
    "an embedded object": Broken("LINT-18", with_part("word/embeddings/oleObject1.bin", b"x")),
    "a linked picture": Broken("LINT-19", related("image", "http://intranet.test/logo.png")),
    "a field that fetches": Broken(
        "LINT-19", append(paragraph("<w:r><w:instrText>INCLUDETEXT x.docx</w:instrText></w:r>"))
    ),
    "a font that nobody has": Broken("LINT-20", append(paragraph(_FONT.format("Vellum Antiqua")))),
    "a font with a stand-in": Broken("LINT-21", append(paragraph(_FONT.format("Calibri"))), is_error=False),
    "words that were put in and not accepted": Broken(
        "LINT-23", append(paragraph('<w:ins w:id="1" w:author="x"><w:r><w:t>sauf accord</w:t></w:r></w:ins>'))
    ),
    "words that were taken out and not accepted": Broken(
        "LINT-23", append(paragraph('<w:del w:id="1" w:author="x"><w:r><w:delText>sauf</w:delText></w:r></w:del>'))
    ),
    "a row of a table that was put in": Broken(
        "LINT-23",
        append(
            '<w:tbl><w:tr><w:trPr><w:ins w:id="1" w:author="x"/></w:trPr>'
            f"<w:tc>{paragraph('Mention')}</w:tc></w:tr></w:tbl>"
        ),
    ),
    "a comment": Broken(
        "LINT-24",
        each(
            append(paragraph("Mention", '<w:r><w:commentReference w:id="7"/></w:r>')),
            with_part("word/comments.xml", _COMMENT.encode()),
        ),
    ),
    "hidden words": Broken("LINT-25", append(paragraph("<w:r><w:rPr><w:vanish/></w:rPr><w:t>sauf accord</w:t></w:r>"))),
    "a file that is damaged": Broken("LINT-26", without(BODY)),
    "a part that is no XML": Broken("LINT-26", with_part("word/header9.xml", b"<w:hdr")),
    "another language": Broken(
        "LINT-27", swap('<w:lang w:val="fr-FR"', '<w:lang w:val="de-DE"', "word/styles.xml"), is_error=False
    ),
    "a placeholder in a property": Broken(
        "LINT-28", with_part("docProps/custom.xml", custom_property("{{ student.name }}"))
    ),
}
"""By what is wrong."""
