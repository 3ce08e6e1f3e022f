"""Running the place: roles, reports with what can be done about them, suspensions, rules, applications."""

import re
from pathlib import Path

import pytest

from cara_fed.accounts.create_artist import Role
from cara_fed.config import Config
from cara_fed.errors import NotAllowed
from cara_fed.publishing.drafts import PictureDraft, PostDraft
from cara_fed.publishing.publish_post import publish_post
from cara_fed.publishing.report_actor import ReportDraft, report_actor
from cara_fed.services import Services
from storage.artists import Artist
from storage.posts import Post
from tests.cara_fed.web.conftest import Open
from tests.support.browsers import PASSWORD, Browser
from tests.support.instances import build_config, deeds, jpeg
from tests.support.rows import make_remote_actor

Artists = dict[str, Artist]
KEI = "https://far.example/users/kei"
STAFF_ROOMS = ("", "/reports", "/blocklist", "/lists", "/appeals", "/history", "/deliveries", "/crawlers")
ADMIN_ROOMS = ("/members", "/applications", "/rules", "/storage", "/appearance", "/settings", "/emoji")
ADMIN_DEEDS = (
    "/members/invite", "/members/reset", "/members/withdraw", "/members/role", "/members/suspend", "/members/restore",
    "/members/second-factor", "/applications", "/settings",
    "/emoji", "/emoji/copy", "/emoji/use", "/rules", "/rules/announce", "/rules/end",
)  # fmt: skip
STAFF_DEEDS = ("/reports/appeal", "/reports/1", "/deliveries/retry", "/deliveries/forget", "/blocklist/fetch")


@pytest.fixture
async def moderator(browse: Open, services: Services, artists: Artists) -> Browser:
    """Theo, who looks after the place."""
    async with services.database.unit_of_work() as records:
        (await records.artists.get("theo")).role = Role.MODERATOR
    return await browse().log_in("theo")


async def publish(services: Services, artist: Artist) -> Post:
    picture = PictureDraft(jpeg(64, 48), alt="a hill", name="a.jpg")
    return await publish_post(services, artist, PostDraft(text="a hill of mine", pictures=(picture,)))


async def stored(services: Services, name: str) -> Artist:
    async with services.database.reading() as records:
        return await records.artists.get(name)


async def report(services: Services, artists: Artists, post: Post | None = None, actor_id: str = "") -> str:
    """Ada reports somebody; the path of the report."""
    about = post.actor_id if post else actor_id
    await report_actor(services, artists["ada"], ReportDraft(about, "a copy", post.pk if post else None))
    async with services.database.reading() as records:
        return f"/admin/reports/{(await records.reports.find_page())[0].pk}"


async def act(browser: Browser, path: str, what: str, words: str = "") -> str:
    response = await browser.fill_in(path, {"act": what, "words": words})
    assert response.status_code == 303, response.text
    return (await browser.get(path)).text


async def test_every_room_and_deed_asks_for_its_role(
    visitor: Browser, mara_there: Browser, moderator: Browser, ada_there: Browser
) -> None:
    for room in STAFF_ROOMS:
        assert (await moderator.get(f"/admin{room}")).status_code == 200, room
    for room in ADMIN_ROOMS:
        assert (await moderator.get(f"/admin{room}")).status_code == 403, room
    for room in (*STAFF_ROOMS, *ADMIN_ROOMS):
        assert (await ada_there.get(f"/admin{room}")).status_code == 200, room
        assert (await mara_there.get(f"/admin{room}")).status_code == 403, room
        assert (await visitor.get(f"/admin{room}")).status_code == 303, room
    await mara_there.get("/settings")
    await moderator.get("/settings")
    for deed in (*ADMIN_DEEDS, *STAFF_DEEDS):
        assert (await mara_there.send(f"/admin{deed}", {"name": "ada"})).status_code == 403, deed
    for deed in ADMIN_DEEDS:
        assert (await moderator.send(f"/admin{deed}", {"name": "ada"})).status_code == 403, deed


