"""HAND on pyHanko: fields, keys, signatures, time-stamps, the reception gate, verification.

pyHanko is loaded when a name is first used: checking a dossier must not wait for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conventions.lazy import on_first_use

if TYPE_CHECKING:
    from conventions.signing.attached import names_on_form
    from conventions.signing.closing import prove, seal, timestamp
    from conventions.signing.detached import sign_detached, signer_of
    from conventions.signing.fields import prepare
    from conventions.signing.gate import Accepted, examine, examine_apart
    from conventions.signing.keys import Key, Secrets, assert_usable, load_key
    from conventions.signing.making import Signer
    from conventions.signing.opening import open_key
    from conventions.signing.read import circuit_of_paper, signed_roles
    from conventions.signing.renewal import Horizon, horizon, renew
    from conventions.signing.signature import sign
    from conventions.signing.stamp import Stamp
    from conventions.signing.timestamps import Timestamper
    from conventions.signing.trust import Trust, load_trust
    from conventions.signing.verification import Report, Seen, verify

__all__ = [
    "Accepted",
    "Horizon",
    "Key",
    "Report",
    "Secrets",
    "Seen",
    "Signer",
    "Stamp",
    "Timestamper",
    "Trust",
    "assert_usable",
    "circuit_of_paper",
    "examine",
    "examine_apart",
    "horizon",
    "load_key",
    "load_trust",
    "names_on_form",
    "open_key",
    "prepare",
    "prove",
    "renew",
    "seal",
    "sign",
    "sign_detached",
    "signed_roles",
    "signer_of",
    "timestamp",
    "verify",
]

_HOMES = {
    "attached": ("names_on_form",),
    "closing": ("prove", "seal", "timestamp"),
    "detached": ("sign_detached", "signer_of"),
    "fields": ("prepare",),
    "gate": ("Accepted", "examine", "examine_apart"),
    "keys": ("Key", "Secrets", "assert_usable", "load_key"),
    "making": ("Signer",),
    "opening": ("open_key",),
    "read": ("circuit_of_paper", "signed_roles"),
    "renewal": ("Horizon", "horizon", "renew"),
    "signature": ("sign",),
    "stamp": ("Stamp",),
    "timestamps": ("Timestamper",),
    "trust": ("Trust", "load_trust"),
    "verification": ("Report", "Seen", "verify"),
}

__getattr__ = on_first_use(__name__, {name: f"{__name__}.{home}" for home, names in _HOMES.items() for name in names})
