"""Publishing by the form: what is hung, what is refused and beside which field, and who may see it."""

import html
import re
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from cara_fed.services import Services
from storage.artists import Artist
from tests.support.browsers import Browser
from tests.support.instances import jpeg

Artists = dict[str, Artist]
Files = dict[str, tuple[str, bytes, str]]


def files(*contents: bytes, start: int = 0) -> Files:
    return {f"picture-{n}": (f"work {n}.jpg", content, "image/jpeg") for n, content in enumerate(contents, start)}


def png(width: int = 500, height: int = 700) -> bytes:
    out = BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, "PNG")
    return out.getvalue()


async def publish(browser: Browser, content: Files | None = None, **fields: Any) -> str:
    """Publish, and the path of the post."""
    answer = await browser.fill_in("/publish", fields, files=content or files(jpeg()))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_two_pictures_are_published_and_hang_on_the_wall(
    mara_there: Browser, visitor: Browser, services: Services
) -> None:
    path = await publish(
        mara_there,
        files(jpeg(1800, 1200), png()),
        **{"text": "Salt, then #ink.", "alt-0": "Seven ridges <in haze>.", "alt-1": "A plain sheet."},
    )
    assert re.fullmatch(r"/@mara/[0-9]+", path)
    post = await visitor.get(path)
    assert post.status_code == 200
    assert "Seven ridges &lt;in haze&gt;." in post.text
    assert post.text.count("data-zoom") == 2
    wall = await visitor.get("/@mara")
    srcset = re.search(r'srcset="([^"]+)"', wall.text)
    assert srcset
    sources = [part.rsplit(" ", 1) for part in srcset[1].split(", ")]
    assert [width for _, width in sources] == sorted((width for _, width in sources), key=lambda w: int(w[:-1]))
    assert len(sources) >= 2
    for url, width in sources:
        picture = await visitor.get(url)
        assert picture.status_code == 200
        assert Image.open(BytesIO(picture.content)).width == int(width[:-1])
        assert "noai" in picture.headers["x-robots-tag"]
    plain = re.search(r'<picture><source type="image/webp"[^>]*><img src="([^"]+)"', wall.text)
    assert plain
    assert (await visitor.get(plain[1])).headers["content-type"] == "image/jpeg"
    assert 'class="more"' in wall.text
    front = await visitor.get("/")
    assert f'href="{path}"' in front.text


async def test_pages_never_link_the_file_that_is_for_other_servers(
    mara_there: Browser, visitor: Browser, services: Services
) -> None:
    path = await publish(mara_there, files(jpeg(1800, 1200)))
    async with services.database.reading() as records:
        pictures = await records.attachments.find_for_posts([int(path.rsplit("/", 1)[1])])
    (picture,) = next(iter(pictures.values()))
    federated = picture.renditions["federated"].hash
    others = {each.hash for kind, each in picture.renditions.items() if kind != "federated"}
    assert federated not in others
    for page in (path, "/@mara", "/", "/@mara/posts"):
        text = (await visitor.get(page)).text
        assert federated not in text
        assert any(each in text for each in others)


async def test_pictures_hang_in_the_order_of_their_numbers(mara_there: Browser) -> None:
    content = {**files(jpeg(), start=7), **files(png(), start=2)}
    path = await publish(mara_there, content, **{"alt-7": "later", "alt-2": "earlier"})
    text = (await mara_there.get(path)).text
    assert text.index("earlier") < text.index("later")


async def test_words_alone_are_a_post_and_no_work(mara_there: Browser, visitor: Browser) -> None:
    await publish(mara_there, {"picture-0": ("", b"", "application/octet-stream")}, text="Only words today.")
    assert "Only words today." in (await visitor.get("/@mara/posts")).text
    assert "Nothing hangs here yet." in (await visitor.get("/@mara")).text


