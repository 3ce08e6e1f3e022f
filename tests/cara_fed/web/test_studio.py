"""The studio beside publishing: commissions, series, and work that is held until somebody has looked."""

import re
from hashlib import sha256
from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from cara_fed.config import Config
from cara_fed.moderation.suspensions import restore_artist, suspend_artist
from cara_fed.publishing.prepare_uploads import prepare_once
from cara_fed.publishing.publish_due import publish_due_once
from cara_fed.services import Services
from cara_fed.translate.artists import read_artist
from storage.artists import Artist
from tests.support.browsers import Browser
from tests.support.instances import jpeg

Artists = dict[str, Artist]
SMALL = jpeg(60, 40)


def made_by_ai() -> bytes:
    """A picture that says so itself, as Automatic1111 writes it."""
    out, text = BytesIO(), PngImagePlugin.PngInfo()
    text.add_text("parameters", "a cat\nNegative prompt: dog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1")
    Image.linear_gradient("L").resize((60, 40)).convert("RGB").save(out, "PNG", pnginfo=text)
    return out.getvalue()


async def publish(browser: Browser, content: bytes = SMALL, **fields: str) -> str:
    files = {"picture-0": ("a.png", content, "image/png")}
    answer = await browser.fill_in("/publish?new", fields, files=files)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_commissions_stand_on_the_profile_here_and_elsewhere(
    mara_there: Browser, visitor: Browser, services: Services
) -> None:
    assert "Commissions" not in (await visitor.get("/@mara")).text
    sheet = "# Portraits\n\n| what | € |\n|---|---|\n| bust | **90** |\n\nhttps://mara.example/<how> ![x](https://x.example/a.png)"
    form = {"commissions": "open", "price_sheet": sheet}
    seen = (await mara_there.fill_in("/settings/commissions", {**form, "act": "look"})).text
    assert "<strong>90</strong>" in seen and "# Portraits" in seen  # the preview, and the form as it was
    assert "Commissions" not in (await visitor.get("/@mara")).text
    saved = await mara_there.fill_in("/settings/commissions", form)
    assert saved.status_code == 303
    assert "Commissions are open" in (await visitor.get("/@mara")).text
    about = (await visitor.get("/@mara/about")).text
    assert "<h3>Portraits</h3>" in about and "<td><strong>90</strong></td>" in about
    assert "&lt;how&gt;" in about and 'src="https://x.example' not in about
    async with services.database.reading() as records:
        artist = await records.artists.find("mara")
        assert artist
        fields = {
            f.name: f.value for f in read_artist(artist, [], services.site, services.config.opt_out.default).fields
        }
        assert fields["Commissions"].startswith("Open") and "/@mara/about#commissions" in fields["Commissions"]
    refused = await mara_there.fill_in("/settings/commissions", {"commissions": "maybe"})
    assert refused.status_code == 422
    long = await mara_there.fill_in("/settings/commissions", {"price_sheet": "x" * 5001})
    assert long.status_code == 422


async def test_works_of_a_series_lead_to_the_next(mara_there: Browser, visitor: Browser) -> None:
    paths = [await publish(mara_there, jpeg(60, 40 + n), text=f"Page {n}") for n in range(3)]
    hidden = await publish(mara_there, text="Hidden", visibility="followers")
    await mara_there.fill_in("/@mara/albums", {"title": "Comic"})
    for path in (*paths, hidden):
        await mara_there.fill_in(f"{path}/arrange", {"albums": "comic", "album-comic": "1"})
    assert "In this series" not in (await visitor.get(paths[1])).text
    await mara_there.fill_in("/@mara/albums/comic/edit", {"title": "Comic", "is_series": "1"})
    middle = (await visitor.get(paths[1])).text
    assert "2 of 3 in" in middle
    series = middle.partition('aria-label="In this series"')[2].partition("</nav>")[0]
    assert f'href="{paths[0]}"' in series and f'href="{paths[2]}"' in series
    assert "4 of 4 in" in (await mara_there.get(hidden)).text


