"""What the people of a circuit are told: how it went, what became of the paper, the code they asked for. Words only."""

from __future__ import annotations

from conventions.model.roles import Signatory, label_of
from conventions.post.message import Message, Subject, letter
from conventions.text import Text

__all__ = [
    "code_for_page",
    "copy_of_answers",
    "not_the_person",
    "paper_complete",
    "paper_void",
    "sent_back",
    "your_code",
    "your_receipt",
]


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
        Text("Your code to sign the attached file as {role} is: {code}", role=label_of(person.role), code=code),
        Text("It can be used once, within {n} minutes, for this very file only.", n=minutes),
        Text(
            "Give it only where you sign the paper yourself. If you did not ask for it, ignore this letter and tell "
            "{address}.",
            address=reply_to,
        ),
    )
    subject = Text("{document} {number}: your code", document=paper.title, number=paper.number)
    return letter(paper, person, subject, body, f"code-{person.role}")


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
        Text("If you did not ask for it, ignore this letter and tell {address}.", address=reply_to),
    )
    subject = Text("{document} {number}: your code", document=paper.title, number=paper.number)
    return letter(paper, person, subject, body, f"code-{person.role}")


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
        Text("You have signed as {role}. The attached file holds your signature.", role=label_of(person.role)),
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
