"""What a paper proves by itself, offline: who signed, in which role and order, when, and whether anything changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, combinations

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from conventions.errors import ForeignPaper
from conventions.model.finding import Finding, Severity
from conventions.model.roles import ROLE_LABELS, SEAL
from conventions.signing import appended
from conventions.signing.certificates import fingerprint_of, name_of
from conventions.signing.description import describes_the_same
from conventions.signing.doubts import ASK, altered, doubts, doubts_of_age
from conventions.signing.judge import judge
from conventions.signing.longterm import LongTerm, judge_carried, judge_longterm
from conventions.signing.read import circuit_of_fields, embedded, field_of, may_follow
from conventions.signing.renewal import horizon_of
from conventions.signing.trust import Trust
from conventions.signing.writing import awaited, fields_of, opened
from conventions.text import Text

__all__ = ["Report", "Seen", "verify"]


@dataclass(frozen=True)
class Seen:
    """One signature or document timestamp of a paper."""

    field: str
    """Role, ``seal``, or the generated name of a document timestamp."""
    signer: str
    """Name in the certificate."""
    fingerprint: str
    """SHA-256 of the certificate, hexadecimal."""
    at: datetime | None
    """When it was made, aware."""
    is_time_proved: bool
    """A trusted timestamp says when; otherwise the signer's own clock does."""
    is_timestamp: bool
    """A document timestamp: it proves a moment, not a person."""
    is_sound: bool
    """Intact, unchanged but for what it permits, and trusted."""
    on_behalf: bool = False
    """The institution's seal signed in the field of a person: it vouches for a code or a paper, not for a key."""
    reason: str = ""
    """As the signature gives it; on behalf of somebody, it names the person and the evidence."""


@dataclass(frozen=True)
class Report:
    """What was found in one paper."""

    seen: tuple[Seen, ...]
    """Every signature and document timestamp, in the order in which they were made."""
    waiting: tuple[str, ...]
    """Roles whose field is empty, in order of the paper's form."""
    is_sealed: bool
    """Everybody has signed, and validation data and a document timestamp close the paper."""
    findings: tuple[Finding, ...]
    """What is wrong; VERIFY-01 to VERIFY-07."""
    until: datetime | None = None
    """Until when a sealed paper proves itself offline as it is; it can be renewed before. None of any other."""

    @property
    def ok(self) -> bool:
        """Nothing is wrong with what is there, even if somebody has yet to sign."""
        return not self.findings

    @property
    def signed_roles(self) -> tuple[str, ...]:
        """Roles that have signed, in the order in which they did."""
        return tuple(one.field for one in self.seen if not one.is_timestamp and one.field != SEAL)


def verify(pdf: bytes, trust: Trust, now: datetime) -> Report:
    """Judge a paper by its own bytes; no service is contacted, whatever the settings say.

    A sealed paper carries its validation data and is judged at the moment its timestamps prove (ETSI EN 319 102-1,
    5.6.3); one that is still on its way is judged at the moment of each signature, and only a proven revocation counts.

    Args:
        pdf: the paper.
        trust: whom to believe.
        now: moment of the verification, aware; may lie in the future.

    Raises:
        ForeignPaper: not a readable PDF (PDF-01), or without the institution's seal and signature fields (PDF-02).
    """
    reader = opened(pdf)
    try:
        return awaited(_verify(pdf, reader, trust, now))
    except ForeignPaper:
        raise
    except Exception as error:
        # A file that is built to confuse makes the libraries raise nearly anything; none of it is proof of anything.
        finding = _finding("VERIFY-07", Text("the file is built in a way that no signing program produces"))
        raise ForeignPaper(finding.code, finding.message, finding.fix) from error


