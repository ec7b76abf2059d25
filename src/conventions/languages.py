"""JUDGEMENT: one language's words, dates, amounts, lists. The only importer of Babel.

The source language of every sentence is English; the others are gettext catalogues in ``locale``.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal

from conventions.model.moment import PARIS
from conventions.text import Amount, Text, counted

__all__ = ["LANGUAGES", "PARIS", "Language", "best_language", "currencies"]

LANGUAGES: Final = ("fr", "en", "es", "de")
"""Languages in which everything exists."""

_CATALOGUES = Path(__file__).parent / "locale"
_REGIONS: Final = {"fr": "fr_FR", "en": "en_GB", "es": "es_ES", "de": "de_DE"}
_NBSP: Final = "\u00a0"
_CODE: Final = re.compile(r"^(-?[A-Z]{3})(?=\d)")
"""A currency without a sign of its own, which English sets in front: CHF."""
_EUPHONIC: Final = {
    " y ": (" e ", re.compile(r"h?[ií](?![aeoáéó])", re.IGNORECASE)),
    " o ": (" u ", re.compile(r"h?[oó]", re.IGNORECASE)),
}
"""Where Spanish says *e* for *y* and *u* for *o*: Ana e Íñigo, but agua y hielo (Real Academia, Ortografía)."""
_ELIDED: Final = re.compile(r"\b([dD]|[qQ]u)e (?=\{(\w+)\})")
_VOWELS: Final = frozenset("aàâæeéèêëiîïoôœuùûü")
"""French elides *de* and *que* before them: d'Anne, but de Hugo and de Yann, whose sound the letter does not tell."""
_ARTICLE: Final = {"Le ": "au ", "Les ": "aux "}
"""Of a French town, which melts with the preposition: au Havre, aux Ulis; La Rochelle and L'Isle keep theirs."""
_AT: Final = {"fr": "à", "en": "in", "es": "en", "de": "in"}

DateStyle = Literal["short", "medium", "long", "full"]
ListStyle = Literal["standard", "or", "unit"]


