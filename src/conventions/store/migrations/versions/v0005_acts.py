"""What the office did with people's data, and what is still counted once a dossier is gone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    op.create_table(
        "act",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("personal", sa.JSON, nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("people", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_act"),
        sa.UniqueConstraint("position", name="uq_act_position"),
    )
    op.create_index("ix_act_subject", "act", ["subject"])
    op.create_table(
        "statistic",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("academic_year", sa.String(9), nullable=False),
        sa.Column("measure", sa.String(20), nullable=False),
        sa.Column("value", sa.String(40), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_statistic"),
        sa.UniqueConstraint("academic_year", "measure", "value", name="uq_statistic_academic_year"),
    )


def downgrade() -> None:
    op.drop_table("statistic")
    op.drop_table("act")
