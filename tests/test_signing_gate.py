"""What the reception gate refuses: each forged file differs from an honest one in one trick, and each trick has a code.

The paper waits for the coordinator; student and company have signed.
"""

from __future__ import annotations

import re
import subprocess
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pikepdf
import pypdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper

from conventions import signing
from conventions.errors import Refused, ServiceError
from demo.pki import Authority, Identity, TestPki
from tests.papers import (
    ROOM,
    Bench,
    a_certificate,
    a_signature_field,
    annotate,
    field,
    key_of,
    pen,
    quiet_pen,
    the_clock,
    written,
)

Trick = Callable[[IncrementalPdfFileWriter], None]
GARBAGE: Final = bytes(range(33, 127)).replace(b"%", b"#") * 2_130
"""200 kB that are no part of any object."""


def unavailable(bench: Bench, returned: bytes, trust: signing.Trust | None = None) -> str:
    with pytest.raises(ServiceError) as caught:
        bench.examined(returned, trust=trust)
    return caught.value.code


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


# ── What is not the file that was sent ──────────────────────────────────────────────────────────────────────────────


def test_the_plain_library_that_the_forgers_use_is_accepted_when_it_plays_no_trick(bench: Bench) -> None:
    sent = bench.stages["company"]
    assert bench.refusal(bench.countersigned(sent, "coordinator")) == "accepted for the coordinator"
    assert bench.refusal(bench.countersigned(quiet_pen(sent), "coordinator")) == "accepted for the coordinator"
    assert bench.refusal(bench.locked(sent, "coordinator", OPEN_TO_THE_DEAN)) == "accepted for the coordinator"


def test_the_unchanged_file_is_told_from_a_signed_one(bench: Bench) -> None:
    assert bench.refusal(bench.stages["company"]) == "GATE-UNCHANGED"


@pytest.mark.parametrize("missing", [1, 100, 50_000])
def test_a_file_that_was_cut_off_is_refused(bench: Bench, missing: int) -> None:
    assert bench.refusal(bench.stages["company"][:-missing]) == "GATE-TRUNCATED"


@pytest.mark.parametrize("stage", ["issued", "student"])
def test_an_earlier_state_is_refused_signed_or_not(bench: Bench, stage: str) -> None:
    assert bench.refusal(bench.stages[stage]) == "GATE-TRUNCATED"
    assert bench.refusal(bench.signed(bench.stages[stage], "coordinator")) == "GATE-TRUNCATED"


def test_a_signature_made_anew_by_its_own_signer_is_refused_below_the_next_one(bench: Bench) -> None:
    anew = signing.timestamp(bench.signed(bench.stages["student"], "company"), bench.timestamper)
    assert bench.refusal(bench.signed(anew, "coordinator")) == "GATE-TRUNCATED"


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


@pytest.mark.parametrize("save", [saved_by_pikepdf, saved_by_pypdf])
@pytest.mark.parametrize("stage", ["company", "coordinator"])
def test_a_file_that_a_program_wrote_anew_is_refused(bench: Bench, save: Callable[[bytes], bytes], stage: str) -> None:
    assert bench.refusal(save(bench.stages[stage])) == "GATE-PREFIX"


def test_a_file_that_was_printed_is_refused(bench: Bench, tmp_path: Path) -> None:
    signed, printed = tmp_path / "signed.pdf", tmp_path / "printed.pdf"
    signed.write_bytes(bench.stages["coordinator"])
    subprocess.run(["pdftocairo", "-pdf", signed, printed], check=True)
    assert bench.refusal(printed.read_bytes()) == "GATE-PREFIX"


@pytest.mark.parametrize("name", ["corrected", "other"])
def test_another_paper_is_refused_although_the_same_people_signed_it(bench: Bench, name: str) -> None:
    data = bench.issued(name)
    for role in ("student", "company", "coordinator"):
        data = bench.signed(data, role, is_stamped=False)
    assert bench.refusal(data) == "GATE-PREFIX"


def test_the_same_paper_with_a_seal_made_anew_is_refused(bench: Bench) -> None:
    """The frozen paper is the common beginning; that alone makes it no state of the paper that was sent."""
    assert bench.refusal(bench.signed(bench.issued(), "coordinator")) == "GATE-PREFIX"


