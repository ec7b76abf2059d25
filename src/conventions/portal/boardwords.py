"""Sentences of the secretariat's board."""

from __future__ import annotations

from typing import Final

from conventions.model.finding import Severity
from conventions.model.life import State
from conventions.text import Text

__all__ = ["ACTIONS", "CONFIRM", "DEEDS", "FORM_STATES", "OUTCOMES", "SEVERITIES", "Words"]

FORM_STATES: Final = {State.WAITING: Text("waiting for answers"), State.COMPLETE: Text("answered")}
"""Of a form, where it is called otherwise than a paper that is signed."""
SEVERITIES: Final = {
    Severity.ERROR: Text("error"),
    Severity.WARNING: Text("warning"),
    Severity.INFORMATION: Text("information"),
    Severity.TO_DO: Text("to do"),
}
ACTIONS: Final = {
    "issue": Text("Issue"),
    "remind": Text("Remind"),
    "seal": Text("Seal"),
    "archive": Text("Archive"),
    "end-links": Text("End the links"),
}
CONFIRM: Final = {
    "issue": (
        Text("Issue these agreements?"),
        Text("Each is checked, printed, sealed and posted to its first signer. What was issued before stays as it is."),
    ),
    "remind": (
        Text("Remind of these papers?"),
        Text("Whoever is waited for is written to once more, if it is time. Nobody is written to twice a day."),
    ),
    "seal": (
        Text("Seal these papers?"),
        Text("Each is closed for good with a timestamp and sent to everybody who signed it."),
    ),
    "archive": (
        Text("Put these papers into the archive?"),
        Text("Each is verified once more and kept with its journal and the proofs that belong to it."),
    ),
    "end-links": (
        Text("End the links to the papers of these dossiers?"),
        Text(
            "Whoever has opened one is shut out at once, and nobody can open it any more. A reminder holds a new link."
        ),
    ),
}
"""For each action what is asked, and what would happen."""
DEEDS: Final = {
    "sign-in": Text("signed in"),
    "sign-out": Text("signed out"),
    "look": Text("looked at"),
    "search": Text("searched"),
    "download": Text("downloaded"),
    "issue": Text("issued"),
    "remind": Text("reminded"),
    "seal": Text("sealed"),
    "archive": Text("archived"),
    "end-links": Text("ended the links"),
    "denied": Text("was not allowed"),
}
OUTCOMES: Final = {"done": Text("done"), "refused": Text("refused")}
"""Of a deed; every other one is the code of an error."""


class Words:
    """Of every page of the board."""

    of = Text("{what}: {why}")
    board = Text("Board")
    dossiers = Text("Dossiers")
    journal = Text("Journal")
    menu = Text("Board")
    sign_out = Text("Sign out")
    reader = Text("reads only")
    search = Text("Search")
    search_hint = Text("Number, name, host or town")
    nothing_found = Text("Nothing was found.")
    ending = Text("You will be signed out soon because nothing was done for a while.")
    stay = Text("Stay signed in")
    stayed = Text("You stay signed in.")

    unread = Text("Still to be read: {n}. They are here when you look again.")
    calm = Text("Nothing must be done today.")
    late = Text("late")
    due = Text("to do today")
    on_the_way = Text("waiting for signatures")
    signed = Text("signed by everybody")
    of_all = Text("of {n}")
    today = Text("Today")
    turns = Text("Whose turn it is")
    circuit = Text("Where the agreements stand")
    circuit_hint = Text("Each mark is a dossier; a strong one is late.")
    weeks = Text("The coming weeks")
    to_issue = Text("to issue")
    to_sign = Text("to sign")
    starts = Text("internships that start")
    course = Text("The campaign so far")
    issued = Text("issued")
    since = Text("since {day}")
    as_table = Text("The same as a table")
    more = Text("all {n}")
    nobody = Text("Nobody is waited for.")
    proposals = Text("Pre-agreements on their way")
    unasked = Text("no letter could be sent")

    every = Text("all")
    show = Text("Show")
    number = Text("Number")
    student = Text("Student")
    host = Text("Host")
    start = Text("Start")
    latest = Text("Latest day")
    state = Text("State")
    select = Text("Select {number}")
    select_all = Text("Select all on this page")
    with_selected = Text("With the selected ones:")
    pages = Text("Pages")
    previous = Text("Previous")
    next = Text("Next")
    newer = Text("Newer")
    older = Text("Older")
    page_of = Text("Page {page} of {pages}")
    results = Text("Search results")

    facts = Text("Facts")
    findings = Text("Findings")
    course_rule = Text("course rule")
    no_findings = Text("There is nothing to correct.")
    timeline = Text("What has happened")
    not_issued = Text("Nothing has been issued yet.")
    papers = Text("Papers")
    version = Text("version {version}")
    download = Text("Download {name}")
    open_links = Text("Links of letters that are open: {n}")
    whole_chain = Text("The chain is whole: nothing was changed, removed or put in.")
    broken_chain = Text("The chain is broken: see what the audit says.")
    looked = Text("Who looked and who acted")
    period = Text("Internship")
    from_to = Text("{first} to {last}")
    tutor = Text("Workplace supervisor")
    circuit_of = Text("Circuit")

    force = Text("Even if it is not time yet")
    no_seal = Text("The seal is not open: start the server with its pass-phrase to issue from here.")
    nothing_selected = Text("Nothing was selected. Go back and select at least one dossier.")
    wont = Text("will be left out")
    will = Text("ready")
    early = Text("not time yet")
    do_it = Text("Yes, do it")
    leave_it = Text("No, go back")
    job = Text("In progress")
    job_done = Text("Done")
    job_of = Text("{done} of {total}")
    job_gone = Text(
        "This work is not known any more: the server was started anew. Ask for it again; what is done stays."
    )
    job_broken = Text("Something is wrong on our side. What is listed here was done; ask for the rest again.")
    look_again = Text("Look again")
    to_board = Text("Back to the board")

    when = Text("When")
    who = Text("Who")
    what = Text("What")
    about = Text("About")
    outcome = Text("Outcome")
    someone = Text("nobody signed in")
    done = Text("done")