class TestHeld:
    @pytest.fixture
    def config(self, config: Config) -> Config:
        return config.model_copy(update={"posts": config.posts.model_copy(update={"hold_ai_made": True})})

    async def test_work_that_says_it_is_made_by_ai_waits_for_a_person(
        self, mara_there: Browser, theo_there: Browser, ada_there: Browser, visitor: Browser, services: Services
    ) -> None:
        path = await publish(mara_there, made_by_ai(), text="A cat")
        assert path.startswith("/drafts/")
        told = (await mara_there.get(path)).text
        assert "Held, until" in told and "Picture 1" in told
        await mara_there.send(f"{path}/appeal", {"appeal": "Painted over a photograph of mine."})
        assert (await theo_there.get("/admin/held")).status_code == 403
        assert "it is held until" in (await ada_there.get("/notifications")).text
        waiting = (await ada_there.get("/admin/held")).text
        assert "Painted over" in waiting
        draft = path.rsplit("/", 1)[-1]
        silent = await ada_there.send("/admin/held", {"draft": draft, "decision": "refuse", "reason": " "})
        assert silent.status_code == 422
        assert (await ada_there.send("/admin/held", {"draft": draft, "decision": "release"})).status_code == 303
        while await prepare_once(services) or await publish_due_once(services):
            pass
        post = (await mara_there.get(path)).headers["location"]
        assert "A cat" in (await visitor.get(post)).text
        again = await ada_there.fill_in("/admin/held", {"draft": draft, "decision": "release"})
        assert again.status_code == 422
        assert "let held work out" in (await ada_there.get("/admin/history")).text

    async def test_what_is_refused_comes_back_with_the_reason(
        self, mara_there: Browser, ada_there: Browser, services: Services
    ) -> None:
        path = await publish(mara_there, made_by_ai(), text="A cat")
        form = {"draft": path.rsplit("/", 1)[-1], "decision": "refuse", "reason": "Not without sketches."}
        await ada_there.fill_in("/admin/held", form)
        assert "Not without sketches." in (await mara_there.follow(await mara_there.get(path))).text
        assert "a post of yours could not be published" in (await mara_there.get("/notifications")).text
        plain = await publish(mara_there, text="Drawn")
        assert plain.startswith("/@mara/")

    async def test_what_is_scheduled_is_held_when_its_time_comes(self, mara_there: Browser, services: Services) -> None:
        await mara_there.get("/publish?new")
        draft = (await mara_there.send("/drafts", {"text": "x"})).json()["draft"]
        file = {"picture": ("a.png", made_by_ai(), "image/png")}
        number = (await mara_there.send(f"/drafts/{draft}/pictures", files=file)).json()["pk"]
        await mara_there.send("/publish", {"draft": draft, "text": "A cat", "upload-0": number})
        while await prepare_once(services) or await publish_due_once(services):
            pass
        assert "Held, until" in (await mara_there.get(f"/drafts/{draft}")).text


async def test_nothing_is_held_where_there_is_no_such_rule(mara_there: Browser) -> None:
    assert (await publish(mara_there, made_by_ai())).startswith("/@mara/")


async def test_how_a_work_was_made_is_kept_by_hash_and_date(
    mara_there: Browser, theo_there: Browser, ada_there: Browser, visitor: Browser, services: Services
) -> None:
    path = await publish(mara_there, text="Made by hand")
    assert "How it was made" not in (await visitor.get(path)).text
    film = b"not a picture, but a film of it being drawn"
    for content, public in ((jpeg(50, 50), "1"), (film, "")):
        sent = await mara_there.fill_in(
            f"{path}/making",
            {"kind": "sketch", "note": "First <lines>", "is_public": public},
            files={"file": ("sketch.jpg", content, "image/jpeg")},
        )
        assert sent.status_code == 303, sent.text
    assert "How it was made" in (await visitor.get(path)).text
    shown = (await visitor.get(f"{path}/making")).text
    assert sha256(jpeg(50, 50)).hexdigest() in shown and sha256(film).hexdigest() not in shown
    assert "First &lt;lines&gt;" in shown and "22 November 2026" in shown
    whole = (await ada_there.get(f"{path}/making")).text
    assert sha256(film).hexdigest() in whole
    file = re.findall(rf'href="({path}/making/[0-9]+)"', whole)[1]
    given = await ada_there.get(file)
    assert given.content == film and given.headers["content-disposition"].startswith("attachment")
    assert (await visitor.get(file)).status_code == 404
    assert (await theo_there.get(file)).status_code == 404
    await theo_there.get("/settings")
    assert (await theo_there.send(f"{file}/remove")).status_code == 404
    none = await mara_there.fill_in(f"{path}/making", {"kind": "nonsense"})
    assert none.status_code == 422
    await mara_there.get(path)
    await mara_there.send(f"{path}/delete")
    assert [name async for name in services.media.names("private")] == []


async def test_a_proposed_alt_text_is_taken_with_one_click(
    mara_there: Browser, theo_there: Browser, visitor: Browser
) -> None:
    path = await publish(mara_there, text="Undescribed")
    assert (await visitor.get(f"{path}/alt")).status_code == 303
    sent = await theo_there.fill_in(f"{path}/alt", {"number": "1", "text": "Grey ridges <in haze>."})
    assert sent.headers["location"] == path
    for wrong in ({"number": "2", "text": "x"}, {"number": "1", "text": " "}, {"number": "x", "text": "x"}):
        assert (await theo_there.fill_in(f"{path}/alt", wrong)).status_code == 422
    assert "proposes an alt text" in (await mara_there.get("/notifications")).text
    page = (await mara_there.get(f"{path}/alt")).text
    assert "Grey ridges &lt;in haze&gt;." in page
    assert "Grey ridges" not in (await theo_there.get(f"{path}/alt")).text
    (number,) = re.findall(r'name="proposal" value="(\d+)"', page)
    assert (await theo_there.send(f"{path}/alt/answer", {"proposal": number, "answer": "take"})).status_code == 404
    taken = await mara_there.send(f"{path}/alt/answer", {"proposal": number, "answer": "take"})
    assert taken.status_code == 303
    assert 'alt="Grey ridges &lt;in haze&gt;."' in (await visitor.get(path)).text
    assert "Nobody has proposed" in (await mara_there.get(f"{path}/alt")).text


