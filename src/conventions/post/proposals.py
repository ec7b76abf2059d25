"""What is written to those whom a pre-agreement goes round, and to whoever asks for a page of his or her own."""

from __future__ import annotations

from datetime import date

from conventions.model.roles import Signatory
from conventions.post.letters import Message, Subject, letter
from conventions.text import Text

__all__ = [
    "code_for_page",
    "please_confirm",
    "please_decide",
    "please_propose",
    "proposal_approved",
    "proposal_refused",
]


def code_for_page(paper: Subject, person: Signatory, *, code: str, minutes: int, reply_to: str) -> Message:
    """Send the code that opens a page about the paper; it is told nowhere else.

    Args:
        paper: what the page is about.
        person: whose page it is.
        code: digits.
        minutes: how long it lives.
        reply_to: whom to ask.
    """
    body = (
        Text("Your code to open your page is: {code}", code=code),
        Text("It can be used once, within {n} minutes.", n=minutes),
        Text("If you did not ask for it, ignore this letter and tell {address}.", **_to(reply_to)),
    )
    subject = Text("{document} {number}: your code", document=paper.title, number=paper.number)
    return letter(paper, person, subject, body, f"code-{person.role}")


def please_propose(
    paper: Subject, person: Signatory, *, wanted_by: date, reply_to: str, link: str, reminder: int = 0
) -> Message:
    """Ask a host for its pre-agreement.

    Args:
        paper: the form.
        person: who fills it in.
        wanted_by: latest safe date.
        reply_to: whom to ask; the filled-in file goes there as well.
        link: of the page where it can be filled in; empty when there is none.
        reminder: 0 for the first letter, then 1, 2 …
    """
    ways = (
        (
            Text("You can fill it in on this page: {link}", link=link),
            Text(
                "The attached file is the same form, for those who prefer a PDF: send it back to {address}.",
                **_to(reply_to),
            ),
        )
        if link
        else (
            Text("Fill in the attached form in a PDF reader, save it and send it back to {address}.", **_to(reply_to)),
        )
    )
    body = (
        Text(
            "A student wishes to do an internship with you. Please tell us what you propose, by {day}.", day=wanted_by
        ),
        *ways,
        Text("Then the student confirms it, and the internship coordinator decides. You will hear of it."),
    )
    return letter(paper, person, _subject(paper, reminder), body, _step("fill", person, reminder))


def please_confirm(
    paper: Subject, person: Signatory, *, wanted_by: date, reply_to: str, link: str, reminder: int = 0
) -> Message:
    """Ask the student to confirm what the host has written; arguments as for :func:`please_propose`."""
    body = (
        Text("The host organisation has filled in the pre-agreement of your internship; it is attached."),
        Text("Please read it, complete it with your own data and confirm it, by {day}.", day=wanted_by),
        _where(link, reply_to),
    )
    return letter(paper, person, _subject(paper, reminder), body, _step("confirm", person, reminder))


def please_decide(
    paper: Subject, person: Signatory, *, wanted_by: date, reply_to: str, link: str, reminder: int = 0
) -> Message:
    """Ask the coordinator to decide; arguments as for :func:`please_propose`."""
    body = (
        Text("Host and student have agreed on the attached pre-agreement."),
        Text("Please approve it, or refuse it with the reasons, by {day}.", day=wanted_by),
        _where(link, reply_to),
    )
    return letter(paper, person, _subject(paper, reminder), body, _step("decide", person, reminder))


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


def _where(link: str, reply_to: str) -> Text:
    if link:
        return Text("You can do it on this page: {link}", link=link)
    return Text("Answer to {address}.", address=reply_to)


def _subject(paper: Subject, reminder: int) -> Text:
    if reminder:
        return Text("{document} {number}: reminder, it is your turn", document=paper.title, number=paper.number)
    return Text("{document} {number}: it is your turn", document=paper.title, number=paper.number)


def _step(what: str, person: Signatory, reminder: int) -> str:
    return f"reminder-{reminder}-{person.role}" if reminder else f"{what}-{person.role}"
