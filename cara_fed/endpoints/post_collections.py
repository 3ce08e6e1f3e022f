"""What others did with a post: how often it was liked and announced, and what was answered, page by page."""

from dataclasses import dataclass
from typing import Final

from activitypub.collections import build_collection, build_page
from activitypub.documents import Json, dump_document
from activitypub.identifiers import PostCollectionKind, PostCollectionRef, read_pk
from cara_fed.asgi import Answer
from cara_fed.endpoints.actors import cache_header, headers_of
from cara_fed.endpoints.answers import answer_document
from cara_fed.endpoints.calls import Call
from cara_fed.endpoints.gate import Gate, Viewer
from cara_fed.endpoints.posts import find_post
from cara_fed.endpoints.refusals import Gone, NotHere
from cara_fed.endpoints.shown_posts import FOR_EVERYONE, may_see
from cara_fed.services import Services
from cara_fed.translate.opt_outs import effective_opt_out, signals_for
from storage.artists import Artist
from storage.posts import Post
from storage.records import Records

REPLIES_PER_PAGE: Final = 40
_INTERACTIONS: Final = {PostCollectionKind.LIKES: "like", PostCollectionKind.SHARES: "announce"}


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which collection of which post, for whom, and which page: `before` a key, or the first where it is None."""

    id: str
    kind: PostCollectionKind
    post: Post
    viewer: Viewer
    is_page: bool
    before: int | None


class PostCollections:
    """Serves `likes`, `shares` and `replies` below `/users/NAME/posts/ID`.

    Who liked and announced is theirs to tell: of these there is nothing but how many.
    """

    def __init__(self, services: Services, gate: Gate) -> None:
        self._services = services
        self._gate = gate

    async def collection(self, call: Call) -> Answer:
        """The collection, or of the replies with `?page=true` a page."""
        named = call.located_as(PostCollectionRef)
        viewer = await self._gate.admit(call.request)
        async with self._services.database.reading() as records:
            artist, post = await find_post(records, named.name, named.pk)
            if not await may_see(records, viewer, post):
                raise NotHere
            if post.deleted_at is not None:
                raise Gone
            id = f"{post.object_id}/{named.kind}"
            before = read_pk(call.query.get("before", ""))
            asked = _Asked(id, named.kind, post, viewer, "page" in call.query, before)
            document = await self._build(records, asked)
        return self._answer(document, artist, asked)

    async def _build(self, records: Records, asked: _Asked) -> Json:
        object_id = asked.post.object_id
        if asked.kind in _INTERACTIONS:
            counts = await records.interactions.count([object_id])
            return build_collection(asked.id, total=counts.get((object_id, _INTERACTIONS[asked.kind]), 0))
        if asked.is_page:
            return await self._page_of_replies(records, asked)
        counted = await records.posts.count_replies([object_id], FOR_EVERYONE)
        return build_collection(asked.id, total=counted.get(object_id, 0), first=f"{asked.id}?page=true")

    async def _page_of_replies(self, records: Records, asked: _Asked) -> Json:
        """The ids of what was answered for everyone, newest first; nothing by who is listed."""
        replies = await records.posts.find_replies(
            asked.post.object_id, FOR_EVERYONE, before=asked.before, limit=REPLIES_PER_PAGE
        )
        shown = [reply.object_id for reply in replies if self._services.blocklist.find(reply.actor_id) is None]
        before = f"&before={asked.before}" if asked.before else ""
        last_pk = replies[-1].pk if len(replies) == REPLIES_PER_PAGE else None
        following = f"{asked.id}?page=true&before={last_pk}" if last_pk else None
        return build_page(f"{asked.id}?page=true{before}", part_of=asked.id, items=shown, next=following)

    def _answer(self, document: Json, artist: Artist, asked: _Asked) -> Answer:
        default = self._services.config.opt_out.default
        said = signals_for(effective_opt_out(default, artist, asked.post), self._services.site, default)
        return answer_document(dump_document(document), cache_header(asked.viewer), *headers_of(said))
