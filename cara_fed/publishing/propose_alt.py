"""Proposing an alt text to an artist, who takes it with one click or leaves it."""

from dataclasses import replace

from cara_fed.errors import InvalidInput, NotFound
from cara_fed.publishing.drafts import MAX_ALT, KeptPicture
from cara_fed.publishing.edit_post import edit_post, read_edit
from cara_fed.publishing.hold_post import tell
from cara_fed.publishing.own_posts import find_own_post
from cara_fed.services import Services
from cara_fed.translate.posts import PostRows
from cara_fed.words.speech import _
from cara_fed.words.writing import write_number
from storage.alt_proposals import AltProposal
from storage.artists import Artist

ALT_PROPOSAL = "alt_proposal"


async def propose_alt(services: Services, reader: Artist, rows: PostRows, number: int, text: str) -> None:
    """Propose a text for the picture of that number, from 1. Raises InvalidInput."""
    if not 1 <= number <= len(rows.pictures):
        raise InvalidInput(_("There is no such picture in this post."))
    if not text.strip() or len(text) > MAX_ALT:
        raise InvalidInput(_("Say what there is to see, in at most %(limit)s characters.", limit=write_number(MAX_ALT)))
    proposal = AltProposal(
        pk=services.clock.new_pk(),
        post_pk=rows.post.pk,
        attachment_pk=rows.pictures[number - 1].attachment.pk,
        actor_id=services.site.actor(reader.name),
        text=text.strip(),
        created_at=services.clock.now(),
    )
    async with services.database.unit_of_work() as records:
        await records.alt_proposals.add(proposal)
        blocked = await records.blocks.exists_between(rows.artist.pk, services.site.actor(reader.name))
        if not blocked and not await records.mutes.exists(rows.artist.pk, services.site.actor(reader.name)):
            await tell(records, services.clock, services.site, rows.artist, ALT_PROPOSAL, reader, rows.post.object_id)


async def accept_alt(services: Services, artist: Artist, post_pk: int, proposal_pk: int) -> None:
    """Let the text stand beside its picture; everybody who has the post is told. Raises InvalidInput or NotFound."""
    rows = await find_own_post(services, artist, post_pk)
    async with services.database.reading() as records:
        proposal = await records.alt_proposals.find(post_pk, proposal_pk)
    if proposal is None:
        raise NotFound(_("This proposal is gone."))
    edit = read_edit(rows)
    pictures = tuple(
        replace(picture, alt=proposal.text)
        if isinstance(picture, KeptPicture) and picture.attachment_pk == proposal.attachment_pk
        else picture
        for picture in edit.pictures
    )
    await edit_post(services, artist, post_pk, replace(edit, pictures=pictures))
    async with services.database.unit_of_work() as records:
        await records.alt_proposals.remove_for(proposal.attachment_pk)


async def leave_alt(services: Services, artist: Artist, post_pk: int, proposal_pk: int) -> None:
    """Leave it as it is. Raises NotFound."""
    await find_own_post(services, artist, post_pk)
    async with services.database.unit_of_work() as records:
        if proposal := await records.alt_proposals.find(post_pk, proposal_pk):
            await records.alt_proposals.remove(proposal.pk)
