"""Rules on how the intern is covered: health, accidents, liability, repatriation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from conventions.model.finding import Severity
from conventions.pay import Floor, amount_for
from conventions.rules.example import (
    Example,
    in_france,
    in_ireland,
)
from conventions.rules.rule import Case, Problem, Rule, months_later, rule
from conventions.text import Amount, Text

__all__ = ["RULES"]
_SLOW: Final[dict[str, object]] = {"start": date(2026, 2, 28), "weekly_hours": Decimal("28.5")}


@rule(
    "LAW-FILE-01",
    Severity.ERROR,
    Text("the health fund and its full address"),
    Text(
        "The agreement states how the intern is insured: name and complete postal address of the health fund, as on "
        "the certificate of entitlement. Declarations of accidents go there."
    ),
    "art. D124-4 (9) Code de l'éducation",
    example=Example(
        in_france(),
        in_france(protection={"health_fund": {"address": None}}),
    ),
)
def health_fund(case: Case) -> Iterator[Problem]:
    fund = case.dossier.protection.health_fund
    address = fund.address
    for key, is_there in (
        ("name", bool(fund.name)),
        ("address", address is not None),
        ("address.postal_code", address is None or bool(address.postal_code)),
    ):
        if not is_there:
            yield Problem(
                Text("mention 9 is incomplete: protection.health_fund.{key} is missing", key=key),
                Text("copy it from the certificate of entitlement into protection.health_fund.{key}", key=key),
                f"protection.health_fund.{key}",
            )


@rule(
    "LAW-FILE-02",
    Severity.ERROR,
    Text("civil liability is insured"),
    Text("The agreement names the insurance that covers the civil liability of the intern."),
    "art. D124-4 (9) Code de l'éducation",
    example=Example(
        in_france(),
        in_france(protection={"liability": None}),
    ),
)
def liability(case: Case) -> Iterator[Problem]:
    if case.dossier.protection.liability is None:
        yield Problem(
            Text("mention 9 is incomplete: no civil-liability insurance is named"),
            Text("fill in protection.liability: insurer, policy, valid_until"),
            "protection.liability",
        )


@rule(
    "COURSE-FILE-09",
    Severity.WARNING,
    Text("civil liability lasts until the end"),
    Text("A certificate that ends before the internship has to be renewed; abroad it is refused outright."),
    example=Example(
        in_france(protection={"liability": {"valid_until": date(2026, 7, 31)}}),
        in_france(protection={"liability": {"valid_until": date(2026, 7, 30)}}),
    ),
)
def liability_lasts(case: Case) -> Iterator[Problem]:
    cover, end = case.dossier.protection.liability, case.dossier.schedule.end
    if cover is not None and cover.valid_until < end and not case.dossier.is_abroad:
        yield Problem(
            Text(
                "the certificate is valid until {until}; the internship ends on {end}", until=cover.valid_until, end=end
            ),
            Text("ask for a new certificate and correct protection.liability.valid_until"),
            "protection.liability.valid_until",
        )


@rule(
    "COURSE-ABROAD-04",
    Severity.ERROR,
    Text("repatriation is insured until the end"),
    Text("Repatriation is insured for the whole internship abroad."),
    example=Example(
        in_ireland(abroad={"repatriation": {"valid_until": date(2026, 8, 14)}}),
        in_ireland(abroad={"repatriation": {"valid_until": date(2026, 8, 13)}}),
    ),
)
def repatriation(case: Case) -> Iterator[Problem]:
    abroad, end = case.abroad, case.dossier.schedule.end
    if abroad is None:
        return
    if abroad.repatriation is None:
        yield Problem(
            Text("no repatriation insurance is named"),
            Text("fill in abroad.repatriation: insurer, policy, valid_until"),
            "abroad.repatriation",
        )
    elif abroad.repatriation.valid_until < end:
        yield Problem(
            Text(
                "repatriation is insured until {until}; the internship ends on {end}",
                until=abroad.repatriation.valid_until,
                end=end,
            ),
            Text("extend the insurance and correct abroad.repatriation.valid_until"),
            "abroad.repatriation.valid_until",
        )


@rule(
    "COURSE-ABROAD-05",
    Severity.ERROR,
    Text("civil liability abroad lasts until the end"),
    Text("Abroad the certificate of civil liability covers the whole internship when the agreement is registered."),
    example=Example(
        in_ireland(protection={"liability": {"valid_until": date(2026, 8, 14)}}),
        in_ireland(protection={"liability": {"valid_until": date(2026, 8, 13)}}),
    ),
)
def liability_abroad(case: Case) -> Iterator[Problem]:
    cover, end = case.dossier.protection.liability, case.dossier.schedule.end
    if case.dossier.is_abroad and cover is not None and cover.valid_until < end:
        yield Problem(
            Text(
                "civil liability is insured until {until}; the internship ends on {end}",
                until=cover.valid_until,
                end=end,
            ),
            Text("ask for a new certificate and correct protection.liability.valid_until"),
            "protection.liability.valid_until",
        )


@rule(
    "LAW-ABROAD-03",
    Severity.WARNING,
    Text("French accident cover has a price limit"),
    Text(
        "Abroad French cover for accidents at work is kept only while the allowance does not exceed 15 % of the hourly "
        "ceiling of social security. Above it the host, or local law, must give the cover."
    ),
    "art. L412-8, R412-4 Code de la sécurité sociale; arrêté du 29 décembre 2014, 6.4",
    settings=("rules.ceilings",),
    example=Example(
        in_ireland(allowance={"amount": Decimal("742.51")}, protection={"host_covers_accidents": True}),
        in_ireland(allowance={"amount": Decimal("742.51")}, protection={"host_covers_accidents": False}),
    ),
)
def accident_cover(case: Case) -> Iterator[Problem]:
    dossier, floor = case.dossier, case.floor
    if not dossier.is_abroad or dossier.allowance.currency != "EUR" or dossier.protection.host_covers_accidents:
        return
    most = amount_for(floor.hourly, dossier.allowance.basis, case.presence)
    if dossier.allowance.amount > most and not floor.known:
        yield _unknown(floor, case.agreed_on)
    elif dossier.allowance.amount > most:
        yield Problem(
            Text(
                "the allowance of {amount} exceeds {most}: French accident cover is lost",
                amount=Amount(dossier.allowance.amount),
                most=Amount(most),
            ),
            Text("ask the host for accident cover and set protection.host_covers_accidents, or lower allowance.amount"),
            "protection.host_covers_accidents",
        )


def _unknown(floor: Floor, on: date) -> Problem:
    return Problem(
        Text(
            "the floor of {year} is not in the table; {rate} since {since} is the last known",
            year=str(on.year),
            rate=Amount(floor.hourly),
            since=floor.from_date,
        ),
        Text(
            "look the hourly ceiling of social security up, of which the floor is 15 %, and write it under "
            "[rules.ceilings] in conventions.toml: {year} = …",
            year=str(on.year),
        ),
        "allowance.amount",
    )


@rule(
    "LAW-ABROAD-04",
    Severity.WARNING,
    Text("who covers health abroad"),
    Text("The agreement says whether the host provides health cover under local law; yes or no, but not nothing."),
    "art. D124-4 (9) Code de l'éducation",
    example=Example(
        in_ireland(protection={"host_covers_health": False}),
        in_ireland(protection={"host_covers_health": None}),
    ),
)
def health_cover(case: Case) -> Iterator[Problem]:
    if case.dossier.is_abroad and case.dossier.protection.host_covers_health is None:
        yield Problem(
            Text("mention 9 is incomplete: nothing says whether the host provides health cover"),
            Text("ask the host and set protection.host_covers_health to true or false"),
            "protection.host_covers_health",
        )


@rule(
    "LAW-ABROAD-06",
    Severity.WARNING,
    Text("French accident cover lasts six months"),
    Text(
        "By the model of the ministry an agreement keeps French cover for accidents at work abroad for six months at "
        "most, extensions included. A health fund may keep it for twelve months from the start, if the institution "
        "asks it to; the agreement does not promise that. Beyond, the host, or local law, must give the cover."
    ),
    "art. L412-8, R412-4 Code de la sécurité sociale, décret 2003-1215; arrêté du 29 décembre 2014, 6.4",
    example=Example(
        in_ireland(on=date(2026, 1, 26), schedule=_SLOW | {"end": date(2026, 8, 27)}),
        in_ireland(on=date(2026, 1, 26), schedule=_SLOW | {"end": date(2026, 8, 28)}),
    ),
)
def accident_cover_ends(case: Case) -> Iterator[Problem]:
    schedule = case.dossier.schedule
    after = months_later(schedule.start, 6)
    if case.dossier.is_abroad and schedule.end >= after and not case.dossier.protection.host_covers_accidents:
        yield Problem(
            Text(
                "it ends on {end}; the agreement keeps French accident cover for the days before {after}",
                end=schedule.end,
                after=after,
            ),
            Text(
                "ask the host for accident cover and set protection.host_covers_accidents, or set schedule.end "
                "earlier; with the fund's written consent it lasts up to {most}",
                most=months_later(schedule.start, 12) - timedelta(days=1),
            ),
            "protection.host_covers_accidents",
        )


RULES: Final[tuple[Rule, ...]] = (
    health_fund,
    liability,
    liability_lasts,
    repatriation,
    liability_abroad,
    accident_cover,
    health_cover,
    accident_cover_ends,
)
"""Rules on insurance."""
