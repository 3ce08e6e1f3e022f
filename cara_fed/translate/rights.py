"""What artists state about rights, as documents and pages say it: the same words that stand in the files."""

from activitypub.identifiers import Handle, Site
from activitypub.notes import Rights
from storage.artists import Artist
from storage.posts import Post


def copyright_of(handle: str) -> str:
    """The copyright notice. Without a year, so that no file need change with it."""
    return f"© {handle}"


def read_rights(artist: Artist, post: Post, site: Site) -> Rights:
    """The rights of a post and of each of its pictures."""
    handle = str(Handle(artist.name, site.domain))
    return Rights(
        license=post.license or "",
        acquire_license_page=artist.acquire_license_page or "",
        credit_text=handle,
        copyright_notice=copyright_of(handle),
        digital_source_type=post.digital_source_type or "",
    )
