"""A page that shows more than its link: whoever wants it open gives a code that was sent to the link's own address."""

from __future__ import annotations

from datetime import datetime

from conventions.errors import WrongPassphrase
from conventions.office import dispatch, revisions
from conventions.office.links import Visit
from conventions.settings import Workspace
from conventions.store import Answer, Registry, office_secret
from conventions.text import Text

__all__ = ["answer_door", "knock"]


def knock(workspace: Workspace, registry: Registry, visit: Visit, now: datetime) -> None:
    """Send a code to the person of a link; earlier ones no longer count.

    Raises:
        ServiceError: the letter cannot be handed over.
    """
    paper, person = visit.paper, visit.person
    codes = registry.challenges(office_secret(workspace.root))
    code = codes.new(paper.id, person.role, person.email, revisions.digest_of(paper), now)
    dispatch.post_page_code(workspace, paper, person, code, now)


def answer_door(workspace: Workspace, registry: Registry, visit: Visit, code: str, now: datetime) -> None:
    """Let in whoever knows the code; it is used up.

    Raises:
        WrongPassphrase: it is wrong (KNOCK-01), or none is valid any more (KNOCK-02).
    """
    paper, person = visit.paper, visit.person
    codes = registry.challenges(office_secret(workspace.root))
    answer, _ = codes.answer(paper.id, person.role, person.email, revisions.digest_of(paper), code, now)
    if answer is Answer.WRONG:
        raise WrongPassphrase(
            "KNOCK-01",
            Text("the code is wrong"),
            Text("type the digits of the newest letter; after five tries a new code is needed"),
        )
    if answer is Answer.NONE:
        raise WrongPassphrase(
            "KNOCK-02",
            Text("no code is valid for this page any more"),
            Text("ask for a new one: it lives for ten minutes and is used once"),
        )
