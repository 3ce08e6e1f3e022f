"""May AI be trained on this? Asked on forms, answered on a page as raw text, and what crawlers made of it."""

import html
import json
import re

from activitypub.opt_out import OptOut
from cara_fed.publishing.own_posts import find_own_post
from cara_fed.publishing.restate_all import restate_once
from cara_fed.services import Services
from cara_fed.translate.rights import DIGITAL_SOURCES, LICENSES
from storage.artists import Artist
from storage.posts import Post
from tests.cara_fed.web.test_publishing import files, publish
from tests.support.browsers import Browser
from tests.support.instances import jpeg
from tests.support.rows import make_remote_actor

Artists = dict[str, Artist]
BY = next(iter(LICENSES))
DRAWN = next(iter(DIGITAL_SOURCES))


def told(page: str) -> dict[str, str]:
    """The surfaces of a page and their texts."""
    blocks = re.findall(r'<details class="told".*?<summary>(.*?)</summary>(.*?)</details>', page, re.DOTALL)
    texts = {}
    for summary, rest in blocks:
        found = re.search(r"<code>(.*?)</code>", rest, re.DOTALL)
        texts[re.sub(r"<.*", "", summary).strip()] = html.unescape(found[1]) if found else ""
    return texts


async def test_the_artist_reads_what_the_world_is_told(
    mara_there: Browser, visitor: Browser, theo_there: Browser
) -> None:
    path = await publish(
        mara_there,
        files(jpeg(), jpeg(320, 240)),
        **{"opt_out": "no-ai", "opt_out-1": "allow", "license": BY, "digital_source_type": DRAWN},
    )
    texts = told((await mara_there.get(f"{path}/opt-out")).text)
    note = json.loads(texts["The post as other servers get it"])
    assert note["plus:DataMining"].endswith("PROHIBITED-EXCEPTSEARCHENGINEINDEXING")
    assert note["attachment"][1]["plus:DataMining"].endswith("ALLOWED")
    assert (note["license"], note["digitalSourceType"]) == (BY, DRAWN)

    page = await visitor.get(path)
    for line in texts["Headers of the page and the document"].splitlines():
        name, _, value = line.partition(": ")
        assert value in page.headers.get_list(name)
    for line in texts["The head of the page"].splitlines():
        assert line in page.text
    image = json.loads(re.findall(r'ld\+json">(.*?)</script>', page.text)[0])[1]["contentUrl"]
    picture = await visitor.get(image)
    for line in texts["Headers of picture 2"].splitlines():
        name, _, value = line.partition(": ")
        assert value in picture.headers.get_list(name)
    assert "DMI-ALLOWED" in texts["Inside the file of picture 2 (XMP)"]
    for name, address in (
        ("robots.txt of this site", "/robots.txt"),
        ("ai.txt of this site", "/ai.txt"),
        ("The licence for machines (RSL)", "/license.xml?policy=no-ai"),
    ):
        assert (await visitor.get(address)).text.strip() == texts[name].strip()
    tdmrep = texts["tdmrep.json of this site"]
    assert (await visitor.get("/.well-known/tdmrep.json")).json() == json.loads(tdmrep)
    offer = json.loads(texts["The offer behind the reservation (ODRL)"])
    assert (await visitor.get("/policies/tdm/2")).json() == offer

    assert (await visitor.get(f"{path}/opt-out")).status_code in (302, 303)
    assert (await theo_there.get(f"{path}/opt-out")).status_code == 404


async def test_what_is_unset_says_nothing(mara_there: Browser, visitor: Browser) -> None:
    path = await publish(mara_there, opt_out="unset")
    page = (await mara_there.get(f"{path}/opt-out")).text
    texts = told(page)
    assert "plus:" not in texts["The post as other servers get it"]
    assert texts["Headers of the page and the document"] == texts["Headers of picture 1"] == ""
    assert texts["The licence for machines (RSL)"] == texts["The offer behind the reservation (ODRL)"] == ""
    assert "says nothing" in page
    shown = await visitor.get(path)
    for name in ("content-usage", "tdm-reservation", "tdm-policy", "x-robots-tag"):
        assert name not in shown.headers


async def test_another_answer_for_one_picture_is_given_later(
    mara_there: Browser, services: Services, artists: Artists
) -> None:
    path = await publish(mara_there, files(jpeg(), jpeg(320, 240)), text="two")
    answer = await mara_there.fill_in(
        f"{path}/edit", {"text": "two", "opt_out": "", "opt_out-0": "", "opt_out-1": "no-automated-use", "license": BY}
    )
    assert answer.status_code == 303
    rows = await find_own_post(services, artists["mara"], int(path.rpartition("/")[2]))
    assert [one.attachment.opt_out for one in rows.pictures] == [None, "no-automated-use"]
    assert rows.post.license == BY
    page = (await mara_there.get(path)).text
    assert f'<link rel="license" href="{BY}">' in page and "CC BY 4.0" in page
    form = (await mara_there.get(f"{path}/edit")).text
    assert '<option value="no-automated-use" selected>' in form and f'<option value="{BY}" selected>' in form


