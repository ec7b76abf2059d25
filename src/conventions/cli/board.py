"""``status``: each dossier, whose turn it is, days left, what is late."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from conventions.cli.desk import open_office, to_json, today
from conventions.cli.speech import reader, translated

if TYPE_CHECKING:
    from conventions.languages import Language
    from conventions.office import Row

__all__ = ["status"]


@click.command(help=translated("Show every dossier: whose turn it is, days left, what is late."))
@click.argument("dossiers", nargs=-1)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help=translated("Judge as of this day instead of today."))
@click.option("--json", "as_json", is_flag=True, help=translated("Answer in JSON."))
@click.pass_context
def status(context: click.Context, dossiers: tuple[str, ...], on: datetime | None, as_json: bool) -> None:  # noqa: FBT001
    """Show the board."""
    language = reader()
    with open_office(context) as office:
        rows = office.status(office.files(dossiers), on=on.date() if on else today())
    if as_json:
        to_json([_plain(row, language) for row in rows])
    else:
        _draw(rows, language)


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
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text as Styled

    table = Table(box=None, pad_edge=False, header_style="bold", collapse_padding=True)
    for heading in ("Number", "Student", "Host", "Start", "State", "Sign by", "Days left", "To do"):
        table.add_column(translated(heading), justify="right" if heading == "Days left" else "left")
    for row in rows:
        left = "" if row.standing is None or row.standing.days_left is None else str(row.standing.days_left)
        table.add_row(
            row.number,
            row.student,
            row.host,
            language.date(row.start, "medium"),
            language.say(row.state),
            language.date(row.sign_by, "medium") if row.sign_by else "",
            Styled(left, style="bold red" if row.is_late else ""),
            Styled(language.say(row.todo), style="red" if row.is_late else "cyan") if row.todo else "",
        )
    Console(soft_wrap=False).print(table)
