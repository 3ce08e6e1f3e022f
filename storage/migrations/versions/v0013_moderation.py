"""What those who run the place write down: notes, rules, announcements, applications, suspensions and appeals."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import index, integers, key, moments, reference, strings, texts

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = ("suspension_appeals", "applications", "announcements", "rules", "report_notes")


def upgrade() -> None:
    """Add the tables, and the columns of a suspension."""
    op.create_table(
        "report_notes",
        key(),
        reference("report_pk", "reports.pk"),
        *strings("author", "action"),
        *texts("content"),
        *moments("created_at"),
    )
    index("report_notes", "report_pk")
    op.create_table("rules", key(), *integers("position"), *texts("content"))
    op.create_table("announcements", key(), *strings("author"), *texts("content"), *moments("created_at", "ends_at"))
    op.create_table(
        "applications",
        key(),
        *strings("name", "address", "state", "decided_by"),
        *texts("content"),
        *moments("created_at"),
        *moments("decided_at", null=True),
    )
    index("applications", "state")
    op.create_table(
        "suspension_appeals",
        key(),
        reference("artist_pk", "artists.pk"),
        *strings("state", "decided_by"),
        *texts("content", "answer"),
        *moments("created_at"),
        *moments("decided_at", null=True),
    )
    index("suspension_appeals", "artist_pk")
    with op.batch_alter_table("artists") as artists:
        artists.add_column(sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
        artists.add_column(sa.Column("suspension_reason", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("artists") as artists:
        artists.drop_column("suspension_reason")
        artists.drop_column("suspended_at")
    for table in TABLES:
        op.drop_table(table)
