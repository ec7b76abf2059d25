"""Rules on internships outside France."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from conventions.hours import holiday_calendar_known, holiday_region_missing
from conventions.model.finding import Severity
from conventions.model.placement import Abroad, TravelZone
from conventions.pay import amount_for, floor_on
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Amount, Text

__all__ = ["RULES"]

_ZONE_AGE: Final = timedelta(days=180)
_ZONES: Final = {
    TravelZone.GREEN: Text("green"),
    TravelZone.YELLOW: Text("yellow"),
    TravelZone.ORANGE: Text("orange"),
    TravelZone.RED: Text("red"),
}


def _abroad(case: Case) -> Abroad | None:
    return case.dossier.abroad if case.dossier.is_abroad else None


@rule(
    "LAW-ABROAD-01",
    Severity.ERROR,
    Text("an internship abroad says what it needs"),
    Text("Outside France an agreement also names the travel advice, the insurance and the rules of the host country."),
    "art. L124-20 Code de l'éducation",
)
def abroad_is_filled_in(case: Case) -> Iterator[Problem]:
    if case.dossier.is_abroad and case.dossier.abroad is None:
        yield Problem(
            Text("the place is in {country}, and nothing is said in abroad", country=case.dossier.place.country),
            Text("add the group abroad, or correct the country of workplace.address or host.address"),
            "abroad",
        )


@rule(
    "COURSE-ABROAD-01",
    Severity.ERROR,
    Text("not in a red or orange zone"),
    Text(
        "Places that the travel advice of the French ministry of foreign affairs shows in red or orange are "
        "refused. A person "
        "consults the advice and writes down its colour."
    ),
)
def forbidden_zone(case: Case) -> Iterator[Problem]:
    abroad = _abroad(case)
    if abroad is not None and abroad.travel_zone in {TravelZone.RED, TravelZone.ORANGE}:
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
)
def yellow_zone(case: Case) -> Iterator[Problem]:
    abroad = _abroad(case)
    if abroad is not None and abroad.travel_zone is TravelZone.YELLOW:
        yield Problem(
            Text("the travel zone is yellow (consulted on {day})", day=abroad.zone_consulted_on),
            Text("ask the internship coordinator"),
            "abroad.travel_zone",
        )


@rule(
    "COURSE-ABROAD-03",
    Severity.ERROR,
    Text("registered on Ariane"),
    Text("A student who goes abroad registers on Ariane, the ministry's service for travellers."),
)
def ariane(case: Case) -> Iterator[Problem]:
    abroad = _abroad(case)
    if abroad is not None and abroad.ariane_registered_on is None:
        yield Problem(
            Text("the student is not registered on Ariane"),
            Text("register, then fill in abroad.ariane_registered_on"),
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
)
def country_sheet(case: Case) -> Iterator[Problem]:
    abroad = _abroad(case)
    if abroad is not None and not abroad.country_sheet:
        yield Problem(
            Text("no information sheet is named for {country}", country=case.dossier.place.country),
            Text("write the reference of the annexed sheet in abroad.country_sheet"),
            "abroad.country_sheet",
        )


@rule(
    "COURSE-ABROAD-04",
    Severity.ERROR,
    Text("repatriation is insured until the end"),
    Text("Repatriation is insured for the whole internship abroad."),
)
def repatriation(case: Case) -> Iterator[Problem]:
    abroad, end = _abroad(case), case.dossier.schedule.end
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
)
def liability_lasts(case: Case) -> Iterator[Problem]:
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
    "DATA-ABROAD-01",
    Severity.WARNING,
    Text("the region decides the public holidays"),
    Text("In some countries public holidays differ by region; without it too few days are taken off the presence."),
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
    Text("For some countries there is no calendar of public holidays; none is then taken off the presence."),
)
def calendar(case: Case) -> Iterator[Problem]:
    place = case.dossier.place
    if not holiday_calendar_known(place):
        yield Problem(
            Text("no public holidays are known for {country}", country=place.country),
            Text("correct the country, or enter the public holidays as slots of 0 hours"),
            "workplace.address.country" if case.dossier.workplace.address else "host.address.country",
        )


@rule(
    "DATA-ABROAD-03",
    Severity.WARNING,
    Text("nothing is said about abroad in France"),
    Text("The group abroad belongs to internships that take place outside France."),
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
)
def recent_advice(case: Case) -> Iterator[Problem]:
    abroad, start = _abroad(case), case.dossier.schedule.start
    if abroad is not None and start - abroad.zone_consulted_on > _ZONE_AGE:
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
    "LAW-ABROAD-03",
    Severity.WARNING,
    Text("French accident cover has a price limit"),
    Text(
        "Abroad French cover for accidents at work is kept only while the allowance does not exceed 15 % of the hourly "
        "ceiling of social security. Above it the host, or local law, must give the cover."
    ),
    "art. L412-8, D412-4 Code de la sécurité sociale",
)
def accident_cover(case: Case) -> Iterator[Problem]:
    dossier, floor = case.dossier, floor_on(case.on)
    if not dossier.is_abroad or dossier.allowance.currency != "EUR" or dossier.protection.host_covers_accidents:
        return
    most = amount_for(floor.hourly, dossier.allowance.basis, case.presence)
    if dossier.allowance.amount > most:
        yield Problem(
            Text(
                "the allowance of {amount} exceeds {most}: French accident cover is lost",
                amount=Amount(dossier.allowance.amount),
                most=Amount(most),
            ),
            Text("ask the host for accident cover and set protection.host_covers_accidents, or lower allowance.amount"),
            "protection.host_covers_accidents",
        )


@rule(
    "LAW-ABROAD-04",
    Severity.WARNING,
    Text("who covers health abroad"),
    Text("The agreement says whether the host provides health cover under local law; yes or no, but not nothing."),
    "art. D124-4 (9) Code de l'éducation",
)
def health_cover(case: Case) -> Iterator[Problem]:
    if case.dossier.is_abroad and case.dossier.protection.host_covers_health is None:
        yield Problem(
            Text("mention 9 is incomplete: nothing says whether the host provides health cover"),
            Text("ask the host and set protection.host_covers_health to true or false"),
            "protection.host_covers_health",
        )


@rule(
    "LAW-ABROAD-05",
    Severity.WARNING,
    Text("in France the agreement is in French"),
    Text(
        "A contract of a public body is written in French. Versions in other languages are possible where a "
        "foreign party "
        "signs."
    ),
    "loi 94-665 du 4 août 1994, art. 5",
)
def language(case: Case) -> Iterator[Problem]:
    if case.dossier.language != "fr" and case.dossier.host.address.country == "FR":
        yield Problem(
            Text("the host is in France, but the agreement is in “{language}”", language=case.dossier.language),
            Text("set language to fr"),
            "language",
        )


RULES: Final[tuple[Rule, ...]] = (
    abroad_is_filled_in,
    forbidden_zone,
    yellow_zone,
    ariane,
    country_sheet,
    repatriation,
    liability_lasts,
    region,
    calendar,
    not_abroad,
    recent_advice,
    accident_cover,
    health_cover,
    language,
)
"""Rules on internships outside France."""
