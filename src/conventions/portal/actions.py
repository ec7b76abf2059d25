"""What the secretariat does with many dossiers at once: asked, confirmed, done beside the pages, looked at from any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from secrets import token_urlsafe
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData
from starlette.responses import Response

from conventions.model.life import State
from conventions.office import Glance, Outcome, Wish
from conventions.portal.boardframe import render
from conventions.portal.boardwords import ACTIONS, Words
from conventions.portal.desk import Desk, TheDesk
from conventions.portal.jobs import Job
from conventions.portal.posting import Posted, field_of
from conventions.portal.staff import Secretary, Staff

__all__ = ["router"]

_LONGEST: Final = 40_000
"""Of a list of numbers: several thousand."""

router = APIRouter(prefix="/board", include_in_schema=False)


@router.post("/actions/confirm")
def confirm(request: Request, desk: TheDesk, sitting: Secretary, form: Posted) -> Response:
    """Say what would happen, dossier by dossier, and ask."""
    action, chosen = _action(form), desk.known(_numbers(form))
    ready = [one for one in chosen if _is_ready(action, one)]
    return render(
        request,
        "confirm",
        sitting,
        Words.confirm_issue if action == "issue" else Words.confirm_remind,
        here="/board",
        action=action,
        chosen=chosen,
        ready=ready,
        key=token_urlsafe(16),
        lacks_seal=action == "issue" and desk.door.seal is None,
    )


@router.post("/actions")
def begin(desk: TheDesk, sitting: Secretary, form: Posted) -> Response:
    """Begin what was confirmed; sent twice, it is begun once."""
    action, key = _action(form), field_of(form, "key", most=40)
    chosen = desk.known(_numbers(form))
    if not key or not chosen:
        raise HTTPException(422)
    job = Job(key, action, tuple(one.number for one in chosen), sitting.account.id)
    is_forced = field_of(form, "force") == "yes"

    def work() -> Iterator[Outcome]:
        return _issue(desk, chosen) if action == "issue" else _remind(desk, chosen, is_forced=is_forced)

    def noted(outcome: Outcome) -> None:
        code = outcome.error.code if outcome.error else "done"
        desk.note(sitting, action, outcome.number, outcome=code)

    begun = desk.jobs.begin(job, work, told=noted)
    return RedirectResponse(f"/board/jobs/{begun.key}", 303)


@router.get("/jobs/{key}")
def progress(request: Request, desk: TheDesk, sitting: Staff, key: str) -> Response:
    """How far a job has come: only whoever asked for it knows its key, and nobody else may look."""
    job = desk.jobs.find(key)
    if job is None or job.asked_by != sitting.account.id:
        return render(request, "gone", sitting, Words.job, status=404)
    return render(request, "job", sitting, Words.job_done if job.is_done else Words.job, job=job)


def _action(form: FormData) -> str:
    action = field_of(form, "action")
    if action not in ACTIONS:
        raise HTTPException(422)
    return action


def _numbers(form: FormData) -> list[str]:
    """Ticked one by one, or all that a group held."""
    ticked = [value for value in form.getlist("number") if isinstance(value, str)]
    return [*ticked, *field_of(form, "numbers", most=_LONGEST).split()]


def _is_ready(action: str, one: Glance) -> bool:
    if action == "issue":
        return one.stage in {"issue", "again"} and not one.errors
    return any(row.standing and row.standing.turn for row in one.rows)


def _issue(desk: Desk, chosen: Sequence[Glance]) -> Iterator[Outcome]:
    files = [one.file for one in chosen]
    yield from desk.door.office.issue(files, Wish(), seal=desk.door.seal, now=desk.door.now())


def _remind(desk: Desk, chosen: Sequence[Glance], *, is_forced: bool) -> Iterator[Outcome]:
    """One paper at a time: whoever signs in the meantime waits for one letter, not for all of them."""
    office = desk.door.office
    for one in chosen:
        for paper in office.registry.papers(number=one.number):
            if paper.state is State.WAITING:
                with desk.door.turn(paper.id):
                    present = office.registry.find(*paper.key) or paper  # somebody may have signed by now
                    outcomes = [*office.remind([present], now=desk.door.now(), force=is_forced)]
                yield from outcomes
