"""A post's rows as the Note that other servers read, its pictures' addresses still without a receiver."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from activitypub.audience import Visibility, build_audience
from activitypub.contributors import Contributor, render_contributors
from activitypub.identifiers import Site
from activitypub.notes import Counts, Picture, Poll, PollOption, Post
from activitypub.opt_out import OptOut
from activitypub.quotes import Quote, QuotePolicy
from activitypub.tags import Emoji, Hashtag, Mention, fold_hashtag
from cara_fed.capabilities import placeholder_media_path, policy_letter
from cara_fed.translate.opt_outs import effective_opt_out, signals_for
from cara_fed.translate.rights import read_rights
from storage.artists import Artist
from storage.attachments import Picture as PictureRows
from storage.attachments import Rendition
from storage.polls import Poll as PollRow
from storage.posts import Post as PostRow
from storage.quotes import WITHOUT_PERMISSION

FEDERATED = "federated"
SHOWN_BY_MASTODON = 4
NO_AI_TAG = "NoAI"


@dataclass(frozen=True, slots=True)
class PostRows:
    """All rows that make up one local post, its pictures in their order."""

    artist: Artist
    post: PostRow
    pictures: Sequence[PictureRows] = ()
    poll: PollRow | None = None


def read_local_post(rows: PostRows, site: Site, default: OptOut, counts: Counts | None = None) -> Post:
    """The post as a value for build_note; ``default`` is the instance's opt-out."""
    artist, post = rows.artist, rows.post
    mentions = read_named(post)
    people = [mention.actor_id for mention in mentions]
    return Post(
        object_id=post.object_id,
        actor_id=post.actor_id,
        followers_id=site.followers(artist.name),
        url=post.url,
        content=_build_content(rows, site),
        audience=build_audience(Visibility(post.visibility), site, artist.name, people),
        published=post.published_at,
        signals=signals_for(effective_opt_out(default, artist, post), site, default),
        text=post.text,
        language=post.language,
        content_warning=post.content_warning,
        sensitive=post.sensitive,
        updated=post.updated_at,
        in_reply_to=post.in_reply_to,
        pictures=tuple(_read_picture(rows, picture, site, default) for picture in rows.pictures),
        hashtags=tuple(Hashtag(name, tag_page(site, fold_hashtag(name))) for name in post.hashtags),
        mentions=mentions,
        quote_policy=read_quote_policy(post),
        quote=_read_quote(post),
        poll=_read_poll(rows.poll) if rows.poll else None,
        counts=counts,
        rights=read_rights(artist, post, site),
        contributors=read_credits(post),
        emoji=read_emoji(post.emoji, site, default),
    )


def read_quote_policy(post: PostRow) -> QuotePolicy:
    """Who may quote one of our posts; those from before there was a choice let everyone."""
    return QuotePolicy(post.quote_policy or QuotePolicy.EVERYONE)


def _build_content(rows: PostRows, site: Site) -> str:
    post = rows.post
    lines = _build_tag_line(post, site), build_more_line(len(rows.pictures), post.url), _build_quote_line(post)
    return post.content + render_contributors(read_credits(post)) + "".join(lines)


def _build_quote_line(post: PostRow) -> str:
    """A link to what is quoted, for servers that know no quotes; those that do know the class, and hide it."""
    if not post.quote_id:
        return ""
    address, named = escape(post.quote_id), ' class="quote-inline"' if _read_quote(post) else ""
    return f'<p{named}>RE: <a href="{address}">{address}</a></p>'


def _read_quote(post: PostRow) -> Quote | None:
    """What a post quotes, as long as nobody has said no."""
    if not post.quote_id or post.quote_state in WITHOUT_PERMISSION:
        return None
    return Quote(post.quote_id, post.quote_authorization)


def _read_poll(row: PollRow) -> Poll:
    options = tuple(PollOption(option["name"], option["votes"]) for option in row.options)
    return Poll(options, row.multiple, row.ends_at, is_closed=row.closed_at is not None, voters=row.voters)


