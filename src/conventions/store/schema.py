"""The tables. A change here needs a migration in ``migrations/versions`` and a new :data:`HEAD`."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

__all__ = [
    "HEAD",
    "METADATA",
    "account",
    "act",
    "challenge",
    "deed",
    "event",
    "guess",
    "link",
    "paper",
    "sitting",
    "statistic",
]

HEAD: Final = "0005"
"""Revision that this program reads and writes; a test compares it with the migrations."""

METADATA: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

paper: Final = Table(
    "paper",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("number", String(40), nullable=False),
    Column("document", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("language", String(2), nullable=False),
    Column("dossier_digest", String(64), nullable=False),
    Column("template_digest", String(64), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("abroad", Boolean(name="abroad"), nullable=False),
    Column("circuit", JSON, nullable=False),
    Column("signatories", JSON, nullable=False),
    Column("salt", String(32), nullable=False),
    Column("people", String(64), nullable=False),
    Column("genesis", String(64), nullable=False),
    UniqueConstraint("number", "document", "version"),
)
"""What was frozen at issue. ``signatories`` and ``salt`` are emptied by a purge; ``people`` commits to them."""

event: Final = Table(
    "event",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("paper_id", Integer, ForeignKey("paper.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("at", String(32), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("personal", JSON, nullable=False),
    Column("salt", String(32), nullable=False),
    Column("people", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    UniqueConstraint("paper_id", "position"),
    Index("ix_event_sha256", "sha256"),
)
"""What happened. ``personal`` and ``salt`` are emptied by a purge; ``sha256`` repeats the fact, to be searched."""

challenge: Final = Table(
    "challenge",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("paper_id", Integer, ForeignKey("paper.id"), nullable=False),
    Column("role", String(40), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("mac", String(64), nullable=False),
    Column("sent_at", String(32), nullable=False),
    Column("expires_at", String(32), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("used_at", String(32), nullable=False),
    Index("ix_challenge_paper_id", "paper_id", "role"),
)
"""A code that was sent by mail, bound to the bytes it was sent for; it is never stored itself. Nothing is personal."""

act: Final = Table(
    "act",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("at", String(32), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("personal", JSON, nullable=False),
    Column("salt", String(32), nullable=False),
    Column("people", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    UniqueConstraint("position"),
    Index("ix_act_subject", "subject"),
)
"""What the office did with somebody's data. It outlives the papers: ``subject`` is a keyed digest, ``personal`` and
``salt`` are emptied with the dossier."""

statistic: Final = Table(
    "statistic",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("academic_year", String(9), nullable=False),
    Column("measure", String(20), nullable=False),
    Column("value", String(40), nullable=False),
    Column("count", Integer, nullable=False),
    UniqueConstraint("academic_year", "measure", "value"),
)
"""How many of the dossiers that are gone: one measure at a time, so that no row describes one person."""

link: Final = Table(
    "link",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("handle", String(32), nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("paper_id", Integer, ForeignKey("paper.id"), nullable=False),
    Column("role", String(40), nullable=False),
    Column("token", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("expires_at", String(32), nullable=False),
    Column("revoked_at", String(32), nullable=False),
    UniqueConstraint("handle"),
    UniqueConstraint("token"),
    Index("ix_link_paper_id", "paper_id", "role"),
)
"""A link that was sent by mail. ``token`` and ``person`` are keyed digests: the link itself is never stored."""
account: Final = Table(
    "account",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("label", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("hash", String(200), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("closed_at", String(32), nullable=False),
    UniqueConstraint("name"),
)
"""Who may open the board; ``label`` is what people are shown.

``hash`` is empty where a provider answers for the person, and once the account is closed.
"""

guess: Final = Table(
    "guess",
    METADATA,
    Column("mac", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", String(32), nullable=False),
)
"""Failures in a row under one name, whether anybody has it or not, and when the last was; the name itself is not kept.
Also how often something else was tried, and when it was tried first (:mod:`conventions.store.tries`)."""

sitting: Final = Table(
    "sitting",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("account_id", Integer, ForeignKey("account.id"), nullable=False),
    Column("began_at", String(32), nullable=False),
    Column("seen_at", String(32), nullable=False),
)
"""A session of the board; of its token only the digest is kept."""

deed: Final = Table(
    "deed",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("account_id", Integer, ForeignKey("account.id"), nullable=True),
    Column("what", String(40), nullable=False),
    Column("about", String(120), nullable=False),
    Column("outcome", String(40), nullable=False),
)
"""Who did or looked at what through the board. Nothing is personal: an account's number, a dossier's, a code."""
