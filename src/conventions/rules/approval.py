"""Rules on the pre-agreement and on who decided what, when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from conventions.model.dossier import Track
from conventions.model.finding import Severity
from conventions.rules.example import (
    Example,
    in_france,
)
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Text

__all__ = ["RULES"]


@rule(
    "DATA-FILE-01",
    Severity.WARNING,
    Text("nothing is decided before it arrives"),
    Text("A piece is checked, and a pre-agreement decided, on or after the day it arrived."),
    example=Example(
        in_france(pre_agreement={"submitted_on": date(2026, 2, 2), "decided_on": date(2026, 2, 2)}),
        in_france(pre_agreement={"submitted_on": date(2026, 2, 2), "decided_on": date(2026, 2, 1)}),
    ),
)
def order_of_days(case: Case) -> Iterator[Problem]:
    for rank, piece in enumerate(case.dossier.attachments):
        if piece.checked_on is not None and piece.checked_on < piece.received_on:
            yield Problem(
                Text(
                    "checked on {checked}, before it arrived on {received}",
                    checked=piece.checked_on,
                    received=piece.received_on,
                ),
                Text("correct one of the two days"),
                f"attachments.{rank}.checked_on",
            )
    asked = case.dossier.pre_agreement
    if asked is not None and asked.decided_on is not None and asked.decided_on < asked.submitted_on:
        yield Problem(
            Text(
                "decided on {decided}, before it was submitted on {submitted}",
                decided=asked.decided_on,
                submitted=asked.submitted_on,
            ),
            Text("correct one of the two days"),
            "pre_agreement.decided_on",
        )


@rule(
    "COURSE-FILE-08",
    Severity.ERROR,
    Text("the pre-agreement is approved"),
    Text("Only an approved pre-agreement becomes an agreement: the department judges mission, host, dates and amount."),
    example=Example(
        in_france(pre_agreement={"state": "approved"}),
        in_france(pre_agreement={"state": "submitted", "decided_on": None, "decided_by": ""}),
    ),
)
def approved(case: Case) -> Iterator[Problem]:
    asked = case.dossier.pre_agreement
    if case.dossier.track is Track.SNEE:
        return
    if asked is None:
        yield Problem(
            Text("there is no pre-agreement"),
            Text("have the host fill it in, then record its approval in pre_agreement"),
            "pre_agreement",
        )
    elif asked.state != "approved":
        yield Problem(
            Text(
                "the pre-agreement submitted on {day} is {state}, not approved",
                day=asked.submitted_on,
                state=asked.state,
            ),
            Text("wait for the decision, or submit it again with what was refused corrected"),
            "pre_agreement.state",
        )


@rule(
    "COURSE-FILE-10",
    Severity.WARNING,
    Text("a decision says who took it, and when"),
    Text("A pre-agreement that was approved or refused names the person who decided and the day."),
    example=Example(
        in_france(pre_agreement={"decided_by": "Inès Marchetti", "decided_on": date(2026, 2, 6)}),
        in_france(pre_agreement={"decided_by": "", "decided_on": date(2026, 2, 6)}),
    ),
)
def decided_by_somebody(case: Case) -> Iterator[Problem]:
    asked = case.dossier.pre_agreement
    if asked is None or asked.state == "submitted":
        return
    for key, value in (("decided_by", asked.decided_by), ("decided_on", asked.decided_on)):
        if not value:
            yield Problem(
                Text("the pre-agreement is decided, and pre_agreement.{key} is empty", key=key),
                Text("fill in pre_agreement.{key}", key=key),
                f"pre_agreement.{key}",
            )


@rule(
    "COURSE-FILE-11",
    Severity.WARNING,
    Text("a refusal says why, an approval has no reason against it"),
    Text(
        "The course enumerates the reasons for refusing a pre-agreement; a refusal names at least one of them, so that "
        "host and student know what to correct. An approval that keeps such a reason contradicts itself."
    ),
    example=Example(
        in_france(pre_agreement={"state": "approved", "reasons": []}),
        in_france(pre_agreement={"state": "approved", "reasons": ["mission_not_detailed"]}),
    ),
)
def reasoned(case: Case) -> Iterator[Problem]:
    asked = case.dossier.pre_agreement
    if asked is None:
        return
    if asked.state == "refused" and not asked.reasons:
        yield Problem(
            Text("the pre-agreement was refused, and no reason is given"),
            Text("name the reasons in pre_agreement.reasons; `conventions schema` lists them"),
            "pre_agreement.reasons",
        )
    elif asked.state == "approved" and asked.reasons:
        yield Problem(
            Text("the pre-agreement is approved, but keeps the reason {reason}", reason=asked.reasons[0].value),
            Text("empty pre_agreement.reasons, or correct pre_agreement.state"),
            "pre_agreement.reasons",
        )


RULES: Final[tuple[Rule, ...]] = (
    order_of_days,
    approved,
    decided_by_somebody,
    reasoned,
)
"""Rules on approvals."""
