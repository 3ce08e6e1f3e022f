"""Authorizations of quotes as documents: that an artist lets somebody's post show one of theirs."""

from activitypub.documents import dump_document
from activitypub.identifiers import QuoteAuthorizationRef, fold_name
from activitypub.quotes import build_authorization
from cara_fed.asgi import Answer
from cara_fed.endpoints.actors import cache_header
from cara_fed.endpoints.answers import answer_document
from cara_fed.endpoints.calls import Call
from cara_fed.endpoints.gate import Gate
from cara_fed.endpoints.refusals import NotHere
from cara_fed.services import Services
from cara_fed.translate.quotes import authorization_of
from storage.posts import Post
from storage.quotes import ACCEPTED
from storage.records import Records


class QuoteAuthorizations:
    """Serves `/users/NAME/quote_authorizations/ID`, for as long as the artist does not take it back."""

    def __init__(self, services: Services, gate: Gate) -> None:
        self._services = services
        self._gate = gate

    async def authorization(self, call: Call) -> Answer:
        """The document; 404 once it is taken back, or where either post is gone."""
        named = call.located_as(QuoteAuthorizationRef)
        viewer = await self._gate.admit(call.request)
        async with self._services.database.reading() as records:
            artist = await records.artists.find(named.name)
            if artist is None or artist.folded != fold_name(named.name):
                raise NotHere
            authorization_id = self._services.site.quote_authorization(artist.name, named.pk)
            post, quoted = await _find_posts(records, authorization_id)
            if quoted.artist_pk != artist.pk:
                raise NotHere
        document = build_authorization(authorization_of(post, quoted.actor_id))
        return answer_document(dump_document(document), cache_header(viewer))


async def _find_posts(records: Records, authorization_id: str) -> tuple[Post, Post]:
    """The post that quotes and the one quoted."""
    for post in await records.quotes.find_by_authorization(authorization_id):
        quoted = await records.posts.find(post.quote_id or "")
        if post.quote_state == ACCEPTED and quoted is not None and quoted.deleted_at is None:
            return post, quoted
    raise NotHere
