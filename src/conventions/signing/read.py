"""Who has signed: read from the paper's own bytes, without asking whether it is true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from conventions.errors import ForeignPaper
from conventions.model.roles import SEAL, Circuit, Step
from conventions.signing.certificates import fingerprint_of, name_of
from conventions.signing.writing import fields_of, opened, unreadable
from conventions.text import Text

__all__ = [
    "SignatureFacts",
    "circuit_of_fields",
    "circuit_of_paper",
    "embedded",
    "field_of",
    "may_follow",
    "signatures",
    "signed_roles",
]


@dataclass(frozen=True)
class SignatureFacts:
    """What one signature says of itself. A claim: :mod:`conventions.signing.verification` says what is proved."""

    field: str
    """Role, ``seal``, or the generated name of a document timestamp."""
    signer: str
    fingerprint: str
    claimed_at: datetime | None
    """Signing time as the signer's machine had it."""
    is_timestamp: bool
    """True for a document timestamp, which proves a moment and not a person."""


def signatures(pdf: bytes) -> tuple[SignatureFacts, ...]:
    """Every signature and document timestamp of a paper, in the order in which they were made.

    Raises:
        ForeignPaper: not a readable PDF, encrypted, or with a signature that cannot be parsed (PDF-01).
    """
    return tuple(
        SignatureFacts(
            field=field_of(one),
            signer=name_of(one.signer_cert),
            fingerprint=fingerprint_of(one.signer_cert),
            claimed_at=one.self_reported_timestamp,
            is_timestamp=one.sig_object_type == "/DocTimeStamp",
        )
        for one in embedded(opened(pdf))
    )


def signed_roles(pdf: bytes) -> tuple[str, ...]:
    """The roles that have signed, in the order in which they did; the seal is not a role.

    Raises:
        ForeignPaper: not a readable PDF (PDF-01).
    """
    return tuple(one.field for one in signatures(pdf) if not one.is_timestamp and one.field != SEAL)


def circuit_of_paper(pdf: bytes) -> Circuit:
    """The circuit as the paper's own fields tell it: each lock names the roles that may still sign afterwards.

    Raises:
        ForeignPaper: not a readable PDF (PDF-01), or without the fields of a prepared paper (PDF-04).
    """
    circuit = circuit_of_fields(fields_of(opened(pdf).root))
    if not circuit.steps:
        raise ForeignPaper(
            "PDF-04",
            Text("this file has no signature fields prepared for a circuit"),
            Text("sign the paper that was issued, as it came by mail"),
        )
    return circuit


def circuit_of_fields(fields: Iterable[generic.DictionaryObject]) -> Circuit:
    """The circuit that the locks of prepared fields tell; without any step when there is no lock.

    Roles that must all sign may follow one another, so they share what may follow them once they themselves are counted
    in. Roles of which one is enough exclude one another, so they share what may follow them, and nothing else does.
    """
    later = {str(field.raw_get("/T")): may_follow(field) for field in fields if "/Lock" in field}
    together: dict[frozenset[str], list[str]] = {}
    for role, others in later.items():
        together.setdefault(others | {role}, []).append(role)
    steps: dict[frozenset[str], list[str]] = {}
    for roles in together.values():
        after = later[roles[0]] - set(roles)
        steps.setdefault(after, []).extend(roles)
    in_order = sorted(steps.items(), key=lambda step: -len(step[0]))
    return Circuit(tuple(_step(roles, later) for _, roles in in_order))


def _step(roles: Sequence[str], later: Mapping[str, frozenset[str]]) -> Step:
    one_is_enough = len(roles) > 1 and not later[roles[0]].intersection(roles)
    return Step(tuple(roles), days=0, needs="one" if one_is_enough else "all")


def field_of(signature: EmbeddedPdfSignature) -> str:
    """The field that holds a signature, as plain text: the library's own string keeps the whole file with it."""
    return str(signature.field_name)


def may_follow(field: generic.DictionaryObject) -> frozenset[str]:
    """The roles that a field's lock leaves open; none without a lock."""
    if "/Lock" not in field or "/Fields" not in field["/Lock"]:
        return frozenset()
    return frozenset(str(name) for name in field["/Lock"]["/Fields"])


def embedded(reader: PdfFileReader) -> list[EmbeddedPdfSignature]:
    """The signatures of an open paper, parsed.

    Raises:
        ForeignPaper: one of them cannot be parsed (PDF-01).
    """
    try:
        found = reader.embedded_signatures
        for one in found:
            one.signer_cert.subject.native  # noqa: B018 - parsed lazily, and this is where hostile bytes must fail
            one.self_reported_timestamp  # noqa: B018
    except Exception as error:
        raise unreadable() from error
    return list(found)
