"""How works were made, and the alt texts that readers propose."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import flags, index, key, moments, reference, strings, texts

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "making_files",
        key(),
        reference("artist_pk", "artists.pk"),
        reference("post_pk", "posts.pk"),
        reference("attachment_pk", "attachments.pk", null=True),
        *strings("kind", "name", "hash"),
        *texts("note"),
        sa.Column("byte_size", sa.Integer(), nullable=False),
        *flags("is_public"),
        *moments("created_at"),
    )
    for name in ("artist_pk", "post_pk", "attachment_pk", "hash"):
        index("making_files", name)
    op.create_table(
        "alt_proposals",
        key(),
        reference("post_pk", "posts.pk"),
        reference("attachment_pk", "attachments.pk"),
        reference("artist_pk", "artists.pk"),
        *texts("text"),
        *moments("created_at"),
    )
    for name in ("post_pk", "attachment_pk", "artist_pk"):
        index("alt_proposals", name)


def downgrade() -> None:
    """Take both away."""
    op.drop_table("alt_proposals")
    op.drop_table("making_files")
