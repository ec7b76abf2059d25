"""The sentence, with memory: a workspace, its registry, its post."""

from conventions.office.campaign import forms_in
from conventions.office.drafting import Wish
from conventions.office.exchange import Import, export, gather
from conventions.office.founding import found
from conventions.office.grades import Graded, Year
from conventions.office.life import Deputy
from conventions.office.office import Office
from conventions.office.outcome import Outcome, Row
from conventions.office.proof import Verdict, roots_of, verify_path
from conventions.office.reception import sign_received
from conventions.office.templates import Page, Templates, Vetted

__all__ = [
    "Deputy",
    "Graded",
    "Import",
    "Office",
    "Outcome",
    "Page",
    "Row",
    "Templates",
    "Verdict",
    "Vetted",
    "Wish",
    "Year",
    "export",
    "forms_in",
    "found",
    "gather",
    "roots_of",
    "sign_received",
    "verify_path",
]
