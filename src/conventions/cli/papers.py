"""``generate`` and ``issue``: from dossiers to papers."""

from __future__ import annotations

import click

from conventions.cli.desk import ask_passphrase, now, open_office, tell
from conventions.cli.speech import translated

__all__ = ["generate", "issue"]

_ALL = translated("All dossiers of the workspace.")
_JSON = translated("Answer in JSON.")


@click.command(help=translated("Write the agreements as PDF/A drafts, without signature fields."))
@click.argument("dossiers", nargs=-1)
@click.option("--all", "everything", is_flag=True, help=_ALL)
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def generate(context: click.Context, dossiers: tuple[str, ...], everything: bool, as_json: bool) -> None:  # noqa: FBT001
    """Generate drafts."""
    with open_office(context) as office:
        files = office.files(_wanted(dossiers, everything=everything))
        tell(office.generate(files, now=now()), len(files), translated("writing"), as_json=as_json)


@click.command(help=translated("Prepare and certify agreements with the seal, and post them to the first signer."))
@click.argument("dossiers", nargs=-1)
@click.option("--all", "everything", is_flag=True, help=_ALL)
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.option("--passphrase-fd", type=int, help=translated("Read the seal's pass-phrase from this file descriptor."))
@click.pass_context
def issue(
    context: click.Context,
    dossiers: tuple[str, ...],
    everything: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
    passphrase_fd: int | None,
) -> None:
    """Issue papers."""
    with open_office(context) as office:
        files = office.files(_wanted(dossiers, everything=everything))
        seal = office.seal_key(
            lambda label: ask_passphrase(label, variable="CONVENTIONS_SEAL_PASSPHRASE", descriptor=passphrase_fd),
            now=now(),
        )
        tell(office.issue(files, seal=seal, now=now()), len(files), translated("issuing"), as_json=as_json)


def _wanted(dossiers: tuple[str, ...], *, everything: bool) -> tuple[str, ...]:
    if not dossiers and not everything:
        raise click.UsageError(translated("name dossiers, or say --all"))
    return dossiers
