"""The language that an artist reads the site in."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("artists") as artists:
        artists.add_column(sa.Column("language", sa.String(), nullable=True))


def downgrade() -> None:
    """Remove it."""
    with op.batch_alter_table("artists") as artists:
        artists.drop_column("language")
