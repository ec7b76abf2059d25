"""``serve``: the door on the web."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conventions.cli.desk import now, open_office
from conventions.cli.secrets import seal_secrets
from conventions.cli.speech import reader, translated
from conventions.system import reason

if TYPE_CHECKING:
    from socket import socket

    from conventions.signing import Key

__all__ = ["serve"]


@click.command(
    help=translated(
        "Open the workspace to the web: people read, sign and fill in by the links of their letters. The "
        "pass-phrase of the seal is asked for once, since signatures by code are made with it."
    )
)
@click.option("--host", default="127.0.0.1", show_default=True, help=translated("Address to listen on."))
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help=translated("Port."))
@click.option("--passphrase-fd", type=int, help=translated("Read the seal's pass-phrase or PIN from this descriptor."))
@click.pass_context
def serve(context: click.Context, host: str, port: int, passphrase_fd: int | None) -> None:
    """Serve until somebody stops it."""
    import logging

    from conventions.portal import serve as serve_workspace

    logging.disable(logging.NOTSET)  # a server that says nothing cannot be looked after
    with ExitStack() as opened:
        seal = opened.enter_context(key) if (key := _seal(context, passphrase_fd)) else None
        listening = opened.enter_context(_listening(host, port))
        address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
        click.echo(translated("The portal listens on {address}").format(address=address), err=True)
        serve_workspace(Path(context.obj["workspace"]), seal=seal, listening=listening)


def _listening(host: str, port: int) -> socket:
    from conventions.portal import listen

    try:
        return listen(host, port)
    except OSError as error:
        words = translated("nobody can listen on {address}: {problem}")
        problem = reader().say(reason(error))
        raise click.UsageError(words.format(address=f"{host}:{port}", problem=problem)) from error


def _seal(context: click.Context, descriptor: int | None) -> Key | None:
    """The institution's, when the settings name one: without it, pages are read and forms filled in."""
    with open_office(context) as office:
        if not office.workspace.settings.trust.seal:
            return None
        return office.seal_key(seal_secrets(descriptor), now=now())
