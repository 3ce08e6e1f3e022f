"""Albums as documents."""

from activitypub.albums import POSTS_PER_PAGE, Album, build_album, build_album_page
from activitypub.documents import Json, dump_document
from activitypub.identifiers import AlbumRef, read_pk
from cara_fed.asgi import Answer
from cara_fed.endpoints.actors import cache_header, find_artist, headers_of, link_to_page
from cara_fed.endpoints.answers import answer_document
from cara_fed.endpoints.calls import Call
from cara_fed.endpoints.gate import Gate
from cara_fed.endpoints.refusals import Gone, NotHere
from cara_fed.endpoints.shown_posts import FOR_EVERYONE
from cara_fed.services import Services
from cara_fed.translate.albums import read_album
from storage.albums import Album as AlbumRow
from storage.artists import Artist
from storage.records import Records


class Albums:
    """Serves `/users/NAME/albums/SLUG`, and with `?page=N` a page of it."""

    def __init__(self, services: Services, gate: Gate) -> None:
        self._services = services
        self._gate = gate

    async def album(self, call: Call) -> Answer:
        """The album; 410 once it is deleted."""
        named = call.located_as(AlbumRef)
        viewer = await self._gate.admit(call.request)
        async with self._services.database.reading() as records:
            artist = await find_artist(records, named.name)
            row = await _find_album(records, artist, named.slug)
            album = await self._read(records, artist, row)
            document = await _build(records, row, album, call.query.get("page"))
        page = link_to_page(album.url)
        return answer_document(dump_document(document), cache_header(viewer), page, *headers_of(album.signals))

    async def _read(self, records: Records, artist: Artist, row: AlbumRow) -> Album:
        total = await records.albums.count_posts(row.pk, FOR_EVERYONE)
        return read_album(artist, row, total, self._services.site, self._services.config.opt_out.default)


async def _find_album(records: Records, artist: Artist, slug: str) -> AlbumRow:
    row = await records.albums.find(artist.pk, slug)
    if row is None:
        raise NotHere
    if row.deleted_at is not None:
        raise Gone
    return row


async def _build(records: Records, row: AlbumRow, album: Album, page: str | None) -> Json:
    if page is None:
        return build_album(album)
    number = read_pk(page)
    if number is None or (number - 1) * POSTS_PER_PAGE >= max(album.total, 1):
        raise NotHere
    skip = (number - 1) * POSTS_PER_PAGE
    posts = await records.albums.find_posts(row.pk, FOR_EVERYONE, skip=skip, limit=POSTS_PER_PAGE)
    return build_album_page(album, number, [post.object_id for post in posts])
