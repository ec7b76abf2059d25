"""What comes of comparing dossiers: for each rule a set that passes, and one that trips it and nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bench.check import steps
from conventions import rules
from conventions.cli import main
from conventions.model.dossier import Dossier
from conventions.model.finding import Finding
from conventions.rules.campaign import quota
from conventions.rules.register import Campaign, Stint, crowded
from conventions.rules.succession import waiting_days
from tests.builders import a_dossier, a_dossier_abroad, a_profile, merged, officials
from tests.test_rules_any_dossier import AMENDMENTS, BASES, CHANGES

Changes = dict[str, Any]

START, END = date(2026, 4, 13), date(2026, 7, 31)
DAY: Final = timedelta(days=1)
SIGNED: Final = date(2026, 4, 2)


def one(rank: int, *changes: Changes, there: bool = False) -> Dossier:
    """A dossier that shares nothing with the others but what the test says."""
    own: Changes = {
        "number": f"2026-{rank:04d}",
        "student": {"student_number": f"4210{rank:04d}", "last_name": f"Student {rank}"},
        "host": {"siret": f"{rank:09d}00011", "name": f"Host {rank}", "headcount": None},
        "tutor": {"email": f"tutor{rank}@host.test"},
        "referent": {
            "first_name": "Ada",
            "last_name": f"Referent {rank}",
            "email": f"referent{rank}@univ.test",
            "function": "lecturer",
        },
    }
    for change in changes:
        own = merged(own, change)
    return (a_dossier_abroad if there else a_dossier)(**own)


def several(count: int, *changes: Changes, there: bool = False) -> list[Dossier]:
    return [one(rank, *changes, there=there) for rank in range(1, count + 1)]


def compared(dossiers: Sequence[Dossier], **profile: Any) -> list[tuple[Finding, ...]]:
    found = rules.compare(
        dossiers,
        files=[f"dossiers/{rank}.yaml" for rank in range(len(dossiers))],
        profile=a_profile(**profile),
        coordinator=officials()["coordinator"],
    )
    return list(found)


def codes(dossiers: Sequence[Dossier], **profile: Any) -> list[set[str]]:
    return [{finding.code for finding in findings} for findings in compared(dossiers, **profile)]


def amendment(number: int = 1, **changes: Any) -> Changes:
    return {"number": number, "effective": date(2026, 6, 1), "reason": "it changed", "signed_on": SIGNED} | changes


def dates(start: date, end: date, **others: Any) -> Changes:
    return {"schedule": {"start": start, "end": end} | others}


SAME_STUDENT: Final = {"student": {"student_number": "42100001", "last_name": "Lefèvre"}}
SAME_HOST: Final = {"host": {"siret": "732 829 320 00074", "name": "Atelier"}}
SAME_TUTOR: Final = {"tutor": {"email": "Karim@atelier.test"}}
SAME_REFERENT: Final = {"referent": {"email": "ines@univ.test"}}
AUTUMN, SPRING = dates(date(2025, 9, 15), date(2026, 1, 30)), dates(date(2026, 2, 23), date(2026, 7, 31))
EARLY, LATE = dates(date(2025, 10, 6), date(2025, 11, 7)), dates(date(2026, 4, 13), date(2026, 5, 11))
UNPAID: Final = {"allowance": {"amount": 0}}
OTHER_POST: Final = {"placement": {"subject": "Cartographie des sols agricoles"}}
MORNING: Final = {"defence": {"start": "2026-06-29T09:30", "place": "M5 204", "panel": ["Ada Klein", "Bo Li"]}}
LATER: Final = {"defence": {"start": "2026-06-29T10:00"}}
ELSEWHERE: Final = {"defence": {"place": "M5 206"}}
OTHERS: Final = {"defence": {"panel": ["Ada Li", "Bo Klein"]}}
ONE_OF_THEM: Final = {"defence": {"panel": ["ADA  KLEIN", "Bo Klein"]}}
NEW_TUTOR: Final = {"first_name": "Ada", "last_name": "Klein", "email": "ada@atelier.test", "function": "lead"}

PASSES: Final[dict[str, list[Dossier]]] = {
    "LAW-CAMPAIGN-01": [one(1, SAME_STUDENT, AUTUMN), one(2, SAME_STUDENT, SPRING)],
    "LAW-CAMPAIGN-02": several(3, SAME_TUTOR),
    "LAW-CAMPAIGN-03": several(3, SAME_HOST, {"host": {"headcount": 19}}),
    "LAW-CAMPAIGN-04": several(24, SAME_REFERENT),
    "LAW-CAMPAIGN-05": [one(1, SAME_HOST, dates(date(2025, 11, 3), date(2026, 1, 31))),
                        one(2, SAME_HOST, dates(date(2026, 3, 3), date(2026, 7, 31)))],
    "LAW-CAMPAIGN-06": [one(1, SAME_STUDENT, SAME_HOST, EARLY), one(2, SAME_STUDENT, SAME_HOST, LATE, UNPAID)],
    "COURSE-CAMPAIGN-01": [one(1, SAME_STUDENT, dates(START, END)),
                           one(2, SAME_STUDENT, dates(END + DAY, END + 90 * DAY))],
    "COURSE-CAMPAIGN-02": [one(1, MORNING), one(2, MORNING, LATER)],
    "COURSE-CAMPAIGN-03": [one(1, MORNING), one(2, MORNING, ELSEWHERE, OTHERS)],
    "DATA-CAMPAIGN-01": several(2),
    "DATA-CAMPAIGN-02": [one(1, SAME_STUDENT, AUTUMN),
                         one(2, SAME_STUDENT, SPRING, {"student": {"last_name": "LEFEVRE"}})],
    "DATA-CAMPAIGN-03": [one(1, {"host": {"name": "Atelier"}}), one(2, {"host": {"name": "Fabrique"}})],
    "DATA-CAMPAIGN-04": [one(1, SAME_HOST), one(2, SAME_HOST, {"host": {"name": "ATELIER"}})],
}  # fmt: skip
TRIPS: Final[dict[str, list[Dossier]]] = {
    "LAW-CAMPAIGN-01": [one(1, SAME_STUDENT, SAME_HOST, AUTUMN), one(2, SAME_STUDENT, SAME_HOST, SPRING, OTHER_POST)],
    "LAW-CAMPAIGN-02": several(4, SAME_TUTOR),
    "LAW-CAMPAIGN-03": several(4, SAME_HOST, {"host": {"headcount": 19}}),
    "LAW-CAMPAIGN-04": several(25, SAME_REFERENT),
    "LAW-CAMPAIGN-05": [one(1, SAME_HOST, dates(date(2025, 11, 3), date(2026, 1, 31))),
                        one(2, SAME_HOST, dates(date(2026, 3, 2), date(2026, 7, 31)))],
    "LAW-CAMPAIGN-06": [one(1, SAME_STUDENT, SAME_HOST, EARLY),
                        one(2, SAME_STUDENT, SAME_HOST, LATE, UNPAID, {"schedule": {"end": date(2026, 5, 12)}})],
    "COURSE-CAMPAIGN-01": [one(1, SAME_STUDENT, dates(START, END)), one(2, SAME_STUDENT, dates(END, END + 90 * DAY))],
    "COURSE-CAMPAIGN-02": [one(1, MORNING), one(2, MORNING, ELSEWHERE, ONE_OF_THEM)],
    "COURSE-CAMPAIGN-03": [one(1, MORNING), one(2, MORNING, OTHERS)],
    "DATA-CAMPAIGN-01": [one(1), one(2, {"number": "2026-0001"})],
    "DATA-CAMPAIGN-02": [one(1, SAME_STUDENT, AUTUMN),
                         one(2, SAME_STUDENT, SPRING, {"student": {"last_name": "Lefort"}})],
    "DATA-CAMPAIGN-03": [one(1, {"host": {"name": "Atelier"}}), one(2, {"host": {"name": "ATELIER SAS"}})],
    "DATA-CAMPAIGN-04": [one(1, SAME_HOST), one(2, SAME_HOST, {"host": {"name": "Fabrique"}})],
}  # fmt: skip


def test_every_rule_across_dossiers_has_its_pair() -> None:
    known = {rule.rule.code for rule in rules.ACROSS}
    assert known == set(PASSES) == set(TRIPS)
    assert not known & {rule.code for rule in rules.RULES}
    assert all(rules.find(code) for code in known)


@pytest.mark.parametrize("code", sorted(PASSES))
def test_a_set_that_passes_has_no_finding_at_all(code: str) -> None:
    assert set().union(*codes(PASSES[code])) == set()


@pytest.mark.parametrize("code", sorted(TRIPS))
def test_a_set_that_trips_has_one_finding_in_its_last_dossier(code: str) -> None:
    *others, last = codes(TRIPS[code])
    assert (set().union(*others), last) == (set(), {code})


@pytest.mark.parametrize("code", sorted(TRIPS))
def test_a_finding_names_another_dossier_and_says_what_to_type(code: str) -> None:
    (finding,) = compared(TRIPS[code])[-1]
    known = rules.find(code)
    assert known is not None
    assert finding.source == known.source != ""
    assert finding.severity is known.severity
    assert finding.field
    assert "2026-000" in str(finding.message) or "dossiers/0.yaml" in str(finding.message)
    assert "{" not in str(finding.message) + str(finding.fix)


@pytest.mark.parametrize(("headcount", "most"), [(0, 3), (19, 3), (20, 3), (21, 4), (45, 7), (100, 15)])
def test_the_quota_is_fifteen_percent_rounded_up_or_three(headcount: int, most: int) -> None:
    assert quota(headcount) == most
    fits = several(most, SAME_HOST, {"host": {"headcount": headcount}})
    assert set().union(*codes(fits)) == set()
    assert codes(several(most + 1, SAME_HOST, {"host": {"headcount": headcount}}))[-1] == {"LAW-CAMPAIGN-03"}


def test_the_waiting_period_after_six_months_is_two_months() -> None:
    assert waiting_days((date(2026, 6, 30) - date(2026, 1, 1)).days + 1) == 61
    assert [waiting_days(days) for days in (1, 3, 4, 90)] == [1, 1, 2, 30]


def test_the_quota_is_counted_by_civil_week() -> None:
    """Out on Monday and in on Friday of the same week are there together; a week later they are not."""
    leaving = several(3, SAME_HOST, {"host": {"headcount": 3}}, dates(date(2026, 1, 12), date(2026, 4, 13)))
    coming = {"host": {"headcount": 3}}
    same_week = one(4, SAME_HOST, coming, dates(date(2026, 4, 17), END), OTHER_POST)
    next_week = one(4, SAME_HOST, coming, dates(date(2026, 4, 20), END), OTHER_POST)
    assert codes([*leaving, same_week])[-1] == {"LAW-CAMPAIGN-03"}
    assert codes([*leaving, next_week])[-1] == set()


def test_days_prolonged_after_an_interruption_do_not_count_for_the_quota() -> None:
    ill = [{"start": date(2026, 3, 2), "end": date(2026, 3, 13)}]
    early = dates(date(2026, 1, 12), date(2026, 4, 10))
    longer = amendment(end=date(2026, 4, 24), effective=date(2026, 3, 2), signed_on=date(2026, 3, 2))
    postponed = {"amendments": [longer | {"interruptions": ill}]}
    merely_longer = {"amendments": [longer]}
    last = one(4, SAME_HOST, {"host": {"headcount": 10}}, dates(date(2026, 4, 13), END), OTHER_POST)
    for how, expected in ((postponed, set()), (merely_longer, {"LAW-CAMPAIGN-03"})):
        there = several(3, SAME_HOST, {"host": {"headcount": 10}}, early, how)
        assert codes([*there, last])[-1] == expected


def test_a_host_without_headcount_has_no_quota_and_one_abroad_neither() -> None:
    assert set().union(*codes(several(9, SAME_HOST))) == set()
    same = {"host": {"name": "Liffey", "siret": "", "headcount": 3}}
    assert set().union(*codes(several(9, same, SAME_TUTOR, there=True))) == set()


def test_a_host_without_siret_is_known_by_name_city_and_country() -> None:
    liffey = {"host": {"name": "Liffey Software Ltd", "siret": ""}}
    spelled = {"host": {"name": "LIFFEY  software ltd.", "siret": ""}}
    both = [one(1, SAME_STUDENT, liffey, AUTUMN, there=True), one(2, SAME_STUDENT, spelled, SPRING, there=True)]
    assert codes(both)[-1] == {"LAW-CAMPAIGN-01"}


def test_924_hours_are_counted_over_amendments_in_force() -> None:
    first = one(1, SAME_STUDENT, SAME_HOST, dates(date(2025, 9, 15), date(2025, 11, 28)))
    second = one(2, SAME_STUDENT, SAME_HOST, dates(date(2026, 3, 2), date(2026, 5, 29)), OTHER_POST)
    longer = amendment(end=date(2026, 7, 24))
    assert codes([first, second])[-1] == set()
    signed = second.model_copy(update={"amendments": one(2, {"amendments": [longer]}).amendments})
    (finding,) = compared([first, signed])[-1]
    assert (finding.code, finding.field) == ("LAW-CAMPAIGN-01", "amendments.0.end")
    proposal = second.model_copy(
        update={"amendments": one(2, {"amendments": [longer | {"signed_on": None}]}).amendments}
    )
    assert codes([first, proposal])[-1] == set()


def test_a_tutor_who_hands_over_has_a_place_free() -> None:
    handed = one(3, SAME_TUTOR, {"amendments": [amendment(tutor=NEW_TUTOR)]})
    fourth = one(4, SAME_TUTOR, dates(date(2026, 6, 1), date(2026, 8, 28)))
    assert codes([*several(2, SAME_TUTOR), handed, fourth])[-1] == set()
    earlier = one(4, SAME_TUTOR, dates(date(2026, 5, 29), date(2026, 8, 28)))
    assert codes([*several(2, SAME_TUTOR), handed, earlier])[-1] == {"LAW-CAMPAIGN-02"}


def test_the_coordinator_is_the_referent_of_who_has_none_and_the_excess_is_said_once() -> None:
    found = compared([*several(30, {"referent": None})])
    (finding,) = [finding for findings in found for finding in findings]
    assert finding.code == "LAW-CAMPAIGN-04"
    assert finding.message.values["most"] == 30
    assert finding.message.values["name"] == officials()["coordinator"].name
    assert codes(several(3, SAME_REFERENT), referent_cap=2)[-1] == {"LAW-CAMPAIGN-04"}


def test_nobody_waits_when_the_intern_left() -> None:
    left = {"last_day": date(2026, 1, 31), "asked_by": "student", "reason": "a job"}
    sent = left | {"asked_by": "host"}
    for termination, expected in ((left, set()), (sent, {"LAW-CAMPAIGN-05"})):
        ended = amendment(effective=date(2026, 1, 30), termination=termination)
        first = one(1, SAME_HOST, dates(date(2025, 11, 3), date(2026, 3, 31)), {"amendments": [ended]})
        second = one(2, SAME_HOST, dates(date(2026, 2, 16), date(2026, 7, 31)))
        assert codes([first, second])[-1] == expected


def test_another_department_or_another_subject_is_another_post() -> None:
    first = one(1, SAME_HOST, AUTUMN)
    assert codes([first, one(2, SAME_HOST, SPRING)])[-1] == {"LAW-CAMPAIGN-05"}
    assert codes([first, one(2, SAME_HOST, SPRING, OTHER_POST)])[-1] == set()
    assert codes([first, one(2, SAME_HOST, SPRING, {"workplace": {"department": "R&D"}})])[-1] == set()


def test_a_department_can_switch_its_own_rule_off_but_not_the_law() -> None:
    both = TRIPS["COURSE-CAMPAIGN-01"]
    assert codes(both, severities={"COURSE-CAMPAIGN-01": "off"})[-1] == set()
    assert codes(TRIPS["LAW-CAMPAIGN-02"], severities={"LAW-CAMPAIGN-02": "off"})[-1] == {"LAW-CAMPAIGN-02"}


def test_the_flag_tells_the_dossiers_named_what_the_others_make_of_them(tmp_path: Path) -> None:
    run = CliRunner().invoke
    english = {"CONVENTIONS_LANG": "en"}
    assert run(main, ["init", str(tmp_path / "office")], env=english).exit_code == 0
    folder = tmp_path / "office" / "dossiers"
    first = next(folder.glob("*-0001-*.yaml"))
    copy = folder / "zz-copy.yaml"
    text = first.read_text(encoding="utf-8").replace("student_number: 4", "student_number: 9")
    copy.write_text(text, encoding="utf-8")
    (folder / "zz-unreadable.yaml").write_text("number: [", encoding="utf-8")
    check = ["--workspace", str(tmp_path / "office"), "check", str(copy), "--json"]
    alone, together = run(main, check, env=english), run(main, [*check, "--campaign"], env=english)
    assert (alone.exit_code, together.exit_code) == (0, 3)
    (answer,) = json.loads(together.stdout)
    (twice,) = [one for one in answer["findings"] if one["code"] == "DATA-CAMPAIGN-01"]
    assert twice["place"] == f"{copy}:3"
    assert first.name in twice["message"]


CROWD: Final[dict[str, Changes]] = {
    "strangers": {},
    "one host": {"host": {"siret": "333 333 334 00014", "name": "Cartes pour Tous", "headcount": 12}},
    "one supervisor": {"tutor": {"email": "tutor@host.test"}},
    "one referent": {"referent": {"email": "referent@univ.test"}},
    "one student": {"student": {"student_number": "42100001"}},
    "one room": {"defence": {"start": "2026-06-29T09:30", "place": "M5, 204", "panel": ["Noor Devos", "Bo Klein"]}},
    "one after the other": {"host": {"siret": "333 333 334 00014"}, "workplace": {"department": "DSI"}},
}


@pytest.mark.parametrize("crowd", CROWD)
def test_twice_the_dossiers_cost_hardly_more_than_twice_the_steps(crowd: str) -> None:
    half, whole = a_year(200, crowd), a_year(400, crowd)
    for across in rules.ACROSS:
        list(across.check(whole))  # fills what is remembered of names
        less, more = (steps(partial(list, across.check(year))) for year in (half, whole))
        assert more <= 2.3 * less, across.rule.code


def a_year(count: int, crowd: str) -> Campaign:
    base = one(1, CROWD[crowd])
    dossiers = [a_later_one(base, rank, crowd) for rank in range(count)]
    files = [f"{dossier.number}.yaml" for dossier in dossiers]
    return Campaign.of(dossiers, files=files, profile=a_profile(), coordinator=None)


def a_later_one(base: Dossier, rank: int, crowd: str) -> Dossier:
    """Another dossier, alike where the crowd is; copied, as four hundred of them need no validation."""
    is_later = crowd == "one after the other"
    start = START + (rank if is_later else rank % 29) * DAY
    own = {
        "student": base.student.model_copy(update={"student_number": f"4{rank:07d}"}),
        "host": base.host.model_copy(update={"siret": f"{rank:09d}00011"}),
        "tutor": base.tutor.model_copy(update={"email": f"tutor{rank}@host.test"}),
        "schedule": base.schedule.model_copy(update={"start": start, "end": start + 5 * DAY if is_later else END}),
    }
    apart = {group: value for group, value in own.items() if group not in CROWD[crowd]}
    return base.model_copy(update={"number": f"2026-{rank:04d}", **apart})


SPANS: Final = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=25)


@given(SPANS, st.integers(1, 4))
def test_a_place_is_missing_exactly_when_as_many_are_there_already(spans: list[tuple[int, int]], most: int) -> None:
    stints = [Stint(rank, first, first + length) for rank, (first, length) in enumerate(spans)]
    found = {stint.rank: count for stint, _, count in crowded(stints, most)}
    for stint in stints:
        before = [other for other in stints if (other.first, other.rank) <= (stint.first, stint.rank)]
        count = sum(1 for other in before if other.last >= stint.first)
        assert found.get(stint.rank) == (count if count > most else None)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(st.tuples(st.sampled_from(BASES), CHANGES, st.lists(AMENDMENTS, max_size=2)), max_size=6))
def test_no_rule_raises_whatever_the_dossiers_say(
    drawn: list[tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]],
) -> None:
    dossiers = []
    for base, changes, amendments in drawn:
        try:
            dossiers.append(Dossier.model_validate(merged(base, changes | {"amendments": amendments})))
        except ValidationError:
            continue
    found = compared(dossiers)
    assert len(found) == len(dossiers)
    assert all(str(finding.message) and str(finding.fix) for findings in found for finding in findings)
