"""The common behaviour of every record: frozen, no unknown key, blank means absent."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from conventions.text import Text

__all__ = ["CountryCode", "Forgets", "Hours", "Money", "Record", "Words", "complaint"]


@dataclass(frozen=True)
class Forgets:
    """What the fields of a record say of people; it stands beside them, and a test finds a field that it leaves out.

    A field that holds records is left out: they declare themselves. Named here, it counts as a whole.
    """

    identifies: tuple[str, ...] = ()
    """Whoever reads it knows who it is. After a purge it is searched for everywhere."""
    tells: tuple[str, ...] = ()
    """Says something of a person whom another field identifies."""
    general: tuple[str, ...] = ()
    """Says nothing of anybody by itself: anonymous statistics may be made of it."""


class Record(BaseModel):
    """A frozen value with known keys only; surrounding blanks are dropped."""

    forgets: ClassVar[Forgets] = Forgets()
    """Of the fields that the class itself adds."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def complaint(problem: Text) -> PydanticCustomError:
    """What a validator of ours raises: a sentence that can be translated later."""
    return PydanticCustomError("complaint", "{problem}", {"problem": problem})


def _composed(words: str) -> str:
    return unicodedata.normalize("NFC", words)


def _printable(words: str) -> str:
    if words.isprintable():
        return words
    for character in words:
        if unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"} and character not in "\n\t":
            code = f"U+{ord(character):04X}"
            raise complaint(Text("it contains the unprintable character {code}", code=code))
    return words


def _plain_number(value: object) -> object:
    """Refuse what Decimal would accept but no one writes in a form: NaN, infinities, exponents."""
    if isinstance(value, str):
        text = value.strip()
        if len(text) > 20 or not text.isascii() or "e" in text.lower() or "n" in text.lower():
            raise complaint(Text("it is not a plain number such as 35 or 4.50"))
        return text
    return value


Words = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(_composed), AfterValidator(_printable)]
"""Text that is present: at least one character, Unicode NFC, nothing unprintable."""

Money = Annotated[Decimal, BeforeValidator(_plain_number), Field(ge=0, max_digits=10, decimal_places=2)]
"""An amount in the stated currency, cents at most."""

Hours = Annotated[Decimal, BeforeValidator(_plain_number), Field(ge=0, le=10000, decimal_places=2)]
"""Decimal hours: 3 h 30 is 3.5."""

CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2, upper case."""
