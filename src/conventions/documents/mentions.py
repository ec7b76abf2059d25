"""The fifteen mentions that the law wants in every agreement (art. D124-4 of the Code de l'éducation)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["ARTICLES", "MENTIONS", "Mention"]

ARTICLES: Final = (
    "object",
    "programme",
    "skills",
    "activities",
    "period",
    "presence",
    "supervision",
    "allowance",
    "benefits",
    "protection",
    "accidents",
    "liability",
    "rules",
    "absences",
    "suspension",
    "interruption",
    "assessment",
    "attestation",
    "confidentiality",
    "property",
    "abroad",
    "privacy",
    "law",
    "annexes",
)
"""Stable identifiers of the articles, in order; Word bookmarks ``art_<id>`` bear them in every language."""


@dataclass(frozen=True)
class Mention:
    """One mandatory mention: where it stands and what it prints."""

    number: int
    """Rank in art. D124-4, from 1."""
    article: str
    """One of :data:`ARTICLES`."""
    paths: tuple[str, ...] = ()
    """Values that the article must be able to print; empty where the mention is a clause."""


MENTIONS: Final = (
    Mention(1, "programme", ("programme.title", "programme.teaching_hours")),
    Mention(2, "supervision", ("referent.name", "tutor.name")),
    Mention(3, "skills", ("placement.skills",)),
    Mention(4, "activities", ("placement.activities",)),
    Mention(5, "period", ("schedule.start", "schedule.end", "duration.hours")),
    Mention(6, "presence", ("schedule.weekly_hours", "schedule.night", "schedule.sunday", "schedule.holiday")),
    Mention(7, "supervision", ("placement.supervision",)),
    Mention(8, "allowance", ("allowance.amount", "allowance.method", "allowance.instalments")),
    Mention(9, "protection", ("protection.fund_name", "protection.fund_address")),
    Mention(9, "accidents", ("accident.host_declares",)),
    Mention(9, "liability", ("protection.liability",)),
    Mention(10, "absences", ("schedule.leave_terms",)),
    Mention(11, "suspension"),
    Mention(12, "interruption", ("placement.if_interrupted",)),
    Mention(13, "benefits", ("benefits.meals", "benefits.transport", "benefits.social_and_cultural")),
    Mention(14, "rules"),
    Mention(15, "attestation"),
)
"""All fifteen; the ninth has three articles."""
