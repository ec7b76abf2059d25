"""The honest way, from the issued paper to the sealed one, with our own program and with other people's."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from conventions import pipeline, signing
from conventions.errors import ForeignPaper, OutOfTurn, ServiceError
from conventions.model.paper import Prepared
from conventions.model.roles import Circuit, Step
from demo.pki import TestPki
from tests.certificates import PASSPHRASE, a_certificate, a_key_file
from tests.papers import ROLES, UNSTAMPED, Bench, pen, the_clock

BEFORE = dict(zip(ROLES, ("issued", *ROLES), strict=False))
TOGETHER = Circuit((Step(("student",), 3), Step(("company", "coordinator"), 5), Step(("dean",), 3)))


def tool(program: str, pdf: bytes, folder: Path, *arguments: str) -> str:
    """What one of poppler's programs prints about a file."""
    path = folder / "paper.pdf"
    path.write_bytes(pdf)
    return subprocess.run([program, path, *arguments], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("role", ROLES)
def test_each_role_in_its_turn_is_accepted_with_the_proof_of_who_and_when(bench: Bench, role: str) -> None:
    sent = bench.stages[BEFORE[role]]
    accepted = signing.examine_apart(
        bench.stages[role],
        sent=sent,
        allowed={role: bench.people[role]},
        circuit=bench.circuit,
        trust=bench.trust,
        now=the_clock(),
    )
    assert (accepted.role, accepted.signer) == (role, bench.people[role].name)
    assert accepted.fingerprint == bench.key(role).fingerprint
    assert accepted.timestamped is (role != UNSTAMPED)
    assert the_clock() - timedelta(hours=1) < accepted.signed_at <= the_clock()  # it was signed for an earlier test
    assert accepted.data.startswith(sent)
    assert bench.stages[role].startswith(accepted.data)


def test_every_earlier_state_is_the_beginning_of_every_later_one(bench: Bench) -> None:
    states = [bench.papers["first"], *bench.stages.values(), bench.sealed]
    for earlier, later in pairwise(states):
        assert later.startswith(earlier)
        assert len(later) > len(earlier)


def test_the_paper_itself_tells_its_circuit_and_who_has_signed(bench: Bench) -> None:
    for number, stage in enumerate(bench.stages.values()):
        assert signing.circuit_of_paper(stage).roles == ROLES
        assert signing.signed_roles(stage) == ROLES[:number]
    assert signing.signed_roles(bench.sealed) == ROLES
    told = signing.circuit_of_paper(bench.issued(circuit=TOGETHER))
    assert [set(step.roles) for step in told.steps] == [set(step.roles) for step in TOGETHER.steps]


def test_a_paper_without_fields_has_no_circuit(bench: Bench) -> None:
    with pytest.raises(ForeignPaper) as caught:
        signing.circuit_of_paper(bench.papers["first"])
    assert caught.value.code == "PDF-04"


def test_the_library_with_its_own_rules_finds_every_signature_of_the_sealed_paper_valid(bench: Bench) -> None:
    roots = [asn1_x509.Certificate.load(root) for root in bench.trust.roots]
    reader = PdfFileReader(BytesIO(bench.sealed), strict=True)
    for signature in reader.embedded_regular_signatures:
        status = validate_pdf_signature(
            signature, ValidationContext(trust_roots=roots), ValidationContext(trust_roots=roots)
        )
        assert status.bottom_line, status.pretty_print_details()
    for stamp in reader.embedded_timestamp_signatures:
        found = validate_pdf_timestamp(stamp, ValidationContext(trust_roots=roots))
        assert found.intact
        assert found.valid
        assert found.trusted
    assert len(reader.embedded_regular_signatures) == 5


def test_poppler_finds_all_five_signatures_valid(bench: Bench, tmp_path: Path) -> None:
    said = tool("pdfsig", bench.sealed, tmp_path)
    assert said.count("Signature Validation: Signature is Valid.") == 5
    assert said.count("Signature Type: ETSI.CAdES.detached") == 5
    for role in (*ROLES, "seal"):
        assert f"Signature Field Name: {role}\n" in said


@pytest.mark.parametrize("is_stamped", [True, False], ids=["stamped", "unstamped"])
def test_the_librarys_command_line_is_accepted(bench: Bench, tmp_path: Path, is_stamped: bool) -> None:
    sent, returned, secret = tmp_path / "sent.pdf", tmp_path / "returned.pdf", tmp_path / "secret"
    sent.write_bytes(bench.stages["company"])
    secret.write_text(PASSPHRASE)
    key = bench.pki.key(bench.people["coordinator"], PASSPHRASE)
    stamped = ["--timestamp-url", bench.pki.tsa_url] if is_stamped else []
    command = ["-m", "pyhanko", "sign", "addsig", "--field", "coordinator", "--existing-only", "--use-pades", *stamped]
    subprocess.run([sys.executable, *command, "pkcs12", "--passfile", secret, sent, returned, key], check=True)
    accepted = bench.examined(returned.read_bytes())
    assert accepted.timestamped is is_stamped
    assert accepted.data == returned.read_bytes()


def test_signatures_by_poppler_are_accepted_and_the_paper_can_be_closed(bench: Bench, tmp_path: Path) -> None:
    """With RSA keys: poppler 22.12 reserves the room of one ECDSA signature, and the next one may be a byte longer."""
    store = f"sql:{tmp_path}"
    subprocess.run(["certutil", "-N", "-d", store, "--empty-password"], check=True)
    data = bench.stages["student"]
    for role in ("company", "coordinator"):
        person, private = bench.people[role], rsa.generate_private_key(65537, 2048)
        own = a_certificate(private, person.name, issuer=bench.pki.authority, now=the_clock(), emails=[person.email])
        file = a_key_file(tmp_path, private, own, others=bench.pki.authority.chain, nickname=role)
        subprocess.run(["pk12util", "-i", file, "-d", store, "-K", "", "-W", PASSPHRASE], check=True)
        sent, returned = tmp_path / f"{role}-sent.pdf", tmp_path / f"{role}-returned.pdf"
        sent.write_bytes(data)
        command = ["pdfsig", "-nssdir", store, "-nick", role, "-kpw", "", "-sign", role, sent, returned]
        subprocess.run(command, check=True)
        accepted = bench.examined(returned.read_bytes(), role, sent=data)
        assert (accepted.signer, accepted.timestamped) == (person.name, False)
        data = signing.timestamp(accepted.data, bench.timestamper)
    data = bench.signed(data, "dean")
    closed = signing.seal(data, trust=bench.trust, timestamper=bench.timestamper, now=the_clock())
    report = signing.verify(closed, bench.offline, the_clock() + timedelta(days=3 * 365))
    assert (report.ok, report.is_sealed, report.signed_roles) == (True, True, ROLES), report.findings
    assert tool("pdfsig", closed, tmp_path).count("Signature Validation: Signature is Valid.") == 5


@pytest.mark.parametrize("order", [("company", "coordinator"), ("coordinator", "company")], ids="-".join)
def test_roles_of_one_step_sign_in_any_order(bench: Bench, order: tuple[str, str]) -> None:
    data = bench.signed(bench.issued(circuit=TOGETHER), "student")
    waiting = list(order)
    for role in order:
        signed = bench.signed(data, role)
        assert bench.examined(signed, *waiting, sent=data, circuit=TOGETHER).role == role
        waiting.remove(role)
        data = signed
    data = bench.signed(data, "dean")
    report = signing.verify(data, bench.offline, the_clock())
    assert (report.ok, report.signed_roles) == (True, ("student", *order, "dean")), report.findings


def test_a_signature_without_a_timestamp_is_dated_by_the_one_that_reception_adds(bench: Bench) -> None:
    *_, dean, stamp = signing.verify(bench.stages[UNSTAMPED], bench.offline, the_clock()).seen
    assert (dean.field, dean.is_time_proved) == (UNSTAMPED, False)
    assert (stamp.is_timestamp, stamp.is_time_proved) == (True, True)
    seen = {one.field: one for one in signing.verify(bench.sealed, bench.offline, the_clock()).seen}
    assert seen[UNSTAMPED].is_time_proved
    assert seen[UNSTAMPED].at == stamp.at


def test_a_timestamp_by_a_service_that_is_not_believed_counts_for_nothing_and_does_no_harm(
    bench: Bench, impostors: TestPki
) -> None:
    sent = bench.stages["coordinator"]
    signed = pipeline.sign(
        Prepared(bench.origin, sent),
        "dean",
        key=bench.key("dean"),
        timestamper=signing.Timestamper([impostors.tsa_url]),
        now=the_clock(),
    )
    accepted = bench.examined(signed.data, "dean", sent=sent)
    assert not accepted.timestamped
    data = signing.timestamp(accepted.data, bench.timestamper)
    closed = signing.seal(data, trust=bench.trust, timestamper=bench.timestamper, now=the_clock())
    report = signing.verify(closed, bench.offline, the_clock() + timedelta(days=3 * 365))
    assert (report.ok, report.is_sealed) == (True, True), report.findings


def test_what_a_program_adds_after_the_signature_is_not_kept(bench: Bench) -> None:
    """White space, and validation data with a document timestamp (PAdES-B-LTA)."""
    signed = bench.stages["coordinator"]
    assert bench.examined(signed + b"\r\n\n").data == signed
    output = BytesIO()
    PdfTimeStamper(bench.timestamper).timestamp_pdf(pen(signed), "sha256", output=output)
    assert bench.examined(output.getvalue()).data == signed
    closed = signing.seal(signed, trust=bench.trust, timestamper=bench.timestamper, now=the_clock())
    assert bench.examined(closed).data == signed


def test_the_last_signer_may_lock_the_paper(bench: Bench) -> None:
    sent = bench.stages["coordinator"]
    data = bench.locked(sent, "dean")
    accepted = bench.examined(data, "dean", sent=sent)
    stamped = signing.timestamp(accepted.data, bench.timestamper)
    closed = signing.seal(stamped, trust=bench.trust, timestamper=bench.timestamper, now=the_clock())
    report = signing.verify(closed, bench.offline, the_clock())
    assert (report.ok, report.is_sealed) == (True, True), report.findings


def test_a_pinned_certificate_is_enough_whatever_address_it_holds(bench: Bench) -> None:
    key = bench.made_key(rsa.generate_private_key(65537, 2048), emails=["private@address.test"])
    signed = bench.signed(bench.stages["company"], "coordinator", key=key, is_stamped=False)
    pins = [key.fingerprint, key.fingerprint.upper(), ":".join(key.fingerprint[n : n + 2] for n in range(0, 64, 2))]
    for pin in pins:
        person = replace(bench.people["coordinator"], fingerprint=pin)
        assert bench.examined(signed, person=person).fingerprint == key.fingerprint


def test_an_address_is_compared_without_regard_to_case(bench: Bench) -> None:
    key = bench.made_key(
        rsa.generate_private_key(65537, 2048), emails=["other@x.test", bench.people["coordinator"].email.upper()]
    )
    signed = bench.signed(bench.stages["company"], "coordinator", key=key, is_stamped=False)
    assert bench.examined(signed).role == "coordinator"


def test_a_signer_without_a_workspace_signs_the_file_that_came_by_mail(bench: Bench) -> None:
    sent = bench.stages["company"]
    signed = pipeline.sign_file(sent, "coordinator", key=bench.key("coordinator"), now=the_clock())
    assert signed.origin == bench.origin
    assert bench.examined(signed.data).role == "coordinator"
    for role, code in (("dean", "TURN-03"), ("student", "TURN-02"), ("tutor", "TURN-01")):
        with pytest.raises(OutOfTurn) as caught:
            pipeline.sign_file(sent, role, key=bench.key("dean"), now=the_clock())
        assert caught.value.code == code


def test_a_field_is_signed_once_and_has_to_be_there(bench: Bench) -> None:
    with pytest.raises(OutOfTurn) as twice:
        bench.signed(bench.stages["company"], "company")
    assert twice.value.code == "TURN-06"
    with pytest.raises(ForeignPaper) as nowhere:
        bench.signed(bench.papers["first"], "student")
    assert nowhere.value.code == "PDF-04"


def test_the_stamp_shows_who_signed_as_what_and_in_a_font_that_is_in_the_file(bench: Bench, tmp_path: Path) -> None:
    before, after = (tool("pdftotext", pdf, tmp_path, "-") for pdf in (bench.stages["issued"], bench.sealed))
    for role in ROLES:
        assert after.count(bench.people[role].name) > before.count(bench.people[role].name)
    assert after.count("signature électronique") == before.count("signature électronique") + len(ROLES)
    fonts = tool("pdffonts", bench.sealed, tmp_path).splitlines()[2:]
    assert any("ConventionsStamp" in font for font in fonts)
    assert all(font[-26:].split()[0] == "yes" for font in fonts), fonts


def test_the_stamp_prints_no_character_that_its_font_lacks() -> None:
    stamp = signing.Stamp(("Ωμέγα \u202eevil\u202c", "日本", "e\u0301", "x" * 300, "a fifth line"))
    first, second, third, *fourth = stamp.words.split("\n")
    assert "\u202e" not in first
    assert (second, third) == ("??", "é")
    assert len("".join(fourth)) == 240
    assert fourth[-1].endswith("…")


def test_a_delegation_is_printed_whole_however_long_it_is() -> None:
    delegation = (
        "doyen, par délégation de Anne-Lise Roussel, présidente de l'université (arrêté no 2025-113 du 1er juin)"
    )
    lines = signing.Stamp(("Paul Okafor-Delattre", delegation)).words.split("\n")
    assert " ".join(lines) == f"Paul Okafor-Delattre {delegation}"
    assert max(map(len, lines)) <= 44


def test_the_next_time_stamping_service_is_asked_when_the_first_does_not_answer(bench: Bench) -> None:
    services = ["http://127.0.0.1:9/nobody", f"{bench.pki.url}/crl/root", bench.pki.tsa_url]
    stamped = signing.timestamp(bench.stages["dean"], signing.Timestamper(services))
    assert signing.verify(stamped, bench.offline, the_clock()).seen[-1].is_time_proved
    with pytest.raises(ServiceError) as caught:
        signing.timestamp(bench.stages["dean"], signing.Timestamper(services[:2]))
    assert caught.value.code == "TSA-01"
