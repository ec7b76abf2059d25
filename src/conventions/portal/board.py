"""The secretariat's pages to look at: the campaign, the dossiers, one dossier, the journal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import Response

from conventions.model.life import STATE_LABELS
from conventions.model.roles import label_of
from conventions.office import Glance, Overview, Row, proposal, requests, told
from conventions.portal import charts
from conventions.portal.boardframe import group_key, number_of, render
from conventions.portal.boardwords import DEEDS, FORM_STATES, OUTCOMES, Words
from conventions.portal.choosing import action_for, closing_of
from conventions.portal.desk import TheDesk
from conventions.portal.posting import Posted, field_of
from conventions.portal.staff import Staff
from conventions.rules.rule import COURSE_RULE
from conventions.store import PaperRecord, Sitting
from conventions.text import Text

__all__ = ["router"]

_WEEKS: Final = 12
_SHOWN: Final = 50
"""Dossiers on one page."""
_DEEDS: Final = 200
_PDF: Final = "application/pdf"

router = APIRouter(prefix="/board", include_in_schema=False)


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
        proposals=[_waits(paper) for paper in overview.proposals],
    )


def _waits(paper: PaperRecord) -> tuple[str, str, Text]:
    """A pre-agreement on its way: its number, the student, whom it waits for since when."""
    people = requests.waiting_for(paper)
    days = [day for person in people for day in requests.asked(paper, person)[:1]]
    names = tuple(person.name for person in people)
    told = Text("waits for {names} since {day}", names=names, day=min(days)) if days else Words.unasked
    return paper.number, paper.signatory(proposal.STUDENT).name, told


_OPEN: Final = frozenset({"unreadable", "correct", "issue", "again"})
_CLOSED: Final = frozenset({"seal", "archive", "done"})


def _is_on_its_way(stage: str) -> bool:
    return stage not in _OPEN and stage not in _CLOSED


def _action_of(overview: Overview, rows: Sequence[Row]) -> str:
    """What can be done with all of them at once; empty when it is nothing."""
    found = {action_for(one, row) for row in rows if (one := overview.of(number_of(row)))}
    return found.pop() if len(found) == 1 else ""


@router.get("/dossiers")
def dossiers(
    request: Request, desk: TheDesk, sitting: Staff, show: str = "all", number: int = Query(1, alias="page", ge=1)
) -> Response:
    """The dossiers in one stage, the late ones, those of one thing to do, or all of them."""
    overview = desk.overview()
    return _listed(request, sitting, Words.dossiers, overview, _chosen(overview, show), number, show=show)


def _listed(
    request: Request,
    sitting: Sitting,
    title: Text,
    overview: Overview,
    chosen: Sequence[Glance],
    number: int,
    *,
    show: str = "",
    sought: str = "",
) -> Response:
    """One page of a list; the last one where there are not so many."""
    pages = max(1, -(-len(chosen) // _SHOWN))
    number = min(number, pages)
    return render(
        request,
        "dossiers",
        sitting,
        title,
        here="/board/dossiers" if sought else "",
        overview=overview,
        glances=chosen[(number - 1) * _SHOWN : number * _SHOWN],
        found=len(chosen),
        about=_about(overview, show),
        late=sum(one.is_late for one in overview.glances),
        show=show,
        number=number,
        pages=pages,
        sought=sought,
    )


def _about(overview: Overview, show: str) -> Text | None:
    """What a list is about that no filter is named after."""
    found = {f"turn-{role}": Text("{what}: {why}", what=Words.turns, why=label_of(role)) for role, _ in overview.turns}
    return next((todo for todo, _ in overview.today if group_key(todo) == show), None) or found.get(show)


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
    page = field_of(form, "page", most=6)
    number = max(1, int(page)) if page.isascii() and page.isdigit() else 1
    if number == 1:
        desk.note(sitting, "search")  # whoever turns the page still does the same search
    return _listed(request, sitting, Words.results, overview, overview.find(sought), number, sought=sought)


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
        action=action_for(one, one.row),
        closing_of=closing_of,
        open_links=desk.links_of(one),
        papers=papers,
        broken=tuple(finding for paper in papers for finding in registry.verify_chain(paper)),
        deeds=desk.deeds.latest(20, about=number) if sitting.account.role == "secretariat" else (),
        deed_labels=DEEDS,
        outcomes=OUTCOMES,
        course_rule=COURSE_RULE,
        told=told,
        state_of=_state_of,
    )


def _state_of(held: PaperRecord) -> Text:
    """Where a paper stands; of a form nobody waits for signatures."""
    label = STATE_LABELS[held.state]
    return FORM_STATES.get(held.state, label) if held.is_form else label


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
def journal(request: Request, desk: TheDesk, sitting: Staff, number: int = Query(1, alias="page", ge=1)) -> Response:
    """Who did what, the newest first."""
    if sitting.account.role != "secretariat":
        raise HTTPException(403)
    deeds = desk.deeds.latest(_DEEDS + 1, skip=(number - 1) * _DEEDS)
    return render(
        request,
        "journal",
        sitting,
        Words.journal,
        deeds=deeds[:_DEEDS],
        number=number,
        has_older=len(deeds) > _DEEDS,
        deed_labels=DEEDS,
        outcomes=OUTCOMES,
    )
