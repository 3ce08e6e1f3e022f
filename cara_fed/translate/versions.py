"""What a post says, as it is kept when it says something else."""

from collections.abc import Iterable

from storage.attachments import Attachment
from storage.post_versions import PostVersion
from storage.posts import Post


def version_row(post: Post, attachments: Iterable[Attachment], pk: int) -> PostVersion:
    """What the post says now, since it was published or last edited."""
    return PostVersion(
        pk=pk,
        post_pk=post.pk,
        made_at=post.updated_at or post.published_at,
        content=post.content,
        content_warning=post.content_warning,
        alts=[attachment.alt for attachment in attachments],
    )


def says_otherwise(version: PostVersion, post: Post, attachments: Iterable[Attachment]) -> bool:
    """Whether a post says something else than this version of it."""
    words = (post.content, post.content_warning, [attachment.alt for attachment in attachments])
    return words != (version.content, version.content_warning, version.alts)
