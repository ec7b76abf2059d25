"""``init``, ``schema``, ``check``: before anything is produced."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from conventions.cli.desk import NO_DOSSIERS, open_office, tell, to_json, today
from conventions.cli.framework import Day
from conventions.cli.speech import translated

__all__ = ["check", "init", "schema"]


@click.command(help=translated("Make a workspace: settings, example dossiers, folders, registry."))
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Found a workspace."""
    from conventions.office import found

    written = found(folder, on=today())
    for path in written:
        click.echo(path)
    click.echo(translated("Next: cd {folder} && conventions check").format(folder=folder), err=True)


@click.command(help=translated("Print the JSON Schema of a dossier, for editors that complete while you type."))
def schema() -> None:
    """Print the schema."""
    from conventions.intake import dossier_schema

    to_json(dossier_schema())


@click.command(help=translated("Check dossiers against the law and the rules of the department."))
@click.argument("dossiers", nargs=-1)
@click.option("--campaign", is_flag=True, help=translated("Also compare them with all other dossiers."))
@click.option("--on", type=Day(), help=translated("Judge as of this day instead of today."))
@click.option("--json", "as_json", is_flag=True, help=translated("Answer in JSON."))
@click.pass_context
def check(
    context: click.Context,
    dossiers: tuple[str, ...],
    campaign: bool,  # noqa: FBT001
    on: date | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Check dossiers; without a name, all of the workspace."""
    with open_office(context) as office:
        files = office.files(dossiers)
        day = on or today()
        among = office.files(()) if campaign else ()
        outcomes = office.check(files, on=day, among=among)
        tell(outcomes, len(files), translated("checking"), as_json=as_json, is_check=True, idle=NO_DOSSIERS)
