"""What a paper proves by itself, offline and years later; what it does not prove any more once it was touched."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper

from conventions import signing
from conventions.errors import ForeignPaper, ServiceError
from demo.pki import TestPki
from tests.papers import ROLES, ROOM, UNSTAMPED, Bench, a_signature_field, field, pen, quiet_pen, the_clock, written

YEAR = timedelta(days=365)


def codes(bench: Bench, pdf: bytes, trust: signing.Trust | None = None, later: timedelta = timedelta()) -> set[str]:
    """The codes of what is wrong with a paper; of what makes it no paper at all."""
    try:
        report = signing.verify(pdf, trust or bench.offline, the_clock() + later)
    except ForeignPaper as foreign:
        return {foreign.code}
    assert report.ok is not bool(report.findings)
    return {finding.code for finding in report.findings}


def obstacle(pdf: bytes, trust: signing.Trust, timestamper: signing.Timestamper | None) -> str:
    """The code with which a paper is not sealed."""
    with pytest.raises(ServiceError) as caught:
        signing.seal(pdf, trust=trust, timestamper=timestamper, now=the_clock())
    return caught.value.code


# ── Who, in which role and order, when ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", range(5))
def test_a_paper_on_its_way_tells_who_has_signed_and_who_has_not(bench: Bench, number: int) -> None:
    stage = [*bench.stages][number]
    report = signing.verify(bench.stages[stage], bench.offline, the_clock())
    assert (report.ok, report.is_sealed) == (True, False), report.findings
    assert report.signed_roles == ROLES[:number]
    assert report.waiting == ROLES[number:]
    persons = [one for one in report.seen if not one.is_timestamp]
    assert [one.field for one in persons] == ["seal", *ROLES[:number]]
    for one in persons[1:]:
        assert one.signer == bench.people[one.field].name
        assert one.fingerprint == bench.key(one.field).fingerprint
        assert one.is_time_proved is (one.field != UNSTAMPED)
    assert all(one.is_sound for one in report.seen)


def test_a_sealed_paper_tells_everything_with_proved_times_in_order(bench: Bench) -> None:
    report = signing.verify(bench.sealed, bench.offline, the_clock())
    assert (report.ok, report.is_sealed, report.waiting) == (True, True, ()), report.findings
    assert report.signed_roles == ROLES
    assert report.seen[0].field == "seal"
    assert report.seen[-1].is_timestamp
    assert all(one.is_sound and one.is_time_proved for one in report.seen)
    times = [one.at for one in report.seen if one.at]
    assert times == sorted(times)
    assert len(times) == len(report.seen)
    assert bench.began - timedelta(seconds=1) < times[0] <= times[-1] <= the_clock()  # they are told in whole seconds


def test_a_role_that_has_signed_before_its_turn_is_told_even_while_the_others_wait(bench: Bench) -> None:
    early = bench.signed(bench.stages["company"], "dean")
    assert codes(bench, early) == {"VERIFY-04"}
    assert "VERIFY-04" in codes(bench, bench.signed(early, "coordinator"))
    assert "VERIFY-04" in codes(bench, bench.signed(bench.stages["issued"], "company"))


# ── What is not a paper, or not one that can be believed ────────────────────────────────────────────────────────────


def test_what_is_not_a_signed_pdf_is_told_apart_from_what_is_wrong(bench: Bench) -> None:
    output = BytesIO()
    with pikepdf.open(BytesIO(bench.papers["first"])) as document:
        document.save(output, encryption=pikepdf.Encryption(owner="o", user=""))
    for data in (b"", b"words", bench.sealed[:-1_000], bench.sealed[:30_000], output.getvalue()):
        assert codes(bench, data) == {"PDF-01"}
    assert codes(bench, bench.papers["first"]) == {"PDF-05"}


def test_a_paper_of_authorities_that_are_not_believed_proves_nothing(bench: Bench, impostors: TestPki) -> None:
    others = signing.load_trust([impostors.roots])
    for pdf in (bench.stages["dean"], bench.sealed):
        report = signing.verify(pdf, others, the_clock())
        assert {finding.code for finding in report.findings} == {"VERIFY-03"}
        assert not any(one.is_sound or one.is_time_proved for one in report.seen)
    assert codes(bench, bench.sealed, signing.Trust(roots=())) == {"VERIFY-03"}


@pytest.mark.parametrize("variant", ["stranger", "expired"])
def test_one_signature_with_a_bad_certificate_spoils_the_paper(bench: Bench, variant: str) -> None:
    signed = bench.signed(bench.stages["coordinator"], "dean", key=bench.key("dean", variant))
    report = signing.verify(signed, bench.offline, the_clock())
    assert {finding.code for finding in report.findings} == {"VERIFY-03"}
    assert [one.field for one in report.seen if not one.is_sound] == ["dean"]


def test_a_paper_without_the_institutions_certifying_seal_is_told(bench: Bench) -> None:
    bare = pen(bench.papers["first"])
    bare.root[pdf_name("/AcroForm")] = bare.add_object(
        generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject()})
    )
    bare.update_root()
    signed = bench.countersigned(bare, "student", is_new_field=True)
    assert codes(bench, signed) == {"VERIFY-05"}


# ── What was touched ────────────────────────────────────────────────────────────────────────────────────────────────


def touched(pdf: bytes, part: float) -> bytes:
    """One bit changed at some part of the length, the room of the last signature not counted."""
    room = [*ROOM.finditer(pdf)][-1]
    covered = len(pdf) - (room.end() - room.start())
    position = int(covered * part)
    position += (room.end() - room.start()) * (position >= room.start())
    return pdf[:position] + bytes([pdf[position] ^ 1]) + pdf[position + 1 :]


@pytest.mark.parametrize("place", range(24))
def test_one_altered_byte_anywhere_is_found(bench: Bench, place: int) -> None:
    assert codes(bench, touched(bench.stages["student"], (2 * place + 1) / 48))


@pytest.mark.parametrize("place", [0.001, 0.3, 0.6, 0.9, 0.999])
def test_one_altered_byte_in_a_sealed_paper_is_found(bench: Bench, place: float) -> None:
    assert codes(bench, touched(bench.sealed, place))


def altered_digit(pdf: bytes, position: int) -> bytes:
    """The last signature with one hexadecimal digit changed, counted from the beginning or from the end of its room."""
    room = [*ROOM.finditer(pdf)][-1]
    index = room.start(1) + position if position >= 0 else room.end(1) + position
    return pdf[:index] + (b"1" if pdf[index : index + 1] != b"1" else b"2") + pdf[index + 1 :]


def test_an_altered_digit_of_the_signature_itself_is_found(bench: Bench) -> None:
    signed = bench.signed(bench.stages["student"], "company", is_stamped=False)
    value = [*signing_values(signed)][-1].hex().encode()
    start = [*ROOM.finditer(signed)][-1][1].lower().index(value)
    for position in (0, 3, start + 20, start + len(value) - 2):
        assert codes(bench, altered_digit(signed, position))


def signing_values(pdf: bytes) -> list[bytes]:
    reader = pen(pdf).prev
    return [one.signer_info["signature"].native for one in reader.embedded_signatures]


def test_an_altered_timestamp_is_found_although_the_signature_does_not_cover_it(bench: Bench) -> None:
    signed = bench.stages["student"]
    room = [*ROOM.finditer(signed)][-1]
    token = room[1].lower().index(b"060b2a864886f70d0109100104")  # id-smime-ct-TSTInfo
    # The moment is a GeneralizedTime, shorter when its fraction of a second ends with zeros.
    time = next(re.compile(rb"18(0f|1[0-9a-f])3230").finditer(room[1], token)).start()
    assert codes(bench, altered_digit(signed, time + 4 + 3)) == {"VERIFY-01"}


def test_digits_behind_a_signature_are_found(bench: Bench) -> None:
    assert "VERIFY-06" in codes(bench, altered_digit(bench.stages["student"], -1))
    assert "VERIFY-06" in codes(bench, altered_digit(bench.stages["issued"], -400))
    assert "VERIFY-06" in codes(bench, altered_digit(bench.sealed, -400))


def text(writer: IncrementalPdfFileWriter) -> None:
    page = writer.find_page_for_modification(0)[0].get_object()
    page[pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b"0 0 600 800 re f"))
    writer.update_container(page)


def origin(writer: IncrementalPdfFileWriter) -> None:
    packet = writer.prev.root["/Metadata"].data.replace(b"<origin:number>2026-0001", b"<origin:number>2026-0007")
    entries = generic.DictionaryObject(
        {pdf_name("/Type"): pdf_name("/Metadata"), pdf_name("/Subtype"): pdf_name("/XML")}
    )
    writer.root[pdf_name("/Metadata")] = writer.add_object(generic.StreamObject(entries, stream_data=packet))
    writer.update_root()


def title(writer: IncrementalPdfFileWriter) -> None:
    entries = generic.DictionaryObject({pdf_name("/Title"): generic.pdf_string("Convention 2026-0007")})
    writer.set_info(writer.add_object(entries))


def invisible_field(writer: IncrementalPdfFileWriter) -> None:
    a_signature_field(writer, "witness", (0, 0, 0, 0))


def script(writer: IncrementalPdfFileWriter) -> None:
    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.pdf_string("app.alert(1)")}
    writer.root[pdf_name("/OpenAction")] = generic.DictionaryObject(action)
    writer.update_root()


def stamp(writer: IncrementalPdfFileWriter) -> None:
    field(writer, "student")[pdf_name("/AP")] = generic.DictionaryObject()


@pytest.mark.parametrize("change", [text, origin, title, invisible_field, script, stamp])
@pytest.mark.parametrize("is_sealed", [False, True], ids=["complete", "sealed"])
def test_what_was_appended_to_a_paper_is_found(
    bench: Bench, change: Callable[[IncrementalPdfFileWriter], None], is_sealed: bool
) -> None:
    writer = quiet_pen(bench.sealed if is_sealed else bench.stages["dean"])
    change(writer)
    assert "VERIFY-02" in codes(bench, written(writer))


@pytest.mark.parametrize("change", [text, origin, title, invisible_field])
def test_what_the_last_signer_changed_together_with_the_signature_is_found(
    bench: Bench, change: Callable[[IncrementalPdfFileWriter], None]
) -> None:
    writer = quiet_pen(bench.stages["coordinator"])
    change(writer)
    assert "VERIFY-02" in codes(bench, bench.countersigned(writer, "dean"))


def test_an_intruders_signature_is_found_although_no_lock_has_been_set_yet(bench: Bench) -> None:
    key = bench.key("dean")
    assert "VERIFY-02" in codes(
        bench, bench.countersigned(bench.stages["issued"], "witness", key=key, is_new_field=True)
    )


def test_a_timestamp_is_not_taken_for_the_signature_of_a_role(bench: Bench) -> None:
    output = BytesIO()
    stamper = PdfTimeStamper(bench.timestamper, field_name="dean")
    stamper.timestamp_pdf(pen(bench.stages["coordinator"]), "sha256", output=output)
    assert "VERIFY-02" in codes(bench, output.getvalue())


@pytest.mark.parametrize("filling", [b"garbage" * 1_000, b" " * 5_000], ids=["words", "space"])
def test_bytes_that_belong_to_nothing_are_found(bench: Bench, filling: bytes) -> None:
    ending = bench.sealed[bench.sealed.rindex(b"startxref") :]
    for pdf in (bench.sealed + filling, bench.sealed + filling + b"\n" + ending):
        assert codes(bench, pdf) & {"VERIFY-06", "PDF-01"}


# ── Years later ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("years", [1, 3, 6])
def test_a_sealed_paper_is_good_for_years_with_every_service_gone(bench: Bench, years: int) -> None:
    paper = bench.sealed
    bench.pki.asked.clear()
    bench.pki.is_down = True
    try:
        report = signing.verify(paper, bench.trust, the_clock() + years * YEAR)
    finally:
        bench.pki.is_down = False
    assert (report.ok, report.is_sealed, report.signed_roles) == (True, True, ROLES), report.findings
    assert all(one.is_time_proved for one in report.seen)
    assert bench.pki.asked == []


def test_a_sealed_paper_proves_nothing_once_its_last_timestamp_has_run_out(bench: Bench) -> None:
    report = signing.verify(bench.sealed, bench.offline, the_clock() + 15 * YEAR)
    assert {finding.code for finding in report.findings} == {"VERIFY-03"}
    assert not any(one.is_sound for one in report.seen)


def test_a_paper_that_was_never_sealed_keeps_what_its_timestamps_prove(bench: Bench) -> None:
    """All signatures but one were dated by their own timestamps while the certificates were good."""
    report = signing.verify(bench.stages["dean"], bench.offline, the_clock() + 3 * YEAR)
    assert [one.field for one in report.seen if not one.is_sound] == [UNSTAMPED]


def test_validation_data_without_the_final_timestamp_seal_nothing(bench: Bench) -> None:
    """The sealed paper, cut before its last revision."""
    ends = [match.end() for match in re.finditer(rb"%%EOF\s*", bench.sealed)]
    report = signing.verify(bench.sealed[: ends[-2]], bench.offline, the_clock())
    assert (report.ok, report.is_sealed) == (True, False)


def test_verifying_asks_nobody_whatever_the_settings_say(bench: Bench) -> None:
    papers = [*bench.stages.values(), bench.sealed]
    bench.pki.asked.clear()
    for paper in papers:
        signing.verify(paper, bench.trust, the_clock())
    assert bench.pki.asked == []


# ── Sealing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_certificate_revoked_since_the_signature_stops_the_sealing(bench: Bench) -> None:
    key = bench.made_key(ec.generate_private_key(ec.SECP256R1()))
    signed = bench.signed(bench.signed(bench.stages["company"], "coordinator", key=key), "dean")
    bench.pki.revoke(x509.load_der_x509_certificate(key.certificate.dump()), the_clock() - timedelta(hours=1))
    assert obstacle(signed, bench.trust, bench.timestamper) == "REV-01"
    assert signing.verify(signed, bench.offline, the_clock()).signed_roles == ROLES


def test_sealing_stops_when_a_service_does_not_answer_and_succeeds_later(bench: Bench) -> None:
    paper, services = bench.stages["dean"], bench.timestamper
    nobody = signing.Timestamper(["http://127.0.0.1:9/nobody"])
    elsewhere = replace(bench.trust, hosts=frozenset({"nobody.test"}))
    assert obstacle(paper, bench.trust, nobody) == "TSA-01"
    assert obstacle(paper, bench.trust, None) == "TSA-02"
    assert obstacle(paper, elsewhere, services) == "REV-01"
    assert obstacle(paper, bench.offline, services) == "REV-01"
    bench.pki.is_down = True
    try:
        assert obstacle(paper, bench.trust, services) in {"REV-01", "TSA-01"}
    finally:
        bench.pki.is_down = False
    sealed = signing.seal(paper, trust=bench.trust, timestamper=services, now=the_clock())
    assert sealed.startswith(paper)
    assert codes(bench, sealed) == set()


def test_an_authority_that_is_not_believed_stops_the_sealing(bench: Bench, impostors: TestPki) -> None:
    others = signing.load_trust([impostors.roots], hosts=[impostors.host])
    assert obstacle(bench.stages["dean"], others, bench.timestamper) == "REV-01"


def test_what_cannot_be_read_is_not_sealed(bench: Bench) -> None:
    for data in (b"words", bench.stages["dean"][:-1_000]):
        with pytest.raises(ForeignPaper):
            signing.seal(data, trust=bench.trust, timestamper=bench.timestamper, now=the_clock())
