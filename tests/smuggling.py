"""What is brought into a paper with a good signature, or after it: by hand, byte by byte, or into the stamp."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from conventions import signing
from demo.pki import key_usage
from tests.certificates import a_certificate, key_of
from tests.forgery import Trick, a_bomb, a_script, dictionary, last, numbers
from tests.papers import field, the_clock

# ── Revisions by hand ───────────────────────────────────────────────────────────────────────────────────────────────


def a_revision(
    data: bytes, objects: Sequence[tuple[int, int, bytes]] = (), *, rows: bytes = b"", more: bytes = b""
) -> bytes:
    """A section that lists some objects (number, generation, words), other rows as they are given, more in its trailer.

    Whatever was signed before stays; the table leads to the one before it.
    """
    before = last(rb"startxref\s+(\d+)", data)[1]
    trailer = re.sub(rb"/Prev \d+", b"/Prev " + before + more, last(rb"trailer\s*(<<.*?>>)\s*startxref", data)[1])
    written = b""
    for number, generation, words in objects:
        rows += b"%d 1\n%010d %05d n \n" % (number, len(data) + len(written), generation)
        written += b"%d %d obj\n%s\nendobj\n" % (number, generation, words)
    table = b"xref\n" + (rows or b"0 0\n") + b"trailer\n" + trailer
    return data + written + table + b"\nstartxref\n%d\n%%%%EOF\n" % (len(data) + len(written))


def first_content(paper: bytes) -> int:
    """Number of the object that holds the words of the first page."""
    page = last(rb"/Type\s*/Page\b.*?/Contents \[?\s*(\d+) 0 R", paper[: paper.index(b"startxref")])
    return int(page[1])


def tables_in_a_row(data: bytes, number: int) -> bytes:
    """So many tables, each of which leads to the one before: one end of the file is enough for all."""
    root, size = last(rb"/Root \d+ \d+ R", data)[0], last(rb"/Size \d+", data)[0]
    before, tables = int(last(rb"startxref\s+(\d+)", data)[1]), b""
    for _ in range(number):
        begins = len(data) + len(tables)
        tables += b"xref\n0 0\ntrailer\n<<%s%s/Prev %d>>\n" % (size, root, before)
        before = begins
    return data + tables + b"startxref\n%d\n%%%%EOF\n" % before


def numbers_in_a_row(data: bytes, number: int) -> bytes:
    """So many objects that hold next to nothing."""
    size = int(last(rb"/Size (\d+)", data)[1])
    made = a_revision(data, [(size + rank, 0, b"0") for rank in range(number)])
    return made[: len(data)] + made[len(data) :].replace(b"/Size %d" % size, b"/Size %d" % (size + number))


# ── Stamps ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def a_form(
    writer: IncrementalPdfFileWriter,
    entries: Mapping[str, generic.PdfObject],
    words: bytes = b"0 0 99 99 re f",
) -> generic.IndirectObject:
    keys = {"/Type": pdf_name("/XObject"), "/Subtype": pdf_name("/Form"), "/BBox": numbers(0, 0, 99, 99)}
    made = generic.StreamObject(
        dictionary({**keys, **{f"/{name}": value for name, value in entries.items()}}), stream_data=words
    )
    return writer.add_object(made)


def stamped(**looks: Mapping[str, generic.PdfObject]) -> Trick:
    """The coordinator's field looks like this (N), and sometimes like that; each is a drawing with further entries."""

    def trick(writer: IncrementalPdfFileWriter) -> None:
        drawn = {f"/{name}": a_form(writer, entries) for name, entries in looks.items()}
        field(writer, "coordinator")[pdf_name("/AP")] = dictionary(drawn)

    return trick


def with_flags(flags: int) -> Trick:
    def trick(writer: IncrementalPdfFileWriter) -> None:
        field(writer, "coordinator")[pdf_name("/F")] = generic.NumberObject(flags)

    return trick


