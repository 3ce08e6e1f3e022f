"""The table of addresses: what other servers and machines ask for, and which endpoint answers."""

from collections.abc import Mapping

from activitypub.identifiers import (
    ActivityRef,
    AlbumRef,
    ArtistRef,
    CollectionKind,
    CreateRef,
    PostCollectionRef,
    PostRef,
    QuoteAuthorizationRef,
)
from activitypub.opt_out import TDM_POLICY_NUMBERS
from cara_fed.asgi import App
from cara_fed.endpoints.activities import Activities
from cara_fed.endpoints.actors import Actors
from cara_fed.endpoints.albums import Albums
from cara_fed.endpoints.blocklists import PREFIXES, Blocklists
from cara_fed.endpoints.calls import Route
from cara_fed.endpoints.collections import Collections
from cara_fed.endpoints.crawler_door import CrawlerDoor, guard_pages
from cara_fed.endpoints.feeds import Feeds
from cara_fed.endpoints.gate import Gate
from cara_fed.endpoints.inbox import Inbox
from cara_fed.endpoints.kept_pages import keep_pages
from cara_fed.endpoints.media import Media
from cara_fed.endpoints.oembed import OEmbed
from cara_fed.endpoints.policies import Policies
from cara_fed.endpoints.post_collections import PostCollections
from cara_fed.endpoints.posts import Posts
from cara_fed.endpoints.quotes import QuoteAuthorizations
from cara_fed.endpoints.remote_media import RemotePictures
from cara_fed.endpoints.routing import Kind, Router, Table
from cara_fed.endpoints.well_known import WellKnown
from cara_fed.evidence.verifying import KEYS_PATH
from cara_fed.federation.authentication import Authenticator
from cara_fed.federation.resolver import Resolver
from cara_fed.feeds.formats import FORMATS
from cara_fed.inbox.receive import InboxReceiver
from cara_fed.remote_media.links import PREFIX as REMOTE_PREFIX
from cara_fed.services import Services


def build_router(services: Services, pages: App) -> App:
    """The whole instance as one ASGI application; what is a person's goes on to `pages`."""
    authenticator = Authenticator(services, Resolver(services))
    gate = Gate(services, authenticator)
    door = CrawlerDoor(services, gate)
    inbox = Inbox(services, InboxReceiver(services, authenticator))
    table = Table(
        paths={
            "/oembed": Route("GET", OEmbed(services, door).embed),
            **_server_paths(services, gate, inbox),
            **_policy_paths(services),
        },
        kinds=_kinds(services, gate, inbox),
        prefixes={
            REMOTE_PREFIX: RemotePictures(services, door),
            "/media/": Media(services, door),
            **dict.fromkeys(PREFIXES, Blocklists(services)),
        },
        endings=dict.fromkeys((one.ending for one in FORMATS), Route("GET", Feeds(services, door).feed)),
    )
    return Router(services.site, table, guard_pages(door, keep_pages(services, pages)), services.suspended.hides)


def _server_paths(services: Services, gate: Gate, inbox: Inbox) -> Mapping[str, Route]:
    actors, collections, well_known = Actors(services, gate), Collections(services, gate), WellKnown(services)
    return {
        "/inbox": Route("POST", inbox.shared),
        "/actor": Route("GET", actors.instance),
        "/actor/inbox": Route("POST", inbox.shared),
        "/actor/outbox": Route("GET", collections.instance_outbox),
        "/.well-known/webfinger": Route("GET", well_known.webfinger),
        "/.well-known/host-meta": Route("GET", well_known.host_meta),
        "/.well-known/host-meta.json": Route("GET", well_known.host_meta_json),
        "/.well-known/nodeinfo": Route("GET", well_known.nodeinfo_links),
        "/nodeinfo/2.0": Route("GET", well_known.nodeinfo_2_0),
        "/nodeinfo/2.1": Route("GET", well_known.nodeinfo_2_1),
    }


def _policy_paths(services: Services) -> Mapping[str, Route]:
    policies = Policies(services)
    return {
        "/robots.txt": Route("GET", policies.robots),
        "/ai.txt": Route("GET", policies.ai_txt),
        KEYS_PATH: Route("GET", policies.evidence_keys),
        "/policies/c2pa.pem": Route("GET", policies.c2pa_root),
        "/license.xml": Route("GET", policies.license),
        "/.well-known/tdmrep.json": Route("GET", policies.tdmrep),
        **{f"/policies/tdm/{n}": Route("GET", policies.tdm_policy) for n in TDM_POLICY_NUMBERS.values()},
    }


def _kinds(services: Services, gate: Gate, inbox: Inbox) -> Mapping[Kind, Route]:
    posts, collection = Posts(services, gate), Route("GET", Collections(services, gate).collection)
    return {
        ArtistRef: Route("GET", Actors(services, gate).artist),
        PostRef: Route("GET", posts.note),
        CreateRef: Route("GET", posts.create),
        ActivityRef: Route("GET", Activities(services, gate).activity),
        QuoteAuthorizationRef: Route("GET", QuoteAuthorizations(services, gate).authorization),
        AlbumRef: Route("GET", Albums(services, gate).album),
        PostCollectionRef: Route("GET", PostCollections(services, gate).collection),
        **dict.fromkeys(CollectionKind, collection),
        CollectionKind.INBOX: Route("POST", inbox.personal),
    }
