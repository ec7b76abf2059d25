"""How the command line speaks: the reader's language, findings, errors, progress."""

from __future__ import annotations

import gettext
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeVar

import click

from conventions.text import Text

if TYPE_CHECKING:
    from rich.console import Console

    from conventions.errors import ConventionsError
    from conventions.languages import Language
    from conventions.model.finding import Finding

__all__ = [
    "as_it_is",
    "complain",
    "plain_finding",
    "progress",
    "reader",
    "says_itself",
    "show_findings",
    "terminal_language",
    "translated",
]

T = TypeVar("T")

_COLOURS: Final = {"error": "red", "warning": "yellow", "information": "blue", "to do": "cyan"}
_WEIGHTS: Final = {"warning": Text("warning"), "information": Text("information"), "to do": Text("to do")}
_LOCALE: Final = Path(__file__).parent.parent / "locale"
_VARIABLES: Final = ("CONVENTIONS_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def _wanted() -> tuple[str, ...]:
    return tuple(value for name in _VARIABLES if (value := os.environ.get(name)))


def terminal_language() -> str:
    """Code of the terminal's language, whether we have it or not."""
    return next((name.split(".")[0].split("_")[0].lower() for name in _wanted()), "en")


@lru_cache(maxsize=1)
def _help_catalogue() -> gettext.NullTranslations:
    return gettext.translation("conventions", _LOCALE, [terminal_language()], fallback=True)


def translated(sentence: str) -> str:
    """A sentence of the help pages in the language of the terminal; without Babel, so that help is instant."""
    return _help_catalogue().gettext(sentence)


def reader() -> Language:
    """The language of whoever sits at the terminal (``CONVENTIONS_LANG``, else the locale)."""
    from conventions.languages import Language, best_language  # Babel is not needed for help

    return Language(best_language(_wanted()))


def as_it_is() -> Console:
    """Where tables are drawn: a name in brackets is no mark-up there, and one between colons no picture."""
    from rich.console import Console  # only a table pays for it

    return Console(markup=False, highlight=False, emoji=False)


def says_itself(error: ConventionsError) -> bool:
    """One of the findings that the error carries is what it says: nobody wants to read that twice."""
    findings: Sequence[Finding] = getattr(error, "findings", ())
    return any((one.code, one.message) == (error.code, error.message) for one in findings)


def complain(error: ConventionsError, language: Language, *, err: bool = True) -> None:
    """Tell one error: every finding it carries; what, why, what to do."""
    show_findings(getattr(error, "findings", ()), language, err=err)
    if says_itself(error):
        return
    place = f"{error.place}  " if error.place else ""
    code = click.style(error.code, fg="red", bold=True)
    click.echo(f"{place}{code}  {language.say(error.message)}", err=err)
    click.echo(f"  → {language.say(error.fix)}", err=err)


def show_findings(findings: Iterable[Finding], language: Language, *, err: bool = False) -> None:
    """One finding a paragraph: place, code, how much it weighs, message; then the remedy."""
    for finding in findings:
        severity = finding.severity.value
        place = f"{finding.position}  " if finding.position else ""
        code = click.style(finding.code, fg=_COLOURS[severity], bold=True)
        weight = "" if severity == "error" else f"  [{language.say(_WEIGHTS[severity])}]"
        click.echo(f"{place}{code}{weight}  {language.say(finding.message)}", err=err)
        click.echo(f"  → {language.say(finding.fix)}", err=err)


def plain_finding(finding: Finding, language: Language) -> dict[str, str | None]:
    """One finding for ``--json``."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "place": str(finding.position) if finding.position else None,
        "field": finding.field,
        "message": language.say(finding.message),
        "fix": language.say(finding.fix),
        "source": finding.source,
    }


def progress(items: Iterable[T], total: int, label: str) -> Iterator[T]:
    """Show a bar on stderr while items arrive, on a terminal only."""
    if not sys.stderr.isatty() or total < 2:
        yield from items
        return
    from rich.console import Console  # only a terminal pays for it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task, started = bar.add_task(label, total=total, rate=""), monotonic()
        for done, item in enumerate(items, start=1):
            bar.stop()  # what is told of the item takes the bar's place on the screen; the bar follows below it
            yield item
            bar.start()
            bar.update(task, advance=1, rate=f"{done / (monotonic() - started):.1f}/s")
