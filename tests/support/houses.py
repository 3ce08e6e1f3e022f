"""Instances with works of which each level decides another answer, and what every answer about them has to say."""

from dataclasses import dataclass, replace
from typing import Any

import httpx

from activitypub.opt_out import OptOut, Signals, signals
from cara_fed.publishing.arrange_albums import AlbumText, create_album, put_into_albums
from tests.activitypub.jsonld import dropped_or_blank
from tests.support.fediverse import Fediverse, Instance, picture
from tests.support.strangers import Stranger

BASE = "https://studio.example"
HTML, ANY = "text/html", "*/*"
CORE = ("tdm:reservation", "tdm:policy", "plus:DataMining", "xRobotsTag")
RIGHTS = ("content-usage", "tdm-reservation", "tdm-policy", "x-robots-tag")


@dataclass(frozen=True)
class Work:
    """A post, and what holds for its artist, for itself and for each of its pictures."""

    name: str
    pk: int
    artist: OptOut
    post: OptOut
    pictures: tuple[OptOut, ...]

    @property
    def url(self) -> str:
        return f"{BASE}/@{self.name}/{self.pk}"

    @property
    def object_id(self) -> str:
        return f"{BASE}/users/{self.name}/posts/{self.pk}"


@dataclass(frozen=True)
class House:
    """One instance, what it says itself, and somebody elsewhere who reads it."""

    studio: Instance
    eve: Stranger
    default: OptOut
    works: tuple[Work, ...] = ()

    def said(self, policy: OptOut) -> Signals:
        return signals(policy, base_url=BASE, site_policy=self.default)

    async def document(self, url: str) -> Any:
        """A document for another server; each must expand to terms that somebody defined."""
        response = await self.eve.get(url)
        assert response.status_code == 200, url
        assert dropped_or_blank(response.json()) == [], url
        return response

    async def ask(self, url: str, accept: str = ANY, method: str = "GET", **headers: str) -> httpx.Response:
        """As a visitor or a machine asks, without a signature."""
        given = {"accept": accept, **{name.replace("_", "-"): value for name, value in headers.items()}}
        address = url if url.startswith("https:") else BASE + url
        response = await self.studio.network.handle_async_request(httpx.Request(method, address, headers=given))
        await response.aread()
        return response


async def open_house(fediverse: Fediverse, default: OptOut) -> House:
    (studio,) = await fediverse.start("studio.example", opt_out={"default": default})
    return House(studio, fediverse.stranger("far.example"), default)


async def publish(house: House, name: str, artist: OptOut, post: OptOut | None, *pictures: OptOut | None) -> Work:
    drafts = (replace(picture(), opt_out=own) for own in pictures)
    row = await house.studio.publish(name, "new #ink", *drafts, opt_out=post)
    held = post or artist
    return Work(name, row.pk, artist, held, tuple(own or held for own in pictures))


async def furnish(house: House) -> House:
    """Works of which the instance, the artist, the post or the picture decides, each with another answer."""
    order = list(OptOut)
    turns = [order[(order.index(house.default) + n) % 5] for n in range(5)]
    await house.studio.add_artist("anna")
    await house.studio.add_artist("bela", opt_out=turns[1])
    works = (
        await publish(house, "anna", turns[0], None, None, turns[2]),
        await publish(house, "bela", turns[1], None, None, turns[3]),
        await publish(house, "bela", turns[1], turns[2], None, turns[4]),
    )
    for work in works:
        artist = await house.studio.artist(work.name)
        album = await create_album(house.studio.services, artist, AlbumText(f"Album {work.pk}", "About it"))
        await put_into_albums(house.studio.services, artist, work.pk, [album.slug])
    return replace(house, works=works)


def require_headers(response: httpx.Response, said: Signals) -> None:
    """Every header says what the table says, on a line of its own; nothing where it says nothing."""
    assert response.headers.get("content-usage") == said.content_usage, response.request
    assert response.headers.get("tdm-reservation") == text(said.tdm_reservation)
    assert response.headers.get("tdm-policy") == said.tdm_policy
    assert response.headers.get_list("x-robots-tag") == ([", ".join(said.robots)] if said.robots else [])
    licences = [link for link in response.headers.get_list("link") if 'rel="license"' in link]
    assert licences == (
        [f'<{said.license_url}>; rel="license"; type="application/rsl+xml"'] if said.license_url else []
    )


def says_nothing(response: httpx.Response) -> bool:
    licences = [link for link in response.headers.get_list("link") if 'rel="license"' in link]
    return not licences and not set(RIGHTS) & set(response.headers)


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
