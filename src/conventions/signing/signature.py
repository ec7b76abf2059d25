"""One signature in one field of a paper."""

from __future__ import annotations

import textwrap
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Final

from fontTools.ttLib import TTFont
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, InnerScaling, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.stamp import TextStampStyle

from conventions.errors import ForeignPaper, OutOfTurn
from conventions.model.drawing import Drawing
from conventions.signing.keys import Key, mismatched
from conventions.signing.lettering import FONT, Lettering
from conventions.signing.room import reserved
from conventions.signing.timestamps import Timestamper
from conventions.signing.writing import DIGEST, Appending, ClockedSigner, fields_of, opened
from conventions.text import Text

__all__ = ["Stamp", "sign"]

_MOST_STATEMENTS: Final = 4
_LONGEST: Final = 240
"""Characters of a statement: a delegation names person, office, day and act, and is printed whole."""
_LINE: Final = 44
"""Characters: what is wider would shrink all the letters of the stamp."""


@dataclass(frozen=True)
class Stamp:
    """What is seen in the field: up to four statements, in the language of the paper, however many lines each takes.

    Characters that the embedded font lacks become question marks: a missing glyph is not allowed in PDF/A.
    """

    lines: tuple[str, ...]
    drawing: Drawing | None = None
    """What the person has drawn; it stands behind the lines, as strokes of the pen."""

    @property
    def words(self) -> str:
        """The lines as they are printed: one form of each letter, nothing invisible, nothing overlong."""
        statements = (_printable(line) for line in self.lines[:_MOST_STATEMENTS])
        return "\n".join(line for one in statements for line in textwrap.wrap(one, _LINE))


def sign(
    pdf: bytes,
    *,
    role: str,
    key: Key,
    stamp: Stamp,
    timestamper: Timestamper | None,
    now: datetime,
    reason: str,
    location: str,
) -> bytes:
    """Append one PAdES signature (ETSI EN 319 142-1, ETSI.CAdES.detached) with a visible stamp to an existing field.

    Whose turn it is must have been asked before; the key's validity too. The result is the given bytes and one
    revision more, and its new signature was checked against the bytes before it is returned.

    Args:
        pdf: the prepared paper, with any earlier signatures.
        role: name of the field.
        key: who signs.
        stamp: what is seen.
        timestamper: for PAdES-B-T; without, PAdES-B-B.
        now: declared signing time, aware.
        reason: why, in the language of the paper.
        location: where; empty when unknown.

    Raises:
        ForeignPaper: unreadable (PDF-01), or without a field for that role (PDF-04).
        OutOfTurn: the field is signed already (TURN-06).
        KeyUnreadable: the key made a signature that does not check (KEY-08).
        ServiceError: no time-stamp (TSA-01).
    """
    reader = opened(pdf)
    _require_empty(reader.root, role)
    metadata = PdfSignatureMetadata(
        field_name=role,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        reason=reason,
        location=location or None,
        name=key.certificate_name,
    )
    signer = ClockedSigner(metadata, key.signer, timestamper=timestamper, stamp_style=_style(stamp.drawing), now=now)
    output = BytesIO()
    signer.sign_pdf(
        Appending(reader),
        existing_fields_only=True,
        bytes_reserved=reserved(key, timestamper),
        appearance_text_params={"words": stamp.words},
        output=output,
    )
    signed = output.getvalue()
    _require_intact(signed, role)
    return signed


def _style(drawing: Drawing | None) -> TextStampStyle:
    """Black text on nothing, or on the strokes of a pen: no border, and nothing that lets anything shine through."""
    shrink = SimpleBoxLayoutRule(
        x_align=AxisAlignment.ALIGN_MIN,
        y_align=AxisAlignment.ALIGN_MID,
        margins=Margins.uniform(3),
        inner_content_scaling=InnerScaling.SHRINK_TO_FIT,
    )
    text = TextBoxStyle(font=Lettering(FONT, font_size=9), font_size=9, leading=11)
    return TextStampStyle(
        border_width=0,
        background=_ink(drawing) if drawing else None,
        background_opacity=1,
        background_layout=SimpleBoxLayoutRule(
            x_align=AxisAlignment.ALIGN_MAX,
            y_align=AxisAlignment.ALIGN_MID,
            margins=Margins.uniform(3),
            inner_content_scaling=InnerScaling.SHRINK_TO_FIT,
        ),
        text_box_style=text,
        inner_content_layout=shrink,
        stamp_text="%(words)s",
    )


def _ink(drawing: Drawing) -> RawContent:
    """The strokes as paths; PDF counts from the lower left corner."""
    paths = [
        " ".join(f"{x} {Drawing.HEIGHT - y} {'l' if rank else 'm'}" for rank, (x, y) in enumerate(stroke))
        for stroke in drawing.strokes
    ]
    data = f"0.55 0.62 0.78 RG 7 w 1 J 1 j {' '.join(paths)} S".encode("ascii")
    return RawContent(data, box=BoxConstraints(Drawing.WIDTH, Drawing.HEIGHT))


@cache
def _coverage() -> frozenset[int]:
    """Code points that the stamp's font can draw."""
    with TTFont(FONT, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _printable(line: str) -> str:
    composed = unicodedata.normalize("NFC", " ".join(line.split()))
    kept = (letter for letter in composed if unicodedata.category(letter)[0] != "C")
    words = "".join(letter if ord(letter) in _coverage() else "?" for letter in kept)
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def _require_empty(root: generic.DictionaryObject, role: str) -> None:
    field = next((one for one in fields_of(root) if one.raw_get("/T") == role), None)
    if field is None:
        raise ForeignPaper(
            "PDF-04",
            Text("this paper has no signature field for “{role}”", role=role),
            Text("sign the paper that was issued, in one of its roles"),
        )
    if "/V" in field:
        raise OutOfTurn(
            "TURN-06",
            Text("the field of “{role}” holds a signature already", role=role),
            Text("nothing to do: one signature per role"),
        )


def _require_intact(signed: bytes, role: str) -> None:
    """A key that does not match its certificate signs without complaint; find out before anybody else does."""
    reader = opened(signed)
    field = next(one for one in fields_of(reader.root) if one.raw_get("/T") == role)
    made = EmbeddedPdfSignature(reader, field, role)  # of the others, which are long to read, nothing is wanted
    made.compute_integrity_info(skip_diff=True)
    intact, valid = validate_sig_integrity(
        made.signer_info,
        made.signer_cert,
        expected_content_type="data",
        actual_digest=made.compute_digest(),
    )
    if not (intact and valid):
        raise mismatched()
