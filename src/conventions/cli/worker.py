"""``worker``: a process that makes single papers for the other commands, so that none waits for LibreOffice."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conventions.cli.speech import reader, translated

if TYPE_CHECKING:
    from conventions.text import Text

__all__ = ["worker"]


@click.command(
    help=translated(
        "Stay, and make papers for the other commands of this workspace with a LibreOffice that is already running: "
        "each of them is spared some seconds. Control-C ends it; no key is ever asked for."
    )
)
@click.option(
    "--idle",
    type=click.FloatRange(min=0, min_open=True),
    metavar="MINUTES",
    help=translated("End after so many minutes in which no command came."),
)
@click.pass_context
def worker(context: click.Context, idle: float | None) -> None:
    """Work until somebody stops it."""
    from conventions.pipeline.worker import serve
    from conventions.settings import load

    language = reader()

    def tell(number: str, note: Text) -> None:
        words = f"{click.style(number, bold=True)}  {language.say(note)}" if number else language.say(note)
        with suppress(OSError):  # nobody reads it any more; papers are wanted all the same
            click.echo(words, err=True)

    serve(load(Path(context.obj["workspace"])), idle=idle, tell=tell)