async def test_roles_change_and_an_admin_is_left(ada_there: Browser, mara_there: Browser, services: Services) -> None:
    await ada_there.get("/admin/members")
    alone = await ada_there.send("/admin/members/role", {"name": "ada", "role": "artist"})
    assert (alone.status_code, "Somebody has to be admin" in alone.text) == (403, True)
    assert (await ada_there.send("/admin/members/role", {"name": "mara", "role": "king"})).status_code == 422
    await ada_there.send("/admin/members/role", {"name": "mara", "role": "admin"})
    assert (await mara_there.get("/admin/members")).status_code == 200
    await ada_there.send("/admin/members/role", {"name": "ada", "role": "artist"})
    assert (await ada_there.get("/admin")).status_code == 403
    assert ("ada", "role", "@mara") in await deeds(services)


async def test_a_report_is_read_with_its_evidence_and_acted_upon(
    moderator: Browser, services: Services, artists: Artists, visitor: Browser
) -> None:
    post = await publish(services, artists["mara"])
    path = await report(services, artists, post)
    await report(services, artists, actor_id=post.actor_id)
    listed = await moderator.get("/admin/reports")
    assert path in listed.text and "a copy" in listed.text
    page = (await moderator.get(path)).text
    assert "a hill of mine" in page and 'alt="a hill"' in page and "Other reports about them" in page
    assert "I asked her." in await act(moderator, path, "note", "I asked her.")
    assert (await moderator.fill_in(path, {"act": "note", "words": " "})).status_code == 422
    for refused in ("block_actor", "block_domain", "forward"):
        assert (await moderator.fill_in(path, {"act": refused, "words": "x"})).status_code == 422, refused
    assert (await moderator.fill_in(path, {"act": "burn"})).status_code == 404
    await act(moderator, path, "hide_post")
    async with services.database.reading() as records:
        assert (await records.posts.get(post.object_id)).sensitive
    assert "not here, or deleted" in await act(moderator, path, "delete_post")
    assert (await visitor.get(f"/@mara/{post.pk}")).status_code == 410
    assert "Open it again" in await act(moderator, path, "resolve")
    assert path not in (await moderator.get("/admin/reports")).text
    assert path in (await moderator.get("/admin/reports?state=resolved")).text
    await act(moderator, path, "reopen")
    await act(moderator, path, "dismiss")
    written = {(author, action) for author, action, _ in await deeds(services)}
    assert {("theo", f"{deed}_report") for deed in ("resolve", "dismiss", "reopen")} <= written
    assert {("theo", "delete_post"), ("theo", "cover_post")} <= written
    assert "deleted a post after a report" in (await moderator.get("/admin/history")).text


async def test_somebody_of_another_server_is_refused_without_being_called_a_scraper(
    moderator: Browser, services: Services, artists: Artists, visitor: Browser
) -> None:
    async with services.database.unit_of_work() as records:
        await records.remote_actors.record(make_remote_actor(KEI))
    path = await report(services, artists, actor_id=KEI)
    assert (await moderator.fill_in(path, {"act": "suspend", "words": "x"})).status_code == 422
    assert (await moderator.fill_in(path, {"act": "delete_post"})).status_code == 422
    assert (await moderator.fill_in(path, {"act": "block_actor", "words": ""})).status_code == 422
    assert "told their moderators" in await act(moderator, path, "forward")
    assert (await moderator.fill_in(path, {"act": "forward"})).status_code == 422
    async with services.database.reading() as records:
        (delivery,) = await records.deliveries.find_page("queued")
    assert delivery.inbox == f"{KEI}/inbox"
    await act(moderator, path, "block_actor", "harasses artists")
    assert services.blocklist.find(KEI) is not None
    await act(moderator, path, "block_domain", "harasses artists")
    assert services.blocklist.find("https://far.example/users/other") is not None
    assert "far.example" not in (await visitor.get("/blocklists/ai-scrapers.csv")).text
    assert "harasses artists" in (await moderator.get("/admin/blocklist")).text


