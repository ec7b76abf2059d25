"""The sentence, with memory: a workspace, its registry, its post."""

from conventions.office.chronicle import told
from conventions.office.drafting import Wish
from conventions.office.exchange import Import, export, gather
from conventions.office.founding import found
from conventions.office.glance import Glance, label_of_stage
from conventions.office.life import Deputy
from conventions.office.lookout import Lookout
from conventions.office.office import Office
from conventions.office.outcome import Outcome, Row
from conventions.office.overview import Overview, Progress, Week
from conventions.office.proof import Verdict, roots_of, verify_path
from conventions.office.reception import MAX_BYTES, sign_received
from conventions.office.templates import Page, Templates, Vetted

__all__ = [
    "MAX_BYTES",
    "Deputy",
    "Glance",
    "Import",
    "Lookout",
    "Office",
    "Outcome",
    "Overview",
    "Page",
    "Progress",
    "Row",
    "Templates",
    "Verdict",
    "Vetted",
    "Week",
    "Wish",
    "export",
    "found",
    "gather",
    "label_of_stage",
    "roots_of",
    "sign_received",
    "told",
    "verify_path",
]
