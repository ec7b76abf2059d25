"""The secretariat's pages to look at: the campaign, the dossiers, one dossier, the journal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import Response

from conventions.documents import document_type
from conventions.languages import PARIS, Language
from conventions.model.life import STATE_LABELS
from conventions.model.roles import label_of
from conventions.office import Glance, Overview, Row, label_of_stage, told
from conventions.portal import charts
from conventions.portal.boardwords import ACTIONS, DEEDS, SEVERITIES, Words
from conventions.portal.desk import TheDesk, desk_of
from conventions.portal.posting import Posted, field_of
from conventions.portal.reading import language_of
from conventions.portal.rendering import page
from conventions.portal.staff import Staff
from conventions.store import Sitting
from conventions.text import Text

__all__ = ["group_key", "number_of", "render", "router"]

_WEEKS: Final = 12
_SHOWN: Final = 50
"""Dossiers on one page."""
_DEEDS: Final = 200
_PDF: Final = "application/pdf"

router = APIRouter(prefix="/board", include_in_schema=False)


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


@router.get("")
def glance(request: Request, desk: TheDesk, sitting: Staff) -> Response:
    """The campaign at a glance."""
    overview = desk.overview()
    total = len(overview.glances)
    stages = overview.stages
    ring = charts.arcs(
        (
            ("signed", overview.signed),
            ("waiting", sum(len(held) for stage, held in stages if _is_on_its_way(stage))),
            ("open", sum(len(held) for stage, held in stages if stage in _OPEN)),
        )
    )
    return render(
        request,
        "board",
        sitting,
        Words.board,
        overview=overview,
        total=total,
        ring=ring,
        columns=charts.columns(overview, _WEEKS),
        curve=charts.curve(overview.course(), total),
        action_of=partial(_action_of, overview),
    )


_OPEN: Final = frozenset({"unreadable", "correct", "issue", "again"})
_CLOSED: Final = frozenset({"seal", "archive", "done"})


def _is_on_its_way(stage: str) -> bool:
    return stage not in _OPEN and stage not in _CLOSED


def _action_of(overview: Overview, rows: Sequence[Row]) -> str:
    """What can be done with all of them at once; empty when it is nothing."""
    if all(row.standing and row.standing.turn for row in rows):
        return "remind"
    stages = {one.stage for row in rows if (one := overview.of(row.number))}
    return "issue" if stages and stages <= {"issue", "again"} else ""


@router.get("/dossiers")
def dossiers(
    request: Request, desk: TheDesk, sitting: Staff, show: str = "all", number: int = Query(1, alias="page", ge=1)
) -> Response:
    """The dossiers in one stage, the late ones, those of one thing to do, or all of them."""
    overview = desk.overview()
    chosen = _chosen(overview, show)
    pages = max(1, -(-len(chosen) // _SHOWN))
    number = min(number, pages)
    shown = chosen[(number - 1) * _SHOWN : number * _SHOWN]
    return render(
        request,
        "dossiers",
        sitting,
        Words.dossiers,
        overview=overview,
        glances=shown,
        found=len(chosen),
        show=show,
        number=number,
        pages=pages,
        sought="",
    )


def _chosen(overview: Overview, show: str) -> tuple[Glance, ...]:
    if show == "late":
        return tuple(one for one in overview.glances if one.is_late)
    if show.startswith("todo-"):
        rows = [row for todo, of_todo in overview.today if group_key(todo) == show for row in of_todo]
        numbers = {number_of(row) for row in rows}
        return tuple(one for one in overview.glances if one.number in numbers)
    if show.startswith("turn-"):
        numbers = {number_of(row) for role, rows in overview.turns if f"turn-{role}" == show for row in rows}
        return tuple(one for one in overview.glances if one.number in numbers)
    return dict(overview.stages).get(show, overview.glances)


@router.post("/search")
def search(request: Request, desk: TheDesk, sitting: Staff, form: Posted) -> Response:
    """Find dossiers. It is posted: what is searched for is mostly somebody's name, and no name stands in an address."""
    overview, sought = desk.overview(), field_of(form, "sought", most=200)
    found = overview.find(sought)
    desk.note(sitting, "search")
    return render(
        request,
        "dossiers",
        sitting,
        Words.results,
        here="/board/dossiers",
        overview=overview,
        glances=found[:_SHOWN],
        found=len(found),
        show="",
        number=1,
        pages=1,
        sought=sought,
    )


@router.get("/dossiers/{number}")
def dossier(request: Request, desk: TheDesk, sitting: Staff, number: str) -> Response:
    """Everything about one dossier."""
    overview = desk.overview()
    one = overview.of(number)
    if one is None or one.dossier is None:
        raise HTTPException(404)
    registry = desk.door.office.registry
    papers = tuple(registry.papers(number=number, every_version=True))
    desk.note(sitting, "look", number)
    return render(
        request,
        "dossier",
        sitting,
        Text("Dossier {number}", number=number),
        one=one,
        dossier=one.dossier,
        papers=papers,
        broken=tuple(finding for paper in papers for finding in registry.verify_chain(paper)),
        deeds=desk.deeds.latest(20, about=number) if sitting.account.role == "secretariat" else (),
        deed_labels=DEEDS,
        told=told,
        states=STATE_LABELS,
        title_of=lambda document: document_type(document).title,
    )


@router.get("/papers/{number}/{document}/{version}")
def paper(desk: TheDesk, sitting: Staff, number: str, document: str, version: int) -> Response:
    """The present bytes of a paper, as the registry knows them."""
    office = desk.door.office
    held = office.registry.find(number, document, version)
    if held is None:
        raise HTTPException(404)
    data = office.bytes_of(held)
    desk.note(sitting, "download", f"{number}/{document} v{version}")
    name = f"{held.document}-{held.number}-v{held.version}.pdf"
    return Response(data, media_type=_PDF, headers={"content-disposition": f'attachment; filename="{name}"'})


@router.get("/journal")
def journal(request: Request, desk: TheDesk, sitting: Staff) -> Response:
    """Who did what, the newest first."""
    if sitting.account.role != "secretariat":
        raise HTTPException(403)
    return render(request, "journal", sitting, Words.journal, deeds=desk.deeds.latest(_DEEDS), deed_labels=DEEDS)
