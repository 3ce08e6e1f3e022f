"""What asks for a quote and what permits it, from the row of the post that quotes."""

from datetime import datetime, timedelta

from activitypub.documents import Json
from activitypub.quotes import QuoteAuthorization
from storage.posts import Post

SMALLEST_STEP = timedelta(milliseconds=1)


def request_of(post: Post) -> Json:
    """The QuoteRequest that was sent for a post, as far as an answer has to repeat it."""
    return {
        "id": post.quote_request_id,
        "type": "QuoteRequest",
        "actor": post.actor_id,
        "object": post.quote_id,
        "instrument": post.object_id,
    }


def end_quote(post: Post, state: str, now: datetime) -> None:
    """Let a post show a link alone. One of ours is edited by that, for servers pass over what is not newer."""
    post.quote_state = state
    if post.artist_pk is not None:
        post.updated_at = max(now, (post.updated_at or post.published_at) + SMALLEST_STEP)


def authorization_of(post: Post, author_id: str) -> QuoteAuthorization:
    """What lets a post quote another, which is `author_id`'s."""
    return QuoteAuthorization(post.quote_authorization or "", author_id, post.object_id, post.quote_id or "")
