"""EmojiReact: Pleroma's and Akkoma's way to answer a post with an emoji."""

from activitypub.activities import Activity
from activitypub.reactions import find_reaction
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.reactions import receive_reaction
from cara_fed.inbox.registry import inbox


@inbox.on("EmojiReact")
async def receive_emoji_react(context: InboxContext, react: Activity) -> None:
    """The emoji is shown on the post; words in its place are not."""
    reaction = find_reaction(react)
    if reaction is None:
        raise NoEffect("it reacts with no emoji")
    await receive_reaction(context, react, reaction)