async def test_the_studio_can_be_installed_and_keeps_nothing_private(visitor: Browser, mara_there: Browser) -> None:
    manifest = (await visitor.get("/manifest.webmanifest")).json()
    assert manifest["start_url"] == "/publish" and manifest["display"] == "standalone"
    assert (await visitor.get(manifest["icons"][0]["src"])).status_code == 200
    worker = await visitor.get("/worker.js")
    assert (
        worker.headers["content-type"].startswith("text/javascript") and "no-cache" in worker.headers["cache-control"]
    )
    assert "install." in (await mara_there.get("/home")).text
    assert "install." not in (await visitor.get("/")).text
    offline = (await visitor.get("/offline")).text
    assert "No connection" in offline and "mara" not in offline


async def test_who_made_it_too_is_named_once_they_agree(
    mara_there: Browser,
    theo_there: Browser,
    ada_there: Browser,
    visitor: Browser,
    services: Services,
    artists: Artists,
) -> None:
    twice, long = "@theo ink\n@theo@studio.example colour", "@theo " + "x" * 61
    for wrong in ("nobody", "@mara ink", twice, long, "%%% ink", "@theo@[::1] ink"):
        file = {"picture-0": ("a.png", SMALL, "image/png")}
        refused = await mara_there.fill_in("/publish?new", {"credits": wrong}, files=file)
        assert refused.status_code == 422 and 'id="credits-error"' in refused.text, wrong
    whispered = await mara_there.fill_in("/publish?new", {"text": "x", "credits": "@theo", "visibility": "followers"})
    assert whispered.status_code == 422
    path = await publish(mara_there, text="Together", credits="@theo: ink <& wash>\n@ada")
    assert "@theo@studio.example" not in (await visitor.get(path)).text
    asked = (await theo_there.get("/notifications")).text
    assert "would like to name you" in asked
    (number,) = re.findall(r'name="credit" value="(\d+)"', asked)
    for other in (mara_there, ada_there):
        assert (await other.send("/credits/answer", {"credit": number, "answer": "agree"})).status_code == 404
    back = {"credit": number, "answer": "hang", "back": "/notifications"}
    assert (await theo_there.send("/credits/answer", back)).headers["location"] == "/notifications"
    shown = (await visitor.get(path)).text
    assert "ink &lt;&amp; wash&gt;" in shown and "@theo@studio.example" in shown and "@ada@" not in shown
    assert "agreed to be named" in (await mara_there.get("/notifications")).text
    assert path in (await visitor.get("/@theo/with")).text and path in (await visitor.get("/@theo")).text
    form = (await mara_there.get(f"{path}/edit")).text
    assert "has not answered yet" in form and "@theo@studio.example ink &lt;&amp; wash&gt;\n@ada@studio.example" in form

    # What they are named for is theirs to agree to, too.
    await mara_there.send(f"{path}/edit", {"text": "Together", "credits": "@theo thief"})
    assert "@theo@studio.example" not in (await visitor.get(path)).text
    await theo_there.send("/credits/answer", {"credit": number, "answer": "agree"})
    assert "thief" in (await visitor.get(path)).text and path not in (await visitor.get("/@theo")).text
    assert "You are named here" in (await theo_there.get(path)).text
    await theo_there.send("/credits/answer", {"credit": number, "answer": "decline"})
    assert "thief" not in (await visitor.get(path)).text and "With others" not in (await visitor.get("/@theo")).text
    again = await mara_there.fill_in(f"{path}/edit", {"text": "Together", "credits": "@theo thief"})
    assert again.status_code == 422 and "said no to being named" in again.text

    await theo_there.send("/credits/answer", {"credit": number, "answer": "agree"})
    await suspend_artist(services, artists["theo"].pk, "copies of others", artists["ada"])
    assert "thief" not in (await visitor.get(path)).text
    await restore_artist(services, artists["theo"].pk, artists["ada"])
    assert "thief" in (await visitor.get(path)).text
    await mara_there.send("/people/block", {"actor_id": services.site.actor("theo"), "back": "/home"})
    assert "thief" not in (await visitor.get(path)).text
