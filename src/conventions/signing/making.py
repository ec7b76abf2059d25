"""A signature is made: with a key, at a moment, into a field that is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata
from pyhanko.stamp import TextStampStyle

from conventions.signing.keys import Key
from conventions.signing.room import reserved
from conventions.signing.timestamps import Timestamper
from conventions.signing.writing import Appending, ClockedSigner

__all__ = ["Signer"]


@dataclass(frozen=True)
class Signer:
    """Who signs, and when."""

    key: Key
    timestamper: Timestamper | None
    """For a signature timestamp (PAdES-B-T); without, PAdES-B-B."""
    now: datetime
    """Declared signing time, aware."""

    def sign(
        self, writer: Appending, metadata: PdfSignatureMetadata, *, style: TextStampStyle | None = None, words: str = ""
    ) -> bytes:
        """The whole file, with one revision more: what the writer holds, and a signature in a field that is there.

        Args:
            writer: appends to the paper.
            metadata: which field, and what the signature says of itself.
            style: how the stamp is drawn; without, nothing is seen.
            words: of the stamp.

        Raises:
            ServiceError: no time-stamp (TSA-01).
        """
        clocked = ClockedSigner(
            metadata, self.key.signer, timestamper=self.timestamper, stamp_style=style, now=self.now
        )
        output = BytesIO()
        clocked.sign_pdf(
            writer,
            existing_fields_only=True,
            bytes_reserved=reserved(self.key, self.timestamper),
            appearance_text_params={"words": words},
            output=output,
        )
        return output.getvalue()
