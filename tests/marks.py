"""Marks that make a grade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hypothesis import strategies as st

from conventions.grading import grade
from conventions.model.dossier import Track
from conventions.model.grading import Grade, GradingSettings
from conventions.model.outcome import Marks

__all__ = ["GOLDEN", "MARK", "NAMES", "graded", "settings"]

GOLDEN: Final[Mapping[str, Any]] = {"professionalism": 14, "host": 16, "report": 12, "defence": 13}
NAMES: Final = tuple(GOLDEN)
MARK: Final = st.decimals(0, 20, places=2)


def settings(**changes: Any) -> GradingSettings:
    return GradingSettings.model_validate(changes)


def graded(track: Track = Track.STANDARD, *, by: Mapping[str, Any] | None = None, **changes: Any) -> Grade:
    """The golden marks with changes, graded by the shipped settings or by others."""
    return grade(Marks.model_validate({**GOLDEN, **changes}), settings(**by or {}), track=track)
