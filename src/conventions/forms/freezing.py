"""The last rewrite of a paper: one normal form, nothing active, PDF/A and PDF/UA. Afterwards bytes are only added."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from conventions.errors import ConversionError
from conventions.forms.files import saved
from conventions.forms.fonts import fonts_of
from conventions.forms.glyphs import missing_characters
from conventions.forms.placing import place
from conventions.forms.stamp import packet
from conventions.forms.structure import complete
from conventions.forms.symbols import spell
from conventions.forms.tree import Element
from conventions.model.form import FormField
from conventions.model.paper import Origin
from conventions.text import Text

__all__ = ["describe", "frozen", "not_archival"]

_ROOT_KEYS: Final = frozenset(
    {
        "/Type",
        "/Pages",
        "/Lang",
        "/MarkInfo",
        "/Metadata",
        "/Outlines",
        "/OutputIntents",
        "/StructTreeRoot",
    }
)
"""What the catalogue may hold; scripts, actions, layers, embedded files and forms of others are not in it."""
_ICC_DATE: Final = 24
_LINKS: Final = frozenset({"/URI", "/GoTo"})
_EMBEDDED: Final = ("/FontFile", "/FontFile2", "/FontFile3")


def frozen(
    document: pikepdf.Pdf, root: Element, origin: Origin, title: str, now: datetime, fields: Sequence[FormField]
) -> bytes:
    """The bytes of a paper that is good for the archive; see :meth:`conventions.forms.exports.Export.frozen`."""
    fonts = fonts_of(document)
    _require_archival(document, fonts)
    _date_profile(document, now)
    _disarm(document)
    _require_legible(missing_characters(document, fonts) | place(document, root, fields))
    spell(fonts_of(document) if fields else fonts)
    complete(document, root, origin.language)
    describe(document, origin, title, now)
    return saved(document)


def _require_archival(document: pikepdf.Pdf, fonts: Sequence[Any]) -> None:
    root = document.Root
    if document.is_encrypted:
        raise not_archival(Text("it is encrypted"))
    intents = root.get("/OutputIntents", Array())
    if not any(intent.get("/S") == "/GTS_PDFA1" and "/DestOutputProfile" in intent for intent in intents):
        raise not_archival(Text("it has no output intent with a colour profile"))
    if not root.get("/MarkInfo", Dictionary()).get("/Marked") or "/StructTreeRoot" not in root:
        raise not_archival(Text("it is not tagged"))
    if b"<pdfaid:part>2</pdfaid:part>" not in _written(root.get("/Metadata")):
        raise not_archival(Text("it does not declare PDF/A-2"))
    for name in _fonts_outside(fonts):
        raise not_archival(Text("the font {name} is not embedded; use fonts that this machine has", name=name))


def _require_legible(characters: frozenset[str]) -> None:
    if characters:
        raise ConversionError(
            "CONVERT-07",
            Text("no font on this machine has the characters {characters}", characters=" ".join(sorted(characters))),
            Text("install fonts that have them, for instance the Debian packages fonts-noto-core and fonts-noto-cjk"),
        )


def _written(metadata: pikepdf.Object | None) -> bytes:
    return metadata.read_bytes() if isinstance(metadata, pikepdf.Stream) else b""


def _fonts_outside(fonts: Sequence[Any]) -> Iterator[str]:
    """Names of the fonts whose outlines are not in the file."""
    for font in fonts:
        if font.get("/Subtype") in {"/Type0", "/Type3"}:
            continue  # the one has descendants that are seen by themselves, the other is made of page content
        descriptor = font.get("/FontDescriptor", Dictionary())
        if not any(key in descriptor for key in _EMBEDDED):
            yield str(font.get("/BaseFont", "?")).removeprefix("/")


def _date_profile(document: pikepdf.Pdf, now: datetime) -> None:
    """LibreOffice builds the colour profile anew each time; its date (ICC.1, 7.2.8) alone differs between runs."""
    moment = now.astimezone(UTC)
    date = struct.pack(">6H", moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    for intent in document.Root.OutputIntents:
        profile = intent.DestOutputProfile
        data = profile.read_bytes()
        components = profile.N
        profile.write(data[:_ICC_DATE] + date + data[_ICC_DATE + len(date) :])
        profile.N = components


def _disarm(document: pikepdf.Pdf) -> None:
    root = document.Root
    for key in list(root.keys()):
        if key not in _ROOT_KEYS:
            del root[key]
    for page in document.pages:
        if "/AA" in page:
            del page["/AA"]
        if "/Annots" in page:
            kept = [annotation for annotation in page.Annots if _is_link(annotation)]
            page.Annots = Array(kept)


def _is_link(annotation: pikepdf.Object) -> bool:
    action = annotation.get("/A", Dictionary())
    return annotation.get("/Subtype") == "/Link" and "/AA" not in annotation and action.get("/S", "/GoTo") in _LINKS


def describe(document: pikepdf.Pdf, origin: Origin, title: str, now: datetime) -> None:
    """Write into a document what it is made from, by which program, and when."""
    maker = str(document.docinfo.get("/Producer", "LibreOffice"))
    producer = maker if maker.startswith(origin.program) else f"{origin.program} ({maker})"
    author = str(document.docinfo.get("/Author", ""))
    root = document.Root
    root.Lang = String(origin.language)
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    metadata = document.make_stream(packet(origin, title=title, author=author, producer=producer, now=now))
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    root.Metadata = metadata
    for key in list(document.trailer.keys()):
        if key not in {"/Root", "/Size"}:
            del document.trailer[key]
    moment = String(now.strftime("D:%Y%m%d%H%M%S") + _offset(now))
    document.trailer.Info = document.make_indirect(
        Dictionary(
            Title=String(title),
            Author=String(author),
            Creator=String(origin.program),
            Producer=String(producer),
            CreationDate=moment,
            ModDate=moment,
        )
    )


def _offset(now: datetime) -> str:
    """The zone as PDF writes it: +01'00."""
    zone = now.strftime("%z")
    return f"{zone[:3]}'{zone[3:5]}"


def not_archival(why: Text) -> ConversionError:
    """CONVERT-04: what LibreOffice made is no PDF/A."""
    return ConversionError(
        "CONVERT-04",
        Text("LibreOffice made a PDF that cannot be archived: {why}", why=why),
        Text("check the template's fonts and pictures; `make system` installs the fonts of the shipped ones"),
    )
