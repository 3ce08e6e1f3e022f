"""Who is signed in in this browser: the artist behind the cookie, and what they may do."""

from quart import g, request, session

from cara_fed.accounts.create_artist import Role
from cara_fed.accounts.sign_in import SignedIn, find_signed_in
from cara_fed.errors import NotAllowed
from cara_fed.web.errors import NotSignedIn
from cara_fed.web.house import services
from cara_fed.words.speech import _
from storage.artists import Artist

_TOKEN, _DAY = "token", "day"


async def load_signed_in() -> None:
    """Find out who asks, before any page does; only a browser with our cookie costs a query."""
    token = session.get(_TOKEN)
    found = await find_signed_in(services(), token) if token else None
    if token and found is None:
        session.pop(_TOKEN)
    if found:
        _keep_cookie_alive()
    g.suspended = found if found and found.suspended_at else None
    g.artist = None if g.suspended else found


def current_artist() -> Artist | None:
    """Who is signed in, or None for a visitor."""
    artist: Artist | None = g.get("artist")
    return artist


def suspended_artist() -> Artist | None:
    """Who is signed in and suspended: a visitor everywhere but where they appeal and take their works along."""
    artist: Artist | None = g.get("suspended")
    return artist


def require_even_suspended() -> Artist:
    """Who is signed in, suspended or not; raises NotSignedIn."""
    return suspended_artist() or require_artist()


async def count_unread() -> int:
    """How many notifications wait for whoever is signed in; a visitor costs no query."""
    artist = current_artist()
    if artist is None:
        return 0
    async with services().database.reading() as records:
        return await records.notifications.count_unread(artist.pk)


def require_artist() -> Artist:
    """Who is signed in; raises NotSignedIn."""
    if (artist := current_artist()) is None:
        raise NotSignedIn(may_return=request.method == "GET")
    return artist


def require_role(*roles: Role) -> Artist:
    """Who is signed in with one of these roles; raises NotSignedIn, or NotAllowed."""
    artist = require_artist()
    if artist.role not in roles:
        raise NotAllowed(_("Only those who run this site may enter here."))
    return artist


def session_token() -> str:
    """The secret of this browser's session; empty for a visitor."""
    return str(session.get(_TOKEN, ""))


def keep_signed_in(signed_in: SignedIn) -> None:
    """Give this browser the session, in a cookie without anything that was there before."""
    session.clear()
    session[_TOKEN] = signed_in.token
    session.permanent = True
    _keep_cookie_alive()
    g.artist = signed_in.artist


def forget_signed_in() -> None:
    """Take the session from this browser."""
    session.clear()
    g.artist = None


def _keep_cookie_alive() -> None:
    """Send the cookie again once a day, and not with every answer: a slow one would undo what a later one wrote."""
    day = services().clock.now().date().isoformat()
    if session.get(_DAY) != day:
        session[_DAY] = day
