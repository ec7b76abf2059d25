"""The fields of a form that is filled in by somebody else, and what came back in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

__all__ = ["TICKED", "Answers", "FieldKind", "FormField", "Option"]

TICKED: Final = "yes"
"""Value of a check box that is ticked; the other is empty."""


class FieldKind(StrEnum):
    """What somebody can enter."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    """One of a few radio buttons, all of them in sight."""
    CHECK = "check"
    LIST = "list"
    """One line of a drop-down list."""


@dataclass(frozen=True)
class Option:
    """One of the answers to choose from."""

    value: str
    """For programs: ASCII letters, digits, ``_``, ``-`` and ``.``; never ``Off``, which PDF keeps for itself."""
    label: str
    """For people, in the paper's language."""


@dataclass(frozen=True)
class FormField:
    """One field of a form. Where it stands on the paper is the template's business, not its own."""

    name: str
    """Lower-case ASCII words joined by ``_``, in groups joined by dots: ``host.name``. Also its name in the PDF."""
    kind: FieldKind
    label: str
    """In the paper's language; read aloud, and shown when the mouse rests on the field."""
    options: tuple[Option, ...] = ()
    """For ``CHOICE`` and ``LIST`` only, at least one."""
    value: str = ""
    """Prefilled: words, the value of an option, or :data:`TICKED`."""
    required: bool = False
    max_length: int | None = None
    """In characters, for what is typed; None for no limit."""
    maximum: Decimal | None = None
    """Of a number, which counts from 0: a mark out of 20."""
    read_only: bool = False
    """A fact that the office has filled in."""


@dataclass(frozen=True)
class Answers:
    """What a form holds that came back. Nothing here is believed yet: every value is what somebody entered."""

    values: Mapping[str, str] = field(hash=False)
    """Of every field that the file has, by name; empty when nothing was entered. NFC, lines parted by ``\\n``."""
    disagreements: tuple[str, ...] = ()
    """Fields that show something else on the page than their value says."""
    unreadable: tuple[str, ...] = ()
    """Fields whose value is too long to be taken whole, or whose appearance cannot be compared with it."""
    is_flattened: bool = False
    """One of our papers whose fields were turned into print: it can be looked at, not read."""
