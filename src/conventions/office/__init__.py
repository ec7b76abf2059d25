"""The sentence, with memory: a workspace, its registry, its post."""

from conventions.office.campaign import forms_in
from conventions.office.drafting import Wish
from conventions.office.exchange import Import, export, gather
from conventions.office.forgetting import Purge
from conventions.office.founding import found
from conventions.office.grades import Graded, Year
from conventions.office.handover import Handover
from conventions.office.life import Deputy
from conventions.office.office import Office
from conventions.office.outcome import Outcome, Row
from conventions.office.proof import Verdict, roots_of, verify_path
from conventions.office.reception import sign_received
from conventions.office.safekeeping import restored
from conventions.office.subject import Wanted
from conventions.office.templates import Page, Templates, Vetted

__all__ = [
    "Deputy",
    "Graded",
    "Handover",
    "Import",
    "Office",
    "Outcome",
    "Page",
    "Purge",
    "Row",
    "Templates",
    "Verdict",
    "Vetted",
    "Wanted",
    "Wish",
    "Year",
    "export",
    "forms_in",
    "found",
    "gather",
    "restored",
    "roots_of",
    "sign_received",
    "verify_path",
]
