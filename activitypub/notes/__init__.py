"""Posts: ours built as Notes; others' read from Note, Article, Page, Image, Video, Audio, Question and Event."""

from activitypub.notes.attachments import RemoteAttachment
from activitypub.notes.build import (
    Counts,
    Picture,
    Post,
    Rights,
    build_note,
    build_rights,
    build_tombstone,
)
from activitypub.notes.polls import Poll, PollOption, build_vote
from activitypub.notes.read import Happening, RemotePost, read_post

__all__ = [
    "Counts",
    "Happening",
    "Picture",
    "Poll",
    "PollOption",
    "Post",
    "RemoteAttachment",
    "RemotePost",
    "Rights",
    "build_note",
    "build_rights",
    "build_tombstone",
    "build_vote",
    "read_post",
]
