"""Forms that LibreOffice really made, with a field of every kind, and the pens that people fill them in with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

import docx
import pikepdf
from docx.shared import Mm
from pikepdf import Array, Dictionary, Name, String
from pypdf import PdfWriter

from conventions import forms, press
from conventions.forms.returned import fields_in
from conventions.model.form import TICKED, FieldKind, FormField, Option
from conventions.model.paper import Origin
from typesetting.style import box_picture

NOW: Final = datetime(2026, 2, 16, 10, 30, tzinfo=UTC)
ORIGIN: Final = Origin("evaluation", "2026-0001", 1, "fr", "a" * 64, "b" * 64, "conventions 0.1.0")

PLACES: Final = {
    "field:host.name": (60, 7),
    "field:mark": (20, 7),
    "field:when": (30, 7),
    "field:wish": (60, 7),
    "field:attendance:poor": (4, 4),
    "field:attendance:good": (4, 4),
    "field:agreed": (4, 4),
    "field:comment": (120, 40),
}
"""The pictures of the template and their size in millimetres."""
FIELDS: Final = (
    FormField("host.name", FieldKind.TEXT, "Organisme d’accueil", value="Łódź Cycles", read_only=True),
    FormField("mark", FieldKind.NUMBER, "Note sur 20", maximum=Decimal(20), required=True, max_length=5),
    FormField("when", FieldKind.DATE, "Date de la visite", value="13 avril 2026"),
    FormField("wish", FieldKind.LIST, "Suite", options=(Option("job", "Embauche — oui"), Option("none", "Aucune"))),
    FormField(
        "attendance",
        FieldKind.CHOICE,
        "Assiduité",
        options=(Option("poor", "faible"), Option("good", "bonne")),
        value="good",
    ),
    FormField("agreed", FieldKind.CHECK, "D’accord"),
    FormField("comment", FieldKind.LONG_TEXT, "Commentaire"),
)


def a_template(places: Sequence[tuple[str, tuple[int, int]]], words: str = "Évaluation du stage") -> bytes:
    """A Word document with a picture for each place, each in a paragraph of its own."""
    document = docx.Document()
    document.add_heading(words, 1)
    for place, (width, height) in places:
        paragraph = document.add_paragraph("Réponse : ")
        picture = paragraph.add_run().add_picture(BytesIO(box_picture(Mm(width), Mm(height))), Mm(width), Mm(height))
        picture._inline.docPr.set("descr", place)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def exported(templates: Mapping[str, bytes]) -> dict[str, bytes]:
    """What LibreOffice makes of Word documents."""
    papers = {}
    for name, result in press.convert([*templates.items()], workers=2):
        assert isinstance(result, bytes), result
        papers[name] = result
    return papers


def frozen(export: bytes, fields: Sequence[FormField] = FIELDS, *, origin: Origin = ORIGIN) -> bytes:
    """The form as it is sent."""
    return forms.freeze(export, origin, title="Évaluation", now=NOW, fields=fields)


def changed(pdf: bytes, change: Any, **options: Any) -> bytes:
    """The PDF after a function has changed it."""
    target = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        change(document)
        document.save(target, **options)
    return target.getvalue()


def widgets(document: pikepdf.Pdf, name: str) -> tuple[Dictionary, ...]:
    """Of one field."""
    return fields_in(document)[name].widgets


def appearance(document: pikepdf.Pdf, name: str, content: bytes, fonts: Dictionary | None = None) -> None:
    """Draw a field anew."""
    (widget,) = widgets(document, name)
    stream = document.make_stream(content)
    stream.Subtype, stream.BBox = pikepdf.Name.Form, Array([0, 0, *_extent(widget)])
    stream.Resources = document.Root.AcroForm.DR if fonts is None else Dictionary(Font=fonts)
    widget.AP = Dictionary(N=stream)


def _extent(widget: Any) -> tuple[float, float]:
    left, bottom, right, top = (float(edge) for edge in widget.Rect)
    return right - left, top - bottom


def filled_by_pypdf(pdf: bytes, values: Mapping[str, str], *, is_appended: bool = False) -> bytes:
    """Filled by a library that draws what it fills in; it rewrites the file, or adds to its end."""
    source = BytesIO(pdf)
    writer = PdfWriter(source, incremental=True) if is_appended else PdfWriter(clone_from=source)
    for page in writer.pages:
        writer.update_page_form_field_values(page, dict(values), auto_regenerate=False)
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


ENTERED = {
    "mark": "12,5",
    "wish": "job",
    "attendance": "/poor",
    "agreed": f"/{TICKED}",
    "comment": "Très à l’aise, « œuvre » : 5 €.\nNguyễn Thị Hường, Łódź, Şişli — été",
}
READ = {
    "host.name": "Łódź Cycles",
    "mark": "12,5",
    "when": "13 avril 2026",
    "wish": "job",
    "attendance": "poor",
    "agreed": TICKED,
    "comment": "Très à l’aise, « œuvre » : 5 €.\nNguyễn Thị Hường, Łódź, Şişli — été",
}


def entered(form: bytes, name: str, value: str, content: bytes | None = None, **fonts: Any) -> bytes:
    """A text field with a value, and the appearance that some program draws of it; none without content."""

    def enter(document: pikepdf.Pdf) -> None:
        (widget,) = widgets(document, name)
        widget.V = String(value)
        if content is None:
            del widget.AP
        else:
            own = {f"/{key}": _ranged(document) if font == "ranges" else font for key, font in fonts.items()}
            appearance(document, name, content, Dictionary(own) if own else None)

    return changed(form, enter)


def _ranged(document: pikepdf.Pdf) -> Dictionary:
    """A font whose characters are told in ranges, as most programs tell them."""
    ranges = b"2 beginbfrange <01> <02> <0061> <03><09> [<0063> <0064><0065> <0066> <0067> <0068> <0153>] endbfrange"
    return Dictionary(
        Type=Name.Font, Subtype=Name.TrueType, BaseFont=Name("/Sans"), ToUnicode=document.make_stream(ranges)
    )


def codes(words: str) -> bytes:
    """Words as the house typeface writes them, as a hexadecimal string."""
    return b"<" + words.encode("utf-16-be").hex().encode() + b">"


def pressed(name: str, states: list[str], value: str) -> Callable[[pikepdf.Pdf], None]:
    """Buttons in these states, and the value that they are said to have."""

    def change(document: pikepdf.Pdf) -> None:
        buttons = widgets(document, name)
        for widget, state in zip(buttons, states, strict=True):
            widget.AS = Name(state)
        node = buttons[0].get("/Parent", buttons[0])
        node.V = Name(value)

    return change


def with_entries(name: str, **entries: Any) -> Callable[[pikepdf.Pdf], None]:
    """A field with these entries."""

    def change(document: pikepdf.Pdf) -> None:
        (widget,) = widgets(document, name)
        for key, value in entries.items():
            widget[f"/{key}"] = value

    return change
