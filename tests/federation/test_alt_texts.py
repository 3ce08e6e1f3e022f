"""Stories of readers on other servers who describe pictures: what they answer stands among the artist's proposals."""

import pytest

from cara_fed.inbox.alt_texts import read_descriptions
from cara_fed.publishing.propose_alt import accept_alt
from tests.support.fediverse import Fediverse, Instance, picture
from tests.support.rows import make_attachment
from tests.support.strangers import Stranger


async def test_an_answer_that_describes_pictures_becomes_a_proposal(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    post = await studio.publish("mara", "two hills", picture("a hill"), picture(""))
    await fediverse.settle()
    mentions = f'<span class="h-card"><a href="{studio.actor("mara")}">@<span>mara</span></a></span> '
    said = {"inReplyTo": post.object_id, "tag": [{"type": "Hashtag", "name": "#Alt4You", "href": eve.base}]}

    async def proposals() -> list[tuple[str, str]]:
        async with studio.services.database.reading() as records:
            shown = (await records.attachments.find_for_posts([post.pk]))[post.pk]
            numbers = {one.attachment.pk: n for n, one in enumerate(shown, start=1)}
            found = await records.alt_proposals.find_for_post(post.pk)
        return [(numbers[one.attachment_pk], one.text) for one in found]

    note = eve.note(1, content=f"<p>{mentions}Fog over slate &amp; snow #<span>Alt4You</span></p>", **said)
    await eve.post(studio.shared_inbox, eve.activity("Create", note))
    await fediverse.settle()
    assert await proposals() == [(2, "Fog over slate & snow")]

    better = {**note, "content": "<p>1: One hill.<br>Image 2: Fog.</p>", "updated": "2026-11-22T13:00:00Z"}
    await eve.post(studio.shared_inbox, eve.activity("Update", better, 2))
    await fediverse.settle()
    assert await proposals() == [(1, "One hill."), (2, "Fog.")]

    artist = await studio.artist("mara")
    async with studio.services.database.reading() as records:
        told = [row.kind for row in await records.notifications.find_page(artist.pk)]
        second = (await records.alt_proposals.find_for_post(post.pk))[1].pk
    assert "alt_proposal" in told
    eve.received.clear()
    await accept_alt(studio.services, artist, post.pk, second)
    await fediverse.settle()
    updated = eve.documents_received()[-1]["object"]
    assert [one.get("name") for one in updated["attachment"]] == ["a hill", "Fog."]

    await eve.post(studio.shared_inbox, eve.activity("Delete", note["id"], 3))
    await fediverse.settle()
    assert await proposals() == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("@mara A hill #Alt4You", {2: "A hill"}),
        ("1) One\n2) Two", {1: "One", 2: "Two"}),
        ("Here you are.\n2. Two\nand more", {2: "Here you are. Two\nand more"}),
        ("7: seven hills", {2: "7: seven hills"}),
        ("In 2019: a hill", {2: "In 2019: a hill"}),
        ("1.5 metres wide", {2: "1.5 metres wide"}),
        ("#alt4you", {}),
    ],
)
def test_an_answer_says_which_picture_it_is_about(text: str, told: dict[int, str]) -> None:
    pictures = [make_attachment(pk=1, alt="a hill"), make_attachment(pk=2, alt="")]
    assert read_descriptions(text, pictures) == told
