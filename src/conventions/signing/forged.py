"""Signature objects that only look like one: malformed, wrapped around something else, copied from another field."""

from __future__ import annotations

from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from conventions.signing import refusals

__all__ = ["require_genuine"]


def require_genuine(made: EmbeddedPdfSignature, before: list[EmbeddedPdfSignature], data: bytes) -> None:
    """Refuse a signature by what its object says of itself, before anything is computed from it.

    The byte range (ISO 32000-1, 12.8.1) must leave out the signature's own digits and nothing else. Whoever can choose
    it freely moves the signed bytes apart and puts another document between them (signature wrapping), or leaves so
    little covered that a careless program finds nothing to object to (universal signature forgery; V. Mladenov et al.,
    “1 Trillion Dollar Refund”, CCS 2019).

    Args:
        made: the new signature.
        before: those that the paper held when it was sent.
        data: the file that came back.

    Raises:
        Refused: not a byte range at all (GATE-FORGED), one that leaves something out (GATE-RANGE), the signature of
            another field (GATE-REUSED).
    """
    if any(one.pkcs7_content == made.pkcs7_content for one in before):
        raise refusals.reused()
    start, before_gap, after_gap, rest = _byte_range(made)
    gap = data[before_gap:after_gap]
    is_whole = start == 0 and 0 < rest <= len(data) - after_gap and _is_an_end(data[: after_gap + rest])
    if not is_whole or gap[:1] != b"<" or gap[-1:] != b">" or _digits(gap[1:-1]) != made.pkcs7_content:
        raise refusals.uncovered()


def _byte_range(made: EmbeddedPdfSignature) -> tuple[int, int, int, int]:
    try:
        start, length, resumed, rest = (int(number) for number in made.byte_range)
    except (TypeError, ValueError) as error:
        raise refusals.malformed() from error
    return start, length, resumed, rest


def _is_an_end(signed: bytes) -> bool:
    return signed.rstrip().endswith(b"%%EOF")


def _digits(words: bytes) -> bytes | None:
    try:
        return bytes.fromhex(words.decode("ascii"))
    except ValueError:
        return None
