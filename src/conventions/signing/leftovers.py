"""What a signing program leaves behind in a paper: an appearance that it made and did not use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis.rules_api import ReferenceUpdate, WhitelistRule

__all__ = ["EmptyAppearanceRule"]

_KEYS: Final = frozenset({"/Type", "/Subtype", "/BBox", "/Length"})


class EmptyAppearanceRule(WhitelistRule):
    """Allows new form objects in which there is nothing.

    Poppler (Okular, Evince) makes two appearances for a field that has one already, and forgets the first of them. An
    object that nothing refers to could hide something for later; one that holds nothing cannot.
    """

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterator[ReferenceUpdate]:
        """Every such object of the newer revision."""
        for reference in new.explicit_refs_in_revision():
            if old.is_ref_unassignable(reference) and _is_empty(new(reference)):
                yield ReferenceUpdate(reference)


def _is_empty(found: generic.PdfObject) -> bool:
    return (
        isinstance(found, generic.StreamObject)
        and found.keys() <= _KEYS
        and "/Subtype" in found
        and found.get("/Subtype") == "/Form"
        and not found.encoded_data.strip()
    )
