"""The reception gate: a PDF that came back must prove that it is what was sent, signed by whom it should be.

Everything is refused that is not understood. The order of the checks is from cheap and blind (sizes, prefix) to
expensive and trusting (parsing, cryptography, network), so that a hostile file meets little code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NoReturn

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from conventions.errors import ForeignPaper, Refused, ServiceError
from conventions.model.roles import SEAL, Circuit, Signatory
from conventions.signing import appended, refusals
from conventions.signing.certificates import emails_of, fingerprint_of, name_of
from conventions.signing.judge import Judgement, judge
from conventions.signing.level import level_of
from conventions.signing.policy import SUBFILTERS, is_accepted_algorithm
from conventions.signing.read import embedded, field_of
from conventions.signing.trust import CLOCK_SKEW, Trust, fetchers
from conventions.signing.writing import awaited, fields_of, opened

__all__ = ["Accepted", "examine"]

_LARGEST: Final = 30_000_000
_LARGEST_GROWTH: Final = 4_000_000
"""One signature with its picture and, from some programs, a whole embedded font."""
_MOST_REVISIONS: Final = 6
"""One signature is one revision, or two (validation data), or three (document timestamp); some programs save before."""
_BEFORE_ISSUE: Final = timedelta(days=1)
"""A signer's clock may run in another time zone, but not before the paper existed."""


@dataclass(frozen=True)
class Accepted:
    """A signature that proved itself."""

    role: str
    signer: str
    """Name in the certificate."""
    fingerprint: str
    """SHA-256 of the certificate, hexadecimal."""
    signed_at: datetime
    """From the trusted timestamp, else as the signer's machine had it; aware."""
    timestamped: bool
    """Whether a trusted timestamp says when; if not, the office adds one."""
    level: str
    """advanced or qualified, measured from the certificate."""
    data: bytes
    """What to keep: the bytes that were sent and the signature's revision, nothing after it."""


def examine(
    returned: bytes,
    *,
    sent: bytes,
    allowed: Mapping[str, Signatory],
    circuit: Circuit,
    trust: Trust,
    now: datetime,
) -> Accepted:
    """Accept exactly one new signature, by the expected person, in a field whose turn it is, and nothing else.

    The person is the one whose certificate has the pinned fingerprint, or, without a pin, the expected mail address;
    the certificate must lead to a believed root in either case.

    Args:
        returned: the file that came back.
        sent: the bytes that were sent last; the file must begin with them.
        allowed: the roles whose turn it is, with the person expected in each.
        circuit: all roles of the paper.
        trust: whom to believe.
        now: moment of reception, aware.

    Raises:
        Refused: with a code that says which proof failed (GATE-SIZE, -UNCHANGED, -TRUNCATED, -PREFIX, -PARSE,
            -ENCRYPTED, -HYBRID, -FIELD, -COUNT, -TURN, -INTEGRITY, -CHANGE, -LOCK, -ALGORITHM, -TRUST, -PERSON,
            -TIME).
        ServiceError: nobody could say whether the certificate is revoked (REV-02); the file may be received later.
    """
    _compare_bytes(returned, sent)
    old = opened(sent)
    try:
        return awaited(_examine(returned, sent, old, allowed, circuit, trust, now))
    except (Refused, ServiceError):
        raise
    except Exception as error:
        raise refusals.unparseable() from error


def _compare_bytes(returned: bytes, sent: bytes) -> None:
    if len(returned) > _LARGEST or len(returned) - len(sent) > _LARGEST_GROWTH:
        raise refusals.too_large()
    if returned == sent:
        raise refusals.unchanged()
    if not returned.startswith(sent):
        _tell_other_file(returned, sent)
    if returned.count(b"startxref", len(sent)) > _MOST_REVISIONS:
        raise refusals.changed()
    if appended.trails_off(returned):
        raise refusals.changed()


def _tell_other_file(returned: bytes, sent: bytes) -> NoReturn:
    if b"%PDF-" not in returned[:1024]:
        raise refusals.unparseable()
    if sent.startswith(returned) or appended.starts_from_earlier(returned, sent):
        raise refusals.truncated()
    if b"/Encrypt" in returned:
        raise refusals.encrypted()
    raise refusals.other_file()


async def _examine(
    returned: bytes,
    sent: bytes,
    old: PdfFileReader,
    allowed: Mapping[str, Signatory],
    circuit: Circuit,
    trust: Trust,
    now: datetime,
) -> Accepted:
    new = _open(returned)
    before, after = embedded(old), embedded(new)
    made = _the_signature(old, new, before, after, allowed, circuit)
    added = [one for one in after if field_of(one) not in {field_of(known) for known in before}]
    _require_nothing_else(returned, sent, old, new, added)
    _require_open(made, set(circuit.roles) - {field_of(one) for one in after})
    if str(made.sig_object["/SubFilter"]) not in SUBFILTERS:
        raise refusals.weak()
    if not is_accepted_algorithm(made.signer_info, made.signer_cert):
        raise refusals.weak()
    judgement = await _judge_all(after, made, trust, now)
    await _require_trust(made, judgement, trust, now)
    _require_person(made, allowed[field_of(made)])
    signed_at = _require_time(made, judgement, before, now)
    return Accepted(
        role=field_of(made),
        signer=name_of(made.signer_cert),
        fingerprint=fingerprint_of(made.signer_cert),
        signed_at=signed_at,
        timestamped=judgement.stamped_at is not None,
        level=level_of(made.signer_cert, trust),
        data=returned[: _end(made)],
    )


