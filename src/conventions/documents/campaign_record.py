"""The grading record of a campaign: every student of the year, for the jury, and what the grades come to."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from conventions.documents import parties
from conventions.documents.bars import histogram
from conventions.documents.case import Campaign, edition
from conventions.documents.grading_sheet import exact_places, is_marked, rounding
from conventions.grading import grade
from conventions.in_force import in_force
from conventions.languages import Language
from conventions.measures import statistics
from conventions.model.dossier import Dossier
from conventions.model.finding import Finding, Severity
from conventions.model.grading import Component, Grade
from conventions.model.party import Official
from conventions.text import Text

__all__ = ["context", "lacks"]

_NOTHING: Final = "–"
"""Stands where there is no number; a 0 is one."""
_Line = tuple[Dossier, Grade]


def context(campaign: Campaign, language: Language) -> dict[str, object]:
    """What the record's template may print: one row for each student by family name, then measures of the whole."""
    house = campaign.house
    agreed = (_supervised(dossier, house.officials) for dossier in campaign.dossiers)
    lines = tuple((dossier, grade(dossier.marks, house.grading, track=dossier.track)) for dossier in agreed)
    measures = statistics(lines)
    places = exact_places(number for _, found in lines for number in (found.taken_off, found.final))
    return {
        "paper": edition(campaign.edition, language),
        "institution": parties.institution(house.institution, language),
        "programme": house.programme,
        "rows": tuple(_row(*line, places, language) for line in sorted(lines, key=_by_name)),
        "statistics": measures,
        "histogram": histogram(measures.histogram),
        "weights": house.grading.weights.standard,
        "rule": rounding(house.grading),
        "codes": house.grading.codes,
        "has_second_session": any(found.session > 1 for _, found in lines),
        "signer": parties.signers(campaign.signatories, campaign.edition.languages, language),
    }


def _supervised(dossier: Dossier, officials: Mapping[str, Official]) -> Dossier:
    """As it is in force; the coordinator is the academic supervisor until one is designated."""
    agreed = in_force(dossier)
    return agreed.model_copy(update={"referent": agreed.referent or officials.get("coordinator")})


def _by_name(line: _Line) -> tuple[str, str, str]:
    student = line[0].student
    return _collated(student.last_name), _collated(student.first_name), line[0].number


def _collated(name: str) -> str:
    """Without accents, capitals and signs, as a list of names is ordered in French; good enough for the others."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def _row(dossier: Dossier, found: Grade, places: int, language: Language) -> dict[str, object]:
    marks = {part.component: part.mark for part in found.contributions}
    student, referent = dossier.student, dossier.referent

    def shown(number: Decimal | None) -> str:
        return _NOTHING if number is None else language.number(number, places)

    return {
        "number": dossier.number,
        "name": f"{student.last_name}, {student.first_name}",
        "student_number": student.student_number,
        "host": dossier.host.name,
        "referent": referent.name if referent else _NOTHING,
        "marks": {component.value: shown(marks.get(component)) for component in Component},
        "penalties": f"− {shown(found.taken_off)}" if found.taken_off else _NOTHING,
        "final": shown(found.final),
        "state": found.state,
        "result": found.result,
        "code": found.code,
        "session": found.session,
    }


def lacks(campaign: Campaign) -> Iterator[Finding]:
    """Nobody in the campaign is marked."""
    if not any(is_marked(dossier) for dossier in campaign.dossiers):
        yield Finding(
            "SHEET-02",
            Severity.ERROR,
            Text("no student of the campaign {year} has a mark", year=campaign.edition.number),
            Text("fill in the marks of the dossiers, or name another academic year"),
            field="marks",
        )
