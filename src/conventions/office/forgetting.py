"""The end of retention: what is due goes from disk and registry, and a proof stays that says nothing of anybody.

Each lot is written down first, then its files go, the dossier itself last, then its rows. Whoever is interrupted runs
it again: what is left is still due, and the purge that was begun is ended.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import replace as replace_in
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from typing import Any, Final

from conventions import __version__, intake
from conventions.errors import ConventionsError, OutOfTurn
from conventions.languages import PARIS
from conventions.office import belongings, holding, remnants, retention
from conventions.office.outcome import Outcome
from conventions.office.retention import Lot
from conventions.office.tally import counted_of
from conventions.settings import Workspace
from conventions.store import Act, Acts, Registry, alone, office_secret, replace
from conventions.store.files import disk
from conventions.text import Text, counted

__all__ = ["Purge", "begin", "counts_told", "preview"]

_INBOX: Final = "inbox"
"""What the proof of a purge of the inbox is about."""
_KINDS: Final[Mapping[str, Callable[[int], Text]]] = {
    "letters": lambda n: counted("one letter", "{n} letters", n=n),
    "refused": lambda n: counted("one refused file", "{n} refused files", n=n),
    "received": lambda n: counted("one file that came in", "{n} files that came in", n=n),
    "attachments": lambda n: counted("one attachment", "{n} attachments", n=n),
    "papers": lambda n: counted("one file of its papers", "{n} files of its papers", n=n),
    "packages": lambda n: counted("one package of the archive", "{n} packages of the archive", n=n),
    "dossier": lambda _: Text("the dossier"),
    "registry": lambda n: counted("one paper in the registry", "{n} papers in the registry", n=n),
    "fields": lambda _: Text("fields of the dossier"),
}


@dataclass(frozen=True)
class Purge:
    """Under which responsibility things are destroyed."""

    by: str
    """Who runs the command; emptied with the dossier."""
    visa: str = ""
    """Reference of the archives' agreement; it stands in the proof."""


def preview(workspace: Workspace, registry: Registry, numbers: Sequence[str], now: datetime) -> Iterator[Outcome]:
    """What would go and why; nothing is changed."""
    acts = registry.acts(office_secret(workspace.root))
    lots = list(_due(workspace, registry, numbers, now))
    holds = acts.holds()
    for lot in lots:
        hold = holds.get(acts.subject(lot.number))
        yield _kept(lot, hold) if hold else Outcome(_label(lot), _told(lot, Text("would go")))
    yield from _nothing_due(acts, lots, numbers, belongings.estate(workspace, registry).numbers)


def begin(
    workspace: Workspace, registry: Registry, numbers: Sequence[str], purge: Purge, now: datetime
) -> Iterator[Outcome]:
    """Destroy what is due, but for what is held; doing it again changes nothing.

    Args:
        workspace: whose data it is.
        registry: loses the rows, keeps the proofs.
        numbers: of dossiers; without one, everything that is due.
        purge: who does it, under which visa.
        now: aware.

    Raises:
        OutOfTurn: FORGET-01, archives are among it and no visa is named.
        DiskError: KEEP-01, a backup is being made.
    """
    with alone(workspace.root):
        acts = registry.acts(office_secret(workspace.root))
        lots, holds = list(_due(workspace, registry, numbers, now)), acts.holds()
        going = [lot for lot in lots if acts.subject(lot.number) not in holds]
        _require_visa(workspace, going, purge)
        begun = {(act.subject, str(act.facts.get("rule"))): act for act in acts.unfinished()}
        for lot in lots:
            hold = holds.get(acts.subject(lot.number))
            yield _kept(lot, hold) if hold else _gone(acts, lot, begun, purge, now)
        left = belongings.estate(workspace, registry).numbers
        yield from _nothing_due(acts, lots, numbers, left)
        if not numbers:
            yield from _ended(acts, left, now)
        acts.blank(_months_before(now, workspace.settings.retention.access_months))
        acts.compact()
        yield from remnants.left(workspace, registry, going)


def _due(workspace: Workspace, registry: Registry, numbers: Sequence[str], now: datetime) -> Iterator[Lot]:
    estate, today = belongings.estate(workspace, registry), now.astimezone(PARIS).date()
    acts = registry.acts(office_secret(workspace.root))
    held = acts.holds()
    estate = replace_in(estate, held=frozenset(name for name in estate.numbers if acts.subject(name) in held))
    begun = {act.subject: str(act.facts["rule"]) for act in acts.unfinished() if act.facts.get("whole")}
    again = {name: begun[subject] for name in estate.numbers if (subject := acts.subject(name)) in begun}
    return retention.due(estate, today, numbers, again)


