"""HAND on PDF: freeze what LibreOffice made, find the signature boxes, read where a paper comes from.

Nothing here ever writes to a signed file.
"""

from __future__ import annotations

from conventions.forms.boxes import anchors
from conventions.forms.freezing import freeze
from conventions.forms.stamp import origin

__all__ = ["anchors", "freeze", "origin"]
