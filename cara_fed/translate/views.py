"""Rows as the views that pages are made of, with the addresses that pictures have on the public web."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from activitypub.audience import Visibility
from activitypub.contributors import Contributor
from activitypub.html import Rendered, render_markdown, sanitise_html, show_emoji, strip_html
from activitypub.identifiers import Handle, Site
from activitypub.opt_out import OptOut
from cara_fed.capabilities import WEB_HOST_NUMBER, CapabilityKeys, policy_letter
from cara_fed.translate.albums import render_album_text
from cara_fed.translate.artists import render_field_value, render_profile_text
from cara_fed.translate.opt_outs import effective_opt_out
from cara_fed.translate.posts import PostRows, file_name_of, read_credits
from cara_fed.translate.rights import DIGITAL_SOURCES, LICENSES
from cara_fed.translate.structured import build_image_objects, dump_for_script
from cara_fed.web import parts, views
from cara_fed.words.speech import _
from storage.albums import Album
from storage.artists import Artist
from storage.attachments import Picture, Rendition
from storage.posts import Post
from storage.remote_actors import RemoteActor

# The federated rendition is for other servers alone: its copies are counted by whom they were given to.
SHOWN_KINDS = ("thumbnail", "web_small", "web_medium", "web")
MAX_LABEL = 80
BANNER_SIZE = (1600, 400)


@dataclass(frozen=True, slots=True)
class Gallery:
    """Makes views of rows. ``default`` is the instance's opt-out. Addresses of our own are paths, but for posts'."""

    site: Site
    default: OptOut
    capabilities: CapabilityKeys

    def byline(self, artist: Artist) -> parts.Byline:
        """One of this instance's artists."""
        return parts.Byline(
            handle=str(Handle(artist.name, self.site.domain)),
            url=f"/@{artist.name}",
            display_name=artist.display_name,
            avatar_url=self._media(artist.avatar_hash, effective_opt_out(self.default, artist)),
            name_html=self._name(artist),
        )

    def remote_byline(self, actor: RemoteActor) -> parts.Byline:
        """Somebody of another server; their portrait stays there, for pages load nothing from elsewhere."""
        handle = Handle(actor.name, actor.domain)
        return parts.Byline(str(handle), actor.url or actor.actor_id, actor.display_name)

    def remote_summary(self, actor: RemoteActor) -> Markup:
        """What they say of themselves there, as safe HTML."""
        return _trust(sanitise_html(actor.summary))

    def profile_summary(self, artist: Artist) -> Markup:
        """What artists say of themselves, as safe HTML."""
        return self._words(render_profile_text(artist.summary, self.site).html, artist.emoji)

    def price_sheet(self, artist: Artist) -> Markup:
        """What an artist's commissions cost, as safe HTML."""
        return written_in_markdown(artist.price_sheet)

    def profile_fields(self, artist: Artist, verified: Collection[str] = ()) -> tuple[views.ProfileField, ...]:
        """The lines below an artist's name; ``verified`` are the addresses among them that link back."""
        return tuple(
            views.ProfileField(
                field["name"],
                self._words(render_field_value(field["value"], self.site), artist.emoji),
                field["value"] in verified,
            )
            for field in artist.fields
        )

    def profile_opt_out(self, artist: Artist) -> parts.OptOutBadge:
        """What an artist says of all their work, or else the instance."""
        return parts.OptOutBadge(effective_opt_out(self.default, artist), "artist" if artist.opt_out else "instance")

    def banner(self, artist: Artist) -> parts.Picture | None:
        """The picture above an artist's wall. Its row keeps no size; the page crops it to its own."""
        url = self._media(artist.header_hash, effective_opt_out(self.default, artist))
        width, height = BANNER_SIZE
        return parts.Picture((parts.Source(url, width),), url, width, height, artist.header_alt) if url else None

    def tile(self, rows: PostRows, *, signed: bool = False) -> parts.Tile:
        """A work on a wall, by its first picture; ``signed`` puts the artist's name below."""
        byline, first = self.byline(rows.artist), rows.pictures[0]
        return parts.Tile(
            url=path_of_post(rows.artist, rows.post),
            picture=self.picture(rows, first),
            label=first.attachment.alt or label_of(rows),
            cover=cover_of(rows),
            more=len(rows.pictures) - 1,
            byline=byline if signed else None,
        )

    def post(self, rows: PostRows) -> parts.Post:
        """A post of one of this instance's artists."""
        post = rows.post
        return parts.Post(
            url=post.url,
            object_id=post.object_id,
            byline=self.byline(rows.artist),
            content=self._words(post.content, post.emoji),
            published_at=post.published_at,
            visibility=Visibility(post.visibility),
            edited_at=post.updated_at,
            history_url=f"{path_of_post(rows.artist, post)}/history" if post.updated_at else None,
            language=post.language,
            cover=cover_of(rows),
            pictures=tuple(self.picture(rows, picture) for picture in rows.pictures),
            opt_out=self.opt_out(rows),
            license=parts.Link(post.license, LICENSES.get(post.license, post.license)) if post.license else None,
            credits=tuple(_credit(one) for one in read_credits(post)),
            made=DIGITAL_SOURCES.get(post.digital_source_type or "", ""),
        )

    def image_objects(self, rows: PostRows) -> Markup:
        """The post's pictures in schema.org's words, for the script element of data in its page."""
        urls = [self.site.base + self.picture(rows, picture).full_url for picture in rows.pictures]
        return _trust(dump_for_script(build_image_objects(rows, urls, self.site, self.default)))

    def opt_out(self, rows: PostRows) -> parts.OptOutBadge:
        """What holds for a post. A post keeps what was decided when it was published, whoever decided it."""
        policy = effective_opt_out(self.default, rows.artist, rows.post)
        said_by_artist = self.profile_opt_out(rows.artist)
        return said_by_artist if policy is said_by_artist.policy else parts.OptOutBadge(policy, "post")

    def picture(self, rows: PostRows, picture: Picture) -> parts.Picture:
        """A picture in the sizes that pages show."""
        return self._picture(picture, effective_opt_out(self.default, rows.artist, rows.post, picture.attachment))

    def uploaded(self, artist: Artist, picture: Picture) -> parts.Picture:
        """A picture that is of no post yet; its address is known to its artist alone."""
        return self._picture(picture, effective_opt_out(self.default, artist))

    def _picture(self, picture: Picture, policy: OptOut) -> parts.Picture:
        attachment = picture.attachment
        shown = shown_renditions(picture.renditions)
        return parts.Picture(
            sources=tuple(parts.Source(self.file_url(file, policy), file.width) for file in shown),
            full_url=self.file_url(shown[-1], policy),
            width=shown[-1].width,
            height=shown[-1].height,
            alt=attachment.alt,
            color=attachment.dominant_color or "#808080",
            blurhash=attachment.blurhash or "",
            focal_x=attachment.focal_x,
            focal_y=attachment.focal_y,
            moving_url=self._kind("moving", picture.renditions, policy),
            plain_url=self._kind("web_plain", picture.renditions, policy),
        )

    def _kind(self, kind: str, renditions: Mapping[str, Rendition], policy: OptOut) -> str | None:
        return self.file_url(renditions[kind], policy) if kind in renditions else None

    def file_url(self, rendition: Rendition, policy: OptOut) -> str:
        """The path of a picture's file as everybody gets it."""
        return self._media(file_name_of(rendition), policy) or ""

    def emoji_url(self, file: str) -> str:
        """Where the picture of one of the house's emoji is, for everybody."""
        return self._media(file, self.default) or ""

    def _words(self, html: str, emoji: Sequence[Mapping[str, str]]) -> Markup:
        """HTML of ours, with the house's emoji that its row names."""
        return _trust(show_emoji(html, {one["shortcode"]: self.emoji_url(one["file"]) for one in emoji}))

    def _name(self, artist: Artist) -> Markup:
        named = artist.emoji and ":" in artist.display_name
        return self._words(str(escape(artist.display_name)), artist.emoji) if named else parts.NO_HTML

    def _media(self, file_name: str | None, policy: OptOut) -> str | None:
        if not file_name:
            return None
        file_hash = file_name.partition(".")[0]
        capability = self.capabilities.make(WEB_HOST_NUMBER, policy_letter(policy), file_hash)
        return f"/media/{capability}/{file_name}"


