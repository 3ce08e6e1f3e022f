"""Answers with the hashtag #Alt4You, by which people all over the fediverse describe pictures that others left bare."""

import re
from collections.abc import Sequence
from typing import Final

from activitypub.html import strip_html
from activitypub.tags import fold_hashtag
from cara_fed.inbox.context import InboxContext
from cara_fed.inbox.notices import Kind, notify
from cara_fed.publishing.drafts import MAX_ALT
from storage.alt_proposals import AltProposal
from storage.artists import Artist
from storage.attachments import Attachment
from storage.posts import Post

TAG: Final = "alt4you"
MOST_FOR_A_POST: Final = 60
_SALUTES: Final = re.compile(r"(?:\s*@[^\s@]+(?:@[^\s@]+)?)+\s*")
_TAGS: Final = re.compile(r"[#＃]alt4(?:you|me)\b", re.IGNORECASE)
_NUMBER: Final = re.compile(r"^[^\S\n]*(?:[^\W\d]+ )?#?([0-9]{1,2})[^\S\n]*[:.)](?=\s)[^\S\n]*", re.MULTILINE)


async def propose_from_answer(context: InboxContext, answer: Post) -> None:
    """Let an answer that describes an artist's pictures stand among the proposals for them; nothing for any other."""
    if TAG not in map(fold_hashtag, answer.hashtags):
        return
    post = await context.records.posts.find(answer.in_reply_to or "")
    if post is None or post.artist_pk is None or post.deleted_at is not None or post.actor_id == answer.actor_id:
        return
    artist = await context.records.artists.get_by_pk(post.artist_pk)
    if await _is_kept_away(context, artist, answer.actor_id):
        return
    pictures = [one.attachment for one in (await context.records.attachments.find_for_posts([post.pk]))[post.pk]]
    texts = read_descriptions(strip_html(answer.content), pictures)
    known = len(await context.records.alt_proposals.find_for_post(post.pk))
    for number, text in list(texts.items())[: max(0, MOST_FOR_A_POST - known)]:
        await context.records.alt_proposals.add(_build(context, answer, pictures[number - 1], text))
    if texts:
        await notify(context, artist, Kind.ALT_PROPOSAL, answer.actor_id, post.object_id)


async def propose_anew(context: InboxContext, answer: Post) -> None:
    """The same for an answer that says something else now."""
    await forget_proposals(context, answer)
    await propose_from_answer(context, answer)


async def forget_proposals(context: InboxContext, answer: Post) -> None:
    """Forget what an answer proposed."""
    if answer.in_reply_to and context.site.is_local(answer.in_reply_to):
        await context.records.alt_proposals.remove_answer(answer.object_id)


def read_descriptions(text: str, pictures: Sequence[Attachment]) -> dict[int, str]:
    """What an answer says of each picture, by its number from 1.

    A line that begins with a number, as in ``2: a hill`` or ``Image 2: a hill``, tells which picture it and what
    follows is about; without any, it is about the first picture that has no text yet, or else the first.
    """
    bare = _TAGS.sub("", _SALUTES.sub("", text, count=1) if _SALUTES.match(text) else text).strip()
    first, *rest = _NUMBER.split(bare)
    told = {int(number): said for number, said in zip(rest[::2], rest[1::2], strict=True)}
    if not told or not set(told) <= set(range(1, len(pictures) + 1)):
        told = {_first_bare(pictures): bare}
    elif first.strip():
        told[min(told)] = f"{first.strip()} {told[min(told)]}"
    return {number: said.strip()[:MAX_ALT] for number, said in told.items() if said.strip() and pictures}


def _first_bare(pictures: Sequence[Attachment]) -> int:
    return next((number for number, picture in enumerate(pictures, start=1) if not picture.alt), 1)


async def _is_kept_away(context: InboxContext, artist: Artist, actor_id: str) -> bool:
    records = context.records
    return await records.blocks.exists_between(artist.pk, actor_id) or await records.mutes.exists(artist.pk, actor_id)


def _build(context: InboxContext, answer: Post, picture: Attachment, text: str) -> AltProposal:
    return AltProposal(
        pk=context.new_pk(),
        post_pk=picture.post_pk or 0,
        attachment_pk=picture.pk,
        actor_id=answer.actor_id,
        answer_id=answer.object_id,
        text=text,
        created_at=context.now,
    )
