"""The sentence, with memory: a workspace, its registry, its post."""

from conventions.office.founding import found
from conventions.office.office import Office
from conventions.office.outcome import Outcome, Row
from conventions.office.proof import Verdict, roots_of, verify_path
from conventions.office.reception import sign_received

__all__ = ["Office", "Outcome", "Row", "Verdict", "found", "roots_of", "sign_received", "verify_path"]
