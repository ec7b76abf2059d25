"""Forms that come back: only those that we have shown, only so large, only from our own pages."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, HTTPException, Request
from starlette.datastructures import FormData, UploadFile

from conventions.portal.sessions import session_of

__all__ = ["FORM_IS_FOREIGN", "Posted", "as_typed", "field_of", "file_of", "posted"]

FORM_IS_FOREIGN: Final = "the form is not of this session"
"""Detail of the refusal, by which its page is found."""
_MOST_FIELDS: Final = 400
_PART_BYTES: Final = 100_000
_FROM_US: Final = frozenset({"same-origin", "none"})


async def posted(request: Request) -> FormData:
    """What was typed. Every route that changes something depends on it.

    Raises:
        HTTPException: 403, the form carries no token of this session, or another site has sent it.
    """
    form = await request.form(max_files=1, max_fields=_MOST_FIELDS, max_part_size=_PART_BYTES)
    came_from = request.headers.get("sec-fetch-site", "none")
    if came_from not in _FROM_US or not session_of(request).owns(form.get("form_token")):
        raise HTTPException(403, FORM_IS_FOREIGN)
    return form


Posted = Annotated[FormData, Depends(posted)]


def field_of(form: FormData, name: str, *, most: int = 2_000) -> str:
    """A field as it was typed, without the blanks around it and cut at ``most`` characters; empty when missing."""
    value = form.get(name)
    return as_typed(value).strip()[:most] if isinstance(value, str) else ""


def as_typed(value: str) -> str:
    """A line break is one character, as for the field that it was typed into: browsers send two (HTML, 4.10.22)."""
    return value.replace("\r\n", "\n")


def file_of(form: FormData, name: str, most: int) -> bytes:
    """The bytes of a file, at most one more than ``most``; empty when none was chosen."""
    value = form.get(name)
    return value.file.read(most + 1) if isinstance(value, UploadFile) else b""
