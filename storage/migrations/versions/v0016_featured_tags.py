"""The hashtags that an artist puts on their profile."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("artists") as artists:
        artists.add_column(sa.Column("featured_tags", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Remove it."""
    with op.batch_alter_table("artists") as artists:
        artists.drop_column("featured_tags")
