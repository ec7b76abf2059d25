"""The reception gate: a PDF that came back must prove that it is what was sent, signed by whom it should be.

Everything is refused that is not understood. The order of the checks is from cheap and blind (sizes, prefix) to
expensive and trusting (parsing, cryptography, network), so that a hostile file meets little code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pyhanko.pdf_utils.misc import PdfDecodeLimitError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from conventions.apart import SECONDS, ask_apart, exhausting
from conventions.errors import ConversionError, ConverterMissing, ForeignPaper, Refused, ServiceError
from conventions.model.roles import Circuit, Signatory
from conventions.signing import appended, arrival, objections, refusals, sight
from conventions.signing.answers import forget
from conventions.signing.brought import is_readable
from conventions.signing.certificates import fingerprint_of, name_of
from conventions.signing.description import describes_the_same
from conventions.signing.drawn import is_only_drawn
from conventions.signing.forged import require_genuine
from conventions.signing.judge import Judgement, judge
from conventions.signing.level import level_of
from conventions.signing.read import embedded, field_of
from conventions.signing.signer import require_algorithm, require_person, require_time, require_trust
from conventions.signing.trust import Trust, fetchers
from conventions.signing.writing import awaited, fields_of, opened

__all__ = ["Accepted", "examine", "examine_apart"]


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
        Refused: with a code that says which proof failed: of the bytes GATE-SIZE, -UNCHANGED, -TRUNCATED, -PREFIX,
            -PRINTED, -PARSE, -LIMIT, -ENCRYPTED, -HYBRID, -BYTES; of the signature -FORGED, -RANGE, -REUSED, -PROOF,
            -INTEGRITY; of the content -FIELD, -COUNT, -CHANGE, -STAMP, -SIGHT; of the signer -TURN, -LOCK, -ALGORITHM,
            -USAGE, -TRUST, -EXPIRED, -REVOKED, -PERSON, -TIME.
        ServiceError: nobody could say whether the certificate is revoked (REV-02); the file may be received later.
        ConverterMissing: the pages cannot be drawn here (SIGHT-01); the file may be received later.
        ConversionError: the paper that was sent cannot be drawn (SIGHT-02).
    """
    accepted = _accepted(returned, sent, allowed, circuit, trust, now)
    if accepted.data != returned:  # what came after the signature may have covered up what is kept
        accepted = _accepted(accepted.data, sent, allowed, circuit, trust, now)
    return accepted


def examine_apart(
    returned: bytes,
    *,
    sent: bytes,
    allowed: Mapping[str, Signatory],
    circuit: Circuit,
    trust: Trust,
    now: datetime,
    seconds: float = SECONDS,
) -> Accepted:
    """As :func:`examine`, in a process with limits of time (seconds) and memory (two gibibytes).

    Raises:
        Refused: as the gate; also when the file exhausts the limits (GATE-LIMIT).
        ServiceError, ConverterMissing, ConversionError: as the gate.
    """
    arrival.require_plausible_size(returned, sent)
    return ask_apart(
        examine,
        returned,
        sent=sent,
        allowed=dict(allowed),
        circuit=circuit,
        trust=trust,
        now=now,
        seconds=seconds,
    )


def _accepted(
    returned: bytes,
    sent: bytes,
    allowed: Mapping[str, Signatory],
    circuit: Circuit,
    trust: Trust,
    now: datetime,
) -> Accepted:
    arrival.compare_bytes(returned, sent)
    old = opened(sent)
    try:
        accepted = awaited(_examine(returned, sent, old, allowed, circuit, trust, now))
        _require_same_sight(returned, sent, accepted.role)
    except (Refused, ServiceError, ConverterMissing, ConversionError):
        raise
    except Exception as error:
        raise (exhausting() if _is_exhausting(error) else refusals.unparseable()) from error
    return accepted


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
    before, after = embedded(old), _signatures(new)
    made = _the_signature(old, new, before, after, allowed, circuit)
    require_genuine(made, before, returned)
    added = [one for one in after if field_of(one) not in {field_of(known) for known in before}]
    _require_nothing_else(returned, sent, old, new, added)
    _require_readable(made, returned, sent)
    _require_open(made, set(circuit.roles) - {field_of(one) for one in after})
    require_algorithm(made)
    judgement = await _judge_all(after, made, trust, now)
    await require_trust(made, judgement, trust, now)
    require_person(made, allowed[field_of(made)], before)
    return Accepted(
        role=field_of(made),
        signer=name_of(made.signer_cert),
        fingerprint=fingerprint_of(made.signer_cert),
        signed_at=require_time(made, judgement, before, now),
        timestamped=judgement.stamped_at is not None,
        level=level_of(made.signer_cert, trust),
        data=returned[: _end(made)],
    )


