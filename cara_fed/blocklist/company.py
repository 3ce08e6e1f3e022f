"""Company: somebody new follows from a server where a listed follower is, so that what is sent there reaches both."""

from activitypub.origins import netloc_of
from cara_fed.blocklist.guard import BlocklistGuard
from storage.follows import SUSPENDED
from storage.records import Records
from storage.whom import AtNetlocs


async def note_company(records: Records, blocklist: BlocklistGuard, artist_pk: int, actor_id: str) -> None:
    """Have the list enacted at the next look, if a suspended follower of the artist has company from now on."""
    neighbours = await records.followers.find_among(AtNetlocs((netloc_of(actor_id),)), SUSPENDED)
    if any(follower.artist_pk == artist_pk for follower in neighbours):
        blocklist.is_unenacted = True
