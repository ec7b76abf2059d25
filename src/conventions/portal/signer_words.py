"""Sentences of the signer's pages."""

from __future__ import annotations

from typing import Final

from conventions.office import Standing
from conventions.text import Text

__all__ = ["STANDINGS", "Words"]


class Words:
    """Of all the signer's pages."""

    title = Text("Read and sign")
    heading = Text("{document} {number}")
    as_role = Text("You are asked to sign as {role}.")
    step_enter = Text("Code")
    step_read = Text("Read")
    step_sign = Text("Sign")
    steps = Text("Steps")

    # ── before the code ──
    code_why = Text(
        "So that nobody else signs for you, a code of eight digits is sent to {address}: the address that this "
        "paper names for you."
    )
    code_send = Text("Send me the code")
    code_sent = Text("The code is on its way to {address}. It is good for ten minutes.")
    code_again = Text("Send a new code")
    code_label = Text("Code from the letter")
    code_hint = Text("Eight digits")
    code_enter = Text("Go on to the paper")

    # ── the paper ──
    facts = Text("In short")
    facts_hint = Text("A help for reading. Only the paper itself is binding.")
    paper = Text("The paper")
    paper_page = Text("Page {page} of {pages}")
    paper_loading = Text("The pages are being drawn …")
    paper_download = Text("Download the PDF")
    paper_no_script = Text("The pages cannot be shown here. Please download the PDF: it is the paper that you sign.")

    # ── signing ──
    sign = Text("Sign")
    sign_name = Text("Your name")
    sign_name_hint = Text("Type it as it stands in the paper: {name}")
    sign_draw = Text("Draw your signature, if you like")
    sign_draw_hint = Text(
        "With a finger, a pen or the mouse. It is shown in the paper beside your name; it proves nothing by itself."
    )
    sign_draw_clear = Text("Clear the drawing")
    sign_agree = Text("I have read the paper and agree.")
    sign_wording = Text("With this you declare:")
    sign_code_old = Text("Your code is no longer good: it lived for ten minutes. Ask for a new one to sign.")
    sign_button = Text("Sign the paper")
    sign_level = Text(
        "This is a simple electronic signature: the institution's seal stands for you in the paper and says how you "
        "were recognised."
    )

    # ── other ways ──
    others = Text("Something else?")
    own = Text("Sign with my own certificate")
    own_how = Text(
        "Download the PDF, sign it in your signature field with a program that makes PAdES signatures, and hand it in "
        "here. Do not print it, do not annotate it, do not save it anew."
    )
    own_file = Text("The signed PDF")
    own_button = Text("Hand in the file")
    refuse = Text("I do not want to sign")
    refuse_how = Text("The paper then ends for everybody, and everybody who has it is told why.")
    refuse_reason = Text("Reason")
    refuse_words = Text("In your own words")
    refuse_words_hint = Text("Everybody who has the paper reads this.")
    refuse_button = Text("Refuse the paper")
    mistaken = Text("I am not the right person")
    mistaken_how = Text("The office is told, and this link ends.")
    mistaken_button = Text("Tell the office")

    # ── afterwards ──
    done = Text("You have signed")
    done_lead = Text("Thank you. Your signature of {moment} is in the paper.")
    signed_by = Text("Signed by")
    done_mail = Text("The signed PDF is on its way to {address}. You can also download it now.")
    done_next = Text("Now it is the turn of: {roles}. When everybody has signed, you get the complete file by mail.")
    done_last = Text("Everybody has signed. The complete file comes by mail.")
    refused = Text("You have refused the paper")
    refused_lead = Text("Everybody who has the paper is told. There is nothing else for you to do.")
    told = Text("The office knows")
    told_lead = Text("Thank you. This link has ended; there is nothing else for you to do.")

    # ── what was wrong ──
    no_name = Text("The name is not the one that stands in the paper: {name}")
    not_agreed = Text("Say that you have read the paper and agree")
    no_reason = Text("Choose a reason")
    no_words = Text("Say it in your own words")
    no_file = Text("Choose the signed PDF")
    no_code = Text("Type the code from the letter")
    no_seal = Text("At the moment nobody can sign here with a code. Please write to the office, or try again later.")
    too_often = Text("This was tried too often. Please wait an hour, or write to the office.")


STANDINGS: Final = {
    Standing.NOT_YET: (
        Text("It is not your turn yet"),
        Text("Others act before you. You will get a letter when it is your turn; this link then works."),
    ),
    Standing.DONE: (
        Text("You have signed already"),
        Text("Your signature is in the paper, and the signed file was sent to you. There is nothing else to do."),
    ),
    Standing.NOT_NEEDED: (
        Text("Your signature is not needed any more"),
        Text("Somebody else has signed, and one signature was enough."),
    ),
    Standing.ENDED: (
        Text("This paper has ended"),
        Text(
            "It was {state}. Please do not sign it. If a corrected version follows, it comes with a letter of its own."
        ),
    ),
    Standing.SUPERSEDED: (
        Text("There is a newer version of this paper"),
        Text("This version has no effect any more. The new one comes with a letter of its own: use the link in it."),
    ),
    Standing.REPLACED: (
        Text("Somebody else acts in your place"),
        Text("The office has named another person for this paper. There is nothing else for you to do."),
    ),
}
"""What is said to whoever comes when there is nothing to sign: a heading and a sentence."""
