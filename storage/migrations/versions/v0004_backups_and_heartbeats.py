"""When the instance was last copied, and when its background work was last seen alive."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import integers, moments, strings

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "backups",
        *strings("destination"),
        *moments("made_at"),
        *integers("files"),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("destination"),
    )
    op.create_table("heartbeats", *strings("name"), *moments("seen_at"), sa.PrimaryKeyConstraint("name"))


def downgrade() -> None:
    """Take both away."""
    op.drop_table("heartbeats")
    op.drop_table("backups")
