"""What is handed to a person who asks for their data: a folder or an archive, with an index that can be read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from conventions.errors import DossierError, NeverOverwrite
from conventions.languages import PARIS, Language
from conventions.office import retention
from conventions.office.outcome import Outcome
from conventions.office.subject import Portion, Wanted, data_of, portions
from conventions.settings import Workspace
from conventions.store import Registry, office_secret, read_file, write_new
from conventions.store.age import encrypt
from conventions.text import Text, counted, quoted

__all__ = ["Handover", "hand_over"]

_INDEX: Final = "index.txt"
_DATA: Final = "data.json"


@dataclass(frozen=True)
class Handover:
    """How it is handed over."""

    target: Path
    """A file that ends in .zip, or a folder; neither is there yet."""
    by: str
    """Who hands it over; kept in the acts for as long as the settings say."""
    recipient: str = ""
    """Public key of the person (age): the archive is encrypted, and its name ends in .zip.age."""


def hand_over(workspace: Workspace, registry: Registry, wanted: Wanted, how: Handover, now: datetime) -> Outcome:
    """Write everything that the office has of one person.

    Raises:
        DossierError: SUBJECT-01 nobody is known by that name, SUBJECT-02 a name alone, SUBJECT-03 a key and a folder.
        NeverOverwrite: SUBJECT-04 there is something at that place.
        KeyUnreadable: AGE-01, the recipient is no public key.
        DiskError: it cannot be read or written.
    """
    _require_place(how)
    found = portions(workspace, registry, wanted)
    contents = _contents(workspace, found, wanted, now)
    _write(contents, how, now)
    acts = registry.acts(office_secret(workspace.root))
    facts = {"files": len(contents), "dossiers": len(found), "encrypted": bool(how.recipient)}
    for name in {wanted.person.casefold(), *(portion.things.number for portion in found)}:
        acts.record("exported", name, now, facts, {"by": how.by})
    note = counted("one file handed over", "{n} files handed over", n=len(contents))
    return Outcome(wanted.person, note, how.target)


def _require_place(how: Handover) -> None:
    if how.recipient and not how.target.name.endswith(".zip.age"):
        raise DossierError(
            "SUBJECT-03",
            Text("only an archive can be encrypted"),
            Text("give it a name that ends in .zip.age"),
            place=str(how.target),
        )
    if how.target.exists() and (how.target.is_file() or any(how.target.iterdir())):
        raise NeverOverwrite(
            "SUBJECT-04",
            Text("there is something at {place} already", place=str(how.target)),
            Text("name a new file or folder; nothing is overwritten"),
        )


def _contents(workspace: Workspace, found: Sequence[Portion], wanted: Wanted, now: datetime) -> dict[str, bytes]:
    files = {name: path for portion in found for name, path in _named(workspace, portion)}
    data = {"asked_for": wanted.person, "on": now.isoformat(), "dossiers": [data_of(portion) for portion in found]}
    told = "\n".join(_index(workspace, found, wanted, list(files), now.astimezone(PARIS).date()))
    return {
        _INDEX: f"{told}\n".encode(),
        _DATA: json.dumps(data, ensure_ascii=False, indent=1, default=str).encode(),
        **{name: read_file(path) for name, path in files.items()},
    }


def _named(workspace: Workspace, portion: Portion) -> Iterator[tuple[str, Path]]:
    """Each file under the number of its dossier, by its place in the workspace."""
    root = workspace.root.resolve()
    for path in portion.files:
        inside = path.resolve().relative_to(root).as_posix() if path.resolve().is_relative_to(root) else path.name
        yield f"{portion.things.number}/{inside}", path


def _index(
    workspace: Workspace, found: Sequence[Portion], wanted: Wanted, names: Sequence[str], on: date
) -> Iterator[str]:
    language, house = Language(found[0].language), workspace.settings.institution
    for line in _about(house.name, wanted.person, on):
        yield language.say(line)
    for portion in found:
        yield ""
        number, year = portion.things.number, portion.academic_year
        yield language.say(Text("Dossier {number}, {year}", number=number, year=year))
        if year:
            until = retention.kept_until(portion.things, year, workspace.settings)
            yield language.say(Text("It is kept until {day}.", day=until))
        yield from (f"  {name}" for name in names if name.startswith(f"{number}/"))
    yield ""
    rights = Text(
        "You may have what is wrong corrected: write to {email}. You may complain to the data protection authority "
        "(in France the CNIL).",
        email=house.email,
    )
    yield language.say(rights)


def _about(house: str, person: str, on: date) -> Iterator[Text]:
    yield Text("What {house} holds about {person}, on {day}", house=house, person=person, day=on)
    yield quoted("")
    yield Text(
        "Why: an internship needs an agreement between the student, the institution and the host organisation (art. "
        "L124-1 of the Code de l'éducation); its data are used to make it, sign it, follow it and prove it (art. "
        "6(1)(c) and (e) GDPR)."
    )
    yield Text("Who gets them: the people who sign the agreement, and the offices that check it; nobody else.")
    yield Text("In {file}: everything that is recorded, as data; below, every file.", file=_DATA)


def _write(contents: Mapping[str, bytes], how: Handover, now: datetime) -> None:
    if how.target.suffix not in {".zip", ".age"}:
        for name, data in contents.items():
            write_new(how.target / name, data)
        return
    packed = _zipped(contents, now)
    if how.recipient:
        closed = BytesIO()
        encrypt(BytesIO(packed), closed, [how.recipient])
        packed = closed.getvalue()
    write_new(how.target, packed)
    how.target.chmod(0o600)


def _zipped(contents: Mapping[str, bytes], now: datetime) -> bytes:
    stream, moment = BytesIO(), now.astimezone(PARIS)
    at = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    with ZipFile(stream, "w") as packed:
        for name, data in contents.items():
            packed.writestr(ZipInfo(name, at), data, ZIP_DEFLATED)
    return stream.getvalue()
