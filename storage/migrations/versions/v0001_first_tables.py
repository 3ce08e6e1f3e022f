"""The first tables."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import flags, index, integers, key, lists, moments, reference, strings, texts
from storage.migrations.opt_out_tables import make_opt_out

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "artists", "keys", "secrets", "sessions", "tokens", "remote_actors", "remote_keys", "posts", "post_tags",
    "attachments", "renditions", "followers", "following", "interactions", "inbox_log", "outbox_log", "deliveries",
    "hosts", "blocklist_entries", "blocklist_allows", "refusals", "subscriptions", "personal_blocks", "reports",
    "rate_limits", "revisions", "blocklist_changes", "severances", "subscribed_changes", "held_lists", "appeals",
    "audit_log",
    "crawler_agents", "crawler_visits", "opt_out_changes", "rewrites",
)  # fmt: skip


def upgrade() -> None:
    """Make every table, those that others refer to first."""
    make_artists()
    make_credentials()
    make_remote_actors()
    make_posts()
    make_pictures()
    make_relations()
    make_inbox_log()
    make_outbox()
    make_hosts()
    make_blocklist()
    make_subscriptions()
    make_moderation()
    make_counters()
    make_blocklist_exchange()
    make_opt_out()


def downgrade() -> None:
    """Drop every table."""
    for name in reversed(TABLES):
        op.drop_table(name)


def make_artists() -> None:
    op.create_table(
        "artists",
        key(),
        *strings("name", "folded", "display_name", "role"),
        *strings("password_hash", "opt_out", "avatar_hash", "header_hash", "moved_to", null=True),
        *strings("license", "acquire_license_page", null=True),
        *texts("summary"),
        *lists("fields", "also_known_as"),
        *flags("manually_approves", "discoverable", "indexable", "states_opt_out", "tags_no_ai"),
        *moments("created_at", "updated_at"),
        *moments("deleted_at", null=True),
        sa.UniqueConstraint("folded"),
    )


def make_credentials() -> None:
    op.create_table(
        "keys",
        key(),
        reference("artist_pk", "artists.pk", null=True),
        *strings("algorithm", "key_id"),
        *texts("private_pem", "public_pem"),
        *moments("created_at"),
        *moments("retired_at", null=True),
        sa.UniqueConstraint("key_id"),
    )
    index("keys", "artist_pk")
    op.create_table("secrets", *strings("name"), *texts("value"), sa.PrimaryKeyConstraint("name"))
    op.create_table(
        "sessions",
        *strings("token_hash", "user_agent"),
        reference("artist_pk", "artists.pk"),
        *moments("created_at", "seen_at", "expires_at"),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    index("sessions", "artist_pk")
    index("sessions", "seen_at")
    index("sessions", "expires_at")
    op.create_table(
        "tokens",
        *strings("token_hash", "purpose"),
        reference("artist_pk", "artists.pk", null=True),
        *moments("created_at", "expires_at"),
        *moments("used_at", null=True),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    index("tokens", "artist_pk")
    index("tokens", "expires_at")


def make_remote_actors() -> None:
    op.create_table(
        "remote_actors",
        key(),
        *strings("actor_id", "actor_type", "name", "domain", "netloc", "display_name", "url", "inbox"),
        *strings("shared_inbox", "followers", "icon_url", "moved_to", "opt_out", null=True),
        *texts("summary", "document"),
        *lists("also_known_as"),
        *flags("manually_approves"),
        *moments("fetched_at"),
        *moments("gone_at", null=True),
        sa.UniqueConstraint("actor_id"),
    )
    index("remote_actors", "name")
    index("remote_actors", "netloc")
    op.create_table(
        "remote_keys",
        *strings("key_id", "actor_id", "algorithm"),
        *texts("pem"),
        *moments("fetched_at"),
        sa.PrimaryKeyConstraint("key_id"),
    )
    index("remote_keys", "actor_id")


def make_posts() -> None:
    op.create_table(
        "posts",
        key(),
        reference("artist_pk", "artists.pk", null=True),
        *strings("object_id", "actor_id", "url", "visibility"),
        *strings("language", "opt_out", "license", "digital_source_type", "in_reply_to", null=True),
        *texts("text", "content", "content_warning"),
        *texts("document", null=True),
        *flags("sensitive"),
        *lists("mentions", "hashtags"),
        *moments("published_at"),
        *moments("updated_at", "deleted_at", null=True),
        sa.UniqueConstraint("object_id"),
    )
    index("posts", "actor_id", "pk")
    index("posts", "artist_pk", "pk")
    index("posts", "in_reply_to")
    op.create_table(
        "post_tags", *strings("tag"), reference("post_pk", "posts.pk"), sa.PrimaryKeyConstraint("tag", "post_pk")
    )
    index("post_tags", "post_pk")


def make_pictures() -> None:
    op.create_table(
        "attachments",
        key(),
        reference("artist_pk", "artists.pk", null=True),
        reference("post_pk", "posts.pk", null=True),
        *strings("media_type"),
        *strings("blurhash", "dominant_color", "original_hash", "original_name", "remote_url", "opt_out", null=True),
        *texts("alt"),
        *integers("position"),
        *integers("width", "height", null=True),
        sa.Column("focal_x", sa.Float(), nullable=False),
        sa.Column("focal_y", sa.Float(), nullable=False),
        *flags("sensitive"),
        *lists("report"),
        *moments("created_at"),
    )
    index("attachments", "artist_pk")
    index("attachments", "post_pk", "position")
    index("attachments", "original_hash")
    op.create_table(
        "renditions",
        reference("attachment_pk", "attachments.pk"),
        *strings("kind", "hash", "extension", "media_type"),
        *integers("width", "height", "byte_size"),
        sa.PrimaryKeyConstraint("attachment_pk", "kind"),
    )
    index("renditions", "hash")


def make_relations() -> None:
    for table in ("followers", "following"):
        op.create_table(
            table,
            key(),
            reference("artist_pk", "artists.pk"),
            *strings("actor_id", "state", "follow_id"),
            *moments("created_at"),
            sa.UniqueConstraint("artist_pk", "actor_id"),
        )
        index(table, "actor_id")
        index(table, "artist_pk", "state", "pk")
    op.create_table(
        "interactions",
        key(),
        *strings("kind", "actor_id", "object_id", "activity_id", "content"),
        *moments("created_at"),
        sa.UniqueConstraint("activity_id"),
        sa.UniqueConstraint("kind", "actor_id", "object_id", "content"),
    )
    index("interactions", "actor_id")
    index("interactions", "object_id", "kind", "pk")


def make_inbox_log() -> None:
    op.create_table(
        "inbox_log",
        key(),
        *strings("activity_id", "activity_type", "object_type", "actor_id", "state"),
        *strings("recipient", null=True),
        *texts("error", null=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        *integers("attempts"),
        *moments("received_at", "due_at"),
        *moments("lease_until", null=True),
        sa.UniqueConstraint("activity_id"),
    )
    index("inbox_log", "actor_id")
    index("inbox_log", "state", "due_at")
    index("inbox_log", "lease_until")


def make_outbox() -> None:
    op.create_table(
        "outbox_log",
        key(),
        reference("artist_pk", "artists.pk", null=True),
        *strings("activity_id", "activity_type", "audience"),
        *strings("object_id", null=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        *moments("created_at"),
        sa.UniqueConstraint("activity_id"),
    )
    index("outbox_log", "artist_pk", "pk")
    index("outbox_log", "object_id")
    index("outbox_log", "created_at")
    op.create_table(
        "deliveries",
        key(),
        reference("outbox_pk", "outbox_log.pk"),
        *strings("inbox", "inbox_host", "receiver_netloc", "state"),
        *strings("receiver_actor_id", null=True),
        *integers("attempts"),
        *integers("last_status", null=True),
        *texts("last_error", null=True),
        *moments("due_at", "created_at"),
        *moments("lease_until", "finished_at", null=True),
    )
    index("deliveries", "outbox_pk")
    index("deliveries", "state", "due_at")
    index("deliveries", "inbox_host", "state")
    index("deliveries", "lease_until")


def make_hosts() -> None:
    op.create_table(
        "hosts",
        sa.Column("pk", sa.Integer(), primary_key=True),
        *strings("netloc"),
        *strings("signature_generation", "software", null=True),
        *integers("failures"),
        *moments("first_seen"),
        *moments("failing_since", "open_until", "signature_seen_at", null=True),
        sa.UniqueConstraint("netloc"),
        sqlite_autoincrement=True,  # a number stands in addresses out in the world, and must not come back
    )
    index("hosts", "failing_since")
    index("hosts", "open_until")


def make_blocklist() -> None:
    op.create_table(
        "blocklist_entries",
        key(),
        *strings("kind", "key", "label", "policy", "source", "author"),
        *strings("change_id", null=True),
        *texts("reason"),
        *lists("evidence"),
        *moments("created_at"),
        *moments("expires_at", "retracted_at", null=True),
        sa.UniqueConstraint("kind", "key", "source"),
    )
    index("blocklist_entries", "key")
    index("blocklist_entries", "source")
    op.create_table(
        "blocklist_allows",
        *strings("key", "kind"),
        *texts("reason"),
        *moments("created_at"),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "refusals",
        *strings("door", "entry_key", "subject"),
        *integers("count"),
        *moments("first_at", "last_at"),
        sa.PrimaryKeyConstraint("door", "entry_key", "subject"),
    )
    index("refusals", "entry_key")
    index("refusals", "last_at")


def make_subscriptions() -> None:
    op.create_table(
        "subscriptions",
        *strings("url", "format", "action"),
        *strings("etag", "last_modified", "cursor", null=True),
        *texts("error", null=True),
        *integers("entry_count"),
        *moments("fetched_at", "succeeded_at", null=True),
        sa.PrimaryKeyConstraint("url"),
    )


def make_moderation() -> None:
    op.create_table(
        "personal_blocks",
        reference("artist_pk", "artists.pk"),
        *strings("actor_id", "direction"),
        *moments("created_at"),
        sa.PrimaryKeyConstraint("artist_pk", "actor_id", "direction"),
    )
    index("personal_blocks", "actor_id")
    op.create_table(
        "reports",
        key(),
        *strings("reporter_actor_id", "state"),
        *texts("content"),
        *lists("target_ids"),
        *moments("created_at"),
    )
    index("reports", "state")


def make_counters() -> None:
    op.create_table(
        "rate_limits",
        *strings("key"),
        *moments("window_start"),
        *integers("count"),
        sa.PrimaryKeyConstraint("key", "window_start"),
    )
    index("rate_limits", "window_start")
    op.create_table("revisions", *strings("name"), *integers("value"), sa.PrimaryKeyConstraint("name"))


def make_blocklist_exchange() -> None:
    op.create_table(
        "blocklist_changes",
        key(),
        *strings("change_type", "kind", "key", "label", "policy", "author"),
        *texts("comment"),
        *lists("evidence"),
        *moments("published_at"),
        *moments("expires_at", null=True),
    )
    index("blocklist_changes", "kind", "key")
    op.create_table(
        "severances",
        key(),
        reference("artist_pk", "artists.pk"),
        *strings("side", "actor_id", "state", "entry_key"),
        *texts("reason"),
        *moments("made_at"),
    )
    index("severances", "artist_pk", "pk")
    op.create_table(
        "subscribed_changes",
        *strings("source", "change_id", "kind", "key"),
        sa.PrimaryKeyConstraint("source", "change_id"),
    )
    op.create_table(
        "held_lists",
        *strings("url", "digest"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        *integers("added", "changed", "retracted"),
        *moments("held_at"),
        *moments("dismissed_at", null=True),
        sa.PrimaryKeyConstraint("url"),
    )
    make_appeals()
    op.create_table("audit_log", key(), *strings("author", "action"), *texts("subject", "detail"), *moments("done_at"))
    index("audit_log", "done_at")


def make_appeals() -> None:
    op.create_table(
        "appeals",
        key(),
        *strings("entry_kind", "entry_key", "contact", "state"),
        *strings("activity_id", null=True),
        *texts("content", "answer"),
        *moments("created_at"),
        *moments("answered_at", null=True),
        sa.UniqueConstraint("activity_id"),
    )
    index("appeals", "entry_kind", "entry_key")
    index("appeals", "state")
