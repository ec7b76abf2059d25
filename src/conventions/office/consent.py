"""Signatures of persons without a certificate: by a code sent to their address, or on paper.

The seal signs in the person's field and says so; how the person was recognised is recorded beside the paper, and the
record's digest stands in the signature. The level is simple, and is never called anything else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from conventions import circuit, pipeline, signing
from conventions.errors import OutOfTurn, Refused, WrongPassphrase
from conventions.languages import PARIS, Language
from conventions.model.drawing import Drawing
from conventions.model.event import Signed
from conventions.model.roles import Signatory, label_of
from conventions.office import delivery, dispatch, reception, revisions
from conventions.office.outcome import Outcome
from conventions.pipeline import Services
from conventions.settings import CircuitSettings, Workspace
from conventions.store import PaperRecord, Registry, digest_name, office_secret, write_new
from conventions.text import Text

__all__ = ["consent", "invite", "masked", "on_paper", "recognise", "wording"]

_BY_CODE: Final = Text("simple electronic signature, recognised by a code sent by mail")


@dataclass(frozen=True)
class _Way:
    """How somebody without a certificate has signed."""

    how: Text
    """As stamp and signature say it."""
    level: str
    facts: Mapping[str, str]
    """For the evidence."""
    drawing: Drawing | None = None


def invite(workspace: Workspace, registry: Registry, paper: PaperRecord, role: str, now: datetime) -> Outcome:
    """Send a code to the person whose turn it is, at the address that the paper expects.

    Raises:
        OutOfTurn: not that role's turn, or its circuit has no signature by code (CONSENT-01).
        ServiceError: the letter cannot be handed over.
    """
    _require(workspace, paper, role, "by_code")
    person = paper.signatory(role)
    codes = registry.challenges(office_secret(workspace.root))
    code = codes.new(paper.id, role, person.email, revisions.digest_of(paper), now)
    dispatch.post_code(workspace, paper, person, code, now)
    return Outcome(paper.number, Text("a code was sent to {address}", address=masked(person.email)))


def wording(paper: PaperRecord, person: Signatory) -> Text:
    """What the person consents to; shown before, and kept in the evidence word by word."""
    return Text(
        "I, {name}, have read the paper {number} (version {version}, SHA-256 {digest}) and sign it as {role}. I agree "
        "that the institution seals it on my behalf as a simple electronic signature.",
        name=person.name,
        number=paper.number,
        version=paper.version,
        digest=revisions.digest_of(paper),
        role=label_of(person.role),
    )


def recognise(
    workspace: Workspace, registry: Registry, paper: PaperRecord, role: str, code: str, now: datetime
) -> None:
    """Is this the code that was sent? It is not used up: the same one signs, while it lives.

    Raises:
        OutOfTurn: not that role's turn (TURN-03).
        WrongPassphrase: as :func:`consent`.
    """
    reception.assert_turn(paper, role)
    codes, person = registry.challenges(office_secret(workspace.root)), paper.signatory(role)
    digest = revisions.digest_of(paper)
    answer, _ = codes.answer(paper.id, role, person.email, digest, code, now, use_up=False)
    if answer != "right":
        raise _refused_code(answer)


def consent(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    paper: PaperRecord,
    role: str,
    code: str,
    seal: signing.Key,
    now: datetime,
    *,
    channel: str = "desk",
    reader: Language | None = None,
    drawing: Drawing | None = None,
) -> Outcome:
    """Sign on behalf of a person who gives the code that was sent.

    Args:
        workspace: the office.
        registry: holds what is known of the code.
        services: tell the time.
        paper: on its way.
        role: whose turn it is.
        code: as typed.
        seal: the institution's key.
        now: aware.
        channel: where the code was given: at the desk, on a web page.
        reader: language that the wording was shown in, if it is not the paper's; the evidence keeps what was read.
        drawing: what the person has drawn, to be seen in the stamp; it proves nothing.

    Raises:
        OutOfTurn: not that role's turn (TURN-03), or not allowed in this circuit (CONSENT-01).
        WrongPassphrase: the code is wrong (CONSENT-02), or none is valid any more (CONSENT-03).
    """
    _require(workspace, paper, role, "by_code")
    codes = registry.challenges(office_secret(workspace.root))
    person = paper.signatory(role)
    answer, sent_at = codes.answer(paper.id, role, person.email, revisions.digest_of(paper), code, now)
    if sent_at is None or answer != "right":
        raise _refused_code(answer)
    facts = {
        "how": "code",
        "address": person.email,
        "consent": (reader or Language(paper.language)).say(wording(paper, person)),
        "sent_at": sent_at.isoformat(),
        "confirmed_at": now.isoformat(),
        "channel": channel,
    }
    signer = signing.Signer(seal, services.timestamper, now)
    return _signed_for(workspace, registry, paper, person, signer, _Way(_BY_CODE, "simple", facts, drawing))


def on_paper(
    workspace: Workspace,
    registry: Registry,
    services: Services,
    paper: PaperRecord,
    role: str,
    scan: Path,
    signed_on: date,
    seal: signing.Key,
    now: datetime,
) -> Outcome:
    """Record a signature on paper: the scan is kept beside the PDF, no cryptographic claim is made for the person.

    Raises:
        OutOfTurn: not that role's turn (TURN-03), or not allowed in this circuit (CONSENT-01).
        Refused: the day lies in the future (CONSENT-04).
        DiskError: the scan cannot be read.
    """
    _require(workspace, paper, role, "on_paper")
    if signed_on > now.astimezone(PARIS).date():
        raise Refused(
            "CONSENT-04",
            Text("a signature on paper cannot be of {day}, which is still to come", day=signed_on),
            Text("give the day that stands beside the signature"),
        )
    data, person = reception.returned(scan), paper.signatory(role)
    kept = digest_name(_stem(workspace, paper, role), data, f".scan{scan.suffix.lower()[:5]}")
    write_new(workspace.path(kept), data)
    facts = {"how": "paper", "signed_on": signed_on.isoformat(), "scan": kept, "sha256": sha256(data).hexdigest()}
    how = Text("signed on paper on {day}, scan kept", day=signed_on)
    signer = signing.Signer(seal, services.timestamper, now)
    return _signed_for(workspace, registry, paper, person, signer, _Way(how, "paper", facts))


def _signed_for(
    workspace: Workspace, registry: Registry, paper: PaperRecord, person: Signatory, signer: signing.Signer, way: _Way
) -> Outcome:
    evidence = _keep_evidence(workspace, paper, person, signer, way)
    signed = pipeline.sign_for(
        revisions.current(workspace, paper), person, signer, how=way.how, evidence=evidence, drawing=way.drawing
    )
    file = revisions.keep(workspace, signed, position=revisions.position_of(paper), role=person.role)
    event = Signed(
        signer.now,
        role=person.role,
        signer=person.name,
        fingerprint=signer.key.fingerprint,
        signed_at=way.facts.get("signed_on", signer.now.isoformat()),
        sha256=signed.digest,
        length=len(signed.data),
        file=file,
        level=way.level,
        evidence=evidence,
    )
    paper = registry.append(paper.id, (event,), expected_head=paper.head)
    paper = dispatch.post_turn(workspace, registry, paper, signer.now)
    note = Text("sealed on behalf of the {role}: {name}", role=label_of(person.role), name=person.name)
    return Outcome(paper.number, delivery.told(paper, note), revisions.path_of(workspace, paper))


def _keep_evidence(
    workspace: Workspace, paper: PaperRecord, person: Signatory, signer: signing.Signer, way: _Way
) -> str:
    """Write the record of how the person was recognised, and the seal's signature over it; the record's SHA-256."""
    record = _evidence(paper, person, way)
    digest = sha256(record).hexdigest()
    stem = f"{_stem(workspace, paper, person.role)}-{digest[:12]}"
    write_new(workspace.path(f"{stem}.evidence.json"), record)
    proof = signing.sign_detached(record, signer.key, signer.timestamper, signer.now)
    write_new(workspace.path(f"{stem}-{sha256(proof).hexdigest()[:8]}.evidence.p7s"), proof)
    return digest


def _evidence(paper: PaperRecord, person: Signatory, way: _Way) -> bytes:
    """Canonical JSON: sorted keys, UTF-8. It is personal, and is kept and forgotten with the paper."""
    record: dict[str, Any] = {
        "number": paper.number,
        "document": paper.document,
        "version": paper.version,
        "document_sha256": revisions.digest_of(paper),
        "journal_head": paper.head,
        "role": person.role,
        "name": person.name,
        "level": way.level,
        **way.facts,
    }
    return json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _require(workspace: Workspace, paper: PaperRecord, role: str, way: str) -> None:
    reception.assert_turn(paper, role)
    if role not in paper.circuit.roles:
        circuit.assert_turn(paper.circuit, paper.done, role)
    if not getattr(_circuit_settings(workspace, paper), way):
        raise OutOfTurn(
            "CONSENT-01",
            Text("the circuit of this paper does not allow this way to sign"),
            Text("sign with a certificate, or set circuit.{way} = true in conventions.toml", way=way),
        )


def _circuit_settings(workspace: Workspace, paper: PaperRecord) -> CircuitSettings:
    return pipeline.circuit_settings(paper.document, None, workspace.settings)


def _refused_code(answer: str) -> WrongPassphrase:
    if answer == "wrong":
        return WrongPassphrase(
            "CONSENT-02",
            Text("the code is wrong"),
            Text("type the digits of the newest letter; after five tries a new code is needed"),
        )
    return WrongPassphrase(
        "CONSENT-03",
        Text("no code is valid for this paper and this role any more"),
        Text("ask for a new one: it lives for ten minutes and is used once"),
    )


def _stem(workspace: Workspace, paper: PaperRecord, role: str) -> str:
    folder = f"{workspace.settings.places.papers}/{paper.number}"
    return f"{folder}/{paper.document}-v{paper.version}-{revisions.position_of(paper):02d}-{role}"


def masked(email: str) -> str:
    """As much of an address as its owner needs to know it."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}…@{domain}"
