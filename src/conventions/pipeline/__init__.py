"""The sentence, without memory: read, check, produce, prepare, sign, seal, verify.

Each stage takes the value of the one before and returns the next; nothing here remembers, prints or reads the clock.
A stage is loaded when it is first named: whoever checks a dossier must not wait for what makes a paper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conventions.lazy import on_first_use

if TYPE_CHECKING:
    from conventions.intake import read
    from conventions.pipeline.asking import acquaint
    from conventions.pipeline.checking import check, compare, first_agreed, require_sound
    from conventions.pipeline.orders import (
        CampaignOrder,
        Order,
        case_of,
        circuit_for,
        circuit_settings,
        digest_of,
        is_signed_by_someone,
        needed_before,
        origin_of,
    )
    from conventions.pipeline.producing import produce
    from conventions.pipeline.specimens import SPECIMEN_NOW, order_for
    from conventions.pipeline.stages import Services, archive, prepare, seal, sign, sign_file, sign_for
    from conventions.pipeline.vetting import templates_of, vet

__all__ = [
    "SPECIMEN_NOW",
    "CampaignOrder",
    "Order",
    "Services",
    "acquaint",
    "archive",
    "case_of",
    "check",
    "circuit_for",
    "circuit_settings",
    "compare",
    "digest_of",
    "first_agreed",
    "is_signed_by_someone",
    "needed_before",
    "order_for",
    "origin_of",
    "prepare",
    "produce",
    "read",
    "require_sound",
    "seal",
    "sign",
    "sign_file",
    "sign_for",
    "templates_of",
    "vet",
]

_HOMES = {
    "intake": ("read",),
    "pipeline.asking": ("acquaint",),
    "pipeline.checking": ("check", "compare", "first_agreed", "require_sound"),
    "pipeline.orders": (
        "CampaignOrder",
        "Order",
        "case_of",
        "circuit_for",
        "circuit_settings",
        "digest_of",
        "is_signed_by_someone",
        "needed_before",
        "origin_of",
    ),
    "pipeline.producing": ("produce",),
    "pipeline.specimens": ("SPECIMEN_NOW", "order_for"),
    "pipeline.stages": ("Services", "archive", "prepare", "seal", "sign", "sign_file", "sign_for"),
    "pipeline.vetting": ("templates_of", "vet"),
}

__getattr__ = on_first_use(__name__, {name: f"conventions.{home}" for home, names in _HOMES.items() for name in names})
