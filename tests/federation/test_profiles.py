"""Stories of profiles: what is changed arrives, and links that lead back are shown as verified."""

from dataclasses import replace

import pytest

from cara_fed.background import keep_house_once
from cara_fed.errors import InvalidInput
from cara_fed.federation.profile_links import links_back, verify_due
from cara_fed.publishing.drafts import PictureDraft
from cara_fed.publishing.edit_post import edit_post, read_edit
from cara_fed.publishing.own_posts import find_own_post
from cara_fed.publishing.update_profile import read_profile, update_profile
from cara_fed.translate.posts import leave_out_more_line
from tests.support.fediverse import Fediverse, Instance, picture
from tests.support.strangers import Stranger

BLOG = "https://mara.example/about"
ME = "https://studio.example/@mara"


@pytest.fixture
def blog(fediverse: Fediverse) -> Stranger:
    """Mara's own site."""
    return fediverse.stranger("mara.example")


async def change(studio: Instance, **changes: object) -> None:
    mara = await studio.artist("mara")
    await update_profile(studio.services, mara, replace(read_profile(mara), **changes))  # type: ignore[arg-type]


async def verified(studio: Instance) -> set[str]:
    mara = await studio.artist("mara")
    async with studio.services.database.reading() as records:
        return await records.profile_links.find_verified(mara.pk)


async def test_a_page_that_links_back_is_shown_as_the_artists(
    fediverse: Fediverse, studio: Instance, blog: Stranger
) -> None:
    blog.serve("/about", f'<p>Me: <a href="{ME}" rel="nofollow me">here</a>'.encode(), type_="text/html")
    await change(studio, fields=(("Blog", BLOG), ("Other", "https://other.example/"), ("Pronouns", "she https://x.y")))
    assert await verify_due(studio.services)
    assert not await verify_due(studio.services)
    assert await verified(studio) == {BLOG}
    page = (await studio.get(ME, accept="text/html")).text
    assert page.count('class="verified"') == 1
    assert f'<a href="{BLOG}" rel="me ' in page

    blog.serve("/about", b"<p>Nothing here.", type_="text/html")
    fediverse.time.pass_by(days=1, minutes=1)
    await verify_due(studio.services)
    assert await verified(studio) == set()


async def test_a_page_that_is_silent_for_a_day_is_still_believed(
    fediverse: Fediverse, studio: Instance, blog: Stranger
) -> None:
    blog.serve("/about", f'<link rel=me href="{ME}">'.encode(), type_="text/html; charset=utf-8")
    await change(studio, fields=(("Blog", BLOG),))
    await verify_due(studio.services)
    blog.serve("/about", b"", type_="text/html", status=503)
    for days, expected in ((2, {BLOG}), (8, set[str]())):
        fediverse.time.pass_by(days=days)
        await verify_due(studio.services)
        assert await verified(studio) == expected
    await keep_house_once(studio.services)


async def test_a_listed_page_is_not_asked(studio: Instance, blog: Stranger) -> None:
    blog.serve("/about", f'<a rel=me href="{ME}">'.encode(), type_="text/html")
    await studio.list_entry("mara.example")
    await change(studio, fields=(("Blog", BLOG), ("Self", f"{ME}/about")))
    await verify_due(studio.services)
    assert await verified(studio) == set()


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f'<a rel="me" href="{ME}">', True),
        (f'<a rel="ME" href="{ME.upper()}/">', True),
        (f'<LINK href="{ME}" rel="author me">', True),
        ('<a rel="me" href="//studio.example/@mara#top">', True),
        (f'<a rel="met" href="{ME}">', False),
        (f'<a href="{ME}">', False),
        (f'<!-- <a rel="me" href="{ME}"> -->', False),
        (f'<a rel="me" href="{ME}2">', False),
        ('<a rel="me" href="http://[">', False),
        (f'<a rel="me" href="{ME}"> <![nonsense[', True),
        ("", False),
    ],
)
def test_what_counts_as_a_link_back(html: str, expected: bool) -> None:
    assert links_back(html, BLOG, ME) is expected


