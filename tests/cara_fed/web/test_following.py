"""Following: from one's own server by its own page, from here by a button, and of people met elsewhere."""

import json
from typing import Any

import httpx
import pytest

from activitypub.keys import generate_rsa
from cara_fed.asgi import Answer, Receive, Scope, Send
from cara_fed.inbox.worker import InboxWorker
from cara_fed.services import Services
from storage.artists import Artist
from tests.support.browsers import Browser
from tests.support.clocks import StoryTime
from tests.support.network import Network
from tests.support.strangers import Stranger

Artists = dict[str, Artist]
SUBSCRIBE = "http://ostatus.org/schema/1.0/subscribe"
MARA = "https%3A%2F%2Fstudio.example%2Fusers%2Fmara"
Json = dict[str, Any]


class Home:
    """Somebody's own server, as far as WebFinger."""

    def __init__(self, network: Network, netloc: str, answer: Answer) -> None:
        network.servers[netloc], self.answer, self.asked = self, answer, list[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(f"{scope['path']}?{scope['query_string'].decode()}")
        await self.answer.send(send)


def jrd(*links: Json) -> Answer:
    document = {"subject": "acct:theo@gallery.example", "links": list(links)}
    return Answer(200, json.dumps(document).encode(), ((b"content-type", b"application/jrd+json"),))


def template(address: Any, rel: str = SUBSCRIBE) -> Json:
    return {"rel": rel, "template": address}


async def ask(visitor: Browser, handle: str, name: str = "mara") -> httpx.Response:
    return await visitor.client.post(f"/@{name}/follow-from", data={"handle": handle})


@pytest.mark.parametrize(
    "handle",
    ["@theo@gallery.example", "theo@gallery.example", " acct:theo@Gallery.Example ", "https://gallery.example/@theo"],
)
async def test_a_visitor_is_led_home_to_follow_there(
    visitor: Browser, artists: Artists, network: Network, handle: str
) -> None:
    address = "https://gallery.example/authorize_interaction?uri={uri}"
    home = Home(network, "gallery.example", jrd(template("nonsense", "self"), template(address)))
    led = await ask(visitor, handle)
    assert led.status_code == 303
    assert led.headers["location"] == f"https://gallery.example/authorize_interaction?uri={MARA}"
    assert home.asked == ["/.well-known/webfinger?resource=acct%3Atheo%40gallery.example"]
    assert "form-action 'self' https:;" in (await visitor.get("/@mara")).headers["content-security-policy"] + ";"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(404), "gallery.example does not know @theo@gallery.example."),
        (Answer(500), "gallery.example gave an answer that could not be used."),
        (jrd(), "Search for @mara@studio.example there instead."),
        (jrd(template("javascript:alert({uri})")), "Search for @mara@studio.example"),
        (jrd(template("http://gallery.example/f?u={uri}")), "Search for @mara@studio.example"),
        (jrd(template("https://{uri}/follow")), "Search for @mara@studio.example"),
        (jrd(template("https://gallery.example/follow")), "Search for @mara@studio.example"),
        (jrd(template(7)), "Search for @mara@studio.example"),
        (Answer(200, b"<html>", ((b"content-type", b"text/html"),)), "gave an answer that could not be used"),
        (Answer(200, b"[]", ((b"content-type", b"application/json"),)), "gave an answer that could not be used"),
    ],
)
async def test_a_way_that_is_not_found_is_explained(
    visitor: Browser, artists: Artists, network: Network, answer: Answer, said: str
) -> None:
    Home(network, "gallery.example", answer)
    refused = await ask(visitor, "@theo@gallery.example")
    assert refused.status_code == 422
    assert said in refused.text
    assert 'value="@theo@gallery.example"' in refused.text


@pytest.mark.parametrize(
    ("handle", "said"),
    [
        ("", "Your own handle"),
        ("theo", "This is no handle."),
        ("@theo@10.0.0.1", "is not a server on the public internet"),
        ("@theo@localhost", "does not answer"),
        ("@theo@nowhere.example", "does not answer"),
    ],
)
async def test_a_home_that_cannot_be_is_explained(visitor: Browser, artists: Artists, handle: str, said: str) -> None:
    refused = await ask(visitor, handle)
    assert refused.status_code == 422
    assert said in refused.text


async def test_who_is_at_home_here_logs_in(visitor: Browser, artists: Artists) -> None:
    led = await ask(visitor, "@theo@studio.example")
    assert led.headers["location"] == "/login?next=/@mara"


async def test_the_listed_are_not_led_home(visitor: Browser, ada_there: Browser, network: Network) -> None:
    home = Home(network, "scraper.example", jrd())
    await ada_there.fill_in("/admin/blocklist", {"entry": "scraper.example", "reason": "harvests"})
    refused = await ask(visitor, "@bot@www.scraper.example")
    assert refused.status_code == 422
    assert "This site deals with nobody at scraper.example." in refused.text
    assert home.asked == []


