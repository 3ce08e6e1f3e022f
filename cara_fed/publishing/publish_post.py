"""Publishing a post: files first, then everything else in one transaction."""

from dataclasses import dataclass

from activitypub.activities import build_create
from activitypub.audience import Visibility
from activitypub.html import Rendered, render_text
from activitypub.notes import build_note
from activitypub.opt_out import OptOut
from activitypub.quotes import QuotePolicy
from activitypub.tags import Mention, fold_hashtag
from cara_fed.delivery.fan_out import Recipients
from cara_fed.errors import NotAllowed, NotFound
from cara_fed.opt_out.agents import RESERVED, Purpose
from cara_fed.opt_out.history import Level, note_change, picture_subject
from cara_fed.publishing.drafts import PollDraft, PostDraft, require_described, require_publishable, require_votable
from cara_fed.publishing.find_emoji import find_emoji
from cara_fed.publishing.forget_files import forget_files
from cara_fed.publishing.hold_post import require_not_held
from cara_fed.publishing.name_together import find_named, name_together
from cara_fed.publishing.outgoing import send_out, wake_workers
from cara_fed.publishing.people import find_people, mention_of, mention_of_artist, require_everybody_found
from cara_fed.publishing.quote_post import ask_to_quote, require_quotable
from cara_fed.publishing.rights import Terms, choose_terms
from cara_fed.publishing.spend_draft import spend_draft
from cara_fed.publishing.store_picture import Progress, store_pictures
from cara_fed.recognition.matches import require_no_matches
from cara_fed.services import Services
from cara_fed.translate.opt_outs import effective_opt_out
from cara_fed.translate.posts import NO_AI_TAG, PostRows, read_local_post, read_named, tag_page, write_mentions
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.attachments import Picture
from storage.polls import Poll
from storage.posts import Post
from storage.records import Records


@dataclass(frozen=True, slots=True)
class Written:
    """An artist's text as HTML, and everybody whom the post concerns: those named in it, and whom it answers."""

    rendered: Rendered
    mentions: tuple[Mention, ...]


async def publish_post(
    services: Services,
    artist: Artist,
    draft: PostDraft,
    progress: Progress | None = None,
    *,
    draft_pk: int | None = None,
    is_reviewed: bool = False,
) -> Post:
    """Publish a post for everybody it is for. Raises InvalidInput, NotFound or NotAllowed, in one sentence,
    before any row exists.

    Pictures are protected and kept first; then the post, its pictures, its Create and the deliveries are written
    together, so that a crash leaves either all of them or none (and at worst files that nothing names). The draft with
    the key ``draft_pk`` becomes this post in the same transaction, and so never a second one. Raises HeldForReview
    where somebody of the house has to look first, unless it ``is_reviewed``, and LooksLikeOthers unless the draft
    accepts that.
    """
    await _require_allowed(services, artist, draft)
    written = await write_text(services, draft.text, draft.visibility, draft.in_reply_to)
    named = await find_named(services, artist, draft.credits, draft.visibility)
    opt_out = draft.opt_out or effective_opt_out(services.config.opt_out.default, artist)
    terms = choose_terms(artist, opt_out, draft.license, draft.digital_source_type)
    pictures = await store_pictures(services, artist, draft.pictures, terms, progress, draft.marks)
    await _require_showable(services, artist, draft, pictures, is_reviewed=is_reviewed)
    post = _build_row(services, artist, draft, written, terms)
    async with services.database.unit_of_work() as records:
        await records.artists.get_by_pk(artist.pk)
        left = await spend_draft(records, services.clock, draft_pk, post) if draft_pk else []
        post.emoji = await find_emoji(records, post.text, post.content_warning)
        await records.posts.add(post)
        await add_pictures(records, post, pictures)
        await _note_choices(records, services, post, draft, pictures)
        rows = PostRows(artist, post, pictures, await _add_poll(records, post, draft.poll))
        await ask_to_quote(records, services, rows)
        await name_together(records, services, rows, named)
        await _send_create(records, services, rows)
    await forget_files(services, left)
    wake_workers(services)
    return post


async def _require_showable(
    services: Services, artist: Artist, draft: PostDraft, pictures: tuple[Picture, ...], *, is_reviewed: bool
) -> None:
    if not is_reviewed:
        require_not_held(services.config.posts, pictures)
    if not draft.accepts_matches:
        await require_no_matches(services, artist, pictures)


async def _require_allowed(services: Services, artist: Artist, draft: PostDraft) -> None:
    if artist.suspended_at is not None:
        raise NotAllowed(_("This account is suspended: it can publish nothing."))
    require_publishable(draft)
    require_described(services.config.posts, draft.pictures)
    require_votable(draft.poll, draft.text)
    await require_quotable(services, artist, draft.quotes)


