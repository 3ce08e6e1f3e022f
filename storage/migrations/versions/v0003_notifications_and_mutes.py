"""Notifications, and whom artists mute."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import index, key, moments, reference, strings

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables, and what a home timeline asks for."""
    op.create_table(
        "notifications",
        key(),
        reference("artist_pk", "artists.pk"),
        *strings("kind", "actor_id", "object_id"),
        *moments("created_at"),
        *moments("read_at", null=True),
        sa.UniqueConstraint("artist_pk", "kind", "actor_id", "object_id"),
    )
    index("notifications", "artist_pk", "pk")
    index("notifications", "artist_pk", "read_at")
    index("notifications", "actor_id")
    index("notifications", "object_id")
    op.create_table(
        "mutes",
        reference("artist_pk", "artists.pk"),
        *strings("actor_id"),
        *moments("created_at"),
        sa.PrimaryKeyConstraint("artist_pk", "actor_id"),
    )


def downgrade() -> None:
    """Take both away."""
    op.drop_table("mutes")
    op.drop_table("notifications")