class Language:
    """How one language says things. Cheap to make; instances are shared and never change."""

    def __init__(self, code: str) -> None:
        """Take an ISO 639-1 code of :data:`LANGUAGES`; KeyError for any other."""
        self.code = code
        self.locale = Locale.parse(_REGIONS[code])
        self._catalogue = _catalogue(code)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by code."""
        return (Language, (self.code,))

    def say(self, text: Text) -> str:
        """The sentence in this language, its values formatted for this language."""
        words = self._words(text)
        if not text.values:
            return words
        said = {name: self.value(value) for name, value in text.values.items()}
        return (_elided(words, said) if self.code == "fr" else words).format_map(said)

    def _words(self, text: Text) -> str:
        number = text.values.get("n")
        if text.plural and isinstance(number, int):
            # French counts nothing as one, and would say “une note” of none: the singular is said in words here.
            return self._catalogue.ngettext(text.msgid, text.plural, number or 2)
        return self._catalogue.gettext(text.msgid)

    def value(self, value: object) -> str:
        """Any value as a reader of this language expects it."""
        match value:
            case Text():
                return self.say(value)
            case Amount():
                return self.money(value.number, value.currency)
            case datetime():
                return self.instant(value)
            case date():
                return self.date(value)
            case Decimal():
                return self.number(value)
            case tuple() | list() | frozenset() | set():
                return self.join(value)
            case _:
                return str(value)

    def day_and_month(self, day: date) -> str:
        """In figures, where there is little room: 30/03 in French, 30.3. in German."""
        return format_skeleton("Md", day, locale=self.locale)

    def date(self, day: date, style: DateStyle = "long") -> str:
        """13 avril 2026, 13 April 2026 …; ``style`` is Babel's: short, medium, long, full."""
        shown = format_date(day, style, locale=self.locale)
        if self.code == "fr" and day.day == 1 and style in {"long", "full"}:
            shown = shown.replace("1 ", "1er ", 1)
        return shown.replace(" ", _NBSP)

    def instant(self, moment: datetime) -> str:
        """Day and time in Paris, where the deadlines are judged."""
        local = moment.astimezone(PARIS)
        time = format_time(local.timetz(), "medium", locale=self.locale)
        return self.say(Text("{day}, {time} (Paris time)", day=self.date(local.date()), time=time))

    def time(self, moment: datetime) -> str:
        """The time on the clock of Paris, hours and minutes: 9 h 30 (French), 09:30 elsewhere."""
        local = moment.astimezone(PARIS)
        if self.code == "fr":
            return f"{local.hour}{_NBSP}h" + (f"{_NBSP}{local.minute:02d}" if local.minute else "")
        return format_time(local.timetz(), "short", locale=self.locale).replace(" ", _NBSP)

    def number(self, number: Decimal | int, places: int | None = None) -> str:
        """A number with this language's separators, trailing zeros dropped; with ``places``, so many decimals."""
        pattern = None if places is None else f"#,##0.{'0' * places}"
        return format_decimal(number, pattern, locale=self.locale)

    def money(self, amount: Decimal, currency: str = "EUR") -> str:
        """An amount with its cents and currency."""
        return _CODE.sub(rf"\1{_NBSP}", format_currency(amount, currency, locale=self.locale))

    def hours(self, hours: Decimal | int) -> str:
        """Decimal hours as 35 h or 3 h 30 (French), 3 h 30 min elsewhere."""
        whole, minutes = divmod(int((Decimal(hours) * 60).to_integral_value()), 60)
        shown = f"{format_decimal(whole, locale=self.locale)}{_NBSP}h"
        if minutes:
            tail = f"{minutes:02d}" if self.code == "fr" else f"{minutes:02d}{_NBSP}min"
            shown += f"{_NBSP}{tail}"
        return shown

    def duration(self, months: int, days: int, hours: Decimal = Decimal(0)) -> str:
        """Legal months, days and hours as a list of what is not zero; hours with minutes as :meth:`hours` has them.

        A number stays on the line of what it counts.
        """
        parts: list[object] = []
        if months:
            parts.append(counted("one month", "{n} months", n=months))
        if days:
            parts.append(counted("one day", "{n} days", n=days))
        if hours % 1:
            parts.append(self.hours(hours))
        elif hours or not parts:
            parts.append(counted("one hour", "{n} hours", n=int(hours)))
        return self.join([self.value(part).replace(" ", _NBSP) for part in parts])

    def join(self, items: Iterable[object], style: ListStyle = "standard") -> str:
        """A list: a, b et c; of figures that stand side by side (``unit``): a, b, c."""
        shown = [self.value(item) for item in items]
        if style == "unit":  # Babel has not all that German, French and Spanish inherit for it
            return ", ".join(shown)
        said = format_list(shown, style, locale=self.locale) if shown else ""
        return _euphonic(said, shown[-1]) if self.code == "es" and len(shown) > 1 else said

    def at(self, town: str) -> str:
        """Where a paper is made: à Lille, au Havre, in Lille."""
        article = next((article for article in _ARTICLE if self.code == "fr" and town.startswith(article)), None)
        return f"{_ARTICLE[article]}{town.removeprefix(article)}" if article else f"{_AT[self.code]} {town}"

    def country(self, code: str) -> str:
        """The country's name; the code itself when Babel does not know it."""
        return str(self.locale.territories.get(code, code))

    def name(self, code: str) -> str:
        """A language's own name in this one: « anglais », “English”; the code itself when Babel does not know it."""
        return str(self.locale.languages.get(code, code))

    def filters(self) -> Mapping[str, Callable[..., str]]:
        """The same, by the names that templates use."""
        return {
            "at": self.at,
            "country": self.country,
            "date": self.date,
            "duration": self.duration,
            "hours": self.hours,
            "join": self.join,
            "money": self.money,
            "number": self.number,
            "say": self.say,
        }


def _elided(words: str, said: Mapping[str, str]) -> str:
    """A French sentence with the little words elided before those of its values that begin with a vowel."""
    return _ELIDED.sub(lambda found: f"{found[1]}'" if said[found[2]][:1].lower() in _VOWELS else found[0], words)


def _euphonic(said: str, last: str) -> str:
    """A Spanish list whose last item begins with the sound of its conjunction."""
    head = said.removesuffix(last)
    for conjunction, (other, sound) in _EUPHONIC.items():
        if head.endswith(conjunction) and sound.match(last):
            return f"{head.removesuffix(conjunction)}{other}{last}"
    return said


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(code: str) -> gettext.NullTranslations:
    if code == "en":
        return gettext.NullTranslations()
    return gettext.translation("conventions", _CATALOGUES, [code], fallback=True)


def best_language(wanted: Collection[str], default: str = "en") -> str:
    """The first of our languages among the wanted ones (``fr_FR.UTF-8``, ``de`` …), else the default."""
    for name in wanted:
        code = name.replace("-", "_").split("_")[0].split(".")[0].lower()
        if code in LANGUAGES:
            return code
    return default


@lru_cache(maxsize=1)
def currencies() -> frozenset[str]:
    """Codes of ISO 4217 in which something can be paid today somewhere, as Babel's data (CLDR) have them."""
    everywhere = get_global("territory_currencies").values()
    return frozenset(
        code for of_one in everywhere for code, _since, until, is_tender in of_one if until is None and is_tender
    )
