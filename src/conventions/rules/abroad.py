"""Rules on internships outside France."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from conventions.hours import holiday_calendar_known, holiday_region_missing
from conventions.model.finding import Severity
from conventions.model.placement import Abroad, TravelZone
from conventions.rules.example import Example, in_france, in_ireland
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Text

__all__ = ["RULES"]

_SPOKEN: Final = {
    **dict.fromkeys(("BE", "CH", "LU"), ("fr", "de")),
    **dict.fromkeys(("BF", "BJ", "CA", "CD", "CI", "CM", "DZ", "MA", "MC", "MG", "ML", "SN", "TG", "TN"), ("fr",)),
    **dict.fromkeys(("AT", "DE", "LI"), ("de",)),
    **dict.fromkeys(
        ("AR", "BO", "CL", "CO", "CR", "CU", "DO", "EC", "ES", "GT", "MX", "PE", "PY", "UY", "VE"), ("es",)
    ),
}
"""Languages of the agreement that are usual in a country, besides English."""
_ZONES: Final = {
    TravelZone.GREEN: Text("green"),
    TravelZone.YELLOW: Text("yellow"),
    TravelZone.ORANGE: Text("orange"),
    TravelZone.RED: Text("red"),
}


@rule(
    "LAW-ABROAD-01",
    Severity.ERROR,
    Text("an internship abroad says what it needs"),
    Text("Outside France an agreement also names the travel advice, the insurance and the rules of the host country."),
    "art. L124-20 Code de l'éducation",
    example=Example(
        in_ireland(),
        in_ireland(abroad=None),
    ),
)
def abroad_is_filled_in(case: Case) -> Iterator[Problem]:
    if case.dossier.is_abroad and case.dossier.abroad is None:
        yield Problem(
            Text("the place is in {country}, and nothing is said in abroad", country=case.dossier.place.country),
            Text("add the group abroad, or correct the country of workplace.address or host.address"),
            "abroad",
        )


def _policy(case: Case, abroad: Abroad) -> str:
    """What the department makes of the zone."""
    return str(getattr(case.profile.zones, abroad.travel_zone.value))


@rule(
    "COURSE-ABROAD-01",
    Severity.ERROR,
    Text("not in a red or orange zone"),
    Text(
        "Places that the travel advice of the French ministry of foreign affairs shows in red or orange are refused. A "
        "person consults the advice and writes down its colour."
    ),
    settings=("rules.zones",),
    example=Example(
        in_ireland(abroad={"travel_zone": "green"}),
        in_ireland(abroad={"travel_zone": "orange"}),
    ),
)
def forbidden_zone(case: Case) -> Iterator[Problem]:
    abroad = case.abroad
    if abroad is not None and _policy(case, abroad) == "error":
        yield Problem(
            Text(
                "the travel zone is {zone} (consulted on {day})",
                zone=_ZONES[abroad.travel_zone],
                day=abroad.zone_consulted_on,
            ),
            Text("find a place in a green or yellow zone, or correct abroad.travel_zone"),
            "abroad.travel_zone",
        )


@rule(
    "COURSE-ABROAD-02",
    Severity.WARNING,
    Text("a yellow zone is looked at twice"),
    Text(
        "Yellow means heightened vigilance: the coordinator decides, and the advice is consulted again "
        "before departure."
    ),
    settings=("rules.zones",),
    example=Example(
        in_ireland(abroad={"travel_zone": "green"}),
        in_ireland(abroad={"travel_zone": "yellow"}),
    ),
)
def yellow_zone(case: Case) -> Iterator[Problem]:
    abroad = case.abroad
    if abroad is not None and _policy(case, abroad) == "warning":
        yield Problem(
            Text(
                "the travel zone is {zone} (consulted on {day})",
                zone=_ZONES[abroad.travel_zone],
                day=abroad.zone_consulted_on,
            ),
            Text("ask the internship coordinator"),
            "abroad.travel_zone",
        )


@rule(
    "COURSE-ABROAD-03",
    Severity.ERROR,
    Text("registered on Ariane"),
    Text("A student who goes abroad registers on Ariane, the ministry's service for travellers."),
    settings=("rules.ariane_url",),
    example=Example(
        in_ireland(),
        in_ireland(abroad={"ariane_registered_on": None}),
    ),
)
def ariane(case: Case) -> Iterator[Problem]:
    abroad = case.abroad
    if abroad is not None and abroad.ariane_registered_on is None:
        yield Problem(
            Text("the student is not registered on Ariane"),
            Text("register at {address}, then fill in abroad.ariane_registered_on", address=case.profile.ariane_url),
            "abroad.ariane_registered_on",
        )


@rule(
    "LAW-ABROAD-02",
    Severity.ERROR,
    Text("the information sheet of the country is annexed"),
    Text(
        "A sheet on the rules of the host country about the rights and duties of interns is annexed to the agreement."
    ),
    "art. L124-20 Code de l'éducation",
    example=Example(
        in_ireland(),
        in_ireland(abroad={"country_sheet": ""}),
    ),
)
def country_sheet(case: Case) -> Iterator[Problem]:
    abroad = case.abroad
    if abroad is not None and not abroad.country_sheet:
        yield Problem(
            Text("no information sheet is named for {country}", country=case.dossier.place.country),
            Text("write the reference of the annexed sheet in abroad.country_sheet"),
            "abroad.country_sheet",
        )


@rule(
    "DATA-ABROAD-01",
    Severity.WARNING,
    Text("the region decides the public holidays"),
    Text("In some countries public holidays differ by region; without it too few days are taken off the presence."),
    example=Example(
        in_ireland(host={"address": {"country": "DE", "region": "BY"}}),
        in_ireland(host={"address": {"country": "DE", "region": ""}}),
    ),
)
def region(case: Case) -> Iterator[Problem]:
    place = case.dossier.place
    if holiday_region_missing(place):
        yield Problem(
            Text(
                "the region “{region}” of {country} decides the public holidays and is not known",
                region=place.region,
                country=place.country,
            ),
            Text("write the ISO 3166-2 code without the country in the region of the address, such as BY, CT or SCT"),
            "workplace.address.region" if case.dossier.workplace.address else "host.address.region",
        )


@rule(
    "DATA-ABROAD-02",
    Severity.WARNING,
    Text("the public holidays of the country are known"),
    Text(
        "For some countries there is no calendar of public holidays, for others not yet that of a coming year: none is "
        "then taken off the presence. Somebody looks them up, and enters each as a slot of 0 hours."
    ),
    example=Example(
        in_ireland(host={"address": {"country": "IE"}}),
        in_ireland(host={"address": {"country": "AC"}}),
    ),
)
def calendar(case: Case) -> Iterator[Problem]:
    place, schedule = case.dossier.place, case.dossier.schedule
    if any(not slot.hours for slot in schedule.slots):
        return
    for year in sorted({day.day.year for day in case.presence.days}):
        if not holiday_calendar_known(place, year):
            yield Problem(
                Text("no public holidays of {year} are known for {country}", year=str(year), country=place.country),
                Text("correct the country, or enter the public holidays in schedule.slots, with 0 hours each"),
                "workplace.address.country" if case.dossier.workplace.address else "host.address.country",
            )


@rule(
    "DATA-ABROAD-03",
    Severity.WARNING,
    Text("nothing is said about abroad in France"),
    Text("The group abroad belongs to internships that take place outside France."),
    example=Example(
        in_france(),
        in_france(abroad={"travel_zone": "green", "zone_consulted_on": date(2026, 2, 2)}),
    ),
)
def not_abroad(case: Case) -> Iterator[Problem]:
    if case.dossier.abroad is not None and not case.dossier.is_abroad:
        yield Problem(
            Text("the place is in France, but abroad is filled in"),
            Text("take the group abroad out, or write the real place in workplace.address"),
            "abroad",
        )


@rule(
    "COURSE-ABROAD-06",
    Severity.WARNING,
    Text("the travel advice is recent"),
    Text("The travel advice changes: it is consulted in the six months before the start."),
    settings=("rules.zone_age_days",),
    example=Example(
        in_ireland(abroad={"zone_consulted_on": date(2025, 11, 5)}),
        in_ireland(abroad={"zone_consulted_on": date(2025, 11, 4)}),
    ),
)
def recent_advice(case: Case) -> Iterator[Problem]:
    abroad, start = case.abroad, case.dossier.schedule.start
    if abroad is not None and start - abroad.zone_consulted_on > timedelta(days=case.profile.zone_age_days):
        yield Problem(
            Text(
                "the travel advice was consulted on {day}, long before {start}",
                day=abroad.zone_consulted_on,
                start=start,
            ),
            Text("consult it again and correct abroad.travel_zone and abroad.zone_consulted_on"),
            "abroad.zone_consulted_on",
        )


@rule(
    "LAW-ABROAD-05",
    Severity.WARNING,
    Text("in France the agreement is in French"),
    Text(
        "A contract of a public body is written in French. Versions in other languages are possible where a foreign "
        "party signs."
    ),
    "loi 94-665 du 4 août 1994, art. 5",
    example=Example(
        in_ireland(language="en"),
        in_france(language="en"),
    ),
)
def language(case: Case) -> Iterator[Problem]:
    if case.dossier.language != "fr" and case.dossier.host.address.country == "FR":
        yield Problem(
            Text("the host is in France, but the agreement is in “{language}”", language=case.dossier.language),
            Text("set language to fr"),
            "language",
        )


@rule(
    "COURSE-ABROAD-07",
    Severity.INFORMATION,
    Text("the host abroad reads what it signs"),
    Text(
        "The agreement exists in French, English, Spanish and German; whichever is chosen, the French version goes "
        "along. Abroad the language of the country or English is usual."
    ),
    example=Example(in_ireland(language="en"), in_ireland(language="es")),
)
def readable(case: Case) -> Iterator[Problem]:
    dossier = case.dossier
    usual = ("en", *_SPOKEN.get(dossier.host.address.country, ()))
    if dossier.is_abroad and dossier.host.address.country != "FR" and dossier.language not in usual:
        yield Problem(
            Text(
                "the agreement is in “{language}”; in {country} {usual} would be usual",
                language=dossier.language,
                country=dossier.host.address.country,
                usual=usual,
            ),
            Text("set language to what the host reads"),
            "language",
        )


RULES: Final[tuple[Rule, ...]] = (
    abroad_is_filled_in,
    forbidden_zone,
    yellow_zone,
    ariane,
    country_sheet,
    region,
    calendar,
    not_abroad,
    recent_advice,
    language,
    readable,
)
"""Rules on internships outside France."""
