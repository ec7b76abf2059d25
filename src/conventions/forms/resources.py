"""The fonts and pictures that a page brings along (ISO 32000-1, 7.8.3)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import pikepdf
from pikepdf import Dictionary

__all__ = ["keep_used"]

_KINDS: Final = ("/Font", "/XObject")


def keep_used(page: pikepdf.Page, names: Collection[str]) -> None:
    """Leave a page only what it uses; LibreOffice gives the resources of all pages to each.

    pikepdf does the same, and takes the whole content apart for it.

    Args:
        page: with resources.
        names: that its content uses.
    """
    resources: Any = page.obj.Resources
    kinds = {kind: resources[kind] for kind in _KINDS if kind in resources}
    known = {name for found in kinds.values() for name in found.keys()}  # noqa: SIM118 - a PDF dictionary
    if not known.issuperset(names) or any(_has_content(picture) for picture in kinds.get("/XObject", {}).values()):
        page.remove_unreferenced_resources()
        return
    own = resources.copy()
    for kind, found in kinds.items():
        own[kind] = Dictionary({name: found[name] for name in sorted(known.intersection(names)) if name in found})
    page.obj.Resources = own


def _has_content(picture: Any) -> bool:
    """A form is content of its own, which uses names too."""
    return bool(picture.get("/Subtype") == "/Form")
