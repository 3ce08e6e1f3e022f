"""What pictures look like, and what marks artists put into theirs."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import index, key, reference

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the looks, an attachment's mark, and an artist's wishes about marks."""
    op.create_table(
        "likenesses",
        key(),
        reference("attachment_pk", "attachments.pk"),
        sa.Column("whole", sa.LargeBinary(), nullable=False),
        sa.Column("windows", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("attachment_pk"),
    )
    with op.batch_alter_table("attachments") as attachments:
        attachments.add_column(sa.Column("mark", sa.Integer(), nullable=True))
    index("attachments", "mark")
    index("attachments", "remote_url")
    with op.batch_alter_table("artists") as artists:
        artists.add_column(sa.Column("marks", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    """Take it all away."""
    with op.batch_alter_table("artists") as artists:
        artists.drop_column("marks")
    op.drop_index("ix_attachments_remote_url", "attachments")
    op.drop_index("ix_attachments_mark", "attachments")
    with op.batch_alter_table("attachments") as attachments:
        attachments.drop_column("mark")
    op.drop_table("likenesses")
