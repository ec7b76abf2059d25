"""Whose signature the reception gate refuses: out of turn, another person, a certificate or a time that cannot be.

The paper waits for the coordinator; student and company have signed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from conventions import pipeline, signing
from conventions.errors import Refused, ServiceError
from conventions.model.paper import Pdf
from demo.pki import Authority, Identity, TestPki
from tests.certificates import a_certificate, key_of
from tests.papers import Bench, the_clock


def unavailable(bench: Bench, returned: bytes, trust: signing.Trust | None = None) -> str:
    with pytest.raises(ServiceError) as caught:
        bench.examined(returned, trust=trust)
    return caught.value.code


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


def test_the_seal_is_nobody_whatever_address_it_holds(bench: Bench) -> None:
    """It signs for persons who gave their code; the office does that itself, and nobody sends such a signature in."""
    seal = bench.made_key(ec.generate_private_key(ec.SECP256R1()))
    paper = pipeline.prepare(
        Pdf(bench.origin, bench.papers["first"]),
        bench.circuit,
        seal=seal,
        services=bench.services,
        institution="Université d'Exemple-Nord",
        now=the_clock(),
    )
    sent = bench.signed(bench.signed(paper.data, "student"), "company")
    person = bench.people["coordinator"]
    for expected in (person, replace(person, fingerprint=seal.fingerprint)):
        returned = bench.signed(sent, "coordinator", key=seal)
        assert bench.refusal(returned, sent=sent, person=expected) == "GATE-PERSON"
    assert bench.refusal(bench.signed(sent, "coordinator"), sent=sent) == "accepted for the coordinator"


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


@pytest.mark.parametrize(
    ("variant", "code"), [("stranger", "GATE-TRUST"), ("expired", "GATE-EXPIRED"), ("revoked", "GATE-REVOKED")]
)
@pytest.mark.parametrize("is_stamped", [True, False], ids=["stamped", "unstamped"])
def test_a_certificate_that_is_not_good_today_is_refused(
    bench: Bench, variant: str, code: str, is_stamped: bool
) -> None:
    key = bench.key("coordinator", variant)
    signed = bench.signed(bench.stages["company"], "coordinator", key=key, is_stamped=is_stamped)
    assert bench.refusal(signed) == code


def test_a_certificate_that_is_not_valid_yet_is_refused(bench: Bench) -> None:
    key = bench.made_key(ec.generate_private_key(ec.SECP256R1()), days=(2, 300))
    assert bench.refusal(bench.signed(bench.stages["company"], "coordinator", key=key)) == "GATE-EXPIRED"


def test_a_certificate_writes_no_letter(bench: Bench) -> None:
    """What is refused is told to the signer by mail, and anybody can put anything into a certificate of their own."""
    private = ec.generate_private_key(ec.SECP256R1())
    words = "Your account is locked.\r\nGo to https://evil.test/login " + "now " * 100
    key = key_of(private, a_certificate(private, words[:64], now=the_clock(), emails=["x@evil.test"]))
    with pytest.raises(Refused) as caught:
        bench.examined(bench.signed(bench.stages["company"], "coordinator", key=key))
    assert caught.value.code == "GATE-TRUST"
    told = str(caught.value.message)
    assert "//" not in told
    assert "\n" not in told
    assert "locked" in told, "it is told who is not recognised"


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
    assert bench.refusal(bench.signed(bench.stages["company"], "coordinator", key=key)) == "GATE-USAGE"


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


@pytest.mark.parametrize(
    ("digest", "name", "outcome"),
    [
        (hashes.SHA1(), "sha1_rsa", "GATE-ALGORITHM"),  # noqa: S303 - refused for it
        (hashes.SHA256(), "sha256_rsa", "accepted for the coordinator"),
        (hashes.SHA256(), "rsassa_pkcs1v15", "accepted for the coordinator"),
    ],
    ids=["SHA-1", "SHA-256", "unnamed"],
)
def test_the_signed_attributes_are_digested_as_well_as_the_paper(
    bench: Bench, digest: hashes.HashAlgorithm, name: str, outcome: str
) -> None:
    """The paper is digested with SHA-256, and this digest is signed among others by way of another one."""
    private = rsa.generate_private_key(65537, 2048)

    def signed_anew(signature: cms.SignedData) -> None:
        (signer,) = signature["signer_infos"]
        signer["signature_algorithm"] = cms.SignedDigestAlgorithm({"algorithm": name})
        attributes = signer["signed_attrs"].untag().dump(force=True)
        signer["signature"] = private.sign(attributes, padding.PKCS1v15(), digest)

    key = bench.made_key(private)
    signed = bench.without_locks(bench.stages["company"], "coordinator", key=key, rework=signed_anew)
    assert bench.refusal(signed) == outcome


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
