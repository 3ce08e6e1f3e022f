"""Moving, leaving and follow requests, through browsers."""

import pytest

from cara_fed.services import Services
from storage.artists import Artist
from tests.support.browsers import PASSWORD, Browser
from tests.support.rows import make_follower, make_remote_actor

Artists = dict[str, Artist]
THEO = "https://studio.example/users/theo"
KEI = "https://far.example/users/kei"


async def test_another_account_is_named_and_moved_to(mara_there: Browser, theo_there: Browser) -> None:
    refused = await mara_there.fill_in("/settings/account", {"target": "@theo", "password": PASSWORD})
    assert refused.status_code == 405
    moved = {"target": THEO, "password": PASSWORD}
    refused = await mara_there.send("/settings/account/move", moved)
    assert refused.status_code == 422
    assert "https://studio.example/users/mara to its aliases" in refused.text
    await theo_there.get("/settings/account")
    assert (await theo_there.send("/settings/account/aliases", {"aliases": "@mara@studio.example"})).status_code == 303
    assert "https://studio.example/users/mara" in (await theo_there.get("/settings/account")).text
    refused = await mara_there.send("/settings/account/move", moved | {"password": "not hers at all"})
    assert "This is not your password." in refused.text
    assert (await mara_there.send("/settings/account/move", moved)).status_code == 303
    assert "has moved to" in (await theo_there.get("/@mara")).text
    await mara_there.send("/settings/account/stay")
    assert "has moved to" not in (await theo_there.get("/@mara")).text
    refused = await mara_there.send("/settings/account/aliases", {"aliases": "nonsense"})
    assert refused.status_code == 422


async def test_leaving_asks_for_the_password(mara_there: Browser, visitor: Browser) -> None:
    await mara_there.get("/settings/account")
    refused = await mara_there.send("/settings/account/delete", {"password": "not hers at all"})
    assert refused.status_code == 422
    assert (await visitor.get("/@mara")).status_code == 200
    left = await mara_there.send("/settings/account/delete", {"password": PASSWORD})
    assert left.headers["location"] == "/"
    assert (await visitor.get("/@mara")).status_code == 410
    assert (await mara_there.get("/settings")).status_code == 303


@pytest.fixture
async def requests(services: Services, artists: Artists) -> None:
    """Theo, and Kei from elsewhere, ask to follow Mara."""
    async with services.database.unit_of_work() as records:
        await records.remote_actors.record(make_remote_actor(KEI))
        for actor_id in (THEO, KEI):
            await records.followers.record(make_follower(artists["mara"].pk, actor_id, state="pending"))


@pytest.mark.usefixtures("requests")
async def test_follow_requests_are_answered(mara_there: Browser, services: Services, artists: Artists) -> None:
    page = await mara_there.get("/follow-requests")
    for handle in ("@theo@studio.example", "@kei@far.example"):
        assert handle in page.text
    await mara_there.send("/follow-requests/accept", {"actor_id": KEI})
    await mara_there.send("/follow-requests/reject", {"actor_id": THEO})
    assert "Nobody waits." in (await mara_there.get("/follow-requests")).text
    async with services.database.reading() as records:
        assert [row.actor_id for row in await records.followers.find_page(artists["mara"].pk)] == [KEI]
    assert (await mara_there.send("/follow-requests/accept", {"actor_id": "https://x.example/y"})).status_code == 404


@pytest.mark.parametrize("path", ["/settings/account", "/follow-requests", "/portfolio"])
async def test_they_are_for_who_is_signed_in(visitor: Browser, path: str) -> None:
    assert (await visitor.get(path)).headers["location"].startswith("/login?next=")
