"""An artist's collections: a total, and pages for those who sign."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from activitypub.audience import Visibility
from activitypub.collections import build_collection, build_page
from activitypub.documents import Json, dump_document
from activitypub.errors import SignatureMissing
from activitypub.identifiers import CollectionKind, CollectionRef, read_pk
from activitypub.tags import Hashtag, build_tags, fold_hashtag
from cara_fed.asgi import Answer
from cara_fed.endpoints.actors import cache_header, find_artist, headers_of
from cara_fed.endpoints.answers import PRIVATE, answer_document, public_for
from cara_fed.endpoints.calls import Call
from cara_fed.endpoints.gate import Gate, Viewer, is_signed
from cara_fed.endpoints.shown_posts import FOR_EVERYONE, load_posts, write_create
from cara_fed.endpoints.totals import Totals
from cara_fed.publishing.arrange_portfolio import MAX_PORTFOLIO
from cara_fed.services import Services
from cara_fed.translate.artists import render_profile_text
from cara_fed.translate.opt_outs import effective_opt_out, signals_for
from cara_fed.translate.posts import tag_page
from storage.artists import Artist
from storage.records import Records

POSTS_PER_PAGE: Final = 20
PEOPLE_PER_PAGE: Final = 40
OPEN_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which collection of whom, for whom, and which page: `before` a key, or the first where it is None."""

    artist: Artist
    kind: CollectionKind
    viewer: Viewer
    is_page: bool
    before: int | None


class Collections:
    """Serves `/users/NAME/outbox`, `followers`, `following`, `featured` and the others."""

    def __init__(self, services: Services, gate: Gate) -> None:
        self._services = services
        self._gate = gate
        self._totals = Totals(services.clock)

    async def collection(self, call: Call) -> Answer:
        """The collection, or with `?page=true` a page of it."""
        named = call.located_as(CollectionRef)
        viewer = await self._gate.admit(call.request)
        query = call.query
        async with self._services.database.reading() as records:
            artist = await find_artist(records, named.name)
            asked = _Asked(artist, named.kind, viewer, "page" in query, read_pk(query.get("before", "")))
            document = await self._build(records, asked)
        return self._answer(document, asked)

    async def instance_outbox(self, call: Call) -> Answer:
        """`/actor/outbox`: the instance itself publishes nothing."""
        self._gate.refuse_listed(call.request)
        empty = build_collection(self._services.site.instance_outbox, total=0, items=())
        return answer_document(dump_document(empty), PRIVATE if is_signed(call.request) else public_for(OPEN_SECONDS))

    async def _build(self, records: Records, asked: _Asked) -> Json:
        match asked.kind:
            case CollectionKind.FEATURED:
                return await self._featured(records, asked)
            case CollectionKind.FEATURED_TAGS:
                return self._featured_tags(asked)
            case CollectionKind.OUTBOX:
                return await self._outbox(records, asked)
            case CollectionKind.FOLLOWERS_SYNCHRONIZATION:
                return await self._followers_there(records, asked)
        return await self._people(records, asked)

    async def _outbox(self, records: Records, asked: _Asked) -> Json:
        """What is for everyone, newest first, as Creates."""
        actor_id = self._services.site.actor(asked.artist.name)
        if not asked.is_page:
            key = (str(asked.kind), asked.artist.pk)
            count = partial(records.posts.count_by_actor, actor_id, FOR_EVERYONE)
            return self._first(asked, await self._totals.get(key, count))
        posts = await records.posts.find_by_actor(actor_id, FOR_EVERYONE, before=asked.before, limit=POSTS_PER_PAGE)
        loaded = await load_posts(records, asked.artist, posts)
        items = [write_create(self._services, rows, counts) for rows, counts in loaded]
        return self._page(asked, items, posts[-1].pk if len(posts) == POSTS_PER_PAGE else None)

    async def _people(self, records: Records, asked: _Asked) -> Json:
        """Followers or following: how many for all, who they are for other servers alone."""
        follows = records.followers if asked.kind is CollectionKind.FOLLOWERS else records.following
        if not asked.viewer.is_known or not asked.is_page:
            key = (str(asked.kind), asked.artist.pk)
            total = await self._totals.get(key, partial(follows.count, asked.artist.pk))
            return (
                self._first(asked, total) if asked.viewer.is_known else build_collection(self._id(asked), total=total)
            )
        rows = await follows.find_page(asked.artist.pk, before=asked.before, limit=PEOPLE_PER_PAGE)
        last_pk = rows[-1].pk if len(rows) == PEOPLE_PER_PAGE else None
        return self._page(asked, [row.actor_id for row in rows], last_pk)

    async def _followers_there(self, records: Records, asked: _Asked) -> Json:
        """The followers of the server that asks, for it alone (FEP-8fcf)."""
        if asked.viewer.netloc is None:
            raise SignatureMissing("each server is told of its own people alone, and has to sign for it")
        followers = await records.followers.find_ids_at(asked.artist.pk, asked.viewer.netloc)
        return build_collection(self._id(asked), total=len(followers), items=followers)

    async def _featured(self, records: Records, asked: _Asked) -> Json:
        """The portfolio, or until the artist chose one the newest public works, as ids.

        Mastodon fills a profile that it never saw before with what stands here, and fetches each by its id. It shows
        what it reads last first, and reads `first` where that is there; Misskey shows in order, and knows the items
        alone, the first five of them. So that everybody sees the artist's order, `first` goes backwards.
        """
        chosen = await records.portfolio.find(asked.artist.pk)
        posts = chosen or await records.works.find_page(
            (Visibility.PUBLIC,), artist_pk=asked.artist.pk, limit=MAX_PORTFOLIO
        )
        id, items = self._id(asked), [post.object_id for post in posts]
        backwards = build_page(f"{id}?page=true", part_of=id, items=items[::-1])
        if asked.is_page:
            return backwards
        return build_collection(id, total=len(items), items=items, first=backwards)

    def _featured_tags(self, asked: _Asked) -> Json:
        """The hashtags that the artist chose, or else those of the profile's text."""
        site, artist = self._services.site, asked.artist
        chosen = [Hashtag(name, tag_page(site, fold_hashtag(name))) for name in artist.featured_tags]
        tags = build_tags(chosen or render_profile_text(artist.summary, site).hashtags, ())
        return build_collection(self._id(asked), total=len(tags), items=tags)

    def _first(self, asked: _Asked, total: int, *, may_look: bool = True) -> Json:
        first_page = f"{self._id(asked)}?page=true" if may_look else None
        return build_collection(self._id(asked), total=total, first=first_page)

    def _page(self, asked: _Asked, items: Sequence[str | Json], last_pk: int | None) -> Json:
        id = self._id(asked)
        before = f"&before={asked.before}" if asked.before else ""
        next_page = f"{id}?page=true&before={last_pk}" if last_pk else None
        return build_page(f"{id}?page=true{before}", part_of=id, items=items, next=next_page)

    def _id(self, asked: _Asked) -> str:
        return self._services.site.collection(asked.artist.name, asked.kind)

    def _answer(self, document: Json, asked: _Asked) -> Answer:
        default = self._services.config.opt_out.default
        said = signals_for(effective_opt_out(default, asked.artist), self._services.site, default)
        body = self._services.capabilities.substitute(dump_document(document), asked.viewer.host_number)
        return answer_document(body, cache_header(asked.viewer), *headers_of(said))
