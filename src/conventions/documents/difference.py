"""What an amendment changes, old value beside new, in the words of one language."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import Final

from conventions.documents import parties
from conventions.in_force import Change, changes
from conventions.languages import Language
from conventions.model.amendment import Amendment
from conventions.model.dossier import Dossier
from conventions.model.party import Address, Function, Official
from conventions.model.placement import Allowance, AllowanceBasis, Interruption, Payment, Telework
from conventions.text import Amount, Text

__all__ = ["difference", "words_of"]

_LABELS: Final = MappingProxyType(
    {
        "schedule.start": Text("first day"),
        "schedule.end": Text("last day"),
        "schedule.interruptions": Text("interruptions"),
        "workplace.department": Text("department"),
        "workplace.address": Text("place of internship"),
        "workplace.travel": Text("travel"),
        "workplace.telework": Text("telework"),
        "placement.subject": Text("topic of the internship"),
        "referent": Text("academic supervisor"),
        "tutor": Text("workplace supervisor"),
        "allowance": Text("allowance"),
    }
)
_PAID: Final = MappingProxyType(
    {
        Payment.ACTUAL: Text("paid monthly, by the hours done in the month"),
        Payment.SMOOTHED: Text("paid monthly, in equal instalments"),
    }
)
_COLUMN: Final = 28
"""Letters that surely fit on a line of a column."""
_TALLEST: Final = 24
"""Lines of a row of the table, half a page. LibreOffice would cut the end off a row that is taller than a page."""


def difference(
    dossier: Dossier, amendment: Amendment, coordinator: Official | None, language: Language
) -> tuple[dict[str, object], ...]:
    """Every value that the amendment replaces: what it is, as it was in force before, as it is from now on.

    Nothing is typed twice: both values come from :func:`conventions.in_force.changes`. Lines of a value are separated
    by line feeds. A change that ``is_long`` fits into no row of a table.

    Args:
        dossier: with all its amendments.
        amendment: one of them.
        coordinator: the academic supervisor until one is designated.
        language: of the words.
    """
    return tuple(_row(change, dossier, coordinator, language) for change in changes(dossier, amendment))


def _row(change: Change, dossier: Dossier, coordinator: Official | None, language: Language) -> dict[str, object]:
    # What a dossier leaves out is not always nothing: the host's own address, the coordinator who stands in.
    stand_in = {"workplace.address": dossier.host.address, "referent": coordinator}.get(change.field)
    label = language.say(_LABELS[change.field])
    old = words_of(change.old or stand_in, language) or language.say(Text("nothing agreed"))
    new = words_of(change.new or stand_in, language) or language.say(Text("no longer agreed"))
    return {
        "label": label,
        "heading": label[:1].upper() + label[1:],
        "old": old,
        "new": new,
        "is_long": max(_height(old), _height(new)) > _TALLEST,
    }


def _height(words: str) -> int:
    """Lines that they take in a column of the table, at most."""
    return sum(1 + len(line) // _COLUMN for line in words.split("\n"))


def words_of(value: object, language: Language) -> str:
    """A value of the dossier in words, line by line; empty where there is none."""
    return "\n".join(language.value(line) for line in _lines(value, language) if line)


def _lines(value: object, language: Language) -> tuple[object, ...]:
    match value:
        case Address():
            return (parties.address_line(value, language),)
        case Allowance():
            return _allowance(value)
        case Function():
            return (value.name, value.function, value.email, value.phone)
        case Telework():
            return (_telework(value.days_per_week), value.terms)
        case tuple():
            return tuple(_gap(gap) for gap in sorted(value, key=lambda gap: (gap.start, gap.end)))
        case _:
            return (value,)


def _allowance(agreed: Allowance) -> tuple[object, ...]:
    if not agreed.amount:
        return (Text("no allowance"), agreed.unpaid_reason)
    amount: Amount | Text = Amount(agreed.amount, agreed.currency)
    if agreed.unit == "net":
        amount = Text("{amount} net", amount=amount)
    return (_per(agreed.basis, amount), _PAID[agreed.payment], agreed.method, agreed.due_day)


def _per(basis: AllowanceBasis, amount: Amount | Text) -> Text:
    match basis:
        case AllowanceBasis.HOUR:
            return Text("{amount} per hour of actual attendance", amount=amount)
        case AllowanceBasis.DAY:
            return Text("{amount} per day of actual attendance", amount=amount)
        case AllowanceBasis.WEEK:
            return Text("{amount} per week", amount=amount)
        case AllowanceBasis.MONTH:
            return Text("{amount} per month", amount=amount)
        case AllowanceBasis.TOTAL:
            return Text("{amount} for the whole internship", amount=amount)


def _telework(days: Decimal) -> Text:
    return Text("{days} day a week at most", days=days) if days <= 1 else Text("{days} days a week at most", days=days)


def _gap(gap: Interruption) -> Text:
    days = Text("from {start} to {end}", start=gap.start, end=gap.end)
    if gap.start == gap.end:
        days = Text("on {day}", day=gap.start)
    return Text("{days} ({reason})", days=days, reason=gap.reason) if gap.reason else days
