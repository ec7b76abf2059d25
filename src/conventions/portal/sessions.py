"""What the browser remembers for us between two pages: one cookie, shut with the office's secret.

Nothing of it can be read or changed outside. It ends an hour after the last page, and eight hours after the first.
A token that stands in every form ties the form to the session (OWASP: synchroniser token).
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import compare_digest, new
from secrets import token_urlsafe
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken
from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from conventions.portal.door import Door

__all__ = ["LIFE", "Session", "SessionMiddleware", "box_of", "cookie_name", "session_of"]

IDLE: Final = timedelta(hours=1)
LIFE: Final = timedelta(hours=8)
_REFRESH: Final = timedelta(minutes=5)
_SESSION: Final = "session"


class Session:
    """Values that can be written as JSON. Change them through :meth:`put` and :meth:`drop`."""

    def __init__(self, facts: dict[str, Any] | None = None, *, is_old: bool = False) -> None:
        """Take up what a cookie held, or begin."""
        self._facts = facts or {}
        self.must_be_written = is_old

    def get(self, name: str) -> Any:
        """A value; None when there is none."""
        return self._facts.get(name)

    def put(self, name: str, value: Any) -> None:
        """Remember a value that JSON can hold."""
        self._facts[name] = value
        self.must_be_written = True

    def drop(self, name: str) -> None:
        """Forget a value."""
        if self._facts.pop(name, None) is not None:
            self.must_be_written = True

    def renew(self) -> None:
        """Begin anew, with nothing of what was known: somebody has signed in or out."""
        self._facts.clear()
        self.must_be_written = True

    def form_token(self) -> str:
        """What every form of this session carries; made when the first form is shown."""
        token = self.get("form")
        if token is None:
            token = token_urlsafe(24)
            self.put("form", token)
        return str(token)

    def owns(self, token: object) -> bool:
        """Is this the token of a form that we have shown?"""
        mine = self.get("form")
        return isinstance(token, str) and isinstance(mine, str) and compare_digest(token.encode(), mine.encode())

    def shut(self, box: Fernet, now: datetime) -> str:
        """As a cookie's value."""
        self._facts.setdefault("since", int(now.timestamp()))
        return box.encrypt_at_time(json.dumps(self._facts).encode(), int(now.timestamp())).decode()


def box_of(secret: bytes) -> Fernet:
    """Of the office's secret, for cookies only."""
    return Fernet(urlsafe_b64encode(new(secret, b"cookies of the portal", sha256).digest()))


def open_session(cookie: str | None, box: Fernet, now: datetime) -> Session:
    """What a cookie holds; an empty session when it is not ours or its time is over."""
    if cookie is None:
        return Session()
    try:
        facts = json.loads(box.decrypt_at_time(cookie, int(IDLE.total_seconds()), int(now.timestamp())))
        written = datetime.fromtimestamp(box.extract_timestamp(cookie), UTC)
    except InvalidToken:
        return Session()
    if now - datetime.fromtimestamp(facts["since"], UTC) > LIFE:
        return Session()
    return Session(facts, is_old=now - written > _REFRESH)


def session_of(request: Request) -> Session:
    """The session of a request."""
    session = request.scope[_SESSION]
    assert isinstance(session, Session)  # noqa: S101 - tells the type checker what the middleware put there
    return session


def cookie_name(name: str, *, is_secure: bool) -> str:
    """With the prefix that keeps other hosts from setting it (RFC 6265bis §4.1.3.2), where browsers allow it."""
    return f"__Host-{name}" if is_secure else name


class SessionMiddleware:
    """Opens the cookie before a page is made, and shuts it again with the answer when something has changed."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        """Stand before an application."""
        self.app, self.door = app, door
        self.is_secure = door.portal.is_secure
        self.name = cookie_name("conventions", is_secure=self.is_secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI wants."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        session = open_session(Request(scope).cookies.get(self.name), self.door.cookies, self.door.now())
        scope[_SESSION] = session

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and session.must_be_written:
                MutableHeaders(scope=message).append("set-cookie", self._cookie(session))
            await send(message)

        await self.app(scope, receive, send_with_cookie)

    def _cookie(self, session: Session) -> str:
        value = session.shut(self.door.cookies, self.door.now())
        # Lax, not Strict: whoever comes from a mail must be known on the page that the link leads to.
        return f"{self.name}={value}; Path=/; HttpOnly; SameSite=Lax{'; Secure' if self.is_secure else ''}"
