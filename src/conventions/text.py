"""A sentence for a person, not yet in a language.

Everything below the doors speaks in :class:`Text`: an English sentence with named places and the
values that go there. A door turns it into the reader's language (:mod:`conventions.languages`), so a
date or an amount is formatted for whoever reads it, and ``pybabel extract -k Text`` finds every sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

__all__ = ["Amount", "Text", "counted", "quoted", "typed"]


@dataclass(frozen=True, init=False)
class Text:
    """One translatable sentence.

    ``msgid`` is the English source with ``{name}`` places; ``values`` fills them. Values stay typed
    (``date``, ``Decimal``, ``Text`` …): the language formats them.
    """

    msgid: str
    values: Mapping[str, object] = field(hash=False)
    plural: str = ""
    """The sentence for any other number of ``n`` than one; empty where the number changes nothing."""

    def __init__(self, msgid: str, /, **values: object) -> None:
        object.__setattr__(self, "msgid", msgid)
        object.__setattr__(self, "plural", "")
        object.__setattr__(self, "values", MappingProxyType(values))

    def filled(self, **values: object) -> Text:
        """The same sentence with these values as well: a page says what its maker could not know."""
        return _rebuild(self.msgid, self.plural, {**self.values, **values})

    def __str__(self) -> str:
        """The English sentence with plain values: for logs and tests, never for a paper."""
        words = self.plural if self.plural and self.values["n"] != 1 else self.msgid
        return words.format_map({name: str(value) for name, value in self.values.items()})

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by value (a mapping proxy cannot be pickled): findings cross process borders."""
        return (_rebuild, (self.msgid, self.plural, dict(self.values)))


def _rebuild(msgid: str, plural: str, values: dict[str, object]) -> Text:
    text = Text(msgid, **values)
    object.__setattr__(text, "plural", plural)
    return text


def counted(one: str, many: str, /, *, n: int, **values: object) -> Text:
    """A sentence that depends on how many: ``one`` when ``n`` is one, ``many`` otherwise; both may print ``{n}``."""
    return _rebuild(one, many, {"n": n, **values})


def quoted(words: object) -> Text:
    """Words that are data, not language (a name, a path, another program's own message)."""
    return Text("{words}", words=str(words))


@dataclass(frozen=True)
class Amount:
    """Money in a sentence: shown with its cents and its currency as the reader's language writes them."""

    number: Decimal
    currency: str = "EUR"
    """ISO 4217."""

    def __str__(self) -> str:
        """Plain: 4.50 EUR."""
        return f"{self.number:.2f} {self.currency}"


def typed(value: Decimal | date) -> str:
    """A value as it is typed into a dossier, whatever the reader's language: 4.50, 2026-04-13."""
    return value.isoformat() if isinstance(value, date) else f"{value:f}"
