"""The tricks that forgers play with a paper, one by one; each test names those that it wants refused."""

from __future__ import annotations

import re
import subprocess
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from typing import Final

import pikepdf
import pypdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec

from tests.papers import ROOM, annotate, field

Trick = Callable[[IncrementalPdfFileWriter], None]
GARBAGE: Final = bytes(range(33, 127)).replace(b"%", b"#") * 2_130
"""200 kB that are no part of any object."""
OPEN_TO_THE_DEAN: Final = FieldMDPSpec(FieldMDPAction.EXCLUDE, fields=["dean"])
"""What the coordinator's field asks for."""


def last(pattern: bytes, data: bytes) -> re.Match[bytes]:
    return list(re.finditer(pattern, data, re.DOTALL))[-1]


def patched(data: bytes, pattern: bytes, words: bytes) -> bytes:
    """The last occurrence replaced by words of the same length; no other byte moves."""
    found = last(pattern, data)
    assert len(words) <= len(found[0])
    return data[: found.start()] + words.ljust(len(found[0])) + data[found.end() :]


def an_empty_revision(data: bytes, *, more: bytes = b"", objects: bytes = b"") -> bytes:
    """A section that lists nothing, and what a trick adds to its trailer or puts before it (one object)."""
    start = len(data) + len(objects)
    before = last(rb"startxref\s+(\d+)", data)[1]
    trailer = re.sub(rb"/Prev \d+", b"/Prev " + before + more, last(rb"trailer\s*(<<.*?>>)\s*startxref", data)[1])
    if objects:
        trailer = re.sub(rb"/Size \d+", lambda size: b"/Size %d" % (int(size[0][6:]) + 1), trailer)
    return data + objects + b"xref\n0 0\ntrailer\n" + trailer + b"\nstartxref\n%d\n%%%%EOF\n" % start


def a_hybrid(data: bytes) -> bytes:
    """A second table of contents, for programs that know cross-reference streams."""
    number = int(last(rb"/Size (\d+)", data)[1])
    stream = zlib.compress(b"\x01" + len(data).to_bytes(4, "big") + b"\0\0")
    root = last(rb"/Root \d+ \d+ R", data)[0]
    table = (
        b"%d 0 obj\n<</Type/XRef/Size %d/W[1 4 2]/Index[%d 1]%s/Filter/FlateDecode/Length %d>>\nstream\n%s\n"
        b"endstream\nendobj\n" % (number, number + 1, number, root, len(stream), stream)
    )
    return an_empty_revision(data, more=b" /XRefStm %d" % len(data), objects=table)


@cache
def a_bomb() -> bytes:
    """One gibibyte of zeros, deflated."""
    squeezer = zlib.compressobj(9)
    block = squeezer.compress(bytes(1 << 20)) + squeezer.flush(zlib.Z_FULL_FLUSH)
    again = squeezer.compress(bytes(1 << 20)) + squeezer.flush(zlib.Z_FULL_FLUSH)
    return block + again * 1023


def a_table_bomb(data: bytes) -> bytes:
    """A cross-reference stream of one gibibyte."""
    number = int(last(rb"/Size (\d+)", data)[1])
    root, before = last(rb"/Root \d+ \d+ R", data)[0], last(rb"startxref\s+(\d+)", data)[1]
    keys = b"/Type/XRef/W[1 4 2]/Size %d/Prev %s%s" % (number + 2, before, root)
    return data + _exploding(number, keys) + b"startxref\n%d\n%%%%EOF\n" % len(data)


def an_object_bomb(data: bytes) -> bytes:
    """The catalogue is said to lie in an object stream of one gibibyte."""
    number = int(last(rb"/Size (\d+)", data)[1])
    root, before = last(rb"/Root \d+ \d+ R", data)[0], last(rb"startxref\s+(\d+)", data)[1]
    stream = _exploding(number, b"/Type/ObjStm/N 1/First 8")
    rows = b"\x02" + number.to_bytes(4, "big") + b"\0\0" + b"\x01" + len(data).to_bytes(4, "big") + b"\0\0"
    table = (
        b"%d 0 obj\n<</Type/XRef/W[1 4 2]/Index[%s 1 %d 1]/Size %d/Prev %s%s/Length %d>>\nstream\n%s\n"
        b"endstream\nendobj\n" % (number + 1, root.split()[1], number, number + 2, before, root, len(rows), rows)
    )
    return data + stream + table + b"startxref\n%d\n%%%%EOF\n" % (len(data) + len(stream))


def _exploding(number: int, keys: bytes) -> bytes:
    return b"%d 0 obj\n<<%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (
        number, keys, len(a_bomb()), a_bomb(),
    )  # fmt: skip


