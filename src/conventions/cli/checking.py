"""``init``, ``schema``, ``check``, ``explain``: before anything is produced."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from conventions.cli.desk import open_office, tell, to_json, today
from conventions.cli.speech import reader, translated

__all__ = ["check", "explain", "init", "schema"]


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
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help=translated("Judge as of this day instead of today."))
@click.option("--json", "as_json", is_flag=True, help=translated("Answer in JSON."))
@click.pass_context
def check(context: click.Context, dossiers: tuple[str, ...], on: datetime | None, as_json: bool) -> None:  # noqa: FBT001
    """Check dossiers; without a name, all of the workspace."""
    with open_office(context) as office:
        files = office.files(dossiers)
        day = on.date() if on else today()
        tell(office.check(files, on=day), len(files), translated("checking"), as_json=as_json, is_check=True)


@click.command(help=translated("Explain a rule: what it asks, why, by which text."))
@click.argument("code")
def explain(code: str) -> None:
    """Explain one rule by its code."""
    from conventions import rules

    language = reader()
    known = rules.find(code.upper())
    if known is None:
        raise click.BadParameter(
            translated("there is no rule {code}; the codes are {codes}").format(
                code=code, codes=", ".join(rule.code for rule in rules.RULES)
            )
        )
    click.echo(f"{click.style(known.code, bold=True)}  {language.say(known.title)}")
    click.echo(language.say(known.explanation))
    click.echo(f"{translated('Source:')} {known.source}")
    sys.exit(0)
