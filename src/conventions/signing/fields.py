"""Every signature field of a paper, placed and certified once; afterwards each signer only fills one in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata

from conventions.model.paper import Box
from conventions.model.roles import SEAL, Circuit
from conventions.signing.making import Signer
from conventions.signing.tagging import tag
from conventions.signing.writing import DIGEST, Appending, opened

__all__ = ["prepare"]

_PRINTED_AND_LOCKED: Final = 132
"""Annotation flags Print and Locked (ISO 32000-1, table 165); PDF/A-2, 6.3.2 wants the first."""
_EXIST_AND_APPEND_ONLY: Final = 3
"""ISO 32000-1, table 219: the form has signatures, and changes must be appended."""


def prepare(
    pdf: bytes,
    signer: Signer,
    *,
    boxes: Mapping[str, Box],
    circuit: Circuit,
    labels: Mapping[str, str],
    reason: str,
    certify: bool = True,
) -> bytes:
    """Add a field for every role and certify the whole with the institution's seal, in one appended revision.

    The seal is the first signature and certifies (DocMDP, form filling allowed), so that no content can be added from
    here on. Each role's field carries a lock on every field except those of the roles that may still sign: a signature
    out of turn breaks the ones before it, and a field that is not of the circuit breaks all. The locks have no /P,
    which older programs do not know.

    Every field has an appearance, as PDF/A-2 wants it (6.3.3): one and the same, in which there is nothing. Poppler
    removes the appearance of the field that it signs, which would break the file, unless another field has it too; the
    seal's field always keeps it. Every field has its place in the structure tree as well.

    Args:
        pdf: the frozen paper, without any field.
        signer: the institution's.
        boxes: where each role signs.
        circuit: the roles and their order.
        labels: each role's field as a reader program announces it.
        reason: of the seal, in the language of the paper.
        certify: some signing programs refuse certified papers; without it the seal is a first signature like others.

    Raises:
        ForeignPaper: the paper cannot be read (PDF-01).
        ServiceError: no time-stamp (TSA-01).
    """
    writer = Appending(opened(pdf))
    nothing = _nothing(writer, boxes[circuit.roles[0]])
    fields = generic.ArrayObject()
    for role in circuit.roles:
        field = _field(role, labels[role], _rectangle(boxes[role]), nothing)
        field[pdf_name("/Lock")] = writer.add_object(_lock(circuit, role).as_sig_field_lock())
        _place(writer, fields, field, _page(writer, boxes[role].page))
    _place(writer, fields, _field(SEAL, reason, [0, 0, 0, 0], nothing), _page(writer, 0))
    tag(writer, fields)
    _add_form(writer, fields)
    metadata = PdfSignatureMetadata(
        field_name=SEAL,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        certify=certify,
        docmdp_permissions=MDPPerm.FILL_FORMS,
        reason=reason,
    )
    return signer.sign(writer, metadata)


def _lock(circuit: Circuit, role: str) -> FieldMDPSpec:
    """What a role's signature closes: every field but those of later roles."""
    return FieldMDPSpec(FieldMDPAction.EXCLUDE, fields=list(circuit.later_than(role)))


def _add_form(writer: Appending, fields: generic.ArrayObject) -> None:
    flags = generic.NumberObject(_EXIST_AND_APPEND_ONLY)
    form = generic.DictionaryObject({pdf_name("/Fields"): fields, pdf_name("/SigFlags"): flags})
    writer.root[pdf_name("/AcroForm")] = writer.add_object(form)
    writer.update_root()


def _nothing(writer: Appending, like: Box) -> generic.IndirectObject:
    """What an empty field looks like. Signing programs draw as large as the field is, and the boxes are alike."""
    size = round(like.right - like.left, 2), round(like.top - like.bottom, 2)
    box = generic.ArrayObject(map(generic.FloatObject, (0, 0, *size)))
    form = {pdf_name("/Type"): pdf_name("/XObject"), pdf_name("/Subtype"): pdf_name("/Form"), pdf_name("/BBox"): box}
    return writer.add_object(generic.StreamObject(form, stream_data=b""))


def _field(name: str, label: str, rectangle: list[float], look: generic.IndirectObject) -> generic.DictionaryObject:
    return generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/FT"): pdf_name("/Sig"),
            pdf_name("/T"): pdf_string(name),
            pdf_name("/TU"): pdf_string(label),
            pdf_name("/F"): generic.NumberObject(_PRINTED_AND_LOCKED),
            pdf_name("/Rect"): generic.ArrayObject(generic.FloatObject(value) for value in rectangle),
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): look}),
        }
    )


def _rectangle(box: Box) -> list[float]:
    return [round(value, 2) for value in (box.left, box.bottom, box.right, box.top)]


def _page(writer: Appending, rank: int) -> generic.IndirectObject:
    """The page of that rank. In a tree without branches, as LibreOffice makes it, those before it need not be read."""
    tree = writer.root["/Pages"]
    has_branches = tree["/Count"] != len(tree["/Kids"])
    page: generic.IndirectObject = (
        writer.find_page_for_modification(rank)[0] if has_branches else tree["/Kids"].raw_get(rank)
    )
    return page


def _place(
    writer: Appending, fields: generic.ArrayObject, field: generic.DictionaryObject, page: generic.IndirectObject
) -> None:
    """Register a field in the form and as an annotation of its page."""
    field[pdf_name("/P")] = page
    reference = writer.add_object(field)
    fields.append(reference)
    page_object = page.get_object()
    if "/Annots" in page_object:
        annotations = page_object["/Annots"]
        annotations.append(reference)
        writer.update_container(annotations)
    else:
        page_object[pdf_name("/Annots")] = generic.ArrayObject([reference])
        writer.update_container(page_object)
