"""The reader's language: chosen by a link, else what the browser asks for, else the house's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse

from conventions.languages import LANGUAGES, Language, best_language
from conventions.portal.door import door_of
from conventions.portal.sessions import cookie_name

__all__ = ["NAMES", "language_of", "router"]

NAMES: Final = {"fr": "Français", "en": "English", "es": "Español", "de": "Deutsch"}
"""Each in itself: whoever looks for it reads that one."""
_YEAR_S: Final = 365 * 24 * 3600

router = APIRouter(include_in_schema=False)


def language_of(request: Request) -> Language:
    """What a page is written in."""
    door = door_of(request)
    chosen = request.cookies.get(cookie_name("language", is_secure=door.portal.is_secure), "")
    if chosen in LANGUAGES:
        return Language(chosen)
    return Language(best_language(tuple(_wanted(request)), door.settings.language))


def _wanted(request: Request) -> Iterator[str]:
    """The browser's languages, the dearest first (RFC 9110 §12.5.4); what is not well formed comes last."""
    ranges = [part.strip().partition(";") for part in request.headers.get("accept-language", "").split(",")[:20]]
    for name, _, quality in sorted(ranges, key=lambda one: -_weight(one[2])):
        if _weight(quality):
            yield name


def _weight(quality: str) -> float:
    try:
        return float(quality.strip().removeprefix("q=") or 1)
    except ValueError:
        return 0.001


@router.get("/language/{code}")
def choose(request: Request, code: str, to: str = "/") -> RedirectResponse:
    """Remember a language and go back to the page."""
    answer = RedirectResponse(to if _is_ours(to) else "/", status_code=303)
    if code in LANGUAGES:
        is_secure = door_of(request).portal.is_secure
        name = cookie_name("language", is_secure=is_secure)
        answer.set_cookie(name, code, max_age=_YEAR_S, httponly=True, secure=is_secure, samesite="lax")
    return answer


def _is_ours(address: str) -> bool:
    """A path of this host: neither another host nor a trick with a backslash or a control character."""
    return address.startswith("/") and not address.startswith("//") and address.isprintable() and "\\" not in address
