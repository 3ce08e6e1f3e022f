"""Rows of other servers' people and posts as views: every picture of theirs by way of our proxy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from activitypub.actors import read_actor
from activitypub.audience import Visibility
from activitypub.documents import parse_document
from activitypub.html import build_emoji, sanitise_html, show_emoji
from activitypub.identifiers import Handle
from activitypub.opt_out import OptOut
from cara_fed.remote_media.links import RemoteLinks
from cara_fed.translate.opt_outs import said_again, stated_elsewhere
from cara_fed.translate.posts import leave_out_more_line
from cara_fed.web import parts, views
from cara_fed.web.parts import NO_HTML
from storage.attachments import Attachment, Picture
from storage.posts import Post
from storage.remote_actors import RemoteActor

UNSTATED_SIZE = (1200, 900)
"""What a picture is taken for whose server does not say how large it is."""
TONE = "#808080"


@dataclass(frozen=True, slots=True)
class RemoteGallery:
    """Makes views of what came from elsewhere. ``default`` is this instance's opt-out.

    Artists are led to pages here, where they can do something; ``for_visitors`` leads to where things are at home.
    """

    links: RemoteLinks
    default: OptOut
    for_visitors: bool = False

    def byline(self, actor: RemoteActor) -> parts.Byline:
        """Somebody of another server, by their page here."""
        return parts.Byline(
            name_html=self._name(actor),
            handle=str(Handle(actor.name, actor.domain)),
            url=actor.url or actor.actor_id if self.for_visitors else f"/actors/{actor.pk}",
            display_name=actor.display_name,
            avatar_url=self.links.make(actor.icon_url, self._policy(actor)) if actor.icon_url else None,
        )

    def fields(self, actor: RemoteActor) -> tuple[views.ProfileField, ...]:
        """The lines below their name."""
        stated = read_actor(parse_document(actor.document.encode())).fields
        return tuple(views.ProfileField(field.name, self.words(field.value, actor.emoji)) for field in stated)

    def post(self, post: Post, author: RemoteActor, pictures: Sequence[Picture]) -> parts.Post:
        """A received post."""
        attachments = [picture.attachment for picture in pictures if is_image(picture.attachment)]
        shown = (self._picture(attachment, post, author) for attachment in attachments)
        covered = post.sensitive or post.content_warning or any(one.sensitive for one in attachments)
        return parts.Post(
            url=post.url or post.object_id if self.for_visitors else f"/posts/{post.pk}",
            object_id=post.object_id,
            byline=self.byline(author),
            content=self.words(leave_out_more_line(post.content, len(attachments)), post.emoji),
            published_at=post.published_at,
            visibility=Visibility(post.visibility),
            edited_at=post.updated_at,
            language=post.language,
            cover=post.content_warning if covered else None,
            pictures=tuple(picture for picture in shown if picture is not None),
            opt_out=self.opt_out(author, post),
            history_url=f"/posts/{post.pk}/history" if post.updated_at and not self.for_visitors else None,
        )

    def opt_out(self, author: RemoteActor, post: Post | None = None) -> parts.OptOutBadge | None:
        """What somebody says elsewhere, which is said again here; None where they say nothing."""
        policy = stated_elsewhere(author, post)
        return parts.OptOutBadge(policy, "elsewhere") if policy else None

    def words(self, html: str, emoji: Sequence[Mapping[str, str]]) -> Markup:
        """Somebody's HTML made safe, their custom emoji by way of our proxy."""
        return _trust(show_emoji(sanitise_html(html), self._emoji(emoji)))

    def summary(self, actor: RemoteActor) -> Markup:
        """What they say of themselves there."""
        return self.words(actor.summary, actor.emoji)

    def reaction(self, content: str, picture_url: str | None, count: int = 1) -> parts.Reaction:
        """An emoji in answer to a post; a custom one whose picture cannot be shown stays its name."""
        address = self.links.make(picture_url, self.default, is_small=True) if picture_url else None
        shown = _trust(build_emoji(content.strip(":"), address)) if address else escape(content)
        return parts.Reaction(shown, content, count)

    def _name(self, actor: RemoteActor) -> Markup:
        if not actor.emoji or ":" not in actor.display_name:
            return NO_HTML
        return _trust(show_emoji(str(escape(actor.display_name)), self._emoji(actor.emoji)))

    def _emoji(self, stated: Sequence[Mapping[str, str]]) -> dict[str, str]:
        links = {one["shortcode"]: self.links.make(one["url"], self.default, is_small=True) for one in stated}
        return {shortcode: address for shortcode, address in links.items() if address is not None}

    def films(self, pictures: Sequence[Picture]) -> tuple[parts.Link, ...]:
        """Films and sounds, which stay where they are: links to them."""
        others = [picture.attachment for picture in pictures if not is_image(picture.attachment)]
        return tuple(parts.Link(one.remote_url, one.alt or one.media_type) for one in others if one.remote_url)

    def _picture(self, attachment: Attachment, post: Post, author: RemoteActor) -> parts.Picture | None:
        policy = self._policy(author, post, attachment)
        url = self.links.make(attachment.remote_url or "", policy)
        if url is None:
            return None
        known = attachment.width and attachment.height
        width, height = (attachment.width or 1, attachment.height or 1) if known else UNSTATED_SIZE
        return parts.Picture(
            sources=(parts.Source(url, width),),
            full_url=url,
            width=width,
            height=height,
            alt=attachment.alt,
            color=attachment.dominant_color or TONE,
            blurhash=attachment.blurhash or "",
            focal_x=attachment.focal_x,
            focal_y=attachment.focal_y,
        )

    def _policy(self, author: RemoteActor, post: Post | None = None, attachment: Attachment | None = None) -> OptOut:
        """What is said again of a picture: the artist's nearest word, and never less than this instance's own."""
        return said_again(self.default, stated_elsewhere(author, post, attachment))


def is_image(attachment: Attachment) -> bool:
    """Whether an attachment is shown as a picture, rather than linked."""
    return attachment.media_type.startswith("image/")


def _trust(html: str) -> Markup:
    """HTML that was sanitised just now: nothing else may come here."""
    return Markup(html)  # noqa: S704
