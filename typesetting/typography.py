"""The no-break spaces, quotes and apostrophes of each language; placeholders and tags are left alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

__all__ = ["typeset"]

_TAG: Final = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})")
_NBSP: Final = "\u00a0"
_THIN: Final = "\u202f"

_ABBREVIATIONS: Final = re.compile(
    r"\b(art\.|Art\.|no\.|No\.|n°|n\.º|núm\.|Nr\.|s\.|ss\.|§|p\.|Abs\.|Satz|article|articles|artículo|artículos|Artikel"
    r"|Article|section|sections|Annexe|Annex|Anexo|Anlage|z\.) (?=[A-Z]{0,2}\.? ?\d|[BLRD]\b)"
)
_CODE: Final = re.compile(r"\b([LRD]\.) (?=\d)")
_ARTICLE: Final = re.compile(rf"\b([LRD]\.{_NBSP}\d{{3,4}})-(?=\d)")
_STATUTE: Final = re.compile(rf"((?:no\.|n°|n\.º|Nr\.){_NBSP}\d{{2,4}})-(?=\d)")
_FIXED_HYPHEN: Final = "\u2011"
"""Keeps the number of an article or an act on one line; LibreOffice prints and copies it as a plain hyphen."""
_MONTHS: Final = (
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    "|January|February|March|April|May|June|July|August|September|October|November|December"
    "|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    "|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember"
)
_DAY: Final = re.compile(rf"\b(?:\d{{1,2}}\.?|1er) (?:de )?(?:{_MONTHS})\b(?:(?: de)? \d{{4}})?")
_UNIT: Final = (
    r"(?:[%€]|(?:h|mm|ECTS|jours?|mois|semaines?|heures?|crédits?|hours?|days?|weeks?|horas?|días?|semanas?|créditos?"
    r"|Stunden?|Tagen?|Tage|Wochen|Unterrichtsstunden|Anwesenheitstage)\b)"
)
_UNITS: Final = re.compile(rf"(?<=\d) (?={_UNIT})")
_COUNTED: Final = re.compile(rf"(?<=\}}\}}) (?={_UNIT})")
"""Between a value and its unit."""
_NAMED: Final = re.compile(r"(n°|N°|n\.º|N\.º|no\.|No\.|Nr\.|−) (?=\{\{)")
"""Between a sign and the value that it is about."""


def typeset(words: str, language: str) -> str:
    """Text with the typography of its language."""
    parts = _TAG.split(words)
    rules = _RULES[language]
    joined = "".join(part if _TAG.fullmatch(part) else rules(part) for part in parts)
    joined = _NAMED.sub(rf"\1{_NBSP}", _COUNTED.sub(_NBSP, joined))
    if language == "fr":
        joined = re.sub(r"(?<=\}\}) ([:;?!»])", lambda match: _before(match[1]), joined)
        joined = re.sub(r"« (?=\{\{)", f"«{_NBSP}", joined)
    return joined


def _before(mark: str) -> str:
    return f"{_NBSP if mark in ':»' else _THIN}{mark}"


def _common(words: str) -> str:
    words = words.replace("'", "’")
    words = _ABBREVIATIONS.sub(rf"\1{_NBSP}", words)
    words = _ARTICLE.sub(rf"\1{_FIXED_HYPHEN}", _CODE.sub(rf"\1{_NBSP}", words))
    words = _STATUTE.sub(rf"\1{_FIXED_HYPHEN}", words)
    words = _DAY.sub(lambda match: match[0].replace(" ", _NBSP), words)
    return _UNITS.sub(_NBSP, words)


def _french(words: str) -> str:
    words = re.sub(r" ([:;?!»])", lambda match: _before(match[1]), _common(words))
    return words.replace("« ", f"«{_NBSP}")


_RULES: Final[dict[str, Callable[[str], str]]] = {"fr": _french, "en": _common, "es": _common, "de": _common}
