"""Backups of a whole workspace while others work, and a workspace made from one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from conventions.languages import PARIS
from conventions.model.finding import Finding, Position, Severity
from conventions.office.outcome import Outcome
from conventions.settings import Workspace
from conventions.store import Registry, alone, bundle, office_secret
from conventions.text import Text, counted

__all__ = ["back_up", "restored"]


def back_up(
    workspace: Workspace, registry: Registry, target: Path, by: str, now: datetime, *, is_folder: bool = False
) -> Outcome:
    """Write everything that the workspace holds into one new file, but for earlier backups that lie in it.

    Args:
        workspace: the office.
        registry: copied first, at one instant.
        target: a file that is not there yet, or a folder, in which the backup gets a name that says when.
        is_folder: a folder is meant, even if it is not there yet.
        by: who makes it; a copy of everybody's data is an act.
        now: aware.

    Raises:
        NeverOverwrite: BACKUP-01, there is such a file.
        DiskError: KEEP-01, a purge is running; DISK-01, DISK-02.
        KeyUnreadable: AGE-01, a recipient of the settings is no public key.
    """
    recipients = workspace.settings.encryption.recipients
    if is_folder or target.is_dir():
        target /= bundle.name_at(now, is_encrypted=bool(recipients))
    root = workspace.root.resolve()
    with alone(root):
        copy = _registry(workspace, registry)
        made = bundle.pack(root, target.resolve(), copy, recipients, now)
    n = len(made.files)
    facts = {"files": n, "encrypted": bool(recipients)}
    registry.acts(office_secret(workspace.root)).record("saved", "backup", now, facts, {"by": by})
    done = counted("one file saved, encrypted", "{n} files saved, encrypted", n=n)
    plain = counted("one file saved", "{n} files saved", n=n)
    return Outcome(target.name, done if recipients else plain, target, findings=tuple(_missing(workspace, copy)))


def restored(source: Path, target: Path, identity: Callable[[], bytes]) -> Outcome:
    """Make a workspace from a backup in a new or empty folder; whether it agrees with itself is for the audit to say.

    The identity is asked for only when the backup is encrypted.

    Raises:
        NeverOverwrite: BACKUP-02, the folder holds something.
        DiskError: BACKUP-03, the backup is damaged; DISK-01 to DISK-03.
        KeyUnreadable, WrongPassphrase: AGE-02, AGE-03, it cannot be decrypted.
    """
    made = bundle.unpack(source, target, identity)
    words = counted(
        "one file restored, as it was on {day}",
        "{n} files restored, as they were on {day}",
        n=len(made.files),
        day=datetime.fromisoformat(made.made_at).astimezone(PARIS).date(),
    )
    return Outcome(source.name, words, target)


def _registry(workspace: Workspace, registry: Registry) -> tuple[str, bytes] | None:
    """Its copy, under its own name; None when it is not a file of this workspace."""
    path, root = Path(workspace.registry_url.removeprefix("sqlite:///")), workspace.root.resolve()
    copy = registry.snapshot()
    return (path.relative_to(root).as_posix(), copy) if copy and path.is_relative_to(root) else None


def _missing(workspace: Workspace, copy: tuple[str, bytes] | None) -> list[Finding]:
    """What belongs to the workspace and does not lie in its folder."""
    places, root = workspace.settings.places, workspace.root.resolve()
    names = (places.dossiers, places.templates, places.papers, places.refused, places.archive)
    outside = [name for name in names if not workspace.path(name).resolve().is_relative_to(root)]
    found = [_not_in(Text("the folder {folder} lies outside the workspace", folder=name)) for name in outside]
    if copy is None:
        found.append(_not_in(Text("the registry is no file of this workspace")))
    return found


def _not_in(message: Text) -> Finding:
    fix = Text("it is not in the backup: save it by its own tools first (docs/how-to/back-up-and-restore.md)")
    return Finding("BACKUP-10", Severity.WARNING, message, fix, position=Position("conventions.toml"))
