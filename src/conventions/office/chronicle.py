"""What has happened to a paper, in sentences for people."""

from __future__ import annotations

from conventions.model.event import (
    Archived,
    Bounced,
    Checked,
    Declined,
    Event,
    Expired,
    Issued,
    Opened,
    Recalled,
    Refusal,
    Reminded,
    Renewed,
    Replaced,
    Returned,
    Sealing,
    Sent,
    Signed,
    Superseded,
    Undelivered,
)
from conventions.model.roles import label_of
from conventions.text import Text, quoted

__all__ = ["told"]


def told(event: Event) -> Text:
    """One sentence; what was blanked by a purge is simply not in it any more."""
    return _of_the_people(event) or _of_the_post(event) or _of_the_office(event)


def _of_the_people(event: Event) -> Text | None:
    match event:
        case Signed(role=role, signer=signer):
            return Text("signed by {signer}, {role}", signer=signer, role=label_of(role))
        case Checked(role=role, by=by):
            return Text("checked by {by}, {role}", by=by, role=label_of(role))
        case Returned(role=role):
            return Text("filled in and sent back by the {role}", role=label_of(role))
        case Opened(role=role):
            return Text("opened by the {role}", role=label_of(role))
        case Declined(role=role, reason=reason):
            return Text("declined by the {role}: {reason}", role=label_of(role), reason=quoted(reason))
        case _:
            return None


def _of_the_post(event: Event) -> Text | None:
    match event:
        case Sent(role=role, to=to):
            return Text("sent to the {role}, {to}", role=label_of(role), to=to)
        case Reminded(role=role, rank=rank):
            return Text("reminder no. {rank} to the {role}", rank=rank, role=label_of(role))
        case Undelivered(role=role, reason=reason, code=code):
            words = quoted(reason or code)
            return Text(
                "the letter to the {role} could not be handed over: {reason}", role=label_of(role), reason=words
            )
        case Bounced(role=role, reason=reason):
            return Text("the letter to the {role} came back: {reason}", role=label_of(role), reason=quoted(reason))
        case Refusal(code=code):
            return Text("a file that came back was refused: {code}", code=code)
        case _:
            return None


def _of_the_office(event: Event) -> Text:
    match event:
        case Issued():
            return Text("issued, with the university's seal or as a form")
        case Replaced(role=role, name=name):
            return Text("{name} now acts as {role}", name=name, role=label_of(role))
        case Recalled(reason=reason):
            return Text("recalled: {reason}", reason=quoted(reason))
        case Expired():
            return Text("expired: the internship began without all signatures")
        case Superseded(version=version):
            return Text("replaced by version {version}", version=version)
        case Sealing():
            return Text("sealed: it can be verified for years")
        case Archived():
            return Text("put into the archive")
        case Renewed():
            return Text("renewed: another timestamp proves it for longer")
        case _:
            return quoted(event.kind)
