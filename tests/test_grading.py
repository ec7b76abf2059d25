"""From components to a grade that keeps its parts; what may justify a penalty."""

from __future__ import annotations

import random
import tomllib
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from conventions.grading import facts, grade
from conventions.model.complaints import findings_from
from conventions.model.dossier import Track
from conventions.model.finding import Position
from conventions.model.grading import Component, GradingSettings, Result, State
from conventions.model.outcome import Marks
from tests.builders import a_dossier, a_profile
from tests.marks import GOLDEN, MARK, NAMES, graded, settings


def penalty(points: str, day: date = date(2026, 6, 22), reason: str = "late report") -> dict[str, Any]:
    return {"points": points, "reason": reason, "on": day, "decided_by": "the jury"}


# ── the grade ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_four_components_make_the_grade_of_the_course() -> None:
    found = graded()
    assert [(str(part.weight), str(part.points)) for part in found.contributions] == [
        ("10", "1.4"),
        ("20", "3.2"),
        ("35", "4.2"),
        ("35", "4.55"),
    ]
    assert (found.state, found.raw, found.final) == (State.FINAL, Decimal("13.35"), Decimal("13.35"))
    assert (found.result, found.code, found.missing) == (Result.PASSED, "ADM", ())


def test_the_mean_is_kept_exact_and_rounded_half_up() -> None:
    found = graded(defence="13.10")
    assert (found.raw, found.rounded, found.final) == (Decimal("13.385"), Decimal("13.39"), Decimal("13.39"))


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_component_keeps_a_draft_that_names_it(name: str) -> None:
    without: dict[str, Any] = {name: None}
    found = graded(**without, penalties=[penalty("1")])
    assert (found.state, found.missing) == (State.DRAFT, (Component(name),))
    assert (found.raw, found.rounded, found.before_jury, found.final, found.result) == (None,) * 5
    assert (found.code, found.needs_second_session, found.taken_off) == ("", False, Decimal(1))


def test_without_marks_everything_is_missing() -> None:
    found = grade(None, settings(), track=Track.STANDARD)
    assert (found.state, found.missing, found.session) == (State.DRAFT, tuple(Component), 1)


def test_raw_penalties_and_final_are_kept_apart() -> None:
    found = graded(penalties=[penalty("0.5"), penalty("0.75", date(2026, 6, 1), "rude mail")])
    assert (found.rounded, found.taken_off, found.final) == (Decimal("13.35"), Decimal("1.25"), Decimal("12.10"))
    assert [(one.reason, one.decided_by) for one in found.penalties] == [
        ("rude mail", "the jury"),
        ("late report", "the jury"),
    ]


def test_penalties_never_go_below_zero() -> None:
    found = graded(penalties=[penalty("8"), penalty("9")])
    assert (found.taken_off, found.before_jury, found.final) == (Decimal(17), Decimal(0), Decimal(0))
    assert (found.result, found.code) == (Result.FAILED, "AJ")


def test_a_department_can_limit_what_penalties_take_off() -> None:
    found = graded(by={"penalties_at_most": "2"}, penalties=[penalty("1.5"), penalty("1.5")])
    assert (found.penalty_points, found.taken_off, found.final) == (Decimal(3), Decimal(2), Decimal("11.35"))


@pytest.mark.parametrize(("step", "final"), [("0", "13.35"), ("0.25", "13.25"), ("0.5", "13.5"), ("1", "13")])
def test_the_jury_rounds_in_the_end(step: str, final: str) -> None:
    assert graded(by={"jury_quantum": step}).final == Decimal(final)


def test_each_step_starts_from_what_the_step_before_prints() -> None:
    found = graded(by={"jury_quantum": "0.5"}, defence="12.70")
    assert (found.raw, found.before_jury, found.final) == (Decimal("13.245"), Decimal("13.25"), Decimal("13.5"))
    fined = graded(by={"jury_quantum": "0.5"}, defence="12.70", penalties=[penalty("0.01")])
    assert (fined.rounded, fined.before_jury, fined.final) == (Decimal("13.25"), Decimal("13.24"), Decimal(13))


@pytest.mark.parametrize(
    ("mark", "least", "result"), [("10", 10, "passed"), ("9.99", 10, "failed"), ("9.99", 8, "passed")]
)
def test_the_pass_mark_is_the_departments(mark: Any, least: int, result: str) -> None:
    found = graded(by={"pass_mark": least}, **dict.fromkeys(NAMES, mark))
    assert found.result == result
    assert found.needs_second_session is (result == "failed")


def test_who_is_excused_has_no_grade_and_a_second_session() -> None:
    found = graded(absence="excused")
    assert (found.state, found.final, found.result, found.code) == (State.EXCUSED, None, None, "ABJ")
    assert found.needs_second_session
    assert not graded(absence="excused", by={"second_session": False}).needs_second_session


