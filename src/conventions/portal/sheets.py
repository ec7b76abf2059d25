"""Forms as pages: each question with its field, its help and what is wrong with its answer.

What is typed is kept by the office even when the session that showed the form is over: the form carries a second token
that is good for its link alone, and lets nobody see or send anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Final

from cryptography.fernet import InvalidToken
from fastapi import Depends, HTTPException, Request
from starlette.datastructures import FormData

from conventions.documents.sections import Asked, Group
from conventions.model.finding import Finding, Severity
from conventions.model.form import TICKED, FieldKind, FormField
from conventions.office.answers import day_of
from conventions.portal.door import Door
from conventions.portal.posting import FORM_IS_FOREIGN, as_typed, posted
from conventions.text import Text

__all__ = [
    "MOST_CHARACTERS",
    "ShownField",
    "ShownGroup",
    "Typed",
    "id_of",
    "keep_token",
    "may_keep",
    "shown_groups",
    "summary",
    "typed_in",
]

MOST_CHARACTERS: Final = 5_000
"""Of one answer; what is longer is cut."""
_TELLING: Final = 100
_SHORT: Final = 120
"""Characters of a line that half a row is enough for."""
_NARROW: Final = frozenset({FieldKind.DATE, FieldKind.NUMBER, FieldKind.CHECK})
_LIFE: Final = timedelta(days=30)
"""How long an open page may still hand over what was typed."""
_AUTOCOMPLETE: Final = {
    "student.first_name": "given-name",
    "student.last_name": "family-name",
    "student.email": "email",
    "student.phone": "tel",
    "student.birth_date": "bday",
    "student.address.street": "address-line1",
    "student.address.postal_code": "postal-code",
    "student.address.city": "address-level2",
    "student.address.country": "country-name",
    "form.completed_by": "name",
}
"""What browsers may fill in, where the reader is the person meant (WCAG 2.2, 1.3.5)."""


_KEYBOARDS: Final = {"email": "email", "phone": "tel", "website": "url"}
"""What a phone offers to type with, by the last word of a field's name."""


@dataclass(frozen=True)
class ShownField:
    """One question on a page."""

    field: FormField
    id: str
    value: str
    help: str
    after: tuple[str, ...]
    problems: tuple[Finding, ...]
    autocomplete: str

    @property
    def kind(self) -> str:
        """For templates."""
        return self.field.kind.value

    @property
    def keyboard(self) -> str:
        """The keys that a phone should offer; empty for the usual ones."""
        return _KEYBOARDS.get(self.field.name.rpartition(".")[2], "")

    @property
    def limit(self) -> Decimal | None:
        """Of a number, where it helps to know it: of a mark, not of a headcount."""
        return self.field.maximum if self.field.maximum is not None and self.field.maximum <= _TELLING else None

    @property
    def is_short(self) -> bool:
        """Has another question room beside it?"""
        kind = self.field.kind
        is_line = kind is FieldKind.TEXT and (self.field.max_length or MOST_CHARACTERS) <= _SHORT
        return not self.help and not self.after and (is_line or kind in _NARROW)

    @property
    def is_wrong(self) -> bool:
        """Is anything said that must be corrected?"""
        return any(finding.severity is Severity.ERROR for finding in self.problems)


@dataclass(frozen=True)
class ShownGroup:
    """Questions under one heading."""

    id: str
    title: str
    fields: tuple[ShownField, ...]


def shown_groups(
    groups: Sequence[Group], values: Mapping[str, str], findings: Iterable[Finding] = (), *, own: str = ""
) -> tuple[ShownGroup, ...]:
    """A form with its values and findings.

    Args:
        groups: the questions in the reader's language.
        values: by name of the field.
        findings: each at the name of its field.
        own: names that begin so are the reader's own data, which a browser may know.
    """
    told = tuple(findings)
    return tuple(
        ShownGroup(f"group-{rank}", group.title, tuple(_shown(asked, values, told, own) for asked in group.questions))
        for rank, group in enumerate(groups)
    )


def _shown(asked: Asked, values: Mapping[str, str], findings: tuple[Finding, ...], own: str) -> ShownField:
    field = asked.field
    value = values.get(field.name, "")
    day = day_of(value) if field.kind is FieldKind.DATE else None
    is_own = field.name.startswith(("form.completed_by", own)) if own else field.name == "form.completed_by"
    return ShownField(
        field=field,
        id=id_of(field.name),
        value=day.isoformat() if day else value,
        help=asked.help,
        after=asked.after,
        problems=tuple(finding for finding in findings if finding.field == field.name),
        autocomplete=_AUTOCOMPLETE.get(field.name, "") if is_own else "",
    )


def id_of(name: str) -> str:
    """Of the element that holds a field."""
    return f"q-{name.replace('.', '-')}"


def summary(findings: Iterable[Finding]) -> list[tuple[str, Text]]:
    """What must be corrected, each leading to its field."""
    return [(id_of(one.field), one.message) for one in findings if one.severity is Severity.ERROR]


def typed_in(form: FormData, fields: Iterable[FormField]) -> dict[str, str]:
    """What was typed into each field; a box that is not ticked, and a field that is not there, are empty."""
    return {field.name: _value(form.get(field.name), field) for field in fields}


def _value(value: object, field: FormField) -> str:
    if not isinstance(value, str):
        return ""
    if field.kind is FieldKind.CHECK:
        return TICKED if value == TICKED else ""
    return as_typed(value)[:MOST_CHARACTERS]


def keep_token(door: Door, handle: str) -> str:
    """What lets a form hand over what was typed into it, for its own link, when its session is over."""
    return door.cookies.encrypt_at_time(f"keep {handle}".encode(), int(door.now().timestamp())).decode()


def may_keep(door: Door, handle: str, token: object) -> bool:
    """Is it the token of a form of this link?"""
    if not isinstance(token, str):
        return False
    try:
        told = door.cookies.decrypt_at_time(token, int(_LIFE.total_seconds()), _seconds(door.now()))
    except InvalidToken:
        return False
    return told == f"keep {handle}".encode()


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


@dataclass(frozen=True)
class TypedForm:
    """A form that came in."""

    data: FormData
    is_ours: bool
    """It carries the token of this session: it may be sent. Otherwise it may only be kept."""


async def typed_form(request: Request) -> TypedForm:
    """What was typed, whether or not its session is still known.

    Raises:
        HTTPException: 403, another site has sent it.
    """
    try:
        return TypedForm(await posted(request), is_ours=True)
    except HTTPException as error:
        is_foreign = request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}
        if error.detail != FORM_IS_FOREIGN or is_foreign:
            raise
        return TypedForm(await request.form(), is_ours=False)


Typed = Annotated[TypedForm, Depends(typed_form)]