def wrapped(signed: bytes) -> bytes:
    """Signature wrapping: the signed bytes are moved apart, and what stands between them is what a reader reads.

    The end of the file, which is signed, says where the table of contents lies. At that very place there is now another
    one, which leads to another signature object, whose byte range skips everything that was put in.
    """
    start, end = last(rb"/Contents\s*<", signed).end() - 1, last(ROOM.pattern, signed).end()
    table_at = int(last(rb"startxref\s+(\d+)", signed)[1])
    opening = last(rb"(?<!\d)\d+ 0 obj", signed[:start])
    made = signed[opening.start() : signed.index(b"endobj", end) + 6]
    table = signed[table_at : signed.rindex(b"startxref")]
    new_at, before = table_at + len(table), len(table) + len(made)
    shift = table_at - end + before
    offsets = {int(found[1]) for found in re.finditer(rb"(\d{10}) 00000 n", table)}
    for offset in sorted(offsets, reverse=True):
        moved_to = new_at if offset == opening.start() else offset + shift if offset >= end else offset
        table = table.replace(b"%010d 00000 n" % offset, b"%010d 00000 n" % moved_to)
    pattern = rb"/ByteRange \[[^\]]*\]\s*"
    covered = b"/ByteRange [0 %d %d %d]" % (start, end + shift, len(signed) - end)
    return signed[:end] + b" " * (table_at - end) + table + patched(made, pattern, covered) + signed[end:]


def printed(data: bytes) -> bytes:
    """Printed to a new PDF."""
    return subprocess.run(["pdftocairo", "-pdf", "-", "-"], input=data, capture_output=True, check=True).stdout


def saved_by_pikepdf(data: bytes, **how: pikepdf.Encryption) -> bytes:
    output = BytesIO()
    with pikepdf.open(BytesIO(data)) as document:
        document.save(output, **how)  # type: ignore[arg-type]
    return output.getvalue()


def saved_by_pypdf(data: bytes, password: str = "") -> bytes:
    output = BytesIO()
    writer = pypdf.PdfWriter(clone_from=BytesIO(data))
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(output)
    return output.getvalue()


def altered_text(writer: IncrementalPdfFileWriter) -> None:
    page = writer.find_page_for_modification(0)[0].get_object()
    words = generic.StreamObject(stream_data=b"BT /F1 30 Tf 100 400 Td (1000 EUR) Tj ET")
    page[pdf_name("/Contents")] = writer.add_object(words)
    writer.update_container(page)


def covered_text(writer: IncrementalPdfFileWriter) -> None:
    """Shadow attack “hide”: a white sheet over the words, within the very content stream."""
    page = writer.find_page_for_modification(0)[0].get_object()
    content = page["/Contents"]
    content = content[0] if isinstance(content, generic.ArrayObject) else content
    content._data = content.data + b" q 1 g 0 0 600 600 re f Q"
    content._encoded_data = None
    writer.update_container(content)


def another_font(writer: IncrementalPdfFileWriter) -> None:
    """Shadow attack “replace”: the same codes, drawn with other glyphs."""
    page = writer.find_page_for_modification(0)[0].get_object()
    fonts = page["/Resources"]["/Font"]
    for name in fonts:
        font = fonts[name]
        for key in [*font]:
            del font[key]
        helvetica = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Symbol"}
        font.update({pdf_name(key): pdf_name(value) for key, value in helvetica.items()})
        writer.update_container(font)


def other_pages(writer: IncrementalPdfFileWriter) -> None:
    """Shadow attack “hide and replace”: the catalogue leads to a whole other document."""
    first = writer.find_page_for_modification(0)[0].get_object()
    words = generic.StreamObject(stream_data=b"0 0 300 300 re f")
    pages = dictionary({"/Type": pdf_name("/Pages"), "/Count": generic.NumberObject(1)})
    reference = writer.add_object(pages)
    page = {
        "/Type": pdf_name("/Page"),
        "/Parent": reference,
        "/MediaBox": numbers(0, 0, 595, 842),
        "/Contents": writer.add_object(words),
        "/Annots": first["/Annots"] if "/Annots" in first else generic.ArrayObject(),
    }
    pages[pdf_name("/Kids")] = generic.ArrayObject([writer.add_object(dictionary(page))])
    writer.root[pdf_name("/Pages")] = reference
    writer.update_root()


def described_by(packet: bytes, *, is_deflated: bool = False) -> Trick:
    """Another description of the paper (XMP)."""

    def trick(writer: IncrementalPdfFileWriter) -> None:
        entries = {"/Type": pdf_name("/Metadata"), "/Subtype": pdf_name("/XML")}
        if is_deflated:
            entries["/Filter"] = pdf_name("/FlateDecode")
        made = dictionary(entries)
        stream = generic.StreamObject(made, encoded_data=packet)  # a plain one is its own encoding
        writer.root[pdf_name("/Metadata")] = writer.add_object(stream)
        writer.update_root()

    return trick


