"""Puts form fields into the structure tree, where a screen reader finds them in their place among the words."""

from __future__ import annotations

import pikepdf
from pikepdf import Array, Dictionary, Name, NumberTree

__all__ = ["ParentTree"]


class ParentTree:
    """By which a reader finds the structure element of a widget (ISO 32000-1, 14.7.4.4)."""

    def __init__(self, document: pikepdf.Pdf) -> None:
        self._root = document.Root.StructTreeRoot
        self._document = document
        if "/ParentTree" not in self._root:
            self._root.ParentTree = document.make_indirect(Dictionary(Nums=Array()))
        self._entries = NumberTree(self._root.ParentTree)
        self._next = max(self._entries.keys(), default=-1) + 1

    def adopt(self, widget: Dictionary, element: Dictionary, page: pikepdf.Object) -> None:
        """Turn the element of a picture into that of a form field."""
        kids = element.get("/K", Array())
        reference = Dictionary(Type=Name.OBJR, Obj=widget, Pg=page)
        element.S = Name.Form
        element.K = Array([*(kids if isinstance(kids, Array) else [kids]), reference])
        del element["/Alt"]
        widget.StructParent = self._next
        self._entries[self._next] = element
        self._next += 1
        self._root.ParentTreeNextKey = self._next
