"""Credits: who made a work with its artist, and whether they agree to be named."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import flags, index, key, moments, reference, strings

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, and what a post shows of it."""
    op.create_table(
        "credits",
        key(),
        reference("post_pk", "posts.pk"),
        reference("author_pk", "artists.pk"),
        reference("artist_pk", "artists.pk", null=True),
        *strings("actor_id", "handle", "url", "role", "state"),
        *flags("hangs"),
        *moments("asked_at"),
        *moments("agreed_at", null=True),
        sa.UniqueConstraint("post_pk", "actor_id"),
    )
    for name in ("author_pk", "artist_pk", "actor_id"):
        index("credits", name)
    with op.batch_alter_table("posts") as posts:
        posts.add_column(sa.Column("credits", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Take both away."""
    with op.batch_alter_table("posts") as posts:
        posts.drop_column("credits")
    op.drop_table("credits")
