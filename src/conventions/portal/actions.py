"""What the secretariat does with many dossiers at once: asked, confirmed, done beside the pages, looked at from any."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from secrets import token_urlsafe
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData
from starlette.responses import Response

from conventions.errors import ConventionsError
from conventions.model.life import State
from conventions.office import Outcome, Wish, links
from conventions.portal.boardframe import render
from conventions.portal.boardwords import ACTIONS, CONFIRM, Words
from conventions.portal.choosing import Choice, choices
from conventions.portal.desk import Desk, TheDesk
from conventions.portal.jobs import Job
from conventions.portal.posting import Posted, field_of
from conventions.portal.staff import Secretary, Staff
from conventions.store import PaperRecord

__all__ = ["router"]

_LONGEST: Final = 80_000
"""Of a list of numbers or papers: several thousand."""

router = APIRouter(prefix="/board", include_in_schema=False)


@router.post("/actions/confirm")
def confirm(request: Request, desk: TheDesk, sitting: Secretary, form: Posted) -> Response:
    """Say what would happen, dossier by dossier, and ask."""
    action = _action(form)
    chosen = choices(desk, action, _names(form))
    title, hint = CONFIRM[action]
    return render(
        request,
        "confirm",
        sitting,
        title,
        here="/board",
        action=action,
        hint=hint,
        chosen=chosen,
        ready=[one for one in chosen if one.is_ready],
        key=token_urlsafe(16),
        lacks_seal=action == "issue" and desk.door.seal is None,
    )


@router.post("/actions")
def begin(desk: TheDesk, sitting: Secretary, form: Posted) -> Response:
    """Begin what was confirmed; sent twice, it is begun once."""
    action, key = _action(form), field_of(form, "key", most=40)
    chosen = choices(desk, action, _names(form))
    if not key or not chosen:
        raise HTTPException(422)
    job = Job(key, action, tuple(one.name for one in chosen), sitting.account.id)
    is_forced = field_of(form, "force") == "yes"

    def work() -> Iterator[Outcome]:
        match action:
            case "issue":
                return _issue(desk, chosen)
            case "remind":
                return _remind(desk, chosen, is_forced=is_forced)
            case "end-links":
                return _end_links(desk, chosen)
            case _:
                return _close(desk, action, chosen)

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


def _names(form: FormData) -> list[str]:
    """Ticked one by one, or all that a group held."""
    ticked = [value for value in form.getlist("number") if isinstance(value, str)]
    return [*ticked, *field_of(form, "numbers", most=_LONGEST).split()]


def _issue(desk: Desk, chosen: Sequence[Choice]) -> Iterator[Outcome]:
    files = [choice.one.file for choice in chosen]
    yield from desk.door.office.issue(files, Wish(), seal=desk.door.seal, now=desk.door.now())


def _remind(desk: Desk, chosen: Sequence[Choice], *, is_forced: bool) -> Iterator[Outcome]:
    """One paper at a time: whoever signs in the meantime waits for one letter, not for all of them."""
    office = desk.door.office
    for choice in chosen:
        for paper in office.registry.papers(number=choice.one.number):
            if paper.state is State.WAITING:
                yield from _in_turn(
                    desk, paper, lambda present: office.remind([present], now=desk.door.now(), force=is_forced)
                )


def _close(desk: Desk, action: str, chosen: Sequence[Choice]) -> Iterator[Outcome]:
    """One paper at a time, after whoever signs it last; what is not ready is told why."""
    office = desk.door.office
    named, work = (office.complete, office.seal) if action == "seal" else (office.sealed, office.archive)
    for choice in chosen:
        try:
            (paper,) = named([choice.name])
        except ConventionsError as error:
            yield Outcome(choice.name, error=error)
        else:
            yield from _in_turn(desk, paper, lambda present: work([present], now=desk.door.now()))


def _end_links(desk: Desk, chosen: Sequence[Choice]) -> Iterator[Outcome]:
    door = desk.door
    for choice in chosen:
        try:
            yield from links.end(door.workspace, door.registry, [choice.name], door.now())
        except ConventionsError as error:
            yield Outcome(choice.name, error=error)


def _in_turn(desk: Desk, paper: PaperRecord, work: Callable[[PaperRecord], Iterator[Outcome]]) -> tuple[Outcome, ...]:
    with desk.door.turn(paper.id):
        return tuple(work(desk.door.registry.find(*paper.key) or paper))  # somebody may have signed by now