@pytest.mark.parametrize(("counts", "final"), [("no_grade", None), ("zero", Decimal(0))])
def test_who_is_absent_without_justification_fails(counts: str, final: Decimal | None) -> None:
    found = graded(by={"unjustified_absence": counts, "codes": {"absent": "DEF"}}, absence="absent")
    assert (found.state, found.final, found.result, found.code) == (State.ABSENT, final, Result.FAILED, "DEF")
    assert found.raw is None


def test_the_second_session_replaces_the_first_and_is_the_last() -> None:
    found = graded(session=2, report=2, defence=3)
    assert (found.session, found.final, found.result) == (2, Decimal("6.35"), Result.FAILED)
    assert not found.needs_second_session


@pytest.mark.parametrize(
    ("recorded", "asked", "state"), [(1, 1, "final"), (2, 2, "final"), (1, 2, "draft"), (2, 1, "draft")]
)
def test_marks_of_another_session_do_not_count(recorded: int, asked: int, state: str) -> None:
    marks = Marks.model_validate({**GOLDEN, "session": recorded})
    found = grade(marks, settings(), track=Track.STANDARD, session=asked)
    assert (found.state, found.session) == (state, asked)


# ── tracks and settings ──────────────────────────────────────────────────────────────────────────────────

START_UP: Final = {"weights": {"snee": {"professionalism": 0, "host": 40, "report": 30, "defence": 30}}}


def test_a_track_can_have_weights_of_its_own() -> None:
    assert graded(Track.SNEE, by=START_UP).final == Decimal("13.90")
    assert graded(Track.MEEF, by=START_UP).final == graded(Track.WORK_STUDY, by=START_UP).final == Decimal("13.35")


def test_a_component_of_weight_zero_is_not_waited_for() -> None:
    found = graded(Track.SNEE, by=START_UP, professionalism=None)
    assert found.state is State.FINAL
    assert [part.component for part in found.contributions] == [Component.HOST, Component.REPORT, Component.DEFENCE]


def test_a_start_up_is_assessed_by_the_entrepreneurship_tutor() -> None:
    def said(track: Track) -> str:
        return next(str(part.label) for part in graded(track).contributions if part.component is Component.HOST)

    assert said(Track.SNEE) == "assessment by the entrepreneurship tutor"
    assert said(Track.MEEF) == said(Track.STANDARD) == "assessment by the host"


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"weights": {"standard": {"host": 30}}}, "weights.standard: the weights add up to 110 percent, not to 100"),
        ({"weights": {"snee": {"report": 34.99}}}, "weights.snee: the weights add up to 99.99 percent, not to 100"),
        ({"quantum": 0.3}, "20 is not a whole number of steps of 0.3"),
        ({"jury_quantum": 0.2}, "jury_quantum: “0.2” is not accepted: it is none of"),
        ({"unjustified_absence": "one"}, "“one” is not one of 'no_grade' or 'zero'"),
        ({"codes": {"absent": "A B"}}, "codes.absent: “A B” does not have the expected form"),
    ],
)
def test_wrong_settings_are_refused_in_words(wrong: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError) as caught:
        settings(**wrong)
    (finding,) = findings_from(caught.value, lambda field: Position(field))
    assert problem in str(finding.message)


def test_settings_typed_in_toml_are_exact() -> None:
    typed = tomllib.loads("quantum = 0.1\njury_quantum = 0.25\n[weights.meef]\nhost = 20.5\nreport = 34.5\n")
    found = settings(**typed)
    assert (found.quantum, found.jury_quantum) == (Decimal("0.1"), Decimal("0.25"))
    assert found.weights.of(Track.MEEF).host == Decimal("20.5")


# ── whatever the marks, weights, rounding and penalties ──────────────────────────────────────────────────


@st.composite
def weights(draw: st.DrawFn) -> dict[str, Decimal]:
    cuts = [0, *sorted(draw(st.lists(st.integers(0, 10000), min_size=3, max_size=3))), 10000]
    return {name: Decimal(high - low) / 100 for name, (low, high) in zip(NAMES, pairwise(cuts), strict=True)}


@st.composite
def schemes(draw: st.DrawFn) -> GradingSettings:
    return settings(
        weights={"standard": draw(weights())},
        quantum=draw(st.sampled_from(["0.001", "0.01", "0.05", "0.1", "0.25", "0.5", "1"])),
        jury_quantum=draw(st.sampled_from(["0", "0.25", "0.5", "1"])),
        penalties_at_most=draw(st.none() | MARK),
    )


PENALTIES: Final = st.lists(
    st.builds(penalty, st.decimals("0.01", 20, places=2), st.dates(), st.sampled_from("abc")), max_size=4
)
COMPONENTS: Final = st.fixed_dictionaries(dict.fromkeys(NAMES, MARK))


