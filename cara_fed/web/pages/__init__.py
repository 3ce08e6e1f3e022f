"""The rooms of the house: one file for each concern, each with its addresses."""

from cara_fed.web.pages import (
    artists,
    browsers,
    editing,
    follow_from,
    following,
    front,
    joining,
    policies,
    posts,
    publishing,
    sessions,
    settings,
)
from cara_fed.web.pages.admin import blocklist, deliveries, members

ROOMS = (
    front.room,
    artists.room,
    posts.room,
    sessions.room,
    joining.room,
    publishing.room,
    editing.room,
    settings.room,
    browsers.room,
    follow_from.room,
    following.room,
    policies.room,
    blocklist.room,
    deliveries.room,
    members.room,
)
