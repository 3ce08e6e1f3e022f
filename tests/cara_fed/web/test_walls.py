"""Walls, front and about: their states, their headers, their caching, and how few queries they cost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from cara_fed.publishing.delete_artist import delete_artist
from cara_fed.services import Services
from storage.artists import Artist
from storage.attachments import Rendition
from storage.posts import Post
from tests.support.browsers import Browser
from tests.support.clocks import StoryTime
from tests.support.rows import (
    make_attachment,
    make_follower,
    make_following,
    make_interaction,
    make_post,
    make_remote_actor,
)

Artists = dict[str, Artist]
SIZES = {"federated": 2560, "web": 2048, "web_small": 1024, "thumbnail": 400}


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def hang(services: Services, artist: Artist, pictures: int = 1, **columns: Any) -> Post:
    """A post in the database alone, without files."""
    pk, site = services.clock.new_pk(), services.site
    given = {"pk": pk, "artist_pk": artist.pk, "object_id": site.post(artist.name, pk)}
    given |= {
        "url": site.post_page(artist.name, pk),
        "content": f"<p>post {pk}</p>",
        "published_at": services.clock.now(),
    }
    async with services.database.unit_of_work() as records:
        post = make_post(site.actor(artist.name), **given | columns)
        await records.posts.add(post)
        for position in range(pictures):
            row = make_attachment(post_pk=pk, artist_pk=artist.pk, position=position, alt=f"alt {pk}.{position}")
            await records.attachments.add(row, tuple(_renditions(row.pk)))
    return post


def _renditions(attachment_pk: int) -> Iterator[Rendition]:
    for n, (kind, width) in enumerate(SIZES.items()):
        yield Rendition(
            attachment_pk=attachment_pk,
            kind=kind,
            hash=f"{attachment_pk:062x}{n:02x}",
            extension="jpg",
            media_type="image/jpeg",
            width=width,
            height=width * 3 // 4,
            byte_size=1,
        )


async def test_a_wall_of_sixty_costs_few_queries_and_few_bytes(
    visitor: Browser, mara_there: Browser, theo_there: Browser, services: Services, artists: Artists
) -> None:
    for _ in range(61):
        await hang(services, artists["mara"], pictures=2)
    for browser, most in ((visitor, 6), (mara_there, 8), (theo_there, 8)):
        with counted_queries() as queries:
            wall = await browser.get("/@mara")
        assert wall.text.count('<li class="tile') == 60
        assert len(queries) <= most, queries
    weight = len((await visitor.get("/@mara")).content)
    for url in re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', wall.text):
        weight += len((await visitor.get(url)).content)
    assert weight <= 120_000


@pytest.mark.parametrize("path", ["/", "/@mara/posts", "/@mara/about"])
async def test_no_page_asks_once_for_each_row(
    visitor: Browser, services: Services, artists: Artists, path: str
) -> None:
    counts = []
    for _ in range(2):
        for artist in artists.values():
            for _ in range(4):
                await hang(services, artist)
        with counted_queries() as queries:
            assert (await visitor.get(path)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10


async def test_a_wall_goes_on_to_older_works(
    visitor: Browser, services: Services, artists: Artists, time: StoryTime
) -> None:
    oldest = await hang(services, artists["mara"])
    time.pass_by(seconds=1)
    for _ in range(60):
        await hang(services, artists["mara"])
    wall = await visitor.get("/@mara")
    older = re.search(r'href="(/@mara\?before=[0-9]+)"', wall.text)
    assert older
    assert f'href="/@mara/{oldest.pk}"' not in wall.text
    rest = await visitor.get(older[1])
    assert rest.text.count('<li class="tile') == 1
    assert f'href="/@mara/{oldest.pk}"' in rest.text
    assert "?before=" not in rest.text


async def test_the_front_shows_everybodys_public_work_and_who_they_are(
    visitor: Browser, services: Services, artists: Artists
) -> None:
    shown = await hang(services, artists["mara"])
    hidden = await hang(services, artists["theo"], visibility="unlisted")
    async with services.database.unit_of_work() as records:
        (await records.artists.get("ada")).discoverable = False
    front = (await visitor.get("/")).text
    assert f"/@mara/{shown.pk}" in front
    assert f"/@theo/{hidden.pk}" not in front
    assert 'href="/@theo"' in front
    assert 'href="/@ada"' not in front
    assert "1 work" in front and "0 works" in front


async def test_about_tells_followers_and_opt_out(visitor: Browser, services: Services, artists: Artists) -> None:
    mara = artists["mara"]
    async with services.database.unit_of_work() as records:
        for n in range(3):
            await records.remote_actors.record(make_remote_actor(f"https://b.example/users/u{n}"))
            await records.followers.record(make_follower(mara.pk, f"https://b.example/users/u{n}"))
        row = await records.artists.get("mara")
        row.summary, row.opt_out = "I draw <b>salt</b>. #ink", "no-ai"
        row.fields = [{"name": "Shop", "value": "https://shop.example"}]
    about = await visitor.get("/@mara/about")
    assert "<dd>3</dd>" in about.text
    assert "I draw &lt;b&gt;salt&lt;/b&gt;." in about.text
    assert 'rel="me nofollow noopener"' in about.text
    assert "Mara says this of all their work." in about.text
    assert about.headers["content-usage"] == "train-ai=n, search=y"


async def test_pages_name_their_documents(visitor: Browser, services: Services, artists: Artists) -> None:
    post = await hang(services, artists["mara"])
    for path, document in (("/@mara", "/users/mara"), (f"/@mara/{post.pk}", f"/users/mara/posts/{post.pk}")):
        page = await visitor.get(path, accept="text/html")
        url = f"https://studio.example{document}"
        assert f'<link rel="alternate" type="application/activity+json" href="{url}">' in page.text
        links = page.headers.get_list("link")
        assert any(link.startswith(f"<{url}>") and "application/activity+json" in link for link in links)
        vary = {word.strip() for word in page.headers["vary"].split(",")}
        assert {"Accept", "Cookie", "Signature"} <= vary


async def test_a_document_address_shows_people_the_page(visitor: Browser, services: Services, artists: Artists) -> None:
    post = await hang(services, artists["mara"])
    for path in ("/users/mara", f"/users/mara/posts/{post.pk}"):
        page = await visitor.get(path, accept="text/html,application/xhtml+xml,*/*;q=0.8")
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")


async def test_a_name_in_other_letters_leads_to_the_right_one(visitor: Browser, artists: Artists) -> None:
    assert (await visitor.get("/@MARA")).headers["location"] == "/@mara"
    assert (await visitor.get("/@Mara/posts?before=9")).headers["location"] == "/@mara/posts?before=9"


async def test_public_pages_may_be_kept_a_moment_and_private_ones_may_not(
    visitor: Browser, mara_there: Browser, artists: Artists
) -> None:
    for path in ("/", "/@mara", "/@mara/about", "/policies/ai"):
        page = await visitor.get(path)
        assert page.headers["cache-control"] == "public, max-age=30"
        assert "set-cookie" not in page.headers
        again = await visitor.get(path, if_none_match=page.headers["etag"])
        assert (again.status_code, again.content) == (304, b"")
        own = await mara_there.get(path)
        assert own.headers["cache-control"] == "private, no-cache"
    assert (await visitor.get("/@nobody")).headers["cache-control"] == "private, no-cache"


async def test_every_answer_tells_browsers_what_to_refuse(visitor: Browser, artists: Artists) -> None:
    for path in ("/", "/@mara", "/login", "/nothing", "/publish", "/@mara/1"):
        page = await visitor.get(path)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert ("form-action 'self' https:" in policy) == (path == "/@mara")
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["strict-transport-security"]
        assert not re.search(r"<style|<script(?! type=\"module\" src=)| on[a-z]+=| style=", page.text)


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/@nobody", 404, "Nothing hangs here"),
        ("/@mara/1", 404, "Nothing hangs here"),
        ("/@mara/notanumber", 404, "Nothing hangs here"),
        ("/@mara/99999999999999999999", 404, "Nothing hangs here"),
        ("/no/such/page", 404, "Nothing hangs here"),
    ],
)
async def test_what_is_not_there_says_so(
    visitor: Browser, artists: Artists, path: str, status: int, title: str
) -> None:
    page = await visitor.get(path)
    assert page.status_code == status
    assert title in page.text


async def test_a_wrong_method_says_which_are_right(visitor: Browser, artists: Artists) -> None:
    refused = await visitor.client.put("/login")
    assert refused.status_code == 405
    assert {"GET", "POST"} <= set(refused.headers["allow"].split(", "))


async def test_an_artist_who_left_is_gone_with_all_work(visitor: Browser, services: Services, artists: Artists) -> None:
    post = await hang(services, artists["theo"], pictures=0)
    await delete_artist(services, artists["theo"])
    for path in ("/@theo", "/@theo/about", f"/@theo/{post.pk}"):
        assert (await visitor.get(path)).status_code == 410


async def test_an_artist_who_moved_says_where_to(visitor: Browser, services: Services, artists: Artists) -> None:
    there = make_remote_actor("https://b.example/users/mara", url="https://b.example/@mara")
    async with services.database.unit_of_work() as records:
        await records.remote_actors.record(there)
        (await records.artists.get("mara")).moved_to = there.actor_id
    assert "@mara@b.example" in (await visitor.get("/@mara")).text


async def test_answers_stand_below_a_post_but_not_those_of_the_listed(
    visitor: Browser, services: Services, artists: Artists, ada_there: Browser
) -> None:
    post = await hang(services, artists["mara"])
    replies = (("https://b.example/users/kei", "public"), ("https://scraper.example/users/bot", "public"))
    async with services.database.unit_of_work() as records:
        for actor_id, visibility in (*replies, ("https://b.example/users/shy", "followers")):
            await records.remote_actors.record(make_remote_actor(actor_id, icon_url="https://b.example/icon.png"))
            text = f'<p>words of {actor_id}<script>alert(1)</script></p><img src="https://b.example/x.png">'
            await records.posts.add(
                make_post(actor_id, in_reply_to=post.object_id, visibility=visibility, content=text)
            )
        for kind, n in (("like", 2), ("announce", 1)):
            for person in range(n):
                await records.interactions.add(
                    make_interaction(kind, f"https://b.example/users/p{person}", post.object_id)
                )
    own = await hang(services, artists["theo"], pictures=0, in_reply_to=post.object_id, content="<p>Lovely.</p>")
    await ada_there.fill_in("/admin/blocklist", {"entry": "scraper.example", "reason": "harvests"})
    page = (await visitor.get(f"/@mara/{post.pk}")).text
    assert "words of https://b.example/users/kei" in page
    assert "words of https://scraper.example" not in page
    assert "users/shy" not in page
    assert "alert(1)" not in page and "x.png" not in page and "icon.png" not in page
    assert "Lovely." in page and f"/@theo/{own.pk}" in page
    assert "2 likes" in page and "1 share" in page and "2 replies" in page


async def test_works_beside_a_post_can_be_reached(visitor: Browser, services: Services, artists: Artists) -> None:
    first, middle, last = [await hang(services, artists["mara"]) for _ in range(3)]
    page = (await visitor.get(f"/@mara/{middle.pk}")).text
    assert f'href="/@mara/{first.pk}" rel="next"' in page
    assert f'href="/@mara/{last.pk}" rel="prev"' in page
    assert 'rel="next"' not in (await visitor.get(f"/@mara/{first.pk}")).text


async def test_a_local_follower_sees_what_is_for_followers(
    theo_there: Browser, services: Services, artists: Artists
) -> None:
    post = await hang(services, artists["mara"], visibility="followers")
    assert (await theo_there.get(f"/@mara/{post.pk}")).status_code == 404
    async with services.database.unit_of_work() as records:
        await records.following.record(make_following(artists["theo"].pk, services.site.actor("mara")))
    assert (await theo_there.get(f"/@mara/{post.pk}")).status_code == 200
    assert f"/@mara/{post.pk}" in (await theo_there.get("/@mara")).text


async def test_a_session_left_alone_ends(mara_there: Browser, time: StoryTime) -> None:
    time.pass_by(days=29)
    assert (await mara_there.get("/settings")).status_code == 200
    time.pass_by(days=29)
    assert (await mara_there.get("/settings")).status_code == 200
    time.pass_by(days=31)
    assert (await mara_there.get("/settings")).status_code == 303


async def test_static_files_are_kept_for_ever(visitor: Browser) -> None:
    front = (await visitor.get("/")).text
    url = re.search(r'href="(/static/site\.[0-9a-f]+\.css)"', front)
    assert url
    sheet = await visitor.get(url[1])
    assert "immutable" in sheet.headers["cache-control"]
    assert (await visitor.get(url[1], if_none_match=sheet.headers["etag"])).status_code == 304
    assert (await visitor.get("/static/site.css")).status_code == 404
