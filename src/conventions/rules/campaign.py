"""Rules across dossiers: what a supervisor, a referent and a host can take on.

They see only the dossiers of this workspace. Interns from elsewhere are not known: what is counted here is the least
there is, and silence proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from conventions.in_force import signed, steps
from conventions.model.finding import Severity
from conventions.model.party import Function
from conventions.rules.example import Example, another, in_france
from conventions.rules.register import Campaign, CampaignRule, Filed, Remark, Stint, across, crowded, shared
from conventions.text import Text

__all__ = ["RULES", "quota"]

_TUTOR_CAP: Final = 3
_SMALL_HOST: Final = 20
_SMALL_QUOTA: Final = 3
_PERCENT: Final = 15
_SMALL: Final = {"headcount": 12, "it_professionals": 3}
_OTHER: Final = {"email": "nour.haddad@atelier-nord.test", "first_name": "Nour", "last_name": "Haddad"}


@across(
    "LAW-CAMPAIGN-02",
    Severity.WARNING,
    Text("a supervisor has three interns at most"),
    Text("In France nobody is designated as workplace supervisor who already is in three running agreements."),
    "art. R124-13 Code de l'éducation",
    example=Example(
        in_france(beside=(another(102), another(103))),
        in_france(beside=(another(102), another(103), another(104))),
    ),
)
def three_interns(campaign: Campaign) -> Iterator[Remark]:
    in_france = (one for one in campaign.dossiers if not one.dossier.is_abroad)
    for person, stints in _held(in_france, "tutor", None):
        for stint, others, count in crowded(stints, _TUTOR_CAP):
            yield Remark(
                stint.rank,
                Text(
                    "{name} would supervise {count} interns on {day}, with {others}; {cap} are allowed",
                    name=person.name,
                    count=count,
                    day=date.fromordinal(stint.first),
                    others=campaign.numbers(others),
                    cap=_TUTOR_CAP,
                ),
                Text("ask the host for another supervisor and correct tutor, or check their e-mail addresses"),
                "tutor",
            )


@across(
    "LAW-CAMPAIGN-03",
    Severity.WARNING,
    Text("the host's share of interns"),
    Text(
        "In any civil week a host in France has at most 15 % of its headcount as interns, rounded up; 3 below 20 "
        "people. The days by which an internship is prolonged after an interruption (art. L124-15) are not counted."
    ),
    "art. L124-8, R124-10 Code de l'éducation",
    example=Example(
        in_france(host=_SMALL, beside=(another(102, host=_SMALL), another(103, host=_SMALL))),
        in_france(
            host=_SMALL,
            beside=(another(102, host=_SMALL), another(103, host=_SMALL), another(104, host=_SMALL, tutor=_OTHER)),
        ),
    ),
)
def share_of_interns(campaign: Campaign) -> Iterator[Remark]:
    for several in shared(campaign.dossiers, lambda one: (one.host, one.dossier.is_abroad)):
        headcount = max((one.dossier.host.headcount or 0 for one in several), default=0)
        if several[0].dossier.is_abroad or all(one.dossier.host.headcount is None for one in several):
            continue
        for stint, others, count in crowded(map(_weeks, several), quota(headcount)):
            year, week, _ = date.fromordinal(stint.first * 7 + 1).isocalendar()
            yield Remark(
                stint.rank,
                Text(
                    "{host} has {count} interns in week {week} of {year}, with {others}; {quota} are allowed with a "
                    "headcount of {headcount}",
                    host=several[0].dossier.host.name,
                    count=count,
                    week=week,
                    year=str(year),
                    others=campaign.numbers(others),
                    quota=quota(headcount),
                    headcount=headcount,
                ),
                Text(
                    "move schedule.start, or correct host.headcount: the greater of last month and the year's average"
                ),
                "host.headcount",
            )


def quota(headcount: int) -> int:
    """Interns that a host may have in one civil week: 15 %, rounded up, from 20 people on, else 3 (art. R124-10)."""
    return -(-headcount * _PERCENT // 100) if headcount >= _SMALL_HOST else _SMALL_QUOTA


def _weeks(filed: Filed) -> Stint:
    """Civil weeks as whole numbers, without prolongations after an interruption."""
    schedule = filed.dossier.schedule
    return Stint(filed.rank, (schedule.start.toordinal() - 1) // 7, (_counted_end(filed).toordinal() - 1) // 7)


def _counted_end(filed: Filed) -> date:
    end = filed.dossier.schedule.end
    for step in steps(filed.written):
        amendment, old = step.amendment, step.before.schedule.end
        is_postponed = bool(amendment.interruptions) and amendment.termination is None
        if amendment.is_signed and is_postponed and step.after.schedule.end > old:
            end = min(end, old)
    return end


@across(
    "LAW-CAMPAIGN-04",
    Severity.WARNING,
    Text("a referent follows 24 students at most"),
    Text(
        "An academic supervisor follows at most 24 students at the same time; the institution may set fewer. The "
        "coordinator counts for every dossier that names no referent."
    ),
    "art. L124-2, D124-3 Code de l'éducation",
    settings=("rules.referent_cap",),
    example=Example(
        in_france(settings={"rules": {"referent_cap": 2}}, beside=(another(102),)),
        in_france(settings={"rules": {"referent_cap": 1}}, beside=(another(102),)),
    ),
)
def students_per_referent(campaign: Campaign) -> Iterator[Remark]:
    cap = campaign.profile.referent_cap
    for person, stints in _held(campaign.dossiers, "referent", campaign.coordinator):
        over = list(crowded(stints, cap))
        if over:
            first, others, _ = over[0]
            yield Remark(
                first.rank,
                Text(
                    "{name} follows more than {cap} students from {day} on, {most} at the most; among them {others}",
                    name=person.name,
                    cap=cap,
                    day=date.fromordinal(first.first),
                    most=max(count for _, _, count in over),
                    others=campaign.numbers(others),
                ),
                Text("name another referent in some of the dossiers"),
                "referent",
            )


def _held(filed: Iterable[Filed], office: str, otherwise: Function | None) -> Iterator[tuple[Function, list[Stint]]]:
    """Everybody who holds an office, known by the e-mail address, with the dossiers that he or she has it in."""
    people: dict[str, tuple[Function, list[Stint]]] = {}
    for one in filed:
        for holder, stint in _terms(one, office):
            person = holder or otherwise
            if person is not None:
                people.setdefault(person.email.casefold(), (person, []))[1].append(stint)
    yield from people.values()


def _terms(filed: Filed, office: str) -> Iterator[tuple[Function | None, Stint]]:
    """Who holds an office in a dossier, day by day: a signed amendment hands it over when it takes effect."""
    schedule = filed.dossier.schedule
    holder, first = getattr(filed.written, office), schedule.start
    for amendment in signed(filed.written):
        new = getattr(amendment, office)
        if new is not None:
            yield holder, Stint(filed.rank, first.toordinal(), amendment.effective.toordinal() - 1)
            holder, first = new, max(first, amendment.effective)
    yield holder, Stint(filed.rank, first.toordinal(), schedule.end.toordinal())


RULES: Final[tuple[CampaignRule, ...]] = (
    three_interns,
    share_of_interns,
    students_per_referent,
)
"""Rules on what can be taken on at the same time."""
