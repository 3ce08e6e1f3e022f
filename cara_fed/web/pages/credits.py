"""Where people answer whether they agree to be named in a work: artists of this house, and by address all others."""

import re
from collections.abc import Sequence
from typing import Final, Literal, cast

from quart import Blueprint
from quart.typing import ResponseReturnValue

from activitypub.identifiers import read_pk
from cara_fed.errors import NotFound
from cara_fed.publishing.answer_credit import answer_credit, find_asked
from cara_fed.publishing.name_together import PATH, credit_path, is_credit_tag
from cara_fed.translate.posts import PostRows
from cara_fed.translate.views import label_of
from cara_fed.web.credit_views import CreditLine, CreditPage, CreditsPage
from cara_fed.web.forms import read_next_path
from cara_fed.web.house import house, services
from cara_fed.web.showing import go, show
from cara_fed.web.signed_in import require_artist
from cara_fed.web.uploads import read_fields
from cara_fed.web.walls import hang_together
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.credits import Credit
from storage.records import Records

_ADDRESS: Final = re.compile(r"([1-9][0-9]{0,18})-([0-9a-f]{32})")
AGREE, HANG, DECLINE = "agree", "hang", "decline"

room = Blueprint("credits", __name__)


@room.get(PATH)
async def show_credits() -> ResponseReturnValue:
    """Every work that names the artist, or would."""
    artist = require_artist()
    async with services().database.reading() as records:
        credits = await records.credits.find_of_artist(artist.pk)
        lines = await _read_lines(records, credits)
    return await show(CreditsPage(lines))


@room.post(f"{PATH}/answer")
async def answer() -> ResponseReturnValue:
    """Be named, or not, and come back to where the button was."""
    artist, fields = require_artist(), await read_fields()
    pk = read_pk(fields.get("credit", "")) or 0
    await _require_own(artist, pk)
    back = read_next_path(fields.get("back") or PATH)
    return await go(back, await _answer(pk, fields.get("answer", "")))


@room.get(f"{PATH}/<address>")
async def show_credit(address: str) -> ResponseReturnValue:
    """The question, for whoever was sent this address."""
    return await show(await _build_page(_read_address(address)))


@room.post(f"{PATH}/<address>")
async def answer_from_elsewhere(address: str) -> ResponseReturnValue:
    """Their answer."""
    pk, fields = _read_address(address), await read_fields()
    return await go(credit_path(services(), pk), await _answer(pk, fields.get("answer", "")))


def _read_address(address: str) -> int:
    match = _ADDRESS.fullmatch(address)
    pk = read_pk(match[1]) if match else None
    if match is None or pk is None or not is_credit_tag(services(), pk, match[2]):
        raise NotFound(_("Nobody asks this any more."))
    return pk


async def _require_own(artist: Artist, pk: int) -> None:
    credit = (await find_asked(services(), pk))[0]
    if credit.artist_pk != artist.pk:
        raise NotFound(_("Nobody asks you this."))


async def _answer(pk: int, said: str) -> str:
    """Write the answer down; what to say of it."""
    agrees = said in (AGREE, HANG)
    await answer_credit(services(), pk, agrees=agrees, hangs=said == HANG)
    if agrees:
        return _("You are named, and every server that has the work is told.")
    return _("You are not named there.")


async def _build_page(pk: int) -> CreditPage:
    credit = (await find_asked(services(), pk))[0]
    async with services().database.reading() as records:
        lines = await _read_lines(records, [credit])
    if not lines:
        raise NotFound(_("Nobody asks this any more."))
    return CreditPage(lines[0], credit.handle, credit_path(services(), pk))


async def _read_lines(records: Records, credits: Sequence[Credit]) -> tuple[CreditLine, ...]:
    posts = await records.posts.find_by_pks([credit.post_pk for credit in credits])
    hung = await hang_together(records, list(posts.values()))
    by_pk = {rows.post.pk: rows for rows in hung if rows.artist.suspended_at is None}
    return tuple(_build_line(credit, by_pk[credit.post_pk]) for credit in credits if credit.post_pk in by_pk)


def _build_line(credit: Credit, rows: PostRows) -> CreditLine:
    gallery = house().gallery
    return CreditLine(
        pk=credit.pk,
        byline=gallery.byline(rows.artist),
        url=rows.post.url,
        label=label_of(rows),
        role=credit.role,
        state=cast(Literal["asked", "agreed", "declined"], credit.state),
        tile=gallery.tile(rows) if rows.pictures else None,
        hangs=credit.hangs,
    )
