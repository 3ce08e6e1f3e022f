"""The language that the steps of an upload are told in."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("uploads") as uploads:
        uploads.add_column(sa.Column("language", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Remove it."""
    with op.batch_alter_table("uploads") as uploads:
        uploads.drop_column("language")
