"""What happens to a paper besides signatures: declined, recalled, handed to another, checked, reminded of, expired.

Each may be said twice: the second time changes nothing. What the life of a paper does not know is refused by the
registry (:mod:`conventions.model.life`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from conventions import circuit
from conventions.errors import OutOfTurn
from conventions.languages import PARIS
from conventions.model.event import Checked, Declined, Event, Expired, Recalled, Replaced
from conventions.model.life import State
from conventions.model.roles import Signatory, label_of
from conventions.office import delivery, dispatch, links, requests, revisions
from conventions.office.outcome import Outcome
from conventions.settings import Workspace
from conventions.store import PaperRecord, Registry
from conventions.text import Text

__all__ = ["Deputy", "check", "decline", "due", "expire", "recall", "remind", "replace"]


@dataclass(frozen=True)
class Deputy:
    """Another person for a role."""

    name: str
    email: str
    function: str = ""
    fingerprint: str = ""
    """SHA-256 of the certificate, if it is pinned."""
    by_delegation: str = ""
    """Whose signature it stands for, and the act; empty where the person is simply another one."""


def decline(
    workspace: Workspace, registry: Registry, paper: PaperRecord, role: str, reason: str, now: datetime
) -> Outcome:
    """A signatory will not sign: the paper ends, and everybody who has it is told why.

    Raises:
        OutOfTurn: the role is not in this paper (TURN-01), or has signed (TURN-02).
    """
    if _was(paper, State.DECLINED):
        return _ended_before(workspace, registry, paper, now)
    _require_unsigned(paper, role)
    return _ended(workspace, registry, paper, Declined(now, role, reason, revisions.digest_of(paper)), now)


def recall(workspace: Workspace, registry: Registry, paper: PaperRecord, reason: str, now: datetime) -> Outcome:
    """The office takes a paper back that is not sealed yet; a corrected one is issued as a new version."""
    if _was(paper, State.RECALLED):
        return _ended_before(workspace, registry, paper, now)
    return _ended(workspace, registry, paper, Recalled(now, reason, revisions.digest_of(paper)), now)


def expire(workspace: Workspace, registry: Registry, paper: PaperRecord, now: datetime) -> Outcome:
    """End a paper whose internship has begun without all signatures; before that day nothing happens."""
    if _was(paper, State.EXPIRED):
        return _ended_before(workspace, registry, paper, now)
    if paper.state is not State.WAITING or now.astimezone(PARIS).date() < paper.starts_on:
        return Outcome(paper.number, Text("has not expired"))
    return _ended(workspace, registry, paper, Expired(now, revisions.digest_of(paper)), now)


def replace(
    workspace: Workspace,
    registry: Registry,
    paper: PaperRecord,
    role: str,
    deputy: Deputy,
    reason: str,
    now: datetime,
) -> Outcome:
    """Another person acts in a role that has not acted yet; if it is that role's turn, the paper goes to that person.

    Raises:
        OutOfTurn: the role is not in this paper (TURN-01), or has signed (TURN-02).
    """
    _require_unsigned(paper, role)
    before = paper.signatory(role)
    after = _replaced(paper, before, deputy, reason, now)
    if _is_expected(before, after):
        return _again(workspace, paper, dispatch.post_turn(workspace, registry, paper, now))
    # Links are for an address: of two persons who share one, those of the first would let in as the second.
    is_shared = before.email == deputy.email and links.links_of(workspace, registry).revoke(paper.id, role, now) > 0
    paper = registry.append(paper.id, (after,), expected_head=paper.head)
    paper = dispatch.post_turn(workspace, registry, paper, now)
    note = Text("{role}: {name} instead of {before}", role=label_of(role), name=deputy.name, before=before.name)
    if is_shared:
        note = Text(
            "{done}; the links sent to this address have ended: `conventions remind --force {number}` sends another",
            done=note,
            number=paper.number,
        )
    return Outcome(paper.number, delivery.told(paper, note), revisions.path_of(workspace, paper))


def _replaced(paper: PaperRecord, before: Signatory, deputy: Deputy, reason: str, now: datetime) -> Replaced:
    """Function and language stay those of the role, unless the deputy has a function of its own."""
    return Replaced(
        now,
        role=before.role,
        name=deputy.name,
        function=deputy.function or before.function,
        email=deputy.email,
        language=before.language,
        fingerprint=deputy.fingerprint,
        reason=reason,
        by_delegation=deputy.by_delegation,
        sha256=revisions.digest_of(paper),
    )


def check(workspace: Workspace, registry: Registry, paper: PaperRecord, office: str, by: str, now: datetime) -> Outcome:
    """An office that signs nothing approves the paper; it goes to the next step.

    Raises:
        OutOfTurn: the paper has no check (TURN-08), not this one (TURN-07), or it is not its turn (TURN-03).
    """
    if office in paper.done:
        return _again(workspace, paper, dispatch.post_turn(workspace, registry, paper, now))
    if not paper.circuit.checks:
        raise OutOfTurn(
            "TURN-08",
            Text("nobody checks this paper without signing it"),
            Text("who signs uses `conventions sign`"),
        )
    if office not in paper.circuit.checks:
        raise OutOfTurn(
            "TURN-07",
            Text("this paper has no check by “{role}”; its checks: {roles}", role=office, roles=paper.circuit.checks),
            Text("name one of them; who signs uses `conventions sign`"),
        )
    circuit.assert_turn(paper.circuit, paper.done, office)
    event = Checked(now, office, by, revisions.digest_of(paper))
    paper = registry.append(paper.id, (event,), expected_head=paper.head)
    paper = dispatch.post_turn(workspace, registry, paper, now)
    return Outcome(paper.number, delivery.told(paper, Text("checked by the {role}", role=label_of(office))))


def remind(workspace: Workspace, registry: Registry, paper: PaperRecord, now: datetime, *, force: bool) -> Outcome:
    """Write to those whose turn it is once more, when it is time to.

    Args:
        workspace: whose settings say when it is time.
        registry: remembers each reminder.
        paper: on its way.
        now: aware.
        force: even if it is not time yet, or a quiet day; never twice on one day, unless the links were ended since.
    """
    people = due(workspace, registry, paper, now, force=force)
    for person in people:
        rank = len(requests.asked(paper, person))
        paper = requests.remind(workspace, registry, paper, person, rank=rank, now=now)
    if not people:
        return Outcome(paper.number, Text("nobody is reminded today"))
    return Outcome(paper.number, Text("reminded: {names}", names=tuple(person.name for person in people)))


def due(
    workspace: Workspace, registry: Registry, paper: PaperRecord, now: datetime, *, force: bool = False
) -> tuple[Signatory, ...]:
    """Whom :func:`remind` would write to now."""
    on = now.astimezone(PARIS).date()
    is_open = circuit.working_days(workspace.settings.institution.address)
    plan = workspace.settings.reminders
    if paper.state is not State.WAITING or (plan.quiet_days and not is_open(on) and not force):
        return ()
    dates, sent = requests.sign_by(workspace, paper), links.links_of(workspace, registry)

    def is_due(person: Signatory) -> bool:
        asked = requests.asked(paper, person)
        if force:
            return bool(asked) and (asked[-1] < on or sent.were_ended(paper.id, person.role, now))
        return circuit.reminder_due(asked, dates[person.role], on, plan)

    return tuple(person for person in requests.waiting_for(paper) if is_due(person))


def _ended(workspace: Workspace, registry: Registry, paper: PaperRecord, event: Event, now: datetime) -> Outcome:
    paper = registry.append(paper.id, (event,), expected_head=paper.head)
    paper = dispatch.post_ended(workspace, registry, paper, now)
    note = delivery.told(paper, Text("this version is void; issue a corrected one when it is ready"))
    return Outcome(paper.number, note, revisions.path_of(workspace, paper))


def _was(paper: PaperRecord, state: State) -> bool:
    return paper.state is state


def _is_expected(before: Signatory, after: Replaced) -> bool:
    told = (after.name, after.email, after.function, after.fingerprint, after.by_delegation)
    return told == (before.name, before.email, before.function, before.fingerprint, before.by_delegation)


def _ended_before(workspace: Workspace, registry: Registry, paper: PaperRecord, now: datetime) -> Outcome:
    return _again(workspace, paper, dispatch.post_ended(workspace, registry, paper, now))


def _again(workspace: Workspace, before: PaperRecord, after: PaperRecord) -> Outcome:
    """Said twice: nothing changes, but an interruption may have kept the letters back."""
    note = dispatch.again(before, after, Text("was done before; nothing changed"))
    return Outcome(after.number, note, revisions.path_of(workspace, after))


def _require_unsigned(paper: PaperRecord, role: str) -> None:
    known = (*paper.circuit.roles, *paper.circuit.fills, *paper.circuit.checks)
    if role not in known:
        raise OutOfTurn(
            "TURN-01",
            Text("this paper has no role “{role}”; its roles are {roles}", role=role, roles=known),
            Text("name one of the roles of the paper"),
        )
    if role in paper.done and paper.state in {State.WAITING, State.COMPLETE}:  # later, nothing can be recalled either
        raise OutOfTurn(
            "TURN-02",
            Text("the {role} has already signed this paper", role=label_of(role)),
            Text("recall the paper if it must not go on: `conventions recall {number}`", number=paper.number),
        )