async def _verify(pdf: bytes, reader: PdfFileReader, trust: Trust, now: datetime) -> Report:
    signatures = embedded(reader)
    if not signatures:
        raise ForeignPaper(
            "PDF-05",
            Text("the file holds no signature"),
            Text("verify the signed file itself, not a print or a draft of it"),
        )
    seals = [one for one in signatures if one.sig_object_type != "/DocTimeStamp" and field_of(one) == SEAL]
    waiting = _waiting(reader)
    last = signatures[-1]
    closes = last.sig_object_type == "/DocTimeStamp" and "/DSS" in reader.get_historical_root(last.signed_revision)
    is_sealed = not waiting and closes
    findings = [*_form(signatures, seals), *_order(signatures, reader), *_additions(pdf, reader, signatures, seals)]
    earlier = await _before_renewal(pdf, signatures, trust, now) if is_sealed else None
    known = earlier.seen if earlier else ()
    judgements = []
    for rank, one in enumerate(signatures):
        told = known[rank] if rank < len(known) else None
        judgements.append(
            await (_told(one, told, trust, now) if told else _judged(one, trust, now, is_sealed=is_sealed))
        )
    closing = judgements[-1].judgement if is_sealed else None
    problems = [
        [*doubts(one, judgement, now, closing=None if one is last else closing)]
        for one, judgement in zip(signatures, judgements, strict=True)
    ]
    if is_sealed:
        problems[-1] += doubts_of_age(last, now) if not problems[-1] else ()
        findings += problems[-1]  # why the others do not hold either is said first
    findings += chain.from_iterable(problems[:-1] if is_sealed else problems)
    seen = tuple(
        _seen(one, judgement, seals, is_sound=not wrong)
        for one, judgement, wrong in zip(signatures, judgements, problems, strict=True)
    )
    until = horizon_of(last).until if is_sealed else None
    return Report(seen, waiting, is_sealed, tuple(findings), until)


async def _before_renewal(
    pdf: bytes, signatures: Sequence[EmbeddedPdfSignature], trust: Trust, now: datetime
) -> Report | None:
    """What the paper proved when it was renewed, once an earlier timestamp no longer holds by itself.

    The last timestamp proves that the paper existed as it was then; whatever it proved at that moment stays proved
    (ETSI EN 319 102-1, 5.6.2.4: past signature validation).
    """
    *before, last = signatures
    if not before or before[-1].sig_object_type != "/DocTimeStamp":
        return None
    lenient = trust.context(now, strict=False)
    stamps = [await judge(one, lenient, lenient) for one in before if one.sig_object_type == "/DocTimeStamp"]
    renewed_at = (await judge(last, lenient, lenient)).stamped_at
    if renewed_at is None or not any(stamp.is_out_of_date for stamp in stamps):
        return None
    earlier = pdf[: int(before[-1].byte_range[2]) + int(before[-1].byte_range[3])]
    report = await _verify(earlier, opened(earlier), trust, renewed_at)
    return report if report.ok and report.is_sealed else None


async def _told(one: EmbeddedPdfSignature, told: Seen, trust: Trust, now: datetime) -> LongTerm:
    """Is it still intact, and does it permit what came later? Whom it proves was told when the paper was renewed."""
    lenient = trust.context(now, strict=False)
    return LongTerm(
        await judge(one, lenient, lenient), is_trusted=True, proved_at=told.at if told.is_time_proved else None
    )


async def _judged(one: EmbeddedPdfSignature, trust: Trust, now: datetime, *, is_sealed: bool) -> LongTerm:
    lenient = trust.context(now, strict=False)
    judgement = await judge(one, lenient, lenient)
    if is_sealed and one.sig_object_type != "/DocTimeStamp":
        return await judge_longterm(one, judgement, trust, now)
    if is_sealed and judgement.is_out_of_date and one is not one.reader.embedded_signatures[-1]:
        return await judge_carried(one, judgement, trust, now)
    if judgement.is_out_of_date and judgement.stamped_at:
        then = trust.context(judgement.stamped_at, strict=False)
        judgement = await judge(one, then, lenient)
    return LongTerm(judgement, judgement.trouble is None, judgement.stamped_at)


def _waiting(reader: PdfFileReader) -> tuple[str, ...]:
    """Roles that must still sign, in order of the form; of those of which one is enough, none once one has signed."""
    fields = fields_of(reader.root)
    signed = {_name(field) for field in fields if "/V" in field}
    spared = {role for step in circuit_of_fields(fields).steps if step.is_done(signed) for role in step.roles}
    return tuple(name for field in fields if (name := _name(field)) not in signed | spared)


