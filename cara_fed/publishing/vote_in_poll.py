"""Voting in a poll, here or elsewhere: once, and as long as it is open."""

from collections.abc import Collection

from activitypub.audience import Visibility
from activitypub.notes import build_vote
from cara_fed.delivery.fan_out import Recipients
from cara_fed.errors import InvalidInput, NotAllowed, NotFound
from cara_fed.inbox.votes import TOLD_AFTER
from cara_fed.publishing.outgoing import send_out, wake_workers
from cara_fed.publishing.seen_posts import get_seen_post
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.polls import Poll, PollVote
from storage.posts import Post
from storage.records import Records


async def vote_in_poll(services: Services, artist: Artist, post_pk: int, choices: Collection[int]) -> Post:
    """Choose these of a poll's options, by their places. Raises NotFound, NotAllowed or InvalidInput."""
    async with services.database.unit_of_work() as records:
        post = await get_seen_post(records, services.site, artist, post_pk)
        poll = await records.polls.find(post.pk)
        if poll is None:
            raise NotFound(_("There is no poll here."))
        await _require_open(records, services, artist, post, poll)
        chosen = _require_choices(poll, choices)
        for choice in chosen:
            await _vote(records, services, artist, post, poll, choice)
    wake_workers(services)
    return post


async def _require_open(records: Records, services: Services, artist: Artist, post: Post, poll: Poll) -> None:
    now, own_id = services.clock.now(), services.site.actor(artist.name)
    if post.actor_id == own_id:
        raise NotAllowed(_("Whoever asks does not vote."))
    if poll.closed_at is not None or (poll.ends_at is not None and poll.ends_at <= now):
        raise NotAllowed(_("This poll is over."))
    if await records.polls.find_choices(own_id, [post.pk]):
        raise NotAllowed(_("You have voted already."))
    if await records.blocks.exists_between(artist.pk, post.actor_id):
        raise NotAllowed(_("One of you two blocks the other."))


def _require_choices(poll: Poll, choices: Collection[int]) -> list[int]:
    chosen = sorted({choice for choice in choices if 0 <= choice < len(poll.options)})
    if not chosen:
        raise InvalidInput(_("Choose an answer first."))
    return chosen if poll.multiple else chosen[:1]


async def _vote(records: Records, services: Services, artist: Artist, post: Post, poll: Poll, choice: int) -> None:
    own_id, now = services.site.actor(artist.name), services.clock.now()
    if post.artist_pk is not None:
        await records.polls.vote(post.pk, own_id, choice, now)
        await records.post_updates.ask(post.pk, now + TOLD_AFTER)
        return
    slot = choice if poll.multiple else 0
    vote = PollVote(post_pk=post.pk, actor_id=own_id, slot=slot, choice=choice, created_at=now)
    if await records.polls.note_vote(vote):
        await _send(records, services, artist, post, poll.options[choice]["name"])


async def _send(records: Records, services: Services, artist: Artist, post: Post, name: str) -> None:
    create = build_vote(
        activity_id=services.site.activity(artist.name, services.clock.new_pk()),
        actor_id=services.site.actor(artist.name),
        question_id=post.object_id,
        author_id=post.actor_id,
        name=name,
    )
    await send_out(
        records,
        services,
        create,
        Recipients(actor_ids=(post.actor_id,), personal=True),
        artist_pk=artist.pk,
        object_id=create["id"],
        audience=Visibility.DIRECT,
    )
