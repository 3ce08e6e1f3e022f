"""In which language who asks reads: their own setting, this browser's, what it asks for, or the instance's."""

from quart import request

from cara_fed.web.house import services
from cara_fed.web.signed_in import current_artist, suspended_artist
from cara_fed.words.speech import speak
from cara_fed.words.wishes import COOKIE, default_tag, find_setting, negotiate


async def choose_language() -> None:
    """Speak it for the rest of this request."""
    artist = current_artist() or suspended_artist()
    own = find_setting(artist.language) if artist else None
    speak(own or find_setting(request.cookies.get(COOKIE)) or asked_language())


def asked_language() -> str:
    """The language for somebody who chose none here."""
    default = default_tag(services().config.instance.languages)
    return negotiate(request.headers.get("Accept-Language", ""), default)