def with_a_file(writer: IncrementalPdfFileWriter) -> None:
    """Attached to the drawing (PDF 2.0, associated files)."""
    held = generic.StreamObject(dictionary({"/Type": pdf_name("/EmbeddedFile")}), stream_data=b"MZ" * 500)
    files = dictionary({"/F": writer.add_object(held)})
    named = {"/Type": pdf_name("/Filespec"), "/F": generic.pdf_string("a.exe"), "/EF": files}
    stamped(N={"AF": dictionary(named)})(writer)


def with_a_picture(**entries: generic.PdfObject) -> Trick:
    """One dot by default."""
    dot = {"Width": generic.NumberObject(1), "Height": generic.NumberObject(1)}
    keys = {
        "Type": pdf_name("/XObject"),
        "Subtype": pdf_name("/Image"),
        "BitsPerComponent": generic.NumberObject(8),
        "ColorSpace": pdf_name("/DeviceGray"),
    }

    def trick(writer: IncrementalPdfFileWriter) -> None:
        held = {f"/{name}": value for name, value in {**keys, **dot, **entries}.items()}
        picture = writer.add_object(generic.StreamObject(dictionary(held), stream_data=b"\0"))
        resources = dictionary({"/XObject": dictionary({"/I": picture})})
        look = a_form(writer, {"Resources": resources}, b"q 99 0 0 99 0 0 cm /I Do Q")
        field(writer, "coordinator")[pdf_name("/AP")] = dictionary({"/N": look})

    return trick


def with_a_bomb(writer: IncrementalPdfFileWriter) -> None:
    """A gibibyte, deflated, that everybody would have to draw."""
    keys = {"/Type": pdf_name("/XObject"), "/Subtype": pdf_name("/Form"), "/BBox": numbers(0, 0, 99, 99)}
    held = dictionary({**keys, "/Filter": pdf_name("/FlateDecode")})
    look = writer.add_object(generic.StreamObject(held, encoded_data=a_bomb()))
    field(writer, "coordinator")[pdf_name("/AP")] = dictionary({"/N": look})


STAMPS: Final[dict[str, Trick]] = {
    "hidden": with_flags(2),
    "not shown": with_flags(4 | 32),
    "not printed": with_flags(128),
    "another one under the mouse": stamped(N={}, R={}),
    "another one when it is pressed": stamped(N={}, D={}),
    "a file": with_a_file,
    "a layer": stamped(N={"OC": dictionary({"/Type": pdf_name("/OCG"), "/Name": generic.pdf_string("x")})}),
    "a script": stamped(N={"AA": dictionary({"/E": a_script()})}),
    "a page of another file": stamped(N={"Ref": dictionary({"/F": generic.pdf_string("https://evil.test/a.pdf")})}),
    "words of another file": stamped(N={"F": generic.pdf_string("/etc/hostname")}),
    "a program for printers": stamped(N={"Subtype": pdf_name("/PS")}),
    "another picture for the printer": with_a_picture(Alternates=generic.ArrayObject()),
}
"""What a field that is signed may not be, or hold."""


# ── Validation data and certificates ────────────────────────────────────────────────────────────────────────────────


def brought(**lists: Sequence[bytes]) -> Trick:
    """Validation data (document security store): Certs, OCSPs, CRLs."""

    def trick(writer: IncrementalPdfFileWriter) -> None:
        store = writer.root["/DSS"] if "/DSS" in writer.root else dictionary({})
        for name, held in lists.items():
            there = list(store[f"/{name}"]) if f"/{name}" in store else []
            made = [writer.add_object(generic.StreamObject(stream_data=one)) for one in held]
            store[pdf_name(f"/{name}")] = writer.add_object(generic.ArrayObject([*there, *made]))
        writer.root[pdf_name("/DSS")] = writer.add_object(dictionary({**store}))
        writer.update_root()

    return trick


def in_circles(number: int) -> signing.Key:
    """A key below authorities of one name that have all signed each other: more ways than anybody can follow."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Circle")])
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(number)]
    chain = [
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(holder.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(the_clock().replace(year=2020))
        .not_valid_after(the_clock().replace(year=2090))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(key_usage("key_cert_sign"), critical=True)
        .sign(issuer, hashes.SHA256())
        for holder in keys
        for issuer in keys
    ]
    return key_of(keys[0], a_certificate(keys[0], "Circle", now=the_clock()), *chain)
