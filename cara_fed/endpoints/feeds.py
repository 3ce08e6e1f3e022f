"""`…/feed.rss`, `…/feed.atom` and `…/feed.json` below every page of works: of everybody, an artist, an album, a tag."""

from collections.abc import Sequence
from typing import Final

from activitypub.http_dates import format_http_date
from activitypub.identifiers import read_pk
from cara_fed.asgi import Answer, Header
from cara_fed.endpoints.actors import headers_of, link_to_page
from cara_fed.endpoints.answers import answer_bytes, etag_of, public_for
from cara_fed.endpoints.calls import Call
from cara_fed.endpoints.crawler_door import CrawlerDoor
from cara_fed.endpoints.kept_answers import KeptAnswers
from cara_fed.endpoints.refusals import NotHere
from cara_fed.feeds.build import FeedBuilder, Stretch, last_change
from cara_fed.feeds.formats import FORMATS, Format
from cara_fed.feeds.subjects import Asked, Subject, read_asked
from cara_fed.services import Services
from cara_fed.translate.opt_outs import signals_for
from cara_fed.translate.posts import PostRows
from cara_fed.translate.views import Gallery
from cara_fed.words.speech import speaking
from cara_fed.words.wishes import default_tag
from storage.posts import Post
from storage.records import Records

ITEMS: Final = 20
CACHE_SECONDS: Final = 300
_ALWAYS: Final[tuple[Header, ...]] = (
    public_for(CACHE_SECONDS),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"access-control-allow-origin", b"*"),
)


class Feeds:
    """Serves the feeds. They hold what everybody may see, whoever asks."""

    def __init__(self, services: Services, door: CrawlerDoor) -> None:
        self._services = services
        self._door = door
        self._default = services.config.opt_out.default
        gallery = Gallery(services.site, self._default, services.capabilities)
        self._language = default_tag(services.config.instance.languages)
        self._builder = FeedBuilder(gallery, self._default, self._language)
        self._kept = KeptAnswers(services)

    async def feed(self, call: Call) -> Answer:
        """The feed at an address; with `?before=` a page of older items."""
        path: str = call.scope["path"]
        chosen = next(one for one in FORMATS if path.endswith(one.ending))
        asked = read_asked(path.removesuffix(chosen.ending), self._services.site)
        if asked is None or self._services.suspended.hides(path):
            raise NotHere
        if refusal := await self._door.refuse_page(call.scope):
            return refusal
        before = read_pk(call.query.get("before", ""))

        async def make() -> Answer:
            async with self._services.database.reading() as records:
                stretch = await self._read(records, asked, before)
            return self._answer(stretch, chosen)

        return await self._kept.get((path, before), make)

    async def _read(self, records: Records, asked: Asked, before: int | None) -> Stretch:
        subject = await asked.find(records, self._services.config)
        if subject is None:
            raise NotHere
        posts = await asked.find_posts(records, subject, before, ITEMS + 1)
        shown = posts[:ITEMS]
        return Stretch(
            subject, await _load(records, subject, shown), before, shown[-1].pk if len(posts) > ITEMS else None
        )

    def _answer(self, stretch: Stretch, chosen: Format) -> Answer:
        subject = stretch.subject
        with speaking(self._language):  # a feed has one address, whoever reads it
            body = chosen.write(self._builder.build(stretch).at(chosen.ending))
        said = signals_for(subject.policy, self._services.site, self._default)
        changed = (b"last-modified", format_http_date(last_change(stretch)).encode())
        headers = (*_ALWAYS, etag_of(body), changed, link_to_page(subject.page_url), *headers_of(said))
        return answer_bytes(body, f"{chosen.media_type}; charset=utf-8", *headers)


async def _load(records: Records, subject: Subject, posts: Sequence[Post]) -> list[PostRows]:
    """The posts with their artists and pictures, in two or three queries however many they are."""
    pks = sorted({post.artist_pk or 0 for post in posts})
    artists = {subject.artist.pk: subject.artist} if subject.artist else await records.artists.find_by_pks(pks)
    pictures = await records.attachments.find_for_posts([post.pk for post in posts])
    return [PostRows(artists[post.artist_pk or 0], post, pictures[post.pk]) for post in posts]
