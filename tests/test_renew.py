"""Papers that are renewed before what proves them runs out: they are believed in 2036 and after, and not without it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from conventions import signing
from conventions.errors import ForeignPaper, OutOfTurn, ServiceError
from demo.pki import TestPki
from tests.papers import ROLES, Bench, the_clock

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
