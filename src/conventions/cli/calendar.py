"""``calendar``: the year's dates, on the screen or in a calendar program."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from conventions.cli.desk import now, open_office, to_json, today
from conventions.cli.framework import Day
from conventions.cli.speech import as_it_is, reader, translated
from conventions.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conventions.agenda import Entry
    from conventions.languages import Language
    from conventions.office import Office

__all__ = ["calendar"]

_WIDE: Final = 130
"""Columns from which names have a column of their own."""
_NAME: Final = 32


@click.command(help=translated("Show the year's dates: those of the course, and who must do what by when."))
@click.argument("dossiers", nargs=-1)
@click.option("--person", default="", help=translated("Only what concerns this person (name or address, or a part)."))
@click.option("--on", type=Day(), help=translated("Start from this day instead of today."))
@click.option("--past", is_flag=True, help=translated("Also what lies behind."))
@click.option(
    "--ics",
    type=click.Path(path_type=Path),
    help=translated("Write calendar files: one NAME.ics, or a folder with one file per person."),
)
@click.option("--json", "as_json", is_flag=True, help=translated("Answer in JSON."))
@click.pass_context
def calendar(
    context: click.Context,
    dossiers: tuple[str, ...],
    person: str,
    on: date | None,
    past: bool,  # noqa: FBT001
    ics: Path | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Show or write the calendar; without a name, of the whole workspace."""
    language = reader()
    with open_office(context) as office:
        day = on or today()
        entries = [
            entry
            for entry in office.calendar(office.files(dossiers), on=day)
            if (past or entry.last >= day) and _concerns(entry, person)
        ]
        written = _write(office, entries, ics, language) if ics else []
    if as_json:
        to_json([_plain(entry, language) for entry in entries])
    elif written:
        for path in written:
            click.echo(path)
    elif entries and not ics:
        _draw(entries, language)
    else:
        click.echo(language.say(Text("there is no date to show")))


def _concerns(entry: Entry, person: str) -> bool:
    wanted = person.casefold()
    named = (entry.who, entry.email, *(words for guest in entry.guests for words in (guest.name, guest.email)))
    return any(wanted in words.casefold() for words in named)


def _plain(entry: Entry, language: Language) -> dict[str, object]:
    return {
        "first": entry.first,
        "last": entry.last,
        "starts": entry.starts and entry.starts.isoformat(),
        "ends": entry.ends and entry.ends.isoformat(),
        "title": language.say(entry.title),
        "who": entry.who,
        "email": entry.email,
        "number": entry.number,
        "where": entry.where,
        "guests": [guest.name for guest in entry.guests],
    }


def _draw(entries: Sequence[Entry], language: Language) -> None:
    """No day is broken and nothing is cut.

    Where there is little room, a last day stands below the first one, and what is no day shares a column.
    """
    from rich.table import Table

    console = as_it_is()
    is_wide = console.width >= _WIDE
    days = [(" " if is_wide else "\n").join(_when(entry, language)) for entry in entries]
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    table.add_column(translated("Date"), no_wrap=True, min_width=max(map(len, "\n".join(days).split("\n"))))
    if is_wide:
        table.add_column(translated("Number"), no_wrap=True)
        table.add_column(translated("Who"), overflow="fold", max_width=_NAME)
    table.add_column(translated("What"), overflow="fold", ratio=1)
    for day, entry in zip(days, entries, strict=True):
        what = _what(entry, language)
        table.add_row(day, *((entry.number, entry.who, what) if is_wide else (_together(entry, what),)))
    console.print(table)


def _what(entry: Entry, language: Language) -> str:
    return language.say(entry.title) + (f" ({entry.where})" if entry.where else "")


def _together(entry: Entry, what: str) -> str:
    """The number before what is to be done, whoever does it below."""
    return "\n".join(filter(None, (f"{entry.number} {what}".lstrip(), entry.who)))


def _when(entry: Entry, language: Language) -> tuple[str, ...]:
    """The day, and until when or at what hours."""
    day = language.date(entry.first, "medium")
    if entry.starts and entry.ends:
        return day, f"{language.time(entry.starts)}–{language.time(entry.ends)}"
    return (day,) if entry.last == entry.first else (day, f"– {language.date(entry.last, 'medium')}")


def _write(office: Office, entries: Sequence[Entry], target: Path, language: Language) -> list[Path]:
    """One file, or one per person with the course's dates in each."""
    from conventions.store import replace

    title = office.workspace.settings.institution.department
    calendars = {target: list(entries)} if target.suffix == ".ics" else _by_person(entries, target)
    for path, mine in calendars.items():
        replace(path, office.calendar_file(mine, title=title, language=language, now=now()))
    return list(calendars)


def _by_person(entries: Sequence[Entry], folder: Path) -> dict[Path, list[Entry]]:
    everybody = [entry for entry in entries if not entry.email]
    found: dict[Path, list[Entry]] = {}
    for entry in entries:
        concerned = (entry.email, *(guest.email for guest in entry.guests))
        for email in dict.fromkeys(address.casefold() for address in concerned if address):
            name = re.sub(r"[^0-9a-z.@_-]+", "-", email)
            found.setdefault(folder / f"{name}.ics", list(everybody)).append(entry)
    return found
