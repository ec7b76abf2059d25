"""What was appended to the bytes that were sent, byte by byte and object by object."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from asn1crypto import parser
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import XRefSectionType
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

__all__ = [
    "continues",
    "fills_its_room",
    "is_accounted",
    "keeps_the_frame",
    "only_touches",
    "starts_from_earlier",
    "trails_off",
]

_END: Final = re.compile(rb"startxref\s+\d+\s+%%EOF")
_GAP: Final = re.compile(rb"(?:\s|%(?!%EOF)[^\r\n]{0,120}[\r\n]|(startxref\s+\d+\s+%%EOF))*")
_LONGEST_GAP: Final = 1_000
_VERSION: Final = re.compile(r"/[12]\.\d")
_OF_EXTENSIONS: Final = frozenset({"/Type", "/BaseVersion", "/ExtensionLevel", "/ExtensionRevision", "/URL"})
"""ISO 32000-2, 7.12: what a signing program says of the features that it used."""
_OF_TRAILERS: Final = frozenset({"/Size", "/Prev", "/Root", "/Info", "/ID"})
"""ISO 32000-1, table 15; those that only describe a cross-reference stream are not counted among them."""
_TABLE: Final = re.compile(rb"xref\s+(?:\d+ +\d+\s*[\r\n]+(?:\d{10} \d{5} [nf][ \r\n]{1,2})*)+\s*trailer\s*")


def starts_from_earlier(returned: bytes, sent: bytes) -> bool:
    """Whether a file goes on from an earlier state of what was sent (at least from the certified one)."""
    ends = [match.end() for match in _END.finditer(sent)]
    return any(returned[:end] == sent[:end] for end in ends[1:-1])


def trails_off(returned: bytes) -> bool:
    """Whether anything but white space follows the last end-of-file mark."""
    end = max((match.end() for match in _END.finditer(returned, max(0, len(returned) - 4_096))), default=0)
    return bool(returned[end:].strip()) or len(returned) - end > _LONGEST_GAP


def continues(new: PdfFileReader, old: PdfFileReader) -> bool:
    """Whether the cross-reference chain of the new file runs through every section of the old one."""
    return new.total_revisions > old.total_revisions and all(
        new.xrefs.get_startxref_for_revision(number) == old.xrefs.get_startxref_for_revision(number)
        for number in range(old.total_revisions)
    )


def is_accounted(data: bytes, reader: PdfFileReader, first: int, start: int) -> bool:
    """Whether every byte from ``start`` on belongs to an object or a section that revisions from ``first`` on list.

    Bytes that nothing refers to prove nothing about the signer, but they can hide another document from one program
    and show it to the next one, and no signature covers those that stand before it in an unlisted place.
    """
    spans = sorted(span for number in range(first, reader.total_revisions) for span in _spans(data, reader, number))
    position, ends = start, 0
    for begin, end in [*spans, (len(data), len(data))]:
        gap = data[position:begin]
        if begin < position or len(gap) > _LONGEST_GAP or not (match := _GAP.fullmatch(gap)):
            return False
        ends += bool(match[1])
        position = end
    return ends == reader.total_revisions - first


def _spans(data: bytes, reader: PdfFileReader, number: int) -> Iterator[tuple[int, int]]:
    section = reader.xrefs.get_xref_container_info(number)
    listed = {offset: (idnum, generation) for idnum, (generation, offset) in _listed(reader, number)}
    if section.xref_section_type is XRefSectionType.STREAM and section.stream_ref is not None:
        listed[section.declared_startxref] = (section.stream_ref.idnum, section.stream_ref.generation)
    else:
        yield section.declared_startxref, _end_of_table(data, section.declared_startxref, reader)
    for offset, (idnum, generation) in listed.items():
        yield offset, _end_of_object(data, offset, generic.Reference(idnum, generation, reader))


def _listed(reader: PdfFileReader, number: int) -> Iterator[tuple[int, tuple[int, int]]]:
    yield from reader.xrefs.get_xref_data(number).standard_xrefs.items()


def _end_of_object(data: bytes, offset: int, reference: generic.Reference) -> int:
    """Where an object ends; an object that does not parse where it should stand raises."""
    header = re.compile(rb"%d\s+%d\s+obj\s*" % (reference.idnum, reference.generation)).match(data, offset)
    if header is None:
        raise ValueError(offset)
    stream = BytesIO(data)
    stream.seek(header.end())
    generic.read_object(stream, reference)
    tail = re.compile(rb"\s*endobj").match(data, stream.tell())
    if tail is None:
        raise ValueError(offset)
    return tail.end()


def _end_of_table(data: bytes, offset: int, reader: PdfFileReader) -> int:
    table = _TABLE.match(data, offset)
    if table is None:
        raise ValueError(offset)
    stream = BytesIO(data)
    stream.seek(table.end())
    generic.read_object(stream, generic.TrailerReference(reader))
    return stream.tell()


def fills_its_room(signature: EmbeddedPdfSignature) -> bool:
    """Whether nothing but zeros follows a signature in the room that was reserved for it, which it does not cover."""
    contents: bytes = signature.pkcs7_content
    return not any(contents[parser.peek(contents) :])


def only_touches(new: PdfFileReader, old: PdfFileReader, added: list[EmbeddedPdfSignature]) -> bool:
    """Whether, of the objects that were there, only those were replaced that a signature must touch.

    These are the fields that were filled, their pages and annotation lists, the form, the catalogue, the description
    and the validation data. Fonts, contents, pictures, other people's fields and their appearances are never among
    them.
    """
    numbers = range(old.total_revisions, new.total_revisions)
    touched = {(ref.idnum, ref.generation) for number in numbers for ref in new.xrefs.explicit_refs_in_revision(number)}
    known = {
        (ref.idnum, ref.generation)
        for number in range(old.total_revisions)
        for ref in old.xrefs.explicit_refs_in_revision(number)
    }
    return touched & known <= {(ref.idnum, ref.generation) for ref in _needed(old, added)}


def _needed(
    old: PdfFileReader, added: list[EmbeddedPdfSignature]
) -> Iterator[generic.Reference | generic.IndirectObject]:
    yield old.root_ref
    if "/Info" in old.trailer:
        yield from _reference(old.trailer.raw_get("/Info"))
    for key in ("/AcroForm", "/Metadata", "/DSS", "/Extensions"):
        if key in old.root:
            yield from _reference(old.root.raw_get(key))
    yield from _reference(old.root["/AcroForm"].raw_get("/Fields"))
    yield from _within(old.root["/DSS"]) if "/DSS" in old.root else ()
    for signature in added:
        if isinstance(signature.sig_field.container_ref, generic.Reference):
            yield signature.sig_field.container_ref
        if "/P" in signature.sig_field:
            page = signature.sig_field.raw_get("/P")
            yield from _reference(page)
            if isinstance(page, generic.IndirectObject) and "/Annots" in page.get_object():
                yield from _reference(page.get_object().raw_get("/Annots"))


def _reference(value: generic.PdfObject) -> Iterator[generic.IndirectObject]:
    if isinstance(value, generic.IndirectObject):
        yield value


def _within(store: generic.DictionaryObject) -> Iterator[generic.IndirectObject]:
    """Arrays and dictionaries of the validation data; the data themselves are streams and stay."""
    for key in ("/VRI", "/Certs", "/OCSPs", "/CRLs"):
        if key in store:
            yield from _reference(store.raw_get(key))
    if "/VRI" in store:
        for name in store["/VRI"]:
            yield from _reference(store["/VRI"].raw_get(name))


def keeps_the_frame(new: PdfFileReader, old: PdfFileReader) -> bool:
    """Whether the entries that the comparison of revisions leaves alone hold no more than a signature needs.

    That the paper is tagged is said as it was; no form is to be drawn anew by whoever reads it; a version is a version.
    Nothing is kept in places where nobody looks.
    """
    form = new.root["/AcroForm"]
    is_drawn_anew = "/NeedAppearances" in form and bool(form["/NeedAppearances"])
    return bool(
        not is_drawn_anew
        and _entry(new, "/MarkInfo") == _entry(old, "/MarkInfo")
        and (_VERSION.fullmatch(str(_entry(new, "/Version"))) or _entry(new, "/Version") == _entry(old, "/Version"))
        and (_are_extensions(_entry(new, "/Extensions")) or _entry(new, "/Extensions") == _entry(old, "/Extensions"))
        and new.trailer.flatten().keys() <= old.trailer.flatten().keys() | _OF_TRAILERS
    )


def _entry(reader: PdfFileReader, key: str) -> generic.PdfObject | None:
    return reader.root[key] if key in reader.root else None  # noqa: SIM401 - the library's get() follows no reference


def _are_extensions(entry: generic.PdfObject | None) -> bool:
    """By developer, one extension or several."""
    if not isinstance(entry, generic.DictionaryObject):
        return False
    found = [name for name in entry if name != "/Type"]
    each = [one for name in found for one in (entry[name] if isinstance(entry[name], list) else [entry[name]])]
    return all(isinstance(one, generic.DictionaryObject) and one.keys() <= _OF_EXTENSIONS for one in each)
