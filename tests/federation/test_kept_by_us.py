"""What others say about AI is kept and said again, in whichever dialect they say it."""

from typing import Any

import pytest

from activitypub.opt_out import OptOut
from activitypub.vocabulary import PUBLIC
from cara_fed.remote_media.links import PREFIX, RemoteLinks
from cara_fed.translate.opt_outs import said_again, stated_elsewhere
from cara_fed.translate.remote_views import RemoteGallery
from storage.attachments import Picture
from tests.support.fediverse import Fediverse
from tests.support.rows import make_attachment, make_post, make_remote_actor

DMI = "http://ns.useplus.org/ldf/vocab/DMI-"
DIALECTS: tuple[tuple[str, dict[str, Any], OptOut], ...] = (
    ("ours", {"plus:DataMining": f"{DMI}PROHIBITED", "tdm:reservation": 1}, OptOut.NO_AUTOMATED_USE),
    ("tdmrep", {"tdm:reservation": 1}, OptOut.NO_AI_TRAINING),
    ("tdmrep in full", {"http://www.w3.org/ns/tdmrep#reservation": [{"@value": 1}]}, OptOut.NO_AI_TRAINING),
    ("plus in full", {"http://ns.useplus.org/ldf/xmp/1.0/DataMining": {"@id": f"{DMI}ALLOWED"}}, OptOut.ALLOW),
    ("FEP-5e53", {"xRobotsTag": "noai"}, OptOut.NO_AI_TRAINING),
    ("FEP-5e53 as its context makes it", {"xRobotsTag": {"@list": ["https://x.example/noai"]}}, OptOut.NO_AI_TRAINING),
    (
        "fedibird",
        {"otherSetting": [{"type": "PropertyValue", "name": "noai", "value": True}]},
        OptOut.NO_AI_TRAINING,
    ),
    ("nothing", {}, OptOut.UNSET),
)
each = pytest.mark.parametrize(("terms", "policy"), [pytest.param(t, p, id=name) for name, t, p in DIALECTS])


@each
async def test_on_posts_and_their_pictures(fediverse: Fediverse, terms: dict[str, Any], policy: OptOut) -> None:
    (studio,) = await fediverse.start("studio.example")
    mara, eve = await studio.add_artist("mara"), fediverse.stranger("far.example")
    picture = {"type": "Image", "mediaType": "image/png", "url": "https://far.example/1.png", **terms}
    mention = [{"type": "Mention", "href": mara}]
    note = eve.note(1, to=[PUBLIC, mara], tag=mention, attachment=[picture], **terms)
    create = eve.activity("Create", note)
    answer = await eve.post(f"{mara}/inbox", create)
    assert answer.status_code == 202
    await fediverse.settle()
    post = await studio.find_post(note["id"])
    assert post is not None
    async with studio.services.database.reading() as records:
        author = await records.remote_actors.find(eve.actor)
        [kept] = (await records.attachments.find_for_posts([post.pk]))[post.pk]
    assert OptOut(post.opt_out or "unset") is OptOut(kept.attachment.opt_out or "unset") is policy
    assert stated_elsewhere(author, post) == (None if policy is OptOut.UNSET else policy)


@each
async def test_on_actors(fediverse: Fediverse, terms: dict[str, Any], policy: OptOut) -> None:
    (studio,) = await fediverse.start("studio.example")
    await studio.add_artist("mara")
    eve = fediverse.stranger("far.example")
    eve.serve("/users/eve", eve.actor_document(**terms))
    await studio.follow("mara", eve.actor)
    async with studio.services.database.reading() as records:
        actor = await records.remote_actors.get(eve.actor)
    assert OptOut(actor.opt_out or "unset") is policy


@pytest.mark.parametrize(
    ("default", "stated", "held"),
    [
        (OptOut.NO_AI_TRAINING, None, OptOut.NO_AI_TRAINING),
        (OptOut.NO_AI_TRAINING, OptOut.ALLOW, OptOut.NO_AI_TRAINING),
        (OptOut.NO_AI_TRAINING, OptOut.NO_AI, OptOut.NO_AI),
        (OptOut.ALLOW, OptOut.NO_AI_TRAINING, OptOut.NO_AI_TRAINING),
        (OptOut.UNSET, OptOut.ALLOW, OptOut.ALLOW),
    ],
)
def test_the_sterner_word_holds(default: OptOut, stated: OptOut | None, held: OptOut) -> None:
    assert said_again(default, stated) is held


ANSWERS = (None, OptOut.NO_AI, OptOut.ALLOW, OptOut.UNSET)


@pytest.mark.parametrize("author_says", ANSWERS)
@pytest.mark.parametrize("post_says", ANSWERS)
def test_a_page_and_the_pictures_on_it_say_the_same(author_says: OptOut | None, post_says: OptOut | None) -> None:
    links = RemoteLinks(b"a secret of the session, 32 bytes")
    author = make_remote_actor("https://far.example/users/eve", opt_out=author_says, document="{}")
    post = make_post(author.actor_id, opt_out=post_says)
    for own in ANSWERS:
        attachment = make_attachment(media_type="image/png", remote_url="https://far.example/1.png", opt_out=own)
        for default in (OptOut.UNSET, OptOut.NO_AI_TRAINING):
            shown = RemoteGallery(links, default).post(post, author, [Picture(attachment, {})])
            said = links.read(shown.pictures[0].full_url.removeprefix(PREFIX)).policy
            nearest = next((one for one in (own, post_says, author_says) if one not in (None, OptOut.UNSET)), None)
            assert said is said_again(default, nearest)
            if own in (None, OptOut.UNSET):
                assert said is said_again(default, stated_elsewhere(author, post))
