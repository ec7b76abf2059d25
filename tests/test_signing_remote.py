"""Keys at a remote signing service sign like any other; each digest is authorised by itself; failures are told."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from conventions import signing
from conventions.errors import ConventionsError
from tests.certificates import a_certificate
from tests.papers import Bench, the_clock
from tests.remote import ACCESS, CODE, PIN, Credential, SigningService

P256 = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)
HIDDEN = "hidden-4711-secret"


@pytest.fixture(scope="module")
def service() -> Iterator[SigningService]:
    with SigningService() as running:
        yield running


@pytest.fixture
def credential(bench: Bench) -> Credential:
    return a_credential(bench, P256)


def a_credential(bench: Bench, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> Credential:
    person = bench.people["coordinator"]
    own = a_certificate(key, person.name, issuer=bench.pki.authority, now=the_clock(), emails=[person.email])
    return Credential(key, (own, *bench.pki.authority.chain))


def given(**changes: str) -> signing.Secrets:
    known = {"access": ACCESS, "pin": PIN, "code": CODE, **changes}
    return lambda kind, _label: known[kind].encode()


def signed(bench: Bench, uri: str, **secrets: str) -> bytes:
    with signing.open_key(uri, given(**secrets)) as key:
        return bench.signed(bench.stages["company"], "coordinator", key=key, is_stamped=False)


def problem(bench: Bench, uri: str, **secrets: str) -> ConventionsError:
    with pytest.raises(ConventionsError) as caught:
        signed(bench, uri, **secrets)
    return caught.value


@pytest.mark.parametrize("key", [P256, RSA], ids=["P-256", "RSA"])
def test_a_credential_signs_a_paper_that_the_gate_accepts(
    bench: Bench, service: SigningService, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
) -> None:
    del service.asked[:]
    uri = service.add(a_credential(bench, key))
    assert bench.examined(signed(bench, uri)).signer == bench.people["coordinator"].name
    assert service.asked == ["credentials/info", "credentials/authorize", "signatures/signHash"]


def test_every_signature_is_authorised_by_itself_and_the_pin_is_asked_for_once(
    bench: Bench, service: SigningService, credential: Credential
) -> None:
    asked: list[str] = []

    def secrets(kind: str, _label: str) -> bytes:
        asked.append(kind)
        return {"access": ACCESS, "pin": PIN}[kind].encode()

    del service.asked[:]
    with signing.open_key(service.add(credential), secrets) as key:
        for _ in range(2):
            paper = bench.signed(bench.stages["company"], "coordinator", key=key, is_stamped=False)
            assert bench.examined(paper).role == "coordinator"
    assert asked == ["access", "pin"]
    assert service.asked.count("credentials/authorize") == 2


@pytest.mark.parametrize(("code", "sent"), [("online", 1), ("offline", 0)])
def test_a_one_time_code_is_sent_if_need_be_and_given(
    bench: Bench, service: SigningService, credential: Credential, code: str, sent: int
) -> None:
    uri = service.add(replace(credential, code=code))
    del service.asked[:]
    assert bench.examined(signed(bench, uri)).role == "coordinator"
    assert service.asked.count("credentials/sendOTP") == sent
    assert problem(bench, uri, code="000000").code == "PIN-01"
    assert problem(bench, uri, code="").code == "PIN-02"


def test_a_service_that_authorises_by_itself_needs_no_pin(
    bench: Bench, service: SigningService, credential: Credential
) -> None:
    uri = service.add(replace(credential, mode="implicit"))
    assert bench.examined(signed(bench, uri, pin="")).role == "coordinator"


def test_a_service_that_names_the_keys_algorithm_alone_is_understood(bench: Bench, service: SigningService) -> None:
    plain = replace(a_credential(bench, RSA), algorithms=("1.2.840.113549.1.1.1",))
    assert bench.examined(signed(bench, service.add(plain))).role == "coordinator"


def test_a_wrong_pin_and_a_missing_one_are_told_apart(
    bench: Bench, service: SigningService, credential: Credential
) -> None:
    uri = service.add(credential)
    assert problem(bench, uri, pin="0000").code == "PIN-01"
    assert problem(bench, uri, pin="").code == "PIN-02"


def test_a_refused_token_and_an_unknown_credential_are_told(
    bench: Bench, service: SigningService, credential: Credential
) -> None:
    uri = service.add(credential)
    for token in ("", HIDDEN):
        found = problem(bench, uri, access=token)
        assert found.code == "CSC-02"
        assert HIDDEN not in f"{found} {found.fix} {found.place}"
    found = problem(bench, f"csc:{service.url};credential=nobody")
    assert (found.code, "nobody" in str(found)) == ("CSC-03", True)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cert": {"status": "valid", "certificates": []}}, "CSC-04"),
        ({"cert": {"status": "valid"}}, "CSC-04"),
        ({"cert": {"status": "valid", "certificates": ["bm90IG9uZQ=="]}}, "CSC-04"),
        ({"cert": {"status": "valid", "certificates": [7]}}, "CSC-04"),
        ({"key": {"status": "disabled", "algo": ["1.2.840.10045.4.3.2"]}}, "CSC-04"),
        ({"authMode": "oauth2code"}, "CSC-05"),
        ({"key": {"status": "enabled", "algo": ["1.2.840.113549.1.1.10"]}}, "CSC-05"),
        ({"key": {"status": "enabled"}}, "CSC-05"),
    ],
)
def test_a_credential_that_cannot_be_used_is_refused_before_anything_is_signed(
    bench: Bench, service: SigningService, credential: Credential, changes: dict[str, Any], code: str
) -> None:
    del service.asked[:]
    assert problem(bench, service.add(replace(credential, changes=changes))).code == code
    assert service.asked == ["credentials/info"]


def test_a_certificate_that_is_not_in_force_is_refused(
    bench: Bench, service: SigningService, credential: Credential
) -> None:
    told = {"cert": {**credential.told["cert"], "status": "revoked"}}
    assert problem(bench, service.add(replace(credential, changes=told))).code == "CSC-04"


def test_a_signature_by_another_key_is_refused_before_anybody_gets_it(
    bench: Bench, service: SigningService, credential: Credential
) -> None:
    other = replace(credential, key=ec.generate_private_key(ec.SECP256R1()))
    assert problem(bench, service.add(other)).code == "KEY-08"
    with signing.open_key(service.add(other), given()) as key, pytest.raises(ConventionsError) as caught:
        signing.sign_detached(b"a record beside a paper", key, None, the_clock())
    assert caught.value.code == "KEY-08"


def test_a_kind_of_key_that_common_programs_cannot_check_is_refused(bench: Bench, service: SigningService) -> None:
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505 - too short, and refused for it
    assert problem(bench, service.add(a_credential(bench, weak))).code == "KEY-05"


@pytest.mark.parametrize(
    ("status", "data", "code"),
    [
        (503, b"busy", "CSC-01"),
        (200, b"<html>hello</html>", "CSC-06"),
        (200, b"[]", "CSC-06"),
        (200, b"\xff\xfe", "CSC-06"),
        (404, b"<html>not here</html>", "CSC-07"),
        (400, b'{"error": "invalid_request", "error_description": "The credential is locked"}', "PIN-03"),
        (400, b'{"error": "invalid_request", "error_description": "No."}', "CSC-07"),
    ],
)
def test_what_a_service_answers_instead_is_told(
    bench: Bench, service: SigningService, credential: Credential, status: int, data: bytes, code: str
) -> None:
    uri = service.add(credential)
    service.raw = status, data
    try:
        assert problem(bench, uri).code == code
    finally:
        service.raw = None


def test_a_redirection_is_not_followed_because_it_would_carry_the_token_away(
    bench: Bench, service: SigningService, credential: Credential
) -> None:
    with SigningService() as elsewhere:
        elsewhere.add(credential, "cred")
        service.raw = 302, f"{elsewhere.url}/csc/v1/credentials/info".encode()
        try:
            assert problem(bench, f"csc:{service.url};credential=cred").code == "CSC-07"
        finally:
            service.raw = None
        assert not elsewhere.asked


def test_a_service_that_is_down_is_told(bench: Bench) -> None:
    found = problem(bench, "csc:http://127.0.0.1:9;credential=any")
    assert (found.code, found.exit_code) == ("CSC-01", 13)


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("csc:http://sign.elsewhere.test;credential=x", "KEY-11"),
        ("csc:https://sign.elsewhere.test", "KEY-09"),
        ("csc:https://sign.elsewhere.test;credential=", "KEY-09"),
        ("csc:https://sign.elsewhere.test;identifier=x", "KEY-09"),
        ("csc:https://sign.elsewhere.test;credential", "KEY-09"),
        ("csc:https://user@sign.elsewhere.test;credential=x", "KEY-09"),
        ("csc:https://[sign;credential=x", "KEY-09"),
        ("csc:sign.elsewhere.test;credential=x", "KEY-09"),
        ("csc:file:///etc/passwd;credential=x", "KEY-09"),
        ("csc:", "KEY-09"),
    ],
)
def test_an_address_that_is_not_understood_or_not_protected_is_refused(bench: Bench, uri: str, code: str) -> None:
    assert problem(bench, uri).code == code


def test_a_signer_without_a_workspace_signs_with_a_service_at_the_command_line(
    bench: Bench, service: SigningService, credential: Credential, tmp_path: Path
) -> None:
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(bench.stages["company"])
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "conventions",
        "sign",
        str(paper),
        "--as",
        "coordinator",
        "--key",
    ]
    secrets = {"CONVENTIONS_CSC_TOKEN": ACCESS, "CONVENTIONS_PIN": PIN, "CONVENTIONS_LANG": "en"}
    done = subprocess.run(
        [*command, service.add(credential)],
        env={**os.environ, **secrets},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert bench.examined((tmp_path / "paper-signed-coordinator.pdf").read_bytes()).role == "coordinator"
