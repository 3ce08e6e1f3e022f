"""Answering whether one agrees to be named in somebody's work; whoever agreed can take it back at any time."""

from typing import Final

from cara_fed.errors import NotFound
from cara_fed.publishing.show_credits import retell_credits
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.credits import AGREED, DECLINED, DROPPED, Credit
from storage.notifications import Notification
from storage.posts import Post
from storage.records import Records

CREDIT_AGREED: Final = "credit_agreed"
CREDIT_DECLINED: Final = "credit_declined"


async def find_asked(services: Services, credit_pk: int) -> tuple[Credit, Post]:
    """What somebody is asked, and the post; raises NotFound where nobody asks any more."""
    async with services.database.reading() as records:
        return await _get_asked(records, services, credit_pk)


async def answer_credit(services: Services, credit_pk: int, *, agrees: bool, hangs: bool = False) -> None:
    """Be named, or not, or no longer; the artist of the work is told, and who has the post too. Raises NotFound.

    ``hangs`` puts the work into the portfolio of the one who agrees, where that is an artist of this instance.
    """
    async with services.database.unit_of_work() as records:
        credit, post = await _get_asked(records, services, credit_pk)
        is_same = credit.state == (AGREED if agrees else DECLINED)
        credit.state = AGREED if agrees else DECLINED
        credit.hangs = agrees and hangs and credit.artist_pk is not None
        credit.agreed_at = services.clock.now() if agrees else credit.agreed_at
        if not is_same:
            await retell_credits(records, services.clock, post.pk)
            await _tell_author(records, services, credit, post)


async def _get_asked(records: Records, services: Services, credit_pk: int) -> tuple[Credit, Post]:
    credit = await records.credits.find(credit_pk)
    if credit is None or credit.state == DROPPED or services.blocklist.find_refusing(credit.actor_id):
        raise NotFound(_("Nobody asks this any more."))
    post = await records.posts.find_by_pk(credit.post_pk)
    if post is None or post.deleted_at is not None:
        raise NotFound(_("This work was deleted."))
    if await records.blocks.exists_between(credit.author_pk, credit.actor_id):
        raise NotFound(_("Nobody asks this any more."))
    return credit, post


async def _tell_author(records: Records, services: Services, credit: Credit, post: Post) -> None:
    notifications, said = records.notifications, CREDIT_AGREED if credit.state == AGREED else CREDIT_DECLINED
    for kind in (CREDIT_AGREED, CREDIT_DECLINED):
        await notifications.take_back(kind, credit.actor_id, post.object_id)
    if await records.mutes.exists(credit.author_pk, credit.actor_id):
        return
    row = Notification(
        pk=services.clock.new_pk(),
        artist_pk=credit.author_pk,
        kind=said,
        actor_id=credit.actor_id,
        object_id=post.object_id,
        created_at=services.clock.now(),
    )
    await notifications.add(row)
