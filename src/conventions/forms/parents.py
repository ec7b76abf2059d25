"""From the pages of a paper back into its structure tree (ISO 32000-1, 14.7.4.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

__all__ = ["lead_back"]


def lead_back(
    document: pikepdf.Pdf, parents: Mapping[int, Mapping[int, Any]], annotated: Sequence[tuple[Any, Any]]
) -> None:
    """Write the parent tree anew, and let readers go from field to field as the structure has them.

    A link that is not in the structure, because it stands in a running head, is taken away: there it is only words.

    Args:
        document: its pages and annotations get the keys of their entries.
        parents: by the rank of a page, the elements that the page's marks belong to.
        annotated: annotations, each with its element.
    """
    entries = Array()
    tagged = {annotation.objgen for annotation, _ in annotated}
    for rank, page in enumerate(document.pages):
        own = parents[rank]
        row = Array([own.get(number) for number in range(max(own, default=-1) + 1)])
        _enter(entries, rank, document.make_indirect(row))
        page.StructParents, page.Tabs = rank, Name.S
        if "/Annots" in page:
            page.Annots = Array([annotation for annotation in page.Annots if annotation.objgen in tagged])
    following = len(document.pages)
    for annotation, element in annotated:
        annotation.StructParent = following
        _enter(entries, following, element)
        following += 1
    root = document.Root.StructTreeRoot
    root.ParentTree = document.make_indirect(Dictionary(Nums=entries))
    root.ParentTreeNextKey = following


def _enter(entries: Array, key: Any, value: Any) -> None:
    entries.append(key)
    entries.append(value)
