"""Links that were sent to people who have nothing else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    op.create_table(
        "link",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("handle", sa.String(32), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("paper_id", sa.Integer, nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("expires_at", sa.String(32), nullable=False),
        sa.Column("revoked_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_link"),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name="fk_link_paper_id_paper"),
        sa.UniqueConstraint("handle", name="uq_link_handle"),
        sa.UniqueConstraint("token", name="uq_link_token"),
    )
    op.create_index("ix_link_paper_id", "link", ["paper_id", "role"])
