"""Stories of pictures that turn up elsewhere: through whom they left, and which post they are."""

from io import BytesIO

import pytest
from PIL import Image, ImageOps

from cara_fed.errors import InvalidInput
from cara_fed.protection.errors import NotAPicture
from cara_fed.protection.values import RenditionKind
from cara_fed.publishing.drafts import MarkChoice, PictureDraft
from cara_fed.recognition.trace import fetch_picture, find_way, trace_picture
from cara_fed.recognition.words import list_reasons, say_confidence, say_way
from storage.attachments import Picture
from storage.posts import Post
from tests.benchmarks.gallery import comic, landscape, photograph
from tests.support.fediverse import Fediverse, Instance


def encoded(image: Image.Image, kind: str = "PNG", **options: int) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


async def pictures_of(studio: Instance, post: Post) -> tuple[Picture, ...]:
    async with studio.services.database.reading() as records:
        return (await records.attachments.find_for_posts([post.pk]))[post.pk]


async def published(studio: Instance, post: Post) -> Image.Image:
    (picture,) = await pictures_of(studio, post)
    federated = picture.renditions[RenditionKind.FEDERATED]
    name = f"{federated.hash}.{federated.extension}"
    return Image.open(BytesIO(await studio.services.media.read("public", name))).convert("RGB")


async def test_the_address_of_a_picture_tells_through_whom_it_left(fediverse: Fediverse) -> None:
    studio, gallery = await fediverse.start("studio.example", "gallery.example")
    await studio.add_artist("mara")
    await gallery.add_artist("theo")
    await gallery.follow("theo", studio.actor("mara"))
    await fediverse.settle()
    post = await studio.publish("mara", "a hill", PictureDraft(encoded(landscape(96))))
    await fediverse.settle()
    arrived = await gallery.find_post(post.object_id)
    assert arrived
    (copy,) = await pictures_of(gallery, arrived)
    assert copy.attachment.remote_url

    way = await find_way(studio.services, copy.attachment.remote_url)
    assert way
    left, traced = way
    assert left.netloc == "gallery.example"
    assert "given to gallery.example alone" in say_way(left)
    assert traced
    assert traced.post
    assert traced.post.object_id == post.object_id

    (own,) = await pictures_of(studio, post)
    web = own.renditions[RenditionKind.WEB]
    capability = studio.services.capabilities.make(0, "n", web.hash)
    open_way = await find_way(studio.services, f"https://studio.example/media/{capability}/{web.hash}.webp")
    assert open_way
    assert open_way[0].netloc is None
    assert "everybody" in say_way(open_way[0])

    assert await find_way(studio.services, "https://elsewhere.example/a.jpg") is None
    with pytest.raises(InvalidInput, match="never made"):
        await find_way(studio.services, f"https://studio.example/media/{capability}/{'0' * 64}.webp")


async def test_copies_crops_and_mirrored_pictures_are_traced_and_others_are_not(fediverse: Fediverse) -> None:
    (studio,) = await fediverse.start("studio.example")
    await studio.add_artist("mara")
    marked = MarkChoice(invisible=True)
    post = await studio.publish("mara", "a photograph", PictureDraft(encoded(photograph(360))), marks=marked)
    await studio.publish("mara", "a comic", PictureDraft(encoded(comic(360))))
    seen = await published(studio, post)

    small = encoded(ImageOps.mirror(seen.resize((240, 240))), "JPEG", quality=60)
    first, *_ = await trace_picture(studio.services, small)
    assert first.post
    assert first.post.object_id == post.object_id
    assert first.mark
    assert say_confidence(first) == "Certain"
    reasons = list_reasons(first)
    assert "invisible mark" in reasons[0]
    assert "mirrored" in reasons[1]

    crop = encoded(seen.crop((60, 40, 290, 270)), "JPEG", quality=75)
    first, *_ = await trace_picture(studio.services, crop)
    assert first.post
    assert first.post.object_id == post.object_id
    assert first.mark

    original = encoded(photograph(360).crop((0, 0, 250, 250)))
    first, *_ = await trace_picture(studio.services, original)
    assert first.is_certain
    assert first.mark is None
    assert any("another origin" in reason for reason in list_reasons(first))

    assert await trace_picture(studio.services, encoded(landscape(200))) == []
    with pytest.raises(NotAPicture):
        await trace_picture(studio.services, b"no picture")


async def test_a_picture_elsewhere_is_fetched_within_limits(fediverse: Fediverse) -> None:
    (studio,) = await fediverse.start("studio.example")
    with pytest.raises(InvalidInput, match="could not be fetched"):
        await fetch_picture(studio.services, "https://nowhere.example/a.jpg")
    with pytest.raises(InvalidInput, match="could not be fetched"):
        await fetch_picture(studio.services, "https://10.0.0.1/a.jpg")
