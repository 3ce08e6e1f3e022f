"""The rooms of those who run the place: what they show, and what their buttons do."""

import re
from datetime import timedelta

import pytest

from cara_fed.accounts.create_artist import Role
from cara_fed.blocklist.doors import Door
from cara_fed.services import Services
from storage.artists import Artist
from tests.cara_fed.web.conftest import Open
from tests.support.browsers import PASSWORD, Browser
from tests.support.instances import add_follower
from tests.support.rows import make_entry, make_outbox_activity, make_target

Artists = dict[str, Artist]
SCRAPER = {"entry": "scraper.example", "reason": "Harvests for a model.", "label": "answer-engine", "policy": "drop"}


async def test_a_scraper_is_listed_and_its_hits_are_shown(
    ada_there: Browser, services: Services, artists: Artists
) -> None:
    assert "Nobody is listed." in (await ada_there.get("/admin/blocklist")).text
    await add_follower(services, artists["mara"], "https://scraper.example/users/bot")
    listed = await ada_there.send("/admin/blocklist", SCRAPER | {"evidence": "https://report.example/1"})
    page = await ada_there.follow(listed)
    assert "scraper.example is listed. 1 follow was suspended." in page.text
    assert "Feeds AI answers · refused without a word" in page.text
    assert 'href="https://report.example/1"' in page.text
    for _ in range(3):
        services.blocklist.refuse(Door.FETCH, "https://scraper.example/users/bot")
    page = await ada_there.get("/admin/blocklist")
    assert re.search(r'class="number">3<span class="soft">last', page.text)
    removed = await ada_there.send("/admin/blocklist/remove", {"entry": "scraper.example", "kind": "domain"})
    page = await ada_there.follow(removed)
    assert "no longer listed here. 1 follow is back." in page.text
    assert services.blocklist.find("scraper.example") is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"entry": ""}, "A domain, or the id of an actor"),
        ({"reason": ""}, "Say why"),
        ({"entry": "co.uk"}, "public suffix"),
        ({"entry": "studio.example"}, "this instance itself"),
        ({"expires": "tomorrow"}, "A day, written as"),
        ({"expires": "2020-01-01"}, "expired already"),
        ({"label": "because"}, "Choose one of these"),
    ],
)
async def test_what_cannot_be_listed_is_explained_and_kept(
    ada_there: Browser, services: Services, fields: dict[str, str], said: str
) -> None:
    refused = await ada_there.fill_in("/admin/blocklist", SCRAPER | fields)
    assert refused.status_code == 422
    assert said in refused.text
    assert '<details class="disclosure" open>' in refused.text
    assert services.blocklist.find("scraper.example") is None


async def test_what_a_subscription_lists_can_be_allowed_and_refused_again(
    ada_there: Browser, services: Services
) -> None:
    source = "https://lists.example/ai.csv"
    now = services.clock.now()
    async with services.database.unit_of_work() as records:
        await records.blocklist.add(make_entry("domain", "friend.example", source=source, created_at=now))
        await records.revisions.bump("blocklist")
    await services.blocklist.refresh()
    page = await ada_there.get("/admin/blocklist")
    assert f"from {source}" in page.text
    entry = {"entry": "friend.example", "kind": "domain"}
    allowed = await ada_there.follow(await ada_there.send("/admin/blocklist/allow", entry))
    assert "allowed here" in allowed.text
    assert services.blocklist.find("friend.example") is None
    refused = await ada_there.follow(await ada_there.send("/admin/blocklist/forbid", entry))
    assert "friend.example is refused again." in refused.text
    assert services.blocklist.find("friend.example") is not None
    assert (await ada_there.send("/admin/blocklist/forbid", entry)).status_code == 404
    assert (await ada_there.send("/admin/blocklist/remove", entry)).status_code == 404


async def test_a_long_list_is_shown_in_parts(ada_there: Browser, services: Services) -> None:
    async with services.database.unit_of_work() as records:
        for n in range(101):
            await records.blocklist.add(make_entry("domain", f"s{n}.example"))
    page = await ada_there.get("/admin/blocklist")
    assert "101 domains and actors are refused here." in page.text
    more = re.search(r'href="(/admin/blocklist\?from=100)"', page.text)
    assert more
    rest = await ada_there.get(more[1])
    assert rest.text.count('scope="row"') == 1
    assert (await ada_there.get("/admin/blocklist?from=nonsense")).status_code == 200


