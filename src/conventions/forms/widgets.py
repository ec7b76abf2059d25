"""Puts the fields of a form where its template has pictures for them (ISO 32000-1, 12.7; ISO 14289-1, 7.18).

No script, no action, no ``NeedAppearances``: what a field shows is drawn here, in an embedded font, for every state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from conventions.forms.dingbats import DINGBATS, DISC, TICK, dingbats
from conventions.forms.drawing import FONT, MORE, Drawing, Pen, disc, tick
from conventions.forms.layout import Anchor, places_of, refuse
from conventions.forms.tree import Element, Reference
from conventions.forms.typeface import embedded, house
from conventions.model.finding import Finding, Severity
from conventions.model.form import TICKED, FieldKind, FormField
from conventions.model.paper import Box
from conventions.text import Text

__all__ = ["add"]

_PRINT: Final = 1 << 2
_READ_ONLY, _REQUIRED, _LINES, _RADIO, _COMBO = 1 << 0, 1 << 1, 1 << 12, 1 << 15, 1 << 17
"""Field flags (ISO 32000-1, 12.7.3.1, 12.7.4). Radio buttons may be switched off again: a slip can be undone."""


def add(document: pikepdf.Pdf, fields: Sequence[FormField], found: Mapping[str, Sequence[Anchor]]) -> frozenset[str]:
    """Add the fields of a form, each where its picture was found.

    The structure tree leads to them; what leads back is written by :func:`conventions.forms.structure.complete`.

    Returns:
        Characters of the prefilled values that no font of this machine has.

    Raises:
        TemplateError: a prefilled value is larger than its box (FORM-07).
    """
    pen = Pen()
    drawings = {field.name: _drawn(pen, field, found[places_of(field)[0]][0].box) for field in fields}
    refuse([_too_long(field) for field in fields if not drawings[field.name].fits])
    _Form(document, pen).add(fields, {place: anchors[0] for place, anchors in found.items()}, drawings)
    return frozenset(pen.foreign.missing)


def _too_long(field: FormField) -> Finding:
    return Finding(
        "FORM-07",
        Severity.ERROR,
        Text("what is filled in for {name} is larger than its box", name=field.name),
        Text("make the picture larger in the template, or shorten the value"),
        field=field.name,
    )


def _drawn(pen: Pen, field: FormField, box: Box) -> Drawing:
    shown = {option.value: option.label for option in field.options}.get(field.value, field.value)
    if field.kind in {FieldKind.CHOICE, FieldKind.CHECK}:
        shown = ""
    return pen.text(shown, *_extent(box), is_long=field.kind is FieldKind.LONG_TEXT)


def _extent(box: Box) -> tuple[float, float]:
    return round(box.right - box.left, 1), round(box.top - box.bottom, 1)


class _Form:
    """The interactive form of one document, as it grows."""

    def __init__(self, document: pikepdf.Pdf, pen: Pen) -> None:
        self._document = document
        fonts = Dictionary({f"/{FONT}": embedded(document, house())})
        if len(pen.foreign.face.texts) > 1:
            fonts[f"/{MORE}"] = embedded(document, pen.foreign.face)
        self._resources = document.make_indirect(Dictionary(Font=fonts))
        self._groups: dict[str, Dictionary] = {}
        self._widgets: list[tuple[Box, Dictionary]] = []

    def add(self, fields: Sequence[FormField], anchors: Mapping[str, Anchor], drawings: Mapping[str, Drawing]) -> None:
        """Make the fields, and the form that holds them."""
        top = Array()
        for field in fields:
            node = self._field(field, [anchors[name] for name in places_of(field)], drawings[field.name])
            self._hang(node, field.name, top)
        for box, widget in sorted(self._widgets, key=lambda item: (item[0].page, -item[0].top, item[0].left)):
            page = self._document.pages[box.page]
            if "/Annots" not in page:
                page.Annots = Array()
            page.Annots.append(widget)
        if any(field.kind in {FieldKind.CHOICE, FieldKind.CHECK} for field in fields):
            self._resources.Font[f"/{DINGBATS}"] = dingbats(self._document)
        self._document.Root.AcroForm = self._document.make_indirect(
            Dictionary(Fields=top, DR=self._resources, DA=String(f"/{FONT} 10 Tf 0 g"))
        )

    def _hang(self, node: Dictionary, name: str, top: Array) -> None:
        """Into the group that its name says: a dot parts the names of groups (ISO 32000-1, 12.7.3.2)."""
        group, _, own = name.rpartition(".")
        node.T = String(own)
        if not group:
            top.append(node)
            return
        if group not in self._groups:
            self._groups[group] = self._document.make_indirect(Dictionary(Kids=Array()))
            self._hang(self._groups[group], group, top)
        node.Parent = self._groups[group]
        self._groups[group].Kids.append(node)

    def _field(self, field: FormField, anchors: Sequence[Anchor], drawing: Drawing) -> Dictionary:
        if field.kind is FieldKind.CHOICE:
            node = self._buttons(field, anchors)
        elif field.kind is FieldKind.CHECK:
            node = self._button(anchors[0], TICKED, tick, TICK, is_on=field.value == TICKED)
            node.FT, node.V = Name.Btn, node.AS
        else:
            node = self._written(field, anchors[0], drawing)
        node.TU = String(field.label)
        if "/Subtype" in node:
            node.Contents = node.TU
        node.Ff = _flags(field)
        return node

    def _written(self, field: FormField, anchor: Anchor, drawing: Drawing) -> Dictionary:
        node = self._widget(anchor)
        node.DA = String(f"/{FONT} {drawing.size:g} Tf 0 g")
        node.AP = Dictionary(N=self._appearance(anchor.box, drawing.content))
        if field.value:
            node.V = String(field.value)
        if field.kind is FieldKind.LIST:
            node.FT = Name.Ch
            node.Opt = Array([Array([String(option.value), String(option.label)]) for option in field.options])
            return node
        node.FT = Name.Tx
        if field.max_length is not None:
            node.MaxLen = field.max_length
        return node

    def _buttons(self, field: FormField, anchors: Sequence[Anchor]) -> Dictionary:
        node: Dictionary = self._document.make_indirect(Dictionary(FT=Name.Btn, V=_state(field.value), Kids=Array()))
        for option, anchor in zip(field.options, anchors, strict=True):
            button = self._button(anchor, option.value, disc, DISC, is_on=option.value == field.value)
            button.TU = String(option.label)
            button.Contents = String(f"{field.label} – {option.label}")
            button.Parent = node
            node.Kids.append(button)
        return node

    def _button(
        self, anchor: Anchor, value: str, mark: Callable[[float, float], bytes], sign: str, *, is_on: bool
    ) -> Dictionary:
        """One place to click: our own drawing of each state, and the sign for who draws it anew."""
        node = self._widget(anchor)
        node.MK = Dictionary(CA=String(sign))
        states = {_state(value): mark(*_extent(anchor.box)), _state(""): b""}
        looks = Dictionary()
        for state, content in states.items():
            looks[state] = self._appearance(anchor.box, content)
        node.AP = Dictionary(N=looks)
        node.AS = _state(value if is_on else "")
        return node

    def _widget(self, anchor: Anchor) -> Dictionary:
        """A field's place on the page and among the words."""
        box, page = anchor.box, self._document.pages[anchor.box.page].obj
        rectangle = Array([box.left, box.bottom, box.right, box.top])
        node = Dictionary(Type=Name.Annot, Subtype=Name.Widget, F=_PRINT, Rect=rectangle, P=page)
        widget: Dictionary = self._document.make_indirect(node)
        _adopt(anchor.element, widget, page)
        self._widgets.append((box, widget))
        return widget

    def _appearance(self, box: Box, content: bytes) -> pikepdf.Object:
        width, height = _extent(box)
        stream = self._document.make_stream(content)
        stream.Type, stream.Subtype = Name.XObject, Name.Form
        stream.BBox = Array([0, 0, width, height])
        stream.Resources = self._resources if b"Tf" in content else Dictionary()
        return stream


def _adopt(element: Element, widget: Dictionary, page: pikepdf.Object) -> None:
    """Turn the structure element of a picture into that of a form field."""
    reference = Reference(Dictionary(Type=Name.OBJR, Obj=widget, Pg=page), widget)
    element.be("/Form")
    element.hold([*element.kids, reference])
    del element.item["/Alt"]


def _state(value: str) -> Name:
    return Name(f"/{value or 'Off'}")


def _flags(field: FormField) -> int:
    kinds = {FieldKind.LONG_TEXT: _LINES, FieldKind.CHOICE: _RADIO, FieldKind.LIST: _COMBO}
    flags = kinds.get(field.kind, 0)
    return flags | (_REQUIRED if field.required else 0) | (_READ_ONLY if field.read_only else 0)
