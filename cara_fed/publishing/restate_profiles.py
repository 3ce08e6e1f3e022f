"""After instance.toml answers otherwise: the profiles of artists who leave the answer to it say so again."""

from activitypub.opt_out import OptOut
from cara_fed.publishing.outgoing import wake_workers
from cara_fed.publishing.rewrite_picture import rewrite_file
from cara_fed.publishing.rights import Terms, rights_under
from cara_fed.publishing.update_profile import announce_profile
from cara_fed.services import Services
from storage.artists import Artist

DONE = "profiles_restated"


async def restate_profiles(services: Services) -> bool:
    """Rewrite portraits and headers, and tell followers, once for each change; whether there was one.

    Posts keep what they said when they were published.
    """
    async with services.database.reading() as records:
        change = await records.opt_out_changes.find_last(services.site.base)
        done = await records.secrets.find(DONE)
        artists = await records.artists.find_all()
    if change is None or done == str(change.pk):
        return False
    if change.old is not None:
        for artist in artists:
            if artist.opt_out is None:
                await _restate(services, artist)
    async with services.database.unit_of_work() as records:
        await records.secrets.replace(DONE, str(change.pk))
    wake_workers(services)
    return change.old is not None


async def _restate(services: Services, artist: Artist) -> None:
    avatar = await _rewrite(services, artist, artist.avatar_hash)
    header = await _rewrite(services, artist, artist.header_hash)
    async with services.database.unit_of_work() as records:
        row = await records.artists.find_by_pk(artist.pk)
        if row is None or row.opt_out is not None:
            return
        row.avatar_hash, row.header_hash = avatar, header
        await announce_profile(records, services, row)


async def _rewrite(services: Services, artist: Artist, name: str | None) -> str | None:
    if not name:
        return None
    default: OptOut = services.config.opt_out.default
    terms = Terms(default)
    rights = rights_under(terms, artist, services.site, default)
    return (await rewrite_file(services, name, rights, terms)).name
