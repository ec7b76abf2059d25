"""What authorities have said is not asked again for every paper; of those who sign, it always is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from asn1crypto.x509 import Name
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from conventions import signing
from conventions.signing import answers
from demo.pki import TestPki
from tests.papers import ROLES, Bench, the_clock

WINDOW = timedelta(hours=1)
OF_THE_AUTHORITY = "/crl/root"
OF_SIGNERS = "/ocsp/people"


@pytest.fixture(scope="module")
def shared(papers: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """An authority of its own."""
    with TestPki(tmp_path_factory.mktemp("keys"), now=the_clock()) as pki:
        yield Bench(pki, papers)


@pytest.fixture
def lab(shared: Bench) -> Iterator[Bench]:
    """Nothing kept, and nobody revoked."""
    answers._KEPT.clear()
    yield shared
    shared.pki._root.revoked.clear()
    shared.pki.authority.revoked.clear()


def asked(lab: Bench, *, at: datetime | None = None, trust: signing.Trust | None = None) -> tuple[set[str], bool]:
    """Which services were asked to prove the student's signature, and whether it was proved."""
    lab.pki.asked.clear()
    _, missing = signing.prove(lab.stages["student"], ["student"], trust or lab.trust, at or the_clock())
    return {path for path in lab.pki.asked if path != "/tsa"}, not missing


def test_the_second_proof_asks_of_the_signer_alone(lab: Bench) -> None:
    assert asked(lab) == ({OF_THE_AUTHORITY, OF_SIGNERS}, True)
    assert asked(lab) == ({OF_SIGNERS}, True)


def test_what_is_proved_with_kept_answers_proves_itself_for_years(lab: Bench) -> None:
    sealing = {"trust": lab.trust, "timestamper": lab.timestamper, "now": the_clock()}
    papers = [signing.seal(lab.stages["dean"], **sealing) for _ in range(2)]  # type: ignore[arg-type]
    for paper in papers:
        for years in (0, 3):
            report = signing.verify(paper, lab.offline, the_clock() + timedelta(days=365 * years))
            assert (report.ok, report.is_sealed, report.signed_roles) == (True, True, ROLES)


def test_an_answer_is_asked_for_anew_when_its_time_is_over(lab: Bench) -> None:
    now = the_clock()
    asked(lab, at=now)
    assert OF_THE_AUTHORITY not in asked(lab, at=now + WINDOW - timedelta(seconds=1))[0]
    assert OF_THE_AUTHORITY in asked(lab, at=now + WINDOW)[0]


def test_an_answer_of_later_is_not_taken_for_one_of_now(lab: Bench) -> None:
    now = the_clock()
    asked(lab, at=now + timedelta(minutes=1))
    assert OF_THE_AUTHORITY in asked(lab, at=now)[0]


@pytest.mark.parametrize(("promised", "kept"), [(10, 9), (90, 59), (None, None)], ids=str)
def test_no_answer_is_kept_longer_than_its_authority_promises(promised: int | None, kept: int | None) -> None:
    now, minute = the_clock(), timedelta(minutes=1)
    question = (b"certificate", "crl")
    shelf = answers.Shelf("trust", now)
    shelf.keep(
        question, [Name.build({"common_name": "An answer"})], [None if promised is None else now + promised * minute]
    )
    found = [rank for rank in range(120) if answers.Shelf("trust", now + rank * minute).find(question)]
    assert (found[-1] if found else None) == kept
    answers.forget("trust")
    assert shelf.find(question) is None


def test_what_was_kept_before_somebody_signed_says_nothing_of_the_signer() -> None:
    now, question = the_clock(), (b"certificate", "ocsp")
    answers.Shelf("trust", now).keep(question, [Name.build({"common_name": "An answer"})], [now + WINDOW])
    assert answers.Shelf("trust", now).find(question)
    assert answers.Shelf("trust", now, frozenset({b"certificate"})).find(question) is None
    answers.forget("trust")


def test_a_revoked_signer_is_noticed_at_once(lab: Bench) -> None:
    assert asked(lab)[1]
    lab.pki.revoke(x509.load_der_x509_certificate(lab.key("student").certificate.dump()), the_clock())
    assert not asked(lab)[1]


def test_a_revoked_signer_is_noticed_at_once_by_the_gate(lab: Bench) -> None:
    key = lab.made_key(ec.generate_private_key(ec.SECP256R1()))
    signed = lab.signed(lab.stages["company"], "coordinator", key=key)
    assert lab.examined(signed).role == "coordinator"
    lab.pki.revoke(x509.load_der_x509_certificate(key.certificate.dump()), the_clock() - timedelta(hours=1))
    assert lab.refusal(signed) == "GATE-REVOKED"


def test_a_revoked_authority_is_noticed_when_the_window_is_over_and_stays_revoked(lab: Bench) -> None:
    now = the_clock()
    assert asked(lab, at=now)[1]
    lab.pki._root.revoked[lab.pki.authority.identity.certificate.serial_number] = now - timedelta(days=1)
    assert asked(lab, at=now + WINDOW / 2)[1]
    assert not asked(lab, at=now + WINDOW)[1]
    assert not asked(lab, at=now + WINDOW)[1]


def test_the_gate_asks_of_the_signer_alone_as_well(lab: Bench) -> None:
    signed = lab.stages["coordinator"]
    lab.examined(signed)
    lab.pki.asked.clear()
    lab.examined(signed)
    assert set(lab.pki.asked) == {OF_SIGNERS}


def test_what_is_kept_for_one_trust_is_not_used_for_another(lab: Bench) -> None:
    asked(lab)
    wider = replace(lab.trust, hosts=lab.trust.hosts | {"elsewhere.test"})
    assert OF_THE_AUTHORITY in asked(lab, trust=wider)[0]


def test_after_a_proof_that_failed_everything_is_asked_for_anew(lab: Bench) -> None:
    assert asked(lab)[1]
    lab.pki.is_down = True
    try:
        assert not asked(lab)[1]
    finally:
        lab.pki.is_down = False
    assert asked(lab) == ({OF_THE_AUTHORITY, OF_SIGNERS}, True)
