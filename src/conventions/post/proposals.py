"""What is written to those whom a pre-agreement goes round."""

from __future__ import annotations

from conventions.model.roles import Signatory
from conventions.post.message import Message, Subject, letter
from conventions.post.requests import Request
from conventions.text import Text

__all__ = [
    "please_confirm",
    "please_decide",
    "please_propose",
    "proposal_approved",
    "proposal_refused",
]


def please_propose(paper: Subject, person: Signatory, request: Request) -> Message:
    """Ask a host for its pre-agreement.

    Args:
        paper: the form.
        person: who fills it in.
        request: by when, on which page; the form as a file may be sent back as well.
    """
    body = (
        Text(
            "A student wishes to do an internship with you. Please tell us what you propose, by {day}.", day=request.by
        ),
        *_ways(request),
        Text("Then the student confirms it, and the internship coordinator decides. You will hear of it."),
    )
    return letter(paper, person, _subject(paper, request), body, request.step("fill", person))


def _ways(request: Request) -> tuple[Text, ...]:
    """How the form can be filled in."""
    to = _to(request.reply_to)
    if not request.link:
        return (Text("Fill in the attached form in a PDF reader, save it and send it back to {address}.", **to),)
    return (
        Text("You can fill it in on this page: {link}", link=request.link),
        Text("The attached file is the same form, for those who prefer a PDF: send it back to {address}.", **to),
    )


def please_confirm(paper: Subject, person: Signatory, request: Request) -> Message:
    """Ask the student to confirm what the host has written; arguments as for :func:`please_propose`."""
    body = (
        Text("The host organisation has filled in the pre-agreement of your internship; it is attached."),
        Text("Please read it, complete it with your own data and confirm it, by {day}.", day=request.by),
        _where(request),
    )
    return letter(paper, person, _subject(paper, request), body, request.step("confirm", person))


def please_decide(paper: Subject, person: Signatory, request: Request) -> Message:
    """Ask the coordinator to decide; arguments as for :func:`please_propose`."""
    body = (
        Text("Host and student have agreed on the attached pre-agreement."),
        Text("Please approve it, or refuse it with the reasons, by {day}.", day=request.by),
        _where(request),
    )
    return letter(paper, person, _subject(paper, request), body, request.step("decide", person))


def proposal_approved(paper: Subject, person: Signatory) -> Message:
    """Say that the agreement will follow."""
    body = (
        Text("The pre-agreement is approved. The internship agreement follows, to be signed by everybody."),
        Text("The internship cannot start before every signature is there."),
    )
    subject = Text("{document} {number}: approved", document=paper.title, number=paper.number)
    return letter(paper, person, subject, body, f"approved-{person.role}")


def proposal_refused(paper: Subject, person: Signatory, *, reason: Text, reply_to: str) -> Message:
    """Say why it is refused. What can be corrected may be proposed again.

    Args:
        paper: the form as it was filled in.
        person: who had it.
        reason: in words, without a full stop.
        reply_to: whom to ask.
    """
    body = (
        Text("The pre-agreement could not be approved. Reason: {reason}.", reason=reason),
        Text("What can be corrected may be proposed again: write to {address}.", **_to(reply_to)),
    )
    subject = Text("{document} {number}: not approved", document=paper.title, number=paper.number)
    return letter(paper, person, subject, body, f"void-{person.role}")


def _to(address: str) -> dict[str, str]:
    return {"address": address}


def _where(request: Request) -> Text:
    if request.link:
        return Text("You can do it on this page: {link}", link=request.link)
    return Text("Answer to {address}.", address=request.reply_to)


def _subject(paper: Subject, request: Request) -> Text:
    if request.reminder:
        return Text("{document} {number}: reminder, it is your turn", document=paper.title, number=paper.number)
    return Text("{document} {number}: it is your turn", document=paper.title, number=paper.number)
