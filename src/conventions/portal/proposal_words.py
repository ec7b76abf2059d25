"""The sentences of the pre-agreement's pages."""

from __future__ import annotations

from conventions.portal.filling import FormWords
from conventions.text import Text

__all__ = ["ConfirmWords", "DecideWords", "ProposeWords"]


class ProposeWords(FormWords):
    """For the host."""

    title = Text("Pre-agreement")
    send = Text("Send the pre-agreement")
    conditions = Text("What the department asks of an internship")
    conditions_pdf = Text("All conditions stand in the form itself:")
    insist = Text("Send it nevertheless: the internship coordinator decides")
    insist_why = Text("Some of it does not follow the rules, as it is marked above. You can correct it, or explain it.")
    sent = Text("Thank you. The pre-agreement has arrived.")
    next = Text("The student confirms it now, then the internship coordinator decides. You will hear of it by mail.")
    decline = Text("This internship is not offered")
    decline_lead = Text("The office and the student are told why.")
    reason = Text("Reason")
    decline_send = Text("Tell the office")
    no_reason = Text("Say it in your own words")
    approved = Text("The pre-agreement is approved. Its dossier has the number {number}.")


class ConfirmWords(ProposeWords):
    """For the student."""

    title = Text("Confirm your pre-agreement")
    filled_pdf = Text("Download the form as it was filled in (PDF)")
    proposed = Text("What the host organisation proposes")
    mine = Text("Your part")
    send = Text("Confirm")
    sent = Text("Thank you. You have confirmed the pre-agreement.")
    next = Text("The internship coordinator decides now. You will hear of it by mail.")
    decline = Text("This is not what we agreed")


class DecideWords(ConfirmWords):
    """For the coordinator."""

    title = Text("Decide on a pre-agreement")
    student = Text("What the student has added")
    advice = Text("What the rules say")
    sound = Text("The rules find nothing to correct.")
    approve = Text("Approve")
    approve_lead = Text("A dossier is written from it; the office issues the agreement.")
    refuse = Text("Refuse")
    reasons = Text("Reasons")
    comment = Text("Remark for host and student (may be left empty)")
