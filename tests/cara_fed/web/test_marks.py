"""Marks, what was done to a picture, and tracing one, as artists meet them in a browser."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image, ImageOps

from cara_fed.publishing.drafts import PictureDraft, PostDraft
from cara_fed.publishing.prepare_uploads import prepare_once
from cara_fed.publishing.publish_post import publish_post
from cara_fed.recognition.matches import LooksLikeOthers
from cara_fed.recognition.remember import remember_once, remember_remote
from cara_fed.remote_media.proxy import open_cache
from cara_fed.services import Services
from storage.artists import Artist
from tests.benchmarks.gallery import landscape, photograph
from tests.cara_fed.protection.pictures import encode
from tests.support.browsers import Browser
from tests.support.rows import make_attachment, make_post, make_remote_actor

Artists = dict[str, Artist]
WISHES = {"visible": "1", "text": "© Mara", "layout": "corner", "opacity": "90", "invisible": "yes"}
PICTURE = encode(photograph(300), "PNG")


async def publish(browser: Browser, content: bytes = PICTURE, **fields: str) -> str:
    files = {"picture-0": ("hill.png", content, "image/png")}
    said = {"text": "A hill", "visibility": "public", **fields}
    published = await browser.fill_in("/publish?new", said, files=files)
    assert published.status_code == 303, published.text
    return str(published.headers["location"])


async def test_marks_are_saved_shown_and_put_on_what_is_published(
    mara_there: Browser, visitor: Browser, artists: Artists
) -> None:
    saved = await mara_there.fill_in("/settings/marks", WISHES)
    assert saved.status_code == 303
    form = await mara_there.follow(saved)
    assert 'value="© Mara"' in form.text
    preview = re.search(r'src="(/settings/marks/preview[^"]+)"', form.text)
    assert preview
    shown = await mara_there.get(preview[1].replace("&amp;", "&"))
    assert Image.open(BytesIO(shown.content)).size == (600, 400)

    post = await publish(mara_there)
    page = await mara_there.get(f"{post}/pictures/1")
    assert "“© Mara” stands in the corner of the picture, at 90 % opacity." in page.text
    assert "An invisible mark was written into the pixels" in page.text
    assert "It stops nobody from using it" in page.text
    for kind in ("before", "difference"):
        image = await mara_there.get(f"{post}/pictures/1/{kind}")
        assert Image.open(BytesIO(image.content)).size == (300, 300)
    original = await mara_there.get(f"{post}/pictures/1/original")
    assert original.content == PICTURE
    assert original.headers["content-disposition"] == 'attachment; filename="hill.png"'

    for path in ("", "/original", "/before", "/difference"):
        assert (await visitor.get(f"{post}/pictures/1{path}")).status_code in (303, 404)
    assert (await mara_there.get(f"{post}/pictures/2")).status_code == 404


async def test_others_do_not_get_an_original(mara_there: Browser, theo_there: Browser, artists: Artists) -> None:
    post = await publish(mara_there)
    for path in ("", "/original", "/before", "/difference"):
        assert (await theo_there.get(f"{post}/pictures/1{path}")).status_code == 404


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": ""}, "What should the mark say?"),
        ({"text": "x" * 81}, "At most 80 characters"),
        ({"opacity": "900"}, "From 5 to 100"),
        ({"opacity": "-1"}, "From 5 to 100"),
        ({"layout": "everywhere"}, "Choose one of these"),
    ],
)
async def test_marks_that_cannot_be_are_refused(
    mara_there: Browser, artists: Artists, change: dict[str, str], said: str
) -> None:
    refused = await mara_there.fill_in("/settings/marks", WISHES | change)
    assert refused.status_code == 422
    assert said in refused.text


async def test_a_logo_is_cleaned_kept_and_removed(mara_there: Browser, artists: Artists, services: Services) -> None:
    logo = encode(Image.new("RGBA", (900, 300), (200, 30, 30, 255)), "PNG", pnginfo=None)
    no_logo = {"logo": ("logo.png", b"<svg/>", "image/png")}
    refused = await mara_there.fill_in("/settings/marks", WISHES, files=no_logo)
    assert "This is no logo that can be used" in refused.text
    files = {"logo": ("logo.png", logo, "image/png")}
    assert (await mara_there.fill_in("/settings/marks", WISHES | {"text": ""}, files=files)).status_code == 303
    assert "Remove my logo" in (await mara_there.get("/settings/marks")).text
    await mara_there.fill_in("/settings/marks", WISHES | {"remove_logo": "1"})
    assert "Remove my logo" not in (await mara_there.get("/settings/marks")).text


async def test_a_found_picture_is_traced_in_the_studio(mara_there: Browser, artists: Artists) -> None:
    post = await publish(mara_there)
    found = encode(photograph(300).resize((200, 200)), "JPEG", quality=70)
    page = await mara_there.fill_in("/trace", files={"picture": ("found.jpg", found, "image/jpeg")})
    assert page.status_code == 200
    assert "Certain: " in page.text
    assert post in page.text
    other = encode(landscape(200), "PNG")
    page = await mara_there.send("/trace", files={"picture": ("other.png", other, "image/png")})
    assert "proves nothing" in page.text
    empty = await mara_there.send("/trace", {"address": ""})
    assert "Choose the picture, or give its address." in empty.text
    wall = await mara_there.get(post)
    address = re.search(r'src="(/media/[^"]+)"', wall.text)
    assert address
    await mara_there.get("/trace")
    page = await mara_there.send("/trace", {"address": f"https://studio.example{address[1]}"})
    assert "everybody who can see them" in page.text


async def test_visitors_have_nothing_to_trace(visitor: Browser) -> None:
    assert (await visitor.get("/trace")).status_code != 200
    assert (await visitor.get("/settings/marks/preview?text=x")).status_code != 200


async def test_an_artist_is_asked_before_a_picture_goes_out_that_looks_like_somebody_elses(
    mara_there: Browser, theo_there: Browser, artists: Artists, services: Services
) -> None:
    post = await publish(mara_there)
    copy = encode(ImageOps.mirror(photograph(300)).resize((220, 220)), "JPEG", quality=70)
    files = {"picture-0": ("mine.jpg", copy, "image/jpeg")}
    asked = await theo_there.fill_in("/publish?new", {"text": "Mine", "visibility": "public"}, files=files)
    assert asked.status_code == 422
    assert "Picture 1 looks like one by @mara:" in asked.text
    assert post in asked.text
    draft = re.search(r'name="draft" value="(\d+)"', asked.text)
    upload = re.search(r'name="upload-0" value="(\d+)"', asked.text)
    assert draft
    assert upload
    anyway = {"text": "Mine", "draft": draft[1], "upload-0": upload[1], "accept_matches": "1", "act": "publish"}
    assert (await theo_there.send("/publish", anyway)).status_code == 303

    # What goes out at a time of its own cannot ask then: its artist is told before.
    later = {"text": "Later", "publish_at": "2026-12-24T08:00", "time_zone": "UTC"}
    sent = await theo_there.fill_in("/publish?new", later, files=files)
    assert "looks like one by" not in (await theo_there.follow(sent)).text
    while await prepare_once(services):
        pass
    assert "looks like one by @mara" in (await theo_there.follow(sent)).text
    assert "waits for its time looks like" in (await theo_there.get("/notifications")).text


async def test_ones_own_and_hidden_pictures_are_no_match(
    mara_there: Browser, theo_there: Browser, artists: Artists
) -> None:
    await publish(mara_there, visibility="followers")
    await publish(mara_there)
    await publish(mara_there)
    other = encode(landscape(200), "PNG")
    await publish(theo_there, other)


async def test_pictures_of_other_servers_are_remembered_when_they_were_seen(
    services: Services, artists: Artists
) -> None:
    url = "https://far.example/hill.png"
    async with services.database.unit_of_work() as records:
        await records.remote_actors.record(make_remote_actor("https://far.example/users/kei"))
        post = make_post(actor_id="https://far.example/users/kei", artist_pk=None, visibility="public")
        await records.posts.add(post)
        await records.attachments.add(make_attachment(post_pk=post.pk, artist_pk=None, remote_url=url))
    assert await remember_remote(services, url, PICTURE)
    assert not await remember_remote(services, url, PICTURE)
    assert not await remember_remote(services, "https://far.example/other.png", PICTURE)
    draft = PostDraft("Mine", (PictureDraft(PICTURE),), accepts_matches=False)
    with pytest.raises(LooksLikeOthers, match=r"picture 1 looks like one by @kei@far\.example"):
        await publish_post(services, artists["theo"], draft)
    await publish_post(services, artists["theo"], replace(draft, accepts_matches=True))


async def test_a_post_says_of_marks_what_its_artist_says_not(mara_there: Browser, artists: Artists) -> None:
    await mara_there.fill_in("/settings/marks", WISHES)
    post = await publish(mara_there, mark_visible="no", mark_invisible="no", accept_matches="1")
    page = await mara_there.get(f"{post}/pictures/1")
    assert "No visible mark was asked for." in page.text
    assert "No invisible mark was asked for." in page.text


async def test_the_proxys_pictures_are_remembered_one_by_one(services: Services, artists: Artists) -> None:
    url = "https://far.example/hill.png"
    async with services.database.unit_of_work() as records:
        post = make_post(actor_id="https://far.example/users/kei", artist_pk=None)
        await records.posts.add(post)
        attachment = make_attachment(post_pk=post.pk, artist_pk=None, remote_url=url)
        await records.attachments.add(attachment)
    await open_cache(services).write(url, b"n" + PICTURE)
    services.unremembered.extend((url, "https://far.example/gone.png"))
    assert await remember_once(services)
    assert await remember_once(services)
    assert not await remember_once(services)
    async with services.database.reading() as records:
        assert await records.likenesses.find(attachment.pk)
