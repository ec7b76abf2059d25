"""Pages: Jinja templates that hold no sentence of their own, filled in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from conventions.languages import LANGUAGES, Language
from conventions.portal.door import door_of
from conventions.portal.reading import NAMES, language_of
from conventions.portal.sessions import session_of
from conventions.portal.words import Common
from conventions.text import Text

__all__ = ["STATIC", "page"]

STATIC: Final = Path(__file__).parent / "static"
_PAGES: Final = Path(__file__).parent / "pages"


def page(
    request: Request,
    name: str,
    words: type,
    *,
    status: int = 200,
    here: str = "",
    headers: Mapping[str, str] | None = None,
    **values: object,
) -> HTMLResponse:
    """Make a page.

    Args:
        request: whose language and session it is made for.
        name: of the template in ``pages``.
        words: a class whose attributes are the page's sentences (:class:`~conventions.text.Text`).
        status: of the answer.
        here: where the page is found again in another language; by default where the request came to, with its query.
        headers: more of them.
        values: what the template asks for; anything else it asks for is a fault.
    """
    frame = {
        "request": request,
        "language": language_of(request),
        "languages": NAMES,
        "codes": LANGUAGES,
        "common": Common,
        "words": words,
        "institution": door_of(request).settings.institution,
        "here": here or str(request.url.replace(scheme="", netloc="", fragment="")),
        "form_token": session_of(request).form_token,
    }
    content = _environment().get_template(name).render({**frame, **values})
    return HTMLResponse(content, status_code=status, headers=headers)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(say=_say, shown=_shown, day=_day, money=_money)
    return environment


def _reader(context: Context) -> Language:
    language = context["language"]
    assert isinstance(language, Language)  # noqa: S101 - tells the type checker what `page` put there
    return language


@pass_context
def _say(context: Context, text: Text, **values: Any) -> str:
    """A sentence, with the values that only the page knows."""
    return _reader(context).say(text.filled(**values) if values else text)


@pass_context
def _shown(context: Context, value: object) -> str:
    """Any value as the reader expects it."""
    return _reader(context).value(value)


@pass_context
def _day(context: Context, day: date) -> str:
    """A date with its weekday."""
    return _reader(context).date(day, "full")


@pass_context
def _money(context: Context, amount: Decimal, currency: str = "EUR") -> str:
    return _reader(context).money(amount, currency)
