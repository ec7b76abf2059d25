"""The stamp of origin: XMP metadata by which a paper says, alone, what it was made from."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape

import pikepdf
from lxml import etree

from conventions.errors import ForeignPaper
from conventions.model.paper import ORIGIN_NAMESPACE, Origin
from conventions.text import Text

__all__ = ["made_at", "opened", "origin", "packet", "unreadable"]

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XMP: Final = "http://ns.adobe.com/xap/1.0/"
_UA: Final = "http://www.aiim.org/pdfua/ns/id/"
_LARGEST: Final = 256 * 1024
_PROPERTIES: Final = {
    "document": "Type of the document",
    "number": "Number of the dossier",
    "version": "Version of the paper, from 1",
    "language": "Language of the paper, ISO 639-1",
    "dossier_digest": "SHA-256 of the canonical dossier, hexadecimal",
    "template_digest": "SHA-256 of the template, hexadecimal",
    "program": "Program that made the paper",
}


def opened(pdf: bytes) -> pikepdf.Pdf:
    """A PDF for reading.

    Raises:
        ForeignPaper: it is not a PDF, it is corrupt, or it wants a password (PDF-01).
    """
    try:
        return pikepdf.open(BytesIO(pdf))
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, OSError) as error:
        raise unreadable() from error


def unreadable() -> ForeignPaper:
    """PDF-01: nothing can be read in the file."""
    return ForeignPaper(
        "PDF-01",
        Text("the file is not a readable PDF: it is damaged, encrypted, or something else"),
        Text("send the PDF itself, as it came by mail or as your signing program saved it"),
    )


def origin(pdf: bytes) -> Origin | None:
    """What a paper says of its origin; None for a PDF that is not one of ours. Works on signed files, changes nothing.

    It is a claim, not a proof: the seal over the bytes is the proof.

    Raises:
        ForeignPaper: the file is not a readable PDF (PDF-01).
    """
    with opened(pdf) as document:
        found = _properties(_metadata(document))
    if set(found) != set(_PROPERTIES) or not found["version"].isascii() or not found["version"].isdigit():
        return None
    version = int(found.pop("version")[:9])
    return Origin(version=version, **found)


def made_at(pdf: bytes) -> datetime | None:
    """When a paper says that it was made, aware; None for a PDF that does not say it so.

    Raises:
        ForeignPaper: the file is not a readable PDF (PDF-01).
    """
    with opened(pdf) as document:
        root = _parsed(_metadata(document))
    written = "" if root is None else next((one.text for one in root.iter(f"{{{_XMP}}}CreateDate") if one.text), "")
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _metadata(document: pikepdf.Pdf) -> bytes:
    """The XMP packet, at most 256 KiB of it; empty when there is none."""
    stream = document.Root.get("/Metadata")
    if not isinstance(stream, pikepdf.Stream):
        return b""
    try:
        raw = stream.read_raw_bytes()
        if "/Filter" not in stream:
            return raw[:_LARGEST]
        return zlib.decompressobj().decompress(raw, _LARGEST)
    except (pikepdf.PdfError, zlib.error):
        return b""


def _parsed(packet: bytes) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(packet, parser)
    except etree.XMLSyntaxError:
        return None


def _properties(packet: bytes) -> dict[str, str]:
    root = _parsed(packet)
    if root is None:
        return {}
    found: dict[str, str] = {}
    for description in root.iter(f"{{{_RDF}}}Description"):
        for name in _PROPERTIES:
            key = f"{{{ORIGIN_NAMESPACE}}}{name}"
            if written := description.get(key) or description.findtext(key):
                found[name] = written
    return found


def packet(origin: Origin, *, title: str, author: str, producer: str, now: datetime) -> bytes:
    """The XMP packet of a paper: PDF/A-2a and PDF/UA-1, title, dates, origin, and the description of our properties.

    What is claimed holds after :func:`~conventions.forms.structure.complete`; ``docs/reference/pdf-conformance.md``
    says how it is known. PDF/A allows properties that it does not list, those of PDF/UA among them, only with an
    extension schema that describes them (ISO 19005-2, 6.6.2.3).
    """
    moment = now.isoformat(timespec="seconds")
    values = {field.name: str(getattr(origin, field.name)) for field in fields(origin)}
    own = "".join(f"   <origin:{name}>{escape(values[name])}</origin:{name}>\n" for name in _PROPERTIES)
    schemas = _schema("Origin of an internship paper", ORIGIN_NAMESPACE, "origin", "Text", "external", _PROPERTIES)
    schemas += _schema("PDF/UA identification", _UA, "pdfuaid", "Integer", "internal", {"part": "Part of ISO 14289"})
    body = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="{_RDF}">
  <rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
   <pdfaid:part>2</pdfaid:part>
   <pdfaid:conformance>A</pdfaid:conformance>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:pdfuaid="{_UA}">
   <pdfuaid:part>1</pdfuaid:part>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>
   <dc:creator><rdf:Seq><rdf:li>{escape(author)}</rdf:li></rdf:Seq></dc:creator>
   <dc:language><rdf:Bag><rdf:li>{escape(origin.language)}</rdf:li></rdf:Bag></dc:language>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
   <pdf:Producer>{escape(producer)}</pdf:Producer>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
   <xmp:CreatorTool>{escape(origin.program)}</xmp:CreatorTool>
   <xmp:CreateDate>{moment}</xmp:CreateDate>
   <xmp:ModifyDate>{moment}</xmp:ModifyDate>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:origin="{ORIGIN_NAMESPACE}">
{own}  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
   <pdfaExtension:schemas><rdf:Bag>
{schemas}   </rdf:Bag></pdfaExtension:schemas>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>
"""
    return body.encode()


def _schema(name: str, namespace: str, prefix: str, kind: str, category: str, properties: Mapping[str, str]) -> str:
    """The description of one schema; its properties all have the same type and category."""
    described = "".join(_described(key, words, kind, category) for key, words in properties.items())
    return (
        '    <rdf:li rdf:parseType="Resource">\n'
        f"     <pdfaSchema:schema>{name}</pdfaSchema:schema>\n"
        f"     <pdfaSchema:namespaceURI>{namespace}</pdfaSchema:namespaceURI>\n"
        f"     <pdfaSchema:prefix>{prefix}</pdfaSchema:prefix>\n"
        f"     <pdfaSchema:property><rdf:Seq>\n{described}     </rdf:Seq></pdfaSchema:property>\n"
        "    </rdf:li>\n"
    )


def _described(name: str, words: str, kind: str, category: str) -> str:
    return (
        '      <rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        f"<pdfaProperty:valueType>{kind}</pdfaProperty:valueType>"
        f"<pdfaProperty:category>{category}</pdfaProperty:category>"
        f"<pdfaProperty:description>{words}</pdfaProperty:description></rdf:li>\n"
    )