def an_annotation(writer: IncrementalPdfFileWriter) -> None:
    note = {
        "/Type": pdf_name("/Annot"),
        "/Subtype": pdf_name("/FreeText"),
        "/Rect": numbers(50, 50, 250, 90),
        "/Contents": generic.pdf_string("except article 7"),
        "/DA": generic.pdf_string("/Helv 12 Tf"),
        "/F": generic.NumberObject(4),
    }
    annotate(writer, writer.add_object(dictionary(note)))


def numbers(*values: float) -> generic.PdfObject:
    return generic.ArrayObject(generic.FloatObject(value) for value in values)


def dictionary(entries: Mapping[str, generic.PdfObject]) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(key): value for key, value in entries.items()})


def in_catalogue(key: str, make: Callable[[], generic.PdfObject]) -> Trick:
    def trick(writer: IncrementalPdfFileWriter) -> None:
        writer.root[pdf_name(key)] = make()
        writer.update_root()

    return trick


def a_script() -> generic.PdfObject:
    return dictionary({"/S": pdf_name("/JavaScript"), "/JS": generic.pdf_string("app.alert(1)")})


def without_certification(writer: IncrementalPdfFileWriter) -> None:
    del writer.root["/Perms"]
    writer.update_root()


def an_xfa_form(writer: IncrementalPdfFileWriter) -> None:
    form = writer.root["/AcroForm"]
    form[pdf_name("/XFA")] = writer.add_object(generic.StreamObject(stream_data=b"<xdp/>"))
    writer.update_container(form)


def an_unused_object(writer: IncrementalPdfFileWriter) -> None:
    writer.add_object(generic.StreamObject(stream_data=b"another document" * 100))


def another_title(writer: IncrementalPdfFileWriter) -> None:
    writer.set_info(writer.add_object(dictionary({"/Title": generic.pdf_string("Convention 2026-0007")})))


def moved(name: str) -> Trick:
    def trick(writer: IncrementalPdfFileWriter) -> None:
        field(writer, name)[pdf_name("/Rect")] = numbers(20, 20, 500, 800)

    return trick


def repainted(name: str) -> Trick:
    def trick(writer: IncrementalPdfFileWriter) -> None:
        entries = {"/Type": pdf_name("/XObject"), "/Subtype": pdf_name("/Form"), "/BBox": numbers(0, 0, 99, 99)}
        picture = generic.StreamObject(dictionary(entries), stream_data=b"0 0 99 99 re f")
        field(writer, name)[pdf_name("/AP")] = dictionary({"/N": writer.add_object(picture)})

    return trick


def hidden(name: str) -> Trick:
    def trick(writer: IncrementalPdfFileWriter) -> None:
        field(writer, name)[pdf_name("/F")] = generic.NumberObject(2)

    return trick


def unlocked(name: str) -> Trick:
    def trick(writer: IncrementalPdfFileWriter) -> None:
        del field(writer, name)["/Lock"]

    return trick


def emptied(name: str) -> Trick:
    def trick(writer: IncrementalPdfFileWriter) -> None:
        del field(writer, name)["/V"]

    return trick


def with_a_child(name: str) -> Trick:
    def trick(writer: IncrementalPdfFileWriter) -> None:
        parent = field(writer, name)
        child = dictionary({"/FT": pdf_name("/Sig"), "/T": generic.pdf_string("x"), "/Rect": numbers(0, 0, 0, 0)})
        parent[pdf_name("/Kids")] = generic.ArrayObject([writer.add_object(child)])

    return trick


CHANGES: Final[dict[str, Trick]] = {
    "altered text": altered_text,
    "an annotation": an_annotation,
    "a script": in_catalogue("/OpenAction", a_script),
    "another language": in_catalogue("/Lang", lambda: generic.pdf_string("de")),
    "a layer": in_catalogue("/OCProperties", generic.DictionaryObject),
    "embedded files": in_catalogue("/Names", generic.DictionaryObject),
    "without certification": without_certification,
    "an XFA form": an_xfa_form,
    "an unused object": an_unused_object,
    "another title": another_title,
    "own field moved": moved("coordinator"),
    "own field unlocked": unlocked("coordinator"),
    "own field with a child": with_a_child("coordinator"),
    "next field moved": moved("dean"),
    "next field painted": repainted("dean"),
    "next field unlocked": unlocked("dean"),
    "earlier field moved": moved("student"),
    "earlier field repainted": repainted("student"),
    "earlier field hidden": hidden("student"),
    "seal shown": moved("seal"),
    "words covered": covered_text,
    "another font": another_font,
    "other pages": other_pages,
}
