import json
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from activitypub.opt_out import OptOut
from cara_fed.errors import InvalidInput
from cara_fed.publishing.drafts import PictureDraft, PostDraft
from cara_fed.publishing.publish_post import publish_post
from cara_fed.publishing.update_profile import read_profile, update_profile
from cara_fed.services import Services
from storage.artists import Artist
from tests.support.instances import add_follower, jpeg

MARA = "https://studio.example/users/mara"


async def last_update(services: Services) -> dict[str, Any]:
    async with services.database.reading() as records:
        activity = (await records.outbox_log.find_for_object(MARA))[-1]
        (delivery,) = await records.deliveries.find_for_outbox(activity.pk)
    assert delivery.inbox == "https://gallery.example/inbox"
    document: dict[str, Any] = json.loads(services.capabilities.substitute(activity.body, 0))
    return document


async def test_a_changed_profile_is_told_to_followers(services: Services, mara: Artist) -> None:
    await add_follower(services, mara, "https://gallery.example/users/theo")
    profile = replace(
        read_profile(mara),
        display_name="Mara  Lind ",
        summary="Ink and salt.\n\n#Tusche",
        fields=(("Shop", "https://shop.example/mara"),),
        manually_approves=True,
    )
    await update_profile(services, mara, profile)
    actor = (await last_update(services))["object"]
    assert (actor["id"], actor["name"], actor["manuallyApprovesFollowers"]) == (MARA, "Mara Lind", True)
    assert actor["summary"].startswith("<p>Ink and salt.</p>")
    field, stated = actor["attachment"]
    assert stated["name"] == "AI training"
    assert field["value"].startswith('<a href="https://shop.example/mara" rel="me ')
    assert not field["value"].startswith("<p>")


async def test_an_avatar_is_cleaned_like_every_picture(services: Services, mara: Artist) -> None:
    await add_follower(services, mara, "https://gallery.example/users/theo")
    changed = await update_profile(services, mara, replace(read_profile(mara), avatar=jpeg(1200, 1200)))
    icon = (await last_update(services))["object"]["icon"]
    assert changed.avatar_hash is not None
    assert icon["url"].endswith(changed.avatar_hash)
    assert "/media/n" in icon["url"]
    file = await services.media.read("public", changed.avatar_hash)
    assert b"DMI-PROHIBITED-AIMLTRAINING" in file
    with pytest.raises(InvalidInput):
        await update_profile(services, mara, replace(read_profile(mara), header=b"no picture"))


async def test_a_changed_opt_out_holds_for_what_is_published_from_now_on(services: Services, mara: Artist) -> None:
    before = await publish_post(services, mara, PostDraft(pictures=(PictureDraft(jpeg()),)))
    row = await update_profile(services, mara, replace(read_profile(mara), opt_out=OptOut.NO_AI))
    after = await publish_post(services, row, PostDraft("later"))
    assert (before.opt_out, after.opt_out) == (OptOut.NO_AI_TRAINING, OptOut.NO_AI)


@pytest.mark.parametrize(
    "change",
    [
        {"display_name": "x" * 101},
        {"summary": "x" * 5001},
        {"fields": (("a", "b"),) * 9},
        {"fields": (("a", "b" * 501),)},
    ],
)
async def test_what_does_not_fit_is_refused(services: Services, mara: Artist, change: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        await update_profile(services, mara, replace(read_profile(mara), **change))


async def test_a_portrait_and_a_banner_are_cut_to_their_shapes_and_taken_away(services: Services, mara: Artist) -> None:
    wide, at_left = jpeg(900, 400), (-1.0, 0.0)
    profile = replace(read_profile(mara), avatar=wide, avatar_focus=at_left, header=wide)
    changed = await update_profile(services, mara, profile)
    sizes = []
    for name in (changed.avatar_hash, changed.header_hash):
        with Image.open(BytesIO(await services.media.read("public", name or ""))) as image:
            sizes.append(image.size)
    assert sizes == [(400, 400), (900, 300)]
    bare = await update_profile(services, changed, replace(read_profile(changed), drops=frozenset({"avatar"})))
    assert (bare.avatar_hash, bare.header_hash) == (None, changed.header_hash)
