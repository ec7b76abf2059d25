"""JUDGEMENT: the questions of the evaluation forms, as shipped or as a department words them."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from pydantic import ValidationError

from conventions.errors import SettingsError
from conventions.model.complaints import findings_from
from conventions.model.evaluation import Questionnaires
from conventions.model.finding import Position
from conventions.text import Text, counted, quoted
from conventions.tomltext import line_finder

__all__ = ["FILE_NAME", "read", "shipped"]

FILE_NAME: Final = "questionnaires.toml"


@lru_cache(maxsize=1)
def shipped() -> Questionnaires:
    """The questions that come with the package."""
    return Questionnaires.model_validate(_shipped_data())


def read(text: str, file: str = FILE_NAME) -> Questionnaires:
    """A department's own questions. A questionnaire or a scale that the text does not hold stays as shipped.

    Args:
        text: TOML, in the form of the shipped file.
        file: its name, for messages.

    Raises:
        SettingsError: it is not TOML (QUESTIONS-01), or questions are wrong: all of them, each with its line
            (QUESTIONS-02).
    """
    try:
        own = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            "QUESTIONS-01",
            Text("the questions cannot be read: {problem}", problem=quoted(error)),
            Text("correct the line that is named"),
            place=file,
        ) from None
    line_of = line_finder(text)
    try:
        return Questionnaires.model_validate(_completed(own))
    except ValidationError as error:
        findings = findings_from(error, lambda field: Position(file, line_of(field)))
        raise SettingsError(
            "QUESTIONS-02",
            counted(
                "one thing is wrong with the questions", "{n} things are wrong with the questions", n=len(findings)
            ),
            Text("correct them; the shipped questions show how each kind is written"),
            place=file,
            findings=findings,
        ) from None


def _completed(own: dict[str, Any]) -> dict[str, Any]:
    """With the shipped questionnaires and scales that a text leaves out."""
    shipped_data = _shipped_data()
    whole = shipped_data | own
    scales = own.get("scales", {})
    if isinstance(scales, dict):
        whole["scales"] = shipped_data["scales"] | scales
    return whole


def _shipped_data() -> dict[str, Any]:
    return tomllib.loads(files("conventions").joinpath("data", FILE_NAME).read_text(encoding="utf-8"))
