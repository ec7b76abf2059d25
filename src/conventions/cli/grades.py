"""``grades`` and ``grade``: from filled forms to the jury's table, the registrar's files and the year's papers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from conventions.cli.desk import now, open_office, tell, to_json
from conventions.cli.speech import as_it_is, plain_finding, reader, show_findings, translated
from conventions.text import Text, counted

if TYPE_CHECKING:
    from conventions.languages import Language
    from conventions.model.grading import Grade
    from conventions.office import Graded, Year
    from conventions.office.campaign import TableKind

__all__ = ["grade", "grades"]

_PATH: Final = click.Path(path_type=Path)
_YEAR: Final = translated("Academic year, such as 2026-2027; without it, the latest of the dossiers.")
_JSON: Final = translated("Answer in JSON.")
_NAME: Final = 20
_FILES_OF_A_YEAR: Final = 8
"""The record, the overview, two tables, two charts in two formats."""
_NOTHING: Final = "–"


@click.command(
    help=translated("Show the grades of a year, with the marks of the returned forms; write them for the registrar.")
)
@click.argument("dossiers", nargs=-1)
@click.option("--year", default="", help=_YEAR)
@click.option("--xlsx", type=_PATH, help=translated("Write a workbook with the registrar's columns."))
@click.option("--csv", type=_PATH, help=translated("Write a CSV file with the registrar's columns."))
@click.option("--plots", type=_PATH, help=translated("Write the charts into this folder, as SVG and PDF."))
@click.option("--overview", type=_PATH, help=translated("Write the year in one page, as PDF."))
@click.option("--update", is_flag=True, help=translated("Replace files that are there."))
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def grades(
    context: click.Context,
    dossiers: tuple[str, ...],
    year: str,
    xlsx: Path | None,
    csv: Path | None,
    plots: Path | None,
    overview: Path | None,
    update: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Show the grades."""
    language = reader()
    targets = {kind: path for kind, path in _targets(xlsx, csv) if path}
    with open_office(context) as office:
        files = office.files(dossiers)
        found, broken = office.grades(files, year=year)
        outcomes = [*broken, *office.tables(found, targets, may_replace=update)]
        if plots:
            outcomes += office.plots(found, plots, may_replace=update)
        if overview:
            outcomes += office.overview(found, overview, now=now(), may_replace=update)
    if as_json:
        to_json(_plain(found, language))
        outcomes = [outcome for outcome in outcomes if outcome.error]
    else:
        _draw(found, language)
        for one in found.students:
            show_findings(one.findings, language, err=True)
    if outcomes:  # the table is the answer: that no file was asked for needs no word
        tell(outcomes, len(outcomes), "", among=len(files))


def _targets(xlsx: Path | None, csv: Path | None) -> tuple[tuple[TableKind, Path | None], ...]:
    return (("xlsx", xlsx), ("csv", csv))


@click.command(
    help=translated(
        "Take in the filled forms of a folder, then write the grading sheets, the record, the registrar's files and "
        "the charts of the year. Run it again to go on after an interruption."
    )
)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--year", default="", help=_YEAR)
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def grade(context: click.Context, folder: Path, year: str, as_json: bool) -> None:  # noqa: FBT001
    """Grade a year."""
    from conventions.office import forms_in

    with open_office(context) as office:
        files, forms = office.files(()), forms_in(folder)
        outcomes = office.grade(files, forms, year=year, now=now())
        tell(outcomes, len(forms) + len(files) + _FILES_OF_A_YEAR, translated("grading"), as_json=as_json)


# ── the table ────────────────────────────────────────────────────────────────────────────────────────────────


def _draw(year: Year, language: Language) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    widest = max((len(one.dossier.number) for one in year.students), default=0)
    table.add_column(translated("Number"), no_wrap=True, min_width=widest)
    # Where a terminal is narrow, names break, and no figure is lost.
    table.add_column(translated("Student"), max_width=_NAME)
    for heading in (
        translated("Prof."), translated("Org."), translated("Report"), translated("Def."), translated("Penal."),
        translated("Grade"),
    ):  # fmt: skip
        table.add_column(heading, justify="right", no_wrap=True, min_width=max(len(heading), 5))
    table.add_column(translated("Result"), no_wrap=True, min_width=6)
    for one in year.students:
        table.add_row(
            one.dossier.number, one.dossier.student.name, *_numbers(one.grade, language), _result(one.grade, language)
        )
    console = as_it_is()
    console.print(table)
    for one in year.students:
        if one.grade.missing and one.grade.state == "draft":
            console.print(_waits(one, language))
    console.print(_summary(year, language), style="dim")


def _numbers(found: Grade, language: Language) -> Iterator[str]:
    from conventions.documents.grading_sheet import exact_places
    from conventions.model.grading import Component

    marks = {part.component: part.mark for part in found.contributions}
    for number in (*map(marks.get, Component), found.taken_off or None, found.final):
        yield _NOTHING if number is None else language.number(number, exact_places((number,)))


def _result(found: Grade, language: Language) -> str:
    """The registrar's code, else a word."""
    words = [found.code] if found.code else [language.say(_WORDS[found.result or found.state])]
    if found.session > 1:
        words.append(language.say(Text("second session")))
    return ", ".join(words)


_WORDS: Final = {
    "draft": Text("prov."),
    "absent": Text("absent"),
    "excused": Text("excused"),
    "passed": Text("passed"),
    "failed": Text("not passed"),
}


def _waits(one: Graded, language: Language) -> str:
    missing = tuple(part.label for part in one.grade.contributions if part.mark is None)
    words = Text("{number}: provisional, missing: {parts}", number=one.dossier.number, parts=missing)
    return language.say(words)


def _summary(year: Year, language: Language) -> str:
    found = year.statistics
    parts = [
        *([Text("{year}", year=year.academic_year)] if year.academic_year else []),
        counted("one student", "{n} students", n=found.count),
        counted("one final grade", "{n} final grades", n=found.graded),
    ]
    if found.drafts:
        parts.append(counted("one provisional", "{n} provisional", n=found.drafts))
    if found.graded:
        parts += [
            Text("mean {mean}", mean=language.number(found.mean or 0, 2)),
            Text("median {median}", median=language.number(found.median or 0, 2)),
            Text("deviation {deviation}", deviation=language.number(found.deviation or 0, 2)),
        ]
    if found.pass_rate is not None:
        parts.append(Text("pass rate {rate} %", rate=language.number(found.pass_rate, 2)))
    return language.join(parts, "unit")


# ── the same as data ─────────────────────────────────────────────────────────────────────────────────────────


def _plain(year: Year, language: Language) -> dict[str, object]:
    found = year.statistics
    groups = {"by_host", "by_referent", "histogram"}
    return {
        "academic_year": year.academic_year,
        "students": [_student(one, language) for one in year.students],
        "statistics": {one.name: getattr(found, one.name) for one in fields(found) if one.name not in groups}
        | {name: [asdict(one) for one in getattr(found, name)] for name in sorted(groups)},
    }


def _student(one: Graded, language: Language) -> dict[str, object]:
    found = one.grade
    return {
        "number": one.dossier.number,
        "student": one.dossier.student.name,
        "marks": {part.component: part.mark for part in found.contributions},
        "missing": found.missing if found.state == "draft" else (),
        "penalties": found.taken_off,
        "final": found.final,
        "state": found.state,
        "result": found.result,
        "code": found.code,
        "session": found.session,
        "findings": [plain_finding(finding, language) for finding in one.findings],
    }
