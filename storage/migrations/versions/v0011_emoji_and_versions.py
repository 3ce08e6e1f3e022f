"""Custom emoji of others, and what posts said before they were edited."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import index, key, lists, moments, reference, texts

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WITH_EMOJI = ("posts", "remote_actors")


def upgrade() -> None:
    """Add both."""
    for table in WITH_EMOJI:
        with op.batch_alter_table(table) as columns:
            columns.add_column(sa.Column("emoji", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("interactions") as interactions:
        interactions.add_column(sa.Column("picture_url", sa.String(), nullable=True))
    op.create_table(
        "post_versions",
        key(),
        reference("post_pk", "posts.pk"),
        *moments("made_at"),
        *texts("content", "content_warning"),
        *lists("alts"),
    )
    index("post_versions", "post_pk", "pk")


def downgrade() -> None:
    """Take both away."""
    op.drop_table("post_versions")
    with op.batch_alter_table("interactions") as interactions:
        interactions.drop_column("picture_url")
    for table in WITH_EMOJI:
        with op.batch_alter_table(table) as columns:
            columns.drop_column("emoji")
