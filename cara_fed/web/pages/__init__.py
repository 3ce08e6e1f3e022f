"""The rooms of the house: one file for each concern, each with its addresses."""

from cara_fed.web.pages import (
    artists,
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

ROOMS = (
    front.room,
    artists.room,
    posts.room,
    sessions.room,
    joining.room,
    publishing.room,
    settings.room,
    follow_from.room,
    following.room,
    policies.room,
)
