"""Everything that can go wrong, and how the program leaves.

::

    ConventionsError            what · why · what to do · stable code · exit code
    ├── SettingsError       11  conventions.toml: unknown or wrong key
    ├── DossierError         3  findings of severity *error*: nothing was produced
    ├── TemplateError        4  a template is missing or broken, or an anchor is
    ├── ConverterMissing     5  LibreOffice is not installed
    ├── ConversionError     14  LibreOffice ran and did not deliver
    ├── OutOfTurn            6  not this role's turn, or somebody has not signed yet
    ├── NeverOverwrite       7  the archive already holds another paper under that number
    ├── Refused              8  a PDF came back that does not prove itself
    ├── ForeignPaper        15  not a PDF, corrupt, or not one of ours
    ├── KeyUnreadable        9  a key file cannot be used
    ├── WrongPassphrase     10  the pass-phrase does not open the key
    ├── Disagreement        16  registry, papers and archive do not agree: findings of the audit
    ├── DiskError           12  the disk is full, or a file cannot be read or written
    └── ServiceError        13  a time-stamping, revocation or mail service does not answer

Exit code 0 is success, 1 an unexpected fault, 2 a wrong command line, 130 an interruption.
Each class is one situation with one exit code; each instance says what happened (`message`), what to do
(`fix`) and carries a stable `code` that documentation and tests can name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conventions.text import Text

if TYPE_CHECKING:
    from conventions.model.finding import Finding

__all__ = [
    "ConventionsError",
    "ConversionError",
    "ConverterMissing",
    "Disagreement",
    "DiskError",
    "DossierError",
    "ForeignPaper",
    "KeyUnreadable",
    "NeverOverwrite",
    "OutOfTurn",
    "Refused",
    "ServiceError",
    "SettingsError",
    "TemplateError",
    "WrongPassphrase",
]


class ConventionsError(Exception):
    """A situation the program foresaw. Never raised itself: a subclass says which one."""

    exit_code = 1

    def __init__(self, code: str, message: Text, fix: Text, *, place: str = "") -> None:
        """Say what happened and what to do; ``place`` is ``file:line`` or the like, if there is one."""
        super().__init__(str(message))
        self.code = code
        self.message = message
        self.fix = fix
        self.place = place

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with every part: errors cross process borders."""
        return (_rebuild, (type(self), self.__dict__))


def _rebuild(cls: type[ConventionsError], state: dict[str, object]) -> ConventionsError:
    error = cls.__new__(cls)
    error.__dict__.update(state)
    error.args = (str(state["message"]),)
    return error


class _WithFindings(ConventionsError):
    """An error that is a list of findings, all of them told at once."""

    def __init__(
        self, code: str, message: Text, fix: Text, *, place: str = "", findings: Sequence[Finding] = ()
    ) -> None:
        super().__init__(code, message, fix, place=place)
        self.findings = tuple(findings)


class SettingsError(_WithFindings):
    """``conventions.toml`` is missing, unreadable, or has an unknown or wrong key."""

    exit_code = 11


class Disagreement(_WithFindings):
    """Registry, papers and archive do not agree."""

    exit_code = 16


class DossierError(_WithFindings):
    """A dossier has findings of severity *error*, or cannot be read at all. Nothing was produced."""

    exit_code = 3


class TemplateError(_WithFindings):
    """A template is missing, broken, asks for an unknown value, or lacks a signature anchor."""

    exit_code = 4


class ConverterMissing(ConventionsError):
    """LibreOffice cannot be found."""

    exit_code = 5


class ConversionError(ConventionsError):
    """LibreOffice was started and did not deliver the PDF."""

    exit_code = 14


class OutOfTurn(ConventionsError):
    """It is not this role's turn to sign, or a paper is not complete yet."""

    exit_code = 6


class NeverOverwrite(_WithFindings):
    """The place is taken by something else that must be kept."""

    exit_code = 7


class Refused(ConventionsError):
    """A PDF came back that does not prove itself. It is kept as evidence; nothing advanced."""

    exit_code = 8


class ForeignPaper(ConventionsError):
    """The file is not a readable PDF, or not one of our papers."""

    exit_code = 15


class KeyUnreadable(ConventionsError):
    """A key file is missing, damaged, of an unknown kind, or does not match its certificate."""

    exit_code = 9


class WrongPassphrase(ConventionsError):
    """The pass-phrase or PIN does not open the key."""

    exit_code = 10


class DiskError(ConventionsError):
    """The operating system could not read or write a file (disk full, no permission, …)."""

    exit_code = 12


class ServiceError(ConventionsError):
    """An outside service (time-stamp, revocation, mail) did not answer or answered nonsense."""

    exit_code = 13
