"""What is written to the people of a circuit. Words only: :mod:`conventions.post.mime` makes mail of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256

from conventions.model.roles import Signatory, label_of
from conventions.text import Text

__all__ = [
    "Message",
    "Subject",
    "copy_of_answers",
    "letter",
    "not_the_person",
    "paper_complete",
    "paper_void",
    "please_check",
    "please_fill_in",
    "sent_back",
    "your_code",
    "your_receipt",
    "your_turn",
]


@dataclass(frozen=True)
class Message:
    """One letter to one person, not yet in a language."""

    to_name: str
    to_email: str
    language: str
    subject: Text
    """Names the paper, never a person: subjects are shown on locked screens and kept in server logs."""
    paragraphs: tuple[Text, ...]
    attachment_name: str
    attachment: bytes
    """A PDF."""
    number: str
    """Dossier whose conversation this belongs to."""
    step: str
    """What the letter is for, such as ``turn-student``. Same dossier, step, person and PDF: same letter."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the PDF, hexadecimal."""
        return sha256(self.attachment).hexdigest()


@dataclass(frozen=True)
class Subject:
    """The paper that a letter is about, as it is attached."""

    number: str
    title: Text
    """Name of the document, such as "internship agreement"."""
    starts_on: date
    """First day of the internship."""
    file_name: str
    data: bytes
    """The PDF's bytes."""


