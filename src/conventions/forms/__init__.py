"""HAND on PDF: freeze what LibreOffice made, place fields and find signature boxes, read what a paper says of itself.

Nothing here ever writes to a signed file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conventions.lazy import on_first_use

if TYPE_CHECKING:
    from conventions.forms.addressing import addressed
    from conventions.forms.boxes import anchors
    from conventions.forms.comparison import same_form
    from conventions.forms.exports import Export, exported, freeze, orphans
    from conventions.forms.filling import filled
    from conventions.forms.layout import places_of
    from conventions.forms.reply import answers
    from conventions.forms.stamp import made_at, origin
    from conventions.forms.visible import visible_digests

__all__ = [
    "Export",
    "addressed",
    "anchors",
    "answers",
    "exported",
    "filled",
    "freeze",
    "made_at",
    "origin",
    "orphans",
    "places_of",
    "same_form",
    "visible_digests",
]

_HOMES = {
    "Export": "exports",
    "addressed": "addressing",
    "anchors": "boxes",
    "answers": "reply",
    "exported": "exports",
    "filled": "filling",
    "freeze": "exports",
    "made_at": "stamp",
    "origin": "stamp",
    "orphans": "exports",
    "places_of": "layout",
    "same_form": "comparison",
    "visible_digests": "visible",
}

__getattr__ = on_first_use(__name__, {name: f"{__name__}.{home}" for name, home in _HOMES.items()})
