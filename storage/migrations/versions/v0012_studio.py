"""Commissions, series, and who let out what was held."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("artists") as artists:
        artists.add_column(sa.Column("commissions", sa.String(), nullable=False, server_default=""))
        artists.add_column(sa.Column("price_sheet", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("albums") as albums:
        albums.add_column(sa.Column("is_series", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("drafts") as drafts:
        drafts.add_column(sa.Column("reviewed_by", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Take them away."""
    for table, names in (
        ("drafts", ("reviewed_by",)),
        ("albums", ("is_series",)),
        ("artists", ("price_sheet", "commissions")),
    ):
        with op.batch_alter_table(table) as batch:
            for name in names:
                batch.drop_column(name)
