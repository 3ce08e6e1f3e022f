"""Deleting an artist: the name stays taken, everything else goes, and everybody who has anything of theirs is told."""

from collections.abc import Sequence

from activitypub.activities import build_delete
from activitypub.audience import Audience, Visibility
from activitypub.vocabulary import PUBLIC
from cara_fed.delivery.fan_out import Recipients
from cara_fed.delivery.worker import DELETED_MEANWHILE
from cara_fed.exports.worker import forget_archives
from cara_fed.publishing.forget_files import forget_files, forget_public_files
from cara_fed.publishing.outgoing import send_out, wake_workers
from cara_fed.publishing.show_credits import end_credits_of
from cara_fed.publishing.update_profile import REVISION
from cara_fed.services import Services
from storage.artists import Artist
from storage.attachments import Picture
from storage.exports import Export
from storage.records import Records
from storage.remote_actors import Inbox

POSTS_AT_A_TIME = 200


async def delete_artist(services: Services, artist: Artist) -> None:
    """Delete an artist with all posts and pictures; raises storage's NotFound where they are gone already.

    The keys stay, for the Delete has to be signed, today and at every later attempt.
    """
    async with services.database.unit_of_work() as records:
        row = await records.artists.get_by_pk(artist.pk)
        await _send_delete(records, services, row)
        pictures = await _delete_posts(records, services, row)
        archives = await _forget_credentials(records, row.pk)
        await end_credits_of(records, services.clock, services.site.actor(row.name))
        await records.followers.remove_artist(row.pk)
        await records.following.remove_artist(row.pk)
        await _empty_arrangements(records, services, row)
        portraits = (row.avatar_hash, row.header_hash)
        _empty(row, services)
        await records.revisions.bump(REVISION)
    await forget_files(services, pictures)
    await forget_public_files(services, portraits)
    await forget_archives(services, archives)
    wake_workers(services)


async def _forget_credentials(records: Records, artist_pk: int) -> Sequence[Export]:
    """Everything that opens the account; the archives, whose files are still to go."""
    await records.sessions.remove_for_artist(artist_pk)
    await records.passkeys.remove_all(artist_pk)
    await records.second_factors.remove(artist_pk)
    await records.mail_addresses.remove(artist_pk)
    return await records.exports.take_all(artist_pk)


async def _send_delete(records: Records, services: Services, artist: Artist) -> None:
    site, actor_id = services.site, services.site.actor(artist.name)
    waiting = await records.outbox_log.find_waiting(artist.pk)
    await records.deliveries.cancel_for_outbox(waiting, services.clock.now(), DELETED_MEANWHILE)
    delete = build_delete(
        actor_id,
        activity_id=site.activity(artist.name, services.clock.new_pk()),
        actor_id=actor_id,
        audience=Audience((PUBLIC,), (site.followers(artist.name),)),
    )
    await send_out(
        records,
        services,
        delete,
        Recipients(followers=True, inboxes=tuple(await _find_others(records, artist))),
        artist_pk=artist.pk,
        object_id=actor_id,
        audience=Visibility.PUBLIC,
    )


async def _find_others(records: Records, artist: Artist) -> list[Inbox]:
    """Whom the artist follows, and every inbox that ever took anything of theirs."""
    followed = await records.following.find_inboxes(artist.pk)
    reached = await records.outbox_log.find_inboxes_reached(artist.pk)
    return [*followed, *reached]


async def _delete_posts(records: Records, services: Services, artist: Artist) -> list[Picture]:
    pictures: list[Picture] = []
    actor_id, visibilities = services.site.actor(artist.name), tuple(Visibility)
    while posts := await records.posts.find_by_actor(actor_id, visibilities, limit=POSTS_AT_A_TIME):
        pictures.extend(await _remove_pictures(records, [post.pk for post in posts]))
        for post in posts:
            await records.posts.tombstone(post.object_id, services.clock.now())
    return pictures


async def _remove_pictures(records: Records, post_pks: Sequence[int]) -> list[Picture]:
    found = await records.attachments.find_for_posts(post_pks)
    pictures = [picture for of_post in found.values() for picture in of_post]
    await records.attachments.remove({picture.attachment.pk for picture in pictures})
    return pictures


async def _empty_arrangements(records: Records, services: Services, artist: Artist) -> None:
    """Portfolio, albums and links: what is arranged of what is gone."""
    now = services.clock.now()
    await records.portfolio.replace(artist.pk, [])
    await records.profile_links.replace(artist.pk, [], now)
    for album in await records.albums.find_all(artist.pk):
        await records.albums.replace_posts(album.pk, [])
        album.title, album.summary, album.deleted_at = "", "", now


def _empty(artist: Artist, services: Services) -> None:
    artist.deleted_at = artist.updated_at = services.clock.now()
    artist.display_name = artist.summary = ""
    artist.avatar_alt = artist.header_alt = ""
    artist.fields, artist.also_known_as, artist.attribution_domains = [], [], []
    artist.password_hash = artist.avatar_hash = artist.header_hash = None