async def test_a_suspended_artist_is_hidden_and_can_appeal_and_leave_with_their_works(
    moderator: Browser, mara_there: Browser, visitor: Browser, browse: Open, services: Services, artists: Artists
) -> None:
    post = await publish(services, artists["mara"])
    path = await report(services, artists, post)
    assert (await moderator.fill_in(path, {"act": "suspend", "words": ""})).status_code == 422
    assert "Suspended." in await act(moderator, path, "suspend", "copies of others")
    document = {"accept": "application/activity+json"}
    for address in ("/@mara", f"/@mara/{post.pk}", "/@mara/about", "/users/mara", f"/users/mara/posts/{post.pk}"):
        assert (await visitor.get(address)).status_code == 403, address
        assert (await visitor.client.get(address, headers=document)).status_code == 403, address
    assert "/@mara" not in (await visitor.get("/")).text
    assert (await mara_there.get("/settings")).status_code == 303  # logged out
    again = browse()
    assert (await again.fill_in("/login", {"name": "mara", "password": PASSWORD})).headers["location"] == "/suspended"
    assert (await again.get("/publish")).headers["location"] == "/suspended"
    with pytest.raises(NotAllowed, match="suspended"):
        await publish(services, await stored(services, "mara"))
    page = await again.get("/suspended")
    assert "copies of others" in page.text
    assert (await again.send("/people/follow", {"actor_id": KEI})).status_code in (401, 403)
    await again.get("/suspended")
    await again.send("/suspended", {"words": "They are my own."})
    assert "with the moderators" in (await again.get("/suspended")).text
    assert (await again.fill_in("/settings/export")).status_code == 303
    appeals = await moderator.get("/admin/reports")
    number = re.search(r'name="appeal" value="(\d+)"', appeals.text)
    assert number and "They are my own." in appeals.text
    answer = {"appeal": number[1], "decision": "grant", "answer": "You are right."}
    assert (await moderator.send("/admin/reports/appeal", answer | {"answer": ""})).status_code == 422
    await moderator.send("/admin/reports/appeal", answer)
    assert (await visitor.get(f"/@mara/{post.pk}")).status_code == 200
    assert (await again.get("/publish")).status_code == 200
    assert {("theo", "suspend", "@mara"), ("theo", "restore", "@mara")} <= set(await deeds(services))


async def test_moderators_do_not_suspend_those_who_run_the_place_nor_anybody_themselves(
    moderator: Browser, ada_there: Browser, services: Services, artists: Artists
) -> None:
    for name in ("ada", "theo"):
        path = await report(services, artists, actor_id=services.site.actor(name))
        assert (await moderator.fill_in(path, {"act": "suspend", "words": "x"})).status_code == 422
    await ada_there.get("/admin/members")
    assert (await ada_there.send("/admin/members/suspend", {"name": "ada", "reason": "x"})).status_code == 403
    await ada_there.send("/admin/members/suspend", {"name": "theo", "reason": "asleep"})
    assert (await moderator.get("/admin/reports")).status_code == 303
    await ada_there.send("/admin/members/restore", {"name": "theo"})
    assert "@theo" in str(await deeds(services))


async def test_rules_and_announcements_are_told(
    ada_there: Browser, mara_there: Browser, visitor: Browser, services: Services
) -> None:
    assert "Nothing is written down yet." in (await visitor.get("/rules")).text
    await ada_there.fill_in("/admin/rules", {"rules": "Be kind.\n\n  Credit <b>others</b>.  "})
    page = (await visitor.get("/rules")).text
    assert '<li dir="auto">Be kind.</li>' in page and "Credit &lt;b&gt;" in page and "@ada" in page
    assert (await visitor.get("/nodeinfo/2.1")).json()["metadata"]["rules"] == ["Be kind.", "Credit <b>others</b>."]
    assert (await ada_there.fill_in("/admin/rules", {"rules": "x\n" * 31})).status_code == 422
    await ada_there.get("/admin/rules")
    assert (await ada_there.send("/admin/rules/announce", {"announcement": "x", "days": "0"})).status_code == 422
    await ada_there.send("/admin/rules/announce", {"announcement": "Down on Sunday.", "days": "2"})
    assert "Down on Sunday." in (await mara_there.get("/home")).text
    number = re.search(r'name="announcement" value="(\d+)"', (await ada_there.get("/admin/rules")).text)
    assert number
    await ada_there.send("/admin/rules/end", {"announcement": number[1]})
    assert "Down on Sunday." not in (await mara_there.get("/home")).text
    assert {"rules", "announce", "end_announcement"} <= {action for _, action, _ in await deeds(services)}


