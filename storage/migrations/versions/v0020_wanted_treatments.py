"""How each picture of a draft is to be treated."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; what waits already is treated as its artist's settings say."""
    with op.batch_alter_table("uploads") as uploads:
        uploads.add_column(sa.Column("wanted", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("uploads") as uploads:
        uploads.alter_column("wanted", server_default=None)


def downgrade() -> None:
    """Take it away."""
    with op.batch_alter_table("uploads") as uploads:
        uploads.drop_column("wanted")
