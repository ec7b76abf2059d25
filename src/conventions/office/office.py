"""The office: every command of the secretariat is one method, and each may be run again.

A method imports the chapter that it opens: who generates a draft must not wait for what receives, seals and archives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from conventions import signing
from conventions.errors import ConventionsError, KeyUnreadable
from conventions.model.life import State
from conventions.office.naming import file_named, number_behind, paper_named, papers_named
from conventions.office.outcome import Outcome
from conventions.settings import load
from conventions.store import Registry
from conventions.text import Text

if TYPE_CHECKING:
    from conventions import intake
    from conventions.agenda import Entry
    from conventions.languages import Language
    from conventions.office import campaign, exchange, life, proposing
    from conventions.office.custody import Custody
    from conventions.office.drafting import Wish
    from conventions.office.grades import Year
    from conventions.office.outcome import Row
    from conventions.pipeline import Services
    from conventions.settings import Workspace
    from conventions.store import PaperRecord

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

    @property
    def custody(self) -> Custody:
        """What is kept: audits, renewals, packages, backups, and what must be forgotten."""
        from conventions.office.custody import Custody

        return Custody(self.workspace, self.registry)

    def services(self) -> Services:
        """Trust and time-stamps, as the settings say."""
        from conventions.office.means import services_of

        return services_of(self.workspace)

    def files(self, names: Sequence[str]) -> tuple[Path, ...]:
        """Dossier files by path or number, each once; without names, all of the workspace.

        Raises:
            DossierError: no such dossier.
        """
        if not names:
            return self.workspace.dossier_files()
        folder = self.workspace.path(self.workspace.settings.places.dossiers)
        return tuple({path.resolve(): path for path in (file_named(name, folder) for name in names)}.values())

    def check(self, files: Sequence[Path], *, on: date, among: Sequence[Path] = ()) -> Iterator[Outcome]:
        """Every finding of every dossier.

        Args:
            files: the dossiers to tell about.
            on: the day they are judged on.
            among: dossiers that they are compared with; without any, each is judged by itself.
        """
        from conventions.office import inspection

        yield from inspection.check(self.workspace, self.registry, files, among=among, on=on)

    def take_in(self, entries: Sequence[intake.Entry], how: exchange.Import) -> Iterator[Outcome]:
        """Write imported dossiers into the workspace, each wholly or not at all; importing twice changes nothing."""
        from conventions.office import exchange

        yield from exchange.take_in(self.workspace, self.registry, entries, how)

    def generate(self, files: Sequence[Path], wish: Wish, *, now: datetime) -> Iterator[Outcome]:
        """Write one document for each dossier; a file that is up to date is left as it is."""
        from conventions.office import drafting
        from conventions.office.grades import reader_for

        read = reader_for(wish.kind, self.workspace, self.registry)
        yield from drafting.generate(self.workspace, files, wish, now, read=read, agreed=self._agreed)

    def issue(self, files: Sequence[Path], wish: Wish, *, seal: signing.Key | None, now: datetime) -> Iterator[Outcome]:
        """Prepare, certify and post to the first signer; what is issued already is only posted if it never was."""
        from conventions.office import issuing

        yield from issuing.issue(self.workspace, self.registry, self.services(), files, wish, seal, now)

    def sign(self, name: str, *, role: str, key: str, secrets: signing.Secrets, now: datetime) -> Outcome:
        """Sign in a role, if it is that role's turn; the result goes through the same gate as any other file."""
        from conventions.office import dispatch, reception

        number = number_behind(name)
        try:
            # The letters of a command that was interrupted may still be missing.
            paper = dispatch.post_turn(self.workspace, self.registry, paper_named(self.registry, number), now)
            reception.assert_turn(paper, role)
            services = self.services()
            with signing.open_key(key, secrets, known=services.trust.intermediates) as opened:
                signing.assert_usable(opened, now)
                data = reception.sign(self.workspace, services, paper, role, opened, now)
            return reception.receive(self.workspace, self.registry, services, data, now)
        except ConventionsError as error:
            return Outcome(number, error=error)

    def receive(self, files: Sequence[Path], *, now: datetime) -> Iterator[Outcome]:
        """Take in files that came back; receiving one twice changes nothing."""
        from conventions.office import campaign

        yield from campaign.receive_all(self.workspace, self.registry, self.services(), files, now)

    def collect(self, *, now: datetime) -> Iterator[Outcome]:
        """Take in what has come into the inbox folder and the mailbox; doing it again goes on where it stopped."""
        from conventions.office import collecting

        yield from collecting.collect(self.workspace, self.registry, self.services(), now)

    def status(self, files: Sequence[Path], *, on: date) -> tuple[Row, ...]:
        """The board: one row per dossier that can be read."""
        from conventions.office import board

        return board.rows(self.workspace, self.registry, files, on)

    def calendar(self, files: Sequence[Path], *, on: date) -> tuple[Entry, ...]:
        """The course's dates and what each dossier asks of whom by when, in order."""
        from conventions.office import diary

        return diary.entries(self.workspace, self.registry, files, on)

    def calendar_file(self, entries: Sequence[Entry], *, title: str, language: Language, now: datetime) -> bytes:
        """The same as an ``.ics`` file."""
        from conventions import post

        domain = self.workspace.settings.delivery.sender.rpartition("@")[2]
        return post.to_ics(entries, title=title, domain=domain, language=language, now=now)

    def complete(self, names: Sequence[str]) -> tuple[PaperRecord, ...]:
        """The papers named, or all that every role has signed and that are not sealed yet."""
        from conventions.office import closing

        return self._papers(names, closing.is_complete)

    def sealed(self, names: Sequence[str]) -> tuple[PaperRecord, ...]:
        """The papers named, or all that are sealed and not archived yet."""
        from conventions.office import closing

        return self._papers(names, closing.is_sealed)

    def seal(self, papers: Sequence[PaperRecord], *, now: datetime) -> Iterator[Outcome]:
        """Close complete papers (PAdES-B-LTA)."""
        from conventions.office import closing

        yield from closing.seal(self.workspace, self.registry, self.services(), papers, now)

    def archive(self, papers: Sequence[PaperRecord], *, now: datetime) -> Iterator[Outcome]:
        """Put sealed papers into the archive."""
        from conventions.office import closing

        yield from closing.archive(self.workspace, self.registry, self.services(), papers, now)

    def seal_key(self, secrets: signing.Secrets, *, now: datetime) -> signing.Key:
        """The institution's seal: a file, a token or a credential at a service. Use it in a ``with`` statement.

        Raises:
            KeyUnreadable: the settings name none, it cannot be read, or it has expired.
            WrongPassphrase: the pass-phrase or PIN does not open it.
            ServiceError: the token or the service fails.
        """
        name = self.workspace.settings.trust.seal
        if not name:
            raise KeyUnreadable(
                "KEY-01",
                Text("the settings name no seal"),
                Text("set trust.seal in conventions.toml to the .p12 file of the institution's seal"),
            )
        known = self.services().trust.intermediates
        with ExitStack() as opened:
            key = opened.enter_context(signing.open_key(name, secrets, folder=self.workspace.root, known=known))
            signing.assert_usable(key, now)
            opened.pop_all()
            return key

    # ── the grades of a year ─────────────────────────────────────────────────────────────────────────────────

    def grades(self, files: Sequence[Path], *, year: str = "") -> tuple[Year, tuple[Outcome, ...]]:
        """The grades of a year, of the latest without its name, and one outcome for each dossier that is broken.

        Raises:
            DossierError: there is no dossier of that year.
        """
        from conventions.office.grades import MarkedReader, year_of

        return year_of(MarkedReader(self.workspace, self.registry), files, year)

    def tables(self, year: Year, targets: Mapping[campaign.TableKind, Path], *, may_replace: bool) -> Iterator[Outcome]:
        """The registrar's files, by their format."""
        from conventions.office import campaign

        yield from campaign.tables(self.workspace, year, targets, may_replace=may_replace)

    def plots(self, year: Year, folder: Path, *, may_replace: bool) -> Iterator[Outcome]:
        """The charts of a year, as SVG and PDF."""
        from conventions.office import campaign

        yield from campaign.plots(self.workspace, year, folder, may_replace=may_replace)

    def overview(self, year: Year, target: Path, *, now: datetime, may_replace: bool) -> Iterator[Outcome]:
        """The year in one page."""
        from conventions.office import campaign

        yield from campaign.overview(self.workspace, self.registry, year, target, now, may_replace=may_replace)

    def grade(self, files: Sequence[Path], forms: Sequence[Path], *, year: str, now: datetime) -> Iterator[Outcome]:
        """From filled forms to sheets, record, tables and charts; running it again goes on where it stopped."""
        from conventions.office import campaign

        yield from self.receive(forms, now=now)
        yield from campaign.grade_year(self.workspace, self.registry, files, now, year)

    # ── the life of a paper ──────────────────────────────────────────────────────────────────────────────────

    def decline(self, name: str, *, role: str, reason: str, now: datetime) -> Outcome:
        """A signatory will not sign: the paper ends, and everybody who has it is told why."""
        from conventions.office import life

        return self._to(name, lambda paper: life.decline(self.workspace, self.registry, paper, role, reason, now))

    def recall(self, name: str, *, reason: str, now: datetime) -> Outcome:
        """Take a paper back that is not sealed yet."""
        from conventions.office import life

        return self._to(name, lambda paper: life.recall(self.workspace, self.registry, paper, reason, now))

    def replace(self, name: str, *, role: str, deputy: life.Deputy, reason: str, now: datetime) -> Outcome:
        """Another person acts in a role that has not acted yet."""
        from conventions.office import life

        return self._to(
            name, lambda paper: life.replace(self.workspace, self.registry, paper, role, deputy, reason, now)
        )

    def approve(self, name: str, *, role: str, by: str, now: datetime) -> Outcome:
        """An office that signs nothing has checked the paper."""
        from conventions.office import life

        return self._to(name, lambda paper: life.check(self.workspace, self.registry, paper, role, by, now))

    def propose(self, wanted: proposing.Proposal, *, now: datetime) -> Outcome:
        """Ask a host for a pre-agreement."""
        from conventions.office import proposing

        try:
            return proposing.propose(self.workspace, self.registry, wanted, now)
        except ConventionsError as error:
            return Outcome(wanted.number, error=error)

    def invite(self, name: str, *, role: str, now: datetime) -> Outcome:
        """Send a code to a person without a certificate whose turn it is."""
        from conventions.office import consent

        return self._to(name, lambda paper: consent.invite(self.workspace, self.registry, paper, role, now))

    def consent(self, name: str, *, role: str, code: str, seal: signing.Key, now: datetime) -> Outcome:
        """Sign on behalf of the person who gives that code."""
        from conventions.office import consent

        services = self.services()
        return self._to(
            name,
            lambda paper: consent.consent(self.workspace, self.registry, services, paper, role, code, seal, now),
        )

    def on_paper(
        self, name: str, *, role: str, scan: Path, signed_on: date, seal: signing.Key, now: datetime
    ) -> Outcome:
        """Record a signature on paper, with its scan."""
        from conventions.office import consent

        services = self.services()
        return self._to(
            name,
            lambda paper: consent.on_paper(
                self.workspace, self.registry, services, paper, role, scan, signed_on, seal, now
            ),
        )

    def wording(self, name: str, *, role: str) -> Text:
        """What the person whose turn it is consents to."""
        from conventions.office import consent, reception

        paper = paper_named(self.registry, name)
        reception.assert_turn(paper, role)
        return consent.wording(paper, paper.signatory(role))

    def post(self, names: Sequence[str], *, now: datetime, force: bool = False) -> tuple[int, Iterator[Outcome]]:
        """Hand over the letters that wait: of how many papers, and one outcome for each.

        Args:
            names: of dossiers or papers; without one, every paper that has a letter to send.
            now: aware; a letter that has failed waits until its pause is over.
            force: do not wait, and try addresses again that were refused.
        """
        from conventions.office import posting

        every = self.registry.papers(every_version=True)
        papers = papers_named(self.registry, names) or tuple(filter(posting.has_letters, every))
        return len(papers), posting.post(self.workspace, self.registry, self.services(), papers, now, force=force)

    def remind(self, papers: Sequence[PaperRecord], *, now: datetime, force: bool = False) -> Iterator[Outcome]:
        """Write to those whose turn it is once more, when it is time to."""
        from conventions.office import life

        for paper in papers:
            try:
                yield life.remind(self.workspace, self.registry, paper, now, force=force)
            except ConventionsError as error:
                yield Outcome(paper.number, error=error)

    def expire(self, papers: Sequence[PaperRecord], *, now: datetime) -> Iterator[Outcome]:
        """End the papers whose internship has begun without all signatures."""
        from conventions.office import life

        for paper in papers:
            try:
                yield life.expire(self.workspace, self.registry, paper, now)
            except ConventionsError as error:
                yield Outcome(paper.number, error=error)

    # ── what the doors ask ───────────────────────────────────────────────────────────────────────────────────

    def waiting(self, names: Sequence[str]) -> tuple[PaperRecord, ...]:
        """The papers named, or all that wait for somebody."""
        return self._papers(names, lambda paper: paper.state is State.WAITING)

    def journal(self, name: str) -> tuple[PaperRecord, ...]:
        """Every paper of a dossier, all versions, with what has happened to each.

        Raises:
            DossierError: nothing was issued for it (PAPER-01).
        """
        number = number_behind(name)
        return tuple(self.registry.papers(number=number, every_version=True)) or (paper_named(self.registry, number),)

    def bytes_of(self, paper: PaperRecord) -> bytes:
        """A paper's present bytes.

        Raises:
            DiskError: the file is gone, or is no longer what the registry recorded (DISK-04).
        """
        from conventions.office import revisions

        return revisions.current(self.workspace, paper).data

    def _agreed(self, number: str) -> date | None:
        from conventions.office import agreed

        return agreed.signed_on(self.registry, number)

    def _to(self, name: str, work: Callable[[PaperRecord], Outcome]) -> Outcome:
        number = number_behind(name)
        try:
            return work(paper_named(self.registry, number))
        except ConventionsError as error:
            return Outcome(number, error=error)

    def _papers(self, names: Sequence[str], ready: Callable[[PaperRecord], bool]) -> tuple[PaperRecord, ...]:
        if names:
            return papers_named(self.registry, names)
        return tuple(paper for paper in self.registry.papers() if ready(paper))
