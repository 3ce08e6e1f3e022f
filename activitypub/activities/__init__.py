"""Activities: read from anyone with tolerance, built for others in the shape that they understand."""

from activitypub.activities.build import (
    build_accept,
    build_add,
    build_announce,
    build_block,
    build_create,
    build_delete,
    build_flag,
    build_follow,
    build_like,
    build_move,
    build_reject,
    build_remove,
    build_undo,
    build_update,
)
from activitypub.activities.read import (
    Activity,
    is_made_id,
    read_activity,
    read_inner_activity,
    read_reaction,
    read_report,
)

__all__ = [
    "Activity",
    "build_accept",
    "build_add",
    "build_announce",
    "build_block",
    "build_create",
    "build_delete",
    "build_flag",
    "build_follow",
    "build_like",
    "build_move",
    "build_reject",
    "build_remove",
    "build_undo",
    "build_update",
    "is_made_id",
    "read_activity",
    "read_inner_activity",
    "read_reaction",
    "read_report",
]
