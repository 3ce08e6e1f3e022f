"""The proof: whatever policy is set at whatever level, every surface of a running instance says the same."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from activitypub.opt_out import OptOut, Signals, signals
from cara_fed.protection import read_data_mining, read_xmp
from cara_fed.publishing.drafts import PictureDraft
from cara_fed.publishing.edit_post import edit_post, read_edit
from cara_fed.publishing.own_posts import find_own_post
from tests.activitypub.jsonld import dropped_or_blank, expand
from tests.support.fediverse import Fediverse, Instance
from tests.web.markup import elements

LEVELS = ("instance", "artist", "post", "picture")
CORE = ("tdm:reservation", "tdm:policy", "plus:DataMining", "xRobotsTag")
SILENT = ("content-usage", "tdm-reservation", "tdm-policy", "x-robots-tag", "link")


def save(kind: str, **options: Any) -> bytes:
    image = Image.linear_gradient("L").resize((640, 480)).convert("RGB")
    file = BytesIO()
    if kind == "GIF":
        frames = [image.rotate(turn).quantize(64) for turn in (0, 90, 180)]
        frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=100)
    else:
        if kind == "PNG":  # of what is transparent, other servers get a PNG
            image.putalpha(Image.linear_gradient("L").rotate(90).resize((640, 480)))
        image.save(file, kind, **options)
    return file.getvalue()


PICTURES = tuple(PictureDraft(save(kind), alt=kind, name=kind) for kind in ("JPEG", "PNG", "WEBP", "GIF"))


@dataclass(frozen=True)
class World:
    """One instance, one post of it, and what holds for the post and for its first picture."""

    studio: Instance
    peer: Instance
    default: OptOut
    artist: OptOut
    post: OptOut
    picture: OptOut
    url: str
    object_id: str

    def said(self, policy: OptOut) -> Signals:
        return signals(policy, base_url=self.studio.base, site_policy=self.default)

    async def document(self, url: str) -> httpx.Response:
        return await self.peer.get(url, as_=self.peer.actor("theo"))


async def make_world(fediverse: Fediverse, level: str, policy: OptOut, pictures: tuple[PictureDraft, ...]) -> World:
    """``policy`` set at this level alone; every more general level says something else."""
    other = OptOut.NO_AI_TRAINING if policy is not OptOut.NO_AI_TRAINING else OptOut.ALLOW
    at = LEVELS.index(level)
    default, artist, post, own = (policy if at == n else other if at > n else None for n in range(4))
    assert default is not None
    (studio,) = await fediverse.start("studio.example", opt_out={"default": default})
    (peer,) = await fediverse.start("peer.example")
    await peer.add_artist("theo")
    await studio.add_artist("mara", opt_out=artist)
    drafts = tuple(replace(draft, opt_out=own) for draft in pictures)
    published = await studio.publish("mara", "new", *drafts, opt_out=post)
    holds = [default, artist, post, own]
    effective = [next(p for p in reversed(holds[: n + 1]) if p is not None) for n in range(4)]
    return World(studio, peer, *effective, published.url, published.object_id)


everywhere = pytest.mark.parametrize(
    ("level", "policy"), [pytest.param(level, policy, id=f"{level}-{policy}") for level in LEVELS for policy in OptOut]
)


def require_headers(response: httpx.Response, said: Signals) -> None:
    """Every header says what the table says, on a line of its own; nothing where it says nothing."""
    assert response.headers.get("content-usage") == said.content_usage
    assert response.headers.get("tdm-reservation") == text(said.tdm_reservation)
    assert response.headers.get("tdm-policy") == said.tdm_policy
    assert response.headers.get_list("x-robots-tag") == ([", ".join(said.robots)] if said.robots else [])
    licences = [link for link in response.headers.get_list("link") if 'rel="license"' in link]
    assert licences == (
        [f'<{said.license_url}>; rel="license"; type="application/rsl+xml"'] if said.license_url else []
    )


def text(value: int | None) -> str | None:
    return None if value is None else str(value)


def require_terms(document: dict[str, Any], said: Signals) -> None:
    stated = {
        "tdm:reservation": said.tdm_reservation,
        "tdm:policy": said.tdm_policy,
        "plus:DataMining": said.data_mining,
        "xRobotsTag": ", ".join(said.robots) or None,
    }
    assert {key: document[key] for key in CORE if key in document} == {k: v for k, v in stated.items() if v is not None}


@everywhere
async def test_object_headers_page_and_file_agree(fediverse: Fediverse, level: str, policy: OptOut) -> None:
    await require_agreement(await make_world(fediverse, level, policy, PICTURES[:2]))


async def require_agreement(world: World) -> None:
    of_post, of_picture = world.said(world.post), world.said(world.picture)
    note = await world.document(world.object_id)
    create = await world.document(f"{world.object_id}/create")
    require_headers(note, of_post)
    require_headers(create, of_post)
    for document in (note.json(), create.json()["object"]):
        require_terms(document, of_post)
        assert document.get("usageInfo") == of_post.usage_info
        for attachment in document["attachment"]:
            require_terms(attachment, of_picture)
    assert dropped_or_blank(note.json()) == []

    page = await world.peer.get(world.url, accept="text/html")
    require_headers(page, of_post)
    require_page(page.text, of_post, of_picture)
    for url in (*pictures_of(page.text), *(attachment["url"] for attachment in note.json()["attachment"])):
        await require_picture(world, url, of_picture)


def require_page(html: str, of_post: Signals, of_picture: Signals) -> None:
    meta = {one.get("name"): one["content"] for one in elements(html, "meta") if one.get("name")}
    assert meta.get("robots") == (", ".join(of_post.robots) or None)
    assert meta.get("tdm-reservation") == text(of_post.tdm_reservation)
    assert meta.get("tdm-policy") == of_post.tdm_policy
    links = [one["href"] for one in elements(html, "link") if one["rel"] == "license"]
    assert links == ([of_post.license_url] if of_post.license_url else [])
    for image in image_objects(html):
        assert image["@type"] == "ImageObject"
        assert image["creditText"] == "@mara@studio.example"
        assert image.get("usageInfo") == of_picture.usage_info


def image_objects(html: str) -> list[dict[str, Any]]:
    [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    found = json.loads(data)
    return found if isinstance(found, list) else [found]


def pictures_of(html: str) -> Iterator[str]:
    yield from (image["contentUrl"] for image in image_objects(html))
    for image in elements(html, "img"):
        for source in image.get("srcset", "").split(", "):
            yield f"https://studio.example{source.partition(' ')[0]}"


async def require_picture(world: World, url: str, said: Signals) -> None:
    response = await world.peer.get(url, accept="image/*")
    assert response.status_code == 200
    require_headers(response, said)
    assert read_data_mining(response.content) == said.data_mining
    assert img2dataset_refuses(response) is bool(said.robots)
    assert posthog_refuses(response) is (said.tdm_reservation == 1)
    assert ":" not in response.headers.get("x-robots-tag", "")


@everywhere
async def test_the_artist_and_the_site_say_their_own(fediverse: Fediverse, level: str, policy: OptOut) -> None:
    world = await make_world(fediverse, level, policy, ())
    of_artist, of_site = world.said(world.artist), world.said(world.default)
    actor = await world.document(world.studio.actor("mara"))
    require_headers(actor, of_artist)
    require_terms(actor.json(), of_artist)
    settings = {one["name"] for one in actor.json().get("otherSetting", ())}
    assert settings == set(of_artist.otherwise)
    lines = [one for one in actor.json()["attachment"] if one["name"] == "AI training"]
    assert bool(lines) is (world.artist is not OptOut.UNSET)
    for address in ("/@mara", "/users/mara"):
        require_headers(await world.peer.get(world.studio.base + address, accept="text/html"), of_artist)
    require_headers(await world.document(f"{world.studio.actor('mara')}/outbox"), of_artist)
    require_headers(await world.peer.get(f"{world.studio.base}/", accept="text/html"), of_site)
    require_headers(await world.document(world.studio.services.site.instance_actor), of_site)
    await require_site_files(world, of_artist, of_site)


async def require_site_files(world: World, of_artist: Signals, of_site: Signals) -> None:
    base = world.studio.base
    rules = (await world.peer.get(f"{base}/.well-known/tdmrep.json", accept="*/*")).json()
    for path, said in (("/@mara", of_artist), ("/@mara/7", of_artist), ("/", of_site)):
        assert first_reservation(rules, path) == said.tdm_reservation
    robots = (await world.peer.get(f"{base}/robots.txt", accept="*/*")).text
    assert not re.search(r"^Content-Usage: (?!/)", robots, re.MULTILINE)
    assert not re.search(r"^Content-Usage: /media", robots, re.MULTILINE)
    signal = re.findall(r"^Content-Signal: (.*)$", robots.rpartition("User-agent: *")[2], re.MULTILINE)
    assert signal == ([of_site.content_signal] if of_site.content_signal else [])


def first_reservation(rules: list[dict[str, Any]], path: str) -> int | None:
    for rule in rules:
        pattern = re.escape(rule["location"].removesuffix("$")).replace(r"\*", ".*")
        if re.match(pattern + ("$" if rule["location"].endswith("$") else ""), path):
            return int(rule["tdm-reservation"])
    return None


def img2dataset_refuses(response: httpx.Response, own_token: str | None = None) -> bool:
    """Its rule: each value may begin with an agent and a colon; any of four words, said to all or to it, refuses."""
    for value in response.headers.get_list("x-robots-tag"):
        head, colon, rest = value.partition(":")
        words = {word.strip().lower() for word in (rest if colon else head).split(",")}
        addressed = not colon or head.strip().lower() == own_token
        if addressed and words & {"noai", "noimageai", "noindex", "noimageindex"}:
            return True
    return False


def posthog_refuses(response: httpx.Response) -> bool:
    """What PostHog's image fetcher takes for a refusal, in the headers of the picture."""
    robots = {word.strip() for word in response.headers.get("x-robots-tag", "").split(",")}
    usage = {item.strip() for item in response.headers.get("content-usage", "").split(",")}
    return (
        bool(robots & {"noai", "noimageai"}) or "train-ai=n" in usage or response.headers.get("tdm-reservation") == "1"
    )


