"""Fills in a form as a good viewer does: each answer as a value, and drawn where the paper has its place.

The file is written anew, which is what viewers do as well; whoever fills in a signed form ends its signatures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from conventions.errors import ForeignPaper, Refused
from conventions.forms.drawing import FONT, MORE, Pen
from conventions.forms.files import saved
from conventions.forms.returned import Returned, fields_in, reading, words
from conventions.forms.typeface import embedded
from conventions.text import Text

__all__ = ["filled"]

_LINES: Final = 1 << 12
_READ_ONLY: Final = 1 << 0
_OFF: Final = "Off"


def filled(pdf: bytes, values: Mapping[str, str]) -> bytes:
    """The form with these answers; the same answers give the same bytes. A field that is not named keeps its value.

    A text that is larger than its box is cut where the box ends, as on a screen: the value itself stays whole.

    Args:
        pdf: the form as it was sent.
        values: by name of the field; of a choice the option, of a check box its state; empty for no answer.

    Raises:
        ForeignPaper: it is not a readable PDF, it is encrypted (PDF-01), or it is no form that can be written in
            (PDF-06).
        Refused: the form has no such field, no such answer, or the field cannot be changed (FORM-FIELD).
    """
    with reading(pdf) as document:
        found = fields_in(document)
        if strange := [name for name, value in values.items() if not _takes(found.get(name), value)]:
            raise _strange(strange)
        answers = [(found[name], value) for name, value in values.items() if not _has(found[name], value)]
        _Writer(document).write(answers)
        return saved(document)


def _strange(names: list[str]) -> Refused:
    return Refused(
        "FORM-FIELD",
        Text("the form has no place for these answers: {places}", places=tuple(names)),
        Text("take the form back and issue it again: its questions were changed after it was sent"),
    )


def _takes(field: Returned | None, value: str) -> bool:
    if field is None or field.flags & _READ_ONLY:
        return False
    if field.kind == "/Btn":
        return value in {"", *_states(field)}
    if field.kind == "/Ch":
        return value in {"", *_labels(field)}
    return field.kind == "/Tx"


def _has(field: Returned, value: str) -> bool:
    """Does the field say so already? What is prefilled stays as it is drawn."""
    said = words(field.get("/V"))
    return value == ("" if field.kind == "/Btn" and said == _OFF else said)


def _states(field: Returned) -> set[str]:
    return {name for widget in field.widgets for name in _looks(widget)} - {_OFF}


def _looks(widget: Dictionary) -> set[str]:
    looks = widget.get("/AP")
    states = looks.get("/N") if isinstance(looks, Dictionary) else None
    return {key.removeprefix("/") for key in states.keys()} if isinstance(states, Dictionary) else set()  # noqa: SIM118


def _labels(field: Returned) -> dict[str, str]:
    options = field.get("/Opt")
    pairs = [[words(part) for part in option] for option in options] if isinstance(options, Array) else []
    return {pair[0]: pair[-1] for pair in pairs}


class _Writer:
    """Writes the answers of one form; glyphs that its own typeface lacks come into a second one."""

    def __init__(self, document: pikepdf.Pdf) -> None:
        fonts: object = document.Root
        for part in ("/AcroForm", "/DR", "/Font"):
            fonts = fonts.get(part) if isinstance(fonts, Dictionary) else None
        if not isinstance(fonts, Dictionary) or f"/{FONT}" not in fonts:
            raise ForeignPaper(
                "PDF-06",
                Text("nothing can be written into this file: it is not a form as this office makes them"),
                Text("use the form that was sent"),
            )
        self._document = document
        self._pen = Pen()
        self._fonts = Dictionary({f"/{FONT}": fonts[f"/{FONT}"]})
        self._resources = document.make_indirect(Dictionary(Font=self._fonts))

    def write(self, answers: Iterable[tuple[Returned, str]]) -> None:
        """Each answer into its field and onto its page."""
        for field, value in answers:
            if field.kind == "/Btn":
                _choose(field, value)
            else:
                self._write(field, value)
        if len(self._pen.foreign.face.texts) > 1:
            self._fonts[f"/{MORE}"] = embedded(self._document, self._pen.foreign.face)

    def _write(self, field: Returned, value: str) -> None:
        field.node.V = String(value)
        shown = _labels(field).get(value, value)
        for widget in field.widgets:
            left, bottom, right, top = (float(edge) for edge in widget.Rect)
            width, height = round(right - left, 1), round(top - bottom, 1)
            is_long = bool(field.flags & _LINES)
            drawing = self._pen.text(shown, width, height, is_long=is_long, is_cut=True)
            widget.DA = String(f"/{FONT} {drawing.size:g} Tf 0 g")
            look = self._document.make_stream(drawing.content)
            look.Type, look.Subtype = Name.XObject, Name.Form
            look.BBox = Array([0, 0, width, height])
            look.Resources = self._resources
            widget.AP = Dictionary(N=look)


def _choose(field: Returned, value: str) -> None:
    """Switch on the one button whose state it is, and all others off."""
    field.node.V = Name(f"/{value or _OFF}")
    for widget in field.widgets:
        widget.AS = Name(f"/{value if value in _looks(widget) else _OFF}")
