"""Stories of finding people elsewhere: handles on other domains, pages, and servers that lie about who they are."""

import pytest

from activitypub.errors import ForeignOrigin, ProtocolError
from activitypub.identifiers import read_handle
from cara_fed.asgi import Answer
from cara_fed.blocklist.guard import RefusedByBlocklist
from cara_fed.federation.budgets import Budget
from cara_fed.federation.errors import FetchError, NotADocument, NotFoundThere, TooManyRedirects
from cara_fed.federation.resolver import Resolver
from tests.support.fediverse import Fediverse, Instance, handle_of
from tests.support.strangers import Json, Stranger

JRD = "application/jrd+json"


@pytest.fixture
def resolver(studio: Instance) -> Resolver:
    return Resolver(studio.services)


@pytest.fixture
def eve(fediverse: Fediverse) -> Stranger:
    eve = fediverse.stranger("social.far.example")
    eve.serve("/.well-known/webfinger", jrd("eve@social.far.example", eve.actor), type_=JRD)
    return eve


def jrd(handle: str, actor_id: str) -> Json:
    link = {"rel": "self", "type": "application/activity+json", "href": actor_id}
    return {"subject": f"acct:{handle}", "links": [link]}


def redirect(location: str) -> Answer:
    return Answer(302, b"", ((b"location", location.encode()),))


async def test_another_instances_artist(fediverse: Fediverse, resolver: Resolver) -> None:
    (gallery,) = await fediverse.start("gallery.example")
    theo = await gallery.add_artist("Theo")
    found = await resolver.find_by_handle(read_handle("@theo@gallery.example"))
    assert (found.actor_id, found.name, found.domain) == (theo, "Theo", "gallery.example")
    assert handle_of(theo) == "@Theo@gallery.example"


class TestHandlesOnAnotherDomain:
    @pytest.fixture
    def home(self, fediverse: Fediverse, eve: Stranger) -> Stranger:
        """The domain of the handle, which knows who is meant and nothing else."""
        home = fediverse.stranger("far.example")
        home.serve("/.well-known/webfinger", jrd("eve@far.example", eve.actor), type_=JRD)
        return home

    async def test_both_agree(self, resolver: Resolver, eve: Stranger, home: Stranger) -> None:
        eve.serve("/.well-known/webfinger", jrd("eve@far.example", eve.actor), type_=JRD)
        for asked in ("@eve@far.example", "@eve@social.far.example"):
            found = await resolver.find_by_handle(read_handle(asked))
            assert (found.actor_id, found.domain, found.netloc) == (eve.actor, "far.example", "social.far.example")

    async def test_the_actor_says_so_itself(self, resolver: Resolver, eve: Stranger, home: Stranger) -> None:
        eve.serve("/users/eve", eve.actor_document(webfinger="eve@far.example"))
        assert (await resolver.find_by_handle(read_handle("@eve@far.example"))).domain == "far.example"

    async def test_a_domain_claims_somebody_elses_actor(
        self, resolver: Resolver, eve: Stranger, home: Stranger
    ) -> None:
        with pytest.raises(ForeignOrigin):
            await resolver.find_by_handle(read_handle("@eve@far.example"))

    async def test_a_server_claims_a_handle_elsewhere(self, resolver: Resolver, eve: Stranger, home: Stranger) -> None:
        home.serve("/.well-known/webfinger", jrd("eve@far.example", "https://far.example/users/other"), type_=JRD)
        eve.serve("/.well-known/webfinger", jrd("eve@far.example", eve.actor), type_=JRD)
        with pytest.raises(NotFoundThere):
            await resolver.find_by_handle(read_handle("@eve@social.far.example"))

    async def test_host_meta_leads_on(self, resolver: Resolver, eve: Stranger, home: Stranger) -> None:
        del home.documents["/.well-known/webfinger"]
        template = f"{eve.base}/finger?resource={{uri}}"
        xrd = f'<XRD><Link rel="lrdd" type="application/jrd+json" template="{template}"/></XRD>'.encode()
        home.serve("/.well-known/host-meta", xrd, type_="application/xrd+xml")
        eve.serve("/finger", jrd("eve@far.example", eve.actor), type_=JRD)
        eve.serve("/users/eve", eve.actor_document(webfinger="eve@far.example"))
        assert (await resolver.find_by_handle(read_handle("@eve@far.example"))).actor_id == eve.actor


async def test_nobody_of_that_name(fediverse: Fediverse, resolver: Resolver) -> None:
    await fediverse.start("gallery.example")
    with pytest.raises(FetchError):
        await resolver.find_by_handle(read_handle("@nobody@gallery.example"))


