"""Finding templates, and refusing those that reach outside themselves."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import docx
import pytest

from conventions import press
from conventions.errors import TemplateError


def put(folder: Path, data: bytes, language: str = "fr") -> Path:
    path = folder / language / "convention.docx"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return folder


def a_word_document(extra: dict[str, bytes] | None = None) -> bytes:
    target = BytesIO()
    docx.Document().save(target)
    with zipfile.ZipFile(target, "a") as package:
        for name, data in (extra or {}).items():
            package.writestr(name, data)
    return target.getvalue()


def code_of(folder: Path) -> str:
    with pytest.raises(TemplateError) as caught:
        press.find("convention", "fr", folder)
    return caught.value.code


def test_the_workspace_own_template_wins_over_the_shipped_one(tmp_path: Path) -> None:
    shipped = press.find("convention", "fr")
    own = press.find("convention", "fr", put(tmp_path, a_word_document()))
    assert own.path == tmp_path / "fr" / "convention.docx"
    assert own.digest != shipped.digest
    assert press.find("convention", "en", tmp_path) == press.find("convention", "en")


def test_every_language_has_the_agreement() -> None:
    assert {("convention", code) for code in ("fr", "en", "es", "de")} <= press.documents_available()


@pytest.mark.parametrize("document", ["unheard_of", "../fr/convention", "/etc/passwd", ""])
def test_a_document_without_template_is_told(document: str) -> None:
    with pytest.raises(TemplateError) as caught:
        press.find(document, "fr")
    assert caught.value.code == "TEMPLATE-01"


@pytest.mark.parametrize("data", [b"", b"words", b"PK\x03\x04" + b"\0" * 50, a_word_document()[:2000]])
def test_what_is_not_a_word_document_is_told(tmp_path: Path, data: bytes) -> None:
    assert code_of(put(tmp_path, data)) == "TEMPLATE-02"


def test_a_zip_without_a_document_is_told(tmp_path: Path) -> None:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("mimetype", "application/zip")
    assert code_of(put(tmp_path, target.getvalue())) == "TEMPLATE-02"


def test_a_template_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    target = BytesIO(a_word_document())
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/media/huge.bin.png", b"\0" * (60 * 1024 * 1024))
    assert code_of(put(tmp_path, target.getvalue())) == "TEMPLATE-02"


_LINK = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    b'%s" Target="http://intranet.test/x" TargetMode="External"/></Relationships>'
)
_WORD = b'<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">%s</w:hdr>'
_FIELD = _WORD % b"<w:instrText>%s</w:instrText>"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("word/_rels/header9.xml.rels", _LINK % b"image"),
        ("word/_rels/settings.xml.rels", _LINK % b"attachedTemplate"),
        ("word/vbaProject.bin", b"x"),
        ("word/embeddings/oleObject1.bin", b"x"),
        ("word/header9.xml", _FIELD % b" INCLUDEPICTURE http://intranet.test/x "),
        ("word/header9.xml", _FIELD % b" DDEAUTO cmd "),
        ("word/header9.xml", _FIELD % b" &#73;NCLUDETEXT http://intranet.test/x "),
        ("word/header9.xml", _FIELD % b" INCLUDE</w:instrText><w:instrText>PICTURE http://intranet.test/x "),
        ("word/header9.xml", _WORD % b'<w:fldSimple w:instr=" LINK x "/>'),
        ("word/_rels/document9.xml.rels", (_LINK % b"aFChunk").replace(b"External", b"Internal")),
        ("word/_rels/document9.xml.rels", (_LINK % b"image").replace(b"External", b"Extern&#97;l")),
    ],
)
def test_a_template_that_reaches_outside_is_refused(tmp_path: Path, name: str, data: bytes) -> None:
    assert code_of(put(tmp_path, a_word_document({name: data}))) == "TEMPLATE-05"


@pytest.mark.parametrize("data", [b"<a", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_a_part_that_is_no_plain_xml_is_refused(tmp_path: Path, data: bytes) -> None:
    assert code_of(put(tmp_path, a_word_document({"word/header9.xml": data}))) == "TEMPLATE-02"


def test_a_hyperlink_is_allowed(tmp_path: Path) -> None:
    folder = put(tmp_path, a_word_document({"word/_rels/header9.xml.rels": _LINK % b"hyperlink"}))
    assert press.find("convention", "fr", folder).language == "fr"
