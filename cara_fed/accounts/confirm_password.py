"""Asking for the password again before what cannot be taken back."""

from cara_fed.accounts.limits import SIGN_IN_BY_NAME, require_within
from cara_fed.accounts.passwords import password_matches
from cara_fed.accounts.sign_in import WrongPassword
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.artists import Artist


async def require_password(services: Services, artist: Artist, password: str) -> None:
    """Raise WrongPassword or TooManyAttempts unless this is the artist's."""
    await require_within(services, (SIGN_IN_BY_NAME, artist.folded))
    if not await password_matches(artist.password_hash, password):
        raise WrongPassword(_("This is not your password."))
