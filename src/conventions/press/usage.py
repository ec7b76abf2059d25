"""What a template asks for: every name in its placeholders, conditions and loops, held against what there is."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import jinja2
from jinja2 import nodes

from conventions.press.filters import Misfit, misfit
from conventions.press.remarks import Remark
from conventions.press.tags import Piece
from conventions.press.vocabulary import FLAG, NUMBER, WORDS, Shape, nearest
from conventions.text import Text, quoted

__all__ = ["Use", "usage"]

_CALLABLE: Final = frozenset({"cycle", "changed"})
_LOOP: Final = Shape(
    members={
        **dict.fromkeys(("index", "index0", "revindex", "revindex0", "length", "depth", "depth0"), Shape({NUMBER})),  # type: ignore[arg-type]
    }
)
