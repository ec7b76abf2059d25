"""The canonical form of what is agreed, and its digest.

The digest is printed in the footer and written into the PDF: signed paper and data can always be matched.
What follows the life of a dossier (attachments, marks, the realised internship …) is no part of it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from decimal import Decimal
from hashlib import sha256
from typing import Any

from conventions.model.dossier import Dossier
from conventions.model.record import Record

__all__ = ["agreed_digest", "canonical", "joint_digest"]

_LIFE = frozenset({"attachments", "pre_agreement", "amendments", "realised", "defence", "marks", "signers"})


def canonical(dossier: Dossier, *context: Record, life: Collection[str] = ()) -> bytes:
    """What is agreed, as UTF-8 JSON: sorted keys, no spaces, amounts without trailing zeros (4.5 is 4.50).

    ``context`` is what the paper prints besides the dossier: institution, programme, officials. ``life`` names what
    followed the agreement and is printed too: an attestation prints the internship as it was done.
    """
    agreed = dossier.model_dump(mode="python", exclude=set(_LIFE.difference(life)))
    return _written([_plain(agreed), *_plain_records(context)])


def agreed_digest(dossier: Dossier, *context: Record, life: Collection[str] = ()) -> str:
    """SHA-256 of :func:`canonical`, hexadecimal."""
    return sha256(canonical(dossier, *context, life=life)).hexdigest()


def joint_digest(digests: Iterable[str], *context: Record) -> str:
    """SHA-256 of what a paper about many dossiers prints: the digest of each, whatever their order, hexadecimal."""
    return sha256(_written([sorted(digests), *_plain_records(context)])).hexdigest()


def _plain_records(records: Iterable[Record]) -> list[Any]:
    return [_plain(record.model_dump(mode="python")) for record in records]


def _written(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return str(value)
