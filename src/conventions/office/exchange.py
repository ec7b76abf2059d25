"""A whole year in and out: files of many dossiers into the workspace, and its dossiers into such files.

A file that was imported may be imported again: what is the same stays as it is, what differs is told and kept unless
somebody asks for the update, and what is on paper is never changed by a spreadsheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from conventions import intake
from conventions.errors import ConventionsError, DossierError, NeverOverwrite
from conventions.model.dossier import Dossier
from conventions.model.finding import Finding, Position, Severity
from conventions.office.outcome import Outcome
from conventions.settings import Workspace
from conventions.store import Registry, replace, write_new
from conventions.text import Text, counted, quoted

if TYPE_CHECKING:
    from conventions.intake import Batch, Entry

__all__ = ["Import", "export", "gather", "numbers_in", "take_in"]

_IN_YAML: Final = re.compile(rb"""^["']?number["']?\s*:\s*["']?([0-9A-Za-z_.-]+)""", re.MULTILINE)
_IN_JSON: Final = re.compile(rb"""["']number["']\s*:\s*["']?([0-9A-Za-z_.-]+)""")
"""An amendment's rank matches, too: the dossier that is found is asked once it is read."""
_SHOWN: Final = 60


@dataclass(frozen=True)
class Import:
    """How to import: what a run may change."""

    is_rehearsal: bool = False
    """Nothing is written."""
    may_update: bool = False
    """Dossiers that differ are replaced, if no paper was issued for them."""


def gather(files: Iterable[Path], *, mapping: Path | None, sheet: str) -> Iterator[Batch | Outcome]:
    """Read each file; one that cannot be used does not keep the others from it."""
    for path in files:
        try:
            yield intake.read_all(path, mapping=mapping, sheet=sheet)
        except ConventionsError as error:
            yield Outcome(path.name, error=error, file=path)


def take_in(workspace: Workspace, registry: Registry, entries: Iterable[Entry], how: Import) -> Iterator[Outcome]:
    """Write one file for each entry that is a dossier; each is done wholly or not at all."""
    desk = _Desk(workspace, registry, how)
    for entry in entries:
        number = entry.number or str(entry.place)
        try:
            yield desk.take(entry, number)
        except ConventionsError as error:
            yield Outcome(number, error=error)


@dataclass
class _Desk:
    """One run: where each dossier of the workspace stands, and which numbers came by already."""

    workspace: Workspace
    registry: Registry
    how: Import
    seen: dict[str, Position] = field(default_factory=dict)
    _homes: Mapping[str, Path] | None = None

    @property
    def folder(self) -> Path:
        return self.workspace.path(self.workspace.settings.places.dossiers)

    def take(self, entry: Entry, number: str) -> Outcome:
        dossier = _sound(entry)
        self._assert_first(number, entry.place)
        home = self._home(number)
        old = intake.read(home).dossier if home else None
        if home is None or old is None or old.number != number:
            return self._add(dossier, number, entry)
        dossier = intake.overlaid(old, dossier, entry.columns)
        changes = intake.differences(old, dossier)
        if not changes:
            return Outcome(number, Text("unchanged"), home, findings=entry.findings)
        self._assert_may_change(number, home, changes, entry.place)
        self._write(home, dossier, is_new=False)
        done = Text("would be updated") if self.how.is_rehearsal else Text("updated")
        return Outcome(number, done, home, findings=entry.findings)

    def _add(self, dossier: Dossier, number: str, entry: Entry) -> Outcome:
        if self.registry.find(number, "convention") is not None:
            raise NeverOverwrite(
                "IMPORT-04",
                Text("its paper was issued, and its dossier is not in the folder {folder}", folder=self.folder.name),
                Text("put the dossier's own file back; an import does not replace it"),
                place=str(entry.place),
            )
        path = self.folder / f"{number}.yaml"
        self._write(path, dossier, is_new=True)
        done = Text("would be written") if self.how.is_rehearsal else Text("written")
        return Outcome(number, done, path, findings=entry.findings)

    def _assert_first(self, number: str, place: Position) -> None:
        if number in self.seen:
            raise DossierError(
                "IMPORT-02",
                Text("the number is there already, at {place}", place=str(self.seen[number])),
                Text("give each dossier a number of its own"),
                place=str(place),
            )
        self.seen[number] = place

    def _home(self, number: str) -> Path | None:
        """The file that holds this number, whatever its name; found without reading every file as YAML."""
        if self._homes is None:
            files = (path for path in sorted(self.folder.glob("*")) if path.suffix in {".yaml", ".yml", ".json"})
            self._homes = {found: path for path in files for found in numbers_in(path)}
        return self._homes.get(number)

    def _assert_may_change(
        self, number: str, home: Path, changes: Sequence[tuple[str, Any, Any]], place: Position
    ) -> None:
        if self.registry.find(number, "convention") is not None:
            message = Text("its paper was issued: the dossier cannot be changed by an import")
            fix = Text("make an amendment, or refuse the paper first")
            code = "IMPORT-04"
        elif self.how.may_update:
            return
        else:
            message = counted(
                "it differs from {file} in one place",
                "it differs from {file} in {n} places",
                n=len(changes),
                file=home.name,
            )
            fix = Text("look at the differences; --update takes them over")
            code = "IMPORT-03"
        raise NeverOverwrite(
            code, message, fix, place=str(place), findings=tuple(_difference(code, change, place) for change in changes)
        )

    def _write(self, path: Path, dossier: Dossier, *, is_new: bool) -> None:
        if self.how.is_rehearsal:
            return
        data = intake.written([dossier], path.name).data
        if is_new:
            write_new(path, data)
        else:
            replace(path, data)


