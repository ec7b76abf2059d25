"""The office: every command of the secretariat is one method, and each may be run again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from conventions import intake, pipeline, signing
from conventions.agenda import Entry
from conventions.errors import ConventionsError, DossierError, KeyUnreadable
from conventions.languages import Language
from conventions.office import board, closing, diary, exchange, inspection, issuing, reception
from conventions.office.outcome import Outcome, Row
from conventions.office.reception import Passphrase
from conventions.pipeline import Services
from conventions.post import to_ics
from conventions.settings import Workspace, load
from conventions.store import PaperRecord, Registry
from conventions.text import Text

__all__ = ["Office"]


@dataclass(frozen=True)
class Office:
    """A workspace with its registry open. Use it in a ``with`` statement."""

    workspace: Workspace
    registry: Registry

    @classmethod
    def open(cls, root: Path) -> Self:
        """Open the workspace in this folder.

        Raises:
            SettingsError: there is none, or its settings are wrong.
            DiskError: the registry cannot be opened.
        """
        workspace = load(root)
        return cls(workspace, Registry.open(workspace.registry_url))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.registry.close()

    def files(self, names: Sequence[str]) -> tuple[Path, ...]:
        """Dossier files by path or number; without names, all of the workspace.

        Raises:
            DossierError: no such dossier.
        """
        folder = self.workspace.path(self.workspace.settings.places.dossiers)
        if not names:
            return tuple(sorted(path for path in folder.glob("*") if path.suffix in {".yaml", ".yml", ".json"}))
        return tuple(_file_of(name, folder) for name in names)

    def check(self, files: Sequence[Path], *, on: date, among: Sequence[Path] = ()) -> Iterator[Outcome]:
        """Every finding of every dossier.

        Args:
            files: the dossiers to tell about.
            on: the day they are judged on.
            among: dossiers that they are compared with; without any, each is judged by itself.
        """
        yield from inspection.check(self.workspace, files, among=among, on=on)

    def take_in(self, entries: Sequence[intake.Entry], how: exchange.Import) -> Iterator[Outcome]:
        """Write imported dossiers into the workspace, each wholly or not at all; importing twice changes nothing."""
        yield from exchange.take_in(self.workspace, self.registry, entries, how)

    def generate(self, files: Sequence[Path], *, now: datetime) -> Iterator[Outcome]:
        """Write drafts; a draft that is up to date is left as it is."""
        yield from issuing.generate(self.workspace, files, now)

    def issue(self, files: Sequence[Path], *, seal: signing.Key, now: datetime) -> Iterator[Outcome]:
        """Prepare, certify and post to the first signer; what is issued already is only posted if it never was."""
        yield from issuing.issue(self.workspace, self.registry, self.services(), files, seal, now)

    def sign(self, name: str, *, role: str, key_file: Path, passphrase: Passphrase, now: datetime) -> Outcome:
        """Sign in a role, if it is that role's turn; the result goes through the same gate as any other file."""
        number = self._number(name)
        try:
            paper = self._paper(number)
            reception.assert_turn(paper, role)
            key = signing.load_key(key_file, passphrase(key_file.name))
            signing.assert_usable(key, now)
            data = reception.sign(self.workspace, self.services(), paper, role, key, now)
            return reception.receive(self.workspace, self.registry, self.services(), data, now)
        except ConventionsError as error:
            return Outcome(number, error=error)

    def receive(self, files: Sequence[Path], *, now: datetime) -> Iterator[Outcome]:
        """Take in files that came back; receiving one twice changes nothing."""
        for path in files:
            try:
                yield reception.receive(self.workspace, self.registry, self.services(), reception.returned(path), now)
            except ConventionsError as error:
                yield Outcome(path.name, error=error, file=path)

    def status(self, files: Sequence[Path], *, on: date) -> tuple[Row, ...]:
        """The board: one row per dossier that can be read."""
        return board.rows(self.workspace, self.registry, files, on)

    def calendar(self, files: Sequence[Path], *, on: date) -> tuple[Entry, ...]:
        """The course's dates and what each dossier asks of whom by when, in order."""
        return diary.entries(self.workspace, self.registry, files, on)

    def calendar_file(self, entries: Sequence[Entry], *, title: str, language: Language, now: datetime) -> bytes:
        """The same as an ``.ics`` file."""
        domain = self.workspace.settings.delivery.sender.rpartition("@")[2]
        return to_ics(entries, title=title, domain=domain, language=language, now=now)

    def complete(self, names: Sequence[str]) -> tuple[PaperRecord, ...]:
        """The papers named, or all that every role has signed and that are not sealed yet."""
        return self._papers(names, closing.is_complete)

    def sealed(self, names: Sequence[str]) -> tuple[PaperRecord, ...]:
        """The papers named, or all that are sealed and not archived yet."""
        return self._papers(names, closing.is_sealed)

    def seal(self, papers: Sequence[PaperRecord], *, now: datetime) -> Iterator[Outcome]:
        """Close complete papers (PAdES-B-LTA)."""
        for paper in papers:
            yield closing.seal(self.workspace, self.registry, self.services(), paper, now)

    def archive(self, papers: Sequence[PaperRecord], *, now: datetime) -> Iterator[Outcome]:
        """Put sealed papers into the archive."""
        for paper in papers:
            yield closing.archive(self.workspace, self.registry, self.services(), paper, now)

    def seal_key(self, passphrase: Passphrase, *, now: datetime) -> signing.Key:
        """The institution's seal.

        Raises:
            KeyUnreadable: the settings name none, it cannot be read, or it has expired.
            WrongPassphrase: the pass-phrase does not open it.
        """
        name = self.workspace.settings.trust.seal
        if not name:
            raise KeyUnreadable(
                "KEY-01",
                Text("the settings name no seal"),
                Text("set trust.seal in conventions.toml to the .p12 file of the institution's seal"),
            )
        key = signing.load_key(self.workspace.path(name), passphrase(name))
        signing.assert_usable(key, now)
        return key

    def services(self) -> Services:
        """Trust and time-stamps, as the settings say."""
        trust = self.workspace.settings.trust
        roots = [self.workspace.path(name) for name in trust.roots]
        others = [self.workspace.path(name) for name in trust.intermediates]
        return Services(
            trust=signing.load_trust(roots, intermediates=others, hosts=trust.revocation_hosts),
            timestamper=signing.Timestamper(trust.timestamps) if trust.timestamps else None,
        )

    def _number(self, name: str) -> str:
        """The number behind a number or a file name."""
        return pipeline.read(Path(name)).dossier.number if Path(name).is_file() else name

    def _paper(self, number: str) -> PaperRecord:
        paper = self.registry.find(number, "convention")
        if paper is None:
            raise DossierError(
                "PAPER-01",
                Text("no paper was issued for dossier {number}", number=number),
                Text("issue it first: `conventions issue {number}`", number=number),
            )
        return paper

    def _papers(self, names: Sequence[str], ready: Callable[[PaperRecord], bool]) -> tuple[PaperRecord, ...]:
        if names:
            return tuple(self._paper(self._number(name)) for name in names)
        return tuple(paper for paper in self.registry.papers() if ready(paper))


def _file_of(name: str, folder: Path) -> Path:
    path = Path(name)
    if path.is_file():
        return path
    for suffix in (".yaml", ".yml", ".json"):
        for found in (folder / f"{name}{suffix}", *sorted(folder.glob(f"{name}-*{suffix}"))):
            if found.is_file():
                return found
    raise DossierError(
        "FILE-09",
        Text("there is no dossier {name}", name=name),
        Text("name a file, or a number whose file begins with it in {folder}", folder=str(folder)),
    )
