"""Stories of works that two people made: the one on another server is asked, and named once they agree."""

import re
from dataclasses import replace
from html import unescape

import pytest

from cara_fed.publishing.drafts import CreditDraft
from cara_fed.publishing.edit_post import edit_post, read_edit
from cara_fed.publishing.name_together import CreditRefused
from cara_fed.publishing.own_posts import find_own_post
from tests.support.browsers import Browser
from tests.support.fediverse import Fediverse, Instance
from tests.support.strangers import Json, Stranger


def notes(eve: Stranger) -> list[Json]:
    return [document["object"] for document in eve.documents_received() if document["type"] in ("Create", "Update")]


async def test_somebody_elsewhere_is_named_once_they_agree(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    visitor = Browser.at(fediverse.network.servers["studio.example"])
    post = await studio.publish("mara", "two hands", credits=(CreditDraft("eve@far.example", "ink"),))
    await fediverse.settle()
    work, question = sorted(notes(eve), key=lambda note: "direct" if note["cc"] == [] else "")
    assert work["id"] == post.object_id and "contributor" not in work and work["tag"] == []
    assert question["to"] == [eve.actor] and post.url in question["content"]
    (address,) = re.findall(r'href="(https://studio[.]example/credits/[^"]+)"', question["content"])
    kept = await studio.find_post(question["id"])
    assert kept is not None and "/credits/" not in kept.content + kept.text  # or Mara could answer for Eve

    asked = await visitor.get(address)
    assert asked.headers["cache-control"] == "no-store" and "@eve@far.example" in asked.text
    assert (await visitor.get(address[:-1] + ("0" if address[-1] != "0" else "1"))).status_code == 404
    await visitor.get(address)
    eve.received.clear()
    assert (await visitor.send(address, {"answer": "agree"})).status_code == 303
    await fediverse.settle()
    (told,) = notes(eve)
    assert told["attributedTo"] == studio.actor("mara") and eve.actor in told["cc"]
    assert told["contributor"] == [{"type": "Role", "contributor": eve.actor, "roleName": "ink"}]
    assert {"type": "Mention", "href": eve.actor, "name": "@eve@far.example"} in told["tag"]
    assert "@eve@far.example</a> (ink)" in unescape(told["content"])

    eve.received.clear()
    await visitor.send(address, {"answer": "decline"})
    await fediverse.settle()
    (told,) = notes(eve)
    assert "contributor" not in told and "eve@" not in told["content"] and eve.actor not in told["cc"]
    artist = await studio.artist("mara")
    edit = read_edit(await find_own_post(studio.services, artist, post.pk))
    with pytest.raises(CreditRefused):
        await edit_post(
            studio.services, artist, post.pk, replace(edit, credits=(CreditDraft("eve@far.example", "ink"),))
        )

    await visitor.send(address, {"answer": "agree"})
    await fediverse.settle()
    eve.received.clear()
    await eve.post(studio.shared_inbox, eve.activity("Block", studio.actor("mara"), 7))
    await fediverse.settle()
    assert "contributor" not in notes(eve)[-1]
    assert (await visitor.get(address)).status_code == 404
