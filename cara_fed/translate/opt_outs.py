"""Which opt-out holds for rows, and what it says: the most specific of picture, post, artist and instance decides."""

from activitypub.identifiers import Site
from activitypub.opt_out import OptOut, Signals, effective, signals, strictest
from storage.artists import Artist
from storage.attachments import Attachment
from storage.posts import Post
from storage.remote_actors import RemoteActor


def effective_opt_out(
    default: OptOut, artist: Artist | None = None, post: Post | None = None, attachment: Attachment | None = None
) -> OptOut:
    """The policy that holds for the most specific of these rows; ``default`` is the instance's."""
    return effective(default, _read(artist), _read(post), _read(attachment))


def signals_for(policy: OptOut, site: Site, default: OptOut) -> Signals:
    """What a policy says on every surface of this instance, whose own is ``default``."""
    return signals(policy, base_url=site.base, site_policy=default)


def stated_elsewhere(
    author: RemoteActor | None, post: Post | None = None, attachment: Attachment | None = None
) -> OptOut | None:
    """What somebody of another server says of a picture, of its post, or of all; None where nothing is said.

    The most specific answer holds, as here; silence about one thing is no answer.
    """
    said = (OptOut(row.opt_out) for row in (attachment, post, author) if row is not None and row.opt_out)
    return next((policy for policy in said if policy is not OptOut.UNSET), None)


def said_again(default: OptOut, stated: OptOut | None) -> OptOut:
    """What holds for what we serve of others: what they say, and never less than this instance's own answer."""
    return default if stated is None else strictest(default, stated)


def _read(row: Artist | Post | Attachment | None) -> OptOut | None:
    return OptOut(row.opt_out) if row is not None and row.opt_out else None
