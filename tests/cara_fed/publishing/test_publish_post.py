import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from activitypub.audience import Visibility
from activitypub.opt_out import OptOut
from activitypub.vocabulary import PUBLIC
from cara_fed.errors import InvalidInput, NotFound
from cara_fed.publishing.drafts import MAX_ALT, MAX_PICTURES, MAX_TEXT, PictureDraft, PostDraft, require_publishable
from cara_fed.publishing.publish_post import publish_post
from cara_fed.services import Services
from storage.artists import Artist
from storage.deliveries import Delivery
from storage.outbox_log import OutboxActivity
from storage.posts import Post
from tests.support.instances import add_follower, jpeg
from tests.support.rows import make_post, make_remote_actor

THEO = "https://gallery.example/users/theo"
MARA = "https://studio.example/users/mara"
PICTURE = PictureDraft(jpeg())


async def activity_of(services: Services, post: Post) -> OutboxActivity:
    async with services.database.reading() as records:
        (activity,) = await records.outbox_log.find_for_object(post.object_id)
    return activity


async def document_of(services: Services, post: Post) -> dict[str, Any]:
    """The Create, with the web's capabilities in it."""
    body = (await activity_of(services, post)).body
    document: dict[str, Any] = json.loads(services.capabilities.substitute(body, 0))
    return document


async def deliveries_of(services: Services, post: Post) -> list[Delivery]:
    async with services.database.reading() as records:
        (activity,) = await records.outbox_log.find_for_object(post.object_id)
        return list(await records.deliveries.find_for_outbox(activity.pk))


async def know(services: Services, actor_id: str = THEO) -> None:
    async with services.database.unit_of_work() as records:
        await records.remote_actors.record(make_remote_actor(actor_id))


