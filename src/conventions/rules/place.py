"""Rules on the place: the host, telework, travel, what the host offers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from conventions.model.dossier import Track
from conventions.model.finding import Severity
from conventions.model.party import Address
from conventions.rules.example import Example, in_france
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Text

__all__ = ["RULES"]

_PERCENT: Final = Decimal(100)
_FROM_LILLE: Final = Text("Fridays, from a room in Lille")
_ANY_TELEWORK: Final[dict[str, object]] = {"rules": {"telework_max_ratio": 1}}
_NO_BENEFIT: Final[dict[str, object]] = {"meals": "", "transport": "", "social_and_cultural": "", "other": ""}


@rule(
    "COURSE-PLACE-01",
    Severity.ERROR,
    Text("not in the student's own company"),
    Text(
        "No agreement is made with a company that the student founded; the entrepreneurship track is the way for that."
    ),
    settings=("rules.own_company_allowed",),
    example=Example(
        in_france(settings={"rules": {"own_company_allowed": True}}, host={"founded_by_student": True}),
        in_france(host={"founded_by_student": True}),
    ),
)
def own_company(case: Case) -> Iterator[Problem]:
    founded = case.dossier.host.founded_by_student and case.dossier.track is not Track.SNEE
    if founded and not case.profile.own_company_allowed:
        yield Problem(
            Text("the host {host} was founded by the student", host=case.dossier.host.name),
            Text("name another host, or correct host.founded_by_student"),
            "host.founded_by_student",
        )


def _telework_ratio(case: Case) -> Decimal:
    telework = case.dossier.workplace.telework
    if telework is None:
        return Decimal(0)
    return min(telework.days_per_week / len(set(case.dossier.schedule.weekdays)), Decimal(1))


def _telework(case: Case, threshold: Decimal) -> Problem:
    percent = (_telework_ratio(case) * _PERCENT).quantize(Decimal(1), ROUND_HALF_UP)
    return Problem(
        Text(
            "{percent} % of the week are telework; the threshold is {threshold} %",
            percent=percent,
            threshold=threshold * _PERCENT,
        ),
        Text("lower workplace.telework.days_per_week"),
        "workplace.telework.days_per_week",
    )


@rule(
    "COURSE-PLACE-02",
    Severity.ERROR,
    Text("not entirely in telework"),
    Text("An internship is done among colleagues: telework for the whole week is refused."),
    settings=("rules.telework_max_ratio",),
    example=Example(
        in_france(workplace={"telework": {"days_per_week": 1, "terms": _FROM_LILLE}}),
        in_france(workplace={"telework": {"days_per_week": 5, "terms": _FROM_LILLE}}),
    ),
)
def full_telework(case: Case) -> Iterator[Problem]:
    if _telework_ratio(case) > case.profile.telework_max_ratio:
        yield _telework(case, case.profile.telework_max_ratio)


@rule(
    "COURSE-PLACE-03",
    Severity.WARNING,
    Text("much telework is looked at twice"),
    Text("From two days in five on, the department asks how the intern is supervised on days of telework."),
    settings=(
        "rules.telework_warn_ratio",
        "rules.telework_max_ratio",
    ),
    example=Example(
        in_france(workplace={"telework": {"days_per_week": Decimal("1.5"), "terms": _FROM_LILLE}}),
        in_france(workplace={"telework": {"days_per_week": 2, "terms": _FROM_LILLE}}),
    ),
)
def much_telework(case: Case) -> Iterator[Problem]:
    ratio = _telework_ratio(case)
    if ratio and case.profile.telework_warn_ratio <= ratio <= case.profile.telework_max_ratio:
        yield _telework(case, case.profile.telework_warn_ratio)


@rule(
    "COURSE-PLACE-04",
    Severity.ERROR,
    Text("not at the student's home"),
    Text("An internship cannot take place at the address where the student lives."),
    example=Example(
        in_france(student={"address": {"street": "4 rue du Wault", "city": "Lille"}}),
        in_france(student={"address": {"street": "4, QUAI du Wault", "city": "LILLE"}}),
    ),
)
def at_home(case: Case) -> Iterator[Problem]:
    place, home = case.dossier.place, case.dossier.student.address
    if _same(place, home):
        yield Problem(
            Text(
                "the internship takes place at the student's address, {street}, {city}",
                street=home.street,
                city=home.city,
            ),
            Text("write where the intern really works in workplace.address, or correct student.address"),
            "workplace.address" if case.dossier.workplace.address else "host.address",
        )


def _same(one: Address, other: Address) -> bool:
    if one.country != other.country or _letters(one.city) != _letters(other.city):
        return False
    return _letters(one.street) == _letters(other.street)


@lru_cache(maxsize=4096)
def _letters(words: str) -> str:
    """Letters and digits only, without accents or case: two ways to type one address are one address."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", words.casefold()) if not unicodedata.combining(letter)
    )
    return re.sub(r"\W", "", plain)


