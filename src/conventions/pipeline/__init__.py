"""The sentence, without memory: read, check, produce, prepare, sign, seal, verify.

Each stage takes the value of the one before and returns the next; nothing here remembers, prints or reads the clock.
"""

from __future__ import annotations

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
