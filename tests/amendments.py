"""Amendments of every kind, for the dossier of the tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from conventions.model.dossier import Dossier
from conventions.model.roles import Circuit, Step
from tests.builders import a_dossier

__all__ = [
    "ADA",
    "ENDED",
    "EVERYONE",
    "EVERYTHING",
    "LONGER",
    "NOE",
    "PAID",
    "RAISED",
    "SHORT",
    "amended",
    "an_amendment",
]

EVERYONE = Circuit(
    (
        Step(("student",), 3),
        Step(("company", "tutor"), 5),
        Step(("referent", "coordinator"), 3),
        Step(("dean", "president"), 3),
    )
)


# ── whole papers ─────────────────────────────────────────────────────────────────────────────────────────
ADA = {
    "first_name": "Ada",
    "last_name": "Klein",
    "email": "ada.klein@atelier-nord.test",
    "phone": "+33 3 53 01 00 19",
    "function": "Responsable produit",
}
NOE = {
    "first_name": "Noé",
    "last_name": "Étienne",
    "email": "noe.etienne@univ-exemple.test",
    "function": "Maître de conférences",
}
RAISED = {"amount": "5.20", "payment": "actual", "method": "virement", "due_day": "le 5 du mois suivant"}
EVERYTHING: dict[str, Any] = {
    "end": date(2026, 8, 14),
    "interruptions": [
        {"start": date(2026, 7, 13), "end": date(2026, 7, 13)},
        {"start": date(2026, 6, 15), "end": date(2026, 6, 19), "reason": "examens"},
    ],
    "workplace": {
        "department": "R&D",
        "address": {"street": "12 rue Nationale", "postal_code": "59800", "city": "Lille"},
        "travel": "salon de Lyon",
    },
    "subject": "Réservation de véhicules",
    "referent": NOE,
    "tutor": ADA,
    "allowance": RAISED,
    "telework": {"days_per_week": "1.5", "terms": "à domicile"},
}
SHORT: dict[str, Any] = {
    "track": "meef",
    "schedule": {"weekly_hours": 20},
    "allowance": {"amount": 0, "unpaid_reason": "stage court", "method": "", "due_day": ""},
}
"""Three hundred hours, unpaid."""
PAID = {"amount": "4.50", "method": "virement", "due_day": "le dernier jour"}
LONGER: dict[str, Any] = {"end": date(2026, 8, 14), "effective": date(2026, 7, 13), "allowance": PAID}
ENDED: dict[str, Any] = {
    "effective": date(2026, 6, 12),
    "termination": {"last_day": date(2026, 6, 12), "asked_by": "host", "reason": "fermeture du service"},
}


def an_amendment(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {"number": number, "effective": date(2026, 6, 1), "reason": "le projet a changé"} | changes


def amended(*amendments: dict[str, Any], **changes: Any) -> Dossier:
    return a_dossier(amendments=list(amendments), **changes)