async def test_the_settings_hold_for_all_work_and_on_demand_for_the_past(
    mara_there: Browser, services: Services, artists: Artists
) -> None:
    path = await publish(mara_there, text="old")
    fields = {"opt_out": "no-ai", "license": BY, "tags_no_ai": "1", "acquire_license_page": "https://mara.example/ask"}
    assert (await mara_there.fill_in("/settings/opt-out", fields)).status_code == 303
    form = (await mara_there.get("/settings/opt-out")).text
    assert f'<option value="{BY}" selected>' in form and "https://mara.example/ask" in form
    assert re.search(r'id="tags_no_ai"[^>]* checked', form) and not re.search(r'id="states_opt_out"[^>]* checked', form)

    new = await publish(mara_there, text="new")
    head = (await mara_there.get(new)).text
    assert '"acquireLicensePage":"https://mara.example/ask"' in head
    assert '<meta name="robots" content="noai, noimageai, noarchive">' in head
    assert 'content="noai, noimageai">' in (await mara_there.get(path)).text
    await mara_there.get("/settings/opt-out")
    assert (await mara_there.send("/settings/opt-out/rewrite")).status_code == 303
    while await restate_once(services):
        pass
    assert "noarchive" in (await mara_there.get(path)).text


async def test_choices_that_are_none_are_refused(mara_there: Browser) -> None:
    for name, value in (
        ("opt_out", "maybe"),
        ("opt_out-0", "maybe"),
        ("license", "https://evil.example/"),
        ("digital_source_type", "x"),
    ):
        answer = await mara_there.fill_in("/publish", {"text": "x", name: value}, files=files(jpeg()))
        assert answer.status_code == 422, name
    for name, value in (("license", "x"), ("acquire_license_page", "javascript:alert(1)")):
        assert (await mara_there.fill_in("/settings/opt-out", {name: value})).status_code == 422


async def test_names_cannot_break_out_of_the_data(mara_there: Browser, visitor: Browser) -> None:
    name = '</script><script>alert(1)</script>" & \u2028'
    assert (await mara_there.fill_in("/settings", {"display_name": name})).status_code == 303
    page = (await visitor.get(await publish(mara_there))).text
    [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert json.loads(data)["creator"]["name"].startswith("</script><script>alert(1)")
    assert "<script>alert" not in page


async def test_admins_see_which_crawlers_came(
    ada_there: Browser, mara_there: Browser, visitor: Browser, artists: Artists
) -> None:
    crawler = {"user_agent": "Mozilla/5.0 (compatible; GPTBot/1.2)"}
    await visitor.get("/robots.txt", **crawler)
    assert (await visitor.get("/@mara", **crawler)).status_code == 403
    assert (await visitor.get("/@mara", user_agent="OAI-SearchBot/1.0")).status_code == 200
    page = (await ada_there.get("/admin/crawlers")).text
    rows = re.findall(r'<tr><th scope="row"><bdi>(.*?)</bdi>.*?<td data-label="Behaviour">(.*?)</td>', page, re.DOTALL)
    assert {name: re.sub("<.*?>", "", words) for name, words in rows} == {
        "GPTBot": "Read the rules and came anyway",
        "OAI-SearchBot": "Took what it may",
    }
    assert (await mara_there.get("/admin/crawlers")).status_code == 403


async def test_what_others_say_is_shown_beside_their_words(
    mara_there: Browser, visitor: Browser, services: Services, artists: Artists
) -> None:
    path = await publish(mara_there)
    post_id = f"https://studio.example/users/mara/posts/{path.rpartition('/')[2]}"
    quiet, loud, object_level = (f"https://far.example/users/{name}" for name in ("quiet", "loud", "other"))
    async with services.database.unit_of_work() as records:
        for actor, policy in ((quiet, None), (loud, "no-ai"), (object_level, "no-ai")):
            await records.remote_actors.record(make_remote_actor(actor, opt_out=policy))
        for number, (actor, policy) in enumerate(((quiet, None), (loud, None), (object_level, "no-automated-use"))):
            await records.posts.add(
                Post(
                    pk=number + 1,
                    object_id=f"{actor}/1",
                    actor_id=actor,
                    content=f"<p>reply {number}</p>",
                    visibility="public",
                    opt_out=policy,
                    in_reply_to=post_id,
                    published_at=services.clock.now(),
                )
            )
    page = (await visitor.get(path)).text.partition('id="replies"')[2]
    entries = re.findall(r'<article class="entry.*?</article>', page, re.DOTALL)
    badges = {re.search(r"reply (\d)", one)[1]: "opt-out" in one for one in entries}  # type: ignore[index]
    assert badges == {"0": False, "1": True, "2": True}
    assert "No automated use" in next(one for one in entries if "reply 2" in one)
    assert "on their own server" in next(one for one in entries if "reply 1" in one)


async def test_the_policy_page_is_honest_and_dated(visitor: Browser, services: Services, artists: Artists) -> None:
    page = (await visitor.get("/policies/ai")).text
    for words in ("img2dataset", "A statement is not a lock", "Said so since", "gets in", "Article 4"):
        assert words in page
    assert services.config.opt_out.default is OptOut.NO_AI_TRAINING
