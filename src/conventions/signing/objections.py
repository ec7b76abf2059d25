"""What the reception gate says of a signer: whose turn it is, which certificate, when."""

from __future__ import annotations

from typing import Final

from conventions.errors import Refused, ServiceError
from conventions.model.roles import ROLE_LABELS, Signatory
from conventions.text import Text

__all__ = [
    "impossible_time",
    "locking",
    "other_person",
    "out_of_date",
    "out_of_turn",
    "revocation_unknown",
    "revoked",
    "unfit",
    "untrusted",
    "weak",
]


_LONGEST: Final = 100


def _told(words: str) -> str:
    """A name that perhaps nobody vouches for, as it is written into a letter of ours: short, and leading nowhere."""
    plain = "".join(sign if sign.isprintable() and sign not in "/\\" else " " for sign in words)
    return " ".join(plain.split())[:_LONGEST]


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


def unfit(name: str) -> Refused:
    """A certificate whose key usage is something else than signing."""
    return Refused(
        "GATE-USAGE",
        Text("the certificate of {name} is not meant for signing", name=_told(name)),
        Text("sign with a certificate whose key usage holds digital signature or non-repudiation"),
    )


def untrusted(name: str, issuer: str) -> Refused:
    """No way to a believed root."""
    return Refused(
        "GATE-TRUST",
        Text(
            "the certificate of {name} comes from an authority that is not recognised: {issuer}",
            name=_told(name),
            issuer=_told(issuer),
        ),
        Text("sign with a certificate of a recognised authority, or ask the office which ones are"),
    )


def out_of_date(name: str) -> Refused:
    """Expired, or not valid yet."""
    return Refused(
        "GATE-EXPIRED",
        Text("the certificate of {name} has expired or is not valid yet", name=_told(name)),
        Text("sign with a certificate that is valid today"),
    )


def revoked(name: str) -> Refused:
    """Withdrawn by its authority."""
    return Refused(
        "GATE-REVOKED",
        Text("the certificate of {name} was revoked by its authority", name=_told(name)),
        Text("ask your authority for a new certificate and sign again"),
    )


def revocation_unknown(name: str) -> ServiceError:
    """Nobody answered; the signer is not to blame."""
    return ServiceError(
        "REV-02",
        Text("nobody could say whether the certificate of {name} is revoked", name=_told(name)),
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
            name=_told(name),
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
