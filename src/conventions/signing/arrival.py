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
_MOST_OBJECTS: Final = 1_000
"""A signature with its picture and fonts is some ten; each certificate among the validation data is one."""
_MOST: Final = {
    b"startxref": _MOST_REVISIONS,
    b"xref": 2 * _MOST_REVISIONS,  # a table begins with this word, and the one above ends with it
    b"endobj": _MOST_OBJECTS,
    b"endstream": _MOST_OBJECTS,
}
"""How often a word may be met in what was appended. Tables can lead to each other by the ten thousand."""


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
    is_crowded = any(returned.count(word, len(sent)) > most for word, most in _MOST.items())
    if is_crowded or appended.trails_off(returned):
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
