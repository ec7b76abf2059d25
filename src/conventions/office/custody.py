"""What the office keeps: whether it is whole, how long it proves itself, for whom, and when it must go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from conventions.errors import ConventionsError
from conventions.office import audit, forgetting, handover, holding, packing, renewing, safekeeping
from conventions.office.handover import Handover
from conventions.office.means import services_of
from conventions.office.naming import number_behind, papers_named
from conventions.office.outcome import Outcome
from conventions.office.subject import Wanted
from conventions.settings import Workspace
from conventions.store import Acts, Registry, office_secret

__all__ = ["Custody"]


def _numbers(names: Sequence[str]) -> tuple[str, ...]:
    """Of the dossiers that are named, each once."""
    return tuple(dict.fromkeys(map(number_behind, names)))


@dataclass(frozen=True)
class Custody:
    """Of one office."""

    workspace: Workspace
    registry: Registry

    # ── is it whole, and for how long ────────────────────────────────────────────────────────────────────────

    def audit(
        self,
        names: Sequence[str],
        *,
        repair: bool,
        now: datetime,
        signatures: bool = True,
        start: str = "",
    ) -> tuple[int, Iterator[Outcome]]:
        """Do registry, papers and archive agree? How many outcomes there will be at least, and each of them.

        Args:
            names: of dossiers; without one, everything, files that nobody knows included.
            repair: mend what can be rebuilt: lost revisions, interrupted signatures, papers that only the archive
                still knows.
            now: aware.
            signatures: prove the signatures of archived papers again.
            start: number of the dossier to begin with: an audit that was interrupted goes on there.
        """
        numbers = tuple(dict.fromkeys(number.partition("/")[0] for number in _numbers(names)))
        wish = audit.Wish(numbers, start, is_repair=repair, with_signatures=signatures)
        return audit.everything(self.workspace, self.registry, services_of(self.workspace), wish, now)

    def renew(self, names: Sequence[str], *, now: datetime, preview: bool = False) -> tuple[int, Iterator[Outcome]]:
        """Renew archived papers that are due: of how many papers, and one outcome for each.

        Args:
            names: of dossiers or papers; without one, every archived paper.
            now: aware.
            preview: only say what would be done.
        """
        every = self.registry.papers(every_version=True)
        papers = papers_named(self.registry, names) or tuple(filter(renewing.is_archived, every))
        services, margin = services_of(self.workspace), timedelta(days=self.workspace.settings.archive.renew_days)
        outcomes = renewing.renew(self.workspace, self.registry, services, papers, now, preview=preview, margin=margin)
        return len(papers), outcomes

    # ── for others ───────────────────────────────────────────────────────────────────────────────────────────

    def export_package(self, name: str, folder: Path, *, now: datetime, seda: bool = False) -> Outcome:
        """Put everything that proves one dossier into a bag; with ``seda``, a transfer to public archives beside it."""
        number = number_behind(name)
        try:
            return packing.export_package(
                self.workspace, self.registry, services_of(self.workspace), number, folder, now, seda=seda
            )
        except ConventionsError as error:
            return Outcome(number, error=error)

    def publish_roots(self, folder: Path) -> tuple[Path, ...]:
        """Write what others need to verify our papers.

        Raises:
            SettingsError: no authority is named.
        """
        return packing.publish_roots(self.workspace, services_of(self.workspace), folder)

    # ── what is kept of people, and how long ─────────────────────────────────────────────────────────────────

    @property
    def acts(self) -> Acts:
        """Holds, exports and purges: what was done with people's data."""
        return self.registry.acts(office_secret(self.workspace.root))

    def due(self, names: Sequence[str], *, now: datetime) -> Iterator[Outcome]:
        """What has been kept long enough, and why it would go; nothing is changed."""
        return forgetting.preview(self.workspace, self.registry, _numbers(names), now)

    def forget(self, names: Sequence[str], purge: forgetting.Purge, *, now: datetime) -> Iterator[Outcome]:
        """Destroy what has been kept long enough; run again after an interruption, it goes on."""
        return forgetting.begin(self.workspace, self.registry, _numbers(names), purge, now)

    def hold(self, name: str, *, reason: str, by: str, now: datetime) -> Outcome:
        """Keep a dossier from being forgotten."""
        return holding.hold(self.workspace, self.registry, self.acts, number_behind(name), reason, by, now)

    def lift(self, name: str, *, reason: str, by: str, now: datetime) -> Outcome:
        """End a hold."""
        return holding.lift(self.acts, number_behind(name), reason, by, now)

    def back_up(self, target: Path, *, by: str, now: datetime, is_folder: bool = False) -> Outcome:
        """Save everything into one new file, or into a folder, while others work.

        Raises:
            NeverOverwrite: there is such a file.
            DiskError: a purge is running, or it cannot be written.
        """
        return safekeeping.back_up(self.workspace, self.registry, target, by, now, is_folder=is_folder)

    def hand_over(self, wanted: Wanted, how: Handover, *, now: datetime) -> Outcome:
        """Write everything that is known of one person into a folder or an archive, for that person.

        Raises:
            DossierError: nobody is known by that name.
            NeverOverwrite: there is something at that place.
        """
        return handover.hand_over(self.workspace, self.registry, wanted, how, now)
