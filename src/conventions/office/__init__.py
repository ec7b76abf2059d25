"""The sentence, with memory: a workspace, its registry, its post."""

from conventions.office import guests
from conventions.office.drafting import Wish
from conventions.office.exchange import Import, export, gather
from conventions.office.founding import found
from conventions.office.life import Deputy
from conventions.office.links import Standing, Visit, open_link, visit
from conventions.office.office import Office
from conventions.office.outcome import Outcome, Row
from conventions.office.proof import Verdict, roots_of, verify_path
from conventions.office.proposing import Proposal
from conventions.office.reception import MAX_BYTES, sign_received
from conventions.office.summary import Fact, summary
from conventions.office.templates import Page, Templates, Vetted

__all__ = [
    "MAX_BYTES",
    "Deputy",
    "Fact",
    "Import",
    "Office",
    "Outcome",
    "Page",
    "Proposal",
    "Row",
    "Standing",
    "Templates",
    "Verdict",
    "Vetted",
    "Visit",
    "Wish",
    "export",
    "found",
    "gather",
    "guests",
    "open_link",
    "roots_of",
    "sign_received",
    "summary",
    "verify_path",
    "visit",
]
