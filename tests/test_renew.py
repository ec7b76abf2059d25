"""Papers that are renewed before what proves them runs out: they are believed in 2036 and after, and not without it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from conventions import signing
from conventions.errors import ForeignPaper, OutOfTurn, ServiceError
from demo.pki import TestPki
from tests.papers import ROLES, ROOM, Bench, the_clock

YEAR = timedelta(days=365)


@pytest.fixture(scope="module")
def lab(papers: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """An authority of its own, whose clock is moved, and whose time-stamps last three years."""
    with TestPki(tmp_path_factory.mktemp("keys"), now=the_clock()) as pki:
        pki.move_to(the_clock())
        yield Bench(pki, papers)


@pytest.fixture(scope="module")
def renewed(lab: Bench) -> list[tuple[datetime, bytes]]:
    """The sealed paper, and what it became each time it was due, until after 2036."""
    start = the_clock()
    history = [(start, lab.sealed)]
    while history[-1][0].year < 2036:
        at = signing.horizon(history[-1][1]).until - YEAR / 2
        history.append((at, _renewed(lab, history[-1][1], at)))
    return history


def _renewed(lab: Bench, pdf: bytes, at: datetime) -> bytes:
    lab.pki.move_to(at)
    return signing.renew(pdf, trust=lab.trust, timestamper=signing.Timestamper([lab.pki.tsa_url]), now=at)


def test_a_paper_that_is_renewed_on_schedule_is_believed_in_2036(
    lab: Bench, renewed: list[tuple[datetime, bytes]]
) -> None:
    at, paper = renewed[-1]
    assert at.year >= 2036
    for look in (at, at + 2 * YEAR):
        report = signing.verify(paper, lab.offline, look)
        assert (report.ok, report.is_sealed, report.signed_roles) == (True, True, ROLES), report.findings
        assert all(one.is_sound and one.is_time_proved for one in report.seen)
        times = [one.at for one in report.seen if one.at]
        assert times == sorted(times)
        assert times[-1].date() == at.date()
        assert times[len(ROLES)] < renewed[1][0]  # what was proved then is what is told now


def test_a_renewal_only_appends(renewed: list[tuple[datetime, bytes]]) -> None:
    for (_, earlier), (_, later) in pairwise(renewed):
        assert later.startswith(earlier)
        assert signing.horizon(later).until > signing.horizon(earlier).until


def test_a_renewal_that_was_missed_leaves_a_paper_that_proves_nothing(
    lab: Bench, renewed: list[tuple[datetime, bytes]]
) -> None:
    at = signing.horizon(lab.sealed).until + timedelta(days=1)
    assert {one.code for one in signing.verify(lab.sealed, lab.offline, at).findings} == {"VERIFY-03"}
    with pytest.raises(ServiceError) as caught:
        _renewed(lab, lab.sealed, at)
    assert caught.value.code == "REV-01"
    late = renewed[-1][0]
    assert not signing.verify(renewed[1][1], lab.offline, late).ok


def test_one_altered_byte_of_a_renewed_paper_is_found(lab: Bench, renewed: list[tuple[datetime, bytes]]) -> None:
    at, paper = renewed[-1]
    for part in (0.2, 0.6, 0.97):
        place = int(len(paper) * part)
        altered = paper[:place] + bytes([paper[place] ^ 1]) + paper[place + 1 :]
        with suppress(ForeignPaper):
            assert not signing.verify(altered, lab.offline, at).ok


def test_only_a_sealed_paper_is_renewed(lab: Bench) -> None:
    with pytest.raises(OutOfTurn) as caught:
        signing.horizon(lab.stages["student"])
    assert caught.value.code == "RENEW-01"
    with pytest.raises(ServiceError) as missing:
        signing.renew(lab.sealed, trust=lab.trust, timestamper=None, now=the_clock())
    assert missing.value.code == "RENEW-02"


def test_the_horizon_is_where_the_first_certificate_ends(lab: Bench) -> None:
    assert abs(signing.horizon(lab.sealed).until - the_clock() - 3 * YEAR) < timedelta(days=1)


# ── what is said when it does not hold ───────────────────────────────────────────────────────────────────────────────


def complaints(lab: Bench, pdf: bytes, at: datetime) -> list[tuple[str, str]]:
    """What is wrong and what to do, in order."""
    return [(str(one.message), str(one.fix)) for one in signing.verify(pdf, lab.offline, at).findings]


def test_a_paper_that_was_not_renewed_says_first_what_ended_and_blames_no_authority(lab: Bench) -> None:
    end = signing.horizon(lab.sealed).until
    for years in (0, 12):  # the authority has ended too
        first, *others = complaints(lab, lab.sealed, end + timedelta(days=1) + years * YEAR)
        assert f"its certificate ended on {end.date()}" in first[0]
        assert "renewed" in first[1]
        assert len(others) == len(signing.verify(lab.sealed, lab.offline, the_clock()).seen) - 1
        assert all("the document timestamp that closes the paper does not hold" in words for words, _ in others)
        assert not any("--trust" in fix for _, fix in (first, *others))


def test_a_broken_timestamp_is_why_the_signatures_before_it_are_not_believed(lab: Bench) -> None:
    *_, last = ROOM.finditer(lab.sealed)
    token = lab.sealed[last.start(1) : last.end(1)]
    place = last.start(1) + 2 * (len(token.rstrip(b"0")) // 2) - 40  # in the value of its signature
    altered = (
        lab.sealed[:place] + (b"11" if lab.sealed[place : place + 2] != b"11" else b"22") + lab.sealed[place + 2 :]
    )
    (words, _), *others = complaints(lab, altered, the_clock())
    assert words.startswith("document timestamp")
    assert others
    assert all("the document timestamp that closes the paper does not hold" in words for words, _ in others)


def test_a_clock_that_is_too_early_is_what_is_wrong(lab: Bench) -> None:
    found = complaints(lab, lab.sealed, the_clock() - YEAR)
    assert {words.rpartition(": ")[2] for words, _ in found} == {
        "it was made later than the moment at which it is judged"
    }
    assert {fix for _, fix in found} == {"set the clock of this computer, or name a later day with --on"}


def test_a_sealed_paper_says_until_when_it_proves_itself(lab: Bench, renewed: list[tuple[datetime, bytes]]) -> None:
    for at, paper in renewed:
        assert signing.verify(paper, lab.offline, at).until == signing.horizon(paper).until
    assert signing.verify(lab.stages["dean"], lab.offline, the_clock()).until is None


@pytest.mark.parametrize("unstamped", ["student", "dean"])
def test_a_timestamp_that_reception_added_need_not_last_as_long_as_the_one_that_closes_the_paper(
    lab: Bench, unstamped: str
) -> None:
    lab.pki.move_to(the_clock())
    paper = lab.issued()
    for role in ROLES:
        paper = lab.signed(paper, role, is_stamped=role != unstamped)
        paper = signing.timestamp(paper, lab.timestamper) if role == unstamped else paper
    lab.pki.move_to(the_clock(), years=8)
    service = signing.Timestamper([lab.pki.tsa_url])
    paper = signing.seal(paper, trust=lab.trust, timestamper=service, now=the_clock())
    for years in (2, 4, 7):
        report = signing.verify(paper, lab.offline, the_clock() + years * YEAR)
        assert report.ok, report.findings
        assert all(one.is_time_proved for one in report.seen)
    end = signing.horizon(paper).until
    assert end > the_clock() + 7 * YEAR
    late = _renewed(lab, paper, end - YEAR)
    assert signing.verify(late, lab.offline, end + YEAR).ok
    assert not signing.verify(paper, lab.offline, end + YEAR).ok


def test_a_short_key_carries_a_paper_until_the_end_of_2030_and_no_longer(
    lab: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(ec, "generate_private_key", lambda _curve: rsa.generate_private_key(65_537, 2_048))
        lab.pki.move_to(the_clock(), years=8)
    paper = signing.seal(lab.stages["dean"], trust=lab.trust, timestamper=lab.timestamper, now=the_clock())
    end = datetime(2030, 12, 31, tzinfo=UTC)
    assert signing.horizon(paper).until == end
    assert not complaints(lab, paper, end)
    late = end + timedelta(days=1)
    ((words, fix),) = complaints(lab, paper, late)
    assert "too short: RSA of 2048 bits" in words
    assert "renewed" in fix
    with pytest.raises(ServiceError) as caught:
        _renewed(lab, paper, late)
    assert caught.value.code == "RENEW-03"
    renewed = _renewed(lab, paper, end - YEAR)
    assert signing.verify(renewed, lab.offline, late).ok