@pytest.mark.parametrize(
    "data",
    [b"", b"sign here", b"\x89PNG\r\n\x1a\n" + b"\0" * 500, b"PK\x03\x04" + b"\0" * 500, GARBAGE],
    ids=["empty", "words", "picture", "archive", "garbage"],
)
def test_what_is_not_a_pdf_is_refused(bench: Bench, data: bytes) -> None:
    assert bench.refusal(data) == "GATE-PARSE"


@pytest.mark.parametrize("more", [4_000_001, 30_000_001])
def test_a_file_too_large_for_a_signature_is_refused_unread(bench: Bench, more: int) -> None:
    assert bench.refusal(bench.stages["coordinator"] + b" " * more) == "GATE-SIZE"


def test_an_encrypted_file_is_refused_as_such(bench: Bench) -> None:
    signed = bench.stages["coordinator"]
    secret = b" /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O (%s) /U (%s) >>" % (b"o" * 32, b"u" * 32)
    for data in (
        saved_by_pikepdf(signed, encryption=pikepdf.Encryption(owner="o", user="")),
        saved_by_pikepdf(signed, encryption=pikepdf.Encryption(owner="o", user="u", R=4)),
        saved_by_pypdf(signed, "u"),
        an_empty_revision(bench.stages["company"], more=secret),
        an_empty_revision(signed, more=secret),
    ):
        assert bench.refusal(data) == "GATE-ENCRYPTED"


@pytest.mark.parametrize("stage", ["company", "coordinator"])
def test_a_second_table_of_contents_is_refused(bench: Bench, stage: str) -> None:
    """A hybrid file: programs that know cross-reference streams read another document than those that do not."""
    data = bench.stages[stage]
    number = int(last(rb"/Size (\d+)", data)[1])
    stream = zlib.compress(b"\x01" + len(data).to_bytes(4, "big") + b"\0\0")
    root = last(rb"/Root \d+ \d+ R", data)[0]
    table = (
        b"%d 0 obj\n<</Type/XRef/Size %d/W[1 4 2]/Index[%d 1]%s/Filter/FlateDecode/Length %d>>\nstream\n%s\n"
        b"endstream\nendobj\n" % (number, number + 1, number, root, len(stream), stream)
    )
    hybrid = an_empty_revision(data, more=b" /XRefStm %d" % len(data), objects=table)
    assert bench.refusal(hybrid) == "GATE-HYBRID"


# ── Whose turn it is, and who signed ────────────────────────────────────────────────────────────────────────────────


def test_a_signature_out_of_turn_is_refused(bench: Bench) -> None:
    assert bench.refusal(bench.signed(bench.stages["company"], "dean")) == "GATE-TURN"
    after_student = bench.signed(bench.stages["student"], "coordinator")
    assert bench.refusal(after_student, "company", sent=bench.stages["student"]) == "GATE-TURN"


@pytest.mark.parametrize("order", [("coordinator", "dean"), ("dean", "coordinator")], ids="-".join)
def test_two_signatures_at_once_are_refused(bench: Bench, order: tuple[str, str]) -> None:
    data = bench.stages["company"]
    for role in order:
        data = bench.signed(data, role)
    assert bench.refusal(data) == "GATE-COUNT"


def test_another_person_with_a_good_certificate_is_refused(bench: Bench) -> None:
    sent = bench.stages["company"]
    for key in (bench.key("dean"), bench.seal_key):
        assert bench.refusal(bench.signed(sent, "coordinator", key=key)) == "GATE-PERSON"


@pytest.mark.parametrize(
    "certificate",
    [
        {"emails": ["ines.marchetti@univ-exemple.test.evil.test"]},
        {"emails": ["x-ines.marchetti@univ-exemple.test"]},
        {"emails": [], "name": "ines.marchetti@univ-exemple.test"},
    ],
    ids=["longer address", "address within another", "address as a name"],
)
def test_a_certificate_that_only_resembles_the_expected_persons_is_refused(
    bench: Bench, certificate: dict[str, Any]
) -> None:
    key = bench.made_key(ec.generate_private_key(ec.SECP256R1()), **certificate)
    assert bench.refusal(bench.signed(bench.stages["company"], "coordinator", key=key)) == "GATE-PERSON"


def test_a_pinned_certificate_is_the_only_one_that_will_do(bench: Bench) -> None:
    person = replace(bench.people["coordinator"], fingerprint=bench.key("dean").fingerprint)
    assert bench.refusal(bench.stages["coordinator"], person=person) == "GATE-PERSON"