async def test_the_queue_tells_who_does_not_answer(ada_there: Browser, services: Services, artists: Artists) -> None:
    assert "Every server that follows somebody here answers." in (await ada_there.get("/admin/deliveries")).text
    now = services.clock.now()
    activity = make_outbox_activity(artists["mara"].pk)
    async with services.database.unit_of_work() as records:
        await records.outbox_log.add(activity)
        targets = [make_target("dead.example", due_at=now), make_target("late.example", due_at=now)]
        await records.deliveries.enqueue_many(activity.pk, targets, now)
        await records.deliveries.record_failed(targets[0].pk, now, "410 Gone", 410)
        await records.deliveries.record_retry(targets[1].pk, now - timedelta(hours=1), "503 Unavailable", 503)
        await records.hosts.record_failure("late.example", now, now + timedelta(minutes=5))
    page = (await ada_there.get("/admin/deliveries")).text
    for words in ("dead.example", "410 Gone", "late.example", "503 Unavailable", "paused until", "due since"):
        assert words in page
    await ada_there.send("/admin/deliveries/forget", {"netloc": "late.example"})
    await ada_there.send("/admin/deliveries/forget", {"netloc": "dead.example"})
    page = await ada_there.get("/admin/deliveries")
    assert "Every server that follows somebody here answers." in page.text
    assert "gave deliveries up" in (await ada_there.get("/admin/history")).text
    await ada_there.get("/admin/blocklist")
    assert (await ada_there.send("/admin/blocklist/fetch")).status_code == 303


async def test_an_invitation_is_shown_once_and_can_be_withdrawn(
    ada_there: Browser, browse: Open, services: Services
) -> None:
    await ada_there.get("/admin/members")
    made = await ada_there.send("/admin/members/invite")
    link = re.search(r"https://studio\.example(/join\?token=[A-Za-z0-9_-]+)", made.text)
    assert link
    assert made.headers["cache-control"] == "no-store"
    assert 'href="/admin/members" aria-current="page"' in made.text
    later = await ada_there.get("/admin/members")
    assert "/join?token=" not in later.text
    assert (await browse().get(link[1])).status_code == 200
    reference = re.search(r'name="reference" value="([^"]+)"', later.text)
    assert reference
    await ada_there.send("/admin/members/withdraw", {"reference": reference[1]})
    assert (await browse().get(link[1])).status_code == 403
    assert "None." in (await ada_there.get("/admin/members")).text


async def test_members_are_listed_with_a_way_back_in(
    ada_there: Browser, mara_there: Browser, browse: Open, services: Services
) -> None:
    page = await ada_there.get("/admin/members")
    assert page.text.count('action="/admin/members/reset"') == 3
    made = await ada_there.send("/admin/members/reset", {"name": "theo"})
    link = re.search(r"https://studio\.example(/password/reset\?token=[A-Za-z0-9_-]+)", made.text)
    assert link
    theo = browse()
    form = await theo.get(link[1])
    assert "@theo@studio.example" in form.text
    token = link[1].partition("token=")[2]
    await theo.send("/password/reset", {"token": token, "password": f"{PASSWORD} and one"})
    assert (await theo.get("/settings")).status_code == 200
    assert (await ada_there.send("/admin/members/reset", {"name": "nobody"})).status_code == 404


async def test_moderators_refuse_scrapers_but_let_nobody_in(browse: Open, services: Services, artists: Artists) -> None:
    async with services.database.unit_of_work() as records:
        (await records.artists.get("theo")).role = Role.MODERATOR
    theo = await browse().log_in("theo")
    assert (await theo.fill_in("/admin/blocklist", SCRAPER)).status_code == 303
    assert (await theo.get("/admin/deliveries")).status_code == 200
    assert (await theo.get("/admin/members")).status_code == 403
    await theo.get("/settings")
    assert (await theo.send("/admin/members/invite")).status_code == 403


@pytest.mark.parametrize("path", ["/health", "/metrics"])
async def test_health_is_told_to_admins_alone(
    visitor: Browser, mara_there: Browser, ada_there: Browser, path: str
) -> None:
    assert (await ada_there.get(path, X_Forwarded_For="203.0.113.7")).status_code == 200
    assert (await mara_there.get(path)).status_code == 403
    assert (await visitor.get(path)).status_code == 403