async def test_nobody_applies_where_artists_are_invited(visitor: Browser) -> None:
    assert (await visitor.get("/join/apply")).status_code == 404
    assert "Ask to join" not in (await visitor.get("/rules")).text


class TestWithApplications:
    @pytest.fixture
    def config(self, config: Config, tmp_path: Path) -> Config:
        return build_config(tmp_path, instance={"joining": "application"})

    async def test_somebody_asks_and_is_let_in(
        self, ada_there: Browser, visitor: Browser, browse: Open, services: Services
    ) -> None:
        asking = {"name": "@kei", "mail": "", "words": "I draw lighthouses."}
        for wrong in ({"words": ""}, {"name": "mara"}, {"name": "k e i"}, {"mail": "nonsense"}):
            assert (await visitor.fill_in("/join/apply", asking | wrong)).status_code == 422, wrong
        assert "Thank you." in (await visitor.fill_in("/join/apply", asking)).text
        await visitor.fill_in("/join/apply", asking | {"name": "sol"})
        page = await ada_there.get("/admin/applications")
        assert "I draw lighthouses." in page.text
        first, second = re.findall(r'name="application" value="(\d+)"', page.text)
        made = await ada_there.send("/admin/applications", {"application": first, "decision": "admit"})
        link = re.search(r"https://studio\.example(/join\?token=[A-Za-z0-9_-]+)", made.text)
        assert link and made.headers["cache-control"] == "no-store"
        assert (await browse().get(link[1])).status_code == 200
        await ada_there.send("/admin/applications", {"application": second, "decision": "refuse"})
        assert "Nobody waits" in (await ada_there.get("/admin/applications")).text
        again = await ada_there.send("/admin/applications", {"application": second, "decision": "admit"})
        assert again.status_code == 404
        assert {"admit", "turn_down"} <= {action for _, action, _ in await deeds(services)}


async def test_storage_is_told_by_artist(ada_there: Browser, services: Services, artists: Artists) -> None:
    await publish(services, artists["mara"])
    page = (await ada_there.get("/admin/storage")).text
    assert page.index("@mara@") < page.index("@theo@")
    assert "kB" in page and "At this pace, a month" in page


async def test_the_first_page_leads_a_new_admin(ada_there: Browser, services: Services, artists: Artists) -> None:
    page = (await ada_there.get("/admin")).text
    assert 'href="/admin/rules">Write the rules of the house' in page
    await ada_there.fill_in("/admin/rules", {"rules": "Be kind."})
    await report(services, artists, actor_id=services.site.actor("mara"))
    page = (await ada_there.get("/admin")).text
    assert 'href="/admin/rules">Write' not in page
    assert '<a href="/admin/reports">1</a>' in page


async def test_an_admin_helps_who_lost_app_and_codes(
    ada_there: Browser, mara_there: Browser, services: Services, artists: Artists
) -> None:
    await mara_there.fill_in("/settings/login", {"password": PASSWORD})
    await mara_there.send("/settings/login/app", {"password": PASSWORD})
    async with services.database.unit_of_work() as records:
        await records.second_factors.confirm(artists["mara"].pk, services.clock.now())
    assert "Take codes and passkeys away" in (await ada_there.get("/admin/members")).text
    await ada_there.send("/admin/members/second-factor", {"name": "mara"})
    async with services.database.reading() as records:
        assert await records.second_factors.find(artists["mara"].pk) is None
    assert ("ada", "second_factor", "@mara") in await deeds(services)
