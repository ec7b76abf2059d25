"""HAND on state: files that are never overwritten, the registry of papers and events, the archive.

SQLAlchemy is loaded when ``Registry`` is first named, not before: checking a dossier must not wait for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conventions.lazy import on_first_use
from conventions.store import archive
from conventions.store.alone import alone
from conventions.store.archive import Receipt
from conventions.store.files import digest_name, read_file, replace, write_new
from conventions.store.record import PaperRecord

if TYPE_CHECKING:
    from conventions.store.accounts import Account
    from conventions.store.acts import Act, Acts, Statistic
    from conventions.store.audit import proved_chain
    from conventions.store.bags import make_bag
    from conventions.store.challenges import CODE_MINUTES, Answer, office_secret
    from conventions.store.deeds import Deed
    from conventions.store.links import Link, Links
    from conventions.store.passphrases import LEAST_CHARACTERS
    from conventions.store.registry import Pulse, Registry
    from conventions.store.seda import Rule, Transfer, Unit, make_transfer
    from conventions.store.sittings import Sitting

__all__ = [
    "CODE_MINUTES",
    "LEAST_CHARACTERS",
    "Account",
    "Act",
    "Acts",
    "Answer",
    "Deed",
    "Link",
    "Links",
    "PaperRecord",
    "Pulse",
    "Receipt",
    "Registry",
    "Rule",
    "Sitting",
    "Statistic",
    "Transfer",
    "Unit",
    "alone",
    "archive",
    "digest_name",
    "make_bag",
    "make_transfer",
    "office_secret",
    "proved_chain",
    "read_file",
    "replace",
    "write_new",
]

_HOMES = {
    "accounts": ("Account",),
    "acts": ("Act", "Acts", "Statistic"),
    "audit": ("proved_chain",),
    "bags": ("make_bag",),
    "challenges": ("CODE_MINUTES", "Answer", "office_secret"),
    "deeds": ("Deed",),
    "links": ("Link", "Links"),
    "passphrases": ("LEAST_CHARACTERS",),
    "registry": ("Pulse", "Registry"),
    "seda": ("Rule", "Transfer", "Unit", "make_transfer"),
    "sittings": ("Sitting",),
}

__getattr__ = on_first_use(__name__, {name: f"{__name__}.{home}" for home, names in _HOMES.items() for name in names})
