"""``generate`` and ``issue``: from dossiers to papers."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

import click

from conventions.cli.desk import NO_DOSSIERS, named_or_all, now, open_office, tell
from conventions.cli.framework import DocumentKey, LanguageCode
from conventions.cli.secrets import seal_secrets
from conventions.cli.speech import translated

if TYPE_CHECKING:
    from conventions.signing import Key

__all__ = ["generate", "issue"]

_ALL = translated("All dossiers of the workspace.")
_JSON = translated("Answer in JSON.")


@click.command(help=translated("Write agreements and every other document as PDF/A, without signature fields."))
@click.argument("dossiers", nargs=-1)
@click.option("--all", "everything", is_flag=True, help=_ALL)
@click.option(
    "--document",
    type=DocumentKey(),
    default="convention",
    show_default=True,
    help=translated("Which document: `conventions templates list` tells what each is."),
)
@click.option(
    "--language",
    type=LanguageCode(),
    default=None,
    help=translated("In this language instead of the dossier's or the house's own."),
)
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def generate(
    context: click.Context,
    dossiers: tuple[str, ...],
    everything: bool,  # noqa: FBT001
    document: str,
    language: str | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Generate drafts."""
    from conventions.office import Wish

    wish = Wish(document, language or "")
    with open_office(context) as office:
        is_blank = wish.kind.about == "campaign" and wish.kind.is_form  # the form of the year, before any dossier
        needs_none = is_blank and not dossiers and not everything
        files = () if needs_none else office.files(named_or_all(dossiers, everything=everything))
        outcomes = office.generate(files, wish, now=now())
        tell(outcomes, len(files) or 1, translated("writing"), as_json=as_json, idle=NO_DOSSIERS)


@click.command(
    help=translated("Certify papers with the seal and post them to the first signer; post forms to be filled in.")
)
@click.argument("dossiers", nargs=-1)
@click.option("--all", "everything", is_flag=True, help=_ALL)
@click.option(
    "--document",
    type=DocumentKey(goes_round=True),
    default="convention",
    show_default=True,
    help=translated("Which document goes through its circuit."),
)
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.option(
    "--passphrase-fd", type=int, help=translated("Read the seal's pass-phrase or PIN from this file descriptor.")
)
@click.pass_context
def issue(
    context: click.Context,
    dossiers: tuple[str, ...],
    everything: bool,  # noqa: FBT001
    document: str,
    as_json: bool,  # noqa: FBT001
    passphrase_fd: int | None,
) -> None:
    """Issue papers."""
    from conventions.office import Wish

    wish = Wish(document)
    with open_office(context) as office:
        files = office.files(named_or_all(dossiers, everything=everything))
        no_seal: AbstractContextManager[Key | None] = nullcontext()
        with no_seal if wish.kind.is_form else office.seal_key(seal_secrets(passphrase_fd), now=now()) as seal:
            outcomes = office.issue(files, wish, seal=seal, now=now())
            tell(outcomes, len(files), translated("issuing"), as_json=as_json, idle=NO_DOSSIERS)
