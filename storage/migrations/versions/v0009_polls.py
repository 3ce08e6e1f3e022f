"""Polls, and who voted in them."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import flags, index, integers, lists, moments, reference, strings

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "polls",
        reference("post_pk", "posts.pk"),
        *lists("options"),
        *flags("multiple"),
        *moments("ends_at", "closed_at", null=True),
        *integers("voters", null=True),
        sa.PrimaryKeyConstraint("post_pk"),
    )
    index("polls", "closed_at", "ends_at")
    op.create_table(
        "poll_votes",
        reference("post_pk", "posts.pk"),
        *strings("actor_id"),
        *integers("slot", "choice"),
        *moments("created_at"),
        sa.PrimaryKeyConstraint("post_pk", "actor_id", "slot"),
    )
    index("poll_votes", "actor_id")


def downgrade() -> None:
    """Take both away."""
    op.drop_table("poll_votes")
    op.drop_table("polls")