async def test_a_sent_form_without_files_needs_no_multipart(mara_there: Browser) -> None:
    answer = await mara_there.fill_in("/publish", {"text": "Plain."})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("fields", "content", "beside", "said"),
    [
        ({}, {}, "picture-0", "Choose a picture"),
        ({"alt-1": "lost"}, files(jpeg()), "picture-1", "This text has no picture"),
        ({"text": "x" * 5001}, {}, "text", "At most 5,000 characters"),
        ({"text": "hi", "visibility": "everybody"}, {}, "visibility", "Choose one of these"),
        ({"text": "hi", "visibility": "direct"}, {}, "text", "A direct post is for those it names"),
        ({"text": "ok"}, files(jpeg(), b"MZ this is no picture", start=3), "picture-4", "Picture 2 (work 4.jpg)"),
        ({}, files(jpeg()[:-2000]), "picture-0", "Picture 1 (work 0.jpg)"),
        ({"alt-0": "x" * 1501}, files(jpeg()), "alt-0", "At most 1,500 characters"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field(
    mara_there: Browser, fields: dict[str, str], content: Files, beside: str, said: str
) -> None:
    refused = await mara_there.fill_in("/publish", fields, files=content or None)
    assert refused.status_code == 422
    text = html.unescape(refused.text)
    error = re.search(rf'<p class="error" id="{beside}-error">(.*?)</p>', text, re.DOTALL)
    assert error and said in error[1]
    assert f'href="#{beside}"' in text
    for name, value in fields.items():
        if name != "visibility":
            assert value[:100] in text


async def test_twenty_pictures_fit_and_no_more(mara_there: Browser, visitor: Browser) -> None:
    refused = await mara_there.fill_in("/publish", files=files(*[jpeg(40, 30)] * 21))
    assert refused.status_code == 422
    assert "At most 20 pictures" in refused.text or "at most 20 pictures" in refused.text
    path = await publish(mara_there, files(*[jpeg(40, 30 + n) for n in range(20)]))
    post = await visitor.get(path)
    assert post.text.count("data-zoom") == 20
    assert "more:" not in post.text


async def test_a_covered_work_is_covered_everywhere_and_makes_no_link_card(
    mara_there: Browser, visitor: Browser
) -> None:
    path = await publish(mara_there, content_warning="Nudity", text="Secret words")
    post = await visitor.get(path)
    assert "og:" not in post.text
    assert 'name="description"' not in post.text
    assert "Nudity" in post.text
    for page in ("/", "/@mara"):
        text = (await visitor.get(page)).text
        assert "covered" in text
        assert "Secret words" not in text
    assert 'class="cover"' in (await visitor.get("/@mara/posts")).text


async def test_an_open_work_has_a_link_card_with_absolute_addresses(mara_there: Browser, visitor: Browser) -> None:
    path = await publish(mara_there, files(jpeg(1800, 1200)), **{"text": "Ridges", "alt-0": "Haze"})
    text = (await visitor.get(path)).text
    assert '<meta property="og:image" content="https://studio.example/media/' in text
    assert '<meta property="og:image:alt" content="Haze">' in text
    assert '<meta name="fediverse:creator" content="@mara@studio.example">' in text
    assert '<meta name="description" content="Ridges">' in text


@pytest.mark.parametrize(
    ("visibility", "seen_by_visitor", "on_front"),
    [("public", 200, True), ("unlisted", 200, False), ("followers", 404, False)],
)
async def test_visitors_see_what_is_public_and_nobody_learns_of_the_rest(
    mara_there: Browser, visitor: Browser, theo_there: Browser, visibility: str, seen_by_visitor: int, on_front: bool
) -> None:
    path = await publish(mara_there, visibility=visibility, text="For some eyes")
    for browser in (visitor, theo_there):
        assert (await browser.get(path)).status_code == seen_by_visitor
        assert (path in (await browser.get("/@mara")).text) == (seen_by_visitor == 200)
        assert ("For some eyes" in (await browser.get("/@mara/posts")).text) == (seen_by_visitor == 200)
        assert (f'href="{path}"' in (await browser.get("/")).text) == on_front
    assert (await mara_there.get(path)).status_code == 200
    assert path in (await mara_there.get("/@mara")).text


async def test_a_direct_post_is_for_whom_it_names(
    mara_there: Browser, theo_there: Browser, ada_there: Browser, visitor: Browser
) -> None:
    path = await publish(mara_there, visibility="direct", text="@theo look at this")
    assert (await theo_there.get(path)).status_code == 200
    for browser in (ada_there, visitor):
        assert (await browser.get(path)).status_code == 404
        assert "look at this" not in (await browser.get("/@mara/posts")).text


async def test_an_opt_out_of_a_post_is_told_on_its_page_and_with_its_pictures(
    mara_there: Browser, visitor: Browser
) -> None:
    path = await publish(mara_there, opt_out="no-automated-use")
    post = await visitor.get(path)
    assert post.headers["content-usage"] == "train-ai=n, search=n"
    assert "noindex" in post.headers["x-robots-tag"]
    assert "No automated use" in post.text
    assert "says this of this work in particular" in post.text
    picture = re.search(r'src="(/media/[^"]+)"', post.text)
    assert picture
    assert "noindex" in (await visitor.get(picture[1])).headers["x-robots-tag"]
    plain = await visitor.get(await publish(mara_there))
    assert plain.headers["content-usage"] == "train-ai=n"
    assert "This is what this site says" in plain.text


async def test_only_artists_publish(visitor: Browser) -> None:
    assert (await visitor.get("/publish")).headers["location"] == "/login?next=%2Fpublish"
    refused = await visitor.send("/publish", {"text": "hi"}, files=files(jpeg()))
    assert refused.status_code == 401
    assert "Please log in first" in refused.text


async def test_a_post_is_edited_and_says_so(mara_there: Browser, visitor: Browser, theo_there: Browser) -> None:
    path = await publish(mara_there, files(jpeg(), png()), **{"text": "Befor", "alt-0": "one", "alt-1": "two"})
    assert f"{path}/edit" in (await mara_there.get(path)).text
    form = await mara_there.get(f"{path}/edit")
    assert "Befor" in form.text
    assert form.text.count('<textarea id="alt-') == 3  # and one for a picture more
    changed = {"text": "Before", "alt-0": "first", "alt-1": "", "content_warning": "Heights", "opt_out": "no-ai"}
    saved = await mara_there.send(f"{path}/edit", changed)
    assert saved.headers["location"] == path
    assert "Saved." in (await mara_there.follow(saved)).text
    seen = await visitor.get(path)
    for words in ("Before", "first", "Heights", "edited", "No AI use at all"):
        assert words in seen.text
    assert "two" not in re.findall(r'alt="([^"]*)"', seen.text)
    again = await mara_there.get(f"{path}/edit")
    assert 'value="no-ai" checked' in again.text
    assert 'name="sensitive" value="1" checked' in again.text
    assert (await theo_there.get(f"{path}/edit")).status_code == 404
    assert (await visitor.get(f"{path}/edit")).status_code == 303


async def test_a_picture_is_replaced_in_its_place(mara_there: Browser, visitor: Browser) -> None:
    path = await publish(mara_there, files(jpeg(), png()), **{"alt-0": "one", "alt-1": "two"})
    before = re.findall(r'class="hung" href="([^"]+)"', (await visitor.get(path)).text)
    form = {"alt-0": "one", "alt-1": "two"}
    saved = await mara_there.fill_in(f"{path}/edit", form, files=files(jpeg(900, 300), start=1))
    assert saved.headers["location"] == path
    after = await visitor.get(path)
    assert re.findall(r'class="hung" href="([^"]+)"', after.text)[0] == before[0]
    assert before[1] not in after.text
    assert re.findall(r'alt="(one|two)"', after.text) == ["one", "two"]
    assert (await visitor.get(before[1])).status_code == 404
    refused = await mara_there.fill_in(f"{path}/edit", form, files=files(b"no picture", start=1))
    assert refused.status_code == 422
    assert 'id="picture-1-error"' in refused.text
    swapped = {**form, "place-1": "1"}
    refused = await mara_there.send(f"{path}/edit", swapped, files=files(b"no picture", start=1))
    assert 'id="picture-1-error"' in refused.text
    more = {"picture-new": ("new.jpg", jpeg(80, 60), "image/jpeg")}
    await mara_there.send(f"{path}/edit", {**swapped, "alt-new": "three"}, files=more)
    assert re.findall(r'alt="(one|two|three)"', (await visitor.get(path)).text) == ["two", "one", "three"]
    form = {"alt-0": "two", "alt-1": "one", "alt-2": "three", "place-0": "3", "remove-1": "1"}
    await mara_there.fill_in(f"{path}/edit", form)
    assert re.findall(r'alt="(one|two|three)"', (await visitor.get(path)).text) == ["three", "two"]


async def test_a_refused_edit_keeps_what_was_typed(mara_there: Browser) -> None:
    path = await publish(mara_there, {"picture-0": ("", b"", "")}, text="Words")
    refused = await mara_there.fill_in(f"{path}/edit", {"text": "", "content_warning": "kept"})
    assert refused.status_code == 422
    assert "A post without pictures needs some text." in refused.text
    assert 'value="kept"' in refused.text


async def test_a_deleted_post_is_gone_and_so_are_its_pictures(
    mara_there: Browser, visitor: Browser, theo_there: Browser
) -> None:
    path = await publish(mara_there, text="Not for long")
    page = await visitor.get(path)
    picture = re.search(r'src="(/media/[^"]+)"', page.text)
    assert picture
    await theo_there.get("/settings")
    assert (await theo_there.send(f"{path}/delete")).status_code == 404
    await mara_there.get(path)
    deleted = await mara_there.send(f"{path}/delete")
    assert deleted.headers["location"] == "/@mara"
    assert "Deleted." in (await mara_there.follow(deleted)).text
    gone = await visitor.get(path)
    assert gone.status_code == 410
    assert "This was taken down" in gone.text
    assert (await visitor.get(picture[1])).status_code == 404
    assert "Nothing hangs here yet." in (await visitor.get("/@mara")).text
    assert (await mara_there.send(f"{path}/delete")).status_code == 410


async def test_a_deleted_private_post_never_was(mara_there: Browser, visitor: Browser) -> None:
    path = await publish(mara_there, visibility="followers")
    await mara_there.get(path)
    await mara_there.send(f"{path}/delete")
    assert (await visitor.get(path)).status_code == 404
    assert (await mara_there.get(path)).status_code == 410