def _is_exhausting(error: BaseException | None) -> bool:
    """Whether a limit was met, wherever it was first noticed."""
    while error is not None:
        if isinstance(error, (PdfDecodeLimitError, MemoryError, RecursionError)):
            return True
        error = error.__cause__ or error.__context__
    return False


def _open(returned: bytes) -> PdfFileReader:
    try:
        reader = opened(returned)
    except ForeignPaper as error:
        if b"/Encrypt" in returned:
            raise refusals.encrypted() from error
        raise (exhausting() if _is_exhausting(error) else refusals.unparseable()) from error
    if reader.xrefs.hybrid_xrefs_present:
        raise refusals.hybrid()
    return reader


def _signatures(new: PdfFileReader) -> list[EmbeddedPdfSignature]:
    try:
        return embedded(new)
    except ForeignPaper as error:
        raise (exhausting() if _is_exhausting(error) else refusals.malformed()) from error


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
            raise objections.out_of_turn(field_of(added[0]), tuple(allowed))
        raise refusals.unknown_field()
    return added[0]


def _require_nothing_else(
    returned: bytes, sent: bytes, old: PdfFileReader, new: PdfFileReader, added: list[EmbeddedPdfSignature]
) -> None:
    try:
        is_accounted = (
            appended.continues(new, old)
            and appended.is_accounted(returned, new, old.total_revisions, len(sent))
            and all(appended.fills_its_room(one) for one in added)
        )
        is_same = (
            appended.only_touches(new, old, added)
            and appended.keeps_the_frame(new, old)
            and describes_the_same(returned, sent)
        )
    except Exception as error:
        raise (exhausting() if _is_exhausting(error) else refusals.changed()) from error
    if not is_accounted:
        raise refusals.scattered()
    if not is_same:
        raise refusals.changed()


def _require_readable(made: EmbeddedPdfSignature, returned: bytes, sent: bytes) -> None:
    """What a signature shows and brings along. Streams are decoded for it: the file is opened for this alone."""
    new = opened(returned)
    if not is_only_drawn(next(one for one in fields_of(new.root) if one.raw_get("/T") == field_of(made))):
        raise refusals.more_than_drawn()
    if not is_readable(made, new, opened(sent)):
        raise refusals.unprovable()


def _require_open(made: EmbeddedPdfSignature, waiting: set[str]) -> None:
    """What a signature locks is up to its program, not only to its field; the others must still be able to sign."""
    locks = made.fieldmdp
    if waiting and (
        made.docmdp_level is MDPPerm.NO_CHANGES
        or (locks is not None and any(locks.is_locked(role) for role in waiting))
    ):
        raise objections.locking()


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
        if one is made and not found.covers_its_revision:
            raise refusals.uncovered()
        if not found.allows(most):
            raise refusals.changed()
    if verdict is None:
        raise refusals.not_one(0)
    return verdict


async def _judge_strictly(made: EmbeddedPdfSignature, trust: Trust, now: datetime) -> Judgement:
    async with fetchers(trust, now, [made.signer_cert]) as online:
        context = trust.context(now, online=online, strict=online is not None)
        stamps = trust.context(now, online=online, strict=online is not None)
        found = await judge(made, context, stamps)
    if not found.is_trusted or found.doubts_stamp:
        forget(trust)
    return found


def _require_same_sight(returned: bytes, sent: bytes, role: str) -> None:
    """Last, because a program that draws is a large one: it never meets the file of somebody who may not sign."""
    if not sight.looks_the_same(returned, sent, role):
        raise refusals.looks_different()


def _end(made: EmbeddedPdfSignature) -> int:
    """Where the signature's own revision ends; it is known to cover the file from its beginning."""
    return int(made.byte_range[2]) + int(made.byte_range[3])
