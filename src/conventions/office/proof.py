"""Verification of files and archive packages: the signatures, and everything that stands beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final

from conventions import forms, signing
from conventions.abreast import abreast
from conventions.apart import ask_apart, ask_apart_for_strangers
from conventions.errors import ConventionsError, DiskError, ForeignPaper, SettingsError
from conventions.model.finding import Finding, Position, Severity
from conventions.model.paper import Origin
from conventions.model.roles import ROLE_LABELS, SEAL
from conventions.office import vouching
from conventions.settings import load
from conventions.store import archive as shelf
from conventions.store import read_file
from conventions.text import Text, quoted

__all__ = ["Verdict", "authorities_in", "roots_of", "verify_apart", "verify_paths"]

_PATIENCE: Final = 20
"""Seconds for the file of a stranger; an honest paper takes about one."""


@dataclass(frozen=True)
class Verdict:
    """What one paper proves."""

    path: Path
    origin: Origin | None
    """What the paper says of itself; None when it is not one of ours."""
    report: signing.Report | None
    """None when the file cannot be read."""
    findings: tuple[Finding, ...]
    """Everything that is wrong: with the signatures, with the package, with the file."""

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.findings

    @property
    def paper(self) -> Path:
        """The PDF itself; of a package, the one inside."""
        if self.path.is_dir():
            return shelf.paper_in(self.path)
        return self.path

    @property
    def lines(self) -> tuple[Text, ...]:
        """What a person wants to know: which paper, who signed in which order and when, what is still missing."""
        return (*self._which(), *self._who(), *self._missing())

    def _which(self) -> Iterator[Text]:
        if self.origin:
            yield Text(
                "{document} {number}, version {version}",
                document=self.origin.document,
                number=self.origin.number,
                version=self.origin.version,
            )

    def _who(self) -> Iterator[Text]:
        for one in self.report.seen if self.report else ():
            label = Text("document timestamp") if one.is_timestamp else _label(one.field)
            if one.on_behalf:
                yield Text("{role}: the institution's seal {reason}, {at}", role=label, reason=one.reason, at=one.at)
            elif one.is_time_proved or one.is_timestamp:
                yield Text("{role}: {signer}, {at}", role=label, signer=one.signer, at=one.at)
            else:
                yield Text("{role}: {signer}, {at} by the signer's own clock", role=label, signer=one.signer, at=one.at)

    def _missing(self) -> Iterator[Text]:
        if self.report is None:
            return
        if self.report.waiting:
            yield Text("not signed yet: {roles}", roles=tuple(_label(role) for role in self.report.waiting))
        elif self.report.is_sealed:
            yield self._lasting()
        else:
            yield Text("complete, not sealed yet: revocation was not checked")

    def _lasting(self) -> Text:
        if self.report is None or self.report.until is None or not self.report.ok:
            return Text("complete and sealed")
        return Text("complete and sealed: it can be verified offline until {until}", until=self.report.until.date())


def _label(field: str) -> Text:
    return Text("seal") if field == SEAL else ROLE_LABELS.get(field, quoted(field))


def roots_of(folder: Path) -> tuple[Path, ...]:
    """The authorities that the workspace in this folder believes; none outside a workspace."""
    try:
        workspace = load(folder)
    except SettingsError as error:
        if error.code == "SETTINGS-01":
            return ()
        raise
    return tuple(workspace.path(name) for name in workspace.settings.trust.roots)


def authorities_in(roots: Sequence[Path]) -> tuple[str, ...]:
    """SHA-256 of each certificate in these files, hexadecimal: what an institution publishes of its authorities.

    Raises:
        KeyUnreadable: a file cannot be read, or holds no certificate.
    """
    return tuple(sha256(root).hexdigest() for root in signing.load_trust(list(roots)).roots)


def verify_paths(paths: Sequence[Path], roots: Sequence[Path], *, now: datetime) -> tuple[int, Iterator[Verdict]]:
    """Verify PDFs, packages of the archive, or every paper below a folder. Nothing is fetched, nothing is changed.

    Of a paper that was renewed the newest package is the proof; earlier ones must still be whole. Several papers are
    verified by as many processes as there are processors.

    Args:
        paths: files and folders.
        roots: files of the authorities to believe.
        now: aware.

    Returns:
        How many papers there are, and what each proves, in order.

    Raises:
        DiskError: there is no package in a folder (DISK-05), or the only file cannot be read; of several files, one
            that cannot be read has a finding.
        KeyUnreadable: a file of roots cannot be read.
        SettingsError: no authority is named, so nothing could be believed (TRUST-03).
    """
    if not roots:
        raise SettingsError(
            "TRUST-03",
            Text("no authority is named whose certificates are believed"),
            Text("name one with --trust, or under trust.roots in the conventions.toml of the workspace"),
        )
    trust = signing.load_trust(list(roots))
    papers = [places for path in paths for places in _papers_at(path)]
    if len(papers) == 1:
        return 1, (_verdict(places, trust, now) for places in papers)
    told = abreast(partial(_verdict_apart, trust=trust, now=now), papers)
    return len(papers), (verdict for _, verdict in told)


def _papers_at(path: Path) -> tuple[tuple[Path, ...], ...]:
    """Where each paper lies: a file, or its packages, the newest last."""
    if not path.is_dir():
        return ((path,),)
    folder = path if path.name else path.resolve()
    found = (*shelf.papers(folder), *((place,) for place in shelf.misnamed(folder)))
    if not found:
        raise DiskError(
            "DISK-05",
            Text("there is no package of the archive in {folder}", folder=str(path)),
            Text("name a PDF, a package, or a folder that holds packages"),
        )
    return found


def _verdict_apart(places: Sequence[Path], trust: signing.Trust, now: datetime) -> Verdict:
    """One that cannot be read, or exhausts whoever reads it, does not keep the others from being verified."""
    try:
        return ask_apart(_verdict, places, trust, now)
    except ConventionsError as error:
        return Verdict(places[-1], None, None, (_finding(error, places[-1]),))


def _verdict(places: Sequence[Path], trust: signing.Trust, now: datetime) -> Verdict:
    *earlier, newest = places
    if not newest.is_dir():
        return _file(newest, trust, now)
    verdict = _package(newest, trust, now)
    damage = tuple(finding for place in earlier for finding in shelf.check(place))
    return replace(verdict, findings=(*verdict.findings, *damage, *vouching.gaps(places)))


def verify_apart(data: bytes, trust: signing.Trust, *, now: datetime) -> Verdict:
    """Verify a PDF that a stranger has sent, as :func:`verify_paths` does, in a process apart; nothing is kept.

    Raises:
        Refused: it exhausts that process (GATE-LIMIT).
    """
    roots = signing.Trust(trust.roots)
    return ask_apart_for_strangers(_judged, Path("paper.pdf"), data, roots, now, seconds=_PATIENCE)


def _file(path: Path, trust: signing.Trust, now: datetime) -> Verdict:
    return _judged(path, read_file(path), trust, now)


def _judged(path: Path, data: bytes, trust: signing.Trust, now: datetime) -> Verdict:
    try:
        origin = forms.origin(data)
        report = signing.verify(data, trust, now)
    except ForeignPaper as error:
        return Verdict(path, None, None, (_finding(error, path),))
    foreign = [] if origin else [_not_ours(path)]
    return Verdict(path, origin, report, (*foreign, *report.findings))


def _package(folder: Path, trust: signing.Trust, now: datetime) -> Verdict:
    damage, paper = shelf.check(folder), shelf.paper_in(folder)
    is_told = any(one.position and one.position.file == str(paper) for one in damage)
    try:
        data = read_file(paper)
    except ConventionsError as error:
        return Verdict(folder, None, None, damage if is_told else (*damage, _finding(error, paper)))
    verdict = _judged(paper, data, trust, now)
    origin, report = verdict.origin, verdict.report
    doubts = [*verdict.findings, *vouching.contradictions(folder, origin, report)]
    if not is_told:
        doubts += vouching.perjuries(folder, origin, report, data, now)
    return Verdict(folder, origin, report, (*damage, *doubts))


def _finding(error: ConventionsError, path: Path) -> Finding:
    return Finding(error.code, Severity.ERROR, error.message, error.fix, position=Position(error.place or str(path)))


def _not_ours(path: Path) -> Finding:
    return Finding(
        "PDF-02",
        Severity.ERROR,
        Text("this PDF is not one of our papers: it does not say which agreement it is"),
        Text("verify the paper itself, as it came by mail or as it lies in the archive"),
        position=Position(str(path)),
    )
