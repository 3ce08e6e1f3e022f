"""Alt texts that people of other servers propose, in answers: a proposal is an actor's, whoever's server that is."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import index

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Name each proposer by id, which every artist's keys tell, and the answer that it stood in."""
    for name in ("actor_id", "answer_id"):
        op.add_column("alt_proposals", sa.Column(name, sa.String(), nullable=False, server_default=""))
    connection = op.get_bind()
    keys = connection.execute(sa.text("SELECT artist_pk, key_id FROM keys WHERE artist_pk IS NOT NULL")).all()
    for artist_pk, key_id in keys:
        named = {"artist_pk": artist_pk, "actor_id": key_id.partition("#")[0]}
        connection.execute(sa.text("UPDATE alt_proposals SET actor_id = :actor_id WHERE artist_pk = :artist_pk"), named)
    op.drop_index("ix_alt_proposals_artist_pk", "alt_proposals")
    with op.batch_alter_table("alt_proposals") as proposals:
        proposals.drop_constraint("fk_alt_proposals_artist_pk_artists", type_="foreignkey")
        proposals.drop_column("artist_pk")
    for name in ("actor_id", "answer_id"):
        index("alt_proposals", name)


def downgrade() -> None:
    """Forget them all: who proposed what cannot be said any more."""
    op.execute(sa.text("DELETE FROM alt_proposals"))
    for name in ("actor_id", "answer_id"):
        op.drop_index(f"ix_alt_proposals_{name}", "alt_proposals")
    with op.batch_alter_table("alt_proposals") as proposals:
        proposals.drop_column("actor_id")
        proposals.drop_column("answer_id")
        proposals.add_column(sa.Column("artist_pk", sa.BigInteger(), nullable=False))
        proposals.create_foreign_key(
            "fk_alt_proposals_artist_pk_artists", "artists", ["artist_pk"], ["pk"], ondelete="CASCADE"
        )
    index("alt_proposals", "artist_pk")
