"""Passkeys, second factors, mail, and archives to take along."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import index, integers, key, moments, reference, strings, texts

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("exports", "recovery_codes", "second_factors", "passkeys", "mail_addresses", "mails")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "mails",
        key(),
        *strings("recipient", "subject", "state"),
        *texts("body", "last_error"),
        *integers("attempts"),
        *moments("due_at", "created_at"),
    )
    index("mails", "due_at")
    op.create_table(
        "mail_addresses",
        reference("artist_pk", "artists.pk"),
        *strings("address"),
        *moments("confirmed_at", null=True),
        sa.PrimaryKeyConstraint("artist_pk"),
    )
    _make_factors()
    op.create_table(
        "exports",
        key(),
        reference("artist_pk", "artists.pk"),
        *strings("state", "file_name"),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        *texts("error"),
        *moments("created_at", "due_at"),
        *moments("expires_at", null=True),
    )
    index("exports", "artist_pk")
    index("exports", "state")
    index("exports", "expires_at")


def _make_factors() -> None:
    op.create_table(
        "passkeys",
        key(),
        reference("artist_pk", "artists.pk"),
        *strings("credential_id", "name"),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        *moments("created_at"),
        *moments("used_at", null=True),
        sa.UniqueConstraint("credential_id"),
    )
    index("passkeys", "artist_pk")
    op.create_table(
        "second_factors",
        reference("artist_pk", "artists.pk"),
        *strings("secret"),
        *moments("confirmed_at", null=True),
        *integers("last_step"),
        sa.PrimaryKeyConstraint("artist_pk"),
    )
    op.create_table(
        "recovery_codes",
        reference("artist_pk", "artists.pk"),
        *strings("code_hash"),
        sa.PrimaryKeyConstraint("artist_pk", "code_hash"),
    )


def downgrade() -> None:
    """Take them away."""
    for table in TABLES:
        op.drop_table(table)
