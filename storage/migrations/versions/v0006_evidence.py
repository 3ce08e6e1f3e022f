"""Where pictures and posts went, and how far access logs were read."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import index, integers, moments, strings, texts

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "picture_fetches",
        *strings("file_hash"),
        sa.Column("host_number", sa.BigInteger(), nullable=False),
        *strings("agent", "answer"),
        *integers("count"),
        *moments("first_at", "last_at"),
        sa.PrimaryKeyConstraint("file_hash", "host_number", "agent", "answer"),
    )
    index("picture_fetches", "last_at")
    op.create_table(
        "post_visits",
        *strings("object_id", "netloc", "door", "entry_key"),
        *texts("reason"),
        *integers("count"),
        *moments("first_at", "last_at"),
        sa.PrimaryKeyConstraint("object_id", "netloc", "door", "entry_key"),
    )
    index("post_visits", "last_at")
    op.create_table(
        "access_logs",
        *strings("path"),
        sa.Column("inode", sa.BigInteger(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("path"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("access_logs")
    op.drop_table("post_visits")
    op.drop_table("picture_fetches")