async def write_text(services: Services, text: str, visibility: Visibility, in_reply_to: str | None) -> Written:
    """Find whom a text names, and make HTML of it. Raises InvalidInput or NotFound."""
    people = await find_people(services, text)
    answered = await _find_answered(services, in_reply_to)
    if visibility is Visibility.DIRECT and answered is None:
        require_everybody_found(text, people)
    rendered = render_text(text, mentions=people, tag_url=lambda key: tag_page(services.site, key))
    concerned = (*rendered.mentions, *([answered] if answered else ()))
    return Written(rendered, tuple({mention.actor_id: mention for mention in concerned}.values()))


async def add_pictures(records: Records, post: Post, pictures: tuple[Picture, ...]) -> None:
    """Write pictures down as a post's, in this order."""
    for position, picture in enumerate(pictures):
        picture.attachment.post_pk, picture.attachment.position = post.pk, position
        await records.attachments.add_picture(picture)


def name_hashtags(written: Written, artist: Artist, policy: OptOut) -> list[str]:
    """The hashtags of a text, and #NoAI where the artist wants it said of what is reserved."""
    names = [tag.name for tag in written.rendered.hashtags]
    wanted = artist.tags_no_ai and Purpose.TRAINING in RESERVED[policy]
    has_it = any(fold_hashtag(name) == fold_hashtag(NO_AI_TAG) for name in names)
    return [*names, NO_AI_TAG] if wanted and not has_it else names


def recipients_of(post: Post) -> Recipients:
    """Whom everything about a post is sent to: whoever it names, and the followers unless it is direct."""
    people = tuple(mention.actor_id for mention in read_named(post) if mention.actor_id != post.actor_id)
    return Recipients(followers=post.visibility != Visibility.DIRECT, actor_ids=people)


def _build_row(services: Services, artist: Artist, draft: PostDraft, written: Written, terms: Terms) -> Post:
    pk, site = services.clock.new_pk(), services.site
    return Post(
        pk=pk,
        object_id=site.post(artist.name, pk),
        actor_id=site.actor(artist.name),
        artist_pk=artist.pk,
        url=site.post_page(artist.name, pk),
        text=draft.text.strip(),
        content=written.rendered.html,
        content_warning=draft.content_warning.strip(),
        sensitive=draft.sensitive or bool(draft.content_warning.strip()),
        visibility=draft.visibility,
        language=draft.language,
        # Kept as it was decided now: another default later applies to later posts alone.
        opt_out=terms.policy,
        license=terms.license or None,
        digital_source_type=terms.digital_source_type or None,
        in_reply_to=draft.in_reply_to,
        quote_policy=draft.quote_policy or artist.quote_policy or QuotePolicy.EVERYONE,
        quote_id=draft.quotes,
        published_at=services.clock.now(),
        mentions=write_mentions(written.mentions),
        hashtags=name_hashtags(written, artist, terms.policy),
    )


async def _add_poll(records: Records, post: Post, draft: PollDraft | None) -> Poll | None:
    if draft is None:
        return None
    poll = Poll(
        post_pk=post.pk,
        options=[{"name": option.strip(), "votes": 0} for option in draft.options],
        multiple=draft.multiple,
        ends_at=post.published_at + draft.lasts,
        voters=0,
    )
    await records.polls.add(poll)
    return poll


async def _note_choices(
    records: Records, services: Services, post: Post, draft: PostDraft, pictures: tuple[Picture, ...]
) -> None:
    """What was chosen for this post and its pictures in particular, with who chose it."""
    said_by = post.actor_id
    await note_change(records, services.clock, Level.POST, post.object_id, said_by, old=None, new=draft.opt_out)
    for picture in pictures:
        subject, own = picture_subject(post.object_id, picture.attachment.pk), picture.attachment.opt_out
        await note_change(records, services.clock, Level.PICTURE, subject, said_by, old=None, new=own)


async def _send_create(records: Records, services: Services, rows: PostRows) -> None:
    post, site = rows.post, services.site
    note = build_note(read_local_post(rows, site, services.config.opt_out.default))
    create = build_create(note, activity_id=site.create(rows.artist.name, post.pk))
    await send_out(
        records,
        services,
        create,
        recipients_of(post),
        artist_pk=post.artist_pk,
        object_id=post.object_id,
        audience=post.visibility,
    )


async def _find_answered(services: Services, object_id: str | None) -> Mention | None:
    """The author of the post that is answered. Raises NotFound where that post is not known here."""
    if object_id is None:
        return None
    async with services.database.reading() as records:
        parent = await records.posts.find(object_id)
        if parent is None or parent.deleted_at is not None:
            raise NotFound(_("The post to be answered is not known here, or was deleted."))
        author = await records.remote_actors.find(parent.actor_id)
        artist = None if parent.artist_pk is None else await records.artists.find_by_pk(parent.artist_pk)
    if artist is not None:
        return mention_of_artist(services.site, artist)
    return mention_of(author) if author else None
