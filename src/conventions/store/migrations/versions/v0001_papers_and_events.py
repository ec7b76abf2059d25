"""Papers and what happens to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    op.create_table(
        "paper",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("document", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("dossier_digest", sa.String(64), nullable=False),
        sa.Column("template_digest", sa.String(64), nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("abroad", sa.Boolean, nullable=False),
        sa.Column("circuit", sa.JSON, nullable=False),
        sa.Column("signatories", sa.JSON, nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("people", sa.String(64), nullable=False),
        sa.Column("genesis", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_paper"),
        sa.UniqueConstraint("number", "document", "version", name="uq_paper_number"),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("paper_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("personal", sa.JSON, nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("people", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name="fk_event_paper_id"),
        sa.UniqueConstraint("paper_id", "position", name="uq_event_paper_id"),
    )
    op.create_index("ix_event_sha256", "event", ["sha256"])


def downgrade() -> None:
    op.drop_table("event")
    op.drop_table("paper")
