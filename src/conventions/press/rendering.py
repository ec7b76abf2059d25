"""A paper as a Word document: its texts filled, joined, with pictures, and nothing in it that differs between runs."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape

from lxml import etree

from conventions.languages import Language
from conventions.press import package as opc
from conventions.press.filling import filled
from conventions.press.headings import break_before
from conventions.press.joining import join, joint_of
from conventions.press.package import BODY, R
from conventions.press.picture import Logo, Picture, place
from conventions.press.shelf import Template

__all__ = ["Filling", "render"]

_DRAWING: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_CORE: Final = "docProps/core.xml"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Filling:
    """A template and what goes into it."""

    template: Template
    """As found by :func:`conventions.press.find`."""
    context: Mapping[str, object]
    """What the document type computed; ``None`` and empty strings count as absent."""
    language: Language
    """Of the text; gives the filters (date, money, hours …), and the language that a reader of the PDF speaks."""


def render(
    *fillings: Filling,
    title: str,
    author: str,
    now: datetime,
    logo: Logo | None = None,
    code: Picture | None = None,
    breaks: Collection[int] = (),
) -> bytes:
    """Fill templates and make one paper of them; equal arguments give equal bytes.

    Every further text begins a page, with its own headers, footers, size of page and language; pages are counted
    through.

    Args:
        fillings: the texts of the paper, at least one, in order.
        title: goes into the document's properties and the window's title.
        author: the institution.
        now: aware; the document's dates of creation and change.
        logo: stands wherever a template has a picture whose alternative text is ``logo``; None takes these out.
        code: leads to how the paper is verified; the same for pictures whose alternative text is ``verification``.
        breaks: ranks of headings, from 0 through all texts, that begin a page: what
            :func:`conventions.forms.orphans` found in the PDF.

    Raises:
        TemplateError: with a finding for each unknown name (TEMPLATE-03) and each value that is absent although the
            template prints it (TEMPLATE-06), by path and article; or the template is broken (TEMPLATE-04); or one that
            is not the first has notes or picture bullets (TEMPLATE-07). It is about one template, the first such.
    """
    joint = joint_of(*((filling.template, filling.language.code) for filling in fillings))
    texts = [filled(source, filling.context) for source, filling in zip(joint.sources, fillings, strict=True)]
    body = join([text.pop(BODY) for text in texts])
    break_before(body, joint.headings, breaks)
    trees = {BODY: body}
    for source, text in zip(joint.sources, texts, strict=True):
        trees |= {f"{source.folder}{name}": tree for name, tree in text.items()}
    package = dict(joint.kept)
    _place(package, trees, "logo", logo)
    _place(package, trees, "verification", code)
    for tree in trees.values():
        for number, picture in enumerate(tree.iter(_DRAWING), start=1):
            picture.set("id", str(number))
    package |= {name: opc.written(tree) for name, tree in trees.items()}
    package[_CORE] = _properties(title, author, fillings[0].language, now)
    return _packed(package)


def _place(package: dict[str, bytes], trees: Mapping[str, etree._Element], name: str, picture: Picture | None) -> None:
    relation = opc.Relation(name, f"{R[1:-1]}/image", f"word/media/{name}")
    users = [opc.rels_of(part) for part, tree in trees.items() if place(tree, name, picture)]
    for rels in users:
        package[rels] = opc.related(package.get(rels), [relation])
    if users and picture:
        package[relation.target] = picture.data
        package[opc.KINDS] = opc.kinds_with(package[opc.KINDS], {relation.target: f"image/{picture.kind}"})


def _properties(title: str, author: str, language: Language, now: datetime) -> bytes:
    moment = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    title, author = (escape(opc.printable(words)) for words in (title, author))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{title}</dc:title><dc:creator>{author}</dc:creator><dc:language>{language.code}</dc:language>"
        f"<cp:lastModifiedBy>{author}</cp:lastModifiedBy>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified></cp:coreProperties>'
    ).encode()


def _packed(package: Mapping[str, bytes]) -> bytes:
    """A zip whose bytes depend on its content only; not compressed, for it lives no longer than the conversion."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in sorted(package.items(), key=lambda entry: (entry[0] != opc.KINDS, entry[0])):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data)
    return target.getvalue()
