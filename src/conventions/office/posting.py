"""The letters that wait: sent when their pause is over, or said why not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from conventions.errors import ConventionsError, ServiceError
from conventions.model.event import Sent, Undelivered
from conventions.model.life import State
from conventions.office import delivery, dispatch, receipts, reception
from conventions.office.outcome import Outcome
from conventions.pipeline import Services
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry
from conventions.text import Text, quoted

__all__ = ["has_letters", "post"]


def has_letters(paper: PaperRecord) -> bool:
    """Does a letter of this paper wait, or was one never tried?"""
    return bool(dispatch.unsent(paper) or delivery.undelivered(paper) or receipts.owed(paper))


def post(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    papers: Sequence[PaperRecord],
    now: datetime,
    *,
    force: bool,
) -> Iterator[Outcome]:
    """Hand over what waits; one outcome per paper.

    Args:
        workspace: whose post it is.
        registry: knows what failed, and when.
        services: to find again why a file was refused.
        papers: which ones.
        now: aware.
        force: do not wait until the pause is over, and try refused addresses as well.
    """
    for paper in papers:
        try:
            after = _posted(workspace, registry, services, paper, now, force=force)
        except ConventionsError as error:
            yield Outcome(paper.number, error=error)
        else:
            yield _outcome(after, len(paper.events))


def _posted(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    paper: PaperRecord,
    now: datetime,
    *,
    force: bool,
) -> PaperRecord:
    if paper.state in {State.SEALED, State.ARCHIVED}:
        return dispatch.post_complete(workspace, registry, paper, now, force=force)
    if paper.has_ended:
        return dispatch.post_ended(workspace, registry, paper, now, force=force)
    paper = reception.post_refusal_again(workspace, registry, services, paper, now, force=force)
    return dispatch.post_turn(workspace, registry, paper, now, force=force)


def _outcome(paper: PaperRecord, before: int) -> Outcome:
    new = paper.events[before:]
    lost = [event for event in new if isinstance(event, Undelivered)]
    if lost:
        return Outcome(paper.number, error=_failure(lost[0]))
    sent = tuple(event.to for event in new if isinstance(event, Sent))
    if sent:
        return Outcome(paper.number, delivery.told(paper, Text("posted to {people}", people=sent)))
    waiting = delivery.undelivered(paper)
    return Outcome(paper.number, _patience(waiting[0]) if waiting else Text("no letter waits"))


def _failure(event: Undelivered) -> ServiceError:
    what = Text("the letter to {to} was not handed over: {reason}", to=event.to, reason=quoted(event.reason))
    again = delivery.next_try(event)
    if again is None:
        return ServiceError(event.code, what, Text("name the right address: `conventions replace`"))
    return ServiceError(event.code, what, Text("it is tried again from {moment} on; nothing is lost", moment=again))


def _patience(event: Undelivered) -> Text:
    again = delivery.next_try(event)
    reason = quoted(event.reason or event.code)
    if again is None:
        return Text(
            "no letter reaches {to} ({reason}): name the right address with `conventions replace`",
            to=event.to,
            reason=reason,
        )
    return Text("the letter to {to} waits until {moment} ({reason})", to=event.to, moment=again, reason=reason)
