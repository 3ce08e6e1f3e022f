"""Portfolio and albums, arranged and looked at through browsers."""

from collections.abc import Sequence

import pytest

from cara_fed.publishing.drafts import PictureDraft, PostDraft
from cara_fed.publishing.publish_post import publish_post
from cara_fed.services import Services
from storage.artists import Artist
from storage.posts import Post
from tests.support.browsers import Browser
from tests.support.instances import jpeg

Artists = dict[str, Artist]


@pytest.fixture
async def works(services: Services, artists: Artists) -> Sequence[Post]:
    """Two works of Mara's."""
    drafts = [PostDraft(text=f"wave {n}", pictures=(PictureDraft(jpeg(60, 40), alt=f"wave {n}"),)) for n in range(2)]
    return [await publish_post(services, artists["mara"], draft) for draft in drafts]


async def test_a_portfolio_is_chosen_and_put_in_order(
    mara_there: Browser, services: Services, artists: Artists, works: Sequence[Post]
) -> None:
    assert "Until you choose" in (await mara_there.get("/portfolio")).text
    for work in works:
        assert f"/@mara/{work.pk}/arrange" in (await mara_there.get(f"/@mara/{work.pk}")).text
        await mara_there.fill_in(f"/@mara/{work.pk}/arrange", {"portfolio": "1"})
    page = (await mara_there.get("/portfolio")).text
    assert page.index(f'value="{works[0].pk}"') < page.index(f'value="{works[1].pk}"')
    moved = await mara_there.send("/portfolio", {"post": str(works[1].pk), "step": "earlier"})
    page = (await mara_there.get("/portfolio")).text
    assert moved.headers["location"] == f"/portfolio#order-{works[1].pk}"
    assert f'id="order-{works[1].pk}"' in page
    assert page.index(f'value="{works[1].pk}"') < page.index(f'value="{works[0].pk}"')
    await mara_there.fill_in(f"/@mara/{works[0].pk}/arrange", {})
    async with services.database.reading() as records:
        assert [post.pk for post in await records.portfolio.find(artists["mara"].pk)] == [works[1].pk]
    assert (await mara_there.send("/portfolio", {"post": "x", "step": "later"})).status_code == 303
    assert (await mara_there.send("/portfolio", {"post": "1", "step": "to", "place": "-9"})).status_code == 303
    assert (await mara_there.send("/portfolio", {"post": "1", "step": "sideways"})).status_code == 422


async def test_what_was_chosen_stands_first_on_the_profile_and_nothing_twice(
    mara_there: Browser, visitor: Browser, works: Sequence[Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    older, newer = (f'href="/@mara/{work.pk}"' for work in works)
    monkeypatch.setattr("cara_fed.web.pages.artists.WORKS", 1)
    page = (await visitor.get("/@mara")).text
    assert (newer in page, older in page) == (True, False)
    offered = (await mara_there.get("/portfolio")).text
    assert offered.index(f'"work-{works[1].pk}"') < offered.index(f'"work-{works[0].pk}"')
    await mara_there.send("/portfolio/add", {f"work-{works[0].pk}": "1", "work-x": "1"})
    assert f'"work-{works[0].pk}"' not in (await mara_there.get("/portfolio")).text
    monkeypatch.setattr("cara_fed.web.pages.artists.WORKS", 2)
    page = (await visitor.get("/@mara")).text
    assert page.index(older) < page.index(newer)
    assert older not in (await visitor.get(f"/@mara?before={works[1].pk + 1}")).text


async def test_several_works_are_put_in_at_once_or_none(
    mara_there: Browser, theo_there: Browser, works: Sequence[Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    both = {f"work-{work.pk}": "1" for work in works}
    monkeypatch.setattr("cara_fed.publishing.arrange_portfolio.MAX_PORTFOLIO", 1)
    refused = await mara_there.send("/portfolio/add", both)
    assert (refused.status_code, "at most 1" in refused.text) == (422, True)
    assert (await theo_there.send("/portfolio/add", both)).status_code == 404

    await mara_there.send("/@mara/albums", {"title": "Sea"})
    await mara_there.send("/@mara/albums/sea/add", both)
    await mara_there.send("/@mara/albums/sea/add", both)
    page = (await mara_there.get("/@mara/albums/sea/edit")).text
    assert [page.count(f'value="{work.pk}"') for work in works] == [1, 1]
    monkeypatch.setattr("cara_fed.publishing.arrange_albums.MAX_POSTS", 1)
    assert (await mara_there.send("/@mara/albums/sea/add", both)).status_code == 422
    assert (await theo_there.send("/@mara/albums/sea/add", both)).status_code == 404


async def test_an_album_from_its_making_to_its_end(
    mara_there: Browser, visitor: Browser, works: Sequence[Post]
) -> None:
    assert 'href="/@mara/albums"' not in (await visitor.get("/@mara")).text
    await mara_there.fill_in(f"/@mara/{works[0].pk}/arrange", {"new_album": "Sea pieces"})
    await mara_there.fill_in(f"/@mara/{works[1].pk}/arrange", {"album-sea-pieces": "1"})
    assert 'href="/@mara/albums"' in (await visitor.get("/@mara")).text
    album = await visitor.get("/@mara/albums/sea-pieces")
    assert album.text.index("wave 0") < album.text.index("wave 1")
    assert "/edit" not in album.text
    await mara_there.fill_in("/@mara/albums/sea-pieces/edit", {"title": "The sea", "summary": "Every morning."})
    await mara_there.send("/@mara/albums/sea-pieces/order", {"post": str(works[1].pk), "step": "to", "place": "1"})
    album = await visitor.get("/@mara/albums/sea-pieces")
    assert album.text.index("wave 1") < album.text.index("wave 0")
    assert "Every morning." in album.text
    assert "The sea" in (await visitor.get("/@mara/albums")).text
    await mara_there.send("/@mara/albums/sea-pieces/delete")
    assert (await visitor.get("/@mara/albums/sea-pieces")).status_code == 410
    assert "The sea" not in (await visitor.get("/@mara/albums")).text


async def test_an_album_needs_a_name(mara_there: Browser) -> None:
    refused = await mara_there.fill_in("/@mara/albums", {"title": " ", "summary": "Every morning."})
    assert refused.status_code == 422
    assert "Every morning." in refused.text
    made = await mara_there.send("/@mara/albums", {"title": "Sea"})
    assert made.headers["location"] == "/@mara/albums/sea/edit"
    refused = await mara_there.fill_in("/@mara/albums/sea/edit", {"title": "x" * 101})
    assert refused.status_code == 422


async def test_nobody_arranges_what_is_anothers(
    mara_there: Browser, theo_there: Browser, works: Sequence[Post], visitor: Browser
) -> None:
    await mara_there.fill_in("/@mara/albums", {"title": "Sea"})
    await theo_there.get("/settings")
    for path in (f"/@mara/{works[0].pk}/arrange", "/@mara/albums/sea/edit"):
        assert (await theo_there.get(path)).status_code == 404
        assert (await visitor.get(path)).headers["location"].startswith("/login")
    for path in (
        f"/@mara/{works[0].pk}/arrange",
        "/@mara/albums",
        "/@mara/albums/sea/order",
        "/@mara/albums/sea/delete",
    ):
        assert (await theo_there.send(path, {"title": "x", "post": "1", "step": "out"})).status_code == 404