def build_more_line(pictures: int, url: str) -> str:
    """The content's last line where Mastodon would drop pictures without a word; our own pages leave it out."""
    if pictures <= SHOWN_BY_MASTODON:
        return ""
    address = escape(url)
    return f'<p>+{pictures - SHOWN_BY_MASTODON} more: <a href="{address}">{address}</a></p>'


def leave_out_more_line(content: str, pictures: int) -> str:
    """The content of an instance like this one without the line above, where all of its pictures are shown."""
    if pictures <= SHOWN_BY_MASTODON:
        return content
    return re.sub(rf"<p>\+{pictures - SHOWN_BY_MASTODON} more: <a [^>]*>[^<]*</a></p>", "", content, count=1)


def _build_tag_line(post: PostRow, site: Site) -> str:
    """#NoAI where the artist wants it said and the text does not say it; Mastodon keeps hashtags, and little else."""
    if NO_AI_TAG not in post.hashtags or f"#<span>{NO_AI_TAG}</span>".lower() in post.content.lower():
        return ""
    address = escape(tag_page(site, fold_hashtag(NO_AI_TAG)))
    return f'<p><a href="{address}" class="mention hashtag" rel="tag">#<span>{NO_AI_TAG}</span></a></p>'


def tag_page(site: Site, key: str) -> str:
    """The page of a hashtag, by its folded name."""
    return f"{site.base}/tags/{quote(key, safe='')}"


def media_placeholder(site: Site, policy: OptOut, file_name: str) -> str:
    """A picture's address before it is known who receives it; ``file_name`` is its hash and extension."""
    return site.base + placeholder_media_path(policy_letter(policy), file_name)


def file_name_of(rendition: Rendition) -> str:
    """The name under which a rendition's file is kept."""
    return f"{rendition.hash}.{rendition.extension}"


def read_mentions(post: PostRow) -> tuple[Mention, ...]:
    """The people whom a post names."""
    return tuple(Mention(stated["handle"], stated["actor_id"], stated.get("url")) for stated in post.mentions)


def read_emoji(stated: Sequence[Mapping[str, str]], site: Site, default: OptOut) -> tuple[Emoji, ...]:
    """The house's own emoji in a text, as its row keeps them."""
    return tuple(Emoji(one["shortcode"], media_placeholder(site, default, one["file"]), "image/png") for one in stated)


def read_credits(post: PostRow) -> tuple[Contributor, ...]:
    """Those who made the work too, and agreed to be named."""
    return tuple(
        Contributor(Mention(one["handle"], one["actor_id"], one["url"] or None), one["role"]) for one in post.credits
    )


def read_named(post: PostRow) -> tuple[Mention, ...]:
    """Everybody whom a post names, in its text or for having made it; each once."""
    everybody = (*read_mentions(post), *(one.mention for one in read_credits(post)))
    return tuple({mention.actor_id: mention for mention in everybody}.values())


def write_mentions(mentions: Sequence[Mention]) -> list[dict[str, str | None]]:
    """The same as they are kept in the row."""
    return [{"handle": mention.handle, "actor_id": mention.actor_id, "url": mention.url} for mention in mentions]


def _read_picture(rows: PostRows, picture: PictureRows, site: Site, default: OptOut) -> Picture:
    attachment, rendition = picture.attachment, picture.renditions[FEDERATED]
    policy = effective_opt_out(default, rows.artist, rows.post, attachment)
    return Picture(
        url=media_placeholder(site, policy, file_name_of(rendition)),
        media_type=rendition.media_type,
        width=rendition.width,
        height=rendition.height,
        signals=signals_for(policy, site, default),
        alt=attachment.alt,
        blurhash=attachment.blurhash or "",
        focal_point=(attachment.focal_x, attachment.focal_y),
        sensitive=attachment.sensitive,
        size=rendition.byte_size,
        sha256=rendition.hash,
        rights=read_rights(rows.artist, rows.post, site),
    )
