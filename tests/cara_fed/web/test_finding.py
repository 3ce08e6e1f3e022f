"""What visitors find: hashtags in every script, words of posts and pictures, artists; and what they do not."""

from urllib.parse import quote

from cara_fed.accounts.limits import SEARCH_BY_ADDRESS
from cara_fed.moderation.suspensions import suspend_artist
from cara_fed.publishing.drafts import PostDraft
from cara_fed.publishing.publish_post import publish_post
from cara_fed.services import Services
from storage.artists import Artist
from tests.cara_fed.web.test_walls import counted_queries, hang
from tests.support.browsers import Browser
from tests.web.markup import elements

Artists = dict[str, Artist]


async def test_a_hashtag_leads_to_its_page(visitor: Browser, services: Services, artists: Artists) -> None:
    for tag in ("Ink", "水墨", "Рисунок", "ＡＲＴ", "Straße", "किताब", "ציור_7"):
        post = await publish_post(services, artists["mara"], PostDraft(text=f"new #{tag}"))
        [link] = [one["href"] for one in elements(post.content, "a") if one.get("rel") == "tag"]
        page = await visitor.get(link.removeprefix("https://studio.example"))
        assert page.status_code == 200 and f'<h1 dir="auto">#{tag}</h1>' in page.text and post.url in page.text
        assert page.headers["content-usage"] == "train-ai=n"
        [canonical] = [one["href"] for one in elements(page.text, "link") if one["rel"] == "canonical"]
        assert canonical == link
        as_written = await visitor.get(f"/tags/{quote(tag)}?before=9")
        if as_written.status_code == 301:
            assert as_written.headers["location"].endswith(link.rpartition("/")[2] + "?before=9")


async def test_a_tag_shows_public_work_page_by_page(visitor: Browser, services: Services, artists: Artists) -> None:
    for _ in range(41):
        await hang(services, artists["mara"], hashtags=["ink"])
    words = await hang(services, artists["theo"], pictures=0, hashtags=["ink"])
    hidden = await hang(services, artists["theo"], hashtags=["ink"], visibility="followers")
    with counted_queries() as queries:
        page = await visitor.get("/tags/ink")
    assert len(queries) <= 4
    assert page.text.count('<li class="tile') == 39 and words.url in page.text and str(hidden.pk) not in page.text
    [older] = [one["href"] for one in elements(page.text, "a") if "before=" in one.get("href", "")]
    assert (await visitor.get(older)).text.count('<li class="tile') == 2


async def test_what_can_be_no_tag(visitor: Browser, artists: Artists) -> None:
    for path in ("/tags/7", "/tags/a%20b", "/tags/%00", "/tags/a%2Fb", "/tags/" + "x" * 101, "/tags/"):
        assert (await visitor.get(path)).status_code == 404, path


async def test_a_tag_that_nobody_used_is_empty(visitor: Browser, artists: Artists) -> None:
    page = await visitor.get("/tags/nobody")
    assert page.status_code == 200 and "Nothing hangs here yet" in page.text


async def test_a_visitor_finds_words_people_and_tags(visitor: Browser, services: Services, artists: Artists) -> None:
    salt = await hang(services, artists["mara"], text="Salt fields")
    words = await hang(services, artists["theo"], pictures=0, text="more salt")
    secret = await hang(services, artists["theo"], text="salt", visibility="followers")
    page = await visitor.get("/search?q=sALT")
    assert f"/@mara/{salt.pk}" in page.text and words.url in page.text and str(secret.pk) not in page.text
    assert "/@theo" in (await visitor.get("/search?q=@Theo")).text
    assert f"alt {salt.pk}.0" in (await visitor.get(f"/search?q=alt+{salt.pk}")).text
    assert "Nothing here has these words" in (await visitor.get("/search?q=%3Cscript%3E")).text
    for query, place in (
        ("%23Ink", "/tags/ink"),
        ("@mara@studio.example", "/@mara"),
        ("https://studio.example/@mara", "/@mara"),
    ):
        assert (await visitor.get(f"/search?q={query}")).headers["location"] == place
    assert "Words from a text" in (await visitor.get("/search")).text


async def test_a_visitor_makes_us_ask_nobody(visitor: Browser, artists: Artists) -> None:
    for query in ("@eve@far.example", "https://far.example/users/eve", "http://169.254.169.254/"):
        page = await visitor.get(f"/search?q={query}")
        assert page.status_code == 422 and "Log in to look there" in page.text


async def test_searches_are_counted(visitor: Browser, services: Services, artists: Artists) -> None:
    async with services.database.unit_of_work() as records:
        for _ in range(SEARCH_BY_ADDRESS.tries):
            key, seconds = SEARCH_BY_ADDRESS.key("203.0.113.7"), int(SEARCH_BY_ADDRESS.window.total_seconds())
            await records.rate_limits.hit(key, seconds, SEARCH_BY_ADDRESS.tries, services.clock.now())
    refused = await visitor.get("/search?q=salt")
    assert refused.status_code == 429 and int(refused.headers["retry-after"]) > 0
    assert (await visitor.get("/search")).status_code == 200


async def test_results_go_on(visitor: Browser, services: Services, artists: Artists) -> None:
    for _ in range(41):
        await hang(services, artists["mara"], pictures=0, text="salt & ink")
    page = await visitor.get("/search?q=salt+%26")
    [older] = [one["href"] for one in elements(page.text, "a") if "before=" in one.get("href", "")]
    rest = await visitor.get(older)
    assert older.startswith("/search?q=salt+%26&before=") and rest.text.count('<article class="entry') == 1
    assert "found-artists" not in rest.text


async def test_the_front_page_leads_to_what_is_usual(visitor: Browser, services: Services, artists: Artists) -> None:
    for tags in (["Ink", "水墨"], ["ink", "NoAI"], ["INK"]):
        await hang(services, artists["mara"], hashtags=tags)
    await hang(services, artists["mara"], hashtags=["secret"], visibility="unlisted")
    await hang(services, artists["mara"], hashtags=["words"], pictures=0)
    page = await visitor.get("/")
    assert [one["href"] for one in elements(page.text, "a") if "/tags/" in one.get("href", "")] == [
        "/tags/ink",
        f"/tags/{quote('水墨')}",
    ]


async def test_nothing_of_a_suspended_artist_is_found(visitor: Browser, services: Services, artists: Artists) -> None:
    work = await hang(services, artists["mara"], text="salt", hashtags=["ink"])
    places = ("/", "/feed.rss", "/tags/ink", "/tags/ink/feed.atom", "/search?q=salt", "/search?q=mara")
    for path in places:
        assert "mara" in (await visitor.get(path)).text.replace("q=mara", "").replace('value="mara"', ""), path
    await suspend_artist(services, artists["mara"].pk, "harassed somebody", artists["ada"])
    for path in places:
        assert str(work.pk) not in (await visitor.get(path)).text, path
        assert "/@mara" not in (await visitor.get(path)).text, path
    for path in ("/@mara/feed.rss", f"/oembed?url={quote(work.url, safe='')}"):
        assert (await visitor.get(path)).status_code == 404
