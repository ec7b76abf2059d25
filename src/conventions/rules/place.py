"""Rules on the host, the place and the mission."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from conventions.model.finding import Severity
from conventions.model.party import Address
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Text

__all__ = ["RULES"]

_ENOUGH_ITEMS: Final = 2
_ENOUGH_LETTERS: Final = 60
_PERCENT: Final = Decimal(100)


@rule(
    "COURSE-PLACE-01",
    Severity.ERROR,
    Text("not in the student's own company"),
    Text(
        "No agreement is made with a company that the student founded; the entrepreneurship track is the way for that."
    ),
)
def own_company(case: Case) -> Iterator[Problem]:
    if case.dossier.host.founded_by_student and not case.profile.own_company_allowed:
        yield Problem(
            Text("the host {host} was founded by the student", host=case.dossier.host.name),
            Text("name another host, or correct host.founded_by_student"),
            "host.founded_by_student",
        )


def _telework_ratio(case: Case) -> Decimal:
    telework = case.dossier.workplace.telework
    if telework is None:
        return Decimal(0)
    return telework.days_per_week / len(set(case.dossier.schedule.weekdays))


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
)
def full_telework(case: Case) -> Iterator[Problem]:
    if _telework_ratio(case) > case.profile.telework_max_ratio:
        yield _telework(case, case.profile.telework_max_ratio)


@rule(
    "COURSE-PLACE-03",
    Severity.WARNING,
    Text("much telework is looked at twice"),
    Text("From two days in five on, the department asks how the intern is supervised on days of telework."),
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
    return (one.country, _letters(one.city), _letters(one.street)) == (
        other.country,
        _letters(other.city),
        _letters(other.street),
    )


def _letters(words: str) -> str:
    """Letters and digits only, without accents or case: two ways to type one address are one address."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", words.casefold()) if not unicodedata.combining(letter)
    )
    return re.sub(r"\W", "", plain)


@rule(
    "LAW-PLACE-01",
    Severity.ERROR,
    Text("no forbidden purpose"),
    Text(
        "An intern does not do the regular work of a permanent post, meet a temporary increase of activity, "
        "fill a seasonal "
        "job, replace an absent employee or agent, or do dangerous work."
    ),
    "art. L124-7, L124-14 Code de l'éducation",
)
def forbidden_purposes(case: Case) -> Iterator[Problem]:
    for rank, purpose in enumerate(case.dossier.placement.forbidden_purposes):
        yield Problem(
            Text("the purpose “{purpose}” is forbidden", purpose=purpose),
            Text("change the mission with the host, then take the line out of placement.forbidden_purposes"),
            f"placement.forbidden_purposes.{rank}",
        )


@rule(
    "LAW-PLACE-02",
    Severity.ERROR,
    Text("the benefits are listed"),
    Text(
        "The agreement lists what the host offers: canteen or meal vouchers, transport, social and cultural "
        "activities. "
        "Where there is nothing, it says so."
    ),
    "art. D124-4 (13), L124-13, L124-16 Code de l'éducation",
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
    "COURSE-PLACE-05",
    Severity.ERROR,
    Text("at least one IT professional"),
    Text(
        "The host employs at least one IT professional from whom the intern learns the trade. The department checks it."
    ),
)
def it_professionals(case: Case) -> Iterator[Problem]:
    count, least = case.dossier.host.it_professionals, case.profile.min_it_professionals
    if least and count is None:
        yield Problem(
            Text("nothing says how many IT professionals the host employs; {least} is the least", least=least),
            Text("ask the host and fill in host.it_professionals"),
            "host.it_professionals",
        )
    elif count is not None and count < least:
        yield Problem(
            Text("the host employs {count} IT professionals; {least} is the least", count=count, least=least),
            Text("correct host.it_professionals, or find another host"),
            "host.it_professionals",
        )


@rule(
    "COURSE-PLACE-06",
    Severity.WARNING,
    Text("the mission is described in detail"),
    Text(
        "A mission is accepted on its description: several tasks and several technical skills, each said in "
        "full. Whether "
        "it is a development task in line with the degree is for a person to judge."
    ),
)
def detailed(case: Case) -> Iterator[Problem]:
    placement = case.dossier.placement
    for key, items, mention in (("activities", placement.activities, 4), ("skills", placement.skills, 3)):
        letters = sum(len(item) for item in items)
        if len(items) < _ENOUGH_ITEMS or letters < _ENOUGH_LETTERS:
            yield Problem(
                Text(
                    "mention {mention}: placement.{key} has {n} items and {letters} letters, fewer than {items} or "
                    "{least}",
                    mention=mention,
                    key=key,
                    n=len(items),
                    letters=letters,
                    items=_ENOUGH_ITEMS,
                    least=_ENOUGH_LETTERS,
                ),
                Text("describe placement.{key} in more detail", key=key),
                f"placement.{key}",
            )


@rule(
    "DATA-PLACE-01",
    Severity.ERROR,
    Text("telework fits into the week"),
    Text("There cannot be more days of telework than days of presence in an ordinary week."),
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
    "DATA-PLACE-02",
    Severity.WARNING,
    Text("IT professionals are part of the staff"),
    Text("A host does not employ more IT professionals than people."),
)
def staff(case: Case) -> Iterator[Problem]:
    host = case.dossier.host
    if host.headcount is not None and host.it_professionals is not None and host.it_professionals > host.headcount:
        yield Problem(
            Text("{it} IT professionals among {all} employees", it=host.it_professionals, all=host.headcount),
            Text("correct host.headcount or host.it_professionals"),
            "host.it_professionals",
        )


@rule(
    "COURSE-PLACE-07",
    Severity.INFORMATION,
    Text("the host's own agreement is attached"),
    Text(
        "When the host also wants its own agreement signed, the university's is made all the same. Both are "
        "attached together, "
        "the careers office verifies the host's, and the signatures take longer."
    ),
)
def own_agreement(case: Case) -> Iterator[Problem]:
    if case.dossier.host.own_agreement:
        yield Problem(
            Text(
                "the host's own agreement is signed besides: {days} more days for the signatures",
                days=case.profile.delays.own_agreement_extra_days,
            ),
            Text("nothing to correct; have the host's agreement verified and attach both"),
            "host.own_agreement",
        )


RULES: Final[tuple[Rule, ...]] = (
    own_company,
    full_telework,
    much_telework,
    at_home,
    forbidden_purposes,
    benefits,
    it_professionals,
    detailed,
    telework_fits,
    staff,
    own_agreement,
)
"""Rules on the host, the place and the mission."""
