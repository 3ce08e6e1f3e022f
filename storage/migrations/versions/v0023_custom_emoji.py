"""Custom emoji of the house, and those in what artists say of themselves."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import key, moments, strings

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, and the column of artists."""
    op.create_table(
        "custom_emoji",
        key(),
        *strings("shortcode", "category", "file", "source", "added_by"),
        *moments("created_at"),
        *moments("disabled_at", null=True),
        sa.UniqueConstraint("shortcode"),
    )
    with op.batch_alter_table("artists") as artists:
        artists.add_column(sa.Column("emoji", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Take both away."""
    with op.batch_alter_table("artists") as artists:
        artists.drop_column("emoji")
    op.drop_table("custom_emoji")
