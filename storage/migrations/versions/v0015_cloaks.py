"""Which cloak an artist wants on their pictures."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it."""
    with op.batch_alter_table("artists") as artists:
        artists.add_column(sa.Column("cloak", sa.String(), nullable=True))


def downgrade() -> None:
    """Take it away."""
    with op.batch_alter_table("artists") as artists:
        artists.drop_column("cloak")
