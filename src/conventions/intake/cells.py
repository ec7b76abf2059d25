"""What a cell of a spreadsheet means for a column: dates, numbers, truths and labels as people write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from stdnum.exceptions import ValidationError
from stdnum.fr import nir

from conventions.intake.grid import Odd, Raw
from conventions.intake.mapping import labels, squashed
from conventions.intake.refusals import UNPRINTABLE
from conventions.intake.shape import Column, Kind
from conventions.model.finding import Severity
from conventions.text import Text, typed

__all__ = ["Remark", "Unclear", "is_blank", "scalar"]


@dataclass(frozen=True)
class Remark:
    """A finding without its place."""

    code: str
    message: Text
    fix: Text
    severity: Severity = Severity.ERROR


class Unclear(Exception):
    """The cell cannot be read; the remark says why."""

    def __init__(self, code: str, message: Text, fix: Text, severity: Severity = Severity.ERROR) -> None:
        super().__init__(str(message))
        self.remark = Remark(code, message, fix, severity)


def is_blank(raw: Raw) -> bool:
    """Nothing, or nothing but blanks."""
    return raw is None or (isinstance(raw, str) and not raw.strip())


def scalar(raw: Raw, column: Column, epoch: date) -> tuple[Any, Remark | None]:
    """One value as it would be typed into a YAML dossier, and what there is to say about it.

    Raises:
        Unclear: a formula, a fault, a number that a spreadsheet has spoilt, more than one reading.
    """
    _assert_value(raw)
    if isinstance(raw, str):
        raw = raw.strip().replace("\r\n", "\n").replace("\r", "\n")
        if found := UNPRINTABLE.search(raw):
            code = f"U+{ord(found[0]):04X}"
            raise Unclear("CELL-08", Text("it contains the unprintable character {code}", code=code), _RETYPE)
    return _READERS[column.kind](raw, column, epoch)


_RETYPE: Final = Text("type the value again")


def _assert_value(raw: Raw) -> None:
    if raw is Odd.FORMULA:
        raise Unclear(
            "CELL-01",
            Text("the cell holds a formula: nobody could say later what it showed"),
            Text("copy the column and paste it as values only"),
        )
    if raw is Odd.FAULT:
        raise Unclear(
            "CELL-02", Text("the cell shows a fault such as #N/A"), Text("correct the formula, or type the value")
        )
    if isinstance(raw, str | int) and _is_secret(str(raw)):
        raise Unclear(
            "CELL-11",
            Text("the cell holds a social-security number: it is neither read nor kept"),
            Text("take it out of the file: no internship agreement needs it"),
            Severity.WARNING,
        )


def _is_secret(words: str) -> bool:
    if not 15 <= len(words) <= 30:
        return False
    digits = re.sub(r"[\s.-]", "", words)
    if not re.fullmatch(r"[12]\d{4}[\dAB]\d{9}", digits):
        return False
    try:
        nir.validate(digits)
    except ValidationError:
        return False
    return True


def _text(raw: Raw, column: Column, _: date) -> tuple[str, Remark | None]:
    if isinstance(raw, datetime | date | time):
        raise Unclear(
            "CELL-05",
            Text("the spreadsheet made a date of what should be text"),
            Text("format the column as text and type the value again"),
        )
    if isinstance(raw, bool):
        return str(raw).lower(), None
    if isinstance(raw, int | float):
        return _digits(raw), None
    words = str(raw)
    if re.fullmatch(r"\d(?:[.,]\d+)?E\+\d+", words):
        raise Unclear(
            "CELL-04",
            Text("the spreadsheet has shortened a long number to {value}", value=words),
            Text("format the column as text and type all digits again"),
        )
    special = _BY_NAME.get(column.name)
    return special(words) if special else words, None


def _digits(raw: float) -> str:
    if not abs(raw) < 1e15:  # true of what is not a number, too
        raise Unclear(
            "CELL-04",
            Text("a number this long loses its last digits in a spreadsheet"),
            Text("format the column as text and type all digits again"),
        )
    exact = Decimal(repr(round(raw, 6)))
    return f"{exact.to_integral_value() if exact == exact.to_integral_value() else exact:f}"


def _labelled(words: str, column: Column) -> str:
    known: Mapping[str, str] = labels().get(column.name, {})
    if words in known.values():
        return words
    key = squashed(words) or words
    return known.get(key) or next((code for code in known.values() if squashed(code) == key), words)


def _choice(raw: Raw, column: Column, epoch: date) -> tuple[str, Remark | None]:
    words, remark = _text(raw, column, epoch)
    return _labelled(words, column), remark


def _country(words: str) -> str:
    if re.fullmatch(r"[A-Za-z]{2}", words):
        return words.upper()
    return _countries().get(squashed(words), words)


@lru_cache(maxsize=1)
def _countries() -> Mapping[str, str]:
    from babel import Locale

    names = [Locale(language).territories for language in ("fr", "en", "es", "de")]
    return {squashed(name): code for table in names for code, name in table.items() if re.fullmatch("[A-Z]{2}", code)}


def _currency(words: str) -> str:
    return words.upper() if re.fullmatch(r"[A-Za-z]{3}", words) else _labelled_as("currency")(words)


def _labelled_as(name: str) -> Callable[[str], str]:
    return lambda words: labels()[name].get(squashed(words) or words, words)


def _year(words: str) -> str:
    match = re.fullmatch(r"(\d{4})\s*[/–-]\s*(\d{4})", words)
    return f"{match[1]}-{match[2]}" if match else words


_BY_NAME: Final[Mapping[str, Callable[[str], str]]] = {
    "country": _country,
    "applicable_law": _country,
    "currency": _currency,
    "gender": _labelled_as("gender"),
    "academic_year": _year,
}

_ISO: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[/.\-\s](\d{1,2})[/.\-\s](\d{2}|\d{4})")
_SERIALS: Final = range(10_000, 80_000)
"""Days of the years 1927 to 2119 as a spreadsheet counts them."""


def _date(raw: Raw, _: Column, epoch: date) -> tuple[str, Remark | None]:
    if isinstance(raw, datetime):
        return (raw.date() if raw.time() == time() else raw).isoformat(), None
    if isinstance(raw, date | time):
        return raw.isoformat(), None
    words = f"{raw:.0f}" if isinstance(raw, float) and raw.is_integer() else str(raw)
    if match := _ISO.fullmatch(words):
        return match[1], None
    if re.fullmatch(r"\d{5}", words) and int(words) in _SERIALS:
        day = epoch + timedelta(days=int(words))
        remark = Remark(
            "CELL-03",
            Text("{value} is a spreadsheet's own count of days: it is read as {day}", value=words, day=day),
            Text("format the column as dates"),
            Severity.WARNING,
        )
        return day.isoformat(), remark
    return _day_first(words), None


def _day_first(words: str) -> str:
    match = _DAY_FIRST.fullmatch(words)
    if match is None:
        raise Unclear(
            "DATA-03", Text("{value} is not a date", value=words[:40]), Text("write it as 2026-04-13 or 13/04/2026")
        )
    if len(match[3]) == 2:
        raise Unclear(
            "CELL-12", Text("{value}: the year has two digits only", value=words), Text("write four: 13/04/2026")
        )
    return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"


_TIMED: Final = re.compile(r"(.+?)(?:T|,?\s+)(\d{1,2})[:hH](\d{2})(?::00)?(?:\s*[uU]hr)?")


def _moment(raw: Raw, column: Column, epoch: date) -> tuple[str, Remark | None]:
    """A day with a time, as a spreadsheet holds it or as people type it: 29/06/2026 09:30, 29.06.2026 9h30."""
    if isinstance(raw, datetime):
        return typed(raw), None
    match = _TIMED.fullmatch(str(raw))
    if match is None:
        return str(raw), None
    day, remark = _date(match[1], column, epoch)
    return f"{day}T{int(match[2]):02}:{match[3]}", remark


_GAPS: Final = re.compile(r"[\s\u00a0\u202f'’]")
_UNIT: Final = re.compile(r"(?:€|eur|euros?|h|heures?)$", re.IGNORECASE)


def _number(raw: Raw, _: Column, __: date) -> tuple[str, Remark | None]:
    if isinstance(raw, bool | date | time):
        raise Unclear("CELL-05", Text("the spreadsheet made something else of a number"), _RETYPE)
    if isinstance(raw, int | float):
        return _digits(raw), None
    words = _GAPS.sub("", _UNIT.sub("", str(raw).strip()).strip())
    if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", words):
        raise Unclear(
            "CELL-06",
            Text("{value} has two readings: thousands, or three decimals", value=words),
            Text("write it without a separator of thousands and with two decimals at most"),
        )
    mark = max(words.rfind(","), words.rfind("."))
    if mark >= 0 and re.fullmatch(r"\d{1,3}(?:,\d{3})*\.\d+|\d{1,3}(?:\.\d{3})*,\d+|\d+[.,]\d*", words):
        words = f"{re.sub('[.,]', '', words[:mark])}.{words[mark + 1 :] or '0'}"
    return words, None


def _whole(raw: Raw, column: Column, epoch: date) -> tuple[str, Remark | None]:
    words, remark = _number(raw, column, epoch)
    return _labelled(re.sub(r"\.0+$", "", words), column), remark


_TRUTHS: Final = {
    **dict.fromkeys(("true", "vrai", "verdadero", "wahr", "oui", "yes", "si", "ja", "o", "y", "1", "x"), True),
    **dict.fromkeys(("false", "faux", "falso", "falsch", "non", "no", "nein", "n", "0"), False),
}


def _truth(raw: Raw, _: Column, __: date) -> tuple[bool | str, Remark | None]:
    return _TRUTHS.get(squashed(str(raw)), str(raw)), None


def _group(raw: Raw, _: Column, __: date) -> tuple[Any, Remark | None]:
    return str(raw), None


_READERS: Final[Mapping[Kind, Callable[[Raw, Column, date], tuple[Any, Remark | None]]]] = {
    Kind.TEXT: _text,
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.NUMBER: _number,
    Kind.WHOLE: _whole,
    Kind.TRUTH: _truth,
    Kind.CHOICE: _choice,
    Kind.GROUP: _group,
}
