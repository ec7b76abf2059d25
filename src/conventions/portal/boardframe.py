"""What every page of the board has around it, and the words by which its lists are addressed."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

from fastapi import Request
from starlette.responses import Response

from conventions.documents import document_type
from conventions.languages import PARIS, Language
from conventions.model.roles import label_of
from conventions.office import Row, label_of_stage
from conventions.portal.boardwords import ACTIONS, SEVERITIES, Words
from conventions.portal.desk import desk_of
from conventions.portal.reading import language_of
from conventions.portal.rendering import page
from conventions.store import Sitting
from conventions.text import Text

__all__ = ["group_key", "number_of", "render"]


def render(
    request: Request, name: str, sitting: Sitting, title: Text, *, status: int = 200, here: str = "", **values: Any
) -> Response:
    """A page of the board, with what its frame asks for.

    Args:
        request: as for any page.
        name: of the template in ``pages/board``.
        sitting: who looks.
        title: of this page.
        status: of the answer.
        here: where the page is found again in another language.
        values: what the template asks for besides.
    """
    return page(
        request,
        f"board/{name}.html",
        Words,
        status=status,
        here=here,
        sitting=sitting,
        seconds_left=int((sitting.ends_at - desk_of(request).door.now()).total_seconds()),
        local=partial(_local, language_of(request)),
        title=title,
        may_act=sitting.account.role == "secretariat",
        label_of=label_of,
        label_of_stage=label_of_stage,
        number_of=number_of,
        title_of=lambda document: document_type(document).title,
        group_key=group_key,
        severities=SEVERITIES,
        actions=ACTIONS,
        **values,
    )


def _local(language: Language, at: datetime) -> str:
    """Day and minute in Paris."""
    moment = at.astimezone(PARIS)
    return f"{language.date(moment.date())}, {moment:%H:%M}"


def number_of(row: Row) -> str:
    """Of the dossier of a row: ``2027-0001`` of ``2027-0001/amendment-1``."""
    return row.number.partition("/")[0]


def group_key(todo: Text) -> str:
    """A short name for what is to be done, for an address: its words hold other people's."""
    return f"todo-{sha256(str(todo).encode()).hexdigest()[:10]}"
