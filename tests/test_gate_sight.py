"""What is seen: whatever the comparison of objects overlooks must be invisible, or it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from conventions import signing
from conventions.errors import ConverterMissing
from conventions.signing import gate
from conventions.signing.judge import Judgement
from conventions.signing.sight import looks_the_same
from tests.forgery import CHANGES, moved, repainted
from tests.papers import ROLES, Bench, pen, the_clock, written

SEEN = (
    "altered text",
    "an annotation",
    "next field painted",
    "earlier field repainted",
    "earlier field hidden",
    "words covered",
    "another font",
    "other pages",
)


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate without its comparison of bytes and objects, its own and the library's."""
    monkeypatch.setattr(gate, "_require_nothing_else", lambda *_: None)
    monkeypatch.setattr(Judgement, "allows", lambda *_: True)


@pytest.mark.usefixtures("blind")
@pytest.mark.parametrize("name", SEEN)
def test_a_change_that_no_other_check_looks_for_is_seen(bench: Bench, name: str) -> None:
    writer = pen(bench.stages["company"])
    CHANGES[name](writer)
    assert bench.refusal(bench.countersigned(writer, "coordinator")) == "GATE-SIGHT"
    writer = pen(bench.stages["coordinator"])
    CHANGES[name](writer)
    assert bench.refusal(written(writer)) == "GATE-SIGHT"


@pytest.mark.usefixtures("blind")
def test_what_nobody_can_see_is_left_to_the_other_checks(bench: Bench) -> None:
    for name in ("another title", "an unused object"):
        writer = pen(bench.stages["company"])
        CHANGES[name](writer)
        assert bench.refusal(bench.countersigned(writer, "coordinator")) == "accepted for the coordinator"


@pytest.mark.usefixtures("blind")
def test_the_field_that_is_signed_may_look_as_its_signer_likes_within_the_place_that_was_sent(bench: Bench) -> None:
    for trick, outcome in (
        (repainted("coordinator"), "accepted for the coordinator"),
        (moved("coordinator"), "GATE-SIGHT"),
    ):
        writer = pen(bench.stages["coordinator"])
        trick(writer)
        repainted("coordinator")(writer)
        assert bench.refusal(written(writer)) == outcome


@pytest.mark.parametrize(("before", "role"), [*zip(("issued", *ROLES[:-1]), ROLES, strict=True)])
def test_every_stamp_is_within_its_field_and_nowhere_else(bench: Bench, before: str, role: str) -> None:
    sent, returned = bench.stages[before], bench.stages[role]
    assert looks_the_same(returned, sent, role)
    assert not looks_the_same(returned, sent, "seal")


def test_without_poppler_nothing_is_accepted_and_a_forgery_is_refused_all_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    signed, forged = bench.stages["coordinator"], pen(bench.stages["coordinator"])
    CHANGES["altered text"](forged)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConverterMissing) as caught:
        bench.examined(signed)
    assert caught.value.code == "SIGHT-01"
    assert bench.refusal(written(forged)) == "GATE-CHANGE"


def test_a_paper_is_drawn_in_the_process_apart_that_may_write_nothing(bench: Bench) -> None:
    """With its limits: the same answer as without them."""
    accepted = signing.examine_apart(
        bench.stages["coordinator"],
        sent=bench.stages["company"],
        allowed={"coordinator": bench.people["coordinator"]},
        circuit=bench.circuit,
        trust=bench.trust,
        now=the_clock(),
    )
    assert accepted == bench.examined(bench.stages["coordinator"])
