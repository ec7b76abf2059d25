"""``accounts``: who may open the secretariat's board in the browser."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from conventions.cli.desk import ask_secret, now, open_office, to_json
from conventions.cli.framework import InOrder
from conventions.cli.speech import reader, translated
from conventions.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conventions.store.accounts import Accounts

__all__ = ["accounts"]

_ROLES: Final = ("secretariat", "reader")
_VARIABLE: Final = "CONVENTIONS_ACCOUNT_PASSPHRASE"
_FD = translated("Read the pass-phrase from this file descriptor.")


@click.group(cls=InOrder, help=translated("Say who may open the board in the browser."))
def accounts() -> None:
    """Group what is about accounts."""


@accounts.command(help=translated("Add an account; its pass-phrase is asked for and never stands on the command line."))
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(_ROLES),
    default="secretariat",
    show_default=True,
    help=translated("secretariat: everything; reader: looks and changes nothing."),
)
@click.option("--passphrase-fd", type=int, help=_FD)
@click.pass_context
def add(context: click.Context, name: str, role: str, passphrase_fd: int | None) -> None:
    """Add one."""
    with _opened(context) as held:
        held.add(name, role, _passphrase(passphrase_fd), now())
    click.echo(translated("{name} may sign in").format(name=name), err=True)


@accounts.command(help=translated("Give an account a new pass-phrase; whoever is signed in with it is signed out."))
@click.argument("name")
@click.option("--passphrase-fd", type=int, help=_FD)
@click.pass_context
def passphrase(context: click.Context, name: str, passphrase_fd: int | None) -> None:
    """Change one."""
    with _opened(context) as held:
        if not held.change(name, _passphrase(passphrase_fd)):
            raise _nobody(name)
    click.echo(translated("{name} has a new pass-phrase").format(name=name), err=True)


@accounts.command(help=translated("Close an account: nobody signs in with it any more; what it did stays recorded."))
@click.argument("name")
@click.pass_context
def close(context: click.Context, name: str) -> None:
    """Close one."""
    with _opened(context) as held:
        if not held.close(name, now()):
            raise _nobody(name)
    click.echo(translated("{name} may no longer sign in").format(name=name), err=True)


@accounts.command("list", help=translated("List the accounts and what each may do."))
@click.option("--json", "as_json", is_flag=True, help=translated("Answer in JSON."))
@click.pass_context
def list_(context: click.Context, as_json: bool) -> None:  # noqa: FBT001
    """List them."""
    with _opened(context) as held:
        every = held.every()
    if as_json:
        to_json([{"name": one.name, "label": one.label, "role": one.role, "local": one.is_local} for one in every])
        return
    for one in every:
        click.echo(f"{click.style(one.name, bold=True)}  {one.label}  {one.role}")
    if not every:
        click.echo(reader().say(Text("there is no account yet")))


@contextmanager
def _opened(context: click.Context) -> Iterator[Accounts]:
    from conventions.store import office_secret

    with open_office(context) as office:
        yield office.registry.accounts(office_secret(office.workspace.root))


def _passphrase(descriptor: int | None) -> str:
    """Asked twice where a person types it: a slip would shut her out."""
    first = ask_secret(translated("Pass-phrase of the account"), _VARIABLE, descriptor).decode()
    again = ask_secret(translated("The same once more"), _VARIABLE, None).decode() if descriptor is None else first
    if first != again:
        raise click.UsageError(translated("the two pass-phrases are not the same"))
    return first


def _nobody(name: str) -> click.UsageError:
    return click.UsageError(translated("there is no account {name} with a pass-phrase here").format(name=name))
