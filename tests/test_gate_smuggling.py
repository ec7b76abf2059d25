"""What a signer who may sign brings along with a good signature: in the stamp, in the catalogue, in tables, behind it.

The paper waits for the coordinator; student and company have signed.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from conventions import forms, signing
from tests.forgery import Trick, a_script, described_by, dictionary, in_catalogue
from tests.papers import Bench, field, pen, quiet_pen, the_clock, written
from tests.smuggling import (
    STAMPS,
    a_form,
    a_revision,
    brought,
    first_content,
    in_circles,
    numbers_in_a_row,
    stamped,
    tables_in_a_row,
    with_a_bomb,
    with_a_picture,
)

ACCEPTED: Final = "accepted for the coordinator"


def together(bench: Bench, trick: Trick) -> bytes:
    """Changed in the revision that is signed; what the trick puts into the field stays there."""
    writer = quiet_pen(bench.stages["company"])
    trick(writer)
    return bench.without_locks(writer, "coordinator")


def afterwards(signed: bytes, trick: Trick) -> bytes:
    writer = quiet_pen(signed)
    trick(writer)
    return written(writer)


# ── Stamps ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("trick", STAMPS.values(), ids=STAMPS)
def test_a_stamp_that_is_hidden_or_holds_more_than_a_drawing_is_refused(bench: Bench, trick: Trick) -> None:
    assert bench.refusal(together(bench, trick)) == "GATE-STAMP"


def test_a_signer_may_draw_into_the_field_what_they_like(bench: Bench) -> None:
    for trick in (stamped(N={}), with_a_picture(), stamped(N={"Matrix": generic.ArrayObject()})):
        assert bench.refusal(together(bench, trick)) == ACCEPTED


@pytest.mark.parametrize(
    "trick",
    [with_a_bomb, with_a_picture(Width=generic.NumberObject(30_000), Height=generic.NumberObject(30_000))],
    ids=["a gibibyte of words", "a picture as large as a house"],
)
def test_a_stamp_that_everybody_would_have_to_unfold_is_refused(bench: Bench, trick: Trick) -> None:
    assert bench.refusal(together(bench, trick)) == "GATE-LIMIT"


# ── What is kept ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_kept_proves_itself_whatever_comes_after_it(bench: Bench) -> None:
    """Another description is signed, and the right one put over it afterwards: what comes after is thrown away."""
    packet = quiet_pen(bench.stages["company"]).root["/Metadata"].data
    signed = together(bench, described_by(packet.replace(b"2026-0001", b"2026-0002")))
    assert bench.refusal(afterwards(signed, described_by(packet))) == "GATE-CHANGE"


def in_layers(writer: IncrementalPdfFileWriter) -> None:
    """A stamp as Acrobat draws it: a frame, in it a ground and the words, each a form of its own."""
    ground, words = a_form(writer, {}, b"% DSBlank"), a_form(writer, {}, b"0 0 50 50 re f")
    inner = dictionary({"/XObject": dictionary({"/n0": ground, "/n2": words})})
    frame = a_form(writer, {"Resources": inner}, b"q /n0 Do Q q /n2 Do Q")
    outer = dictionary({"/XObject": dictionary({"/FRM": frame})})
    field(writer, "coordinator")[pdf_name("/AP")] = dictionary({"/N": a_form(writer, {"Resources": outer}, b"/FRM Do")})
    an_extension()(writer)


def test_validation_data_and_a_timestamp_after_the_signature_are_thrown_away(bench: Bench) -> None:
    signed = together(bench, in_layers)
    with_data, _ = signing.prove(signed, {"coordinator"}, bench.trust, the_clock())
    longer = signing.timestamp(with_data, bench.timestamper)
    assert bench.examined(longer).data == bench.examined(signed).data == signed


# ── The description ─────────────────────────────────────────────────────────────────────────────────────────────────


NUMBER: Final = b"<origin:number>2026-0001</origin:number>"
OTHERWISE: Final = {
    "a comment in the number": NUMBER.replace(b"0001", b"000<!-- -->1"),
    "an instruction in the number": NUMBER.replace(b"0001", b"000<?x y?>1"),
    "an element in the number": NUMBER.replace(b"0001", b"000<i>1</i>"),
    "blanks around the number": NUMBER.replace(b"2026-0001", b" 2026-0001 "),
    "the number elsewhere": b'<origin:x xmlns:origin="%b">%b</origin:x>' % (b"about:nothing", NUMBER),
}


@pytest.mark.parametrize("words", OTHERWISE.values(), ids=OTHERWISE)
def test_an_origin_that_programs_would_read_in_two_ways_is_refused(bench: Bench, words: bytes) -> None:
    packet = quiet_pen(bench.stages["company"]).root["/Metadata"].data
    assert NUMBER in packet
    forged = together(bench, described_by(packet.replace(NUMBER, words)))
    origin = forms.origin(forged)
    assert origin is None or origin.number != "2026-0001"
    assert bench.refusal(forged) == "GATE-CHANGE"


def test_a_description_that_not_every_program_unpacks_is_refused(bench: Bench) -> None:
    packet = quiet_pen(bench.stages["company"]).root["/Metadata"].data

    def in_hexadecimal(writer: IncrementalPdfFileWriter) -> None:
        keys = {"/Type": "/Metadata", "/Subtype": "/XML", "/Filter": "/ASCIIHexDecode"}
        held = dictionary({key: pdf_name(name) for key, name in keys.items()})
        stream = generic.StreamObject(held, encoded_data=packet.hex().encode() + b">")
        writer.root[pdf_name("/Metadata")] = writer.add_object(stream)
        writer.update_root()

    long = packet.replace(b"<rdf:RDF", b"<!-- %b --><rdf:RDF" % (b"x" * 300_000), 1)
    for trick in (in_hexadecimal, described_by(long)):
        forged = together(bench, trick)
        assert forms.origin(forged) is None
        assert bench.refusal(forged) == "GATE-CHANGE"


# ── The catalogue, the form, the trailer ────────────────────────────────────────────────────────────────────────────


def drawn_anew(writer: IncrementalPdfFileWriter) -> None:
    form = writer.root["/AcroForm"]
    form[pdf_name("/NeedAppearances")] = generic.BooleanObject(True)
    writer.update_container(form)


def an_extension(**entries: generic.PdfObject) -> Trick:
    held = {"/BaseVersion": pdf_name("/1.7"), "/ExtensionLevel": generic.NumberObject(5)}
    made = dictionary({**held, **{f"/{name}": value for name, value in entries.items()}})
    return in_catalogue("/Extensions", lambda: dictionary({"/ESIC": made}))


FRAMES: Final[dict[str, Trick]] = {
    "not tagged": in_catalogue("/MarkInfo", lambda: dictionary({"/Marked": generic.BooleanObject(False)})),
    "a version that is none": in_catalogue("/Version", a_script),
    "an extension that is none": in_catalogue("/Extensions", a_script),
    "an extension with more in it": an_extension(Hidden=generic.pdf_string("words")),
}


@pytest.mark.parametrize("trick", FRAMES.values(), ids=FRAMES)
def test_places_where_nobody_looks_hold_nothing_new(bench: Bench, trick: Trick) -> None:
    assert bench.refusal(together(bench, trick)) == "GATE-CHANGE"


def test_readers_are_not_asked_to_draw_the_stamps_anew(bench: Bench) -> None:
    assert bench.refusal(afterwards(bench.stages["coordinator"], drawn_anew)) == "GATE-CHANGE"


def test_a_program_may_say_which_version_and_extension_it_uses(bench: Bench) -> None:
    for trick in (an_extension(), in_catalogue("/Version", lambda: pdf_name("/2.0"))):
        assert bench.refusal(together(bench, trick)) == ACCEPTED


def test_words_in_a_trailer_are_refused(bench: Bench) -> None:
    more = b" /Hidden (another document)"
    assert bench.refusal(a_revision(bench.stages["coordinator"], more=more)) == "GATE-CHANGE"
    before = a_revision(bench.stages["company"], more=more)
    assert bench.refusal(bench.without_locks(pen(before), "coordinator")) == "GATE-CHANGE"


# ── Tables ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_contents_cannot_be_replaced_nor_set_free_by_a_table(bench: Bench) -> None:
    signed, content = bench.stages["coordinator"], first_content(bench.stages["company"])
    words = b"<</Length 4>>\nstream\nq Q \nendstream"
    assert bench.refusal(a_revision(signed, [(content, 0, words)])) == "GATE-CHANGE"
    assert bench.refusal(a_revision(signed, [(content, 1, words)])) == "GATE-PARSE"
    assert bench.refusal(a_revision(signed, rows=b"%d 1\n0000000000 00001 f \n" % content)) == "GATE-CHANGE"


@pytest.mark.parametrize(
    ("entry", "words", "code"),
    [
        (rb"/Size \d+", b"/Size 5", "GATE-PARSE"),
        (rb"/Prev \d+", b"/Prev 0", "GATE-PARSE"),
        (rb"/Prev \d+", b"/Prev 1234", "GATE-PARSE"),
        (rb"/Root \d+ 0 R", b"/Root 1 0 R /Root 2 0 R", "GATE-PARSE"),
        (rb"/Root \d+ 0 R", b"/Root 4 0 R", "GATE-PARSE"),
    ],
    ids=["too small", "no table", "leads elsewhere", "two catalogues", "another catalogue"],
)
def test_a_table_that_says_something_else_of_the_paper_is_refused(
    bench: Bench, entry: bytes, words: bytes, code: str
) -> None:
    signed = bench.stages["coordinator"]
    made = a_revision(signed)
    forged = signed + re.sub(entry, words, made[len(signed) :])
    at = len(signed)
    assert forged[at:].startswith(b"xref"), "the table stays where the end says that it is"
    assert bench.refusal(forged) == code


def test_tables_and_objects_by_the_thousand_are_refused_before_anybody_reads_them(bench: Bench) -> None:
    signed = bench.stages["coordinator"]
    assert bench.refusal(tables_in_a_row(signed, 10_000)) == "GATE-BYTES"
    assert bench.refusal(numbers_in_a_row(signed, 10_000)) == "GATE-BYTES"
    assert bench.refusal(tables_in_a_row(signed, 3)) != ACCEPTED  # an end of the file for each of them


# ── Certificates ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["Certs", "OCSPs", "CRLs"])
@pytest.mark.parametrize("words", [b"", b"no certificate", b"\x30\x03\x02\x01\x05"], ids=["none", "words", "a number"])
def test_validation_data_that_nobody_could_read_later_are_refused(bench: Bench, kind: str, words: bytes) -> None:
    """They would keep the paper from being sealed: who collects validation data reads what is there."""
    assert bench.refusal(together(bench, brought(**{kind: [words]}))) == "GATE-PROOF"


def test_validation_data_of_others_do_no_harm(bench: Bench) -> None:
    others = brought(Certs=[bench.key("dean").certificate.dump()])
    assert bench.refusal(together(bench, others)) == ACCEPTED


def test_authorities_that_have_signed_each_other_are_not_followed(bench: Bench) -> None:
    key = in_circles(4)
    assert bench.refusal(bench.countersigned(bench.stages["company"], "coordinator", key=key)) == "GATE-PROOF"
    chain = [one.dump() for one in key.signer.cert_registry]
    assert bench.refusal(together(bench, brought(Certs=chain))) == "GATE-PROOF"


def certified(bench: Bench, **certificate: Any) -> bytes:
    key = bench.made_key(ec.generate_private_key(ec.SECP256R1()), **certificate)
    return bench.signed(bench.stages["company"], "coordinator", key=key, is_stamped=False)


@pytest.mark.parametrize(
    ("purpose", "outcome"),
    [
        (ExtendedKeyUsageOID.SERVER_AUTH, "GATE-USAGE"),
        (ExtendedKeyUsageOID.CODE_SIGNING, "GATE-USAGE"),
        (ExtendedKeyUsageOID.TIME_STAMPING, "GATE-USAGE"),
        (ExtendedKeyUsageOID.OCSP_SIGNING, "GATE-USAGE"),
        (ExtendedKeyUsageOID.EMAIL_PROTECTION, ACCEPTED),
        (ExtendedKeyUsageOID.CLIENT_AUTH, ACCEPTED),
    ],
)
def test_the_certificate_of_a_machine_is_no_persons(bench: Bench, purpose: x509.ObjectIdentifier, outcome: str) -> None:
    assert bench.refusal(certified(bench, purposes=[purpose])) == outcome


ADDRESSES: Final = {
    "other letter cases": ("ines@univ-exemple.test", "Ines@Univ-Exemple.test", ACCEPTED),
    "a long s": ("ine\u017f@univ-exemple.test", "ines@univ-exemple.test", "GATE-PERSON"),
    "the sign of Kelvin": ("\u212ati@univ-exemple.test", "kti@univ-exemple.test", "GATE-PERSON"),
    "a sharp s": ("stra\u00dfe@univ-exemple.test", "strasse@univ-exemple.test", "GATE-PERSON"),
    "nobody": ("", "x@univ-exemple.test", "GATE-PERSON"),
    "a zero byte": ("ines@univ-exemple.test", "ines@univ-exemple.test\0.evil.test", "GATE-PERSON"),
    "two signs": ("ines@univ-exemple.test", "evil@evil.test@ines@univ-exemple.test", "GATE-PERSON"),
}


@pytest.mark.parametrize(("expected", "held", "outcome"), ADDRESSES.values(), ids=ADDRESSES)
def test_addresses_are_compared_to_the_letter_but_for_the_case(
    bench: Bench, expected: str, held: str, outcome: str
) -> None:
    person = replace(bench.people["coordinator"], email=expected)
    assert bench.refusal(certified(bench, emails=[held]), person=person) == outcome


def test_an_empty_address_is_nobodys(bench: Bench) -> None:
    person = replace(bench.people["coordinator"], email="")
    assert bench.refusal(certified(bench, emails=[""]), person=person) == "GATE-PERSON"


def test_a_name_is_told_on_one_line_and_from_one_side(bench: Bench) -> None:
    signed = certified(bench, name="Inès\r\nBcc: x@evil.test \u202e Marchetti")
    assert bench.examined(signed).signer == "Inès Bcc: x@evil.test Marchetti"