async def test_portraits_say_what_they_show(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    face = picture().content
    await change(studio, avatar=face, avatar_alt="Mara, laughing", header=face, attribution_domains=(" Mara.Example ",))
    await fediverse.settle()
    actor = eve.documents_received()[-1]["object"]
    assert (actor["icon"]["name"], actor["icon"]["summary"]) == ("Mara, laughing", "Mara, laughing")
    assert "name" not in actor["image"]
    assert actor["attributionDomains"] == ["mara.example"]
    with pytest.raises(InvalidInput, match="domain"):
        await change(studio, attribution_domains=("not a domain/",))


async def test_another_portrait_replaces_the_file(studio: Instance) -> None:
    await change(studio, avatar=picture().content)
    before = (await studio.artist("mara")).avatar_hash
    await change(studio, avatar=picture(size=(50, 50)).content)
    after = (await studio.artist("mara")).avatar_hash
    assert before and after and before != after
    assert not await studio.services.media.exists("public", before)
    assert await studio.services.media.exists("public", after)


async def test_another_picture_in_its_place_has_another_address(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    post = await studio.publish("mara", "two hills", picture("one"), picture("two"))
    await fediverse.settle()
    before = [attachment["url"] for attachment in (await eve.get(post.object_id)).json()["attachment"]]
    mara = await studio.artist("mara")
    edit = read_edit(await find_own_post(studio.services, mara, post.pk))
    other = PictureDraft(picture(size=(50, 50)).content, alt="another")
    await edit_post(studio.services, mara, post.pk, replace(edit, pictures=(edit.pictures[0], other)))
    await fediverse.settle()
    update = eve.documents_received()[-1]
    assert update["type"] == "Update"
    now = update["object"]["attachment"]
    assert now[0]["url"] == before[0]
    assert (now[1]["url"] == before[1], now[1]["name"]) == (False, "another")


async def test_more_than_four_pictures_are_announced_to_other_servers_alone(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    other = fediverse.stranger("near.example")
    post = await studio.publish("mara", "hills", *(picture(f"hill {n}") for n in range(6)))
    notes = [(await stranger.get(post.object_id)).json() for stranger in (eve, other)]
    line = f'<p>+2 more: <a href="{post.url}">{post.url}</a></p>'
    assert [note["content"] for note in notes] == [f"<p>hills</p>{line}"] * 2
    assert len(notes[0]["attachment"]) == 6
    for path in ("", f"/{post.pk}", "/posts"):
        assert "+2 more" not in (await studio.get(f"{ME}{path}", accept="text/html")).text
    assert leave_out_more_line(notes[0]["content"], 6) == "<p>hills</p>"
    assert leave_out_more_line(notes[0]["content"], 7) == notes[0]["content"]


async def test_the_hashtags_that_an_artist_chooses_are_featured(
    fediverse: Fediverse, studio: Instance, eve: Stranger
) -> None:
    """Mastodon reads the collection again with every Update of the actor."""
    await change(studio, summary="I paint #hills", featured_tags=("#Hills", "lakes", "hills"))
    await fediverse.settle()
    assert eve.documents_received()[-1]["type"] == "Update"
    shown = (await eve.get(f"{studio.actor('mara')}/featured_tags")).json()
    assert [(tag["type"], tag["name"]) for tag in shown["orderedItems"]] == [
        ("Hashtag", "#hills"),
        ("Hashtag", "#lakes"),
    ]
    assert shown["orderedItems"][0]["href"] == f"{studio.base}/tags/hills"

    await change(studio, featured_tags=())
    shown = (await eve.get(f"{studio.actor('mara')}/featured_tags")).json()
    assert [tag["name"] for tag in shown["orderedItems"]] == ["#hills"]
    with pytest.raises(InvalidInput, match="no hashtag"):
        await change(studio, featured_tags=("two words",))
    with pytest.raises(InvalidInput, match="room for 10"):
        await change(studio, featured_tags=tuple(f"tag{number}" for number in range(11)))
