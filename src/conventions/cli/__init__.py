"""DOOR of the secretariat: flat verbs, answers on stdout, talk on stderr, one place where errors become words.

Commands import the office only when they run: ``conventions --help`` must not wait for LibreOffice's or
pyHanko's machinery.
"""

from __future__ import annotations

import logging
import os
import sys
from io import TextIOWrapper
from pathlib import Path

import click

from conventions.cli.commands import COMMANDS
from conventions.cli.framework import InOrder, speak
from conventions.cli.speech import complain, reader, terminal_language, translated
from conventions.errors import ConventionsError
from conventions.lazy import collect_rarely

__all__ = ["main", "run"]

_INTERRUPTED = 130


@click.group(
    cls=InOrder,
    help=translated("Internship agreements: check, write, sign in order, seal, archive, verify."),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("-w", "--workspace", default=".", help=translated("Folder of the workspace (default: this folder)."))
@click.option("-v", "--verbose", is_flag=True, help=translated("Show the traceback of an error."))
@click.version_option(package_name="conventions", help=translated("Show the version and exit."))
@click.pass_context
def main(context: click.Context, workspace: str, verbose: bool) -> None:  # noqa: FBT001
    """Hold what every command needs."""
    context.obj = {"workspace": workspace, "verbose": verbose}


for command in COMMANDS:
    main.add_command(command)


def run() -> None:
    """Run the command line; every foreseen error becomes one message and its own exit code."""
    collect_rarely()
    _say_what_can_be_said()
    speak(terminal_language())
    if not _is_verbose():
        logging.disable(logging.CRITICAL)  # what a library has to say is said by our own findings and errors
    with click.Context(main, color=_colour()):
        code = _answered()
    sys.exit(code)


def _answered() -> int:
    try:
        return int(main.main(standalone_mode=False, color=_colour()) or 0)
    except ConventionsError as error:
        if _is_verbose():
            sys.excepthook(type(error), error, error.__traceback__)
        complain(error, reader())
        return error.exit_code
    except OSError as error:  # a name too long, a disk that fails: whatever no command has foreseen for itself
        return _refused(error)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo(translated("Interrupted. Nothing is half done; run the command again to go on."), err=True)
        return _INTERRUPTED


def _colour() -> bool | None:
    """None where a terminal decides; whoever wants no colour (https://no-color.org) is given none."""
    return False if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" else None


def _say_what_can_be_said() -> None:
    """A terminal that lacks a letter of somebody's name shows a question mark for it, and the answer goes on."""
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="replace")


def _refused(error: OSError) -> int:
    from conventions.store.files import disk_error

    if _is_verbose():
        sys.excepthook(type(error), error, error.__traceback__)
    told = disk_error(error, Path(os.fsdecode(error.filename or "<stdout>")))
    complain(told, reader())
    return told.exit_code


def _is_verbose() -> bool:
    return "-v" in sys.argv or "--verbose" in sys.argv
