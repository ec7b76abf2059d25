"""Click in the reader's language, and with its commands in the order of a paper's life."""

from __future__ import annotations

import gettext
import os
from collections.abc import Collection
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Final

import click

from conventions.cli.speech import translated
from conventions.text import Text, counted

__all__ = ["Day", "DocumentKey", "InOrder", "LanguageCode", "TemplateKey", "Words", "speak"]

FROM_CLICK: Final = (
    Text("%(prog)s, version %(version)s"),
    Text("Commands"),
    Text("Error: {message}"),
    Text("Invalid value for {param_hint}: {message}"),
    Text("Invalid value: {message}"),
    Text("Missing argument"),
    Text("Missing command."),
    Text("Missing option"),
    Text("Missing parameter"),
    Text("No such command {name!r}."),
    Text("No such option {name!r}."),
    Text("Option {name!r} does not take a value."),
    Text("Options"),
    Text("Show the version and exit."),
    Text("Show this message and exit."),
    Text("Try '{command} {option}' for help."),
    Text("Usage:"),
    Text("default: {default}"),
    Text("directory"),
    Text("required"),
    Text("{name} {filename!r} does not exist."),
    Text("{name} {filename!r} is a file."),
    Text("{value} is not in the range {range}."),
    Text("{value!r} is not a valid {number_type}."),
    counted("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)", n=1),
    counted("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", n=1),
    counted("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments.", n=1),
    counted("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", n=1),
)
"""Click's sentences that a user can meet. They stand here so that our catalogues translate them."""


_SENTENCE: Final = 1000
"""Letters that no first sentence of a help has."""


class InOrder(click.Group):
    """A group whose help lists the commands as they were added, not by the alphabet, and cuts no sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as overridden
        """The names, in order."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Each command with its first sentence, on as many lines as it takes: half a sentence says nothing."""
        rows = [(name, command.get_short_help_str(_SENTENCE)) for name, command in self.commands.items()]
        with formatter.section(gettext.gettext("Commands")):
            formatter.write_dl(rows)


def speak(language: str) -> None:
    """Let click look its sentences up in our catalogue; it asks gettext's global domain."""
    os.environ["LANGUAGE"] = language  # gettext's own variable: the first that it looks at
    gettext.bindtextdomain("conventions", str(Path(__file__).parent.parent / "locale"))
    gettext.textdomain("conventions")


class Words(click.ParamType[str]):
    """What somebody must have said: a reason, a name. Nothing at all is no answer."""

    name = "text"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The words, without the blanks around them."""
        words = value.strip()
        if not words:
            self.fail(translated("it cannot be empty"), param, ctx)
        return words


class Day(click.ParamType[date]):
    """A day as it is written in a dossier or in a spreadsheet: 2027-02-01 or 01/02/2027."""

    name = "day"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day."""
        if isinstance(value, date):
            return value
        for form in ("%Y-%m-%d", "%d/%m/%Y"):
            with suppress(ValueError):
                return datetime.strptime(value, form).date()  # noqa: DTZ007 - a day has no zone
        words = translated("“{value}” is no day: write it as 2027-02-01").format(value=value)
        raise click.BadParameter(words, ctx=ctx, param=param)


class _OneOf(click.ParamType[str]):
    """One of some words that are looked up when they are needed: ``--help`` must not wait for what knows them."""

    def known(self) -> Collection[str]:
        """The words."""
        raise NotImplementedError

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word, if it is one of them."""
        known = self.known()
        if value not in known:
            words = translated("“{value}” is none of: {known}")
            self.fail(words.format(value=value, known=", ".join(known)), param, ctx)
        return value


class DocumentKey(_OneOf):
    """The key of a document type."""

    name = "document"

    def __init__(self, *, goes_round: bool = False) -> None:
        """Any document, or only those that go through a circuit, dossier by dossier."""
        self._goes_round = goes_round

    def known(self) -> Collection[str]:
        """Every key."""
        from conventions.documents import DOCUMENTS

        return [kind.key for kind in DOCUMENTS.values() if not self._goes_round or kind.has_circuit]


class TemplateKey(_OneOf):
    """The key of a template: of a document, or of an annex."""

    name = "template"

    def known(self) -> Collection[str]:
        """Every key, annexes behind their document."""
        from conventions.documents import DOCUMENTS

        return [key for kind in DOCUMENTS.values() for key in (kind.key, *(annex.key for annex in kind.annexes))]


class LanguageCode(_OneOf):
    """A language that papers can be in."""

    name = "language"

    def known(self) -> Collection[str]:
        """Every code."""
        from conventions.languages import LANGUAGES

        return LANGUAGES
