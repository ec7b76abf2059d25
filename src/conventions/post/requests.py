"""What the people of a circuit are asked for: to sign, to check, to fill in. Words only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from conventions.model.roles import Signatory, label_of
from conventions.post.message import Message, Subject, letter
from conventions.text import Text

__all__ = ["Request", "please_check", "please_fill_in", "your_turn"]


@dataclass(frozen=True)
class Request:
    """What every letter that asks for something says besides."""

    by: date
    """Latest safe date."""
    reply_to: str
    """Where the answer goes to: the file that was signed or filled in, or a word."""
    link: str = ""
    """Of this person, to a page where it can be done; empty: there is none."""
    reminder: int = 0
    """0 for the first letter, then 1, 2 …: each is a letter of its own."""

    def step(self, first: str, person: Signatory) -> str:
        """What the letter is for, such as ``turn-student`` the first time and ``reminder-1-student`` then."""
        return f"reminder-{self.reminder}-{person.role}" if self.reminder else f"{first}-{person.role}"


def your_turn(paper: Subject, person: Signatory, request: Request, *, command: str) -> Message:
    """Ask for a signature.

    Args:
        paper: the paper, with the signatures it has so far.
        person: whose turn it is.
        request: by when, and where the signed file goes back to.
        command: command line that signs the attached file.
    """
    places = {"document": paper.title, "number": paper.number}
    subject = Text("{document} {number}: your signature is awaited", **places)
    if request.reminder:
        subject = Text("{document} {number}: reminder, your signature is awaited", **places)
    body = (
        Text("It is your turn to sign the attached file as {role}.", role=label_of(person.role)),
        Text(
            "Please sign by {sign_by}. The internship starts on {starts_on}: every signature must be there before.",
            sign_by=request.by,
            starts_on=paper.starts_on,
        ),
        *_on_the_web(
            Text("Read it and sign it on the web, with this link that is yours alone: {link}", link=request.link)
        ),
        *_with_a_certificate(command, request.reply_to),
    )
    return letter(paper, person, subject, body, request.step("turn", person))


def _with_a_certificate(command: str, reply_to: str) -> tuple[Text, ...]:
    return (
        Text(
            "How: with your own certificate, in the signature field prepared for you. Any program that makes PAdES "
            "signatures will do; with this toolkit the command is: {command}",
            command=command,
        ),
        Text(
            "Do not print the file, do not scan it, do not annotate it and do not save it under “print to PDF”: "
            "a signature is all that may be added, and any other change makes it invalid."
        ),
        Text(
            "Send the signed file back to {address}. It is checked, then it goes to the next person.", address=reply_to
        ),
    )


def please_fill_in(paper: Subject, person: Signatory, request: Request) -> Message:
    """Ask for the answers of a form.

    Args:
        paper: the form.
        person: who fills it in.
        request: by when, and where the form goes back to.
    """
    places = {"document": paper.title, "number": paper.number}
    subject = Text("{document} {number}: please fill it in", **places)
    if request.reminder:
        subject = Text("{document} {number}: reminder, please fill it in", **places)
    body = (
        Text(
            "Please fill in the attached form as {role}, by {wanted_by}.",
            role=label_of(person.role),
            wanted_by=request.by,
        ),
        *_on_the_web(Text("Fill it in on the web, with this link that is yours alone: {link}", link=request.link)),
        Text(
            "How: open the file in a PDF reader or a browser, type into its fields, save it. Do not print it, do not "
            "scan it and do not save it under “print to PDF”: the answers would have to be typed again."
        ),
        Text("Send the saved file back to {address}.", address=request.reply_to),
    )
    return letter(paper, person, subject, body, request.step("fill", person))


def please_check(paper: Subject, person: Signatory, request: Request) -> Message:
    """Ask an office that signs nothing to look at the paper.

    Args:
        paper: the paper, with the signatures it has so far.
        person: who looks at it.
        request: by when, and where the answer goes to.
    """
    subject = Text("{document} {number}: please check it", document=paper.title, number=paper.number)
    body = (
        Text("Please check the attached paper before the institution signs it, by {check_by}.", check_by=request.by),
        Text(
            "Answer to {address}: approved, or what must be corrected. Nothing is signed here.",
            address=request.reply_to,
        ),
    )
    return letter(paper, person, subject, body, request.step("turn", person))


def _on_the_web(words: Text) -> tuple[Text, ...]:
    """The sentence with the link, when there is one."""
    return (words,) if words.values["link"] else ()
