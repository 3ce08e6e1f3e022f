"""Which Content-Types are ActivityPub's own."""

import re
from functools import lru_cache
from typing import Final

from activitypub.vocabulary import AS2

ACTIVITY_JSON: Final = "application/activity+json"
"""What every document of ours is labelled, answered or sent: all servers believe it without a profile."""
JRD_JSON: Final = "application/jrd+json"

_LD_JSON: Final = "application/ld+json"
_PROFILE: Final = re.compile(r"""profile\s*=\s*(?:"([^"]*)"|'([^']*)'|([^;\s]+))""", re.IGNORECASE)


@lru_cache(maxsize=512)
def is_activity_type(content_type: str, *, profile_needed: bool = True) -> bool:
    """Whether what is so labelled is ActivityPub's: its own type, or JSON-LD with its profile.

    A bare ``application/json`` never is, neither fetched nor posted. Every server in use labels better than that, and
    it is the label under which somebody else's upload or echo service could be made to say anything.
    """
    media_type, _, parameters = content_type.partition(";")
    media_type = media_type.strip().lower()
    if media_type != _LD_JSON:
        return media_type == ACTIVITY_JSON
    profile = _PROFILE.search(parameters)
    if profile is None:
        return not profile_needed
    return AS2 in (profile[1] or profile[2] or profile[3] or "").split()
