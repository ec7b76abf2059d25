"""The sentence, with memory: a workspace, its registry, its post."""

from conventions.office import guests
from conventions.office.chronicle import told
from conventions.office.drafting import Wish
from conventions.office.exchange import Import, export, gather
from conventions.office.founding import found
from conventions.office.glance import Glance, label_of_stage
from conventions.office.life import Deputy
from conventions.office.links import Standing, Visit, open_link, visit
from conventions.office.lookout import Lookout
from conventions.office.office import Office
from conventions.office.outcome import Outcome, Row
from conventions.office.overview import Overview, Progress, Week
from conventions.office.proof import Verdict, roots_of, verify_path
from conventions.office.reception import MAX_BYTES, sign_received
from conventions.office.summary import Fact, summary
from conventions.office.templates import Page, Templates, Vetted

__all__ = [
    "MAX_BYTES",
    "Deputy",
    "Fact",
    "Glance",
    "Import",
    "Lookout",
    "Office",
    "Outcome",
    "Overview",
    "Page",
    "Progress",
    "Row",
    "Standing",
    "Templates",
    "Verdict",
    "Vetted",
    "Visit",
    "Week",
    "Wish",
    "export",
    "found",
    "gather",
    "guests",
    "label_of_stage",
    "open_link",
    "roots_of",
    "sign_received",
    "summary",
    "told",
    "verify_path",
    "visit",
]
