"""Where the files that come with the package lie: templates, examples, fonts.

In an installed wheel they are inside the package; in a checkout they stand beside ``src``.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["shipped"]

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent.parent


def shipped(name: str) -> Path:
    """Folder or file of that name that came with the package. Raises FileNotFoundError if it did not."""
    for place in (_PACKAGE / name, _CHECKOUT / name):
        if place.exists():
            return place
    raise FileNotFoundError(f"{name} is missing from this installation of conventions")
