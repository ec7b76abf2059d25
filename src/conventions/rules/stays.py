"""Rules across dossiers: what several internships of one student in one host and academic year come to.

The law adds them up, consecutive or not. A host is there the company or body itself: its establishments, whose SIRET
begin with the same nine digits, are one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from conventions.hours import CAP_HOURS, Presence, presence
from conventions.model.dossier import Dossier, Track
from conventions.model.finding import Severity
from conventions.model.profile import Ceilings
from conventions.pay import COMPULSORY_ABOVE, amount_for, floor_on
from conventions.rules.example import MEEF_PIECES, PIECES, UNPAID, Example, in_france, seen
from conventions.rules.register import Campaign, CampaignRule, Filed, Remark, across, in_order, shared
from conventions.text import Text, typed

__all__ = ["RULES"]

_CENT: Final = Decimal("0.01")
_UNPAID: Final[dict[str, Any]] = {
    "track": "meef",
    "attachments": seen(*PIECES, *MEEF_PIECES),
    "allowance": UNPAID,
}
_HALF_DAYS: Final[dict[str, object]] = {"end": date(2026, 7, 9), "weekly_hours": Decimal("17.5")}
_AUTUMN: Final[dict[str, object]] = {"start": date(2025, 10, 6), "weekly_hours": 28, "weekdays": [1, 2, 3, 4]}


def _autumn(end: date) -> dict[str, object]:
    """A first internship of the same student in the same host, in October."""
    return {"number": "2026-0102", "schedule": _AUTUMN | {"end": end}}


def _same_stay(filed: Filed) -> tuple[str, tuple[str, ...], str]:
    return filed.student, filed.organisation, filed.dossier.academic_year


def _presence(filed: Filed) -> Presence:
    return presence(filed.dossier.schedule, filed.dossier.place)


def _hours(several: list[Filed]) -> Decimal:
    return sum(map(_own_hours, several), Decimal(0))


def _own_hours(filed: Filed) -> Decimal:
    """Hours of effective presence, once they are recorded; until then those of the plan."""
    done = filed.dossier.realised
    return done.hours if done else _presence(filed).hours_for_duration


@across(
    "LAW-CAMPAIGN-01",
    Severity.ERROR,
    Text("at most six months in one host and year"),
    Text(
        "In one host and academic year a student is present for at most 924 hours, all agreements and amendments "
        "together."
    ),
    "art. L124-5, D124-6 Code de l'éducation",
    example=Example(
        in_france(
            beside=({"number": "2026-0102", "schedule": {"start": date(2025, 9, 22), "end": date(2025, 12, 10)}},)
        ),
        in_france(
            beside=({"number": "2026-0102", "schedule": {"start": date(2025, 9, 22), "end": date(2025, 12, 11)}},)
        ),
    ),
)
def six_months(campaign: Campaign) -> Iterator[Remark]:
    for several in shared(campaign.dossiers, _same_stay):
        hours = _hours(several)
        if hours > CAP_HOURS:
            *others, last = in_order(several)
            free = _presence(last).last_day_within(CAP_HOURS - _hours(others))
            yield Remark(
                last.rank,
                Text(
                    "{hours} hours in {host} in {year}, together with {others}; {cap} are allowed",
                    hours=hours,
                    host=last.dossier.host.name,
                    year=last.dossier.academic_year,
                    others=campaign.numbers(one.rank for one in others),
                    cap=CAP_HOURS,
                ),
                Text(
                    "set schedule.end to {day} or earlier, or schedule.weekly_hours lower by {excess} hours in all",
                    day=typed(free),
                    excess=hours - CAP_HOURS,
                )
                if free
                else Text("nothing is left: take the dossier out, or name another host"),
                "schedule.end",
            )


@across(
    "LAW-CAMPAIGN-06",
    Severity.ERROR,
    Text("two short internships in one host are paid as a long one"),
    Text(
        "When the internships of a student in one host in France exceed two months (308 hours of presence) in one "
        "academic year, consecutive or not, each of them is paid from its first hour, the first one too."
    ),
    "art. L124-6, D124-8 Code de l'éducation",
    example=Example(
        in_france(**_UNPAID, schedule=_HALF_DAYS, beside=(_autumn(date(2025, 10, 28)),)),
        in_france(**_UNPAID, schedule=_HALF_DAYS, beside=(_autumn(date(2025, 10, 29)),)),
    ),
)
def paid_together(campaign: Campaign) -> Iterator[Remark]:
    in_france = (one for one in campaign.dossiers if _has_to_pay(one.dossier))
    for several in shared(in_france, _same_stay):
        hours = _hours(several)
        if hours > COMPULSORY_ABOVE:
            ceilings = campaign.profile.ceilings
            yield from (_remark(campaign, one, several, hours) for one in several if _is_too_little(one, ceilings))


def _has_to_pay(dossier: Dossier) -> bool:
    return not dossier.is_abroad and dossier.track is not Track.SNEE


def _is_too_little(filed: Filed, ceilings: Ceilings) -> bool:
    """Does it pay less than the floor, and may it, as long as it is looked at alone?"""
    dossier, done = filed.dossier, filed.dossier.realised
    if _own_hours(filed) > COMPULSORY_ABOVE:
        return False
    if done is not None:
        return done.currency == "EUR" and done.allowance_paid < _due(filed, ceilings)
    is_told_alone = dossier.allowance.amount > 0 and dossier.allowance.currency != "EUR"
    return not is_told_alone and dossier.allowance.amount < _needed(filed, ceilings)


def _floor(filed: Filed, ceilings: Ceilings) -> Decimal:
    """By the hour, on the day of the decision, which is the earliest on which it can have been signed."""
    asked = filed.dossier.pre_agreement
    return floor_on((asked and asked.decided_on) or filed.dossier.schedule.start, ceilings).hourly


def _needed(filed: Filed, ceilings: Ceilings) -> Decimal:
    return amount_for(_floor(filed, ceilings), filed.dossier.allowance.basis, _presence(filed))


def _due(filed: Filed, ceilings: Ceilings) -> Decimal:
    return (_floor(filed, ceilings) * _own_hours(filed)).quantize(_CENT, ROUND_HALF_UP)


def _remark(campaign: Campaign, one: Filed, several: list[Filed], hours: Decimal) -> Remark:
    message = Text(
        "{hours} hours in {host} in {year}, together with {others}: above {limit} all of them are paid from the first "
        "hour",
        hours=hours,
        host=one.dossier.host.name,
        year=one.dossier.academic_year,
        others=campaign.numbers(other.rank for other in several if other is not one),
        limit=COMPULSORY_ABOVE,
    )
    ceilings = campaign.profile.ceilings
    if one.dossier.realised is not None:
        due = typed(_due(one, ceilings))
        fix = Text("have the host pay what is missing, then set realised.allowance_paid to {due} or more", due=due)
        return Remark(one.rank, message, fix, "realised.allowance_paid")
    fix = Text(
        "set allowance.amount to {needed} or more; while it lasts what is signed is amended, afterwards what was paid "
        "is recorded in realised",
        needed=typed(_needed(one, ceilings)),
    )
    return Remark(one.rank, message, fix, "allowance.amount")


RULES: Final[tuple[CampaignRule, ...]] = (
    six_months,
    paid_together,
)
"""Rules on several internships in one host."""
