"""Signatures on a paper that no circuit asks for: a form that its author signed before sending it back."""

from __future__ import annotations

from datetime import datetime

from pyhanko.sign.diff_analysis import ModificationLevel

from conventions.errors import ConventionsError, Refused
from conventions.signing.certificates import name_of
from conventions.signing.judge import judge
from conventions.signing.read import embedded
from conventions.signing.trust import Trust
from conventions.signing.writing import awaited, opened
from conventions.text import Text

__all__ = ["names_on_form"]


def names_on_form(pdf: bytes, trust: Trust, now: datetime) -> tuple[str, ...]:
    """The names in the certificates of those who signed a form; nobody, if nobody did.

    A signature is welcome and not asked for. If there is one, nothing may have been changed after it.

    Raises:
        Refused: a signature is broken, or something was changed after it (FORM-SIGNED).
    """
    if b"/ByteRange" not in pdf:
        return ()
    try:
        return awaited(_names(pdf, trust, now))
    except Refused:
        raise
    except Exception as error:
        raise _broken() from error


async def _names(pdf: bytes, trust: Trust, now: datetime) -> tuple[str, ...]:
    try:
        signatures = embedded(opened(pdf))
    except ConventionsError as error:
        raise _broken() from error
    names = []
    for one in signatures:
        context = trust.context(now, strict=False)
        found = await judge(one, context, context)
        if not found.is_intact or not found.allows(ModificationLevel.LTA_UPDATES):
            raise _broken()
        if one.sig_object_type != "/DocTimeStamp":
            names.append(name_of(one.signer_cert))
    return tuple(names)


def _broken() -> Refused:
    return Refused(
        "FORM-SIGNED",
        Text("the form was changed after it was signed, or its signature is broken"),
        Text("open the form that was sent, fill it in, sign it last, and send it back"),
    )
