"""The evidence of one dossier as a transfer to a public archive service, beside the bag (experimental)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path, PurePosixPath

from conventions.documents import document_type
from conventions.errors import SettingsError
from conventions.in_force import in_force
from conventions.languages import PARIS, Language
from conventions.model.dossier import Dossier
from conventions.model.profile import resolved
from conventions.settings import Seda, Settings
from conventions.store import Rule, Transfer, Unit, make_transfer
from conventions.store import archive as shelf
from conventions.text import Text

__all__ = ["assert_agreed", "transfer"]


def assert_agreed(chosen: Seda) -> None:
    """Is it settled who hands over to whom?

    Raises:
        SettingsError: the archive service, the sender or their agreement is not named (SEDA-01).
    """
    if not (chosen.agreement and chosen.archive and chosen.sender):
        raise SettingsError(
            "SEDA-01",
            Text("it is not said to whom the papers go, who hands them over, and under which agreement"),
            Text("name agreement, archive and sender under [archive.seda] in the conventions.toml of the workspace"),
        )


def transfer(
    settings: Settings, number: str, files: Mapping[str, bytes], folder: Path, now: datetime, dossier: Dossier | None
) -> Path:
    """Write the files of a bag once more as a SEDA 2.1 transfer, beside the bag.

    Args:
        settings: with the identifiers that the archive service gave.
        number: of the dossier.
        files: the payload of the bag.
        folder: the bag.
        now: the instant that a new transfer is dated.
        dossier: what is known of the internship.

    Returns:
        Where it lies; the same again changes nothing.

    Raises:
        NeverOverwrite: another transfer lies there (STORE-01).
        DiskError: it cannot be written.
    """
    bag = folder.resolve()
    path = bag.with_name(f"{bag.name}.seda.zip")
    make_transfer(path, _told(settings, number, files, dossier), files, now.astimezone(PARIS))
    return path


def _told(settings: Settings, number: str, files: Mapping[str, bytes], dossier: Dossier | None) -> Transfer:
    chosen, language = settings.archive.seda, Language(settings.language)
    comment = Text(
        "Internship {number}, {institution}: papers, evidence of the signatures, journal",
        number=number,
        institution=settings.institution.name,
    )
    over = _year_is_over(settings, dossier)
    return Transfer(
        language.say(comment),
        chosen.agreement,
        chosen.archive,
        chosen.sender,
        chosen.originator or chosen.sender,
        _whole(number, sorted(files), language, dossier),
        Rule(_appraisal(settings), over, chosen.final_action) if over and chosen.appraisal_rule else None,
        Rule(chosen.access_rule, over) if over and chosen.access_rule else None,
    )


def _year_is_over(settings: Settings, dossier: Dossier | None) -> date | None:
    """The day from which everything of a dossier is kept for so many years."""
    if dossier is None:
        return None
    return resolved(int(dossier.academic_year.split("-")[1]), settings.rules.calendar.year_starts)


def _appraisal(settings: Settings) -> str:
    kept = settings.retention
    years = max(kept.agreements_years, kept.evaluations_years, kept.grades_years)
    return settings.archive.seda.appraisal_rule.replace("{years}", str(years))


def _whole(number: str, names: Sequence[str], language: Language, dossier: Dossier | None) -> Unit:
    """The dossier, its papers, their files."""
    folders = sorted({name.partition("/")[0] for name in names if "/" in name})
    parts = [_folder(number, folder, names, language) for folder in folders]
    parts += _items(name for name in names if "/" not in name)
    title = language.say(Text("Internship {number}", number=number))
    agreed = in_force(dossier).schedule if dossier else None
    start, end = (agreed.start, agreed.end) if agreed else (None, None)
    return Unit("RecordGrp", title, number, start, end, parts=tuple(parts))


def _folder(number: str, folder: str, names: Sequence[str], language: Language) -> Unit:
    parts = tuple(_items(name for name in names if name.startswith(f"{folder}/")))
    return Unit("File", language.say(_title(number, folder)), f"{number}/{folder}", parts=parts)


def _title(number: str, folder: str) -> Text:
    try:
        _, document, version = shelf.key_of(Path(number, folder))
    except ValueError:
        return Text("attachments")
    title = document_type(document).title
    return Text("{document} {number}, version {version}", document=title, number=number, version=version)


def _items(names: Iterator[str]) -> Iterator[Unit]:
    for name in names:
        yield Unit("Item", PurePosixPath(name).name, file=name)
