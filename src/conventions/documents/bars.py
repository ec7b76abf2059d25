"""Bars of a chart as text: shaded blanks in a table, which Word edits, PDF/A keeps and a screen reader passes over."""

from __future__ import annotations

from typing import Final

from conventions.measures import Bin

__all__ = ["LONGEST", "bar", "histogram"]

_BLANK: Final = "\u202f"
"""Narrow and no-break. LibreOffice shades each U+00A0 by itself, and fine white lines show between them."""
LONGEST: Final = 120
"""Blanks; at the size of the style Bar a little less than 8 cm, 1.57 of them to a millimetre."""


def bar(count: int, most: int, longest: int = LONGEST) -> str:
    """A bar in proportion to the longest one; the smallest number above 0 can still be seen."""
    return _BLANK * max(round(count * longest / most), 1) if count else ""


def histogram(bins: tuple[Bin, ...], longest: int = LONGEST) -> tuple[dict[str, dict[str, object]], ...]:
    """Two bars to a row, the lower half of the grades on the left; all of them on one scale."""
    most = max((one.count for one in bins), default=0)
    shown = [
        {
            "low": one.low,
            "high": one.high,
            "count": one.count,
            "bar": bar(one.count, most, longest),
            "is_empty": not one.count,
        }
        for one in bins
    ]
    half = len(shown) // 2
    return tuple({"lower": lower, "upper": upper} for lower, upper in zip(shown[:half], shown[half:], strict=True))