@rule(
    "LAW-PLACE-02",
    Severity.ERROR,
    Text("the benefits are listed"),
    Text(
        "The agreement lists what the host offers: canteen or meal vouchers, transport, social and cultural "
        "activities. Where there is nothing, it says so."
    ),
    "art. D124-4 (13), L124-13, L124-16 Code de l'éducation",
    example=Example(
        in_france(benefits=_NO_BENEFIT | {"other": Text("none")}),
        in_france(benefits=_NO_BENEFIT),
    ),
)
def benefits(case: Case) -> Iterator[Problem]:
    offered = case.dossier.benefits
    if not (offered.meals or offered.transport or offered.social_and_cultural or offered.other):
        yield Problem(
            Text("mention 13 is missing: no benefit is listed"),
            Text(
                "fill in benefits.meals, benefits.transport or benefits.social_and_cultural, or say in "
                "benefits.other that there is none"
            ),
            "benefits",
        )


@rule(
    "DATA-PLACE-01",
    Severity.ERROR,
    Text("telework fits into the week"),
    Text("There cannot be more days of telework than days of presence in an ordinary week."),
    example=Example(
        in_france(settings=_ANY_TELEWORK, workplace={"telework": {"days_per_week": 5, "terms": _FROM_LILLE}}),
        in_france(settings=_ANY_TELEWORK, workplace={"telework": {"days_per_week": 6, "terms": _FROM_LILLE}}),
    ),
)
def telework_fits(case: Case) -> Iterator[Problem]:
    telework, days = case.dossier.workplace.telework, len(set(case.dossier.schedule.weekdays))
    if telework is not None and telework.days_per_week > days:
        yield Problem(
            Text("{telework} days of telework in a week of {days} days", telework=telework.days_per_week, days=days),
            Text("correct workplace.telework.days_per_week or schedule.weekdays"),
            "workplace.telework.days_per_week",
        )


@rule(
    "COURSE-PLACE-09",
    Severity.INFORMATION,
    Text("instructions in a health crisis"),
    Text(
        "In a health crisis the department gives instructions for internships; while it does, each dossier shows them."
    ),
    settings=("rules.health_alert",),
    example=Example(
        in_france(),
        in_france(settings={"rules": {"health_alert": Text("no travel outside the region before 1 June")}}),
    ),
)
def health_alert(case: Case) -> Iterator[Problem]:
    if case.profile.health_alert:
        yield Problem(
            Text("instructions of the department: {instructions}", instructions=case.profile.health_alert),
            Text("follow them; when the crisis is over, empty rules.health_alert in conventions.toml"),
        )


@rule(
    "COURSE-PLACE-10",
    Severity.INFORMATION,
    Text("trips are insured"),
    Text(
        "Trips for the host are written in the agreement, because accidents on the way are covered only then. Whoever "
        "drives a vehicle of their own asks their insurer first."
    ),
    example=Example(
        in_france(),
        in_france(workplace={"travel": Text("Visits to customers around Lille, in the intern's own car")}),
    ),
)
def travel(case: Case) -> Iterator[Problem]:
    if case.dossier.workplace.travel:
        yield Problem(
            Text("trips are planned: {trips}", trips=case.dossier.workplace.travel),
            Text("nothing to correct; with a vehicle of their own, the student asks the insurer to cover the trips"),
            "workplace.travel",
        )


RULES: Final[tuple[Rule, ...]] = (
    own_company,
    full_telework,
    much_telework,
    at_home,
    benefits,
    telework_fits,
    health_alert,
    travel,
)
"""Rules on the place: the host, telework, travel, what the host offers."""