@given(COMPONENTS, PENALTIES, schemes())
def test_a_grade_never_leaves_its_scale(marks: dict[str, Any], fines: list[Any], scheme: GradingSettings) -> None:
    found = grade(Marks.model_validate({**marks, "penalties": fines}), scheme, track=Track.STANDARD)
    assert found.raw is not None
    assert found.final is not None
    assert 0 <= found.final <= 20
    assert min(marks.values()) <= found.raw <= max(marks.values())
    assert sum(part.points or 0 for part in found.contributions) == found.raw


@given(COMPONENTS, PENALTIES, schemes(), st.randoms(use_true_random=False))
def test_the_order_of_penalties_does_not_matter(
    marks: dict[str, Any], fines: list[Any], scheme: GradingSettings, chance: random.Random
) -> None:
    shuffled = chance.sample(fines, len(fines))
    one, other = (
        grade(Marks.model_validate({**marks, "penalties": some}), scheme, track=Track.STANDARD)
        for some in (fines, shuffled)
    )
    assert one == other


@given(COMPONENTS, st.sampled_from(NAMES), MARK, PENALTIES, schemes())
def test_a_better_component_never_makes_a_worse_grade(
    marks: dict[str, Any], name: str, better: Decimal, fines: list[Any], scheme: GradingSettings
) -> None:
    before = grade(Marks.model_validate({**marks, "penalties": fines}), scheme, track=Track.STANDARD).final
    marks = {**marks, name: max(marks[name], better), "penalties": fines}
    after = grade(Marks.model_validate(marks), scheme, track=Track.STANDARD).final
    assert before is not None
    assert after is not None
    assert after >= before


@given(
    st.fixed_dictionaries(dict.fromkeys(NAMES, st.none() | MARK)), st.sampled_from(["", "absent", "excused"]), schemes()
)
def test_only_a_complete_grade_is_final(marks: dict[str, Any], absence: str, scheme: GradingSettings) -> None:
    found = grade(Marks.model_validate({**marks, "absence": absence}), scheme, track=Track.STANDARD)
    is_complete = not found.missing and not absence
    assert (found.final is not None) is (found.state is State.FINAL) is is_complete


# ── what may justify a penalty ───────────────────────────────────────────────────────────────────────────

AFTER: Final = date(2026, 8, 17)


def said(on: date = AFTER, due: str | None = "06-19", missing: int = 1, **marks: Any) -> list[str]:
    profile = a_profile(calendar={"report_due": due}, missing_reports=missing)
    return [str(fact) for fact in facts(a_dossier(marks=marks), profile, on)]


@pytest.mark.parametrize(
    ("deposited", "expected"),
    [
        (date(2026, 6, 19), []),
        (date(2026, 6, 20), ["the report was deposited on 2026-06-20, one day after 2026-06-19"]),
        (date(2026, 6, 29), ["the report was deposited on 2026-06-29, 10 days after 2026-06-19"]),
        (None, ["the report was due on 2026-06-19 and is not deposited"]),
    ],
)
def test_a_late_report_is_a_fact(deposited: date | None, expected: list[str]) -> None:
    assert said(report_deposited_on=deposited) == expected


def test_a_report_can_still_come_on_its_day() -> None:
    assert not said(on=date(2026, 6, 19), report=None)
    assert said(on=date(2026, 6, 20), report=None)


@pytest.mark.parametrize("more", [{"session": 2}, {"absence": "excused"}])
def test_nothing_is_said_of_the_second_session_or_of_the_absent(more: dict[str, Any]) -> None:
    assert not said(**more)


def test_nothing_is_said_without_a_day_or_without_marks() -> None:
    assert not said(due=None, report=12)
    assert not facts(a_dossier(marks=None), a_profile(calendar={"report_due": "06-19"}), AFTER)


@pytest.mark.parametrize(("sent", "missing", "is_fact"), [(8, 1, False), (7, 1, True), (7, 2, False), (8, 0, True)])
def test_missing_weekly_reports_are_a_fact(sent: int, missing: int, is_fact: bool) -> None:
    found = said(on=date(2026, 6, 15), missing=missing, weekly_reports=sent)
    assert found == ([f"{sent} weekly reports for 9 completed weeks"] if is_fact else [])


def test_no_report_is_expected_after_the_end() -> None:
    (end, late) = (said(on=day, due=None, weekly_reports=0) for day in (date(2026, 8, 1), date(2027, 8, 1)))
    assert end == late == ["0 weekly reports for 15 completed weeks"]


def test_both_facts_are_listed_and_no_points() -> None:
    assert len(said(report_deposited_on=date(2026, 6, 25), weekly_reports=3)) == 2
