"""Key files as people have them, good and bad: each opens, or says what is wrong with it and shows no secret."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, PrivateFormat, pkcs12

from conventions import signing
from conventions.errors import ConventionsError, KeyUnreadable, WrongPassphrase
from tests.certificates import PASSPHRASE, a_certificate, a_key_file, key_of
from tests.papers import Bench, the_clock

NOW: Final = datetime(2026, 2, 16, 12, tzinfo=UTC)
SECRET: Final = PASSPHRASE.encode()
HOLDER: Final = "Camille Lefèvre-Nguyễn"

P256: Final = ec.generate_private_key(ec.SECP256R1())
RSA: Final = rsa.generate_private_key(65537, 2048)
CERTIFICATE: Final = a_certificate(P256, now=NOW)
OF_RSA: Final = a_certificate(RSA, now=NOW)


def pem_of(
    key: CertificateIssuerPrivateKeyTypes,
    *certificates: x509.Certificate,
    form: PrivateFormat = PrivateFormat.PKCS8,
    passphrase: bytes = b"",
) -> bytes:
    protection = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    written = key.private_bytes(serialization.Encoding.PEM, form, protection)
    return written + b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)


def loaded(folder: Path, data: bytes, passphrase: bytes | None = None) -> signing.Key:
    path = folder / "key.pem"
    path.write_bytes(data)
    return signing.load_key(path, passphrase)


def problem(attempt: Callable[..., object], *given: object) -> ConventionsError:
    with pytest.raises((KeyUnreadable, WrongPassphrase)) as caught:
        attempt(*given)
    return caught.value


def test_a_pkcs12_file_opens_with_its_pass_phrase(keys: Path) -> None:
    key = signing.load_key(a_key_file(keys, P256, CERTIFICATE), SECRET)
    assert key.certificate_name == HOLDER
    assert key.fingerprint == CERTIFICATE.fingerprint(hashes.SHA256()).hex()


def test_a_pkcs12_file_of_an_older_windows_opens(keys: Path) -> None:
    protection = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(2000)
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(hashes.SHA1())  # noqa: S303 - what such a system writes
        .build(SECRET)
    )
    path = keys / "old.pfx"
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"key", RSA, OF_RSA, None, protection))
    assert signing.load_key(path, SECRET).certificate_name == HOLDER


@pytest.mark.parametrize("passphrase", [None, b"", b"superfluous"])
def test_an_unprotected_pem_file_opens_whatever_is_typed(keys: Path, passphrase: bytes | None) -> None:
    assert loaded(keys, pem_of(P256, CERTIFICATE), passphrase).certificate_name == HOLDER


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize("passphrase", [b"", SECRET])
@pytest.mark.parametrize(("key", "certificate"), [(P256, CERTIFICATE), (RSA, OF_RSA)], ids=["P-256", "RSA"])
def test_every_shape_of_pem_file_opens(
    keys: Path,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
    certificate: x509.Certificate,
    form: PrivateFormat,
    passphrase: bytes,
) -> None:
    written = pem_of(key, certificate, form=form, passphrase=passphrase)
    assert loaded(keys, written, passphrase or None).certificate_name == HOLDER


def test_the_holders_certificate_is_found_wherever_it_stands_and_the_others_go_along(keys: Path, bench: Bench) -> None:
    own = a_certificate(P256, issuer=bench.pki.authority, now=NOW)
    key = loaded(keys, pem_of(P256, *bench.pki.authority.chain, own))
    assert key.fingerprint == own.fingerprint(hashes.SHA256()).hex()
    alone = loaded(keys, pem_of(P256, own))
    assert key.chain_length > alone.chain_length


def test_a_wrong_pass_phrase_and_a_missing_one_are_told_apart(keys: Path) -> None:
    pem = pem_of(P256, CERTIFICATE, passphrase=SECRET)
    traditional = pem_of(RSA, OF_RSA, passphrase=SECRET, form=PrivateFormat.TraditionalOpenSSL)
    files = [a_key_file(keys, P256, CERTIFICATE), keys / "a.pem", keys / "b.pem"]
    files[1].write_bytes(pem)
    files[2].write_bytes(traditional)
    for file in files:
        assert problem(signing.load_key, file, b"wrong").code == "PASS-01"
        assert problem(signing.load_key, file, None).code == "PASS-02"
        assert problem(signing.load_key, file, b"").code == "PASS-02"


def test_a_missing_file_and_a_folder_are_named(keys: Path) -> None:
    for path in (keys / "nowhere.p12", keys):
        found = problem(signing.load_key, path, None)
        assert (found.code, found.place) == ("KEY-02", str(path))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a key",
        bytes(range(256)) * 20,
        b"0\x82\x04\x00" + b"\x00" * 1024,
        b"-----BEGIN %b-----\nbm90IGEga2V5\n-----END %b-----\n" % (b"PRIVATE KEY", b"PRIVATE KEY"),
        b"-----BEGIN",
        CERTIFICATE.public_bytes(serialization.Encoding.PEM),
        CERTIFICATE.public_bytes(serialization.Encoding.DER),
        pem_of(P256),
        pem_of(P256)[:80] + CERTIFICATE.public_bytes(serialization.Encoding.PEM),
    ],
    ids=["empty", "words", "bytes", "zeros", "false PEM", "cut", "certificate", "DER", "key alone", "half a key"],
)
def test_what_is_not_a_key_with_its_certificate_is_refused(keys: Path, data: bytes) -> None:
    assert problem(loaded, keys, data, b"any").code == "KEY-03"


def test_a_pkcs12_file_without_a_key_or_without_a_certificate_is_refused(keys: Path) -> None:
    assert problem(signing.load_key, a_key_file(keys, P256, None), SECRET).code == "KEY-03"
    lonely = keys / "certificate.p12"
    lonely.write_bytes(pkcs12.serialize_key_and_certificates(b"c", None, CERTIFICATE, None, NoEncryption()))
    assert problem(signing.load_key, lonely, None).code == "KEY-03"


def test_a_key_beside_the_certificate_of_another_key_is_refused(keys: Path) -> None:
    assert problem(loaded, keys, pem_of(P256, OF_RSA)).code == "KEY-04"
    other = ec.generate_private_key(ec.SECP256R1())
    assert problem(loaded, keys, pem_of(other, CERTIFICATE)).code == "KEY-04"


@pytest.mark.parametrize(
    "key",
    [
        ed25519.Ed25519PrivateKey.generate(),
        ed448.Ed448PrivateKey.generate(),
        rsa.generate_private_key(65537, 1024),  # noqa: S505 - too short, and refused for it
        dsa.generate_private_key(2048),
        ec.generate_private_key(ec.SECP256K1()),
        ec.generate_private_key(ec.BrainpoolP256R1()),
    ],
    ids=["Ed25519", "Ed448", "RSA-1024", "DSA", "secp256k1", "brainpool"],
)
def test_kinds_of_keys_that_common_programs_cannot_check_are_refused(
    keys: Path,
    key: CertificateIssuerPrivateKeyTypes,
) -> None:
    found = problem(loaded, keys, pem_of(key, a_certificate(key, now=NOW)))
    assert found.code == "KEY-05"


@pytest.mark.parametrize(
    "key",
    [RSA, P256, ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP521R1())],
    ids=["RSA-2048", "P-256", "P-384", "P-521"],
)
def test_every_accepted_kind_of_key_signs_a_paper_that_the_gate_accepts(
    bench: Bench, keys: Path, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
) -> None:
    person = bench.people["coordinator"]
    own = a_certificate(key, person.name, issuer=bench.pki.authority, now=the_clock(), emails=[person.email])
    found = loaded(keys, pem_of(key, own, *bench.pki.authority.chain))
    signed = bench.signed(bench.stages["company"], "coordinator", key=found, is_stamped=False)
    assert bench.examined(signed).fingerprint == found.fingerprint


def test_a_certificate_is_usable_from_its_first_moment_to_its_last(keys: Path) -> None:
    key = loaded(keys, pem_of(P256, CERTIFICATE))
    first, last = CERTIFICATE.not_valid_before_utc, CERTIFICATE.not_valid_after_utc
    for moment in (first, NOW, last):
        signing.assert_usable(key, moment)
    for moment in (first - timedelta(seconds=1), last + timedelta(seconds=1)):
        assert problem(signing.assert_usable, key, moment).code == "KEY-06"


@pytest.mark.parametrize(
    ("uses", "code"),
    [
        (("digital_signature",), ""),
        (("content_commitment",), ""),
        (("digital_signature", "content_commitment", "key_encipherment"), ""),
        (("key_encipherment",), "KEY-07"),
        (("key_cert_sign", "crl_sign"), "KEY-07"),
    ],
)
def test_a_certificate_that_is_meant_for_something_else_is_not_usable(
    keys: Path, uses: tuple[str, ...], code: str
) -> None:
    key = loaded(keys, pem_of(P256, a_certificate(P256, now=NOW, uses=uses)))
    if code:
        assert problem(signing.assert_usable, key, NOW).code == code
    else:
        signing.assert_usable(key, NOW)


def test_no_representation_of_a_key_shows_a_secret(keys: Path) -> None:
    key = loaded(keys, pem_of(P256, CERTIFICATE, passphrase=SECRET), SECRET)
    number = P256.private_numbers().private_value
    shown = f"{key!r} {key} {[key]} { {'key': key} }"
    assert key.fingerprint[:16] in shown
    for secret in (str(number), f"{number:x}", PASSPHRASE, "PRIVATE"):
        assert secret not in shown


def test_no_complaint_shows_a_secret(keys: Path) -> None:
    path = a_key_file(keys, P256, CERTIFICATE)
    found = problem(signing.load_key, path, b"hunter2-hunter2")
    assert "hunter2" not in f"{found} {found.fix} {found.place} {found!r}"


def test_a_key_whose_signatures_do_not_check_is_found_out_before_anybody_gets_them(bench: Bench) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    mismatched = key_of(other, CERTIFICATE)
    attempt = problem(lambda: bench.signed(bench.stages["company"], "coordinator", key=mismatched, is_stamped=False))
    assert attempt.code == "KEY-08"


def test_roots_come_from_pem_and_der_files_and_nothing_else(keys: Path) -> None:
    two, der, words = keys / "two.pem", keys / "one.der", keys / "words.pem"
    two.write_bytes(b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (CERTIFICATE, OF_RSA)))
    der.write_bytes(CERTIFICATE.public_bytes(serialization.Encoding.DER))
    words.write_text("not a certificate")
    trust = signing.load_trust([two, der], hosts=["OCSP.Example.test"])
    assert len(trust.roots) == 3
    assert trust.hosts == {"ocsp.example.test"}
    assert trust.roots_pem().count(b"BEGIN CERTIFICATE") == 3
    assert problem(signing.load_trust, [keys / "nowhere.pem"]).code == "TRUST-01"
    assert problem(signing.load_trust, [words]).code == "TRUST-02"
