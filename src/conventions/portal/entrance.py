"""The code of a signer between two pages: sent, typed, remembered until it signs or its time is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from conventions.portal.sessions import Session

__all__ = ["Entrance"]

_MINUTES = timedelta(minutes=10)


class Entrance:
    """What the session knows of one link. The code is in the shut cookie only, and never in a page."""

    def __init__(self, session: Session, handle: str) -> None:
        self._session, self._name = session, f"enter {handle}"

    @property
    def _facts(self) -> dict[str, Any]:
        return dict(self._session.get(self._name) or {})

    def _put(self, **facts: object) -> None:
        self._session.put(self._name, {**self._facts, **facts})

    @property
    def is_sent(self) -> bool:
        """Was a code asked for on these pages?"""
        return "sent" in self._facts

    @property
    def is_open(self) -> bool:
        """Was a right code typed?"""
        return bool(self._facts.get("open"))

    def sent(self, now: datetime) -> None:
        """A code was sent; one that was typed before no longer counts."""
        self._put(sent=int(now.timestamp()), code="")

    def open_with(self, code: str) -> None:
        """The right code was typed."""
        self._put(open=True, code=code)

    def code(self, now: datetime) -> str:
        """The code that was typed, while it is good; else empty."""
        facts = self._facts
        is_good = now.timestamp() - facts.get("sent", 0) < _MINUTES.total_seconds()
        return str(facts.get("code", "")) if is_good else ""

    def used(self) -> None:
        """It has signed."""
        self._put(code="")

    def forget(self) -> None:
        """The session no longer holds the link."""
        self._session.drop(self._name)
