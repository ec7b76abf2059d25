"""Keys on a PKCS#11 token sign like any other; what is wrong with address, token, PIN or key is said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from conventions import signing
from conventions.errors import ConventionsError
from tests.certificates import a_certificate
from tests.papers import Bench, the_clock
from tests.tokens import MODULE, PIN, Reader
from tests.workspaces import PASSPHRASE, a_bureau

P256 = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)


def given(pin: str = PIN) -> signing.Secrets:
    """Knows a PIN and nothing else."""
    return lambda kind, _label: {"pin": pin.encode()}.get(kind)


def certified(bench: Bench, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, **asked: Any) -> Any:
    person = bench.people["coordinator"]
    wanted = {"issuer": bench.pki.authority, "now": the_clock(), "emails": [person.email], **asked}
    return a_certificate(key, person.name, **wanted)


def problem(uri: str, pin: str = PIN) -> ConventionsError:
    with pytest.raises(ConventionsError) as caught:
        signing.open_key(uri, given(pin))
    return caught.value


@pytest.mark.parametrize("key", [P256, RSA, ec.generate_private_key(ec.SECP384R1())], ids=["P-256", "RSA", "P-384"])
def test_a_key_on_a_token_signs_a_paper_that_the_gate_accepts(
    bench: Bench, reader: Reader, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
) -> None:
    label = reader.put(key, certified(bench, key), *bench.pki.authority.chain)
    with signing.open_key(reader.uri("card", label), given()) as opened:
        signed = bench.signed(bench.stages["company"], "coordinator", key=opened)
    assert bench.examined(signed).signer == bench.people["coordinator"].name


def test_one_session_is_open_as_long_as_the_key_and_no_longer(bench: Bench, reader: Reader) -> None:
    uri = reader.uri("card", reader.put(P256, certified(bench, P256)))
    asked: list[str] = []

    def secrets(kind: str, label: str) -> bytes:
        asked.append(f"{kind} {label}")
        return PIN.encode()

    with signing.open_key(uri, secrets) as key:
        assert not reader.is_free()
        for _ in range(2):
            bench.signed(bench.stages["company"], "coordinator", key=key, is_stamped=False)
        assert asked == ["pin card"]
    assert reader.is_free()
    assert problem(reader.uri("card", "nobody")).code == "TOKEN-03"
    assert reader.is_free()


def test_the_chain_comes_from_the_token_or_from_the_settings(bench: Bench, reader: Reader) -> None:
    uri = reader.uri("crowd", reader.put(RSA, certified(bench, RSA), on="crowd", label="alone"))
    known = [one.public_bytes(serialization.Encoding.DER) for one in bench.pki.authority.chain]
    for chain, outcome in (((), "GATE-TRUST"), (known, "accepted for the coordinator")):
        with signing.open_key(uri, given(), known=chain) as key:
            signed = bench.signed(bench.stages["company"], "coordinator", key=key, is_stamped=False)
        assert bench.refusal(signed) == outcome


def test_a_token_that_wants_the_pin_for_every_signature_gets_it(bench: Bench, reader: Reader) -> None:
    certificate = certified(bench, P256)
    label = reader.put(P256, certificate, *bench.pki.authority.chain, always_authenticate=True)
    with signing.open_key(reader.uri("card", label), given()) as key:
        for _ in range(2):
            signed = bench.signed(bench.stages["company"], "coordinator", key=key, is_stamped=False)
            assert bench.examined(signed).role == "coordinator"


def test_a_certificate_beside_another_persons_key_is_found_out(bench: Bench, reader: Reader) -> None:
    uri = reader.uri("card", reader.put(P256, certified(bench, ec.generate_private_key(ec.SECP256R1()))))
    with signing.open_key(uri, given()) as key, pytest.raises(ConventionsError) as caught:
        bench.signed(bench.stages["company"], "coordinator", key=key, is_stamped=False)
    assert caught.value.code == "KEY-08"


def test_a_kind_of_key_that_common_programs_cannot_check_is_refused(bench: Bench, reader: Reader) -> None:
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505 - too short, and refused for it
    assert problem(reader.uri("card", reader.put(weak, certified(bench, weak)))).code == "KEY-05"
    assert reader.is_free()


def test_a_wrong_pin_and_a_missing_one_are_told_apart(bench: Bench, reader: Reader) -> None:
    uri = reader.uri("card", reader.put(P256, certified(bench, P256)))
    assert problem(uri, "135791").code == "PIN-01"
    assert problem(uri, "1").code == "PIN-01"
    assert problem(uri, "").code == "PIN-02"


@pytest.mark.parametrize("place", ["?pin-value={pin}&", ";pin-value={pin}?", "?pin-source=file:/tmp/{pin}&"])
def test_a_pin_in_the_address_is_refused_and_not_repeated(reader: Reader, place: str) -> None:
    found = problem(reader.uri("card").replace("?", place.format(pin=PIN)))
    assert found.code == "KEY-10"
    assert PIN not in f"{found} {found.fix} {found.place}"


@pytest.mark.parametrize(
    "uri",
    [
        "pkcs11:",
        "pkcs11:token=card",
        "pkcs11:?module-path=/x&module-path=/y",
        "pkcs11:token=a;token=b?module-path=/x",
        "pkcs11:slot-number=1?module-path=/x",
        "pkcs11:token?module-path=/x",
        "pkcs11:token=%FF?module-path=/x",
        "pkcs11:token=card?module-name=softhsm2",
    ],
)
def test_an_address_that_is_not_understood_is_refused(uri: str) -> None:
    assert problem(uri).code == "KEY-09"


def test_a_module_that_is_missing_or_is_none_is_named(reader: Reader, tmp_path: Path) -> None:
    words = tmp_path / "words.so"
    words.write_text("not a library")
    for module in (tmp_path / "nowhere.so", words):
        found = problem(reader.uri("card", module=module))
        assert found.code == "TOKEN-01"
        assert str(module) in str(found)


def test_a_token_that_is_not_there_is_told_with_those_that_are(reader: Reader) -> None:
    found = problem(reader.uri("nobody's"))
    assert found.code == "TOKEN-02"
    assert "card" in str(found)


def test_among_tokens_of_one_name_the_serial_number_decides(bench: Bench, reader: Reader) -> None:
    serials = reader.serials("twin")
    found = problem(reader.uri("twin"))
    assert found.code == "TOKEN-04"
    assert all(f"serial={serial}" in str(found) for serial in serials)
    assert problem(reader.uri("twin", more=[f"serial={serials[0]}"])).code == "TOKEN-03"


def test_among_several_keys_a_label_or_an_id_decides(bench: Bench, reader: Reader) -> None:
    first, second = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    certificates = [certified(bench, key) for key in (first, second)]
    labels = [reader.put(key, own, on="crowd") for key, own in zip((first, second), certificates, strict=True)]
    found = problem(reader.uri("crowd"))
    assert found.code == "TOKEN-04"
    assert all(f"object={label}" in str(found) for label in labels)
    number = int(labels[1].split()[1]).to_bytes(2, "big")
    by_id = f"id={''.join(f'%{byte:02X}' for byte in number)}"
    for uri in (reader.uri("crowd", labels[1]), reader.uri("crowd", more=[by_id, "type=private"])):
        with signing.open_key(uri, given()) as key:
            assert key.certificate.dump() == certificates[1].public_bytes(serialization.Encoding.DER)
    assert problem(reader.uri("crowd", labels[0], more=[by_id])).code == "TOKEN-03"


def test_a_token_that_cannot_sign_with_its_key_is_told(bench: Bench, reader: Reader, tmp_path: Path) -> None:
    uri = reader.uri("card", reader.put(P256, certified(bench, P256)))
    answer = on_command_line(bench, tmp_path, uri, str(reader.able_to("CKM_SHA256")))
    assert answer.returncode == 9
    assert "TOKEN-05" in answer.stderr


def test_a_signer_without_a_workspace_signs_with_a_card_at_the_command_line(
    bench: Bench, reader: Reader, tmp_path: Path
) -> None:
    uri = reader.uri("card", reader.put(P256, certified(bench, P256), *bench.pki.authority.chain))
    answer = on_command_line(bench, tmp_path, uri, str(reader.configuration))
    assert answer.returncode == 0, answer.stderr
    assert bench.examined((tmp_path / "paper-signed-coordinator.pdf").read_bytes()).role == "coordinator"
    assert PIN not in answer.stdout + answer.stderr


def on_command_line(bench: Bench, folder: Path, uri: str, reader: str) -> subprocess.CompletedProcess[str]:
    paper = folder / "paper.pdf"
    paper.write_bytes(bench.stages["company"])
    environment = {**os.environ, "SOFTHSM2_CONF": reader, "CONVENTIONS_PIN": PIN, "CONVENTIONS_LANG": "en"}
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "conventions",
        "sign",
        paper,
        "--as",
        "coordinator",
        "--key",
        uri,
    ]
    return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)


def test_the_librarys_command_line_with_a_card_is_accepted(bench: Bench, reader: Reader, tmp_path: Path) -> None:
    label = reader.put(P256, certified(bench, P256), *bench.pki.authority.chain)
    sent, returned, chain = tmp_path / "sent.pdf", tmp_path / "returned.pdf", tmp_path / "chain.pem"
    sent.write_bytes(bench.stages["company"])
    chain.write_bytes(b"".join(one.public_bytes(serialization.Encoding.PEM) for one in bench.pki.authority.chain))
    command = ["-m", "pyhanko", "sign", "addsig", "--field", "coordinator", "--existing-only", "--use-pades", "pkcs11"]
    token: list[str | Path] = ["--lib", MODULE, "--token-label", "card", "--cert-label", label, "--raw-mechanism"]
    subprocess.run(
        [sys.executable, *command, *token, "--other-cert-file", str(chain), str(sent), str(returned)],
        env={**os.environ, "PYHANKO_PKCS11_PIN": PIN},
        check=True,
    )
    assert bench.examined(returned.read_bytes()).data == returned.read_bytes()


def test_student_and_seal_sign_with_tokens_at_the_offices_own_desk(reader: Reader, tmp_path: Path) -> None:
    with a_bureau(tmp_path, "0001") as bureau:
        (number,) = bureau.numbers
        seal = reader.put_file(bureau.pki.seal(PASSPHRASE), PASSPHRASE, on="seal")
        bureau.set('seal = "keys/seal.pfx"', f'seal = "{seal}"')
        refused = bureau.run("issue", number, expect=10, CONVENTIONS_SEAL_PASSPHRASE="135791")
        assert "PIN-01" in refused.err
        bureau.run("issue", number, CONVENTIONS_SEAL_PASSPHRASE=PIN)
        assert reader.is_free("seal")
        student = reader.put_file(bureau.key(number, "student"), PASSPHRASE)
        bureau.run("sign", number, "--as", "student", "--key", student, CONVENTIONS_PIN=PIN)
        assert reader.is_free("card")
        assert bureau.kinds(number)[-1] != "refusal"
        bureau.sign(number, "company", "coordinator", "dean")
        bureau.run("seal", number)
        bureau.run("verify", bureau.paper(number), "--trust", bureau.pki.roots)