def _sound(entry: Entry) -> Dossier:
    if entry.dossier is not None:
        return entry.dossier
    errors = sum(finding.severity is Severity.ERROR for finding in entry.findings)
    raise DossierError(
        "IMPORT-01",
        counted("not written: one thing to correct", "not written: {n} things to correct", n=errors),
        counted("correct it and import the file again", "correct them and import the file again", n=errors),
        place=str(entry.place),
        findings=entry.findings,
    )


def numbers_in(path: Path) -> Iterator[str]:
    """The numbers that a dossier's file may hold, the likeliest first; it need not be a sound dossier."""
    try:
        raw = path.read_bytes()
    except OSError:
        return
    form = _IN_JSON if path.suffix == ".json" or raw.lstrip().startswith(b"{") else _IN_YAML
    for match in form.finditer(raw):
        yield match[1].decode()


def _difference(code: str, change: tuple[str, Any, Any], place: Position) -> Finding:
    path, old, new = change
    return Finding(
        code,
        Severity.ERROR,
        Text("{field}: {old} would become {new}", field=path, old=_shown(old), new=_shown(new)),
        Text("keep one of the two values"),
        field=path,
        position=place,
    )


def _shown(value: Any) -> Text:
    if value is None or value in ("", ()):
        return Text("nothing")
    if isinstance(value, tuple):
        return counted("a list of one", "a list of {n}", n=len(value))
    words = str(value)
    return quoted(f"“{words[:_SHOWN]}…”" if len(words) > _SHOWN else f"“{words}”")


def export(files: Sequence[Path], target: Path, *, columns: str, may_replace: bool) -> tuple[Outcome, ...]:
    """Write the dossiers into one file; nothing is written unless all of them can be read.

    Raises:
        DossierError: the target names no format, or holds what its format cannot carry.
        NeverOverwrite: there is another file of that name.
        DiskError: it cannot be written.
    """
    outcomes, dossiers = [], []
    for path in files:
        try:
            dossiers.append(intake.read(path).dossier)
        except ConventionsError as error:
            outcomes.append(Outcome(path.stem, error=error, file=path))
    if outcomes:
        return tuple(outcomes)
    made = intake.written(dossiers, target.name, columns)
    if may_replace:
        replace(target, made.data)
    else:
        write_new(target, made.data)
    note = counted("one dossier", "{n} dossiers", n=len(dossiers))
    findings = (_left_out(made.left_out, columns),) if made.left_out else ()
    return (Outcome(target.name, note, target, findings=findings),)


def _left_out(paths: Sequence[str], columns: str) -> Finding:
    return Finding(
        "EXPORT-03",
        Severity.WARNING,
        counted(
            "{columns} has no column for one field that is filled in: {paths}",
            "{columns} has no column for {n} fields that are filled in: {paths}",
            n=len(paths), columns=columns, paths=", ".join(paths),
        ),
        Text("export with our own columns to keep everything"),
    )  # fmt: skip