@pytest.mark.parametrize("policy", OptOut)
async def test_every_format_says_it_and_other_tools_read_it(
    fediverse: Fediverse, policy: OptOut, tmp_path: Path
) -> None:
    world = await make_world(fediverse, "post", policy, PICTURES)
    note = (await world.document(world.object_id)).json()
    page = (await world.peer.get(world.url, accept="text/html")).text
    urls = {*pictures_of(page), *(attachment["url"] for attachment in note["attachment"])}
    said = world.said(policy)
    formats = set()
    for number, url in enumerate(sorted(urls)):
        await require_picture(world, url, said)
        data = (await world.peer.get(url, accept="image/*")).content
        (tmp_path / f"{number}.{url.rpartition('.')[2]}").write_bytes(data)
        formats.add(Image.open(BytesIO(data)).format)
        assert read_xmp(data) is not None
    assert formats >= {"JPEG", "PNG", "WEBP"}
    if shutil.which("exiftool"):
        require_exiftool(tmp_path, said)


def require_exiftool(folder: Path, said: Signals) -> None:
    """ExifTool reads the same value, and in JPEG the IPTC fields beside it."""
    ran = subprocess.run(
        ["exiftool", "-json", "-n", "-G1", "-XMP-plus:DataMining", "-XMP-dc:Rights", "-IPTC:CopyrightNotice",
         "-XMP-xmpRights:WebStatement", "-IPTC:Credit", "-FileType", folder],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    files = json.loads(ran.stdout)
    assert len(files) >= 4
    for file in files:
        value = file.get("XMP-plus:DataMining")
        assert (value or None) == said.data_mining
        assert file.get("XMP-xmpRights:WebStatement") == said.usage_info
        assert file["XMP-dc:Rights"] == "© @mara@studio.example"
        if file["System:FileType" if "System:FileType" in file else "File:FileType"] == "JPEG":
            assert file["IPTC:CopyrightNotice"] == "© @mara@studio.example"
            assert file["IPTC:Credit"] == "@mara@studio.example"


async def test_every_answer_about_a_picture_says_it(fediverse: Fediverse) -> None:
    world = await make_world(fediverse, "post", OptOut.NO_AI, PICTURES[:1])
    page = (await world.peer.get(world.url, accept="text/html")).text
    url = next(pictures_of(page))
    said = world.said(OptOut.NO_AI)
    whole = await world.peer.get(url, accept="image/*")

    def asking(**headers: str) -> Any:
        def change(request: httpx.Request) -> httpx.Request:
            request.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
            return request

        return change

    for status, headers in (
        (206, {"range": "bytes=0-9"}),
        (416, {"range": f"bytes={len(whole.content)}-"}),
        (304, {"if_none_match": whole.headers["etag"]}),
    ):
        response = await world.peer.get(url, accept="image/*", change=asking(**headers))
        assert response.status_code == status
        require_headers(response, said)
    missing = await world.peer.get(f"{world.studio.base}/media/x/y.png", accept="image/*")
    assert missing.status_code == 404
    require_headers(missing, world.said(world.default))


@pytest.mark.parametrize("policy", (OptOut.NO_AI_TRAINING, OptOut.ALLOW))
async def test_a_colon_that_a_proxy_could_hide_behind_never_comes(fediverse: Fediverse, policy: OptOut) -> None:
    """A proxy may join lines of headers: even then img2dataset must understand ours."""
    world = await make_world(fediverse, "post", policy, PICTURES[:1])
    note = (await world.document(world.object_id)).json()
    response = await world.peer.get(note["attachment"][0]["url"], accept="image/*")
    joined = httpx.Response(
        200, headers={"x-robots-tag": ", ".join(["nofollow", *response.headers.get_list("x-robots-tag")])}
    )
    assert img2dataset_refuses(joined) is img2dataset_refuses(response)


async def test_nothing_invented_is_said(fediverse: Fediverse) -> None:
    """Every key expands to an IRI that somebody else defined."""
    world = await make_world(fediverse, "post", OptOut.NO_AI, PICTURES[:1])
    expanded = expand((await world.document(world.object_id)).json())
    assert expanded["http://www.w3.org/ns/tdmrep#reservation"] == [{"@value": 1}]
    assert expanded["http://www.w3.org/ns/tdmrep#policy"] == [{"@id": f"{world.studio.base}/policies/tdm/2"}]
    mining = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING"
    assert expanded["http://ns.useplus.org/ldf/xmp/1.0/DataMining"] == [{"@id": mining}]
    assert expanded["https://www.robotstxt.org/meta.html"] == [{"@value": "noai, noimageai, noarchive"}]
    assert expanded["http://schema.org/usageInfo"] == [{"@id": f"{world.studio.base}/policies/ai"}]
    assert expanded["http://schema.org/copyrightNotice"] == [{"@value": "© @mara@studio.example"}]


async def test_a_changed_mind_reaches_every_surface(fediverse: Fediverse) -> None:
    world = await make_world(fediverse, "post", OptOut.NO_AI_TRAINING, PICTURES[:2])
    artist = await world.studio.artist("mara")
    pk = int(world.object_id.rpartition("/")[2])
    rows = await find_own_post(world.studio.services, artist, pk)
    old = next(pictures_of((await world.peer.get(world.url, accept="text/html")).text))
    await edit_post(world.studio.services, artist, pk, replace(read_edit(rows), opt_out=OptOut.NO_AUTOMATED_USE))
    assert (await world.peer.get(old, accept="image/*")).status_code == 404
    changed = replace(world, post=OptOut.NO_AUTOMATED_USE, picture=OptOut.NO_AUTOMATED_USE)
    await require_agreement(changed)
