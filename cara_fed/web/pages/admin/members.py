"""Who is at home here: invitations, and links for those who forgot their password."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from quart import Blueprint
from quart.typing import ResponseReturnValue

from cara_fed.accounts.create_artist import Role
from cara_fed.accounts.tokens import Purpose, issue_invitation, issue_password_link
from cara_fed.moderation.deeds import Deed, note_deed
from cara_fed.moderation.roles import change_role, drop_second_factor
from cara_fed.moderation.suspensions import restore_artist, suspend_artist
from cara_fed.web.errors import NothingHere
from cara_fed.web.house import house, services
from cara_fed.web.showing import go, show
from cara_fed.web.signed_in import require_role
from cara_fed.web.studio_views import Invitation, Member, MembersPage
from cara_fed.web.uploads import read_fields
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.tokens import Token

PATH = "/admin/members"

room = Blueprint("members", __name__)


@dataclass(frozen=True, slots=True)
class _Rows:
    artists: Mapping[int, Artist]
    seen: Mapping[int, datetime]
    posts: Mapping[int, int]
    invitations: tuple[Token, ...]
    with_factor: frozenset[int]


@room.get(PATH)
async def show_members() -> ResponseReturnValue:
    """Every artist, and the invitations that nobody used yet."""
    require_role(Role.ADMIN)
    return await show(await _build_page())


@room.post(f"{PATH}/invite")
async def invite() -> ResponseReturnValue:
    """Make a link to join, which is shown this once."""
    admin = require_role(Role.ADMIN)
    link = await issue_invitation(services(), admin.pk)
    await _write_down(Deed.INVITE, "", admin)
    return await show(await _build_page(invitation_url=link), at=PATH)


@room.post(f"{PATH}/reset")
async def make_password_link() -> ResponseReturnValue:
    """Make a link for an artist's new password, which is shown this once."""
    admin, artist = require_role(Role.ADMIN), await _get_named()
    link = await issue_password_link(services(), artist.pk)
    await _write_down(Deed.PASSWORD_LINK, f"@{artist.name}", admin)
    return await show(await _build_page(reset_urls={artist.pk: link}), at=PATH)


@room.post(f"{PATH}/withdraw")
async def withdraw() -> ResponseReturnValue:
    """Make an invitation useless."""
    admin = require_role(Role.ADMIN)
    reference = (await read_fields()).get("reference", "")
    async with services().database.unit_of_work() as records:
        if await records.overviews.withdraw_token(reference, Purpose.INVITATION):
            await note_deed(records, services().clock, Deed.WITHDRAW, "", admin.name)
    return await go(PATH, _("The invitation is withdrawn."))


@room.post(f"{PATH}/role")
async def set_role() -> ResponseReturnValue:
    """Let an artist run the place, or no longer."""
    admin, artist = require_role(Role.ADMIN), await _get_named()
    await change_role(services(), artist.pk, (await read_fields()).get("role", ""), admin)
    return await go(PATH, _("@%(name)s has another role now.", name=artist.name))


@room.post(f"{PATH}/suspend")
async def suspend() -> ResponseReturnValue:
    """Suspend an artist."""
    admin, artist = require_role(Role.ADMIN), await _get_named()
    await suspend_artist(services(), artist.pk, (await read_fields()).get("reason", ""), admin)
    return await go(PATH, _("@%(name)s is suspended.", name=artist.name))


@room.post(f"{PATH}/restore")
async def restore() -> ResponseReturnValue:
    """Take a suspension back."""
    admin, artist = require_role(Role.ADMIN), await _get_named()
    await restore_artist(services(), artist.pk, admin)
    return await go(PATH, _("@%(name)s is back.", name=artist.name))


@room.post(f"{PATH}/second-factor")
async def drop_factor() -> ResponseReturnValue:
    """Help somebody who lost app and codes."""
    admin, artist = require_role(Role.ADMIN), await _get_named()
    await drop_second_factor(services(), artist.pk, admin)
    return await go(PATH, _("@%(name)s logs in with the password alone.", name=artist.name))


async def _get_named() -> Artist:
    """The artist whom a form names; raises NothingHere."""
    name = (await read_fields()).get("name", "")
    async with services().database.reading() as records:
        artist = await records.artists.find(name)
    if artist is None:
        raise NothingHere
    return artist


async def _write_down(deed: Deed, subject: str, admin: Artist) -> None:
    async with services().database.unit_of_work() as records:
        await note_deed(records, services().clock, deed, subject, admin.name)


async def _build_page(invitation_url: str | None = None, reset_urls: Mapping[int, str] | None = None) -> MembersPage:
    rows = await _read_rows()
    return MembersPage(
        members=tuple(_build_member(artist, rows, (reset_urls or {}).get(pk)) for pk, artist in rows.artists.items()),
        invitations=tuple(_build_invitation(token, rows) for token in rows.invitations),
        new_invitation_url=invitation_url,
    )


async def _read_rows() -> _Rows:
    async with services().database.reading() as records:
        return _Rows(
            artists={artist.pk: artist for artist in await records.artists.find_all()},
            seen=await records.overviews.last_seen(),
            posts=await records.overviews.count_posts(),
            with_factor=await records.second_factors.find_owners(),
            invitations=tuple(await records.overviews.find_open_tokens(Purpose.INVITATION, services().clock.now())),
        )


def _build_member(artist: Artist, rows: _Rows, reset_url: str | None) -> Member:
    return Member(
        byline=house().gallery.byline(artist),
        role=cast(Literal["artist", "moderator", "admin"], artist.role),
        joined_at=artist.created_at,
        seen_at=rows.seen.get(artist.pk),
        posts=rows.posts.get(artist.pk, 0),
        name=artist.name,
        reset_url=reset_url,
        is_suspended=artist.suspended_at is not None,
        has_second_factor=artist.pk in rows.with_factor,
    )


def _build_invitation(token: Token, rows: _Rows) -> Invitation:
    inviter = rows.artists.get(token.artist_pk or 0)
    # The hash of a link leads nobody in.
    return Invitation(token.created_at, token.expires_at, token.token_hash, inviter.name if inviter else "")
