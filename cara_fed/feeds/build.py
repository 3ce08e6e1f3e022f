"""Rows as the value that feeds are written from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from activitypub.identifiers import Handle, Site
from activitypub.opt_out import OptOut, Signals
from cara_fed.feeds.subjects import Subject
from cara_fed.feeds.values import Author, Enclosure, Feed, Item
from cara_fed.translate.opt_outs import effective_opt_out, signals_for
from cara_fed.translate.posts import PostRows
from cara_fed.translate.rights import LICENSES, read_rights
from cara_fed.translate.views import Gallery, cover_of, label_of, shown_renditions
from cara_fed.words.speech import _
from storage.attachments import Picture
from storage.posts import Post

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A page of a feed as rows: from below ``before`` down, going on below ``next_before``."""

    subject: Subject
    posts: Sequence[PostRows]
    before: int | None
    next_before: int | None


@dataclass(frozen=True, slots=True)
class FeedBuilder:
    """Builds feeds of one instance, whose opt-out is ``default``."""

    gallery: Gallery
    default: OptOut
    language: str

    @property
    def _site(self) -> Site:
        return self.gallery.site

    def build(self, stretch: Stretch) -> Feed:
        """The page of the feed, with addresses that have no format's ending yet (see `Feed.at`)."""
        subject, first_url = stretch.subject, stretch.subject.page_url.removesuffix("/")
        items = tuple(self._build_item(rows) for rows in stretch.posts)
        byline = self.gallery.byline(subject.artist) if subject.artist else None
        return Feed(
            url=_page(first_url, stretch.before),
            first_url=first_url,
            page_url=subject.page_url,
            title=subject.title,
            description=" ".join(subject.description.split()),
            language=self.language,
            updated=last_change(stretch),
            said=self._signals(subject.policy),
            items=items,
            next_url=_page(first_url, stretch.next_before) if stretch.next_before else None,
            icon_url=self._site.base + byline.avatar_url if byline and byline.avatar_url else None,
        )

    def _build_item(self, rows: PostRows) -> Item:
        artist, post = rows.artist, rows.post
        rights, covered = read_rights(artist, post, self._site), cover_of(rows) is not None
        enclosures = () if covered else tuple(self._build_enclosure(rows, picture) for picture in rows.pictures)
        return Item(
            id=post.object_id,
            url=post.url,
            title=_warn(post) if covered else label_of(rows),
            html=_write_cover(post) if covered else _write_html(post, enclosures),
            published=post.published_at,
            updated=_changed(post),
            author=self._build_author(rows),
            said=self._signals(effective_opt_out(self.default, artist, post)),
            language=post.language,
            tags=tuple(post.hashtags),
            enclosures=enclosures,
            copyright=rights.copyright_notice,
            license_url=rights.license,
            license_name=LICENSES.get(rights.license, rights.license),
        )

    def _build_author(self, rows: PostRows) -> Author:
        artist = rows.artist
        handle = str(Handle(artist.name, self._site.domain))
        return Author(artist.display_name or artist.name, self._site.profile_page(artist.name), handle)

    def _build_enclosure(self, rows: PostRows, picture: Picture) -> Enclosure:
        policy = effective_opt_out(self.default, rows.artist, rows.post, picture.attachment)
        file = shown_renditions(picture.renditions)[-1]
        return Enclosure(
            url=self._site.base + self.gallery.file_url(file, policy),
            media_type=file.media_type,
            width=file.width,
            height=file.height,
            byte_size=file.byte_size,
            alt=picture.attachment.alt,
            said=self._signals(policy),
        )

    def _signals(self, policy: OptOut) -> Signals:
        return signals_for(policy, self._site, self.default)


def last_change(stretch: Stretch) -> datetime:
    """When anything in a page of a feed changed last; long ago where nothing is in it."""
    own = (artist.updated_at for artist in [stretch.subject.artist] if artist is not None)
    return max((*own, *(_changed(rows.post) for rows in stretch.posts)), default=_LONG_AGO)


def _changed(post: Post) -> datetime:
    return post.updated_at or post.published_at


def _page(url: str, before: int | None) -> str:
    return f"{url}?before={before}" if before else url


def _warn(post: Post) -> str:
    if post.content_warning:
        return _("Content warning: %(warning)s", warning=post.content_warning)
    return _("Covered work")


def _write_cover(post: Post) -> str:
    return f'<p dir="auto">{escape(_warn(post))}</p><p><a href="{escape(post.url)}">{escape(post.url)}</a></p>'


def _write_html(post: Post, enclosures: Sequence[Enclosure]) -> str:
    language = f' lang="{escape(post.language)}"' if post.language else ""
    words = f'<div dir="auto"{language}>{post.content}</div>' if post.content else ""
    return words + "".join(_write_pictures(post, enclosures))


def _write_pictures(post: Post, enclosures: Sequence[Enclosure]) -> Iterator[str]:
    for one in enclosures:
        size = f'width="{one.width}" height="{one.height}"'
        yield f'<p><a href="{escape(post.url)}"><img src="{escape(one.url)}" alt="{escape(one.alt)}" {size}></a></p>'