async def test_knocking_at_doors_has_an_end(
    visitor: Browser, artists: Artists, network: Network, time: StoryTime
) -> None:
    home = Home(network, "gallery.example", Answer(404))
    statuses = [(await ask(visitor, f"@u{n}@gallery.example")).status_code for n in range(22)]
    assert statuses == [422] * 20 + [429] * 2
    assert len(home.asked) == 20
    refused = await ask(visitor, "@theo@gallery.example")
    assert refused.headers["retry-after"] == "300"
    assert "tried too often" in refused.text
    time.pass_by(minutes=6)
    assert (await ask(visitor, "@theo@gallery.example")).status_code == 422


async def test_the_question_has_a_page_of_its_own(visitor: Browser, artists: Artists) -> None:
    page = await visitor.get("/@mara/follow-from")
    assert "Where are you at home?" in page.text
    assert (await visitor.get("/@nobody/follow-from")).status_code == 404
    assert (await ask(visitor, "@theo@gallery.example", "nobody")).status_code == 404


async def test_artists_of_one_house_follow_each_other_by_a_button(
    theo_there: Browser, mara_there: Browser, services: Services
) -> None:
    assert "/@mara/follow" in (await theo_there.get("/@mara")).text
    asked = await theo_there.send("/@mara/follow")
    assert asked.headers["location"] == "/@mara"
    worker = InboxWorker(services)
    while await worker.work_once():
        pass
    assert "/@mara/unfollow" in (await theo_there.get("/@mara")).text
    assert "Edit profile" in (await mara_there.get("/@mara")).text
    await theo_there.send("/@mara/unfollow")
    while await worker.work_once():
        pass
    assert 'action="/@mara/follow"' in (await theo_there.get("/@mara")).text
    async with services.database.reading() as records:
        assert await records.followers.count((await records.artists.get("mara")).pk) == 0


async def test_nobody_follows_themselves(mara_there: Browser) -> None:
    await mara_there.get("/@mara")
    assert (await mara_there.send("/@mara/follow")).status_code == 422


@pytest.fixture
def eve(network: Network, time: StoryTime) -> Stranger:
    stranger = Stranger("far.example", network, time, generate_rsa())
    summary = '<p>Woodcuts.<script>alert(1)</script></p><img src="https://far.example/x.png">'
    stranger.serve("/users/eve", stranger.actor_document(name="Eve of Far", summary=summary, url=stranger.actor))
    links = [{"rel": "self", "type": "application/activity+json", "href": stranger.actor}]
    document = {"subject": "acct:eve@far.example", "links": links}
    stranger.serve("/.well-known/webfinger", document, type_="application/jrd+json")
    return stranger


@pytest.mark.parametrize("uri", ["@eve@far.example", "acct:eve@far.example", "https://far.example/users/eve"])
async def test_somebody_met_elsewhere_is_followed_from_here(
    mara_there: Browser, services: Services, eve: Stranger, uri: str
) -> None:
    page = await mara_there.get(f"/authorize_interaction?uri={uri}")
    assert page.status_code == 200
    assert "Eve of Far" in page.text and "Woodcuts." in page.text
    assert "alert(1)" not in page.text and "x.png" not in page.text
    assert "You will follow as @mara@studio.example." in page.text
    asked = await mara_there.send("/authorize_interaction", {"actor_id": eve.actor})
    after = await mara_there.follow(asked)
    assert "You asked to follow @eve@far.example." in after.text
    assert "Their server has not answered yet." in after.text
    async with services.database.reading() as records:
        follow = await records.following.find((await records.artists.get("mara")).pk, eve.actor)
        assert follow is not None and follow.state == "pending"
        assert (await records.deliveries.count(services.clock.now())).queued == 1


async def test_a_visitor_logs_in_before_following(visitor: Browser, artists: Artists) -> None:
    led = await visitor.get("/authorize_interaction?uri=@eve@far.example")
    assert led.headers["location"] == "/login?next=%2Fauthorize_interaction%3Furi%3D%40eve%40far.example"


async def test_an_artist_of_this_house_is_shown_at_home(mara_there: Browser) -> None:
    for uri in ("@theo@studio.example", "https://studio.example/users/theo", "https://studio.example/@theo"):
        assert (await mara_there.get(f"/authorize_interaction?uri={uri}")).headers["location"] == "/@theo"


@pytest.mark.parametrize(
    ("uri", "status"),
    [
        ("", 404),
        ("nonsense", 422),
        ("@nobody@studio.example", 404),
        ("@eve@nowhere.example", 422),
        ("https://nowhere.example/@eve", 422),
        ("https://127.0.0.1/@eve", 422),
        ("ftp://far.example/eve", 422),
    ],
)
async def test_who_cannot_be_found_is_told_in_a_sentence(mara_there: Browser, uri: str, status: int) -> None:
    page = await mara_there.get(f"/authorize_interaction?uri={uri}")
    assert page.status_code == status
    assert "Traceback" not in page.text


async def test_the_listed_are_not_looked_up(mara_there: Browser, ada_there: Browser, eve: Stranger) -> None:
    await ada_there.fill_in("/admin/blocklist", {"entry": "far.example", "reason": "harvests"})
    page = await mara_there.get("/authorize_interaction?uri=@eve@far.example")
    assert page.status_code == 403
    assert "This site deals with nobody at far.example." in page.text
