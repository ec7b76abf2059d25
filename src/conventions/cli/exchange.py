"""``import`` and ``export``: a whole year at once, from spreadsheets and back."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conventions.cli.desk import open_office, tell
from conventions.cli.speech import reader, show_findings, translated
from conventions.text import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conventions.intake import Batch
    from conventions.office import Outcome

__all__ = ["export", "import_"]

_JSON = translated("Answer in JSON.")
_PATH = click.Path(path_type=Path)


@click.command("import", help=translated("Take dossiers in from YAML, JSON, CSV or XLSX files, many at once."))
@click.argument("files", nargs=-1, required=True, type=_PATH)
@click.option("--mapping", type=_PATH, help=translated("CSV or YAML file: their headings, our columns."))
@click.option("--sheet", default="", help=translated("Read this sheet of the workbook."))
@click.option("--update", is_flag=True, help=translated("Take over what differs, unless a paper was issued."))
@click.option("--dry-run", is_flag=True, help=translated("Say what would be done, and write nothing."))
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def import_(
    context: click.Context,
    files: tuple[Path, ...],
    mapping: Path | None,
    sheet: str,
    update: bool,  # noqa: FBT001
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Import; each dossier is written wholly or not at all."""
    from conventions.office import Import, Outcome, gather

    with open_office(context) as office:
        found = list(gather(files, mapping=mapping, sheet=sheet))
        unusable = [one for one in found if isinstance(one, Outcome)]
        batches = [one for one in found if not isinstance(one, Outcome)]
        entries = [entry for batch in batches for entry in batch.entries]
        about = _about(batches)
        if not as_json:
            for outcome in about:
                show_findings(outcome.findings, reader(), err=True)
        how = Import(is_rehearsal=dry_run, may_update=update)
        first = [*unusable, *(one for one in about if as_json or one.error)]
        outcomes = chain(first, office.take_in(entries, how))
        tell(outcomes, len(first) + len(entries), translated("importing"), as_json=as_json)


def _about(batches: Sequence[Batch]) -> list[Outcome]:
    """What there is to say about each file and its columns; one that was not read to its end has failed."""
    from conventions.intake import fault_in
    from conventions.office import Outcome

    return [
        Outcome(Path(batch.file).name, error=fault, file=Path(batch.file))
        if (fault := fault_in(batch.findings))
        else Outcome(
            Path(batch.file).name,
            counted("one dossier", "{n} dossiers", n=len(batch.entries)),
            Path(batch.file),
            findings=batch.findings,
        )
        for batch in batches
    ]


@click.command(help=translated("Write dossiers into one YAML, JSON, CSV or XLSX file, as `import` reads it."))
@click.argument("file", type=_PATH)
@click.argument("dossiers", nargs=-1)
@click.option(
    "--columns",
    type=click.Choice(["own", "esup-stage"]),
    default="own",
    show_default=True,
    help=translated("Whose names the columns of a table have."),
)
@click.option("--update", is_flag=True, help=translated("Replace the file if it is there."))
@click.pass_context
def export(context: click.Context, file: Path, dossiers: tuple[str, ...], columns: str, update: bool) -> None:  # noqa: FBT001
    """Export; without a name, all dossiers of the workspace."""
    from conventions.office import export as write

    with open_office(context) as office:
        files = office.files(dossiers)
        outcomes = write(files, file, columns=columns, may_replace=update)
    tell(outcomes, len(outcomes), translated("exporting"), among=len(files))