def _open(returned: bytes) -> PdfFileReader:
    try:
        reader = opened(returned)
    except ForeignPaper as error:
        raise (refusals.encrypted() if b"/Encrypt" in returned else refusals.unparseable()) from error
    if reader.xrefs.hybrid_xrefs_present:
        raise refusals.hybrid()
    return reader


def _the_signature(
    old: PdfFileReader,
    new: PdfFileReader,
    before: list[EmbeddedPdfSignature],
    after: list[EmbeddedPdfSignature],
    allowed: Mapping[str, Signatory],
    circuit: Circuit,
) -> EmbeddedPdfSignature:
    """The one new signature, in a field whose turn it is."""
    known = {str(field.raw_get("/T")) for field in fields_of(old.root)}
    signed = {field_of(one) for one in before}
    stamps = {field_of(one) for one in after if one.sig_object_type == "/DocTimeStamp"}
    present = [str(field.raw_get("/T")) if "/T" in field else "" for field in fields_of(new.root)]
    if len(present) != len(set(present)) or not known <= set(present) or set(present) - known - stamps:
        raise refusals.unknown_field()
    if stamps & set(circuit.roles):  # a timestamp in somebody's field keeps that person from signing
        raise refusals.unknown_field()
    added = [one for one in after if field_of(one) not in signed and one.sig_object_type != "/DocTimeStamp"]
    if len(added) != 1 or not signed <= {field_of(one) for one in after}:
        raise refusals.not_one(len(added))
    if field_of(added[0]) not in allowed:
        if field_of(added[0]) in circuit.roles:
            raise refusals.out_of_turn(field_of(added[0]), tuple(allowed))
        raise refusals.unknown_field()
    return added[0]


def _require_nothing_else(
    returned: bytes, sent: bytes, old: PdfFileReader, new: PdfFileReader, added: list[EmbeddedPdfSignature]
) -> None:
    try:
        is_clean = (
            appended.continues(new, old)
            and appended.is_accounted(returned, new, old.total_revisions, len(sent))
            and appended.only_touches(new, old, added)
            and appended.describes_the_same(returned, sent)
            and all(appended.fills_its_room(one) for one in added)
        )
    except Exception as error:
        raise refusals.changed() from error
    if not is_clean:
        raise refusals.changed()


def _require_open(made: EmbeddedPdfSignature, waiting: set[str]) -> None:
    """What a signature locks is up to its program, not only to its field; the others must still be able to sign."""
    locks = made.fieldmdp
    if waiting and (
        made.docmdp_level is MDPPerm.NO_CHANGES
        or (locks is not None and any(locks.is_locked(role) for role in waiting))
    ):
        raise refusals.locking()


async def _judge_all(
    after: list[EmbeddedPdfSignature], made: EmbeddedPdfSignature, trust: Trust, now: datetime
) -> Judgement:
    """Every signature must be intact and permit what came after it; the newest one's trust is judged online."""
    verdict: Judgement | None = None
    for one in after:
        if one is made:
            verdict = found = await _judge_strictly(one, trust, now)
            most = ModificationLevel.LTA_UPDATES
        else:
            lenient = trust.context(now, strict=False)
            found = await judge(one, lenient, lenient)
            most = ModificationLevel.FORM_FILLING
        if not found.is_intact:
            raise refusals.broken(field_of(one))
        if not found.allows(most):
            raise refusals.changed()
    if verdict is None:
        raise refusals.not_one(0)
    return verdict


async def _judge_strictly(made: EmbeddedPdfSignature, trust: Trust, now: datetime) -> Judgement:
    async with fetchers(trust) as online:
        context = trust.context(now, online=online, strict=online is not None)
        stamps = trust.context(now, online=online, strict=online is not None)
        return await judge(made, context, stamps)


async def _require_trust(made: EmbeddedPdfSignature, judgement: Judgement, trust: Trust, now: datetime) -> None:
    if judgement.is_trusted:
        return
    name = name_of(made.signer_cert)
    if judgement.is_revoked:
        raise refusals.revoked(name)
    if judgement.is_out_of_date:
        raise refusals.out_of_date(name)
    lenient = trust.context(now, strict=False)
    if (await judge(made, lenient, lenient)).is_trusted:
        raise refusals.revocation_unknown(name)
    raise refusals.untrusted(name, str(made.signer_cert.issuer.human_friendly))


def _require_person(made: EmbeddedPdfSignature, expected: Signatory) -> None:
    certificate = made.signer_cert
    if expected.fingerprint:
        is_expected = fingerprint_of(certificate) == expected.fingerprint.replace(":", "").casefold()
    else:
        is_expected = expected.email.strip().casefold() in emails_of(certificate)
    for wanted, name in ((expected.issuer, certificate.issuer), (expected.subject, certificate.subject)):
        is_expected = is_expected and wanted.casefold() in str(name.human_friendly).casefold()
    if not is_expected:
        raise refusals.other_person(name_of(certificate), expected)


def _require_time(
    made: EmbeddedPdfSignature, judgement: Judgement, before: list[EmbeddedPdfSignature], now: datetime
) -> datetime:
    claimed = made.self_reported_timestamp
    moment = judgement.stamped_at or claimed
    if moment is None or moment.tzinfo is None:
        raise refusals.impossible_time()
    if max(moment, claimed if claimed and claimed.tzinfo else moment) > now + CLOCK_SKEW:
        raise refusals.impossible_time()
    issued = next((one.self_reported_timestamp for one in before if field_of(one) == SEAL), None)
    if issued and issued.tzinfo and moment < issued - _BEFORE_ISSUE:
        raise refusals.impossible_time()
    return moment


def _end(made: EmbeddedPdfSignature) -> int:
    """Where the signature's own revision ends; it is known to cover the file from its beginning."""
    return int(made.byte_range[2]) + int(made.byte_range[3])
