"""The tables around the opt-out, as the first migration makes them."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import index, integers, key, lists, moments, reference, strings


def make_opt_out() -> None:
    op.create_table(
        "crawler_agents",
        *strings("name", "operator"),
        *lists("purposes"),
        *moments("read_at"),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "crawler_visits",
        *strings("agent", "place", "answer"),
        *integers("count"),
        *moments("first_at", "last_at"),
        sa.PrimaryKeyConstraint("agent", "place", "answer"),
    )
    index("crawler_visits", "last_at")
    op.create_table(
        "opt_out_changes",
        key(),
        *strings("level", "subject", "changed_by"),
        *strings("old", "new", null=True),
        *moments("changed_at"),
    )
    index("opt_out_changes", "subject")
    op.create_table(
        "rewrites",
        reference("artist_pk", "artists.pk"),
        sa.Column("before_pk", sa.BigInteger(), nullable=True),
        *integers("rewritten"),
        *moments("asked_at"),
        *moments("lease_until", null=True),
        sa.PrimaryKeyConstraint("artist_pk"),
    )
