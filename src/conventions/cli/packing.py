"""``export-package``, ``roots``: what is handed to an archive service, and to whoever wants to verify a paper."""

from __future__ import annotations

from pathlib import Path

import click

from conventions.cli.desk import now, open_office, tell
from conventions.cli.speech import reader, translated
from conventions.text import Text

__all__ = ["export_package", "roots"]


@click.command(
    name="export-package", help=translated("Put everything that proves one dossier into a bag (BagIt, RFC 8493).")
)
@click.argument("dossier")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--seda",
    is_flag=True,
    help=translated("And beside it a transfer to a public archive service (SEDA 2.1, experimental)."),
)
@click.option("--json", "as_json", is_flag=True, help=translated("Answer in JSON."))
@click.pass_context
def export_package(context: click.Context, dossier: str, folder: Path, seda: bool, as_json: bool) -> None:  # noqa: FBT001
    """Export the evidence of one dossier."""
    with open_office(context) as office:
        outcome = office.custody.export_package(dossier, folder, now=now(), seda=seda)
        tell([outcome], 1, translated("exporting"), as_json=as_json)


@click.command(help=translated("Write what others need to verify our papers: the authorities, and how it is done."))
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_context
def roots(context: click.Context, folder: Path) -> None:
    """Publish the trust roots."""
    language = reader()
    with open_office(context) as office:
        for path in office.custody.publish_roots(folder):
            click.echo(language.say(Text("written: {file}", file=str(path))))
