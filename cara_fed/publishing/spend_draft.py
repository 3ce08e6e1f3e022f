"""Spending a draft: within the transaction that makes it a post, so that it becomes one once and no more."""

from cara_fed.clock import Clock
from cara_fed.errors import InvalidInput
from cara_fed.words.speech import _
from storage.attachments import Picture
from storage.drafts import DUE, OPEN, PUBLISHED
from storage.posts import Post
from storage.records import Records


async def spend_draft(records: Records, clock: Clock, pk: int, post: Post) -> list[Picture]:
    """Mark a draft as published, and let go of its pictures; they are given back, that their files may be forgotten.

    Raises InvalidInput where somebody was faster: another process, another window, or the artist who threw it away.
    """
    values = {"state": PUBLISHED, "post_pk": post.pk, "fields": {}, "post": {}, "updated_at": clock.now()}
    if not await records.drafts.settle(pk, (OPEN, DUE), **values):
        raise InvalidInput(_("This draft was published already, or thrown away."))
    uploads = await records.uploads.find_for_draft(pk)
    made = await records.attachments.find([one.attachment_pk for one in uploads if one.attachment_pk])
    await records.uploads.remove([upload.pk for upload in uploads])
    await records.attachments.remove(made)
    return list(made.values())
