"""Rules on what the intern does, and among whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from conventions.model.finding import Severity
from conventions.rules.example import PIECES, Example, in_france, seen
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Text

__all__ = ["RULES"]

_WEB: Final = re.compile(r"\b(?:web|website|site|sitio|sitios|webseite|webseiten|wordpress)\b")
_FOUNDATIONS: Final = (
    *("databas", "base de donn", "bases de donn", "base de dat", "bases de dat", "datenbank"),
    *("sql", "postgres", "mongo", "framework", "cadriciel", "spring", "symfony", "laravel", "django", "flask"),
    *("fastapi", "react", "angular", "vue.js", "vuejs", "svelte", "node.js", "nodejs", ".net", "jakarta"),
)
"""What makes web work a development task, in the four languages."""
_SITE: Final = (
    Text("keep the pages of the company's web site up to date"),
    Text("write the monthly newsletter and put it on the web site"),
)
_PAGES: Final = (
    Text("write pages in HTML and CSS for the web site"),
    Text("choose pictures and texts that suit the readers"),
)


@rule(
    "LAW-PLACE-01",
    Severity.ERROR,
    Text("no forbidden purpose"),
    Text(
        "An intern does not do the regular work of a permanent post, meet a temporary increase of activity, fill a "
        "seasonal job, replace an absent employee or agent, or do dangerous work."
    ),
    "art. L124-7, L124-14 Code de l'éducation",
    example=Example(
        in_france(),
        in_france(placement={"forbidden_purposes": [Text("replacing an employee on leave")]}),
    ),
)
def forbidden_purposes(case: Case) -> Iterator[Problem]:
    for rank, purpose in enumerate(case.dossier.placement.forbidden_purposes):
        yield Problem(
            Text("the purpose “{purpose}” is forbidden", purpose=purpose),
            Text("change the mission with the host, then take the line out of placement.forbidden_purposes"),
            f"placement.forbidden_purposes.{rank}",
        )


@rule(
    "COURSE-PLACE-05",
    Severity.ERROR,
    Text("at least one IT professional"),
    Text(
        "The host employs at least one IT professional from whom the intern learns the trade. The department checks it."
    ),
    settings=("rules.min_it_professionals",),
    example=Example(
        in_france(host={"it_professionals": 1}),
        in_france(host={"it_professionals": 0}),
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
        "A mission is accepted on its description: several tasks and several technical skills, each said in full. "
        "Whether it is a development task in line with the degree is for a person to judge."
    ),
    settings=(
        "rules.min_mission_items",
        "rules.min_mission_letters",
    ),
    example=Example(
        in_france(),
        in_france(placement={"skills": [Text("relational databases")]}),
    ),
)
def detailed(case: Case) -> Iterator[Problem]:
    placement = case.dossier.placement
    fewest, shortest = case.profile.min_mission_items, case.profile.min_mission_letters
    for key, items, mention in (("activities", placement.activities, 4), ("skills", placement.skills, 3)):
        letters = sum(len(item) for item in items)
        if len(items) < fewest or letters < shortest:
            yield Problem(
                Text(
                    "mention {mention}: placement.{key} has {n} items and {letters} letters, fewer than {items} or "
                    "{least}",
                    mention=mention,
                    key=key,
                    n=len(items),
                    letters=letters,
                    items=fewest,
                    least=shortest,
                ),
                Text("describe placement.{key} in more detail", key=key),
                f"placement.{key}",
            )


@rule(
    "DATA-PLACE-02",
    Severity.WARNING,
    Text("IT professionals are part of the staff"),
    Text("A host does not employ more IT professionals than people."),
    example=Example(
        in_france(host={"headcount": 21, "it_professionals": 21}),
        in_france(host={"headcount": 20, "it_professionals": 21}),
    ),
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
        "When the host also wants its own agreement signed, the university's is made all the same. Both are attached "
        "together, the careers office verifies the host's, and the signatures take longer."
    ),
    settings=("rules.delays.own_agreement_extra_days",),
    example=Example(
        in_france(attachments=seen(*PIECES, "host_agreement")),
        in_france(attachments=seen(*PIECES, "host_agreement"), host={"own_agreement": True}),
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


@rule(
    "COURSE-PLACE-08",
    Severity.WARNING,
    Text("web work has a database or a framework"),
    Text(
        "A mission is a development task in line with the degree: web pages without a database and without a framework "
        "are refused. The program only notices that neither is named; a person reads the mission and decides."
    ),
    example=Example(
        in_france(placement={"activities": _SITE}),
        in_france(placement={"activities": _SITE, "skills": _PAGES}),
    ),
)
def web_foundations(case: Case) -> Iterator[Problem]:
    placement = case.dossier.placement
    words = "\n".join((placement.subject, placement.theme, *placement.activities, *placement.skills)).lower()
    if _WEB.search(words) and not any(foundation in words for foundation in _FOUNDATIONS):
        yield Problem(
            Text("the mission is about web pages and names neither a database nor a framework"),
            Text("ask the host what is developed and with what, then say so in placement.activities"),
            "placement.activities",
        )


RULES: Final[tuple[Rule, ...]] = (
    forbidden_purposes,
    it_professionals,
    detailed,
    staff,
    own_agreement,
    web_foundations,
)
"""Rules on the mission."""
