"""An album's row as the collection that other servers read."""

from activitypub.albums import Album
from activitypub.html import render_text
from activitypub.identifiers import Site
from activitypub.opt_out import OptOut
from cara_fed.translate.opt_outs import effective_opt_out, signals_for
from cara_fed.translate.posts import tag_page
from storage.albums import Album as AlbumRow
from storage.artists import Artist


def read_album(artist: Artist, row: AlbumRow, total: int, site: Site, default: OptOut) -> Album:
    """The album as a value for build_album. ``default`` is the instance's opt-out; the artist's own holds for it."""
    return Album(
        album_id=site.album(artist.name, row.slug),
        actor_id=site.actor(artist.name),
        url=site.album_page(artist.name, row.slug),
        title=row.title,
        total=total,
        signals=signals_for(effective_opt_out(default, artist), site, default),
        published=row.created_at,
        updated=row.updated_at,
        summary=render_album_text(row, site),
    )


def render_album_text(row: AlbumRow, site: Site) -> str:
    """What an artist says of an album, as safe HTML."""
    return render_text(row.summary, mentions={}, tag_url=lambda key: tag_page(site, key)).html
