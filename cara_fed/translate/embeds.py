"""A post as others embed it (oEmbed 1.0): its picture, or its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from activitypub.documents import Json
from activitypub.notes import build_rights
from activitypub.opt_out import OptOut, object_terms
from cara_fed.translate.opt_outs import effective_opt_out, signals_for
from cara_fed.translate.posts import PostRows
from cara_fed.translate.rights import read_rights
from cara_fed.translate.views import Gallery, label_of, shown_renditions
from storage.attachments import Picture, Rendition

CACHE_SECONDS: Final = 3600
_WORDS_SIZE: Final = (550, 300)
_NO_BOUND: Final = 2**31


@dataclass(frozen=True, slots=True)
class Box:
    """The most pixels that there is room for."""

    width: int = _NO_BOUND
    height: int = _NO_BOUND

    def holds(self, file: Rendition) -> bool:
        """Whether a file fits as it is."""
        return file.width <= self.width and file.height <= self.height

    def shrink(self, width: int, height: int) -> tuple[int, int]:
        """The largest size of that shape, at most its own, that fits."""
        scale = min(1.0, self.width / width, self.height / height)
        return max(1, int(width * scale)), max(1, int(height * scale))


@dataclass(frozen=True, slots=True)
class Embedder:
    """Builds embeds of an instance called ``provider``, whose opt-out is ``default``."""

    gallery: Gallery
    default: OptOut
    provider: str

    def build(self, rows: PostRows, box: Box) -> Json:
        """The post: a photo where a file of its first picture fits, else HTML without scripts.

        With what machines may do with what is shown, in the words that the post's own document uses.
        """
        artist, site = rows.artist, self.gallery.site
        shown = self._build_picture(rows, rows.pictures[0], box) if rows.pictures else self._build_words(rows, box)
        return {
            "version": "1.0",
            **shown,
            "author_name": artist.display_name or artist.name,
            "author_url": site.profile_page(artist.name),
            "provider_name": self.provider,
            "provider_url": f"{site.base}/",
            "cache_age": CACHE_SECONDS,
            **self._build_terms(rows),
        }

    def _build_terms(self, rows: PostRows) -> Json:
        attachment = rows.pictures[0].attachment if rows.pictures else None
        policy = effective_opt_out(self.default, rows.artist, rows.post, attachment)
        rights = read_rights(rows.artist, rows.post, self.gallery.site)
        return {**object_terms(signals_for(policy, self.gallery.site, self.default)), **build_rights(rights)}

    def _build_picture(self, rows: PostRows, picture: Picture, box: Box) -> Json:
        files = shown_renditions(picture.renditions)
        fitting = [file for file in files if box.holds(file)]
        # WordPress makes the picture's alternative text of the title.
        title = {"title": picture.attachment.alt or label_of(rows)}
        if not fitting:
            return title | self._build_shrunk(rows, picture, files[0], box)
        photo = {"type": "photo", "url": self._url(rows, picture, fitting[-1])} | _size(fitting[-1])
        return title | photo | self._build_thumbnail(rows, picture, fitting)

    def _build_thumbnail(self, rows: PostRows, picture: Picture, fitting: Sequence[Rendition]) -> Json:
        smallest = fitting[0]
        sizes = {f"thumbnail_{name}": value for name, value in _size(smallest).items()}
        return {"thumbnail_url": self._url(rows, picture, smallest), **sizes}

    def _build_shrunk(self, rows: PostRows, picture: Picture, file: Rendition, box: Box) -> Json:
        """Where even the smallest file is larger than the room: HTML that shows it smaller."""
        width, height = box.shrink(file.width, file.height)
        source, alt = escape(self._url(rows, picture, file)), escape(picture.attachment.alt)
        image = f'<img src="{source}" alt="{alt}" width="{width}" height="{height}">'
        html = f'<a href="{escape(rows.post.url)}">{image}</a>'
        return {"type": "rich", "html": html, "width": width, "height": height}

    def _build_words(self, rows: PostRows, box: Box) -> Json:
        post, title = rows.post, label_of(rows)
        language = f' lang="{escape(post.language)}"' if post.language else ""
        author = escape(rows.artist.display_name or rows.artist.name)
        link = f'<p><a href="{escape(post.url)}">{author}, {post.published_at:%Y-%m-%d}</a></p>'
        html = f'<blockquote cite="{escape(post.url)}" dir="auto"{language}>{post.content}</blockquote>{link}'
        width, height = min(box.width, _WORDS_SIZE[0]), min(box.height, _WORDS_SIZE[1])
        return {"title": title, "type": "rich", "html": html, "width": width, "height": height}

    def _url(self, rows: PostRows, picture: Picture, file: Rendition) -> str:
        policy = effective_opt_out(self.default, rows.artist, rows.post, picture.attachment)
        return self.gallery.site.base + self.gallery.file_url(file, policy)


def _size(file: Rendition) -> Json:
    return {"width": file.width, "height": file.height}
