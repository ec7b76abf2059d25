"""``links``: who has an open link to a page, and how it is ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from conventions.cli.desk import named_or_all, now, open_office, tell, to_json
from conventions.cli.framework import InOrder
from conventions.cli.speech import reader, translated

if TYPE_CHECKING:
    from conventions.store import Link, PaperRecord

__all__ = ["links"]

_JSON = translated("Answer in JSON.")


@click.group(cls=InOrder, help=translated("See and end the links by which people read, sign and fill in on the web."))
def links() -> None:
    """Group what is about links."""


@links.command("list", help=translated("List the links that are open: whom each lets in to which paper, and how long."))
@click.argument("dossiers", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def list_(context: click.Context, dossiers: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001
    """List them; without a name, of every dossier."""
    from conventions.model.roles import label_of
    from conventions.office import links as held

    language = reader()
    with open_office(context) as office:
        found = [*held.alive(office.workspace, office.registry, dossiers, now())]
    if as_json:
        to_json([_plain(paper, link) for paper, link in found])
        return
    for paper, link in found:
        name = click.style(f"{paper.number}/{paper.document}", bold=True)
        click.echo(f"{name}  {language.say(label_of(link.role))}  {language.instant(link.expires_at)}")
    if not found:
        click.echo(language.say(held.NO_LINK), err=True)


@links.command(
    help=translated(
        "End the links of dossiers: whoever has opened one is shut out at the next click, and nobody opens it again. "
        "`conventions remind --force` sends new ones."
    )
)
@click.argument("dossiers", nargs=-1)
@click.option("--all", "everything", is_flag=True, help=translated("The links of every dossier."))
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def end(context: click.Context, dossiers: tuple[str, ...], everything: bool, as_json: bool) -> None:  # noqa: FBT001
    """End them."""
    from conventions.office import links as held

    dossiers = named_or_all(dossiers, everything=everything)
    with open_office(context) as office:
        known = (office.workspace, office.registry)
        names = dossiers or tuple(dict.fromkeys(paper.number for paper, _ in held.alive(*known, (), now())))
        outcomes = held.end(*known, names, now())
        tell(outcomes, len(names), translated("ending links"), as_json=as_json, idle=held.NO_LINK)


def _plain(paper: PaperRecord, link: Link) -> dict[str, object]:
    return {
        "number": paper.number,
        "document": paper.document,
        "version": paper.version,
        "role": link.role,
        "purpose": link.purpose,
        "until": link.expires_at,
    }
