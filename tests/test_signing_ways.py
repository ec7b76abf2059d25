"""One paper that everybody signs in another way; and what a signature is worth, measured from its certificate."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pyhanko.sign.ades.qualified_asn1 import QcCertificateType, QcStatement, QcStatements

from conventions import signing
from demo.pki import Authority
from tests.certificates import PASSPHRASE, a_certificate, a_key_file, key_of
from tests.papers import ROLES, Bench, the_clock
from tests.remote import ACCESS, Credential, SigningService
from tests.remote import PIN as SERVICE_PIN
from tests.tokens import PIN, Reader

COMPLIANCE, DEVICE, TYPE = "0.4.0.1862.1.1", "0.4.0.1862.1.4", "0.4.0.1862.1.6"
FOR_SIGNATURES, FOR_SEALS = "0.4.0.1862.1.6.1", "0.4.0.1862.1.6.2"


def certified(bench: Bench, role: str, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> x509.Certificate:
    person = bench.people[role]
    return a_certificate(key, person.name, issuer=bench.pki.authority, now=the_clock(), emails=[person.email])


def received(bench: Bench, data: bytes, role: str, key: signing.Key) -> bytes:
    """Signed, and taken in by the gate."""
    with key:
        signed = bench.signed(data, role, key=key)
    return bench.examined(signed, role, sent=data).data


def test_a_paper_that_everybody_signs_in_another_way_is_complete_sealed_and_verified(
    bench: Bench, reader: Reader, tmp_path: Path
) -> None:
    """The seal from a PKCS#12 file, a PEM file, poppler's own program, a card, a signing service."""
    own, theirs = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
    card, remote = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    chain = bench.pki.authority.chain

    pem = tmp_path / "student.pem"
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    certificates = (certified(bench, "student", own), *chain)
    blocks = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)
    pem.write_bytes(own.private_bytes(*form) + blocks)
    data = received(bench, bench.issued(), "student", signing.open_key(str(pem), lambda *_: None))

    data = signed_by_poppler(bench, data, "company", theirs, tmp_path)

    uri = reader.uri("card", reader.put(card, certified(bench, "coordinator", card), *chain))
    data = received(bench, data, "coordinator", signing.open_key(uri, lambda *_: PIN.encode()))

    with SigningService() as service:
        address = service.add(Credential(remote, (certified(bench, "dean", remote), *chain)))
        known = {"access": ACCESS, "pin": SERVICE_PIN}
        key = signing.open_key(address, lambda kind, _: known[kind].encode())
        data = received(bench, data, "dean", key)

    closed = signing.seal(data, trust=bench.trust, timestamper=bench.timestamper, now=the_clock())
    report = signing.verify(closed, bench.offline, the_clock() + timedelta(days=200))
    assert (report.ok, report.is_sealed, report.signed_roles) == (True, True, ROLES), report.findings
    (tmp_path / "closed.pdf").write_bytes(closed)
    seen = subprocess.run(["pdfsig", tmp_path / "closed.pdf"], capture_output=True, text=True, check=True).stdout
    assert seen.count("Signature Validation: Signature is Valid.") == 5


def signed_by_poppler(bench: Bench, data: bytes, role: str, key: rsa.RSAPrivateKey, folder: Path) -> bytes:
    store, sent, back = f"sql:{folder}", folder / "sent.pdf", folder / "back.pdf"
    file = a_key_file(folder, key, certified(bench, role, key), others=bench.pki.authority.chain, nickname=role)
    subprocess.run(["certutil", "-N", "-d", store, "--empty-password"], check=True)
    subprocess.run(["pk12util", "-i", file, "-d", store, "-K", "", "-W", PASSPHRASE], check=True)
    sent.write_bytes(data)
    command: list[str | Path] = ["pdfsig", "-nssdir", store, "-nick", role, "-kpw", "", "-sign", role, sent, back]
    subprocess.run(command, check=True)
    accepted = bench.examined(back.read_bytes(), role, sent=data)
    return signing.timestamp(accepted.data, bench.timestamper)


# ── the level ────────────────────────────────────────────────────────────────────────────────────────────────


def statements(*claims: str) -> x509.UnrecognizedExtension:
    """What a certificate says of itself (ETSI EN 319 412-5); of a type, the type."""
    kinds = [one for one in claims if one.startswith(f"{TYPE}.")]
    told = [QcStatement({"statement_id": one}) for one in claims if one not in kinds]
    told += [QcStatement({"statement_id": TYPE, "statement_info": QcCertificateType(kinds)})] if kinds else []
    return x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3"), QcStatements(told).dump())