def your_turn(
    paper: Subject,
    person: Signatory,
    *,
    sign_by: date,
    reply_to: str,
    command: str,
    link: str = "",
    reminder: int = 0,
) -> Message:
    """Ask for a signature.

    Args:
        paper: the paper, with the signatures it has so far.
        person: whose turn it is.
        sign_by: latest safe date.
        reply_to: where the signed file goes back to.
        command: command line that signs the attached file.
        link: of this person, to a page where the paper can be signed; empty: there is none.
        reminder: 0 for the first letter, then 1, 2 …: each is a letter of its own.
    """
    places = {"document": paper.title, "number": paper.number}
    subject = Text("{document} {number}: your signature is awaited", **places)
    if reminder:
        subject = Text("{document} {number}: reminder, your signature is awaited", **places)
    body = (
        Text("It is your turn to sign the attached file as {role}.", role=_role(person)),
        Text(
            "Please sign by {sign_by}. The internship starts on {starts_on}: every signature must be there before.",
            sign_by=sign_by,
            starts_on=paper.starts_on,
        ),
        *_on_the_web(Text("Read it and sign it on the web, with this link that is yours alone: {link}", link=link)),
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
    step = f"reminder-{reminder}-{person.role}" if reminder else f"turn-{person.role}"
    return letter(paper, person, subject, body, step)


def your_code(paper: Subject, person: Signatory, *, code: str, minutes: int, reply_to: str) -> Message:
    """Send the code by which a person without a certificate consents; it is told nowhere else.

    Args:
        paper: the paper that the code is for, as it stands now.
        person: whose turn it is.
        code: digits.
        minutes: how long it lives.
        reply_to: whom to ask.
    """
    body = (
        Text("Your code to sign the attached file as {role} is: {code}", role=_role(person), code=code),
        Text("It can be used once, within {n} minutes, for this very file only.", n=minutes),
        Text(
            "Give it only where you sign the paper yourself. If you did not ask for it, ignore this letter and tell "
            "{address}.",
            address=reply_to,
        ),
    )
    subject = Text("{document} {number}: your code", document=paper.title, number=paper.number)
    return letter(paper, person, subject, body, f"code-{person.role}")


def please_fill_in(
    paper: Subject, person: Signatory, *, wanted_by: date, reply_to: str, link: str = "", reminder: int = 0
) -> Message:
    """Ask for the answers of a form.

    Args:
        paper: the form.
        person: who fills it in.
        wanted_by: latest safe date.
        reply_to: where the form goes back to.
        link: of this person, to a page where the form can be filled in; empty: there is none.
        reminder: 0 for the first letter, then 1, 2 …
    """
    places = {"document": paper.title, "number": paper.number}
    subject = Text("{document} {number}: please fill it in", **places)
    if reminder:
        subject = Text("{document} {number}: reminder, please fill it in", **places)
    body = (
        Text("Please fill in the attached form as {role}, by {wanted_by}.", role=_role(person), wanted_by=wanted_by),
        *_on_the_web(Text("Fill it in on the web, with this link that is yours alone: {link}", link=link)),
        Text(
            "How: open the file in a PDF reader or a browser, type into its fields, save it. Do not print it, do not "
            "scan it and do not save it under “print to PDF”: the answers would have to be typed again."
        ),
        Text("Send the saved file back to {address}.", address=reply_to),
    )
    step = f"reminder-{reminder}-{person.role}" if reminder else f"fill-{person.role}"
    return letter(paper, person, subject, body, step)


def copy_of_answers(paper: Subject, person: Signatory, *, reply_to: str, digest: str) -> Message:
    """Send the answers that somebody gave on a page back to that person, as the PDF that is kept.

    Args:
        paper: the form with its answers.
        person: who filled it in.
        reply_to: whom to write to if something is wrong.
        digest: SHA-256 of the file, hexadecimal: other answers are another letter.
    """
    body = (
        Text("Thank you: your answers have arrived. The attached file is your copy."),
        Text("If something in it is wrong, write to {address}.", address=reply_to),
    )
    subject = Text("{document} {number}: your answers", document=paper.title, number=paper.number)
    return letter(paper, person, subject, body, f"copy-{person.role}-{digest[:12]}")


def please_check(paper: Subject, person: Signatory, *, check_by: date, reply_to: str, reminder: int = 0) -> Message:
    """Ask an office that signs nothing to look at the paper.

    Args:
        paper: the paper, with the signatures it has so far.
        person: who looks at it.
        check_by: latest safe date.
        reply_to: where the answer goes to.
        reminder: 0 for the first letter, then 1, 2 …
    """
    subject = Text("{document} {number}: please check it", document=paper.title, number=paper.number)
    body = (
        Text("Please check the attached paper before the institution signs it, by {check_by}.", check_by=check_by),
        Text("Answer to {address}: approved, or what must be corrected. Nothing is signed here.", address=reply_to),
    )
    step = f"reminder-{reminder}-{person.role}" if reminder else f"turn-{person.role}"
    return letter(paper, person, subject, body, step)


def paper_void(paper: Subject, person: Signatory, *, state: Text, reason: Text) -> Message:
    """Say that a paper which was sent before is void, and why; the last file is attached, so that it is known which.

    Args:
        paper: the paper as it was sent last.
        person: who had it.
        state: declined, recalled, expired …
        reason: in the words of whoever ended it, without a full stop.
    """
    body = (
        Text("The attached paper is void: it was {state}.", state=state),
        Text("Reason: {reason}.", reason=reason),
        Text("Please do not sign it. If you signed it, your signature has no effect any more."),
        Text("If a corrected version follows, it comes in a letter of its own."),
    )
    subject = Text("{document} {number}: this version is void", document=paper.title, number=paper.number)
    return letter(paper, person, subject, body, f"void-{person.role}")


def sent_back(paper: Subject, person: Signatory, *, reason: Text, fix: Text, reply_to: str, refused: str) -> Message:
    """Say that the file which came back was not accepted, why, and what to do; the good file is attached again.

    Args:
        paper: the paper as it was sent, before the refused file.
        person: whose turn it still is.
        reason: why the file was refused.
        fix: what that person can do.
        reply_to: where the signed file goes back to.
        refused: SHA-256 of the refused file: each refusal is a letter of its own.
    """
    places = {"document": paper.title, "number": paper.number}
    body = (
        Text("The file that you sent back could not be accepted. Reason: {reason}.", reason=reason),
        Text("What to do: {fix}.", fix=fix),
        Text(
            "The file to sign is attached once more. Please sign that one and send it to {address}.", address=reply_to
        ),
    )
    subject = Text("{document} {number}: please sign again", **places)
    return letter(paper, person, subject, body, f"refused-{person.role}-{refused[:12]}")


def paper_complete(paper: Subject, person: Signatory) -> Message:
    """Send everybody their original when all have signed."""
    body = (
        Text("Everybody has signed. The attached file is your original: it holds every signature and its proof."),
        Text("Keep the file itself. A print of it shows the signatures but proves none of them."),
        Text("The internship starts on {starts_on}.", starts_on=paper.starts_on),
    )
    subject = Text("{document} {number}: signed by everybody", document=paper.title, number=paper.number)
    return letter(paper, person, subject, body, f"complete-{person.role}")


def your_receipt(paper: Subject, person: Signatory, *, reply_to: str) -> Message:
    """Say to somebody who has signed that the signature is in the paper, which is attached as it stands now.

    Args:
        paper: as it stands now.
        person: who has signed.
        reply_to: whom to write to when something is wrong.
    """
    body = (
        Text("You have signed as {role}. The attached file holds your signature.", role=_role(person)),
        Text("Keep it. When everybody has signed, you get the complete file."),
        Text("If it was not you who signed, write to {address} at once.", address=reply_to),
    )
    subject = Text("{document} {number}: you have signed", document=paper.title, number=paper.number)
    return letter(paper, person, subject, body, f"receipt-{person.role}")


def not_the_person(paper: Subject, *, to: tuple[str, str, str], role: str, reason: Text, words: Text) -> Message:
    """Tell the office that a letter came to somebody who is not meant.

    Args:
        paper: which was to be signed or filled in.
        to: name, address and language of the office.
        role: of whoever was meant.
        reason: one of a few.
        words: the reader's own.
    """
    office = Signatory(role=role, name=to[0], function="", email=to[1], language=to[2])
    body = (
        Text("Whoever got the letter for the {role} says that it is not for them.", role=label_of(role)),
        Text("Reason: {reason}.", reason=reason),
        *((Text("In their own words: “{words}”", words=words),) if str(words) else ()),
        Text("Their link has ended. Name the right person with `conventions replace`."),
    )
    subject = Text(
        "{document} {number}: the letter came to the wrong person", document=paper.title, number=paper.number
    )
    return letter(paper, office, subject, body, f"not-the-person-{role}")


def _on_the_web(words: Text) -> tuple[Text, ...]:
    """The sentence with the link, when there is one."""
    return (words,) if words.values["link"] else ()


def _role(person: Signatory) -> Text:
    return label_of(person.role)


def letter(paper: Subject, person: Signatory, subject: Text, body: tuple[Text, ...], step: str) -> Message:
    """Any letter about a paper: it greets, says what it has to say, and names the paper.

    Args:
        paper: what it is about; attached.
        person: who gets it.
        subject: names the paper, never a person.
        body: its paragraphs.
        step: what the letter is for.
    """
    about = Text("It is about: {document} {number}.", document=paper.title, number=paper.number)
    return Message(
        to_name=person.name,
        to_email=person.email,
        language=person.language,
        subject=subject,
        paragraphs=(Text("Hello {name},", name=person.name), *body, about),
        attachment_name=paper.file_name,
        attachment=paper.data,
        number=paper.number,
        step=step,
    )
