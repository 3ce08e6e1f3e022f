"""Creating an artist: by an admin's command, or by somebody who holds a one-time link."""

from dataclasses import dataclass
from enum import StrEnum

from activitypub.identifiers import fold_name, require_artist_name
from cara_fed.accounts.key_rows import make_first_keys
from cara_fed.accounts.passwords import hash_password, require_good_password
from cara_fed.accounts.tokens import Purpose, consume_token
from cara_fed.errors import InvalidInput
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.errors import AlreadyExists
from storage.keys import Key
from storage.records import Records

MAX_DISPLAY_NAME = 100
JOIN_PURPOSES = (Purpose.FIRST_ADMIN, Purpose.INVITATION)


class Role(StrEnum):
    """What an artist may do here besides art."""

    ARTIST = "artist"
    MODERATOR = "moderator"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class NewArtist:
    """Who is to be created. Without a password hash nobody can sign in as them before a password link was used."""

    name: str
    display_name: str = ""
    role: Role = Role.ARTIST
    password_hash: str | None = None


async def create_artist(services: Services, new: NewArtist) -> Artist:
    """Create an artist with keys of their own; raises InvalidInput or IdentifierError, naming what is wrong."""
    artist, keys = await _prepare(services, new)
    async with services.database.unit_of_work() as records:
        await _add(records, artist, keys)
    return artist


async def join(services: Services, token: str, name: str, display_name: str, password: str) -> Artist:
    """Create an artist for the holder of a one-time link: the first admin, or somebody invited.

    Raises LinkUnusable, InvalidInput or IdentifierError; the link is used up only where it worked.
    """
    require_good_password(password)
    artist, keys = await _prepare(services, NewArtist(name, display_name, Role.ARTIST, await hash_password(password)))
    async with services.database.unit_of_work() as records:
        link = await consume_token(records, services.clock, token, JOIN_PURPOSES)
        artist.role = Role.ADMIN if link.purpose == Purpose.FIRST_ADMIN else Role.ARTIST
        await _add(records, artist, keys)
    return artist


async def _prepare(services: Services, new: NewArtist) -> tuple[Artist, tuple[Key, ...]]:
    """The rows. Keys are made before any transaction, for that takes a good part of a second."""
    require_artist_name(new.name)
    display_name = read_display_name(new.display_name)
    await _require_free(services, new.name)
    now, pk = services.clock.now(), services.clock.new_pk()
    artist = Artist(
        pk=pk,
        name=new.name,
        folded=fold_name(new.name),
        display_name=display_name,
        role=new.role,
        password_hash=new.password_hash,
        created_at=now,
        updated_at=now,
    )
    return artist, await make_first_keys(services.clock, services.site.actor(new.name), pk)


def read_display_name(text: str) -> str:
    """A display name of one line; raises InvalidInput."""
    name = " ".join(text.split())
    if len(name) > MAX_DISPLAY_NAME:
        raise InvalidInput(_("A display name has at most %(limit)s characters.", limit=MAX_DISPLAY_NAME))
    return name


async def _require_free(services: Services, name: str) -> None:
    async with services.database.reading() as records:
        if await records.artists.find_even_deleted(name) is not None:
            raise _NameTaken(name)


async def _add(records: Records, artist: Artist, keys: tuple[Key, ...]) -> None:
    try:
        await records.artists.add(artist)
    except AlreadyExists:
        raise _NameTaken(artist.name) from None
    for key in keys:
        await records.keys.add(key)
    if artist.role == Role.ADMIN:
        await records.tokens.remove_for_purpose(Purpose.FIRST_ADMIN)


class _NameTaken(InvalidInput):
    def __init__(self, name: str) -> None:
        super().__init__(_("The name %(name)s is taken. (The name of a deleted artist stays taken.)", name=name))
