"""Company on the pages: home, notifications, search, people and posts of elsewhere; no button needs a script."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from cara_fed.inbox.worker import InboxWorker
from cara_fed.publishing.drafts import PostDraft
from cara_fed.publishing.follow_actor import follow_actor
from cara_fed.publishing.publish_post import publish_post
from cara_fed.services import Services
from storage.artists import Artist
from storage.posts import Post
from tests.support.browsers import Browser
from tests.support.clocks import StoryTime
from tests.support.keypairs import KeyPairs
from tests.support.network import Network
from tests.support.strangers import Stranger

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
ARTISTS = Mapping[str, Artist]


@pytest.fixture
def eve(network: Network, services: Services) -> Stranger:
    """Somebody of far.example, with a picture, a post and a profile."""
    stranger = Stranger("far.example", network, StoryTime(), KeyPairs().next_rsa())
    profile = stranger.actor_document(
        summary="<p>I draw <script>alert(1)</script>herons</p>",
        name="Eve of the Reeds",
        attachment=[{"type": "PropertyValue", "name": "Shop", "value": "<a href='https://shop.example'>here</a>"}],
        icon={"type": "Image", "url": "https://far.example/face.png"},
        otherSetting=[{"type": "PropertyValue", "name": "noai", "value": True}],
    )
    stranger.serve("/users/eve", profile)
    picture = {"type": "Image", "mediaType": "image/png", "url": "https://far.example/heron.png", "name": "a heron"}
    stranger.serve("/users/eve/notes/1", stranger.note(1, attachment=[picture]))
    stranger.serve("/heron.png", PNG, type_="text/html")
    stranger.serve("/face.png", b"<script>", type_="image/png")
    finger = {"subject": "acct:eve@far.example"}
    finger["links"] = [{"rel": "self", "type": "application/activity+json", "href": stranger.actor}]  # type: ignore[assignment]
    stranger.serve("/.well-known/webfinger", finger, type_="application/jrd+json")
    return stranger


async def publish(services: Services, artist: Artist, text: str, **choices: Any) -> Post:
    return await publish_post(services, artist, PostDraft(text=text, **choices))


async def work(services: Services) -> None:
    worker = InboxWorker(services)
    while await worker.work_once():
        pass


async def test_home_and_all_of_company_is_for_those_who_are_signed_in(artists: ARTISTS, visitor: Browser) -> None:
    for path in ("/home", "/notifications", "/actors/1", "/posts/1", "/report"):
        answer = await visitor.get(path)
        assert answer.status_code == 303 and answer.headers["location"].startswith("/login"), path
    assert (await visitor.send("/posts/1/like")).status_code in (400, 401)


async def test_an_empty_home_says_how_to_begin(mara_there: Browser) -> None:
    page = await mara_there.get("/home")
    assert page.status_code == 200
    assert "Find somebody by their handle" in page.text and 'name="q"' in page.text


async def test_home_shows_followed_posts_and_buttons_work(
    services: Services, artists: ARTISTS, mara_there: Browser, theo_there: Browser
) -> None:
    await follow_actor(services, artists["mara"], services.site.actor("theo"))
    await work(services)
    post = await publish(services, artists["theo"], "a tree by the river")
    assert "a tree by the river" in (await mara_there.get("/home")).text

    for what, words in (("like", "unlike"), ("announce", "unannounce")):
        answer = await mara_there.send(f"/posts/{post.pk}/{what}", {"back": "/home"})
        assert answer.status_code == 303 and answer.headers["location"] == f"/home#post-{post.pk}"
        assert f"/posts/{post.pk}/{words}" in (await mara_there.get("/home")).text
    await work(services)
    told = await theo_there.get("/notifications")
    assert "likes your post" in told.text and "shared your post" in told.text and "follows you" in told.text


async def test_notifications_are_counted_until_they_are_marked_as_read(
    services: Services, artists: ARTISTS, mara_there: Browser
) -> None:
    await publish(services, artists["theo"], "look, @mara")
    await work(services)
    page = await mara_there.get("/notifications")
    assert re.search(r'class="unread">1<', page.text) and "named you" in page.text
    newest = re.search(r'name="newest_pk" value="(\d+)"', page.text)
    assert newest is not None
    await mara_there.send("/notifications/read", {"newest_pk": newest[1]})
    page = await mara_there.get("/notifications")
    assert "named you" in page.text and 'class="unread"' not in page.text


async def test_who_asks_to_follow_is_answered_where_it_is_told(
    services: Services, artists: ARTISTS, mara_there: Browser
) -> None:
    async with services.database.unit_of_work() as records:
        (await records.artists.get("mara")).manually_approves = True
    await follow_actor(services, artists["theo"], services.site.actor("mara"))
    await work(services)
    assert "Let them follow" in (await mara_there.get("/notifications")).text
    theo = services.site.actor("theo")
    answer = await mara_there.send("/people/accept", {"actor_id": theo, "back": "/notifications"})
    assert answer.status_code == 303
    assert "Let them follow" not in (await mara_there.get("/notifications")).text
    async with services.database.reading() as records:
        assert [row.actor_id for row in await records.followers.find_page(artists["mara"].pk)] == [theo]


async def test_an_answer_is_published_and_told(services: Services, artists: ARTISTS, mara_there: Browser) -> None:
    post = await publish(services, artists["theo"], "a tree")
    form = await mara_there.get(f"/posts/{post.pk}/reply")
    assert "@theo@studio.example" in form.text
    assert (await mara_there.send(f"/posts/{post.pk}/reply", {"text": " "})).status_code == 422
    answer = await mara_there.send(f"/posts/{post.pk}/reply", {"text": "@theo lovely", "visibility": "unlisted"})
    assert answer.status_code == 303
    assert "lovely" in (await mara_there.get(post.url)).text


@pytest.mark.parametrize("query", ["@eve@far.example", "https://far.example/users/eve"])
async def test_somebody_elsewhere_is_found_and_followed(
    artists: ARTISTS, mara_there: Browser, eve: Stranger, query: str
) -> None:
    found = await mara_there.get("/search?q=" + query)
    page = await mara_there.follow(found)
    assert "Eve of the Reeds" in page.text and "herons" in page.text and "alert(1)" not in page.text
    assert "https://far.example/face.png" not in page.text
    path = found.headers["location"]
    await mara_there.send("/people/follow", {"actor_id": eve.actor, "back": path})
    assert "Asked to follow" in (await mara_there.get(path)).text
    await mara_there.send("/people/block", {"actor_id": eve.actor, "back": path})
    assert "Unblock" in (await mara_there.get(path)).text
    assert "Eve of the Reeds" in (await mara_there.get("/settings/people")).text


async def test_a_post_elsewhere_is_found_with_its_picture_through_the_proxy(
    services: Services, artists: ARTISTS, mara_there: Browser, eve: Stranger
) -> None:
    page = await mara_there.follow(await mara_there.get("/search?q=https://far.example/users/eve/notes/1"))
    assert "note 1" in page.text and 'alt="a heron"' in page.text
    assert "far.example/heron.png" not in page.text
    source = re.search(r'src="(/media/remote/[^"]+)"[^>]*alt="a heron"', page.text)
    assert source is not None
    picture = await mara_there.get(source[1])
    assert picture.status_code == 200 and picture.content == PNG
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["x-content-type-options"] == "nosniff"
    assert "noai" in picture.headers["x-robots-tag"]
    again = await mara_there.get(source[1], if_none_match=picture.headers["etag"])
    assert again.status_code == 304
    assert (await mara_there.get(source[1][:-2] + "AA")).status_code == 404


async def test_nothing_is_found_where_there_is_nothing(artists: ARTISTS, mara_there: Browser, eve: Stranger) -> None:
    for query in ("@nobody@studio.example", "https://far.example/missing", "https://nowhere.example/x"):
        page = await mara_there.get("/search?q=" + query)
        assert page.status_code == 422, query
        assert "q-error" in page.text


async def test_a_report_is_filed_from_a_post(
    services: Services, artists: ARTISTS, mara_there: Browser, ada_there: Browser
) -> None:
    post = await publish(services, artists["theo"], "mine, I swear")
    form = await mara_there.get(f"/report?post={post.pk}")
    assert "mine, I swear" in form.text
    fields = {"actor_id": services.site.actor("theo"), "post_pk": str(post.pk)}
    assert (await mara_there.send("/report", fields)).status_code == 422
    assert (await mara_there.send("/report", {**fields, "content": "stolen"})).status_code == 303
    assert "stolen" in (await ada_there.get("/notifications")).text


async def test_who_is_blocked_and_muted_can_be_let_back(
    services: Services, artists: ARTISTS, mara_there: Browser
) -> None:
    theo = services.site.actor("theo")
    assert "/people/mute" in (await mara_there.get("/@theo")).text
    for what in ("mute", "block"):
        await mara_there.send(f"/people/{what}", {"actor_id": theo, "back": "/@theo"})
    page = await mara_there.get("/settings/people")
    assert page.text.count("@theo@studio.example") == 2
    for what in ("unmute", "unblock"):
        await mara_there.send(f"/people/{what}", {"actor_id": theo, "back": "/settings/people"})
    assert "@theo@studio.example" not in (await mara_there.get("/settings/people")).text


async def test_nobody_acts_upon_somebody_never_met(artists: ARTISTS, mara_there: Browser) -> None:
    answer = await mara_there.send("/people/follow", {"actor_id": "https://never.example/users/x", "back": "/home"})
    assert answer.status_code == 404


async def test_a_direct_post_is_for_its_parties_alone(
    services: Services, artists: ARTISTS, mara_there: Browser, ada_there: Browser
) -> None:
    post = await publish(services, artists["theo"], "between us, @ada", visibility="direct")
    await work(services)
    assert "between us" in (await ada_there.get("/messages")).text
    assert "between us" not in (await mara_there.get("/messages")).text
    for path in ("", "/reply"):
        assert (await mara_there.get(f"/posts/{post.pk}{path}")).status_code == 404
    assert (await mara_there.send(f"/posts/{post.pk}/like", {"back": "/home"})).status_code == 404


async def test_a_post_is_quoted_once_its_author_has_let_it_be(
    services: Services, artists: ARTISTS, mara_there: Browser, theo_there: Browser, visitor: Browser
) -> None:
    saved = await theo_there.fill_in("/settings/quotes", {"quote_policy": "ask"})
    assert saved.status_code == 303 and 'value="ask" selected' in (await theo_there.get("/settings/quotes")).text
    assert (await theo_there.send("/settings/quotes", {"quote_policy": "whoever"})).status_code == 422
    asked = await theo_there.fill_in("/publish", {"text": "a tree by the river"}, files={"picture-0": ("", b"")})
    quoted = int(asked.headers["location"].rpartition("/")[2])

    assert "is asked first" in (await mara_there.get(f"/posts/{quoted}/quote")).text
    sent = await mara_there.send(f"/posts/{quoted}/quote", {"text": "look at this"})
    path = sent.headers["location"]
    await work(services)
    assert "once its author agrees" in (await mara_there.get(path)).text
    assert "<blockquote" not in (await visitor.get(path)).text

    told = (await theo_there.get("/notifications")).text
    allow = re.search(r'action="(/posts/\d+)/allow_quote"', told)
    assert allow is not None and "asks to quote your post" in told
    assert (await theo_there.send(f"{allow[1]}/allow_quote", {"back": "/notifications"})).status_code == 303
    shown = (await visitor.get(path)).text
    assert '<blockquote class="quoted"' in shown and "a tree by the river" in shown
    assert '<blockquote class="quoted"' in (await visitor.get("/@mara/posts")).text
    assert "Show a link to your post alone" in (await theo_there.get(path)).text
    await theo_there.send(f"{allow[1]}/refuse_quote", {"back": path})
    assert "<blockquote" not in (await visitor.get(path)).text

    await theo_there.fill_in(f"/@theo/{quoted}/edit", {"text": "a tree", "quote_policy": "nobody"})
    refused = await mara_there.get(f"/posts/{quoted}/quote")
    assert refused.status_code == 403 and "does not let this post be quoted" in refused.text


async def test_a_thread_is_shown_to_visitors_with_pictures_and_covers(
    services: Services, artists: ARTISTS, mara_there: Browser, visitor: Browser, eve: Stranger
) -> None:
    post = await publish(services, artists["mara"], "a hill")
    picture = {"type": "Image", "mediaType": "image/png", "url": "https://far.example/heron.png", "name": "a heron"}
    inbox = services.site.shared_inbox
    notes = [
        eve.note(1, inReplyTo=post.object_id, attachment=[picture], summary="birds"),
        eve.note(2, inReplyTo=f"{eve.actor}/notes/1"),
        eve.note(3, inReplyTo=f"{eve.actor}/notes/2", to=[services.site.actor("mara")], cc=[]),
    ]
    mention = [{"type": "Mention", "href": services.site.actor("mara")}]
    for number, note in enumerate(notes):
        await eve.post(inbox, eve.activity("Create", {**note, "tag": mention}, number))
    await work(services)
    page = (await visitor.get(post.url)).text
    assert "birds" in page and 'alt="a heron"' in page and "/media/remote/" in page
    assert "note 2" in page and "in-1" in page and "note 3" not in page
    assert "says this on their own server" in page and "1 reply<" in page
    assert 'href="/posts/' not in page.partition('id="replies"')[2]
    assert "/reply" in (await mara_there.get(post.url)).text.partition('id="replies"')[2]


async def test_a_poll_is_asked_by_the_form_and_answered_below_the_post(
    services: Services, artists: ARTISTS, mara_there: Browser, theo_there: Browser, visitor: Browser
) -> None:
    nothing = {"picture-0": ("", b"")}
    one = await mara_there.fill_in("/publish", {"text": "Which?", "poll-0": "Ink"}, files=nothing)
    assert one.status_code == 422 and "2 to 8 answers" in one.text and 'poll-form" open' in one.text
    asked = await mara_there.send("/publish", {"text": "Which?", "poll-0": "Ink <b>", "poll-3": "Oil"}, files=nothing)
    path = asked.headers["location"]
    pk = path.rpartition("/")[2]
    assert "/vote" not in (await visitor.get(path)).text and "Ink &lt;b&gt;" in (await visitor.get(path)).text

    assert f'action="/posts/{pk}/vote"' in (await theo_there.get(path)).text
    await theo_there.send(f"/posts/{pk}/vote", {"back": path})
    assert "Choose an answer first." in (await theo_there.get(path)).text
    await theo_there.send(f"/posts/{pk}/vote", {"back": path, "choice": "1"})
    page = (await theo_there.get(path)).text
    assert "Your answer" in page and "1 person voted" in page and "/vote" not in page
    assert (await theo_there.send(f"/posts/{pk}/vote", {"choice": "0"})).status_code == 403


async def test_emoji_reactions_and_earlier_versions_are_shown(
    services: Services, artists: ARTISTS, mara_there: Browser, theo_there: Browser, visitor: Browser, eve: Stranger
) -> None:
    cat = {"type": "Emoji", "name": ":cat:", "icon": {"type": "Image", "url": "https://far.example/cat.png"}}
    eve.serve("/users/eve", eve.actor_document(name="Eve :cat:", tag=[cat]))
    post = await publish(services, artists["mara"], "a hill")
    mention = {"type": "Mention", "href": services.site.actor("mara")}
    answer = eve.note(1, inReplyTo=post.object_id, content="<p>meow :cat: :dog:</p>", tag=[cat, mention])
    edited = {**answer, "content": "<p>purr</p>", "updated": "2026-11-22T11:30:00Z"}
    react = eve.activity("EmojiReact", post.object_id, content=":cat:", tag=[cat])
    private = {**eve.note(2, to=[services.site.actor("mara")], cc=[]), "tag": [mention]}
    changed = {**private, "content": "<p>psst</p>", "updated": "2026-11-22T11:30:00Z"}
    for number, (kind, note) in enumerate([("Create", answer), ("Create", private), ("Update", changed)]):
        await eve.post(services.site.shared_inbox, eve.activity(kind, note, number))
    await eve.post(services.site.shared_inbox, react)
    await work(services)
    page = (await visitor.get(post.url)).text
    emoji = re.findall(r'<img class="emoji" src="([^"]+)" alt=":cat:" title=":cat:"', page)
    assert len(emoji) == 3 and all(address.startswith("/media/remote/") for address in emoji)
    assert "far.example/cat.png" not in page and ":dog:" in page
    assert "reacted to your post" in (await mara_there.get("/notifications")).text

    await eve.post(services.site.shared_inbox, eve.activity("Update", edited, 9))
    await work(services)
    history = re.search(r'href="(/posts/\d+/history)"', (await mara_there.get(post.url)).text)
    assert history is not None
    shown = (await mara_there.get(history[1])).text
    assert "purr" in shown and "meow" in shown
    assert (await visitor.get(history[1])).status_code == 303
    async with services.database.reading() as records:
        secret = await records.posts.get(private["id"])
    assert "note 2" in (await mara_there.get(f"/posts/{secret.pk}/history")).text
    assert (await theo_there.get(f"/posts/{secret.pk}/history")).status_code == 404

    await mara_there.fill_in(f"{post.url}/edit", {"text": "a mountain"})
    assert "a hill" in (await visitor.get(f"{post.url}/history")).text
    await mara_there.send(f"{post.url}/delete")
    assert (await visitor.get(f"{post.url}/history")).status_code == 410
