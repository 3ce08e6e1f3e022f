"""Archives: everything that an artist made, for that artist alone, for a week."""

import csv
import io
import json
import re
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

from activitypub.audience import Visibility
from cara_fed.exports.worker import export_once, remove_expired
from cara_fed.publishing.delete_artist import delete_artist
from cara_fed.publishing.drafts import PictureDraft, PostDraft
from cara_fed.publishing.publish_post import publish_post
from cara_fed.services import Services
from storage.artists import Artist
from tests.support.browsers import Browser
from tests.support.clocks import StoryTime
from tests.support.instances import jpeg
from tests.support.rows import make_following, make_remote_actor

Artists = dict[str, Artist]
PATH = "/settings/export"


async def make_works(services: Services, mara: Artist) -> bytes:
    original = jpeg(64, 48, comment=b"taken at home")
    picture = PictureDraft(original, alt="a hill", name="Hill.JPG")
    await publish_post(services, mara, PostDraft(text="a hill", pictures=(picture,)))
    await publish_post(services, mara, PostDraft(text="for friends", visibility=Visibility.FOLLOWERS))
    async with services.database.unit_of_work() as records:
        await records.remote_actors.record(make_remote_actor("https://far.example/users/kei"))
        for actor_id in ("https://far.example/users/kei", services.site.actor("theo"), "https://x.example/unknown"):
            await records.following.record(make_following(mara.pk, actor_id))
    return original


async def test_everything_is_in_the_archive(
    mara_there: Browser, theo_there: Browser, artists: Artists, services: Services, tmp_path: Path
) -> None:
    original = await make_works(services, artists["mara"])
    asked = await mara_there.follow(await mara_there.fill_in(PATH))
    assert "being made" in asked.text
    assert "under way" in (await mara_there.follow(await mara_there.send(PATH))).text
    assert await export_once(services) and not await export_once(services)
    page = await mara_there.get(PATH)
    url = re.search(rf'href="({PATH}/\d+\.zip)"', page.text)
    assert url
    assert (await theo_there.get(url[1])).status_code == 404
    answer = await mara_there.get(url[1])
    assert answer.headers["content-disposition"] == f'attachment; filename="mara-{services.clock.now():%Y-%m-%d}.zip"'
    assert answer.headers["content-length"] == str(len(answer.content))
    archive = ZipFile(io.BytesIO(answer.content))
    outbox = json.loads(archive.read("outbox.json"))
    assert [item["type"] for item in outbox["orderedItems"]] == ["Create", "Create"]
    (attachment,) = outbox["orderedItems"][1]["object"]["attachment"]
    assert archive.read(attachment["url"]) == original
    assert attachment["url"].endswith("-1.jpg") and attachment["name"] == "a hill"
    assert json.loads(archive.read("actor.json"))["preferredUsername"] == "mara"
    follows = list(csv.reader(io.StringIO(archive.read("following_accounts.csv").decode())))
    assert follows == [
        ["Account address", "Show boosts", "Notify on new posts", "Languages"],
        ["theo@studio.example", "true", "false", ""],
        ["kei@far.example", "true", "false", ""],
    ]
    alone = await mara_there.get(f"{PATH}/following_accounts.csv")
    assert alone.text == archive.read("following_accounts.csv").decode()


async def test_an_archive_goes_after_a_week_and_with_its_artist(
    mara_there: Browser, artists: Artists, services: Services, time: StoryTime
) -> None:
    for days in (8, 0):
        await mara_there.fill_in(PATH)
        await export_once(services)
        assert [name async for name in services.media.names("private")] != []
        time.now += timedelta(days=days)
        if days:
            await remove_expired(services)
        else:
            await delete_artist(services, artists["mara"])
        assert [name async for name in services.media.names("private")] == []


async def test_an_archive_whose_time_is_over_is_not_given(
    mara_there: Browser, artists: Artists, services: Services, time: StoryTime
) -> None:
    await mara_there.fill_in(PATH)
    await export_once(services)
    url = re.search(rf'href="({PATH}/\d+\.zip)"', (await mara_there.get(PATH)).text)
    time.now += timedelta(days=8)
    assert url and (await mara_there.get(url[1])).status_code == 404
