"""What the commands share: the clock, the office, pass-phrases, the telling of outcomes.

The clock is read here and nowhere below.
"""

from __future__ import annotations

import errno
import getpass
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import click

from conventions.cli.speech import complain, plain_finding, progress, reader, says_itself, show_findings, translated
from conventions.model.finding import Severity
from conventions.system import reason
from conventions.text import Text, counted

if TYPE_CHECKING:
    from conventions.languages import Language
    from conventions.office import Office, Outcome

__all__ = [
    "NO_DOSSIERS",
    "ask_code",
    "ask_secret",
    "end_of",
    "named_or_all",
    "now",
    "open_office",
    "tell",
    "to_json",
    "today",
    "who",
]

NO_DOSSIERS: Final = Text("the workspace has no dossiers")
"""Said by whatever would do something with all of them."""
_IDLE: Final = Text("there is nothing to do")


def named_or_all(dossiers: tuple[str, ...], *, everything: bool) -> tuple[str, ...]:
    """What is named, or nothing, which means all: one of the two must be said, and not both."""
    if bool(dossiers) is everything:
        raise click.UsageError(translated("name dossiers, or say --all"))
    return dossiers


def now() -> datetime:
    """This instant."""
    return datetime.now(tz=UTC)


def today() -> date:
    """The day in Paris, where deadlines are judged."""
    return datetime.now(tz=ZoneInfo("Europe/Paris")).date()


def end_of(day: date) -> datetime:
    """The last second of a day in Paris."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo("Europe/Paris"))


@contextmanager
def open_office(context: click.Context) -> Iterator[Office]:
    """The workspace named on the command line."""
    from conventions.office import Office

    with Office.open(Path(context.obj["workspace"])) as office:
        yield office


def who() -> str:
    """The account that runs the command: it stands in the acts for as long as the settings say."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        return ""


def ask_code() -> str:
    """The digits that were sent by mail: environment variable or prompt; never an argument."""
    return ask_secret(translated("Code from the letter"), "CONVENTIONS_CODE").decode()


def ask_secret(question: str, variable: str, descriptor: int | None = None) -> bytes:
    """A pass-phrase, PIN or code: file descriptor, environment variable, or prompt; never an argument.

    Where nobody is there to be asked it is empty: an unprotected key opens, any other says what is missing.
    """
    if descriptor is not None:
        return _first_line(descriptor)
    if value := os.environ.get(variable):
        return value.encode()
    if not sys.stdin.isatty():
        return b""
    return str(click.prompt(question, hide_input=True, default="", show_default=False, err=True)).encode()


def _first_line(descriptor: int) -> bytes:
    try:
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            return stream.readline().rstrip(b"\r\n")
    except (OSError, ValueError) as error:  # no system has a descriptor below zero
        cause = error if isinstance(error, OSError) else OSError(errno.EBADF, str(error))
        raise click.UsageError(
            translated("file descriptor {number} cannot be read: {problem}").format(
                number=descriptor, problem=reader().say(reason(cause))
            )
        ) from error


def tell(
    outcomes: Iterable[Outcome],
    total: int,
    label: str,
    *,
    as_json: bool = False,
    is_check: bool = False,
    idle: Text = _IDLE,
    among: int = 0,
) -> None:
    """Tell each outcome as it comes; leave with the exit code of the first error.

    Args:
        outcomes: as they come.
        total: how many to expect; one alone is told with all details.
        label: of the progress bar.
        as_json: one document at the end instead of lines.
        is_check: what is wrong is the answer (standard output), not a complaint (standard error).
        idle: what is said where there is no outcome at all.
        among: of how many those that failed are, where nothing is told of the others.
    """
    language, code, told = reader(), 0, []
    for outcome in progress(outcomes, total, label):
        told.append(outcome)
        code = code or (outcome.error.exit_code if outcome.error else 0)
        if not as_json:
            _tell_one(outcome, language, is_only=total == 1, is_check=is_check)
    if as_json:
        to_json([_plain(outcome, language) for outcome in told])
    elif not told:
        click.echo(language.say(idle))
    elif len(told) > 1:
        _sum_up(told, language, is_check=is_check, among=among)
    if code:
        sys.exit(code)


def _tell_one(outcome: Outcome, language: Language, *, is_only: bool, is_check: bool) -> None:
    error = outcome.error
    if error and (is_only or not getattr(error, "findings", ())):
        complain(error, language, err=not is_check)
        return
    findings = getattr(error, "findings", outcome.findings)
    note = error.message if error else outcome.note
    if note and not (error and says_itself(error)):
        number = click.style(outcome.number, fg="red" if error else None, bold=True)
        file = f"  {outcome.file}" if outcome.file and not error and not is_check else ""
        click.echo(f"{number}  {language.say(note)}{file}", err=bool(error) and not is_check)
    shown = findings if is_only else [one for one in findings if one.severity is not Severity.INFORMATION]
    show_findings(shown, language, err=bool(error) and not is_check)


def _sum_up(outcomes: Sequence[Outcome], language: Language, *, is_check: bool, among: int) -> None:
    failed = sum(not outcome.ok for outcome in outcomes)
    n = max(len(outcomes), among) if failed else len(outcomes)
    if failed and is_check:
        words = counted("{failed} of one dossier to correct", "{failed} of {n} dossiers to correct", n=n, failed=failed)
    elif failed:
        words = counted("{failed} of one could not be done", "{failed} of {n} could not be done", n=n, failed=failed)
    elif is_check:
        words = counted("one dossier, nothing to correct", "{n} dossiers, nothing to correct", n=n)
    else:
        words = counted("one done", "all {n} done", n=n)
    click.echo(click.style(language.say(words), fg="red" if failed else None), err=True)


def _plain(outcome: Outcome, language: Language) -> dict[str, Any]:
    error = outcome.error
    findings = getattr(error, "findings", ()) if error else outcome.findings
    return {
        "number": outcome.number,
        "ok": outcome.ok,
        "note": language.say(outcome.note) if outcome.note else None,
        "file": str(outcome.file) if outcome.file else None,
        "error": None
        if error is None
        else {"code": error.code, "message": language.say(error.message), "fix": language.say(error.fix)},
        "findings": [plain_finding(finding, language) for finding in findings],
    }


def to_json(value: object) -> None:
    """One JSON document on stdout; where that has not all letters, with escapes for them, so that none is lost."""
    is_unicode = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().startswith("utf")
    click.echo(json.dumps(value, ensure_ascii=not is_unicode, indent=2, default=str))