def _require_visa(workspace: Workspace, lots: Iterable[Lot], purge: Purge) -> None:
    if purge.visa or not workspace.settings.retention.needs_visa:
        return
    originals = [lot.number for lot in lots if lot.is_archive]
    if originals:
        raise OutOfTurn(
            "FORGET-01",
            counted(
                "one dossier that is due holds public archives: they are destroyed only with the archives' visa",
                "{n} dossiers that are due hold public archives: they are destroyed only with the archives' visa",
                n=len(originals),
            ),
            Text("name the visa: --visa REFERENCE; or set retention.needs_visa = false where no law asks for one"),
        )


def _gone(acts: Acts, lot: Lot, begun: Mapping[tuple[str, str], Act], purge: Purge, now: datetime) -> Outcome:
    """One lot, from the intent to the proof."""
    try:
        plan = begun.get((acts.subject(_label(lot)), lot.rule)) or _planned(acts, lot, purge, now)
        for _, paths in lot.kinds:
            for path in paths:
                _remove(path, lot.number)
        if lot.rewritten and lot.source:
            replace(lot.source, intake.written([lot.rewritten], lot.source.name).data)
        papers = [paper.id for paper in lot.papers]
        acts.destroy(
            plan.subject, papers, now, {**plan.facts, "planned": plan.digest}, whole=lot.is_whole, number=lot.number
        )
    except ConventionsError as error:
        return Outcome(_label(lot), error=error)
    return Outcome(_label(lot), _told(lot, Text("destroyed")))


def _planned(acts: Acts, lot: Lot, purge: Purge, now: datetime) -> Act:
    """The intent, written down before anything goes; what stays of a dossier is counted with it, and so only once."""
    statistics = counted_of(lot.things.dossier, lot.academic_year) if lot.is_whole else ()
    return acts.record("planned", _label(lot), now, _proof(lot, purge), {"by": purge.by}, statistics)


def _proof(lot: Lot, purge: Purge) -> Mapping[str, Any]:
    """What went, how much of it, under which rule and visa. The heads end the journals of the papers that went."""
    return {
        "rule": lot.rule,
        "since": lot.since.isoformat(),
        "counts": lot.counts,
        "heads": sorted(paper.head for paper in lot.papers),
        "whole": lot.is_whole,
        "visa": purge.visa,
        "program": f"conventions {__version__}",
    }


def _remove(path: Path, number: str) -> None:
    """A file, a link or a package; the folder of its number goes with the last of them."""
    with disk(path):
        if path.is_dir() and not path.is_symlink():
            rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if path.parent.name == number:
        with suppress(OSError):  # others are in it, or it is gone
            path.parent.rmdir()


def _ended(acts: Acts, numbers: Sequence[str], now: datetime) -> Iterator[Outcome]:
    """Purges whose last file had gone before somebody was interrupted: nothing is left but to say so."""
    present = {acts.subject(number) for number in numbers}
    for plan in acts.unfinished():
        if plan.subject not in present:
            whole = bool(plan.facts.get("whole"))
            acts.destroy(plan.subject, (), now, {**plan.facts, "planned": plan.digest}, whole=whole)
            yield Outcome(plan.subject[:12], Text("the purge that was interrupted is ended"))


def _nothing_due(acts: Acts, lots: Sequence[Lot], numbers: Sequence[str], known: Container[str]) -> Iterator[Outcome]:
    """What was named and does not go: too early, gone before, or never there."""
    found = {lot.number for lot in lots}
    gone = {act.subject for act in acts.all() if act.kind == "destroyed"} if numbers else frozenset()
    for number in numbers:
        if number in found:
            continue
        if number in known:
            yield Outcome(number, Text("nothing of it is due yet"))
        elif acts.subject(number) in gone:
            yield Outcome(number, Text("was destroyed before; nothing of it is left"))
        else:
            yield Outcome(number, error=holding.nothing_of(number))


def _kept(lot: Lot, hold: Act) -> Outcome:
    reason = str(hold.personal.get("reason", ""))
    return Outcome(
        lot.number, Text("kept: held since {day} ({reason})", day=hold.at.astimezone(PARIS).date(), reason=reason)
    )


def _label(lot: Lot) -> str:
    return lot.number or _INBOX


def counts_told(counts: Mapping[str, int]) -> tuple[Text, ...]:
    """What a purge destroys, and how much of it, as a proof holds it."""
    return tuple(_KINDS[kind](n) for kind, n in counts.items() if kind in _KINDS)


def _told(lot: Lot, done: Text) -> Text:
    return Text(
        "{done}: {what}; not to be kept since {day} ({rule})",
        done=done,
        what=counts_told(lot.counts) or Text("nothing that is left"),
        day=lot.since,
        rule=f"retention.{lot.rule}",
    )


def _months_before(now: datetime, months: int) -> datetime:
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return now.replace(year=year, month=month + 1, day=min(now.day, 28))
