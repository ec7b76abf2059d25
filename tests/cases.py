"""What a document is made from, and the papers that come of it through the real LibreOffice."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final

from conventions import forms, press
from conventions.documents import Campaign, Case, Edition, House, document_type
from conventions.in_force import before
from conventions.languages import Language
from conventions.model.dossier import Dossier
from conventions.model.paper import Origin
from conventions.model.roles import DEFAULT_CIRCUIT, Circuit
from conventions.signers import circuit_of, signatories
from tests.builders import ON, a_profile, a_programme, an_institution, officials

__all__ = [
    "CODE_ALT",
    "CUT_HOSTILE",
    "DIGEST",
    "HOSTILE",
    "NOW",
    "VERIFICATION",
    "Paper",
    "a_case",
    "a_word_document",
    "code_of",
    "finished",
    "holes",
    "squeezed",
]

NOW: Final = datetime.combine(ON, time(10), UTC)
DIGEST: Final = "3f9a" * 16
VERIFICATION: Final = "https://stages.univ-exemple.test/verify"
CODE_ALT: Final = "code that leads to how this paper is verified"
HOSTILE: Final = "<w:p/> & {{ x }} {% if %} ]]> “éß” Łódź Ж"
CUT_HOSTILE: Final = re.compile(r"w:p/> & \{\{ x \}\} \{% if(?: %\})?…")
"""The same in a running head, without its first sign: pdftotext may put that elsewhere beside an Arabic name."""
"""Words that would be markup if anybody let them."""
_PASSES: Final = 4


@dataclass(frozen=True)
class Paper:
    """A finished paper and its words, with single spaces."""

    case: Case
    data: bytes
    words: str
    pages: int


def a_case(
    dossier: Dossier,
    *,
    on: date = ON,
    circuit: Circuit = DEFAULT_CIRCUIT,
    languages: Sequence[str] = ("fr",),
    amendment: int | None = None,
    version: int = 1,
    **rules: Any,
) -> Case:
    """One dossier, or one of its amendments by number, as an office would issue it; ``rules`` are the department's."""
    people = officials()
    people["president"] = people["dean"].model_copy(update={"first_name": "Anne-Lise", "last_name": "Roussel"})
    mine = next((one for one in dossier.amendments if one.number == amendment), None)
    agreed = before(dossier, mine) if mine else dossier
    return Case(
        edition=Edition(dossier.number, DIGEST, on, version, tuple(languages), VERIFICATION),
        house=House(an_institution(), a_programme(), people, a_profile(**rules)),
        dossier=dossier,
        signatories=signatories(agreed, circuit_of(agreed, circuit), people),
        amendment=mine,
    )


def a_word_document(document: str, case: Case, breaks: frozenset[int] = frozenset()) -> bytes:
    """All the texts of a paper, filled and joined."""
    fillings = (
        press.Filling(press.find(key, code), context(case, Language(code)), Language(code))
        for key, context, code in document_type(document).sheets(case)
    )
    return press.render(*fillings, title=document, author="U", now=NOW, code=code_of(case), breaks=breaks)


def code_of(case: Case | Campaign) -> press.Picture | None:
    """The code that the paper bears."""
    return press.code_for(case.edition.code, CODE_ALT) if case.edition.code else None


def finished(document: str, cases: Mapping[str, Case]) -> dict[str, Paper]:
    """Papers of one type as an office makes them: again with a page break wherever a heading stood alone."""
    done: dict[str, Paper] = {}
    breaks = dict.fromkeys(cases, frozenset[int]())
    for last in (False,) * _PASSES + (True,):
        waiting = [(name, a_word_document(document, cases[name], breaks[name])) for name in cases if name not in done]
        for name, data in press.convert(waiting):
            assert isinstance(data, bytes), f"{name}: {data}"
            alone = breaks[name].union(forms.orphans(data))
            if last or alone == breaks[name]:
                done[name] = _paper(document, cases[name], data)
            breaks[name] = alone
    return done


def _paper(document: str, case: Case, data: bytes) -> Paper:
    language = case.edition.languages[0]
    origin = Origin(document, case.dossier.number, 1, language, DIGEST, "b" * 64, "conventions 0.1.0")
    frozen = forms.freeze(data, origin, title=document, now=NOW)
    raw = subprocess.run(["pdftotext", "-raw", "-", "-"], input=frozen, capture_output=True, check=True).stdout.decode()
    return Paper(case, frozen, " ".join(raw.split()), raw.count("\f"))


def holes(words: str) -> list[str]:
    """What a value that is missing, or printed as a program sees it, would leave in a paper."""
    words = CUT_HOSTILE.sub("", words.replace(HOSTILE, "Ж")).replace(" ; ", "; ")
    unfilled = r"\{\{|\}\}|\{%|%\}|\bNone\b|\bFalse\b|\bTrue\b|Text\(|Decimal\(|\(\)| [,;.] |: ?\.(?!\w)|,,|\.\."
    return [words[max(0, match.start() - 30) : match.end() + 30] for match in re.finditer(unfilled, words)]


def squeezed(words: str) -> str:
    """Without spaces and hyphens: a PDF does not tell one at the end of a line from one in a word."""
    return re.sub(r"[\s‑-]", "", words).replace("’", "'")
