"""The chain that makes a silent change of the registry visible.

Each event's digest covers the digest before it; the first one covers what was frozen at issue. Personal fields
enter only through a salted commitment, so that they can be forgotten without breaking the chain.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

__all__ = ["canonical_json", "commitment", "genesis", "instant", "link"]


def canonical_json(value: object) -> bytes:
    """The one way to write a JSON value: UTF-8, sorted keys, no spaces. Raises TypeError for anything else."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False).encode()


def instant(at: datetime) -> str:
    """An aware instant as ISO 8601 in UTC with microseconds; text of equal length sorts as time does.

    Raises:
        ValueError: the instant is naive.
    """
    if at.tzinfo is None:
        raise ValueError("an event needs an aware instant")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def commitment(salt: str, personal: object) -> str:
    """A digest that binds personal data and, once the salt is forgotten, tells nothing about them."""
    return sha256(salt.encode() + b"\n" + canonical_json(personal)).hexdigest()


def genesis(frozen: Mapping[str, Any], people: str) -> str:
    """What the first event extends: the paper's frozen facts and the commitment to its signatories."""
    return sha256(canonical_json({"paper": frozen, "people": people})).hexdigest()


def link(previous: str, position: int, kind: str, at: str, facts: Mapping[str, Any], people: str) -> str:
    """Digest of one event, which covers everything before it.

    Args:
        previous: digest of the event before, or the genesis.
        position: rank of the event in its paper, from 0.
        kind: kind of the event.
        at: as :func:`instant` writes it.
        facts: those that are not personal.
        people: commitment to those that are.
    """
    body = {"at": at, "facts": facts, "kind": kind, "people": people, "position": position, "previous": previous}
    return sha256(canonical_json(body)).hexdigest()
