"""Everything a department decides, and the folder that it holds for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from pydantic import PrivateAttr

from conventions import questionnaires
from conventions.model.dossier import LanguageCode
from conventions.model.evaluation import Questionnaires
from conventions.model.grading import GradingSettings
from conventions.model.party import Institution, Programme
from conventions.model.profile import Profile, Reminders
from conventions.model.record import Record
from conventions.settings.circuits import Circuits, CircuitSettings, People
from conventions.settings.delivery import Delivery
from conventions.settings.keeping import ArchiveSettings, Encryption, Places, Retention
from conventions.settings.papers import Converter, Documents, Registrar, TrustSettings, Usual
from conventions.settings.web import Portal

__all__ = ["FILE_NAME", "Settings", "Workspace"]

FILE_NAME: Final = "conventions.toml"
_DOSSIERS: Final = frozenset({".yaml", ".yml", ".json"})


class Settings(Record):
    """Everything a department decides, in one file."""

    language: LanguageCode = "fr"
    """Language of the house: what its own people are written to in."""
    institution: Institution
    programme: Programme
    people: People
    circuit: CircuitSettings = CircuitSettings()
    """Of every paper that has none of its own in ``circuits``."""
    circuits: Circuits = Circuits()
    reminders: Reminders = Reminders()
    rules: Profile = Profile()
    delivery: Delivery
    trust: TrustSettings = TrustSettings()
    registry: str = "sqlite:///registry.sqlite3"
    places: Places = Places()
    archive: ArchiveSettings = ArchiveSettings()
    documents: Documents = Documents()
    usual: Usual = Usual()
    grading: GradingSettings = GradingSettings()
    retention: Retention = Retention()
    encryption: Encryption = Encryption()
    registrar: Registrar = Registrar()
    converter: Converter = Converter()
    portal: Portal = Portal()
    _questions: Questionnaires | None = PrivateAttr(default=None)

    @property
    def questions(self) -> Questionnaires:
        """Of the evaluation forms: the department's own, else the shipped ones."""
        return self._questions or questionnaires.shipped()

    def asking(self, questions: Questionnaires) -> Self:
        """The same settings with other questions."""
        changed = self.model_copy()
        changed._questions = questions  # noqa: SLF001  # its own
        return changed


@dataclass(frozen=True)
class Workspace:
    """A folder with its settings."""

    root: Path
    settings: Settings

    def path(self, name: str) -> Path:
        """A path of the settings, made absolute."""
        return self.root / name

    @property
    def changed_at(self) -> datetime:
        """When its settings were last written; long ago when there is no file of them."""
        try:
            return datetime.fromtimestamp((self.root / FILE_NAME).stat().st_mtime, tz=UTC)
        except OSError:
            return datetime.min.replace(tzinfo=UTC)

    def dossier_files(self) -> tuple[Path, ...]:
        """The dossiers, by name; whether they can be read is not asked."""
        folder = self.path(self.settings.places.dossiers)
        return tuple(sorted(path for path in folder.glob("*") if path.suffix in _DOSSIERS))

    @property
    def registry_url(self) -> str:
        """Database address, a relative SQLite file being taken inside the workspace."""
        prefix = "sqlite:///"
        url = self.settings.registry
        if url.startswith(prefix) and not url.startswith(prefix + "/"):
            return f"{prefix}{self.root.resolve() / url.removeprefix(prefix)}"
        return url