# ── Which certificates count ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("variant", ["stranger", "expired", "revoked"])
@pytest.mark.parametrize("is_stamped", [True, False], ids=["stamped", "unstamped"])
def test_a_certificate_that_is_not_good_today_is_refused(bench: Bench, variant: str, is_stamped: bool) -> None:
    key = bench.key("coordinator", variant)
    signed = bench.signed(bench.stages["company"], "coordinator", key=key, is_stamped=is_stamped)
    assert bench.refusal(signed) == "GATE-TRUST"


def test_a_certificate_that_is_not_valid_yet_is_refused(bench: Bench) -> None:
    key = bench.made_key(ec.generate_private_key(ec.SECP256R1()), days=(2, 300))
    assert bench.refusal(bench.signed(bench.stages["company"], "coordinator", key=key)) == "GATE-TRUST"


def test_an_authority_that_calls_itself_by_the_same_name_is_refused(bench: Bench, impostors: TestPki) -> None:
    file = impostors.key(bench.people["coordinator"], "pass")
    key = signing.load_key(file, b"pass")
    assert str(key.certificate.issuer.human_friendly) == str(bench.key("coordinator").certificate.issuer.human_friendly)
    assert bench.refusal(bench.signed(bench.stages["company"], "coordinator", key=key)) == "GATE-TRUST"


def test_a_person_cannot_issue_certificates(bench: Bench) -> None:
    """The chain leads to a believed root, through a certificate that is no authority's."""
    holder = ec.generate_private_key(ec.SECP256R1())
    of_holder = bench.made_key(holder)
    own = x509.load_der_x509_certificate(of_holder.certificate.dump())
    issuer = Authority("people", Identity(holder, own), (own, *bench.pki.authority.chain), bench.pki.url)
    key = bench.made_key(ec.generate_private_key(ec.SECP256R1()), issuer=issuer)
    assert bench.refusal(bench.signed(bench.stages["company"], "coordinator", key=key)) == "GATE-TRUST"


def test_a_certificate_that_nobody_issued_is_refused(bench: Bench) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    person = bench.people["coordinator"]
    key = key_of(private, a_certificate(private, person.name, now=the_clock(), emails=[person.email]))
    assert bench.refusal(bench.signed(bench.stages["company"], "coordinator", key=key)) == "GATE-TRUST"


def test_a_certificate_for_encryption_only_is_refused(bench: Bench) -> None:
    key = bench.made_key(ec.generate_private_key(ec.SECP256R1()), uses=["key_encipherment"])
    assert bench.refusal(bench.signed(bench.stages["company"], "coordinator", key=key)) == "GATE-TRUST"


def test_a_silent_revocation_service_is_nobodys_fault_and_the_file_may_come_again(bench: Bench) -> None:
    signed = bench.stages["coordinator"]
    bench.pki.is_down = True
    try:
        assert unavailable(bench, signed) == "REV-02"
    finally:
        bench.pki.is_down = False
    assert bench.examined(signed).role == "coordinator"


def test_a_certificate_that_names_no_revocation_service_cannot_be_judged(bench: Bench) -> None:
    signed = bench.signed(bench.stages["company"], "coordinator", key=bench.key("coordinator", "silent"))
    assert unavailable(bench, signed) == "REV-02"


def test_a_revocation_service_on_a_host_of_its_own_is_never_asked(bench: Bench) -> None:
    """The same services, by another name: what decides is the list of hosts."""
    elsewhere = bench.pki.url.replace(bench.pki.host, "localhost")
    key = bench.made_key(ec.generate_private_key(ec.SECP256R1()), url=elsewhere)
    signed = bench.signed(bench.stages["company"], "coordinator", key=key, is_stamped=False)
    bench.pki.asked.clear()
    assert unavailable(bench, signed) == "REV-02"
    assert not [path for path in bench.pki.asked if path.startswith("/ocsp")]
    wider = replace(bench.trust, hosts=frozenset({bench.pki.host, "localhost"}))
    assert bench.examined(signed, trust=wider).role == "coordinator"
    assert [path for path in bench.pki.asked if path.startswith("/ocsp")]


