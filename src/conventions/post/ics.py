"""A calendar that every mail program opens (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from conventions.agenda import Entry
from conventions.languages import Language

__all__ = ["to_ics"]


def to_ics(entries: Iterable[Entry], *, title: str, domain: str, language: Language, now: datetime) -> bytes:
    """Days, and hours where they are known; an entry keeps its identity, so that a later calendar updates it.

    Args:
        entries: what to show.
        title: of the calendar.
        domain: of the office, in the identities.
        language: of the reader.
        now: aware; when the calendar was made.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//conventions//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    for entry in entries:
        calendar.add_component(_event(entry, domain, language, now))
    data: bytes = calendar.to_ical()
    return data


def _event(entry: Entry, domain: str, language: Language, now: datetime) -> Event:
    words = language.say(entry.title)
    event = Event()
    event.add("uid", f"{entry.key}@{domain}")
    event.add("dtstamp", now)
    _time(event, entry)
    event.add("summary", f"{entry.number} {words}".strip())
    if people := [name for name in (entry.who, *(guest.name for guest in entry.guests)) if name]:
        event.add("description", "\n".join(people))
    if entry.where:
        event.add("location", entry.where)
    return event


def _time(event: Event, entry: Entry) -> None:
    """An appointment is in UTC, which every program shows on the clock of its reader; a day leaves the reader free."""
    if entry.starts and entry.ends:
        event.add("dtstart", entry.starts.astimezone(UTC))
        event.add("dtend", entry.ends.astimezone(UTC))
        event.add("transp", "OPAQUE")
        return
    event.add("dtstart", entry.first)
    event.add("dtend", entry.last + timedelta(days=1))  # RFC 5545, 3.6.1: the end of a day event is not part of it
    event.add("transp", "TRANSPARENT")
