"""HAND on Word and LibreOffice: find a template, look it over, fill it, turn it into a PDF.

docxtpl and lxml are loaded when a name is first used: the board must not wait for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conventions.lazy import on_first_use

if TYPE_CHECKING:
    from conventions.press.confinement import Isolation, isolation
    from conventions.press.contact import Thumbnail, contact_sheet
    from conventions.press.conversion import Converter, convert
    from conventions.press.keeping import kept
    from conventions.press.linting import Standard, lint
    from conventions.press.picture import Logo, Picture
    from conventions.press.qrcode import code_for
    from conventions.press.raster import page_pictures
    from conventions.press.rendering import Filling, render
    from conventions.press.shelf import DIGESTS, Template, documents_available, find, is_as_shipped, take
    from conventions.press.skeleton import Outline, outline
    from conventions.press.soffice import installed
    from conventions.press.vocabulary import Shape, shape_of
    from conventions.press.wording import as_text

__all__ = [
    "DIGESTS",
    "Converter",
    "Filling",
    "Isolation",
    "Logo",
    "Outline",
    "Picture",
    "Shape",
    "Standard",
    "Template",
    "Thumbnail",
    "as_text",
    "code_for",
    "contact_sheet",
    "convert",
    "documents_available",
    "find",
    "installed",
    "is_as_shipped",
    "isolation",
    "kept",
    "lint",
    "outline",
    "page_pictures",
    "render",
    "shape_of",
    "take",
]

_HOMES = {
    "confinement": ("Isolation", "isolation"),
    "contact": ("Thumbnail", "contact_sheet"),
    "conversion": ("Converter", "convert"),
    "keeping": ("kept",),
    "linting": ("Standard", "lint"),
    "picture": ("Logo", "Picture"),
    "qrcode": ("code_for",),
    "raster": ("page_pictures",),
    "rendering": ("Filling", "render"),
    "shelf": ("DIGESTS", "Template", "documents_available", "find", "is_as_shipped", "take"),
    "skeleton": ("Outline", "outline"),
    "soffice": ("installed",),
    "vocabulary": ("Shape", "shape_of"),
    "wording": ("as_text",),
}

__getattr__ = on_first_use(__name__, {name: f"{__name__}.{home}" for home, names in _HOMES.items() for name in names})
