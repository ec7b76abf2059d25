"""Invented dossiers, as full as the model allows: previews show them; what templates may print is read from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from conventions import press
from conventions.documents import DOCUMENTS, Campaign, Case, Context, DocumentType, Edition, House
from conventions.in_force import proposed
from conventions.intake import Source, read
from conventions.intake.yaml12 import parse
from conventions.languages import Language
from conventions.model.dossier import Dossier, Track
from conventions.model.grading import Codes, GradingSettings, TrackWeights, Weights
from conventions.model.party import Delegation, Official
from conventions.model.roles import ROLE_LABELS, Circuit, Step
from conventions.pipeline.orders import CampaignOrder, Order
from conventions.settings import load
from conventions.shipped import shipped
from conventions.signers import official_signatories, signatories

__all__ = ["SPECIMEN_NOW", "cases", "order_for", "sheet_of", "specimens", "vocabulary"]

SPECIMEN_NOW: Final = datetime(2026, 2, 16, 10, tzinfo=UTC)
"""When papers about a specimen are made: equal templates give equal previews on any day."""

_FILE: Final = "data/specimen.yaml"
_EVERYBODY: Final = Circuit((Step(tuple(ROLE_LABELS), days=3),))
_OFFICIALS: Final = Circuit((Step(("coordinator", "dean", "president"), days=3),))
_VARIANTS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "minor": {"student": {"birth_date": date(2008, 10, 9)}},
        "public": {
            "host": {"sector": "public"},
            "allowance": {"amount": 0, "unpaid_reason": "moins de deux mois de présence"},
        },
        "entrepreneur": {"track": Track.SNEE},
        "wordy": {
            "amendments": (
                {"number": 1, "effective": date(2026, 6, 15), "reason": "objet précisé", "subject": "registre " * 400},
            )
        },
        "short": {"schedule": {"end": date(2026, 5, 29), "periods": (), "slots": (), "absences": ()}},
    }
)
"""What else can be the case in France and never all at once; the short one becomes longer by its amendments."""
_YEAR: Final = (
    ("SPECIMEN-2", "Amadou", "Bâ-Lenoir", "42107722", {"report": 11.5, "penalties": ()}),
    ("SPECIMEN-3", "Thị Mai", "Đặng", "42107723", {"defence": None, "penalties": ()}),
    ("SPECIMEN-4", "Iñaki", "Etcheverry", "42107724", {"absence": "excused", "penalties": ()}),
    ("SPECIMEN-5", "Zofia", "Żurawska", "42107725", {"report": 6, "defence": 5.5, "host": 9}),
)
"""The others of a year: number, names, number of the student, what is different in the marks."""


@lru_cache(maxsize=1)
def specimens() -> Mapping[str, Dossier]:
    """By name: ``abroad`` has every field there is, ``france`` is the same internship in Lyon; then their variants."""
    abroad = read(shipped(_FILE)).dossier
    own = parse(shipped("data/specimen-france.yaml").read_bytes(), "specimen-france.yaml").data
    france = _with(abroad, own)
    signed = [{"signed_on": one.effective, **one.model_dump(exclude_none=True)} for one in abroad.amendments]
    variants = {name: _with(france, changes) for name, changes in _VARIANTS.items()}
    return MappingProxyType(
        {"france": france, "abroad": abroad, "signed": _with(abroad, {"amendments": signed}), **variants}
    )


def sheet_of(key: str) -> tuple[DocumentType, Context]:
    """The document type that a template belongs to, and what its context is computed by. KeyError for any other."""
    for kind in DOCUMENTS.values():
        for name, context in ((kind.key, kind.context), *((annex.key, annex.context) for annex in kind.annexes)):
            if name == key:
                return kind, context
    raise KeyError(key)


def order_for(key: str, language: str, source: Source | None = None) -> Order | CampaignOrder:
    """The paper that a preview of a template shows: about a specimen that has what it needs, or about a dossier.

    KeyError for a key that no document has.
    """
    kind, _ = sheet_of(key)
    if kind.about == "campaign":
        sources = (source,) if source else tuple(map(_source, _year()))
        return CampaignOrder(sources, kind.key, sources[0].dossier.academic_year, language=language)
    if source is None:
        source = _source(_fitting(key, language))
    waiting = proposed(source.dossier) or source.dossier.amendments
    is_amendment = kind.about == "amendment"
    document = f"{kind.key}-{waiting[0].number if waiting else 1}" if is_amendment else kind.key
    return Order(source, document, language=language)


def _fitting(key: str, language: str) -> Dossier:
    """The first specimen with all that the document needs."""
    kind, _ = sheet_of(key)
    wanted = [annex.wanted for annex in kind.annexes if annex.key == key]
    return next(
        case.dossier
        for case in cases(key, (language,))
        if isinstance(case, Case) and not any(kind.lacks(case)) and all(is_wanted(case) for is_wanted in wanted)
    )


def _year() -> tuple[Dossier, ...]:
    first = specimens()["france"]
    others = (
        _with(
            first,
            {
                "number": number,
                "student": {"first_name": first_name, "last_name": last_name, "student_number": student_number},
                "marks": marks,
            },
        )
        for number, first_name, last_name, student_number, marks in _YEAR
    )
    return (first, *others)


@lru_cache(maxsize=64)
def vocabulary(key: str) -> press.Shape:
    """Every name that a template may use, from what its document computes. KeyError for a key that no document has."""
    _, context = sheet_of(key)
    english = Language("en")
    return press.shape_of(context(case, english) for case in cases(key, ("en", "fr")))


def cases(key: str, languages: Sequence[str]) -> Iterator[Case | Campaign]:
    """Every specimen as a template can meet it, with everybody as signatory and nothing left out of the settings."""
    kind, _ = sheet_of(key)
    house, known = _house(), specimens()
    first = known["france"]
    number = first.academic_year if kind.about == "campaign" else first.number
    edition = Edition(
        number,
        "0" * 64,
        SPECIMEN_NOW.date(),
        languages=tuple(languages),
        verification="https://univ-exemple.test/verify",
    )
    if kind.about == "campaign":
        officials = official_signatories(_OFFICIALS, house.officials)
        in_hours = replace(house, profile=house.profile.model_copy(update={"duration_measure": "hours"}))
        yield from (Campaign(edition, each, tuple(known.values()), officials) for each in (house, in_hours))
        return
    for dossier in known.values():
        case = Case(edition, house, dossier, signatories(dossier, _EVERYBODY, house.officials))
        for amendment in proposed(dossier) or dossier.amendments if kind.about == "amendment" else (None,):
            yield replace(case, amendment=amendment)


@lru_cache(maxsize=1)
def _house() -> House:
    """That of the shipped example, with what its settings leave open filled in."""
    settings = load(shipped("examples")).settings
    people = {role: _complete(official) for role, official in settings.people.by_role.items()}
    for role in ("president", "internship_office"):
        people.setdefault(role, people["dean"])
    return House(
        settings.institution.model_copy(update={"accident_insurer": "Mutuelle Exemple"}),
        settings.programme,
        people,
        settings.rules.model_copy(update={"health_alert": "–", "local_floor": settings.rules.local_floor + 5}),
        GradingSettings(
            weights=TrackWeights(snee=Weights()),
            penalties_at_most=Decimal(4),
            jury_quantum=Decimal("0.25"),
            codes=Codes(draft="DEF"),
        ),
    )


def _complete(official: Official) -> Official:
    act = Delegation(on_behalf_of=official.name, reference="1", since=SPECIMEN_NOW.date())
    return official.model_copy(
        update={"delegation": official.delegation or act, "phone": official.phone or "+33 3 53 01 02 04"}
    )


def _source(dossier: Dossier) -> Source:
    return Source(dossier, shipped(_FILE).name, {})


def _with(dossier: Dossier, changes: Mapping[str, Any]) -> Dossier:
    return Dossier.model_validate(_merged(dossier.model_dump(), changes))


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The base with the changes, group by group; a list replaces a list."""
    result = dict(base)
    for name, value in changes.items():
        old = result.get(name)
        result[name] = _merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return result
