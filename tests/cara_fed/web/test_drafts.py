"""Drafts: pictures sent one by one, a form that is never lost, and posts that go out when their time has come."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest

from cara_fed.background import keep_house_once
from cara_fed.config import Config
from cara_fed.publishing.prepare_uploads import prepare_once
from cara_fed.publishing.publish_due import publish_due_once
from cara_fed.services import Services
from storage.artists import Artist
from tests.support.browsers import Browser
from tests.support.clocks import StoryTime
from tests.support.instances import jpeg

Artists = dict[str, Artist]
SMALL = jpeg(60, 40)


async def begin(browser: Browser, **fields: str) -> str:
    """Begin a draft as the script does; its number."""
    answer = await browser.fill_in("/publish", fields) if not fields else None
    await browser.get("/publish?new")
    answer = await browser.send("/drafts", fields or {"text": "Begun"})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["draft"])


async def upload(browser: Browser, draft: str, content: bytes = SMALL, name: str = "work.jpg") -> dict[str, Any]:
    answer = await browser.send(f"/drafts/{draft}/pictures", files={"picture": (name, content, "image/jpeg")})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def pictures(browser: Browser, draft: str) -> list[dict[str, Any]]:
    return list((await browser.get(f"/drafts/{draft}/pictures")).json()["uploads"])


async def work(services: Services) -> None:
    """What the loops do, until nothing is left."""
    while await prepare_once(services) or await publish_due_once(services):
        pass


async def files_of(services: Services) -> int:
    return len([name async for name in services.media.names("private")]) + len(
        [name async for name in services.media.names("public")]
    )


async def test_pictures_are_sent_one_by_one_and_told_apart(mara_there: Browser, services: Services) -> None:
    draft = await begin(mara_there)
    first = await upload(mara_there, draft, name="salt.jpg")
    await upload(mara_there, draft, SMALL[:-300], "broken.jpg")
    assert first["state"] == "waiting"
    waiting = await pictures(mara_there, draft)
    assert [one["ahead"] for one in waiting] == [0, 1]
    assert 0 < waiting[0]["seconds"] < waiting[1]["seconds"]
    await work(services)
    done, refused = await pictures(mara_there, draft)
    assert (done["state"], refused["state"]) == ("done", "refused")
    assert len(done["steps"]) > 5
    assert done["picture"]["url"].startswith("/media/")
    assert (await mara_there.get(done["picture"]["url"])).status_code == 200
    assert "cut off" in refused["problem"]
    form = (await mara_there.get(f"/publish?draft={draft}")).text
    assert "Begun" in form
    shown = {"draft": draft, "text": "Begun #again", "act": "look", "upload-0": first["pk"], "focal-0": "1 1"}
    look = await mara_there.follow(await mara_there.send("/publish", shown))
    assert done["picture"]["url"] in look.text and 'class="x10 y0"' in look.text
    assert "Picture 1 has no alt text." in look.text


async def test_a_post_is_made_of_them_with_their_words_and_focal_points(
    mara_there: Browser, visitor: Browser, services: Services
) -> None:
    draft = await begin(mara_there)
    numbers = [(await upload(mara_there, draft, jpeg(60, 40 + n)))["pk"] for n in range(2)]
    await work(services)
    form = {
        **{"draft": draft, "text": "Two", "opt_out": "no-ai"},
        **{"upload-0": numbers[1], "alt-0": "Second", "focal-0": "-0.5 0.25", "upload-1": numbers[0], "alt-1": "First"},
    }
    sent = await mara_there.send("/publish", form)
    assert re.fullmatch(r"/@mara/[0-9]+", sent.headers["location"])
    page = await visitor.get(sent.headers["location"])
    assert page.text.index('alt="Second"') < page.text.index('alt="First"')
    async with services.database.reading() as records:
        rows = (await records.attachments.find_for_posts([int(sent.headers["location"].rsplit("/")[-1])])).popitem()[1]
        assert (rows[0].attachment.focal_x, rows[0].attachment.focal_y) == (-0.5, 0.25)
        assert await records.uploads.find_for_draft(int(draft)) == []
    for picture in rows:
        for one in picture.renditions.values():
            assert b"DMI-PROHIBITED" in await services.media.read("public", f"{one.hash}.{one.extension}")
    edited = {"text": "Two", "alt-0": "Second", "alt-1": "First", "focal-1": "0.5 -0.75"}
    assert (await mara_there.fill_in(f"{sent.headers['location']}/edit", edited)).status_code == 303
    page = await mara_there.get(f"{sent.headers['location']}/edit")
    assert 'value="-0.5 0.25" selected' in page.text and 'value="0.5 -0.75" selected' in page.text
    await mara_there.get("/publish")
    again = await mara_there.send("/publish", form)
    assert again.headers["location"] == sent.headers["location"]
    assert (await mara_there.get(f"/drafts/{draft}")).headers["location"] == sent.headers["location"]
    assert await files_of(services) == 2 + sum(len({o.hash for o in p.renditions.values()}) for p in rows)


async def test_what_is_wanted_otherwise_is_protected_anew_before_it_is_published(
    mara_there: Browser, theo_there: Browser, services: Services, time: StoryTime
) -> None:
    draft = await begin(mara_there)
    pk = (await upload(mara_there, draft, jpeg(96, 64)))["pk"]
    await work(services)
    (plain,) = await pictures(mara_there, draft)
    answer = await mara_there.send("/drafts", {"draft": draft, "text": "x", "upload-0": pk, "cloak-0": "instant"})
    (sent_back,) = answer.json()["uploads"]
    assert (sent_back["state"], sent_back["picture"], sent_back["page"]) == ("waiting", None, "")
    async with services.database.unit_of_work() as records:
        (claimed,) = await records.uploads.claim(time.read(), time.read() + timedelta(seconds=20), 1)
    await mara_there.send("/drafts", {"draft": draft, "text": "x", "upload-0": pk, "cloak": "instant"})
    await mara_there.send("/drafts", {"draft": draft, "text": "x", "upload-0": pk, "cloak": "off", "cloak-0": ""})
    async with services.database.unit_of_work() as records:  # whoever worked on it hears that it is wanted otherwise
        assert not await records.uploads.finish(int(pk), claimed.wanted, "done")
    time.pass_by(seconds=21)
    await work(services)
    form = {"draft": draft, "text": "x", "upload-0": pk, "cloak": "instant"}
    sent = await mara_there.send("/publish", form)
    assert sent.headers["location"] == f"/drafts/{draft}"
    assert "done in about" in (await mara_there.follow(sent)).text
    await mara_there.send(f"/drafts/{draft}/unschedule")
    await work(services)
    (done,) = await pictures(mara_there, draft)
    assert done["picture"]["url"] != plain["picture"]["url"]
    page = await mara_there.get(done["page"])
    assert "Cloaked (instant)" in page.text and "not published yet" in page.text
    for path in ("before", "difference", "original"):
        assert (await mara_there.get(f"{done['page']}/{path}")).status_code == 200
        assert (await theo_there.get(f"{done['page']}/{path}")).status_code == 404
    await mara_there.get(f"/publish?draft={draft}")
    post = await mara_there.send("/publish", form)
    assert re.fullmatch(r"/@mara/[0-9]+", post.headers["location"])
    assert "Cloaked (instant)" in (await mara_there.get(f"{post.headers['location']}/pictures/1")).text


async def test_a_refused_picture_is_tried_again_when_it_is_wanted_otherwise(
    mara_there: Browser, services: Services, time: StoryTime
) -> None:
    later = (time.read() + timedelta(hours=1)).replace(tzinfo=None)
    fields = {"text": "x", "cloak": "light", "publish_at": f"{later:%Y-%m-%dT%H:%M}", "time_zone": "UTC"}
    sent = await mara_there.fill_in("/publish", fields, files={"picture-0": ("a.jpg", SMALL, "image/jpeg")})
    draft = sent.headers["location"].rpartition("/")[2]
    time.pass_by(hours=2)
    await work(services)
    (refused,) = await pictures(mara_there, draft)
    assert refused["state"] == "refused" and "Picture 1" in (await mara_there.get(f"/publish?draft={draft}")).text
    await mara_there.send("/drafts", {"draft": draft, "text": "x", "upload-0": refused["pk"], "cloak": "off"})
    await work(services)
    assert [one["state"] for one in await pictures(mara_there, draft)] == ["done"]


async def test_a_draft_survives_logging_out_and_is_nobody_elses(
    mara_there: Browser, theo_there: Browser, visitor: Browser, services: Services
) -> None:
    draft = await begin(mara_there, **{"text": "Half a thought", "visibility": "unlisted"})
    number = (await upload(mara_there, draft))["pk"]
    await mara_there.send("/drafts", {"draft": draft, "text": "A whole thought", "upload-0": number, "alt-0": "Grey"})
    await mara_there.get("/settings")
    await mara_there.send("/logout")
    await mara_there.log_in("mara")
    again = (await mara_there.get("/publish")).text
    assert "A whole thought" in again and ">\nGrey</textarea>" in again and f'value="{number}"' in again
    assert "A whole thought" in (await mara_there.get("/drafts")).text
    for path in (f"/drafts/{draft}", f"/drafts/{draft}/pictures", f"/publish?draft={draft}"):
        assert (await theo_there.get(path)).status_code == 404
        assert (await visitor.get(path)).status_code == 303
    await theo_there.get("/publish")
    assert (await theo_there.send("/drafts", {"draft": draft, "text": "x"})).status_code == 404
    stolen = await theo_there.send("/publish", {"upload-0": number, "text": "mine"})
    assert stolen.status_code == 422 and "no longer here" in stolen.text
    posted = await theo_there.send(f"/drafts/{draft}/pictures", files={"picture": ("a.jpg", SMALL, "image/jpeg")})
    assert posted.status_code == 404
    for act in ("discard", "unschedule", f"pictures/{number}/remove"):
        assert (await theo_there.send(f"/drafts/{draft}/{act}")).status_code == 404
    assert (await theo_there.send("/publish", {"draft": draft, "text": "x"})).status_code == 404


async def test_what_is_sent_too_soon_goes_out_when_its_pictures_are_ready(
    mara_there: Browser, visitor: Browser, services: Services
) -> None:
    draft = await begin(mara_there)
    number = (await upload(mara_there, draft))["pk"]
    sent = await mara_there.send("/publish", {"draft": draft, "text": "Soon", "upload-0": number})
    assert sent.headers["location"] == f"/drafts/{draft}"
    assert "as soon as its pictures are protected" in (await mara_there.follow(sent)).text
    assert await publish_due_once(services) is False
    await work(services)
    page = await visitor.get((await mara_there.get(f"/drafts/{draft}")).headers["location"])
    assert page.status_code == 200 and "Soon" in page.text


async def test_a_post_goes_out_at_its_time_in_its_time_zone_and_once(
    mara_there: Browser, visitor: Browser, services: Services, time: StoryTime
) -> None:
    local = (time.read() + timedelta(days=1)).replace(tzinfo=None)
    fields = {"text": "Tomorrow", "publish_at": f"{local:%Y-%m-%dT%H:%M}", "time_zone": "Asia/Tokyo"}
    sent = await mara_there.fill_in("/publish", fields, files={"picture-0": ("a.jpg", SMALL, "image/jpeg")})
    path = sent.headers["location"]
    assert path.startswith("/drafts/")
    waiting = await mara_there.get(path)
    assert f"{local:%H:%M}" in waiting.text and "Asia/Tokyo" in waiting.text
    await work(services)
    assert (await mara_there.get(path)).status_code == 200
    time.pass_by(hours=14, minutes=58)  # Tokyo is nine hours ahead
    await work(services)
    assert (await mara_there.get(path)).status_code == 200
    time.pass_by(minutes=3)
    await work(services)
    await work(services)
    post = (await mara_there.get(path)).headers["location"]
    assert "Tomorrow" in (await visitor.get(post)).text
    assert (await visitor.get("/@mara/posts")).text.count("Tomorrow") == 1


async def test_a_scheduled_post_can_be_changed_and_called_back(
    mara_there: Browser, visitor: Browser, services: Services, time: StoryTime
) -> None:
    later = (time.read() + timedelta(hours=5)).replace(tzinfo=None)
    when = {"publish_at": f"{later:%Y-%m-%dT%H:%M}", "time_zone": "UTC"}
    draft = (await mara_there.fill_in("/publish", {"text": "Early", **when})).headers["location"].rsplit("/")[-1]
    form = await mara_there.get(f"/publish?draft={draft}")
    assert "Early" in form.text and "waiting to go out" in form.text
    changed = await mara_there.send("/publish", {"draft": draft, "text": "Later", **when})
    assert changed.headers["location"] == f"/drafts/{draft}"
    await mara_there.follow(changed)
    await mara_there.send(f"/drafts/{draft}/unschedule")
    time.pass_by(hours=6)
    await work(services)
    assert "Later" not in (await visitor.get("/@mara/posts")).text
    assert "Later" in (await mara_there.get("/publish")).text
    sent = await mara_there.send("/publish", {"draft": draft, "text": "Now"})
    assert "Now" in (await visitor.get(sent.headers["location"])).text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"publish_at": "2020-01-01T10:00"}, "That time is over"),
        ({"publish_at": "tomorrow"}, "A time looks like"),
        ({"publish_at": "9999-12-31T23:59", "time_zone": "America/New_York"}, "A time looks like"),
        ({"publish_at": "2999-01-01T10:00"}, "more than a year"),
        ({"publish_at": "2027-03-28T02:30", "time_zone": "Europe/Paris"}, "That hour does not exist"),
        ({"publish_at": "2026-12-01T02:30", "time_zone": "../etc/passwd"}, "no such time zone"),
        ({"focal-0": "2 0", "upload-0": "1"}, "Choose one of these"),
        ({"focal-0": "nan nan", "upload-0": "1"}, "Choose one of these"),
    ],
)
async def test_a_time_or_a_point_that_is_none_is_refused(
    mara_there: Browser, fields: dict[str, str], said: str
) -> None:
    refused = await mara_there.fill_in("/publish", {"text": "When?", **fields})
    assert refused.status_code == 422
    assert said in html.unescape(refused.text)


async def test_what_cannot_go_out_comes_back_with_its_reason(
    mara_there: Browser, services: Services, time: StoryTime
) -> None:
    later = (time.read() + timedelta(hours=1)).replace(tzinfo=None)
    files = {"picture-0": ("broken.jpg", SMALL[:-300], "image/jpeg")}
    fields = {"text": "Never", "publish_at": f"{later:%Y-%m-%dT%H:%M}", "time_zone": "UTC"}
    sent = await mara_there.fill_in("/publish", fields, files=files)
    time.pass_by(hours=2)
    await work(services)
    back = await mara_there.follow(await mara_there.get(sent.headers["location"]))
    assert "Picture 1" in back.text and "cut off" in back.text and "Never" in back.text
    assert "could not be published" in (await mara_there.get("/notifications")).text


async def test_a_picture_is_taken_out_and_its_file_goes(mara_there: Browser, services: Services) -> None:
    before, draft = await files_of(services), await begin(mara_there)
    kept, gone = await upload(mara_there, draft), await upload(mara_there, draft, jpeg(50, 50))
    await work(services)
    with_both = await files_of(services)
    assert (await mara_there.send(f"/drafts/{draft}/pictures/{gone['pk']}/remove")).status_code == 200
    assert [one["pk"] for one in await pictures(mara_there, draft)] == [kept["pk"]]
    assert await files_of(services) < with_both
    assert (await mara_there.send(f"/drafts/{draft}/pictures/{gone['pk']}/remove")).status_code == 404
    await mara_there.get(f"/publish?draft={draft}")
    await mara_there.send(f"/drafts/{draft}/discard")
    assert await files_of(services) == before
    assert (await mara_there.get(f"/drafts/{draft}")).status_code == 404


async def test_the_same_picture_brings_its_words_along(mara_there: Browser, services: Services) -> None:
    first = {"picture-0": ("a.jpg", SMALL, "image/jpeg")}
    await mara_there.fill_in("/publish", {"alt-0": "A grey field."}, files=first)
    assert (await upload(mara_there, await begin(mara_there)))["alt"] == "A grey field."


async def test_drafts_are_bounded_and_forgotten_ones_go(
    mara_there: Browser, services: Services, time: StoryTime
) -> None:
    draft = await begin(mara_there)
    for n in range(30):
        await upload(mara_there, draft, b"no picture %d" % n)
    more = await mara_there.send(f"/drafts/{draft}/pictures", files={"picture": ("a.jpg", SMALL, "image/jpeg")})
    assert more.status_code == 422 and "at most 20" in more.json()["problem"]
    empty = await mara_there.send(f"/drafts/{draft}/pictures", files={"other": ("a.jpg", SMALL, "image/jpeg")})
    assert empty.status_code == 422
    for n in range(49):
        assert (await mara_there.send("/drafts", {"text": str(n)})).status_code == 200
    assert "50 drafts" in (await mara_there.send("/drafts", {"text": "one more"})).json()["problem"]
    assert (await mara_there.send("/drafts", {f"x{n}": "1" for n in range(300)})).status_code == 422
    time.pass_by(days=91)
    await keep_house_once(services)
    async with services.database.reading() as records:
        (artist,) = [one for one in await records.artists.find_all() if one.name == "mara"]
        assert await records.drafts.count_of(artist.pk) == 0
    assert await files_of(services) == 0


async def test_an_abandoned_lease_is_taken_over_and_a_killer_picture_given_up(
    mara_there: Browser, services: Services, time: StoryTime
) -> None:
    draft = await begin(mara_there)
    await upload(mara_there, draft)
    for _ in range(3):  # processes that claimed it and were killed
        async with services.database.unit_of_work() as records:
            assert await records.uploads.claim(time.read(), time.read() + timedelta(seconds=20), 1)
            assert not await records.uploads.claim(time.read(), time.read() + timedelta(seconds=20), 1)
        time.pass_by(seconds=21)
    await work(services)
    (given_up,) = await pictures(mara_there, draft)
    assert given_up["state"] == "refused" and "broke" in given_up["problem"]


class TestAltTextIsRequired:
    @pytest.fixture
    def config(self, config: Config) -> Config:
        posts = config.posts.model_copy(update={"require_alt_text": True})
        return config.model_copy(update={"posts": posts})

    async def test_no_picture_goes_out_without_it(self, mara_there: Browser) -> None:
        files = {"picture-0": ("a.jpg", SMALL, "image/jpeg")}
        refused = await mara_there.fill_in("/publish", {"text": "hi"}, files=files)
        assert refused.status_code == 422 and 'id="alt-0-error"' in refused.text
        sent = await mara_there.send("/publish", {"alt-0": "Grey."}, files=files)
        assert sent.status_code == 303
        edited = await mara_there.fill_in(f"{sent.headers['location']}/edit", {"alt-0": "", "text": "hi"})
        assert edited.status_code == 422 and "Picture 1 has none" in edited.text
