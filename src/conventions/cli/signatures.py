"""``sign`` and ``receive``: one signature further."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from conventions.cli.desk import ask_code, now, open_office, tell
from conventions.cli.framework import Day
from conventions.cli.secrets import seal_secrets, signer_secrets
from conventions.cli.speech import reader, translated

__all__ = ["code", "consent", "receive", "scan", "sign"]

_JSON = translated("Answer in JSON.")
_ROLE = translated("Role: student, company, coordinator, dean …")
_SEAL_FD = translated("Read the seal's pass-phrase or PIN from this file descriptor.")


@click.command(
    help=translated(
        "Sign in a role, if it is that role's turn. PAPER is a dossier's number, or a PDF that came by mail: "
        "its signed copy is written beside it."
    )
)
@click.argument("paper")
@click.option("--as", "role", required=True, help=_ROLE)
@click.option(
    "--key",
    required=True,
    help=translated(
        "Key and certificate: a .p12 or .pem file; pkcs11:token=…?module-path=… for a card or an HSM; "
        "csc:https://…;credential=… for a signing service. Pass-phrase: CONVENTIONS_PASSPHRASE or a prompt; "
        "PIN: CONVENTIONS_PIN or a prompt; access to the service: CONVENTIONS_CSC_TOKEN or a prompt."
    ),
)
@click.option("--passphrase-fd", type=int, help=translated("Read the pass-phrase or PIN from this file descriptor."))
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def sign(
    context: click.Context,
    paper: str,
    role: str,
    key: str,
    passphrase_fd: int | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Sign one paper."""
    secrets = signer_secrets(passphrase_fd)
    if paper.lower().endswith(".pdf"):
        from conventions.office import sign_received

        outcome = sign_received(Path(paper), role=role, key=key, secrets=secrets, now=now())
    else:
        with open_office(context) as office:
            outcome = office.sign(paper, role=role, key=key, secrets=secrets, now=now())
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


@click.command(help=translated("Send a code to the person whose turn it is and who has no certificate."))
@click.argument("paper")
@click.option("--as", "role", required=True, help=_ROLE)
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def code(context: click.Context, paper: str, role: str, as_json: bool) -> None:  # noqa: FBT001
    """Send a code."""
    with open_office(context) as office:
        tell([office.invite(paper, role=role, now=now())], 1, "", as_json=as_json)


@click.command(
    help=translated(
        "Seal a paper on behalf of the person who gives the code that was sent. The code is asked for, or read from "
        "CONVENTIONS_CODE; it never stands on the command line."
    )
)
@click.argument("paper")
@click.option("--as", "role", required=True, help=_ROLE)
@click.option("--passphrase-fd", type=int, help=_SEAL_FD)
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def consent(context: click.Context, paper: str, role: str, passphrase_fd: int | None, as_json: bool) -> None:  # noqa: FBT001
    """Sign with a code."""
    with open_office(context) as office:
        click.echo(reader().say(office.wording(paper, role=role)), err=True)
        typed = ask_code()
        with office.seal_key(seal_secrets(passphrase_fd), now=now()) as seal:
            tell([office.consent(paper, role=role, code=typed, seal=seal, now=now())], 1, "", as_json=as_json)


@click.command(help=translated("Record a signature on paper: the scan is kept, and the seal stands in the field."))
@click.argument("paper")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "role", required=True, help=_ROLE)
@click.option(
    "--signed-on",
    required=True,
    type=Day(),
    help=translated("The day that stands beside the signature."),
)
@click.option("--passphrase-fd", type=int, help=_SEAL_FD)
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def scan(
    context: click.Context,
    paper: str,
    file: Path,
    role: str,
    signed_on: date,
    passphrase_fd: int | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Record a signature on paper."""
    with open_office(context) as office:
        with office.seal_key(seal_secrets(passphrase_fd), now=now()) as seal:
            outcome = office.on_paper(paper, role=role, scan=file, signed_on=signed_on, seal=seal, now=now())
        tell([outcome], 1, "", as_json=as_json)
