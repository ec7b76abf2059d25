"""What the reception gate says of a file. Every remedy is something that a signer can do."""

from __future__ import annotations

from typing import Final

from conventions.errors import Refused
from conventions.model.roles import ROLE_LABELS
from conventions.text import Text

__all__ = [
    "broken",
    "changed",
    "encrypted",
    "hybrid",
    "looks_different",
    "malformed",
    "more_than_drawn",
    "not_one",
    "other_file",
    "printed",
    "reused",
    "scattered",
    "too_large",
    "truncated",
    "unchanged",
    "uncovered",
    "unknown_field",
    "unparseable",
    "unprovable",
]

_SIGN_THE_FILE: Final = Text("save the file from the last mail, sign that very file, and send it back unchanged")


def too_large() -> Refused:
    """Size or growth beyond any signature."""
    return Refused("GATE-SIZE", Text("the file is much larger than a signature could make it"), _SIGN_THE_FILE)


def unchanged() -> Refused:
    """The file that was sent."""
    return Refused(
        "GATE-UNCHANGED",
        Text("the file is the one that was sent; it holds no new signature"),
        Text("sign it in your field, save it, and send the saved file"),
    )


def truncated() -> Refused:
    """An earlier state, with or without something new."""
    return Refused(
        "GATE-TRUNCATED",
        Text("the file goes on from an earlier state of the paper: signatures made since are missing in it"),
        Text("sign the newest file that was sent to you; somebody signed after the one you used"),
    )


def other_file() -> Refused:
    """Printed, scanned, rewritten or altered."""
    return Refused(
        "GATE-PREFIX",
        Text("the file is not the one that was sent: it was printed to a new PDF, converted, or altered"),
        _SIGN_THE_FILE,
    )


def printed() -> Refused:
    """No signature is left, not even those that were sent."""
    return Refused(
        "GATE-PRINTED",
        Text("the file holds no signature, not even those of the paper that was sent: it was printed to a new PDF"),
        Text("open the file that was sent to you, sign that very file, and save it; do not print it"),
    )


def unparseable() -> Refused:
    """Not a PDF, or one that tries to confuse."""
    return Refused("GATE-PARSE", Text("the file cannot be read as a PDF"), _SIGN_THE_FILE)


def encrypted() -> Refused:
    """Protected by a password."""
    return Refused(
        "GATE-ENCRYPTED",
        Text("the file is protected by a password or encrypted"),
        Text("sign without protecting the file; the signature alone shows every change"),
    )


def hybrid() -> Refused:
    """Two cross-reference tables that can disagree."""
    return Refused(
        "GATE-HYBRID",
        Text("the file carries two tables of contents that can contradict each other"),
        Text("sign with another program; this one rewrites the file"),
    )


def scattered() -> Refused:
    """Bytes, revisions or sections that belong to nothing."""
    return Refused(
        "GATE-BYTES",
        Text("the file holds bytes that belong to no part of it, where another document could be hidden"),
        _SIGN_THE_FILE,
    )


def malformed() -> Refused:
    """A signature object that is none."""
    return Refused(
        "GATE-FORGED",
        Text("a signature in the file is malformed: what it holds, or which bytes it covers, cannot be read"),
        _SIGN_THE_FILE,
    )


def uncovered() -> Refused:
    """Signature wrapping, and other byte ranges that leave something out."""
    return Refused(
        "GATE-RANGE",
        Text("the signature does not cover the whole file up to itself: something could be hidden beside it"),
        _SIGN_THE_FILE,
    )


def reused() -> Refused:
    """A signature that stands elsewhere in the paper already."""
    return Refused(
        "GATE-REUSED",
        Text("the signature is a copy of one that the paper holds already"),
        Text("sign in your own field, with your own key"),
    )


def broken(field: str) -> Refused:
    """A signature does not match the bytes."""
    return Refused(
        "GATE-INTEGRITY",
        Text("the signature in the field {field} does not match the file", field=ROLE_LABELS.get(field, field)),
        _SIGN_THE_FILE,
    )


def unknown_field() -> Refused:
    """A field of one's own, or a prepared one removed."""
    return Refused(
        "GATE-FIELD",
        Text("the file has a field that the paper does not have, or lacks one of its own"),
        Text("sign in the field that is prepared for you; do not add a signature field and do not remove one"),
    )


def not_one(number: int) -> Refused:
    """None, or several signatures."""
    return Refused(
        "GATE-COUNT",
        Text("the file holds {n} new signatures instead of one", n=number),
        Text("sign once, in your own field, and send the file back"),
    )


def changed() -> Refused:
    """More than a signature was added."""
    return Refused(
        "GATE-CHANGE",
        Text("more than one signature was added to the file: a comment, another content, or bytes without a purpose"),
        Text("sign the file as it was sent: no comments, no drawings, no other program in between"),
    )


def more_than_drawn() -> Refused:
    """A stamp that is no picture, or cannot be seen."""
    return Refused(
        "GATE-STAMP",
        Text("the field that was signed is hidden, or holds more than a drawing: a file, an action, layers"),
        Text("sign again with a plain stamp: words, or a picture"),
    )


def unprovable() -> Refused:
    """Certificates and answers that nobody could make use of later."""
    return Refused(
        "GATE-PROOF",
        Text("the certificates or validation data that the signature brings along cannot be read, or lead in circles"),
        Text("sign again without adding validation data to the file: the office adds its own"),
    )


def looks_different() -> Refused:
    """Drawn, the pages are not those that were sent."""
    return Refused(
        "GATE-SIGHT",
        Text("the pages do not look as they were sent: something changed outside the field that was signed"),
        Text("sign the file as it was sent: no comments, no drawings, no other program in between"),
    )
