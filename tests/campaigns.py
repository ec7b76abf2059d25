"""A year of dossiers for pictures and measures: invented people, papers that the registry knows at every stage."""

from __future__ import annotations

import random
import shutil
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Final

from stdnum import luhn

from conventions import pipeline
from conventions.model.event import Archived, Declined, Event, Issued, Reminded, Sealing, Sent, Signed, Undelivered
from conventions.office import Office
from conventions.signers import circuit_of, signatories
from conventions.store import PaperRecord
from tests.builders import EXAMPLES

__all__ = ["a_campaign", "digest"]

_FIRST: Final = (
    "Camille",
    "Lou",
    "Zoé",
    "Inès",
    "Amir",
    "Noé",
    "Jonas",
    "Lina",
    "Malo",
    "Édith",
    "Yuna",
    "Théo",
    "Sacha",
    "Aya",
    "Côme",
    "Nour",
    "Milo",
    "Ève",
)
_LAST: Final = (
    "Marin",
    "Kim",
    "Delorme",
    "Okoye",
    "Haddad",
    "Lefort",
    "Vidal",
    "Nguyen",
    "Brandt",
    "Soler",
    "Petit",
    "Rossi",
    "Moreau",
    "Diallo",
    "Weber",
)
_HOSTS: Final = (
    "Atelier Nord",
    "Ville de Lens",
    "Studio Lanterne",
    "Hydrolab",
    "Les Quais",
    "Orme Logiciel",
    "Cardan",
    "Musée du Vent",
)
_ROLES: Final = ("student", "company", "coordinator", "dean")


def digest(word: str) -> str:
    """SHA-256 of anything."""
    return sha256(word.encode()).hexdigest()


def a_campaign(root: Path, count: int, *, on: date) -> Path:
    """A workspace with so many dossiers; on that day some have begun, most are on their way, a few are late."""
    shutil.copytree(EXAMPLES, root, ignore=shutil.ignore_patterns("wrong"))
    (root / "templates").mkdir(exist_ok=True)
    pattern = next((root / "dossiers").glob("2026-0001-*")).read_text(encoding="utf-8")
    for path in (root / "dossiers").iterdir():
        path.unlink()
    for path, words in _dossiers(root / "dossiers", pattern, count, on):
        path.write_text(words, encoding="utf-8")
    dice = random.Random(20)  # noqa: S311
    with Office.open(root) as office:
        for path in office.files(()):
            _advance(office, path, on, dice)
    return root


def _dossiers(folder: Path, pattern: str, count: int, on: date) -> list[tuple[Path, str]]:
    names = list(product(_FIRST, _LAST))
    dossier = pipeline.read(next((EXAMPLES / "dossiers").glob("2026-0001-*"))).dossier
    found = []
    for rank in range(1, count + 1):
        first, last = names[(rank * 37) % len(names)]
        start = on + timedelta(days=(rank * 53) % 110 - 12)
        start += timedelta(days=(7 - start.weekday()) % 7)
        words = pattern.replace("2026-0001", f"2026-{rank:04d}")
        for before, after in (
            (dossier.student.first_name, first),
            (dossier.student.last_name, last),
            (dossier.student.email, f"{first}.{last}{rank}@etu.univ-exemple.test".lower().replace("é", "e")),
            (dossier.student.student_number, f"{22000000 + rank}"),
            (dossier.host.name, _HOSTS[rank % len(_HOSTS)]),
            ("732 829 320 00074", _siret(rank % len(_HOSTS))),
            ("headcount: 34", "headcount: 3400"),
            ("it_professionals: 21", "it_professionals: 900"),
            ("valid_until: 2026-09-30", "valid_until: 2027-09-30"),
            (dossier.tutor.email, f"tutor{rank}@atelier-nord.test"),
            (dossier.schedule.start.isoformat(), start.isoformat()),
            (dossier.schedule.end.isoformat(), (start + timedelta(days=90)).isoformat()),
        ):
            words = words.replace(before, after)
        found.append((folder / f"2026-{rank:04d}-{last.lower()}.yaml", words))
    return found


def _siret(rank: int) -> str:
    siren = f"7328293{rank % 10}"
    siren += luhn.calc_check_digit(siren)
    return f"{siren}0001{luhn.calc_check_digit(f'{siren}0001')}"


def _advance(office: Office, path: Path, on: date, dice: random.Random) -> None:
    """What has become of its agreement by that day."""
    dossier = pipeline.read(path).dossier
    issue = dossier.schedule.start - timedelta(days=dice.randint(20, 75))
    if issue >= on or dice.random() < 0.08:
        return
    settings = office.workspace.settings
    course = circuit_of(dossier, settings.circuit.circuit)
    people = signatories(dossier, course, settings.people.by_role)
    facts = ("convention", 1, "fr", digest("dossier"), digest("template"), dossier.schedule.start, dossier.is_abroad)
    record = PaperRecord(dossier.number, *facts, course, people)
    events = _history(record, issue, on, dice)
    paper = office.registry.add_paper(record, events[:1])
    office.registry.append(paper.id, events[1:], expected_head=paper.head)


def _history(record: PaperRecord, issue: date, on: date, dice: random.Random) -> list[Event]:
    """Each waits some days for the next one; some wait long, and are reminded."""
    number, day = record.number, issue
    present = digest(f"{number} issued")
    events: list[Event] = [Issued(_at(day), present, 400_000, f"papers/{number}/issued.pdf")]
    for role in _ROLES:
        person = record.signatory(role)
        events.append(Sent(_at(day, 1), role, person.email, f"<{number}-{role}@univ-exemple.test>", present))
        day += timedelta(days=dice.choice((0, 1, 1, 2, 3, 5, 12)))
        if day > on:
            return [*events, *_waited(record, role, present, on, dice)]
        present = digest(f"{number} {role}")
        file = f"papers/{number}/{role}.pdf"
        events.append(Signed(_at(day, 2), role, person.name, "", _at(day, 2).isoformat(), present, 420_000, file))
    if day + timedelta(days=1) <= on:
        events.append(Sealing(_at(day, 30), present, 500_000, f"papers/{number}/sealed.pdf"))
        if dice.random() < 0.9:
            events.append(Archived(_at(day, 40), present, f"archive/{number}"))
    return events


def _waited(record: PaperRecord, role: str, present: str, on: date, dice: random.Random) -> list[Event]:
    person, throw = record.signatory(role), dice.random()
    if throw < 0.05:
        return [Undelivered(_at(on), role, person.email, "MAIL-03", present, reason="no such mailbox")]
    if throw < 0.09 and role == "company":
        return [Declined(_at(on), role, "the dates are wrong", present)]
    if throw < 0.3:
        return [Reminded(_at(on), role, person.email, f"<r-{record.number}@univ-exemple.test>", 1, present)]
    return []


def _at(day: date, minutes: int = 0) -> datetime:
    return datetime.combine(day, time(9), UTC) + timedelta(minutes=minutes)
