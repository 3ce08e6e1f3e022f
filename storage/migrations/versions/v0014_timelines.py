"""What artists keep, leave out, and gather on their timelines."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import flags, index, key, moments, reference, strings, texts

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "bookmarks",
        reference("artist_pk", "artists.pk"),
        reference("post_pk", "posts.pk"),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("artist_pk", "post_pk"),
    )
    index("bookmarks", "post_pk")
    index("bookmarks", "artist_pk", "place")
    op.create_table(
        "filters",
        key(),
        reference("artist_pk", "artists.pk"),
        *texts("phrase"),
        *flags("hides"),
        *moments("expires_at", null=True),
        *moments("created_at"),
    )
    index("filters", "artist_pk")
    op.create_table("circles", key(), reference("artist_pk", "artists.pk"), *strings("title"))
    index("circles", "artist_pk")
    op.create_table(
        "circle_members",
        reference("circle_pk", "circles.pk"),
        *strings("actor_id"),
        sa.PrimaryKeyConstraint("circle_pk", "actor_id"),
    )


def downgrade() -> None:
    """Take them away."""
    for name in ("circle_members", "circles", "filters", "bookmarks"):
        op.drop_table(name)
