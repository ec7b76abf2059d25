"""Sentences that stand on every page, and on those that say what went wrong."""

from __future__ import annotations

from conventions.text import Text

__all__ = ["Common", "Fault"]


class Common:
    """Of the frame around a page."""

    skip = Text("Skip to the content")
    languages = Text("Language")
    questions = Text("Questions? Write to {address}.")
    required = Text("required")
    problems = Text("Please correct this:")
    back = Text("Back")


class Fault:
    """What went wrong, by the number that HTTP gives it."""

    title = Text("This did not work")
    bad = Text("The request cannot be understood.")
    form = Text("This page was open too long, or was opened in another window. Please go back and try again.")
    over = Text("You were away for a long time: this page has ended, and nothing was done.")
    letter = Text("open the link of your letter once more, and go on where you were")
    forbidden = Text("You may not look at this page.")
    missing = Text("There is no page here. Please open the link of your letter once more.")
    missing_here = Text("There is no page here. It was taken away, or its address is not complete.")
    to_board = Text("Back to the board")
    method = Text("This page cannot be used that way.")
    large = Text("The file is too large: no paper of ours is.")
    often = Text("That was tried too often. Please wait a while, then try again.")
    broken = Text("Something is wrong on our side. Nothing was half done. Please try again later, or write to us.")