def _credit(one: Contributor) -> parts.Credit:
    return parts.Credit(one.role, one.mention.handle, one.mention.url or one.mention.actor_id)


def album_summary(album: Album, site: Site) -> Markup:
    """What an artist says of an album, as safe HTML."""
    return _trust(render_album_text(album, site))


def path_of_post(artist: Artist, post: Post) -> str:
    """Where a post's page is, on this site."""
    return f"/@{artist.name}/{post.pk}"


def cover_of(rows: PostRows) -> str | None:
    """The words on a post's cover; None where nothing is covered."""
    post = rows.post
    covered = post.sensitive or post.content_warning or any(one.attachment.sensitive for one in rows.pictures)
    return post.content_warning if covered else None


def label_of(rows: PostRows) -> str:
    """A few words for a post: how its text begins, or whose it is. Never what stands under a cover."""
    text = "" if cover_of(rows) is not None else " ".join(strip_html(rows.post.content).split())
    if not text:
        return _("Work by %(name)s", name=rows.artist.display_name or rows.artist.name)
    return text if len(text) <= MAX_LABEL else f"{text[:MAX_LABEL].rstrip()}…"


def rendered_html(rendered: Rendered) -> Markup:
    """What was made of an artist's text, for a page."""
    return _trust(rendered.html)


def written_in_markdown(text: str) -> Markup:
    """An artist's Markdown, for a page."""
    return _trust(render_markdown(text))


def _trust(html: str) -> Markup:
    """HTML that was rendered by us from plain text, or sanitised just now: nothing else may come here."""
    return Markup(html)  # noqa: S704


def shown_renditions(renditions: Mapping[str, Rendition]) -> Sequence[Rendition]:
    """What a page may show, from the smallest up, one of each width."""
    kinds = [renditions[kind] for kind in SHOWN_KINDS if kind in renditions]
    by_width = {rendition.width: rendition for rendition in kinds or renditions.values()}
    return [by_width[width] for width in sorted(by_width)]