@pytest.mark.parametrize(
    ("draft", "sentence"),
    [
        (PostDraft(), "A post needs a picture or some text."),
        (PostDraft(text=" \n "), "A post needs a picture or some text."),
        (PostDraft(text="x" * (MAX_TEXT + 1)), "The text has 5,001 characters; at most 5,000 fit."),
        (PostDraft(text="x", content_warning="x" * 501), "The content warning has 501 characters; at most 500 fit."),
        (
            PostDraft(pictures=(PICTURE,) * (MAX_PICTURES + 1)),
            "A post holds at most 20 pictures; these are 21.",
        ),
        (
            PostDraft(pictures=(PICTURE, replace(PICTURE, alt="x" * (MAX_ALT + 1)))),
            "The description of picture 2 has 1,501 characters; at most 1,500 fit.",
        ),
        (
            PostDraft(pictures=(replace(PICTURE, focal_point=(0.0, 1.5)),)),
            "The focal point of picture 1 must lie between -1 and 1.",
        ),
    ],
)
def test_what_cannot_be_a_post_is_refused_in_one_sentence(draft: PostDraft, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        require_publishable(draft)
    assert str(refused.value) == sentence


def test_the_largest_post_is_taken() -> None:
    picture = replace(PICTURE, alt="x" * MAX_ALT, focal_point=(-1.0, 1.0))
    require_publishable(PostDraft("x" * MAX_TEXT, (picture,) * MAX_PICTURES, "x" * 500))


async def test_a_text_becomes_a_public_note(services: Services, mara: Artist) -> None:
    post = await publish_post(services, mara, PostDraft("New work in #Tusche und Öl", language="de"))
    create = await document_of(services, post)
    note = create["object"]
    assert create["id"] == f"{post.object_id}/create"
    assert post.object_id == f"{MARA}/posts/{post.pk}"
    assert note["url"] == f"https://studio.example/@mara/{post.pk}"
    assert (note["to"], note["cc"]) == ([PUBLIC], [f"{MARA}/followers"])
    assert note["tag"] == [{"type": "Hashtag", "href": "https://studio.example/tags/tusche", "name": "#Tusche"}]
    assert note["contentMap"] == {"de": note["content"]}
    assert note["source"]["content"] == "New work in #Tusche und Öl"
    assert note["plus:DataMining"].endswith("PROHIBITED-AIMLTRAINING")


async def test_a_picture_is_kept_by_its_hash_before_its_row_and_the_original_stays_private(
    services: Services, mara: Artist, tmp_path: Path
) -> None:
    file = tmp_path / "Mara's cat.jpg"
    file.write_bytes(jpeg(900, 600))
    picture = PictureDraft(file, alt=" A cat on a wall. ", name=file.name, focal_point=(0.25, -0.5))
    post = await publish_post(services, mara, PostDraft(pictures=(picture,)))

    async with services.database.reading() as records:
        (stored,) = (await records.attachments.find_for_posts([post.pk]))[post.pk]
    attachment, federated = stored.attachment, stored.renditions["federated"]
    assert attachment.original_hash is not None
    assert await services.media.read("private", attachment.original_hash) == file.read_bytes()
    for rendition in stored.renditions.values():
        assert await services.media.size("public", f"{rendition.hash}.{rendition.extension}") == rendition.byte_size

    (sent,) = (await document_of(services, post))["object"]["attachment"]
    capability = services.capabilities.make(0, "n", federated.hash)
    assert sent["url"] == f"https://studio.example/media/{capability}/{federated.hash}.{federated.extension}"
    assert sent["name"] == sent["summary"] == "A cat on a wall."
    assert sent["focalPoint"] == [0.25, -0.5]
    assert (sent["width"], sent["height"]) == (900, 600)
    assert sent["blurhash"] == attachment.blurhash
    assert "cat" not in json.dumps(sent["url"])
    assert attachment.report


async def test_the_receiver_of_a_picture_is_filled_in_only_when_it_is_sent(services: Services, mara: Artist) -> None:
    post = await publish_post(services, mara, PostDraft(pictures=(PICTURE,)))
    body = (await activity_of(services, post)).body
    assert b"/media/\\u0000n/" in body
    one, other = (services.capabilities.substitute(body, number) for number in (1, 2))
    assert b"\\u0000" not in one and one != other


async def test_more_than_four_pictures_say_so_for_those_who_show_four(services: Services, mara: Artist) -> None:
    pictures = tuple(PictureDraft(jpeg(64 + number, 64)) for number in range(6))
    post = await publish_post(services, mara, PostDraft("A series", pictures))
    note = (await document_of(services, post))["object"]
    assert [picture["width"] for picture in note["attachment"]] == [64, 65, 66, 67, 68, 69]
    assert note["content"].endswith(f'<p>+2 more: <a href="{post.url}">{post.url}</a></p>')
    assert "more" not in post.content


async def test_a_refused_picture_is_named_and_nothing_is_written(services: Services, mara: Artist) -> None:
    await add_follower(services, mara, THEO)
    broken = PictureDraft(b"GIF89a and then nothing", name="loop.gif")
    with pytest.raises(InvalidInput, match=r"^Picture 2 \(loop\.gif\): "):
        await publish_post(services, mara, PostDraft(pictures=(PICTURE, broken)))
    async with services.database.reading() as records:
        assert await records.posts.find_by_actor(MARA, tuple(Visibility)) == []
        assert (await records.deliveries.count(services.clock.now())).queued == 0


async def test_a_missing_file_is_named(services: Services, mara: Artist, tmp_path: Path) -> None:
    missing = PictureDraft(tmp_path / "none.jpg", name="none.jpg")
    with pytest.raises(InvalidInput, match=r"Picture 1 \(none\.jpg\): No such file"):
        await publish_post(services, mara, PostDraft(pictures=(missing,)))


@pytest.mark.parametrize(
    ("visibility", "to", "cc", "reaches_followers"),
    [
        (Visibility.PUBLIC, [PUBLIC], [f"{MARA}/followers", THEO], True),
        (Visibility.UNLISTED, [f"{MARA}/followers"], [PUBLIC, THEO], True),
        (Visibility.FOLLOWERS, [f"{MARA}/followers"], [THEO], True),
        (Visibility.DIRECT, [THEO], [], False),
    ],
)
async def test_a_post_goes_to_those_it_is_for(
    services: Services, mara: Artist, visibility: Visibility, to: list[str], cc: list[str], reaches_followers: bool
) -> None:
    await add_follower(services, mara, "https://atelier.example/users/kai")
    await know(services)
    post = await publish_post(services, mara, PostDraft("for @theo@gallery.example", visibility=visibility))
    create = await document_of(services, post)
    assert (create["to"], create["cc"]) == (to, cc)
    hosts = {delivery.inbox_host for delivery in await deliveries_of(services, post)}
    assert hosts == {"gallery.example"} | ({"atelier.example"} if reaches_followers else set())
    assert create["object"]["tag"] == [{"type": "Mention", "href": THEO, "name": "@theo@gallery.example"}]


async def test_somebody_of_this_instance_is_named_without_a_domain(services: Services, mara: Artist) -> None:
    post = await publish_post(services, mara, PostDraft("by @Mara and @nobody"))
    note = (await document_of(services, post))["object"]
    assert [tag["name"] for tag in note["tag"]] == ["@mara@studio.example"]
    assert "@nobody" in note["content"]


async def test_who_cannot_be_found_stays_text(services: Services, mara: Artist) -> None:
    post = await publish_post(services, mara, PostDraft("hello @max@unreachable.example"))
    assert (await document_of(services, post))["object"]["tag"] == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("hello", "is for those it names"), ("hello @max@unreachable.example", "Nobody was found as @max@unreachable")],
)
async def test_a_direct_post_that_would_reach_nobody_is_refused(
    services: Services, mara: Artist, text: str, sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        await publish_post(services, mara, PostDraft(text, visibility=Visibility.DIRECT))


async def test_too_many_people_are_refused(services: Services, mara: Artist) -> None:
    text = " ".join(f"@p{number}@gallery.example" for number in range(21))
    with pytest.raises(InvalidInput, match="at most 20 people"):
        await publish_post(services, mara, PostDraft(text))


async def test_an_answer_goes_to_whom_it_answers(services: Services, mara: Artist) -> None:
    await know(services)
    parent = make_post(THEO)
    async with services.database.unit_of_work() as records:
        await records.posts.add(parent)
    post = await publish_post(services, mara, PostDraft("Thank you!", in_reply_to=parent.object_id))
    note = (await document_of(services, post))["object"]
    assert note["inReplyTo"] == parent.object_id
    assert note["cc"] == [f"{MARA}/followers", THEO]
    assert [delivery.inbox_host for delivery in await deliveries_of(services, post)] == ["gallery.example"]
    with pytest.raises(NotFound):
        await publish_post(services, mara, PostDraft("What?", in_reply_to=f"{THEO}/posts/404"))


@pytest.mark.parametrize(
    ("artist", "post", "picture", "said_of_post", "said_of_picture"),
    [
        (None, None, None, "PROHIBITED-AIMLTRAINING", "PROHIBITED-AIMLTRAINING"),
        (OptOut.NO_AI, None, None, "PROHIBITED-EXCEPTSEARCHENGINEINDEXING", "PROHIBITED-EXCEPTSEARCHENGINEINDEXING"),
        (OptOut.NO_AI, OptOut.ALLOW, None, "ALLOWED", "ALLOWED"),
        (None, OptOut.ALLOW, OptOut.NO_AUTOMATED_USE, "ALLOWED", "PROHIBITED"),
        (None, None, OptOut.UNSET, "PROHIBITED-AIMLTRAINING", None),
        (None, OptOut.UNSET, None, None, None),
    ],
)
async def test_the_most_specific_opt_out_holds(
    services: Services,
    mara: Artist,
    artist: OptOut | None,
    post: OptOut | None,
    picture: OptOut | None,
    said_of_post: str | None,
    said_of_picture: str | None,
) -> None:
    mara.opt_out = artist
    draft = PostDraft(pictures=(replace(PICTURE, opt_out=picture),), opt_out=post)
    published = await publish_post(services, mara, draft)
    note = (await document_of(services, published))["object"]
    assert note.get("plus:DataMining", "DMI-None").endswith(f"DMI-{said_of_post}")
    (attachment,) = note["attachment"]
    assert attachment.get("plus:DataMining", "DMI-None").endswith(f"DMI-{said_of_picture}")
    file = await services.media.read("public", attachment["url"].rpartition("/")[2])
    assert (b"plus:DataMining" in file) is (said_of_picture is not None)
    assert said_of_picture is None or f"DMI-{said_of_picture}<".encode() in file


async def test_a_later_default_does_not_change_what_is_published(services: Services, mara: Artist) -> None:
    post = await publish_post(services, mara, PostDraft("as it is today"))
    assert post.opt_out == OptOut.NO_AI_TRAINING
