"""Around every page: headers, sizes, how often an address may ask, the access log, the figures.

The log holds neither addresses nor what was asked for beyond the name of the route: a link's token stands in a path.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from time import perf_counter
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from conventions.portal.door import Door, address_of
from conventions.portal.faults import refuse

__all__ = ["Figures", "Shield"]

_LOG: Final = logging.getLogger("conventions.portal")
_MINUTE: Final = timedelta(minutes=1)
_ASSETS: Final = "/static/"
_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "x-robots-tag": "noindex, nofollow",
}


class Figures:
    """What ``/metrics`` tells: how many answers, how long they took. Of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.answers = Counter("conventions_answers", "Answers of the portal.", labels, registry=self.registry)
        self.seconds = Histogram("conventions_answer_seconds", "Time to answer.", ("route",), registry=self.registry)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One answer."""
        self.answers.labels(method, route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)


class Shield:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, door: Door, figures: Figures, max_bytes: int) -> None:
        """Stand before an application; no request is larger than ``max_bytes``."""
        self.app, self.door, self.figures, self.max_bytes = app, door, figures, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI wants."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status, has_begun = perf_counter(), 500, False

        async def send_with_headers(message: Message) -> None:
            nonlocal status, has_begun
            if message["type"] == "http.response.start":
                status, has_begun = message["status"], True
                self._add_headers(MutableHeaders(scope=message), scope["path"])
            await send(message)

        try:
            await self._answer(scope, receive, send_with_headers)
        except Exception:  # the last place where a fault becomes a page
            _LOG.exception("a page failed")
            if has_begun:
                raise
            await refuse(Request(scope), 500)(scope, receive, send_with_headers)
        finally:
            self._write_down(scope, status, perf_counter() - began)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        if not scope["path"].startswith(_ASSETS) and not self._may_ask(request):
            await refuse(request, 429)(scope, receive, send)
        elif _announced(request.headers) > self.max_bytes:
            await refuse(request, 413)(scope, receive, send)
        else:
            await self.app(scope, self._measured(receive), send)

    def _may_ask(self, request: Request) -> bool:
        most = self.door.portal.requests_per_minute
        return self.door.throttle.allows(f"address {address_of(request)}", most, _MINUTE, self.door.now())

    def _measured(self, receive: Receive) -> Receive:
        """Whoever announces no size, or another one, is cut off where the limit is."""
        total = 0

        async def counted() -> Message:
            nonlocal total
            message = await receive()
            total += len(message.get("body", b""))
            return {"type": "http.disconnect"} if total > self.max_bytes else message

        return counted

    def _add_headers(self, headers: MutableHeaders, path: str) -> None:
        for name, value in _HEADERS.items():
            headers[name] = value
        if self.door.portal.is_secure:
            headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
        if headers.get("content-type", "").startswith("application/json"):
            headers.setdefault("content-disposition", 'attachment; filename="answer.json"')  # no page (ASVS 14.4.2)
        headers["cache-control"] = "public, max-age=3600" if path.startswith(_ASSETS) else "no-store"

    def _write_down(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "-")
        self.figures.count(scope["method"], route, status, seconds)
        _LOG.info("%s %s %d %.0f ms", scope["method"], route, status, seconds * 1000)


def _announced(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isascii() and length.isdigit() else 0
