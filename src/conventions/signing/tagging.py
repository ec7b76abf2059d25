"""Signature fields in the structure of a paper: where and as what a screen reader finds them.

ISO 32000-1, 14.7.4.3 and 14.8.4.5; ISO 14289-1, 7.18.4: a widget belongs to an element of type Form, and nothing else
does. Done before the paper is certified, so that a signature never has to touch the structure.
"""

from __future__ import annotations

from typing import Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from conventions.signing.writing import Appending

__all__ = ["tag"]

_WAITING: Final = "/PrintField"
"""Owner of the attributes by which a box without a widget is a place for a hand-written signature."""


def tag(writer: Appending, fields: generic.ArrayObject) -> None:
    """Put every field into the structure tree: in the place of its box, or at the end when it has none (the seal).

    A paper without a structure tree is left as it is.
    """
    if "/StructTreeRoot" not in writer.root:
        return
    tree = writer.root["/StructTreeRoot"]
    boxes = _named(tree)
    entries, key = tree["/ParentTree"]["/Nums"], int(tree["/ParentTreeNextKey"])
    for reference in fields:
        field = reference.get_object()
        element = boxes.get(f"sig:{field['/T']}") or _at_the_end(writer, tree)
        _fill(writer, element.get_object(), reference)
        field[pdf_name("/StructParent")] = generic.NumberObject(key)
        entries.extend((generic.NumberObject(key), element))
        key += 1
    tree[pdf_name("/ParentTreeNextKey")] = generic.NumberObject(key)
    writer.update_container(entries)
    writer.update_container(tree)


def _named(tree: generic.DictionaryObject) -> dict[str, generic.IndirectObject]:
    """The elements that can be found by an identifier."""
    names = tree["/IDTree"]["/Names"] if "/IDTree" in tree else generic.ArrayObject()
    return {str(names[place]): names.raw_get(place + 1) for place in range(0, len(names), 2)}


def _at_the_end(writer: Appending, tree: generic.DictionaryObject) -> generic.IndirectObject:
    document = tree["/K"].raw_get(0) if isinstance(tree["/K"], generic.ArrayObject) else tree.raw_get("/K")
    element = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/StructElem"),
            pdf_name("/S"): pdf_name("/Form"),
            pdf_name("/P"): document,
        }
    )
    reference = writer.add_object(element)
    kids = document.get_object()["/K"]
    kids.append(reference)
    writer.update_container(kids)
    return reference


def _fill(writer: Appending, element: generic.DictionaryObject, widget: generic.IndirectObject) -> None:
    page = widget.get_object().raw_get("/P")
    element[pdf_name("/Pg")] = page
    element[pdf_name("/K")] = generic.DictionaryObject(
        {pdf_name("/Type"): pdf_name("/OBJR"), pdf_name("/Obj"): widget, pdf_name("/Pg"): page}
    )
    if "/A" in element:
        kept = (attributes for attributes in element["/A"] if attributes["/O"] != _WAITING)
        element[pdf_name("/A")] = generic.ArrayObject(kept)
        writer.update_container(element)
