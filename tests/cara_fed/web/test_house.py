"""A house as its admin wants it: settings taken over while it serves, its own look, its own emoji."""

import re
from pathlib import Path

from cara_fed.background import watch_once
from cara_fed.services import Services
from storage.artists import Artist
from tests.support.browsers import Browser
from tests.support.instances import deeds, jpeg

Artists = dict[str, Artist]


async def test_instance_toml_is_shown_and_taken_over_without_a_restart_if_it_is_right(
    ada_there: Browser, visitor: Browser, services: Services, tmp_path: Path
) -> None:
    path = tmp_path / "instance.toml"
    text = '[instance]\ndomain = "studio.example"\nname = "The atelier"\n[federation]\ntimeout_seconds = 9\n'
    text += 'allowed_private_networks = ["127.0.0.0/8"]\n'
    text += '[posts]\nrequire_alt_text = true\n[opt_out]\ndefault = "allow"\n'
    path.write_text(text)
    page = (await ada_there.get("/admin/settings")).text
    assert "3 changed settings can be put in force now." in page and "1 changed setting waits for a restart." in page
    assert "<code>&#34;The atelier&#34;</code>" in page and "instance.joining" in page
    assert "A small studio" in (await visitor.get("/")).text

    path.write_text(text + "colour = 1\n[server]\nbind = 3\n")
    page = (await ada_there.get("/admin/settings")).text
    assert "server.bind: must be a text in quotes" in page and "opt_out.colour: there is no such key" in page
    assert (await ada_there.send("/admin/settings")).status_code == 422
    assert "A small studio" in (await visitor.get("/")).text and not await deeds(services)

    path.write_text(text)
    await ada_there.send("/admin/settings")
    page = (await ada_there.get("/admin/settings")).text
    assert "In force now: instance.name, opt_out.default, posts.require_alt_text." in page
    assert "can be put in force now" not in page and "1 changed setting waits for a restart." in page
    seen = await visitor.get("/")
    assert "The atelier" in seen.text and "train-ai=y" in seen.headers["content-usage"]
    assert services.config.posts.require_alt_text and services.config.federation.timeout_seconds == 5
    assert await deeds(services) == [("ada", "settings", "instance.toml")]
    assert "posts.require_alt_text: false → true" in (await ada_there.get("/admin/history")).text
    path.unlink()
    assert "there is no such file" in (await ada_there.get("/admin/settings")).text


async def test_a_house_is_dressed_in_its_own_colours_logo_and_style(
    ada_there: Browser, visitor: Browser, services: Services, tmp_path: Path
) -> None:
    path, style, logo = tmp_path / "instance.toml", tmp_path / "own.css", tmp_path / "logo.png"
    text = '[instance]\ndomain = "studio.example"\n[appearance]\naccent = "%s"\nlogo = "logo.png"\n'
    text += 'stylesheet = "own.css"\n'
    style.write_text("@import '//fonts.example/a.css';")
    logo.write_bytes(b"<svg/>")
    for accent, told in (
        ("#ffcc00", "the nearest that can is &#34;#856a00&#34;"),
        ("red", "must be a colour as"),
        ("#856a00", "@import asks for another file"),
        ("#856a00", "appearance.logo: This is no logo that can be used"),
    ):
        path.write_text(text % accent)
        await ada_there.get("/admin/settings")
        refused = await ada_there.send("/admin/settings")
        assert (refused.status_code, told in refused.text) == (422, True), told
    assert "/static/own/look" not in (await visitor.get("/")).text

    style.write_text(".site-name { letter-spacing: 0.1em }")
    logo.write_bytes(jpeg(64, 48))
    await ada_there.send("/admin/settings")
    page = (await visitor.get("/")).text
    sheet = re.search(r"/static/own/look\.\w+\.css", page)
    assert sheet and re.search(r'rel="icon" href="/static/own/icon-192\.\w+\.png"', page)
    css = (await visitor.get(sheet[0])).text
    assert "--accent: #856a00" in css and css.endswith(".site-name { letter-spacing: 0.1em }")
    shown = re.search(r"/static/own/logo\.\w+\.png", page)
    assert shown and (await visitor.get(shown[0])).headers["content-type"] == "image/png"
    icons = (await visitor.get("/manifest.webmanifest")).json()["icons"]
    assert [icon["purpose"] for icon in icons] == ["any", "any", "maskable"]
    assert [(await visitor.get(icon["src"])).status_code for icon in icons] == [200, 200, 200]

    style.write_text("")
    await ada_there.send("/admin/settings")
    assert sheet[0] not in (await visitor.get("/")).text
    assert "appearance.stylesheet: another file" in (await ada_there.get("/admin/history")).text

    tried = await ada_there.get("/admin/appearance?accent=%23ffcc00&accent_dark=%7d")
    assert "which is what you see" in tried.text and "is no colour" in tried.text
    preview = await ada_there.get("/admin/appearance/preview.css?accent=%23ffcc00&accent_dark=%7d%0a")
    assert ".sample.light { --paper: #fafafa" in preview.text and "#ffcc00" not in preview.text
    assert (await visitor.get("/admin/appearance/preview.css")).status_code == 303


async def test_an_admin_adds_emoji_which_artists_are_offered(
    ada_there: Browser, mara_there: Browser, services: Services, artists: Artists
) -> None:
    picture = {"picture": ("gull.png", jpeg(40, 30), "image/png")}
    assert "none of its own yet" in (await ada_there.get("/admin/emoji")).text
    refused = await ada_there.send("/admin/emoji", {"shortcode": "no-gull"}, files=picture)
    assert refused.status_code == 422 and "A shortcode is 2 to 30 letters" in refused.text
    await ada_there.send("/admin/emoji", {"shortcode": "gull", "category": "birds"}, files=picture)
    assert ":gull:" in (await ada_there.get("/admin/emoji")).text
    (offered,) = (await mara_there.get("/emoji.json")).json()
    assert offered["shortcode"] == "gull" and (await mara_there.get(offered["url"])).status_code == 200
    await ada_there.send("/admin/emoji/use", {"shortcode": "gull", "use": "no"})
    assert (await mara_there.get("/emoji.json")).json() == []
    assert {("ada", "add_emoji", ":gull:"), ("ada", "disable_emoji", ":gull:")} == set(await deeds(services))


async def test_another_process_and_a_hangup_take_settings_over(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "instance.toml"
    text = '[instance]\ndomain = "studio.example"\nname = "%s"\n'
    path.write_text(text % "One")
    await watch_once(services)
    assert services.config.instance.name == "A small studio"  # nobody asked
    async with services.database.unit_of_work() as records:
        await records.revisions.bump("settings")
    await watch_once(services)
    assert services.config.instance.name == "One" and services.config.federation.timeout_seconds == 5
    path.write_text("[instance")
    services.running.ask()
    await watch_once(services)
    assert services.config.instance.name == "One" and not await deeds(services)
    path.write_text(text % "Two" + "[blocklist]\nthreshold = 2\n")
    services.running.ask()
    await watch_once(services)
    assert services.config.instance.name == "Two"
    assert await deeds(services) == [("", "settings", "instance.toml")]