def claiming(bench: Bench, *claims: str, issuer: Authority | None = None) -> signing.Key:
    """A key of the coordinator's whose certificate claims this."""
    issuer, key = issuer or bench.pki.authority, ec.generate_private_key(ec.SECP256R1())
    plain = certified(bench, "coordinator", key)
    builder = x509.CertificateBuilder(issuer.identity.certificate.subject, plain.subject, plain.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(plain.not_valid_before_utc).not_valid_after(plain.not_valid_after_utc)
    for extension in plain.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    if claims:
        builder = builder.add_extension(statements(*claims), critical=False)
    return key_of(key, builder.sign(issuer.identity.key, hashes.SHA256()), *issuer.chain)


def level(bench: Bench, key: signing.Key, *named: x509.Certificate) -> str:
    """Of a signature with that key, where the office has named these authorities as qualified."""
    der = tuple(one.public_bytes(serialization.Encoding.DER) for one in named)
    signed = bench.signed(bench.stages["company"], "coordinator", key=key, is_stamped=False)
    return bench.examined(signed, trust=replace(bench.trust, qualified=der)).level


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ((COMPLIANCE, DEVICE, FOR_SIGNATURES), "qualified"),
        ((COMPLIANCE, DEVICE), "qualified"),
        ((COMPLIANCE, DEVICE, FOR_SEALS), "advanced"),
        ((COMPLIANCE, FOR_SIGNATURES), "advanced"),
        ((DEVICE, FOR_SIGNATURES), "advanced"),
        ((FOR_SIGNATURES,), "advanced"),
        ((), "advanced"),
    ],
)
def test_what_a_named_authority_certifies_decides_the_level(
    bench: Bench, claims: tuple[str, ...], expected: str
) -> None:
    assert level(bench, claiming(bench, *claims), bench.pki.authority.identity.certificate) == expected


def test_a_certificate_that_calls_itself_qualified_is_not_believed(bench: Bench) -> None:
    key = claiming(bench, COMPLIANCE, DEVICE, FOR_SIGNATURES)
    root = x509.load_pem_x509_certificate(bench.pki.roots.read_bytes())
    assert level(bench, key) == "advanced"
    assert level(bench, key, root) == "advanced"


def test_an_authority_that_only_bears_the_name_of_a_named_one_makes_nothing_qualified(bench: Bench) -> None:
    key = claiming(bench, COMPLIANCE, DEVICE, FOR_SIGNATURES)
    other = ec.generate_private_key(ec.SECP256R1())
    subject = bench.pki.authority.identity.certificate.subject
    namesake = (
        x509.CertificateBuilder(subject, subject, other.public_key(), x509.random_serial_number())
        .not_valid_before(the_clock() - timedelta(days=1))
        .not_valid_after(the_clock() + timedelta(days=1))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(other.public_key()), critical=False)
        .sign(other, hashes.SHA256())
    )
    assert level(bench, with_authority_key(bench, key), namesake) == "advanced"


def with_authority_key(bench: Bench, key: signing.Key) -> signing.Key:
    """The same claims in a certificate that also names its issuer's key."""
    private = ec.generate_private_key(ec.SECP256R1())
    old = x509.load_der_x509_certificate(key.certificate.dump())
    issuer = bench.pki.authority.identity.certificate
    builder = x509.CertificateBuilder(old.issuer, old.subject, private.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(old.not_valid_before_utc).not_valid_after(old.not_valid_after_utc)
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    named = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    builder = builder.add_extension(named, critical=False)
    for extension in old.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    made = builder.sign(bench.pki.authority.identity.key, hashes.SHA256())
    return key_of(private, made, *bench.pki.authority.chain)


def test_the_right_address_in_a_certificate_of_another_recognised_authority_is_refused(bench: Bench) -> None:
    signed = bench.signed(bench.stages["company"], "coordinator", is_stamped=False)
    expected = bench.people["coordinator"]
    assert bench.refusal(signed, person=replace(expected, issuer="demonstration PEOPLE")).startswith("accepted")
    assert bench.refusal(signed, person=replace(expected, issuer="Another Root")) == "GATE-PERSON"
    stranger = bench.key("coordinator", "stranger")
    theirs = bench.signed(bench.stages["company"], "coordinator", key=stranger, is_stamped=False)
    both = replace(bench.offline, roots=(*bench.trust.roots, issuer_of(bench, stranger)))
    assert bench.refusal(theirs, trust=both).startswith("accepted")
    pinned = replace(expected, issuer="Demonstration People")
    assert bench.refusal(theirs, trust=both, person=pinned) == "GATE-PERSON"
    fingerprint = replace(pinned, fingerprint=stranger.fingerprint)
    assert bench.refusal(theirs, trust=both, person=fingerprint) == "GATE-PERSON"


def issuer_of(bench: Bench, key: signing.Key) -> bytes:
    other = bench.pki._other.identity.certificate
    assert other.subject.public_bytes() == key.certificate.issuer.dump()
    return other.public_bytes(serialization.Encoding.DER)