@pytest.fixture
def redirector(bench: Bench) -> Iterator[str]:
    """A service on a listed host that sends every question on to a host that is not listed."""
    target = bench.pki.url.replace(bench.pki.host, "localhost")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(307)
            self.send_header("Location", target + self.path)
            self.end_headers()

        do_POST = do_GET  # noqa: N815 - the name http.server asks for

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_listed_host_cannot_send_the_program_to_another_one(bench: Bench, redirector: str) -> None:
    key = bench.made_key(ec.generate_private_key(ec.SECP256R1()), url=redirector)
    signed = bench.signed(bench.stages["company"], "coordinator", key=key, is_stamped=False)
    bench.pki.asked.clear()
    assert unavailable(bench, signed) == "REV-02"
    assert not [path for path in bench.pki.asked if path.startswith("/ocsp")]


def test_without_hosts_a_file_is_received_and_nobody_is_asked(bench: Bench) -> None:
    signed = {variant: bench.signed(bench.stages["company"], "coordinator", key=bench.key("coordinator", variant))
              for variant in ("good", "elsewhere", "stranger")}  # fmt: skip
    bench.pki.asked.clear()
    assert bench.examined(signed["good"], trust=bench.offline).role == "coordinator"
    assert bench.examined(signed["elsewhere"], trust=bench.offline).role == "coordinator"
    assert bench.refusal(signed["stranger"], trust=bench.offline) == "GATE-TRUST"
    assert bench.pki.asked == []


@pytest.mark.parametrize(
    "private",
    [rsa.generate_private_key(65537, 1024), ed25519.Ed25519PrivateKey.generate()],  # noqa: S505 - refused for it
    ids=["RSA-1024", "Ed25519"],
)
def test_a_weak_or_unusual_key_is_refused(bench: Bench, private: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> None:
    digest = "sha512" if isinstance(private, ed25519.Ed25519PrivateKey) else "sha256"
    key = bench.made_key(private)
    signed = bench.countersigned(bench.stages["company"], "coordinator", key=key, md_algorithm=digest)
    assert bench.refusal(signed) == "GATE-ALGORITHM"


def test_a_sha1_signature_is_refused(bench: Bench) -> None:
    signed = bench.countersigned(bench.stages["company"], "coordinator", md_algorithm="sha1")
    assert bench.refusal(signed) == "GATE-ALGORITHM"


@pytest.mark.parametrize("is_stamped", [True, False], ids=["stamped", "unstamped"])
@pytest.mark.parametrize("away", [timedelta(hours=1), timedelta(days=400)], ids=["an hour", "a year"])
def test_a_signing_time_in_the_future_is_refused(bench: Bench, is_stamped: bool, away: timedelta) -> None:
    then = the_clock() + away
    signed = bench.signed(bench.stages["company"], "coordinator", is_stamped=is_stamped, now=then)
    assert bench.refusal(signed) == "GATE-TIME"


def test_a_signing_time_before_the_paper_was_issued_is_refused(bench: Bench) -> None:
    for away, is_refused in ((timedelta(days=2), True), (timedelta(hours=3), False)):
        signed = bench.signed(bench.stages["company"], "coordinator", is_stamped=False, now=the_clock() - away)
        assert (bench.refusal(signed) == "GATE-TIME") is is_refused


# ── What else was changed ───────────────────────────────────────────────────────────────────────────────────────────


def altered_text(writer: IncrementalPdfFileWriter) -> None:
    page = writer.find_page_for_modification(0)[0].get_object()
    words = generic.StreamObject(stream_data=b"BT /F1 30 Tf 100 400 Td (1000 EUR) Tj ET")
    page[pdf_name("/Contents")] = writer.add_object(words)
    writer.update_container(page)


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
}


@pytest.mark.parametrize("trick", CHANGES.values(), ids=CHANGES)
def test_what_was_changed_together_with_the_signature_is_refused(bench: Bench, trick: Trick) -> None:
    writer = pen(bench.stages["company"])
    trick(writer)
    assert bench.refusal(bench.countersigned(writer, "coordinator")) == "GATE-CHANGE"


@pytest.mark.parametrize("name", ["altered text", "an annotation", "next field painted", "another title"])
def test_what_was_changed_before_the_signature_is_refused(bench: Bench, name: str) -> None:
    writer = pen(bench.stages["company"])
    CHANGES[name](writer)
    assert bench.refusal(bench.countersigned(written(writer), "coordinator")) == "GATE-CHANGE"


