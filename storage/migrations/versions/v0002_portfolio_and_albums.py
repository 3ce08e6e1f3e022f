"""Portfolio, albums, and what a profile says more."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import index, integers, key, moments, reference, strings, texts

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("portfolio", "albums", "album_posts", "profile_links")


def upgrade() -> None:
    """Add what an artist arranges, and what a profile says of its pictures and links."""
    make_portfolio()
    make_albums()
    make_profile_links()
    with op.batch_alter_table("artists") as artists:
        artists.add_column(sa.Column("avatar_alt", sa.Text(), nullable=False, server_default=""))
        artists.add_column(sa.Column("header_alt", sa.Text(), nullable=False, server_default=""))
        artists.add_column(sa.Column("attribution_domains", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Take it all away."""
    with op.batch_alter_table("artists") as artists:
        for name in ("avatar_alt", "header_alt", "attribution_domains"):
            artists.drop_column(name)
    for name in reversed(TABLES):
        op.drop_table(name)


def make_portfolio() -> None:
    op.create_table(
        "portfolio",
        reference("artist_pk", "artists.pk"),
        reference("post_pk", "posts.pk"),
        *integers("position"),
        sa.PrimaryKeyConstraint("artist_pk", "post_pk"),
    )
    index("portfolio", "post_pk")


def make_albums() -> None:
    op.create_table(
        "albums",
        key(),
        reference("artist_pk", "artists.pk"),
        *strings("slug", "title"),
        *texts("summary"),
        *moments("created_at", "updated_at"),
        *moments("deleted_at", null=True),
        sa.UniqueConstraint("artist_pk", "slug"),
    )
    op.create_table(
        "album_posts",
        reference("album_pk", "albums.pk"),
        reference("post_pk", "posts.pk"),
        *integers("position"),
        sa.PrimaryKeyConstraint("album_pk", "post_pk"),
    )
    index("album_posts", "post_pk")


def make_profile_links() -> None:
    op.create_table(
        "profile_links",
        reference("artist_pk", "artists.pk"),
        *strings("url"),
        *moments("verified_at", null=True),
        *integers("failures"),
        *moments("due_at"),
        sa.PrimaryKeyConstraint("artist_pk", "url"),
    )
    index("profile_links", "due_at")
