"""Posts as documents: the Note, its Create, and the Tombstone of what was deleted."""

from collections.abc import Iterator

from activitypub.documents import dump_document
from activitypub.identifiers import CreateRef, PostRef, fold_name
from activitypub.notes import build_tombstone
from activitypub.opt_out import Signals
from cara_fed.asgi import Answer
from cara_fed.blocklist.doors import Door
from cara_fed.blocklist.guard import RefusedByBlocklist
from cara_fed.endpoints.actors import cache_header, headers_of, link_to_page
from cara_fed.endpoints.answers import answer_document
from cara_fed.endpoints.calls import Call
from cara_fed.endpoints.document_cache import DocumentCache, version_of
from cara_fed.endpoints.gate import Gate, Viewer
from cara_fed.endpoints.refusals import NotHere
from cara_fed.endpoints.shown_posts import load_posts, may_see, write_create, write_note
from cara_fed.services import Services
from cara_fed.translate.opt_outs import effective_opt_out, signals_for
from cara_fed.translate.posts import PostRows
from storage.artists import Artist
from storage.columns import Table
from storage.posts import Post
from storage.records import Records


class Posts:
    """Serves `/users/NAME/posts/ID` and the Create beside it."""

    def __init__(self, services: Services, gate: Gate) -> None:
        self._services = services
        self._gate = gate
        self._documents = DocumentCache()

    async def note(self, call: Call) -> Answer:
        """The post as a Note; 410 with a Tombstone once it is deleted; 404 where it is not for the one who asks."""
        named = call.located_as(PostRef)
        return await self._show(call, named.name, named.pk, is_create=False)

    async def create(self, call: Call) -> Answer:
        """The activity that published the post."""
        named = call.located_as(CreateRef)
        return await self._show(call, named.name, named.pk, is_create=True)

    async def _show(self, call: Call, name: str, pk: int, *, is_create: bool) -> Answer:
        viewer = await self._admit(call, name, pk)
        async with self._services.database.reading() as records:
            artist, post = await self._find(records, name, pk, viewer)
            if post.deleted_at is not None:
                tombstone = build_tombstone(post.object_id, post.deleted_at)
                return answer_document(dump_document(tombstone), cache_header(viewer), status=410)
            [(rows, counts)] = await load_posts(records, artist, [post])
        write = write_create if is_create else write_note
        version = version_of(_rows_of(rows), counts)
        document = self._documents.get((write.__name__, pk), version, lambda: write(self._services, rows, counts))
        if viewer.netloc is not None:
            self._services.ledger.note_visit(post.object_id, viewer.netloc, Door.FETCH)
        return self._answer(document, rows, viewer)

    async def _find(self, records: Records, name: str, pk: int, viewer: Viewer) -> tuple[Artist, Post]:
        """The post, if the viewer may have it; raises NotHere, or SignatureMissing where anybody asks.

        That a post which everybody could see is no more, everybody may know: whoever checks it need not sign.
        """
        try:
            artist, post = await find_post(records, name, pk)
            if not await may_see(records, viewer, post):
                raise NotHere
        except NotHere:
            self._gate.require_signature(viewer)
            raise
        if post.deleted_at is None:
            self._gate.require_signature(viewer)
        return artist, post

    async def _admit(self, call: Call, name: str, pk: int) -> Viewer:
        try:
            return await self._gate.identify(call.request)
        except RefusedByBlocklist as refused:
            object_id = self._services.site.post(name, pk)
            self._services.ledger.note_visit(object_id, refused.subject, Door.FETCH, refused.listing)
            raise

    def _answer(self, document: bytes, rows: PostRows, viewer: Viewer) -> Answer:
        body = self._services.capabilities.substitute(document, viewer.host_number)
        page = link_to_page(self._services.site.post_page(rows.artist.name, rows.post.pk))
        return answer_document(body, cache_header(viewer), page, *headers_of(self._signals(rows)))

    def _signals(self, rows: PostRows) -> Signals:
        default = self._services.config.opt_out.default
        return signals_for(effective_opt_out(default, rows.artist, rows.post), self._services.site, default)


def _rows_of(rows: PostRows) -> Iterator[Table]:
    """Every row that a post is written from."""
    yield rows.artist
    yield rows.post
    if rows.poll is not None:
        yield rows.poll
    for picture in rows.pictures:
        yield picture.attachment
        yield from picture.renditions.values()


async def find_post(records: Records, name: str, pk: int) -> tuple[Artist, Post]:
    """The artist's post, deleted or not; raises NotHere."""
    post = await records.posts.find_by_pk(pk)
    if post is None or post.artist_pk is None:
        raise NotHere
    artist = await records.artists.find_even_deleted(name)
    if artist is None or artist.pk != post.artist_pk or artist.folded != fold_name(name):
        raise NotHere
    return artist, post