@pytest.mark.parametrize(
    "trick",
    [CHANGES["altered text"], CHANGES["an annotation"], moved("coordinator"), repainted("coordinator")],
    ids=["altered text", "an annotation", "own field moved", "own stamp repainted"],
)
def test_what_was_changed_after_the_signature_is_refused(bench: Bench, trick: Trick) -> None:
    writer = pen(bench.stages["coordinator"])
    trick(writer)
    assert bench.refusal(written(writer)) == "GATE-CHANGE"


@pytest.mark.parametrize("name", ["altered text", "an annotation", "next field painted"])
def test_a_changed_file_without_a_signature_is_refused(bench: Bench, name: str) -> None:
    writer = pen(bench.stages["company"])
    CHANGES[name](writer)
    assert bench.refusal(written(writer)) == "GATE-COUNT"


@pytest.mark.parametrize(
    "words", [b"<origin:number>2026-0001", b"<origin:version>1", b"<pdfaid:part>2", b"2026-0001</rdf:li>"]
)
def test_a_description_that_says_something_else_is_refused(bench: Bench, words: bytes) -> None:
    writer = quiet_pen(bench.stages["company"])
    packet = quiet_pen(bench.stages["company"]).root["/Metadata"].data
    assert words in packet
    entries = {"/Type": pdf_name("/Metadata"), "/Subtype": pdf_name("/XML")}
    altered = generic.StreamObject(dictionary(entries), stream_data=packet.replace(words, words.translate(ROTATED)))
    writer.root[pdf_name("/Metadata")] = writer.add_object(altered)
    writer.update_root()
    assert bench.refusal(bench.countersigned(writer, "coordinator")) == "GATE-CHANGE"


ROTATED: Final = bytes.maketrans(b"12", b"34")


# ── Fields ──────────────────────────────────────────────────────────────────────────────────────────────────────────


INVISIBLE: Final = (0, 0, 0, 0)
VISIBLE: Final = (40, 40, 560, 800)


@pytest.mark.parametrize("rectangle", [INVISIBLE, VISIBLE], ids=["invisible", "visible"])
@pytest.mark.parametrize("name", ["witness", "coordinator", ""], ids=["new", "doubled", "nameless"])
def test_a_field_of_ones_own_is_refused(bench: Bench, rectangle: tuple[int, ...], name: str) -> None:
    before = pen(bench.stages["company"])
    a_signature_field(before, name, rectangle)
    assert bench.refusal(bench.countersigned(before, "coordinator")) == "GATE-FIELD"
    after = pen(bench.stages["coordinator"])
    a_signature_field(after, name, rectangle)
    assert bench.refusal(written(after)) == "GATE-FIELD"


def test_a_signature_in_a_field_of_ones_own_is_refused(bench: Bench) -> None:
    key = bench.key("coordinator")
    alone = bench.countersigned(bench.stages["company"], "witness", key=key, is_new_field=True)
    assert bench.refusal(alone) == "GATE-FIELD"
    beside = bench.countersigned(bench.stages["coordinator"], "witness", key=key, is_new_field=True)
    assert bench.refusal(beside) == "GATE-FIELD"


@pytest.mark.parametrize("index", [0, 1, 2, 3, 4])
def test_a_field_that_was_removed_is_missed(bench: Bench, index: int) -> None:
    writer = pen(bench.stages["company"])
    fields = writer.root["/AcroForm"]["/Fields"]
    del fields[index]
    writer.update_container(fields)
    assert bench.refusal(written(writer)) == "GATE-FIELD"


def test_a_field_that_was_renamed_is_missed(bench: Bench) -> None:
    writer = pen(bench.stages["coordinator"])
    field(writer, "coordinator")[pdf_name("/T")] = generic.pdf_string("dean (2)")
    assert bench.refusal(written(writer)) == "GATE-FIELD"


def test_an_earlier_signature_that_was_taken_out_is_missed(bench: Bench) -> None:
    writer = pen(bench.stages["coordinator"])
    emptied("student")(writer)
    assert bench.refusal(written(writer)) == "GATE-COUNT"


@pytest.mark.parametrize("is_copied", [False, True], ids=["same object", "copied object"])
def test_a_signature_that_is_used_a_second_time_is_refused(bench: Bench, is_copied: bool) -> None:
    writer = pen(bench.stages["company"])
    made = field(writer, "company").raw_get("/V")
    value = writer.add_object(generic.DictionaryObject(made.get_object())) if is_copied else made
    field(writer, "coordinator")[pdf_name("/V")] = value
    assert bench.refusal(written(writer)) == "GATE-CHANGE"


