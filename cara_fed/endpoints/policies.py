"""What the instance reserves, in the files that machines look for: robots.txt, ai.txt, TDMRep, ODRL and RSL."""

from typing import Final

from activitypub.opt_out import OptOut, http_headers
from cara_fed.asgi import Answer
from cara_fed.endpoints.answers import answer_bytes, answer_error, answer_json, public_for, to_headers
from cara_fed.endpoints.calls import Call
from cara_fed.endpoints.refusals import NotHere
from cara_fed.evidence.verifying import published_keys
from cara_fed.opt_out.license import build_license, build_offer, build_site_license, build_tdmrep
from cara_fed.opt_out.robots import RobotsFile, build_ai_txt
from cara_fed.opt_out.site_rules import SiteRules
from cara_fed.services import Services
from cara_fed.translate.opt_outs import signals_for

CACHE_SECONDS: Final = 300
TEXT: Final = "text/plain; charset=utf-8"


class Policies:
    """The site-wide files. They state the instance's level and the artists' own, never a single post's."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._default = services.config.opt_out.default
        self._said = {policy: signals_for(policy, services.site, self._default) for policy in OptOut}

    async def tdm_policy(self, call: Call) -> Answer:
        """`/policies/tdm/N`: the ODRL offer behind a reservation."""
        number = call.scope["path"].rpartition("/")[2]
        offer = build_offer(self._services.config, number)
        return answer_json(offer, self._cached, media_type="application/ld+json")

    async def license(self, call: Call) -> Answer:
        """`/license.xml`: what may be done where; `?policy=` asks what one policy means, wherever it holds."""
        self._note_reading(call)
        asked = call.query.get("policy")
        if asked is not None and asked not in list(OptOut):
            return answer_error(404, f"the policies are {', '.join(OptOut)}")
        text = build_license(self._said[OptOut(asked)]) if asked else await self._site_license()
        said = to_headers(http_headers(self._said[self._default]))
        return answer_bytes(text.encode(), "application/rsl+xml", self._cached, *said)

    async def c2pa_root(self, call: Call) -> Answer:
        """`/policies/c2pa.pem`: the root of the manifests in this instance's files, where it signs any."""
        manifests = self._services.manifests
        if manifests is None:
            raise NotHere
        return answer_bytes(manifests.certificate.root.encode(), "application/x-pem-file", self._cached)

    async def evidence_keys(self, call: Call) -> Answer:
        """`/policies/evidence-keys.json`: every key that evidence files were ever signed with."""
        keys = await published_keys(self._services)
        return answer_json({"instance": self._services.site.base, "keys": keys}, self._cached)

    async def robots(self, call: Call) -> Answer:
        """`/robots.txt`: who may crawl what for which purpose."""
        self._note_reading(call)
        file = RobotsFile(await self._rules(), self._said, self._services.crawlers.agents)
        return answer_bytes(file.build().encode(), TEXT, self._cached)

    async def ai_txt(self, call: Call) -> Answer:
        """`/ai.txt`: the same for those who download for training."""
        self._note_reading(call)
        return answer_bytes(build_ai_txt(await self._rules()).encode(), TEXT, self._cached)

    async def tdmrep(self, call: Call) -> Answer:
        """`/.well-known/tdmrep.json`: rules, of which the first that matches holds."""
        self._note_reading(call)
        return answer_json(build_tdmrep(await self._rules(), self._said), self._cached)

    @property
    def _cached(self) -> tuple[bytes, bytes]:
        return public_for(CACHE_SECONDS)

    def _note_reading(self, call: Call) -> None:
        self._services.crawlers.note_reading(call.header(b"user-agent"))

    async def _site_license(self) -> str:
        return build_site_license(await self._rules(), self._said)

    async def _rules(self) -> SiteRules:
        async with self._services.database.reading() as records:
            artists = await records.artists.find_all()
        return SiteRules.of(self._default, artists)
