"""``sign`` and ``receive``: one signature further."""

from __future__ import annotations

from pathlib import Path

import click

from conventions.cli.desk import ask_passphrase, now, open_office, tell
from conventions.cli.speech import translated

__all__ = ["receive", "sign"]

_JSON = translated("Answer in JSON.")


@click.command(
    help=translated(
        "Sign in a role, if it is that role's turn. PAPER is a dossier's number, or a PDF that came by mail: "
        "its signed copy is written beside it."
    )
)
@click.argument("paper")
@click.option("--as", "role", required=True, help=translated("Role: student, company, coordinator, dean …"))
@click.option(
    "--key",
    required=True,
    type=click.Path(path_type=Path),
    help=translated("Key and certificate: a .p12 or .pem file. Pass-phrase: CONVENTIONS_PASSPHRASE or a prompt."),
)
@click.option("--passphrase-fd", type=int, help=translated("Read the pass-phrase from this file descriptor."))
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def sign(
    context: click.Context,
    paper: str,
    role: str,
    key: Path,
    passphrase_fd: int | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Sign one paper."""

    def passphrase(label: str) -> bytes:
        return ask_passphrase(label, variable="CONVENTIONS_PASSPHRASE", descriptor=passphrase_fd)

    if paper.lower().endswith(".pdf"):
        from conventions.office import sign_received

        outcome = sign_received(Path(paper), role=role, key_file=key, passphrase=passphrase, now=now())
    else:
        with open_office(context) as office:
            outcome = office.sign(paper, role=role, key_file=key, passphrase=passphrase, now=now())
    tell([outcome], 1, "", as_json=as_json)


@click.command(
    help=translated("Take in PDFs that were signed elsewhere; each advances its circuit only if it proves itself.")
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def receive(context: click.Context, files: tuple[Path, ...], as_json: bool) -> None:  # noqa: FBT001
    """Receive signed papers."""
    with open_office(context) as office:
        tell(office.receive(files, now=now()), len(files), translated("receiving"), as_json=as_json)
