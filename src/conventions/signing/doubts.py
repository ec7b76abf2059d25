"""Why a signature of a paper is not believed, and what whoever holds the paper can do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from conventions.model.finding import Finding, Severity
from conventions.model.roles import ROLE_LABELS, SEAL
from conventions.signing.certificates import name_of
from conventions.signing.judge import Judgement
from conventions.signing.longterm import LongTerm
from conventions.signing.policy import is_accepted_algorithm
from conventions.signing.read import field_of
from conventions.signing.renewal import aged_key
from conventions.signing.trust import CLOCK_SKEW
from conventions.text import Text

__all__ = ["ASK", "altered", "doubts", "doubts_of_age"]

ASK: Final = Text("do not rely on this file; ask the office for the paper that it keeps")
"""What to do with a paper that does not prove itself."""
_RENEWED: Final = Text(
    "ask the office for the paper that it keeps: it may have been renewed in time; `conventions verify --on DAY` says "
    "what this one proved on an earlier day"
)
_CLOCK: Final = Text("set the clock of this computer, or name a later day with --on")
_NAME_THEM: Final = Text("name the authorities to believe with --trust, or under trust.roots in conventions.toml")


def doubts(
    one: EmbeddedPdfSignature, found: LongTerm, now: datetime, *, closing: Judgement | None
) -> Iterator[Finding]:
    """What is wrong with one signature or document timestamp (VERIFY-01 to VERIFY-03).

    Args:
        one: of an open paper.
        found: the judgement.
        now: moment of the judgement, aware.
        closing: the judgement of the document timestamp that closes the paper; None of that one, and when none does.
    """
    what = _what(one)
    if not found.judgement.is_intact:
        words = Text("{what}: the signed bytes were changed, or the signature is forged", what=what)
        yield _finding("VERIFY-01", words)
        return
    if not found.judgement.allows(ModificationLevel.FORM_FILLING):
        yield altered(one)
    if not found.is_trusted or not is_accepted_algorithm(one.signer_info, one.signer_cert):
        why, fix = _distrust(one, found.judgement, now, closing)
        yield _finding("VERIFY-03", Text("{what}: {why}", what=what, why=why), fix)


def doubts_of_age(last: EmbeddedPdfSignature, now: datetime) -> Iterator[Finding]:
    """The document timestamp that closes a paper, whose key is too weak by now (VERIFY-03)."""
    if why := aged_key(last, now):
        yield _finding("VERIFY-03", Text("{what}: {why}", what=_what(last), why=why), _RENEWED)


def altered(one: EmbeddedPdfSignature) -> Finding:
    """More was changed after a signature than it permits (VERIFY-02)."""
    words = Text("{what}: something was changed afterwards that it does not permit", what=_what(one))
    return _finding("VERIFY-02", words)


def _what(one: EmbeddedPdfSignature) -> Text:
    if one.sig_object_type == "/DocTimeStamp":
        return Text("document timestamp of {name}", name=name_of(one.signer_cert))
    label = Text("seal") if field_of(one) == SEAL else ROLE_LABELS.get(field_of(one), Text("unknown field"))
    return Text("{role}, signature of {name}", role=label, name=name_of(one.signer_cert))


def _distrust(
    one: EmbeddedPdfSignature, judgement: Judgement, now: datetime, closing: Judgement | None
) -> tuple[Text, Text]:
    if judgement.is_revoked:
        return Text("the certificate was revoked"), ASK
    if _is_still_to_come(one, now):
        return Text("it was made later than the moment at which it is judged"), _CLOCK
    if closing and _is_lost(judgement, closing):
        return Text("nothing proves it any more: the document timestamp that closes the paper does not hold"), ASK
    if judgement.is_out_of_date:
        return _out_of_date(one, now)
    if judgement.trouble is None:
        return Text("what proves the certificate is missing or too weak"), ASK
    return Text("the certificate does not come from an authority that is believed here"), _NAME_THEM


def _is_still_to_come(one: EmbeddedPdfSignature, now: datetime) -> bool:
    """By its own account; it need not be believed to show that a clock is wrong."""
    told = one.self_reported_timestamp
    return told is not None and told.tzinfo is not None and told > now + CLOCK_SKEW


def _is_lost(judgement: Judgement, closing: Judgement) -> bool:
    """Is it for the sake of the last timestamp that a signature is not believed, and not for an authority's?"""
    if closing.is_trusted:
        return False
    is_gone = not closing.is_intact or closing.is_out_of_date or closing.is_revoked
    return is_gone or judgement.trouble is None or judgement.is_out_of_date


def _out_of_date(one: EmbeddedPdfSignature, now: datetime) -> tuple[Text, Text]:
    end = one.signer_cert.not_valid_after
    if one.sig_object_type != "/DocTimeStamp" or now <= end:
        return Text("the certificate was not valid, and no timestamp proves that the signature is older"), ASK
    return Text("its certificate ended on {day}, and no later timestamp carries it on", day=end.date()), _RENEWED


def _finding(code: str, message: Text, fix: Text = ASK) -> Finding:
    return Finding(code, Severity.ERROR, message, fix)
