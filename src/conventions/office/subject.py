"""Everything that the office has of one person, for that person (art. 15 GDPR), with an index in their language.

The intern gets the whole dossier with its papers; whoever else stands in it gets what is said of them, the letters that
went to them and the papers that they sign. What is recorded of the others' signatures is not handed over (art. 15(4)).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, Final

from conventions.errors import DossierError
from conventions.model.event import Event
from conventions.model.party import Person, Student
from conventions.model.privacy import people
from conventions.office import belongings
from conventions.office.belongings import Belongings, Estate
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry
from conventions.text import Text

__all__ = ["Portion", "Wanted", "data_of", "portions"]

_OF_A_SIGNATURE: Final = re.compile(r"-v\d+-\d\d-([a-z_]+)-[0-9a-f]{12}.*\.(evidence\.\w+|scan.*)$")
"""Files that tell how one person was recognised; the role stands in the name."""


@dataclass(frozen=True)
class Wanted:
    """Who is asked about."""

    person: str
    """An e-mail address; or first and last name, with the number of a dossier."""
    number: str = ""

    def __post_init__(self) -> None:
        """Refuse a name alone: people share names (SUBJECT-02)."""
        if "@" not in self.person and not self.number:
            raise DossierError(
                "SUBJECT-02",
                Text("a name alone may be that of several people"),
                Text("give the person's e-mail address, or add --number with a dossier the person stands in"),
            )

    def is_(self, name: str, *emails: str | None) -> bool:
        """Is this the person?"""
        sought = self.person.casefold()
        return sought in {name.casefold(), *(one.casefold() for one in emails if one)}


@dataclass(frozen=True)
class Portion:
    """What one dossier says of the person."""

    things: Belongings
    academic_year: str
    records: dict[str, Person] = field(default_factory=dict)
    """By the path in the dossier."""
    roles: frozenset[str] = frozenset()
    """In which the person acts on its papers."""
    language: str = "fr"
    files: tuple[Path, ...] = ()
    events: tuple[tuple[PaperRecord, Event], ...] = ()

    @property
    def is_of_the_intern(self) -> bool:
        """Is it the person's own internship?"""
        return any(isinstance(person, Student) for person in self.records.values()) or "student" in self.roles


def portions(workspace: Workspace, registry: Registry, wanted: Wanted) -> tuple[Portion, ...]:
    """What each dossier has of the person.

    Raises:
        DossierError: SUBJECT-01, nobody of that name or address is known; SUBJECT-02, a name without a number.
    """
    estate = belongings.estate(workspace, registry)
    numbers = [wanted.number] if wanted.number else estate.numbers
    found = tuple(one for number in numbers if (one := _portion(estate, estate.of(number), wanted)))
    if not found:
        raise DossierError(
            "SUBJECT-01",
            Text("nobody is known here as {person}", person=wanted.person),
            Text("check the spelling; give the address or the name as it stands in a dossier"),
        )
    return found


def _portion(estate: Estate, things: Belongings, wanted: Wanted) -> Portion | None:
    every = people(things.dossier) if things.dossier else ()
    records = {path: one for path, one in every if wanted.is_(one.name, one.email, getattr(one, "personal_email", ""))}
    acting = [
        (paper, one) for paper in things.papers for one in paper.expected if wanted.is_(one.name, one.email)
    ]  # fmt: skip
    if not records and not acting:
        return None
    roles = frozenset(one.role for _, one in acting)
    emails = {one.email.casefold() for _, one in acting} | {one.email.casefold() for one in records.values()}
    is_intern = any(isinstance(one, Student) for one in records.values()) or "student" in roles
    languages = [one.language for _, one in acting] + ([things.dossier.language] if things.dossier else [])
    return Portion(
        things,
        estate.academic_year(things) or "",
        records,
        roles,
        languages[0],
        tuple(_files(estate, things, roles, emails, is_intern=is_intern)),
        tuple(_events(things, roles, emails, is_intern=is_intern)),
    )


def _files(
    estate: Estate, things: Belongings, roles: frozenset[str], emails: set[str], *, is_intern: bool
) -> Iterator[Path]:
    yield from (path for path in things.letters if _is_to(path, emails))
    if not is_intern:
        own = [paper for paper in things.papers if any(one.role in roles for one in paper.expected)]
        present = (estate.workspace.path(paper.current.file) for paper in own if paper.current)
        yield from (path for path in present if path.is_file())
        yield from (path for path in things.files if _role_of(path) in roles)
        return
    yield from (path for path in things.files if _role_of(path) in {"", *roles})
    yield from (*things.attachments, *things.refused)
    for place in things.packages:
        yield from (path for path in sorted(place.rglob("*") if place.is_dir() else [place]) if path.suffix == ".pdf")


def _role_of(path: Path) -> str:
    """Whose recognition a file tells of; empty when it is a paper."""
    match = _OF_A_SIGNATURE.search(path.name)
    return match[1] if match else ""


def _is_to(path: Path, emails: set[str]) -> bool:
    to = str(message_from_bytes(path.read_bytes(), policy=policy.default)["To"]).casefold()
    return any(email in to for email in emails)


def _events(
    things: Belongings, roles: frozenset[str], emails: set[str], *, is_intern: bool
) -> Iterator[tuple[PaperRecord, Event]]:
    """What was done by the person, what was sent there, and to the intern what befell the paper itself."""
    for paper in things.papers:
        for event in paper.events:
            role, to = getattr(event, "role", ""), getattr(event, "to", "").casefold()
            if (role in roles and to in {"", *emails}) or (is_intern and not role):
                yield paper, event


def data_of(portion: Portion) -> dict[str, Any]:
    """Everything but the files, as JSON values."""
    whole = portion.things.dossier if portion.is_of_the_intern else None
    return {
        "number": portion.things.number,
        "academic_year": portion.academic_year,
        "roles": sorted(portion.roles),
        "said_of_you": {path: person.model_dump(mode="json") for path, person in portion.records.items()},
        "dossier": whole.model_dump(mode="json") if whole else None,
        "journal": [_plain(paper, event) for paper, event in portion.events],
    }


def _plain(paper: PaperRecord, event: Event) -> dict[str, Any]:
    document = {"document": paper.document, "version": paper.version}
    return {**document, "kind": event.kind, "at": event.at.isoformat(), **event.facts()}
