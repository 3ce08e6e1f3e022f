"""Drafts, and the pictures that wait in them."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import index, integers, key, lists, moments, reference, strings, texts

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "drafts",
        key(),
        reference("artist_pk", "artists.pk"),
        *strings("state", "time_zone"),
        *lists("fields", "post"),
        *texts("problem", "appeal"),
        sa.Column("post_pk", sa.BigInteger(), nullable=True),
        *moments("publish_at", "lease_until", null=True),
        *moments("created_at", "updated_at"),
    )
    index("drafts", "artist_pk", "updated_at")
    index("drafts", "state", "publish_at")
    op.create_table(
        "uploads",
        key(),
        reference("artist_pk", "artists.pk"),
        reference("draft_pk", "drafts.pk"),
        *strings("name", "original_hash", "state"),
        *integers("byte_size", "attempts"),
        *texts("alt", "problem"),
        reference("attachment_pk", "attachments.pk", null=True),
        *lists("request", "steps"),
        *moments("lease_until", null=True),
        *moments("created_at"),
    )
    for name in ("artist_pk", "draft_pk", "original_hash", "state", "attachment_pk"):
        index("uploads", name)


def downgrade() -> None:
    """Take both away."""
    op.drop_table("uploads")
    op.drop_table("drafts")
