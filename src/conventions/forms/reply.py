"""Takes the answers out of a form that came back, and notices where the page shows something else."""

from __future__ import annotations

import unicodedata
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Stream

from conventions.forms.legible import has_mark, shown
from conventions.forms.returned import HIDDEN, Returned, fields_in, reading, words
from conventions.forms.stamp import origin
from conventions.model.form import Answers

__all__ = ["answers"]

_LONGEST: Final = 20_000
_PUSH: Final = 1 << 16
_OFF: Final = "Off"
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})


def answers(pdf: bytes) -> Answers:
    """What was entered into a form. Works on signed files, changes nothing.

    A value counts as it is stored; scripts, rich text and XFA are not looked at. At most 20,000 characters of it are
    taken. The appearance of each field is read as well, because it is what people saw: it may be missing, or empty like
    the value, or say the same in another layout.

    Raises:
        ForeignPaper: the file is not a readable PDF, or it is encrypted (PDF-01).
    """
    with reading(pdf) as document:
        found = {name: field for name, field in fields_in(document).items() if _is_answer(field)}
        form = document.Root.get("/AcroForm")
        spare = form.get("/DR") if isinstance(form, Dictionary) else None
        values = {name: _value(field) for name, field in found.items()}
        views = {name: _agrees(field, values[name], spare) for name, field in found.items()}
    return Answers(
        values={name: value[:_LONGEST] for name, value in values.items()},
        disagreements=tuple(name for name, view in views.items() if view is False),
        unreadable=tuple(name for name, view in views.items() if view is None or len(values[name]) > _LONGEST),
        is_flattened=not found and origin(pdf) is not None,
    )


def _is_answer(field: Returned) -> bool:
    return field.kind in {"/Tx", "/Ch"} or (field.kind == "/Btn" and not field.flags & _PUSH)


def _value(field: Returned) -> str:
    stored = field.get("/V")
    if field.kind == "/Ch" and isinstance(stored, Array):
        stored = stored[0] if len(stored) == 1 else None
    value = words(stored)
    if field.kind == "/Btn":
        state = value.removeprefix("/")  # some programs write a name as a string
        return "" if state == _OFF else state
    options = _options(field)
    labels = {label: code for code, label in options.items()}
    return value if value in options else labels.get(value, value)  # some programs store the label


def _options(field: Returned) -> dict[str, str]:
    """Label of each value of a list; nothing for a field of another kind."""
    options = field.get("/Opt")
    found = {}
    for option in options if isinstance(options, Array) else ():
        pair = [words(part) for part in option] if isinstance(option, Array) else [words(option)]
        if pair:
            found[pair[0]] = pair[-1]
    return found


def _agrees(field: Returned, value: str, spare: object) -> bool | None:
    """Whether every place of a field shows its value; None when that cannot be told."""
    if field.kind == "/Btn":
        marks = {mark for widget in field.widgets for mark in _marks(widget)}
        return marks == ({value} if value else set())
    options = _options(field)
    wanted = {options.get(value, value)}
    if value not in options.values():
        wanted.add(value)  # some programs draw the value of a list instead of its label
    views = [_shows(widget, wanted, spare, is_list=field.kind == "/Ch") for widget in field.widgets]
    return None if None in views and False not in views else all(views)


def _marks(widget: Dictionary) -> set[str]:
    """The states that a button shows: its own when it is on, and one that no value has when a mark stands for off."""
    state = words(widget.get("/AS"))
    look = _normal(widget)
    if isinstance(look, Dictionary):
        look = look.get(f"/{state or _OFF}")
        is_marked = isinstance(look, Stream) and has_mark(look)
    else:
        is_marked = state not in {"", _OFF}
    return {state or _OFF} if is_marked and not _is_hidden(widget) else set()


def _shows(widget: Dictionary, wanted: set[str], spare: object, *, is_list: bool) -> bool | None:
    look = _normal(widget)
    if _is_hidden(widget):
        return "" in wanted
    if look is None:
        return True
    text = shown(look, spare, is_list=is_list) if isinstance(look, Stream) else None
    return None if text is None else _bare(text) in {_bare(value) for value in wanted}


def _normal(widget: Dictionary) -> pikepdf.Object | None:
    looks = widget.get("/AP")
    return looks.get("/N") if isinstance(looks, Dictionary) else None


def _is_hidden(widget: Dictionary) -> bool:
    flags: object = widget.get("/F", 0)
    return isinstance(flags, int) and bool(flags & HIDDEN)


def _bare(text: str) -> str:
    """Text without what a layout may change: spaces, line breaks, signs of no width.

    Viewers draw from right to left in an order, and with joined letters, of their own: then only which characters there
    are is compared.
    """
    text = unicodedata.normalize("NFC", text)
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text):
        text = "".join(sorted(unicodedata.normalize("NFKC", text)))
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Cf")
