"""A day with a time on it: an appointment on the clock of Paris, where the deadlines are judged, too."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from conventions.model.record import complaint
from conventions.text import Text

__all__ = ["PARIS", "Moment"]

PARIS: Final = ZoneInfo("Europe/Paris")
"""Where appointments are kept and deadlines are judged."""

_TYPED: Final = r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:00)?(Z|[+-]\d{2}:\d{2})?"
_EARLIEST, _LATEST = time(7), time(22)


def _written(value: object) -> object:
    """Refuse what else could be taken for an instant: a day without a time, a count of seconds."""
    if isinstance(value, datetime) or (isinstance(value, str) and re.fullmatch(_TYPED, value.strip())):
        return value
    raise complaint(Text("it is not a day with a time such as 2026-06-29T09:30"))


def _in_paris(moment: datetime) -> datetime:
    """On the clock of Paris; what says no zone is meant so. At night, when clocks change, nobody is summoned."""
    try:
        local = moment.replace(tzinfo=PARIS) if moment.tzinfo is None else moment.astimezone(PARIS)
    except OverflowError:
        raise complaint(Text("no calendar holds this day")) from None
    if not _EARLIEST <= local.time() <= _LATEST or local.time().second or local.time().microsecond:
        raise complaint(Text("it is not a whole minute between 7:00 and 22:00 in Paris"))
    return local


Moment = Annotated[
    datetime,
    BeforeValidator(_written),
    AfterValidator(_in_paris),
    WithJsonSchema({"type": "string", "pattern": f"^{_TYPED}$"}),
]
"""An instant in whole minutes, in the daytime of Paris: every time on that clock is then one instant, and only one."""
