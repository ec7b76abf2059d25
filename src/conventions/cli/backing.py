"""``backup``, ``restore``: a workspace in one file, and back."""

from __future__ import annotations

import os
from pathlib import Path

import click

from conventions.cli.desk import ask_secret, now, open_office, tell, who
from conventions.cli.speech import translated

__all__ = ["backup", "restore"]

_JSON = translated("Answer in JSON.")


@click.command(help=translated("Save the whole workspace into one new FILE, or into a FOLDER, while others work."))
@click.argument("target")
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def backup(context: click.Context, target: str, as_json: bool) -> None:  # noqa: FBT001
    """Back up; a name that ends in a slash is that of a folder, which a path would not remember."""
    is_folder = target.endswith(os.sep)
    with open_office(context) as office:
        outcome = office.custody.back_up(Path(target), by=who(), now=now(), is_folder=is_folder)
        tell([outcome], 1, "", as_json=as_json)


@click.command(help=translated("Make a workspace in a new FOLDER from a backup, and audit it."))
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--identity", type=click.Path(path_type=Path), help=translated("File of age-keygen, to decrypt with."))
@click.option("--json", "as_json", is_flag=True, help=_JSON)
def restore(source: Path, folder: Path, identity: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """Restore, then audit."""
    from conventions.office import Office, restored

    outcomes = [restored(source, folder, lambda: _identity(identity))]
    with Office.open(folder) as office:
        total, audited = office.custody.audit((), repair=False, now=now())
        tell([*outcomes, *audited], total + 1, "", as_json=as_json)


def _identity(path: Path | None) -> bytes:
    from conventions.store import read_file

    if path:
        return read_file(path)
    return ask_secret(translated("Secret key of age"), "CONVENTIONS_AGE_IDENTITY")