def test_a_timestamp_in_somebodys_field_is_refused(bench: Bench) -> None:
    """Else that person could not sign any more."""
    output = BytesIO()
    stamper = PdfTimeStamper(bench.timestamper, field_name="dean")
    stamper.timestamp_pdf(pen(bench.stages["company"]), "sha256", output=output)
    assert bench.refusal(bench.countersigned(output.getvalue(), "coordinator")) == "GATE-FIELD"


OPEN_TO_THE_DEAN: Final = FieldMDPSpec(FieldMDPAction.EXCLUDE, fields=["dean"])


@pytest.mark.parametrize(
    ("lock", "permission"),
    [
        (FieldMDPSpec(FieldMDPAction.ALL), None),
        (FieldMDPSpec(FieldMDPAction.INCLUDE, fields=["dean"]), None),
        (FieldMDPSpec(FieldMDPAction.EXCLUDE, fields=["student"]), None),
        (OPEN_TO_THE_DEAN, MDPPerm.NO_CHANGES),
    ],
    ids=["all", "the dean", "all but the student", "the document"],
)
def test_a_signature_that_locks_out_those_who_have_yet_to_sign_is_refused(
    bench: Bench, lock: FieldMDPSpec, permission: MDPPerm | None
) -> None:
    assert bench.refusal(bench.locked(bench.stages["company"], "coordinator", lock, permission)) == "GATE-LOCK"


def test_a_second_certification_is_refused(bench: Bench) -> None:
    certified = bench.locked(bench.stages["company"], "coordinator", OPEN_TO_THE_DEAN, MDPPerm.FILL_FORMS)
    assert bench.refusal(certified) == "GATE-CHANGE"


# ── Bytes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (b"/ByteRenge [0 1 2 3]", "GATE-PARSE"),
        (b"/ByteRange null", "GATE-PARSE"),
        (b"/ByteRange (0 1 2 3)", "GATE-PARSE"),
        (b"/ByteRange [/A /B /C /D]", "GATE-PARSE"),
        (b"/ByteRange [0 1 2]", "GATE-PARSE"),
        (b"/ByteRange [0 -1 -2 -3]", "GATE-PARSE"),
        (b"/ByteRange [0 10]", "GATE-INTEGRITY"),
        (b"/ByteRange [0 0 0 0]", "GATE-INTEGRITY"),
        (b"/ByteRange [0 9 9 99999999999999]", "GATE-INTEGRITY"),
    ],
)
def test_a_malformed_byte_range_is_refused(bench: Bench, words: bytes, code: str) -> None:
    forged = patched(bench.stages["coordinator"], rb"/ByteRange \[[^\]]*\]\s*", words)
    assert bench.refusal(forged) == code


@pytest.mark.parametrize(
    ("first", "second"), [(0, 0), (0, -10), (0, 10), (10, 0)], ids=["short", "shorter", "longer", "shifted"]
)
def test_a_byte_range_that_covers_something_else_is_refused(bench: Bench, first: int, second: int) -> None:
    signed = bench.stages["coordinator"]
    pattern = rb"/ByteRange \[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]\s*"
    a, b, c, d = (int(number) for number in last(pattern, signed).groups())
    values = (a + first, b, c, d + second) if (first, second) != (0, 0) else (0, len(bench.stages["company"]), c, d)
    assert bench.refusal(patched(signed, pattern, b"/ByteRange [%d %d %d %d]" % values)) == "GATE-INTEGRITY"


@pytest.mark.parametrize(
    "words",
    [b"/Kontents <00>", b"/Contents null", b"/Contents <>", b"/Contents 5", b"/Contents (abc)", b"/Contents [<00>]"],
)
def test_malformed_contents_are_refused(bench: Bench, words: bytes) -> None:
    assert bench.refusal(patched(bench.stages["coordinator"], ROOM.pattern, words)) == "GATE-PARSE"


@pytest.mark.parametrize("digit", [b"0", b"f", b"3"])
def test_contents_without_a_signature_in_them_are_refused(bench: Bench, digit: bytes) -> None:
    signed = bench.stages["coordinator"]
    room = last(ROOM.pattern, signed)
    filled = b"/Contents <" + digit * len(room[1]) + b">"
    assert bench.refusal(patched(signed, ROOM.pattern, filled)) == "GATE-PARSE"


