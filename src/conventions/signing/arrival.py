"""What can be told of a file that came back before anything in it is parsed."""

from __future__ import annotations

from typing import Final, NoReturn

from conventions.signing import appended, refusals

__all__ = ["compare_bytes", "require_plausible_size"]

_LARGEST: Final = 30_000_000
_LARGEST_GROWTH: Final = 4_000_000
"""One signature with its picture and, from some programs, a whole embedded font."""
_MOST_REVISIONS: Final = 6
"""One signature is one revision, or two (validation data), or three (document timestamp); some programs save before."""


def require_plausible_size(returned: bytes, sent: bytes) -> None:
    """Refuse what no signature can have made of the file that was sent (GATE-SIZE)."""
    if len(returned) > _LARGEST or len(returned) - len(sent) > _LARGEST_GROWTH:
        raise refusals.too_large()


def compare_bytes(returned: bytes, sent: bytes) -> None:
    """Refuse what is not the file that was sent with a few revisions more.

    Raises:
        Refused: GATE-SIZE, -UNCHANGED, -PARSE, -TRUNCATED, -ENCRYPTED, -PRINTED, -PREFIX, -BYTES.
    """
    require_plausible_size(returned, sent)
    if returned == sent:
        raise refusals.unchanged()
    if not returned.startswith(sent):
        _tell_other_file(returned, sent)
    if returned.count(b"startxref", len(sent)) > _MOST_REVISIONS or appended.trails_off(returned):
        raise refusals.scattered()


def _tell_other_file(returned: bytes, sent: bytes) -> NoReturn:
    if b"%PDF-" not in returned[:1024]:
        raise refusals.unparseable()
    if sent.startswith(returned) or appended.starts_from_earlier(returned, sent):
        raise refusals.truncated()
    if b"/Encrypt" in returned:
        raise refusals.encrypted()
    if b"/ByteRange" not in returned:
        raise refusals.printed()
    raise refusals.other_file()