def _seen(
    one: EmbeddedPdfSignature, judgement: LongTerm, seals: Sequence[EmbeddedPdfSignature], *, is_sound: bool
) -> Seen:
    # By name: the seal may have got a new certificate since the paper was issued.
    institution = {seal.signer_cert.subject.hashable for seal in seals}
    return Seen(
        field=field_of(one),
        signer=name_of(one.signer_cert),
        fingerprint=fingerprint_of(one.signer_cert),
        at=judgement.proved_at or one.self_reported_timestamp,
        is_time_proved=judgement.proved_at is not None,
        is_timestamp=one.sig_object_type == "/DocTimeStamp",
        is_sound=is_sound,
        on_behalf=field_of(one) in ROLE_LABELS and one.signer_cert.subject.hashable in institution,
        reason=str(one.sig_object["/Reason"]) if "/Reason" in one.sig_object else "",
    )


def _form(signatures: Sequence[EmbeddedPdfSignature], seals: Sequence[EmbeddedPdfSignature]) -> Iterator[Finding]:
    """The institution's seal is the first signature; it certifies (ISO 32000-1, 12.8.2.2), or leaves that out.

    Without certification every later change is judged here all the same; only other readers do not show it as one.
    """
    first = signatures[0]
    if len(seals) != 1 or first is not seals[0] or first.docmdp_level not in {MDPPerm.FILL_FORMS, None}:
        yield _finding("VERIFY-05", Text("the first signature is not the institution's seal"))


def _order(signatures: Sequence[EmbeddedPdfSignature], reader: PdfFileReader) -> Iterator[Finding]:
    """The locks of the certified fields name the roles that may sign later: they are the order of the circuit.

    Whoever has yet to sign counts as the latest.
    """
    roles = [one.sig_field for one in signatures if one.sig_object_type != "/DocTimeStamp" and field_of(one) != SEAL]
    missing = _waiting(reader)
    waiting = [field for field in fields_of(reader.root) if _name(field) in missing]
    for earlier, later in combinations([*roles, *waiting], 2):
        if _name(earlier) in may_follow(later) and _name(later) not in may_follow(earlier):
            yield _finding(
                "VERIFY-04",
                Text(
                    "the {earlier} signed before the {later}, who comes first",
                    earlier=ROLE_LABELS.get(_name(earlier), _name(earlier)),
                    later=ROLE_LABELS.get(_name(later), _name(later)),
                ),
            )


def _additions(
    pdf: bytes,
    reader: PdfFileReader,
    signatures: Sequence[EmbeddedPdfSignature],
    seals: Sequence[EmbeddedPdfSignature],
) -> Iterator[Finding]:
    """After the certified revision come signatures and what they need; the paper's description and fields stay.

    The library permits new fields that nobody sees and any new description; the seal is about both.
    """
    if not seals:
        return
    start = int(seals[0].byte_range[2]) + int(seals[0].byte_range[3])
    first = seals[0].signed_revision + 1
    try:
        is_clean = (
            not appended.trails_off(pdf)
            and appended.is_accounted(pdf, reader, first, start)
            and all(appended.fills_its_room(one) for one in signatures)
        )
        certified = opened(pdf[:start])
        is_same = (
            _same_fields(certified, reader, signatures)
            and appended.keeps_the_frame(reader, certified)
            and describes_the_same(pdf, pdf[:start])
        )
    except Exception:  # noqa: BLE001 - as in the gate: what cannot be followed is not accounted for
        is_clean = is_same = False
    if not is_clean:
        yield _finding("VERIFY-06", Text("the file holds bytes that belong to no signature"))
    if not is_same:
        yield altered(seals[0])


def _same_fields(certified: PdfFileReader, reader: PdfFileReader, signatures: Sequence[EmbeddedPdfSignature]) -> bool:
    """Document timestamps, and they alone, bring fields of their own."""
    stamps = [field_of(one) for one in signatures if one.sig_object_type == "/DocTimeStamp"]
    prepared = [_name(field) for field in fields_of(certified.root)]
    return sorted(_name(field) for field in fields_of(reader.root)) == sorted([*prepared, *stamps])


def _name(field: generic.DictionaryObject) -> str:
    return str(field.raw_get("/T")) if "/T" in field else ""


def _finding(code: str, message: Text, fix: Text = ASK) -> Finding:
    return Finding(code, Severity.ERROR, message, fix)
