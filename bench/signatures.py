"""One signature with a visible stamp: as pyHanko's documentation shows it, and ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from pyhanko.pdf_utils import generic, xref
from pyhanko.pdf_utils.font.opentype import GlyphAccumulatorFactory
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.stamp import TextStampStyle

from conventions import pipeline, signing
from conventions.model.paper import Prepared
from conventions.signing import at_once
from conventions.signing.lettering import FONT
from demo.pki import TestPki
from tests.certificates import PASSPHRASE
from tests.papers import Bench, frozen_papers

__all__ = ["the_library_as_it_is", "ways"]


def ways(folder: Path) -> Mapping[str, Callable[[], object]]:
    """Both sign the same prepared paper in the first signer's field, without a time-stamp."""
    (folder / "templates").mkdir()
    papers = frozen_papers(folder / "templates")
    with TestPki(folder / "keys", now=datetime.now(UTC)) as pki:
        bench = Bench(pki, papers)
        paper = Prepared(bench.origin, bench.issued())
        file = pki.key(bench.people["student"], PASSPHRASE)
    key = signing.load_key(file, PASSPHRASE.encode())
    return {
        "pyHanko, key and font from their files": lambda: _as_it_is(paper.data, file),
        "conventions": lambda: pipeline.sign(paper, "student", key=key, now=datetime.now(UTC)),
    }


@contextmanager
def the_library_as_it_is() -> Iterator[None]:
    """Without our way of reading digits, names and tables, which it would profit from in the same process."""
    own: tuple[tuple[object, str, object], ...] = (
        (generic, "read_hex_string_from_stream", at_once.DIGITS),
        (generic.NameObject, "read_from_stream", staticmethod(at_once.NAME)),
        (xref, "parse_xref_table", at_once.TABLE),
        (xref, "XRefSectionData", at_once.SECTION),
    )
    for place, name, what in own:
        setattr(place, name, what)
    try:
        yield
    finally:
        at_once.read_at_once()


def _as_it_is(pdf: bytes, file: Path) -> bytes:
    with the_library_as_it_is():
        return _plainly(pdf, file)


def _plainly(pdf: bytes, file: Path) -> bytes:
    signer = signers.SimpleSigner.load_pkcs12(str(file), passphrase=PASSPHRASE.encode())
    font = GlyphAccumulatorFactory(str(FONT), font_size=9)
    text = TextBoxStyle(font=font, font_size=9)
    metadata = signers.PdfSignatureMetadata(field_name="student", subfilter=SigSeedSubFilter.PADES)
    output = BytesIO()
    signers.PdfSigner(
        metadata, signer, stamp_style=TextStampStyle(stamp_text="%(signer)s %(ts)s", text_box_style=text)
    ).sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), output=output)
    return output.getvalue()
