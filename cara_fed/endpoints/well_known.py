"""Where other servers find us: WebFinger, host-meta, NodeInfo. Open to everyone, signed or not."""

from datetime import timedelta
from typing import Any, Final

from activitypub.actors import instance_actor_name
from activitypub.identifiers import ArtistRef, Handle, InstanceActor
from activitypub.nodeinfo import Usage, Version, build_nodeinfo, build_nodeinfo_links, media_type_of_version
from activitypub.webfinger import build_host_meta, build_host_meta_json, build_jrd, locate_resource
from cara_fed.asgi import Answer, Header
from cara_fed.endpoints.answers import answer_bytes, answer_error, answer_json, public_for
from cara_fed.endpoints.calls import Call
from cara_fed.endpoints.refusals import Gone, NotHere
from cara_fed.federation.media_types import JRD_JSON
from cara_fed.services import VERSION, Services

WEBFINGER_SECONDS: Final = 600
NODEINFO_SECONDS: Final = 1800
HOST_META_SECONDS: Final = 24 * 3600
MONTH: Final = timedelta(days=30)
HALF_YEAR: Final = timedelta(days=180)
_ANY_ORIGIN: Final[Header] = (b"access-control-allow-origin", b"*")


class WellKnown:
    """Serves the well-known places."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._site = services.site

    async def webfinger(self, call: Call) -> Answer:
        """`/.well-known/webfinger?resource=`: a handle, an actor's id or a profile's address of ours."""
        resource = call.query.get("resource")
        if not resource:
            return answer_error(400, "WebFinger needs a resource", _ANY_ORIGIN)
        match locate_resource(resource, self._site):
            case InstanceActor():
                handle = Handle(instance_actor_name(self._site), self._site.domain)
                jrd = build_jrd(handle, self._site.instance_actor, f"{self._site.base}/", self._site)
            case ArtistRef(name):
                handle = Handle(await self._require_artist(name), self._site.domain)
                jrd = build_jrd(handle, self._site.actor(handle.name), self._site.profile_page(handle.name), self._site)
            case _:
                raise NotHere
        return answer_json(jrd, _ANY_ORIGIN, public_for(WEBFINGER_SECONDS), media_type=JRD_JSON)

    async def host_meta(self, call: Call) -> Answer:
        """`/.well-known/host-meta`: where WebFinger is, as XRD."""
        body = build_host_meta(self._site).encode()
        return answer_bytes(body, "application/xrd+xml; charset=utf-8", _ANY_ORIGIN, public_for(HOST_META_SECONDS))

    async def host_meta_json(self, call: Call) -> Answer:
        """`/.well-known/host-meta.json`: the same as JSON."""
        return answer_json(build_host_meta_json(self._site), _ANY_ORIGIN, public_for(HOST_META_SECONDS))

    async def nodeinfo_links(self, call: Call) -> Answer:
        """`/.well-known/nodeinfo`: where the NodeInfo documents are."""
        return answer_json(build_nodeinfo_links(self._site), _ANY_ORIGIN, public_for(NODEINFO_SECONDS))

    async def nodeinfo_2_0(self, call: Call) -> Answer:
        """`/nodeinfo/2.0`."""
        return await self._nodeinfo("2.0")

    async def nodeinfo_2_1(self, call: Call) -> Answer:
        """`/nodeinfo/2.1`."""
        return await self._nodeinfo("2.1")

    async def _nodeinfo(self, version: Version) -> Answer:
        instance = self._services.config.instance
        document = build_nodeinfo(
            version,
            software_version=VERSION,
            usage=await self._count_usage(),
            open_registrations=False,
            title=instance.name,
            description=instance.description,
            **await self._describe_more(),
        )
        cached = public_for(NODEINFO_SECONDS)
        return answer_json(document, _ANY_ORIGIN, cached, media_type=media_type_of_version(version))

    async def _describe_more(self) -> dict[str, Any]:
        """The rules of the house; where our blocklist can be read by FIRES, and that it can."""
        async with self._services.database.reading() as records:
            rules = [rule.content for rule in await records.house_rules.find_rules()]
        said: dict[str, Any] = {"rules": rules} if rules else {}
        if not self._services.config.blocklist.publish:
            return {"metadata": said}
        places = {name: f"{self._site.base}/{name}" for name in ("datasets", "labels")}
        return {"protocols": ("activitypub", "fires"), "metadata": {**said, "fires": places}}

    async def _count_usage(self) -> Usage:
        now = self._services.clock.now()
        async with self._services.database.reading() as records:
            return Usage(
                artists=await records.artists.count(),
                active_month=await records.artists.count_active(now - MONTH),
                active_half_year=await records.artists.count_active(now - HALF_YEAR),
                posts=await records.posts.count_local(),
            )

    async def _require_artist(self, name: str) -> str:
        """The name as the artist typed it."""
        async with self._services.database.reading() as records:
            artist = await records.artists.find_even_deleted(name)
        if artist is None:
            raise NotHere
        if artist.deleted_at is not None:
            raise Gone
        return artist.name
