"""Rules on the regime of an internship: student entrepreneurs, work-study, gap years."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conventions.model.dossier import Nature, Track
from conventions.model.finding import Severity
from conventions.rules.example import SNEE_PIECES, Example, in_france, seen
from conventions.rules.rule import Case, Problem, Rule, rule
from conventions.text import Text

__all__ = ["RULES"]


@rule(
    "COURSE-TRACK-01",
    Severity.WARNING,
    Text("the SNEE track has a file, not an agreement"),
    Text(
        "A student with the status of entrepreneur asks the director of studies to replace the internship by the "
        "project. The file is the letter of motivation, the notification of the status and the pedagogical contract; "
        "no agreement is made with a host."
    ),
    example=Example(
        in_france(track="standard"),
        in_france(track="snee", attachments=seen(*SNEE_PIECES)),
    ),
)
def no_agreement(case: Case) -> Iterator[Problem]:
    if case.dossier.track is Track.SNEE:
        yield Problem(
            Text("in the SNEE track the project replaces the internship: no agreement is made with a host"),
            Text("do not issue an agreement; hand the file to the director of studies, or correct track"),
            "track",
        )


@rule(
    "DATA-TRACK-02",
    Severity.WARNING,
    Text("a replaced internship has no agreement of a host"),
    Text("In the SNEE track there is no host whose own agreement could be signed besides."),
    example=Example(
        in_france(track="snee", attachments=seen(*SNEE_PIECES, "host_agreement")),
        in_france(track="snee", attachments=seen(*SNEE_PIECES, "host_agreement"), host={"own_agreement": True}),
    ),
)
def no_host_agreement(case: Case) -> Iterator[Problem]:
    if case.dossier.track is Track.SNEE and case.dossier.host.own_agreement:
        yield Problem(
            Text("the track is snee, but the host wants its own agreement signed"),
            Text("set host.own_agreement to false, or correct track"),
            "host.own_agreement",
        )


@rule(
    "COURSE-TRACK-02",
    Severity.INFORMATION,
    Text("from the internship to work-study"),
    Text(
        "Who wants to go on in work-study does the internship in a company that takes apprentices, applies on "
        "eCandidat in April, reaches the average in both semesters and in every block, and brings a mission of the "
        "company. Without a mission the student goes on in initial training."
    ),
    settings=("rules.work_study_average",),
    example=Example(in_france(track="standard"), in_france(track="work_study")),
)
def work_study(case: Case) -> Iterator[Problem]:
    if case.dossier.track is Track.WORK_STUDY:
        yield Problem(
            Text(
                "work-study: apply on eCandidat in April {year}, with an average of {least} out of 20 in both "
                "semesters",
                year=str(case.first_year + 1),
                least=case.profile.work_study_average,
            ),
            Text("nothing to correct; ask the host whether it takes apprentices and has a mission"),
            "track",
        )


@rule(
    "LAW-TRACK-01",
    Severity.INFORMATION,
    Text("an internship in a gap year"),
    Text(
        "In a gap year an internship is possible like any other: six months in one host at most, an allowance above "
        "two months, five signatories. The hours of teaching in presence may be given at a distance."
    ),
    "art. L124-1-1 Code de l'éducation, décret 2021-1154",
    example=Example(in_france(nature="mandatory"), in_france(nature="gap_year")),
)
def gap_year(case: Case) -> Iterator[Problem]:
    if case.dossier.nature is Nature.GAP_YEAR:
        yield Problem(
            Text("an internship in a gap year: everything applies, teaching may be given at a distance"),
            Text("nothing to correct; keep the decision on the gap year with the dossier"),
            "nature",
        )


@rule(
    "DATA-TRACK-01",
    Severity.WARNING,
    Text("a gap year has no track"),
    Text("The tracks MEEF, SNEE and work-study belong to the year of study; a gap year is outside it."),
    example=Example(
        in_france(nature="mandatory", track="work_study"),
        in_france(nature="gap_year", track="work_study"),
    ),
)
def gap_year_alone(case: Case) -> Iterator[Problem]:
    dossier = case.dossier
    if dossier.nature is Nature.GAP_YEAR and dossier.track is not Track.STANDARD:
        yield Problem(
            Text("the nature is gap_year, and the track {track}", track=dossier.track.value),
            Text("set track to standard, or correct nature"),
            "track",
        )


RULES: Final[tuple[Rule, ...]] = (
    no_agreement,
    no_host_agreement,
    work_study,
    gap_year,
    gap_year_alone,
)
"""Rules on tracks."""
