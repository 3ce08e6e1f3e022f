"""The rooms of the house: one file for each concern, each with its addresses."""

from cara_fed.web.pages import (
    artists,
    blocklists,
    browsers,
    editing,
    follow_from,
    following,
    front,
    joining,
    opt_out,
    policies,
    posts,
    publishing,
    sessions,
    settings,
    severed_follows,
)
from cara_fed.web.pages.admin import appeals, blocklist, crawlers, deliveries, members

ROOMS = (
    front.room,
    artists.room,
    posts.room,
    sessions.room,
    joining.room,
    publishing.room,
    editing.room,
    opt_out.room,
    settings.room,
    browsers.room,
    follow_from.room,
    following.room,
    policies.room,
    blocklist.room,
    blocklists.room,
    appeals.room,
    severed_follows.room,
    deliveries.room,
    crawlers.room,
    members.room,
)
