"""What the registrar is told of each student, by our names of the columns."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from conventions import intake
from conventions.model.grading import Component
from conventions.office.grades import Graded, Year
from conventions.settings import Settings

__all__ = ["registrar_file"]


def registrar_file(year: Year, settings: Settings, kind: Literal["xlsx", "csv"]) -> bytes:
    """The grades of a year as a workbook or CSV, in the registrar's columns."""
    rows = [_values(one) for one in year.students]
    columns = {str(name): heading for name, heading in settings.registrar.columns.items()}
    return intake.registrar_table(rows, columns, kind, settings.registrar.decimal)


def _values(one: Graded) -> dict[str, str | int | Decimal | None]:
    student, found = one.dossier.student, one.grade
    marks = {part.component: part.mark for part in found.contributions}
    return {
        "number": one.dossier.number,
        "academic_year": one.dossier.academic_year,
        "student_number": student.student_number,
        "last_name": student.last_name,
        "first_name": student.first_name,
        "email": student.email,
        "host_name": one.dossier.host.name,
        "session": found.session,
        "professionalism": marks.get(Component.PROFESSIONALISM),
        "host": marks.get(Component.HOST),
        "report": marks.get(Component.REPORT),
        "defence": marks.get(Component.DEFENCE),
        "penalties": found.taken_off,
        "raw": found.raw,
        "final": found.final,
        "code": found.code,
    }