def test_words_hidden_in_the_room_behind_a_signature_are_refused(bench: Bench) -> None:
    """The room is reserved before the size of the signature is known, and no signature covers it."""
    signed = bench.stages["coordinator"]
    room = last(ROOM.pattern, signed)
    hidden_words = b"another document".hex().encode()
    forged = room[0][: -len(hidden_words) - 1] + hidden_words + b">"
    assert bench.refusal(patched(signed, ROOM.pattern, forged)) == "GATE-CHANGE"


def test_a_timestamp_that_was_tampered_with_is_refused(bench: Bench) -> None:
    """The signature does not cover its timestamp: this one claims an earlier year."""
    signed = bench.stages["coordinator"]
    room = last(ROOM.pattern, signed)
    token = room[1].lower().index(b"060b2a864886f70d0109100104")  # id-smime-ct-TSTInfo
    made = re.compile(rb"18(?:0f|1[0-9a-f])(?=3230)", re.IGNORECASE).search(room[1], token)
    assert made, "a GeneralizedTime, of 15 to 31 characters, that begins with the century"
    year = room.start(1) + made.end() + 7  # the low half of its fourth digit
    assert bench.refusal(signed[:year] + b"1" + signed[year + 1 :]) == "GATE-INTEGRITY"


@pytest.mark.parametrize("place", [0.02, 0.4, 0.8])
def test_one_altered_byte_in_what_was_appended_is_refused(bench: Bench, place: float) -> None:
    sent, signed = bench.stages["company"], bytearray(bench.stages["coordinator"])
    position = len(sent) + int((len(signed) - len(sent)) * place)
    signed[position] ^= 1
    assert bench.refusal(bytes(signed)).startswith("GATE-")


def test_one_altered_byte_in_what_was_sent_is_refused(bench: Bench) -> None:
    signed = bytearray(bench.stages["coordinator"])
    signed[1_000] ^= 1
    assert bench.refusal(bytes(signed)) == "GATE-PREFIX"


def ended_again(data: bytes, filling: bytes) -> bytes:
    """Bytes that nothing refers to, and a second end of the same file."""
    return data + filling + b"\nstartxref\n" + last(rb"startxref\s+(\d+)", data)[1] + b"\n%%EOF\n"


@pytest.mark.parametrize("filling", [GARBAGE, b"%" + GARBAGE, b" " * 200_000], ids=["garbage", "comment", "space"])
def test_bytes_without_a_purpose_are_refused_before_and_after_the_signature(bench: Bench, filling: bytes) -> None:
    signed = bench.stages["coordinator"]
    assert bench.refusal(signed + filling) == "GATE-CHANGE"
    assert bench.refusal(ended_again(signed, filling)) == "GATE-CHANGE"
    before = bench.countersigned(ended_again(bench.stages["company"], filling), "coordinator")
    assert bench.refusal(before) == "GATE-CHANGE"


def test_a_thousand_empty_revisions_are_refused_before_anybody_reads_them(bench: Bench) -> None:
    data = bench.stages["coordinator"]
    for _ in range(10):
        data = an_empty_revision(data)
    assert bench.refusal(data) == "GATE-CHANGE"
    many = bench.stages["coordinator"] + data[-400:] * 1_000
    assert bench.refusal(many) == "GATE-CHANGE"


# ── Files that are meant to exhaust the program ─────────────────────────────────────────────────────────────────────


def apart(bench: Bench, returned: bytes, seconds: float = 60, *, trust: signing.Trust | None = None) -> str:
    try:
        return signing.examine_apart(
            returned,
            sent=bench.stages["company"],
            allowed={"coordinator": bench.people["coordinator"]},
            circuit=bench.circuit,
            trust=trust or bench.trust,
            now=the_clock(),
            seconds=seconds,
        ).role
    except Refused as refused:
        return refused.code


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """One gibibyte of zeros, deflated."""
    squeezer = zlib.compressobj(9)
    block = squeezer.compress(bytes(1 << 20)) + squeezer.flush(zlib.Z_FULL_FLUSH)
    again = squeezer.compress(bytes(1 << 20)) + squeezer.flush(zlib.Z_FULL_FLUSH)
    return block + again * 1023


