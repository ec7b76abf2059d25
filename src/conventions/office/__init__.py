"""The sentence, with memory: a workspace, its registry, its post.

Each chapter is loaded when one of its names is first used: who verifies a file must not wait for the registry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conventions.lazy import on_first_use

if TYPE_CHECKING:
    from conventions.office.campaign import forms_in
    from conventions.office.chronicle import told
    from conventions.office.drafting import Wish
    from conventions.office.exchange import Import, export, gather
    from conventions.office.facts import Fact, summary
    from conventions.office.forgetting import Purge, counts_told
    from conventions.office.founding import found
    from conventions.office.glance import Glance, label_of_stage
    from conventions.office.grades import Graded, Year
    from conventions.office.handover import Handover
    from conventions.office.life import Deputy
    from conventions.office.links import Standing, Visit, open_link, visit
    from conventions.office.lookout import Lookout
    from conventions.office.office import Office
    from conventions.office.outcome import Outcome, Row
    from conventions.office.overview import Overview, Progress, Week
    from conventions.office.proof import Verdict, authorities_in, roots_of, verify_apart, verify_paths
    from conventions.office.proposing import Proposal
    from conventions.office.reception import MAX_BYTES, sign_received
    from conventions.office.safekeeping import restored
    from conventions.office.subject import Wanted
    from conventions.office.templates import Page, Templates, Vetted

__all__ = [
    "MAX_BYTES",
    "Deputy",
    "Fact",
    "Glance",
    "Graded",
    "Handover",
    "Import",
    "Lookout",
    "Office",
    "Outcome",
    "Overview",
    "Page",
    "Progress",
    "Proposal",
    "Purge",
    "Row",
    "Standing",
    "Templates",
    "Verdict",
    "Vetted",
    "Visit",
    "Wanted",
    "Week",
    "Wish",
    "Year",
    "authorities_in",
    "counts_told",
    "export",
    "forms_in",
    "found",
    "gather",
    "label_of_stage",
    "open_link",
    "restored",
    "roots_of",
    "sign_received",
    "summary",
    "told",
    "verify_apart",
    "verify_paths",
    "visit",
]

_HOMES = {
    "campaign": ("forms_in",),
    "chronicle": ("told",),
    "drafting": ("Wish",),
    "exchange": ("Import", "export", "gather"),
    "facts": ("Fact", "summary"),
    "forgetting": ("Purge", "counts_told"),
    "founding": ("found",),
    "glance": ("Glance", "label_of_stage"),
    "grades": ("Graded", "Year"),
    "handover": ("Handover",),
    "life": ("Deputy",),
    "links": ("Standing", "Visit", "open_link", "visit"),
    "lookout": ("Lookout",),
    "office": ("Office",),
    "outcome": ("Outcome", "Row"),
    "overview": ("Overview", "Progress", "Week"),
    "proof": ("Verdict", "authorities_in", "roots_of", "verify_apart", "verify_paths"),
    "proposing": ("Proposal",),
    "reception": ("MAX_BYTES", "sign_received"),
    "safekeeping": ("restored",),
    "subject": ("Wanted",),
    "templates": ("Page", "Templates", "Vetted"),
}

__getattr__ = on_first_use(__name__, {name: f"{__name__}.{home}" for home, names in _HOMES.items() for name in names})
