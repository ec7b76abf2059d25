"""A sentence for a person, not yet in a language.

Everything below the doors speaks in :class:`Text`: an English sentence with named places and the
values that go there. A door turns it into the reader's language (:mod:`conventions.languages`), so a
date or an amount is formatted for whoever reads it, and ``pybabel extract -k Text`` finds every sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

__all__ = ["Text", "quoted"]


@dataclass(frozen=True, init=False)
class Text:
    """One translatable sentence.

    ``msgid`` is the English source with ``{name}`` places; ``values`` fills them. Values stay typed
    (``date``, ``Decimal``, ``Text`` …): the language formats them.
    """

    msgid: str
    values: Mapping[str, object] = field(hash=False)

    def __init__(self, msgid: str, /, **values: object) -> None:
        object.__setattr__(self, "msgid", msgid)
        object.__setattr__(self, "values", MappingProxyType(values))

    def __str__(self) -> str:
        """The English sentence with plain values: for logs and tests, never for a paper."""
        return self.msgid.format_map({name: str(value) for name, value in self.values.items()})

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by value (a mapping proxy cannot be pickled): findings cross process borders."""
        return (_rebuild, (self.msgid, dict(self.values)))


def _rebuild(msgid: str, values: dict[str, object]) -> Text:
    return Text(msgid, **values)


def quoted(words: object) -> Text:
    """Words that are data, not language (a name, a path, another program's own message)."""
    return Text("{words}", words=str(words))