def test_a_description_that_unpacks_to_a_gibibyte_is_refused(bench: Bench, bomb: bytes) -> None:
    writer = quiet_pen(bench.stages["company"])
    entries = {"/Type": pdf_name("/Metadata"), "/Subtype": pdf_name("/XML"), "/Filter": pdf_name("/FlateDecode")}
    writer.root[pdf_name("/Metadata")] = writer.add_object(generic.StreamObject(dictionary(entries), encoded_data=bomb))
    writer.update_root()
    assert apart(bench, bench.countersigned(writer, "coordinator")) == "GATE-CHANGE"


@pytest.mark.parametrize("kind", ["XRef", "ObjStm"])
def test_a_table_of_contents_that_unpacks_to_a_gibibyte_is_refused(bench: Bench, bomb: bytes, kind: str) -> None:
    data = bench.stages["coordinator"]
    number = int(last(rb"/Size (\d+)", data)[1])
    root, before = last(rb"/Root \d+ \d+ R", data)[0], last(rb"startxref\s+(\d+)", data)[1]
    keys = b"/W[1 4 2]/Size %d/Prev %s%s" % (number + 2, before, root) if kind == "XRef" else b"/N 1/First 8"
    stream = b"%d 0 obj\n<</Type/%s%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (
        number, kind.encode(), keys, len(bomb), bomb,
    )  # fmt: skip
    if kind == "XRef":
        forged = data + stream + b"startxref\n%d\n%%%%EOF\n" % len(data)
    else:
        rows = b"\x02" + number.to_bytes(4, "big") + b"\0\0" + b"\x01" + len(data).to_bytes(4, "big") + b"\0\0"
        table_at = len(data) + len(stream)
        table = (
            b"%d 0 obj\n<</Type/XRef/W[1 4 2]/Index[%s 1 %d 1]/Size %d/Prev %s%s/Length %d>>\nstream\n%s\n"
            b"endstream\nendobj\n" % (number + 1, root.split()[1], number, number + 2, before, root, len(rows), rows)
        )
        forged = data + stream + table + b"startxref\n%d\n%%%%EOF\n" % table_at
    assert apart(bench, forged) in {"GATE-PARSE", "GATE-CHANGE"}


@pytest.mark.parametrize("opening", [b"[", b"<</A"])
def test_a_pile_of_nested_objects_is_refused(bench: Bench, opening: bytes) -> None:
    forged = an_empty_revision(bench.stages["coordinator"], more=b" /X " + opening * 100_000)
    assert apart(bench, forged) == "GATE-PARSE"


def test_an_entity_that_unfolds_without_end_is_not_unfolded(bench: Bench) -> None:
    writer = quiet_pen(bench.stages["company"])
    names = "abcdefghij"
    entities = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise(names))
    packet = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{entities}]><x>&j;</x>'.encode()
    entries = {"/Type": pdf_name("/Metadata"), "/Subtype": pdf_name("/XML")}
    writer.root[pdf_name("/Metadata")] = writer.add_object(
        generic.StreamObject(dictionary(entries), stream_data=packet)
    )
    writer.update_root()
    assert apart(bench, bench.countersigned(writer, "coordinator")) == "GATE-CHANGE"


def test_a_table_of_contents_that_leads_to_itself_is_refused(bench: Bench) -> None:
    looped = an_empty_revision(bench.stages["coordinator"])
    looped = patched(looped, rb"/Prev \d+", b"/Prev %d" % len(bench.stages["coordinator"]))
    assert apart(bench, looped) == "GATE-PARSE"


def test_a_file_that_takes_too_long_is_refused_and_the_next_one_is_examined(bench: Bench) -> None:
    assert apart(bench, bench.stages["coordinator"], seconds=0.001) == "GATE-PARSE"
    assert apart(bench, bench.stages["coordinator"]) == "coordinator"


def test_refusals_and_failures_come_whole_from_the_process_apart(bench: Bench) -> None:
    signed = bench.signed(bench.stages["company"], "coordinator", key=bench.key("dean"))
    with pytest.raises(Refused) as here:
        bench.examined(signed)
    with pytest.raises(Refused) as there:
        signing.examine_apart(
            signed,
            sent=bench.stages["company"],
            allowed={"coordinator": bench.people["coordinator"]},
            circuit=bench.circuit,
            trust=bench.trust,
            now=the_clock(),
        )
    assert (there.value.code, there.value.message, there.value.fix) == (
        here.value.code,
        here.value.message,
        here.value.fix,
    )
    with pytest.raises(ServiceError):
        apart(bench, bench.stages["coordinator"], trust=replace(bench.trust, hosts=frozenset({"nobody.test"})))
