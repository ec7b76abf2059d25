"""``status``: each dossier, whose turn it is, days left, what is late."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import click

from conventions.cli import desk
from conventions.cli.desk import open_office, to_json
from conventions.cli.framework import Day
from conventions.cli.speech import as_it_is, reader, translated
from conventions.text import counted

if TYPE_CHECKING:
    from conventions.languages import Language
    from conventions.office import Row

__all__ = ["status", "today"]

_WIDE: Final = 100
"""Columns from which the host is shown too."""
_NAME: Final = 26
_DAY: Final = 10
_STATE: Final = 18
"""Columns that what must be done keeps where there is little room."""
_NUMBER: Final = 20
"""Columns after which a number is broken, half as many where there is little room: a dossier that cannot be read is
called by the name of its file."""
_BESIDE: Final = 24
"""Columns of the day, the days left and the gaps, on any terminal."""


@click.command(help=translated("Show every dossier: whose turn it is, days left, what is late."))
@click.argument("dossiers", nargs=-1)
@click.option("--on", type=Day(), help=translated("Judge as of this day instead of today."))
@click.option("--json", "as_json", is_flag=True, help=translated("Answer in JSON."))
@click.pass_context
def status(context: click.Context, dossiers: tuple[str, ...], on: date | None, as_json: bool) -> None:  # noqa: FBT001
    """Show the board."""
    language = reader()
    with open_office(context) as office:
        rows = office.status(office.files(dossiers), on=on or desk.today())
    if as_json:
        to_json([_plain(row, language) for row in rows])
    else:
        _draw(rows, language)


@click.command(help=translated("Show what must be done now, the most pressing first, and nothing else."))
@click.option("--on", type=Day(), help=translated("Judge as of this day instead of today."))
@click.option("--json", "as_json", is_flag=True, help=translated("Answer in JSON."))
@click.pass_context
def today(context: click.Context, on: date | None, as_json: bool) -> None:  # noqa: FBT001
    """Show what must be done now."""
    language = reader()
    with open_office(context) as office:
        rows = office.status(office.files(()), on=on or desk.today())
    pressing = tuple(row for row in rows if row.todo)
    if as_json:
        to_json([_plain(row, language) for row in pressing])
        return
    for todo, of_todo in _by_todo(pressing, language).items():
        click.secho(f"{todo} ({len(of_todo)})", bold=True, fg="red" if any(row.is_late for row in of_todo) else None)
        for row in of_todo:
            names = ", ".join(row.waiting_for) or row.student
            click.echo(
                f"  {row.number}  {names}  {language.date(row.sign_by, 'short') if row.sign_by else ''}".rstrip()
            )
    if not pressing:
        click.echo(translated("Nothing must be done today."))


def _by_todo(rows: tuple[Row, ...], language: Language) -> dict[str, list[Row]]:
    """Rows that ask for the same thing stand together, in the order in which the first of them is pressing."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(language.say(row.todo) if row.todo else "", []).append(row)
    return found


def _plain(row: Row, language: Language) -> dict[str, object]:
    return {
        "number": row.number,
        "student": row.student,
        "host": row.host,
        "start": row.start,
        "state": language.say(row.state),
        "waiting_for": row.waiting_for,
        "turn": row.standing.turn if row.standing else (),
        "sign_by": row.sign_by,
        "days_left": row.standing.days_left if row.standing else None,
        "late": row.is_late,
        "to_do": language.say(row.todo) if row.todo else None,
    }


def _draw(rows: tuple[Row, ...], language: Language) -> None:
    """The board, readable from eighty columns on: names give way, what must be done does not."""
    from rich.table import Table
    from rich.text import Text as Styled

    console = as_it_is()
    is_wide = console.width >= _WIDE
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    labels = [row.number.replace("/", "/\n") for row in rows]
    longest = max((len(part) for label in labels for part in label.split("\n")), default=0)
    room = console.width - _BESIDE - _STATE
    numbers = min(longest, _NUMBER, max(_NUMBER // 2, room - _NUMBER // 2))
    table.add_column(translated("Number"), overflow="fold", min_width=numbers, max_width=numbers or None)
    table.add_column(
        translated("Student"), no_wrap=True, overflow="ellipsis", max_width=max(1, min(_NAME, room - numbers))
    )
    if is_wide:
        table.add_column(translated("Host"), no_wrap=True, overflow="ellipsis", max_width=_NAME)
    table.add_column(translated("Start"), no_wrap=True, min_width=_DAY)
    table.add_column(translated("Days"), justify="right", no_wrap=True, min_width=4)
    table.add_column(translated("State"), overflow="fold", ratio=1)
    for label, row in zip(labels, rows, strict=True):
        left = "" if row.standing is None or row.standing.days_left is None else str(row.standing.days_left)
        state = Styled(language.say(row.state))
        if row.todo:
            state.append("\n→ ").append(language.say(row.todo), style="bold red" if row.is_late else "cyan")
        table.add_row(
            label,
            row.student,
            *([row.host] if is_wide else []),
            language.date(row.start, "short") if row.start != date.max else "",
            Styled(left, style="bold red" if row.is_late else ""),
            state,
        )
    console.print(table)
    console.print(_summary(rows, language), style="dim")


def _summary(rows: tuple[Row, ...], language: Language) -> str:
    dossiers = {row.number.partition("/")[0] for row in rows}
    late, todo = sum(row.is_late for row in rows), sum(row.todo is not None for row in rows)
    return language.join(
        (
            counted("one dossier", "{n} dossiers", n=len(dossiers)),
            counted("one late", "{n} late", n=late),
            counted("one with something to do", "{n} with something to do", n=todo),
        ),
        "unit",
    )
