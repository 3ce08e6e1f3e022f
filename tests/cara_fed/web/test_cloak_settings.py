"""Choosing a cloak in a browser: for all pictures, and for those of one post."""

from cara_fed.services import Services
from tests.support.browsers import Browser
from tests.support.instances import jpeg


async def test_an_artist_chooses_a_cloak_for_all_pictures_and_another_for_one_post(
    services: Services, mara_there: Browser
) -> None:
    shown = (await mara_there.get("/settings/cloak")).text
    assert "LightShed, 2025" in shown
    assert "AI-proof" not in shown
    for lacking in ("command", "light", "strong"):  # no program is configured, no model installed
        assert f'value="{lacking}"' not in shown
    assert (await mara_there.fill_in("/settings/cloak", {"cloak": "instant"})).status_code == 303
    assert 'value="instant" checked' in (await mara_there.get("/settings/cloak")).text
    assert (await mara_there.send("/settings/cloak", {"cloak": "total"})).status_code == 422
    form = (await mara_there.get("/publish")).text
    assert "A quick cloak" in form
    picture = {"picture-0": ("a.jpg", jpeg(96, 64))}
    for chosen, made in (({}, "instant"), ({"cloak": "off"}, "off")):
        sent = await mara_there.fill_in("/publish", {"text": "x", **chosen}, files=picture)
        assert sent.status_code == 303
        async with services.database.reading() as records:
            pk = int(sent.headers["location"].rpartition("/")[2])
            (stored,) = (await records.attachments.find_for_posts([pk]))[pk]
        assert {"cloak": made}.items() <= next(
            line["facts"].items() for line in stored.attachment.report if line["step"] == "cloak"
        )
    assert (await mara_there.fill_in("/publish", {"text": "x", "cloak": "light"}, files=picture)).status_code == 422
