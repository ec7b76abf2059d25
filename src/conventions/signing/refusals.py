"""What the reception gate says. Every remedy is something that a signer can do."""

from __future__ import annotations

from typing import Final

from conventions.errors import Refused, ServiceError
from conventions.model.roles import ROLE_LABELS, Signatory
from conventions.text import Text

__all__ = [
    "broken",
    "changed",
    "encrypted",
    "hybrid",
    "impossible_time",
    "locking",
    "not_one",
    "other_file",
    "other_person",
    "out_of_date",
    "out_of_turn",
    "revocation_unknown",
    "revoked",
    "too_large",
    "truncated",
    "unchanged",
    "unknown_field",
    "unparseable",
    "untrusted",
    "weak",
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


def out_of_turn(role: str, turn: tuple[str, ...]) -> Refused:
    """Somebody else's turn."""
    return Refused(
        "GATE-TURN",
        Text(
            "the signature is in the field of the {role}, but the paper is waiting for the {turn}",
            role=ROLE_LABELS.get(role, role),
            turn=tuple(ROLE_LABELS.get(other, other) for other in turn),
        ),
        Text("sign in your own field, when the paper is sent to you"),
    )


def broken(field: str) -> Refused:
    """A signature does not match the bytes."""
    return Refused(
        "GATE-INTEGRITY",
        Text("the signature in the field {field} does not match the file", field=ROLE_LABELS.get(field, field)),
        _SIGN_THE_FILE,
    )


def changed() -> Refused:
    """More than a signature was added."""
    return Refused(
        "GATE-CHANGE",
        Text("more than one signature was added to the file: a comment, another content, or bytes without a purpose"),
        Text("sign the file as it was sent: no comments, no drawings, no other program in between"),
    )


def locking() -> Refused:
    """Nobody could sign after this signature."""
    return Refused(
        "GATE-LOCK",
        Text("the signature locks the paper, and others have yet to sign it"),
        Text("sign again without the choice that locks the document after signing"),
    )


def weak() -> Refused:
    """An algorithm that is not accepted."""
    return Refused(
        "GATE-ALGORITHM",
        Text("the signature uses an algorithm that is not accepted"),
        Text("sign with SHA-256 or better and an RSA (2048 bits or more) or P-256 key; update the signing program"),
    )


def untrusted(name: str, issuer: str) -> Refused:
    """No way to a believed root."""
    return Refused(
        "GATE-TRUST",
        Text(
            "the certificate of {name} comes from an authority that is not recognised: {issuer}",
            name=name,
            issuer=issuer,
        ),
        Text("sign with a certificate of a recognised authority, or ask the office which ones are"),
    )


def out_of_date(name: str) -> Refused:
    """Expired, or not valid yet."""
    return Refused(
        "GATE-TRUST",
        Text("the certificate of {name} has expired or is not valid yet", name=name),
        Text("sign with a certificate that is valid today"),
    )


def revoked(name: str) -> Refused:
    """Withdrawn by its authority."""
    return Refused(
        "GATE-TRUST",
        Text("the certificate of {name} was revoked by its authority", name=name),
        Text("ask your authority for a new certificate and sign again"),
    )


def revocation_unknown(name: str) -> ServiceError:
    """Nobody answered; the signer is not to blame."""
    return ServiceError(
        "REV-02",
        Text("nobody could say whether the certificate of {name} is revoked", name=name),
        Text("receive the file again later; if it stays so, put the authority's host into trust.revocation_hosts"),
    )


def other_person(name: str, expected: Signatory) -> Refused:
    """A certificate of somebody else."""
    return Refused(
        "GATE-PERSON",
        Text(
            "the {role} was to sign, {expected}, and the certificate is that of {name}",
            role=ROLE_LABELS.get(expected.role, expected.role),
            expected=expected.name,
            name=name,
        ),
        Text("the expected person must sign, with a certificate that holds the address the paper was sent to"),
    )


def impossible_time() -> Refused:
    """In the future, before the paper existed, or none at all."""
    return Refused(
        "GATE-TIME",
        Text("the signature has no time, or one that cannot be: in the future, or before the paper was issued"),
        Text("set the clock of your computer and sign again"),
    )
