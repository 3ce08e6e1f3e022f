"""Quotes with their authors' permission, and posts of which an Update is due."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import index, moments, reference

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OF_POSTS = ("quote_policy", "quote_id", "quote_state", "quote_request_id", "quote_authorization")
LOOKED_UP = ("quote_id", "quote_request_id", "quote_authorization")


def upgrade() -> None:
    """Add what a post says of quoting it, and of what it quotes."""
    with op.batch_alter_table("artists") as artists:
        artists.add_column(sa.Column("quote_policy", sa.String(), nullable=True))
    with op.batch_alter_table("posts") as posts:
        for name in OF_POSTS:
            posts.add_column(sa.Column(name, sa.String(), nullable=True))
    for name in LOOKED_UP:
        index("posts", name)
    op.create_table(
        "post_updates", reference("post_pk", "posts.pk"), *moments("due_at"), sa.PrimaryKeyConstraint("post_pk")
    )
    index("post_updates", "due_at")


def downgrade() -> None:
    """Take it all away."""
    op.drop_table("post_updates")
    for name in LOOKED_UP:
        op.drop_index(f"ix_posts_{name}", "posts")
    with op.batch_alter_table("posts") as posts:
        for name in OF_POSTS:
            posts.drop_column(name)
    with op.batch_alter_table("artists") as artists:
        artists.drop_column("quote_policy")