class TestPages:
    async def test_a_page_that_links_its_document(self, resolver: Resolver, eve: Stranger) -> None:
        page = b'<!doctype html><html><head><link rel="alternate" type="application/activity+json" href="/users/eve">'
        eve.serve("/@eve", page, type_="text/html; charset=utf-8")
        assert (await resolver.find_by_url(f"{eve.base}/@eve"))["id"] == eve.actor

    async def test_a_page_whose_header_links_it(self, resolver: Resolver, eve: Stranger) -> None:
        link = b'<https://w.example/x>; rel="next", </users/eve>; rel="alternate"; type="application/activity+json"'
        eve.documents["/@eve"] = Answer(200, b"<p>", ((b"content-type", b"text/html"), (b"link", link)))
        assert (await resolver.find_by_url(f"{eve.base}/@eve"))["id"] == eve.actor

    async def test_a_page_that_is_the_document_itself(self, resolver: Resolver, eve: Stranger) -> None:
        eve.serve("/@eve", eve.actor_document())
        assert (await resolver.find_by_url(f"{eve.base}/@eve"))["id"] == eve.actor

    async def test_a_page_of_nothing(self, resolver: Resolver, eve: Stranger) -> None:
        eve.serve("/about", b"<h1>hello</h1>", type_="text/html")
        with pytest.raises(NotFoundThere):
            await resolver.find_by_url(f"{eve.base}/about")


class TestLies:
    async def test_an_id_of_another_server(self, fediverse: Fediverse, resolver: Resolver, eve: Stranger) -> None:
        victim = fediverse.stranger("victim.example", "vera")
        eve.serve("/users/eve", victim.actor_document(name="Vera, as eve tells her"))
        document = await resolver.fetch_document(eve.actor, Budget(3))
        assert document.get("name") is None, "asked again of its own server"

    async def test_an_id_that_its_server_does_not_stand_by(self, resolver: Resolver, eve: Stranger) -> None:
        eve.serve("/users/eve", eve.actor_document(id=f"{eve.base}/users/other"))
        eve.serve("/users/other", eve.actor_document(id=f"{eve.base}/users/third"))
        with pytest.raises(ForeignOrigin):
            await resolver.fetch_document(eve.actor, Budget(5))

    async def test_a_redirect_to_a_liar(self, fediverse: Fediverse, resolver: Resolver, eve: Stranger) -> None:
        """An open redirect on somebody's server must not let others speak for it."""
        victim = fediverse.stranger("victim.example", "vera")
        victim.documents["/users/vera"] = redirect(f"{eve.base}/vera")
        eve.serve("/vera", victim.actor_document())
        with pytest.raises(ForeignOrigin):
            await resolver.fetch_document(victim.actor, Budget(5))

    async def test_redirects_without_end(self, resolver: Resolver, eve: Stranger) -> None:
        eve.documents["/users/eve"] = redirect(eve.actor)
        with pytest.raises(TooManyRedirects):
            await resolver.fetch_document(eve.actor, Budget(5))

    @pytest.mark.parametrize("type_", ["application/json", "text/html", "application/ld+json", "image/png"])
    async def test_a_document_under_another_label(self, resolver: Resolver, eve: Stranger, type_: str) -> None:
        """Or an upload that looks like an actor would be one."""
        eve.serve("/users/eve", eve.actor_document(), type_=type_)
        with pytest.raises(NotADocument):
            await resolver.fetch_document(eve.actor, Budget(5))

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"id":1}', b'{"type":"Note"}'])
    async def test_what_is_no_document(self, resolver: Resolver, eve: Stranger, body: bytes) -> None:
        eve.serve("/users/eve", body)
        with pytest.raises(NotADocument):
            await resolver.fetch_document(eve.actor, Budget(5))

    @pytest.mark.parametrize("inbox", ["https://studio.example/inbox", "http://social.far.example/inbox", None])
    async def test_an_inbox_that_cannot_be(self, resolver: Resolver, eve: Stranger, inbox: str | None) -> None:
        eve.serve("/users/eve", eve.actor_document(inbox=inbox))
        with pytest.raises(ProtocolError):
            await resolver.actor(eve.actor, Budget(5))


async def test_the_listed_are_not_asked(
    fediverse: Fediverse, studio: Instance, resolver: Resolver, eve: Stranger
) -> None:
    near = fediverse.stranger("near.example")
    near.documents["/users/eve"] = redirect(eve.actor)
    await studio.list_entry("far.example")
    for id in (eve.actor, near.actor):
        with pytest.raises(RefusedByBlocklist):
            await resolver.fetch_document(id, Budget(5))
    assert fediverse.network.seen("GET", eve.domain) == []


async def test_an_actor_is_asked_again_after_a_week(fediverse: Fediverse, resolver: Resolver, eve: Stranger) -> None:
    await resolver.actor(eve.actor, Budget(5))
    eve.serve("/users/eve", eve.actor_document(name="Eve Two"))
    assert (await resolver.actor(eve.actor, Budget(5))).display_name == "eve"
    fediverse.time.pass_by(days=7)
    assert (await resolver.actor(eve.actor, Budget(5))).display_name == "Eve Two"
