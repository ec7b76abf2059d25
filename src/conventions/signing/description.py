"""What a paper says of itself: its XMP description, and the older one (Info)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import PdfFileReader

from conventions.model.paper import ORIGIN_NAMESPACE
from conventions.signing.writing import opened

__all__ = ["describes_the_same"]

_VOUCHED: Final = frozenset(
    {
        ORIGIN_NAMESPACE,
        "http://www.aiim.org/pdfa/ns/id/",
        "http://www.aiim.org/pdfua/ns/id/",
        "http://purl.org/dc/elements/1.1/",
    }
)
"""XMP schemas that say what the paper is: its origin, its conformance, its title. Signing programs write the whole
description anew, each in its own way, and fill in their own names; what these schemas say they must leave alone."""
_DESCRIPTION: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description"
_LARGEST: Final = 256 * 1024
"""Of a packet, as whoever recognises a paper reads it."""
_UNCLEAR: Final = "\0"
"""No paper of ours says this."""


def describes_the_same(returned: bytes, sent: bytes) -> bool:
    """Whether the XMP description says the same of the paper: its origin, conformance, title, author, language.

    The older description (Info) may be left out, but not say anything else. Both files are opened anew: decoding a
    stream changes the object that the library keeps of it, and its comparison of revisions then fails.
    """
    new, old = opened(returned), opened(sent)
    return sorted(_statements(new)) == sorted(_statements(old)) and _titles(new) <= _titles(old)


def _titles(reader: PdfFileReader) -> set[tuple[str, str]]:
    info = reader.trailer["/Info"] if "/Info" in reader.trailer else generic.DictionaryObject()
    return {(key, str(info[key])) for key in ("/Title", "/Author", "/Subject", "/Keywords") if key in info}


def _statements(reader: PdfFileReader) -> Iterator[tuple[str, str]]:
    if "/Metadata" not in reader.root:
        return
    stream = reader.root["/Metadata"]
    packet = stream.read_data(DecodePurpose.XMP_METADATA)
    if len(packet) > _LARGEST or not _is_simply_packed(stream):
        yield "", _UNCLEAR
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    for element in etree.fromstring(packet, parser=parser).iter("*"):
        told = [(str(element.tag), _words(element))]
        told += [(str(name), str(value)) for name, value in element.attrib.items()]
        yield from ((name, words) for name, words in told if name.partition("}")[0].lstrip("{") in _VOUCHED)


def _is_simply_packed(stream: generic.StreamObject) -> bool:
    """As everybody can unpack it: what one program reads and another does not says two things."""
    return "/DecodeParms" not in stream and ("/Filter" not in stream or stream["/Filter"] == "/FlateDecode")


def _words(element: etree._Element) -> str:
    """Of the origin, to the letter: half of a number would be another paper's, if a comment divided it."""
    if not str(element.tag).startswith(f"{{{ORIGIN_NAMESPACE}}}"):
        return " ".join(str(element.xpath("string()")).split())
    parent = element.getparent()
    is_told = parent is not None and parent.tag == _DESCRIPTION and not len(element)
    return str(element.text or "") if is_told else _UNCLEAR
