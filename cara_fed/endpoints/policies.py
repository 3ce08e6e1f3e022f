"""What the instance reserves, in the files that machines look for: TDMRep and its ODRL policies, RSL, robots.txt."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from activitypub.opt_out import OptOut, Signals, http_headers, robots_lines, signals, tdmrep_rule
from cara_fed.asgi import Answer
from cara_fed.config import Config
from cara_fed.endpoints.answers import answer_bytes, answer_error, answer_json, public_for, to_headers
from cara_fed.endpoints.calls import Call
from cara_fed.services import Services
from storage.artists import Artist

CACHE_SECONDS: Final = 300
_ODRL: Final = ["http://www.w3.org/ns/odrl.jsonld", "http://www.w3.org/ns/tdmrep.jsonld"]
_TDMREP_PROFILE: Final = "http://www.w3.org/ns/tdmrep"
_RSL: Final = "https://rslstandard.org/rsl"
_RESERVATION: Final = (
    "# ANY RESTRICTIONS EXPRESSED VIA CONTENT SIGNALS ARE EXPRESS RESERVATIONS OF",
    "# RIGHTS UNDER ARTICLE 4 OF THE EUROPEAN UNION DIRECTIVE 2019/790 ON COPYRIGHT",
    "# AND RELATED RIGHTS IN THE DIGITAL SINGLE MARKET.",
)


class Policies:
    """The site-wide files. They state the instance's level and the artists' own, never a single post's."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._config: Config = services.config

    async def tdm_policy(self, call: Call) -> Answer:
        """`/policies/tdm/N`: the ODRL offer behind a reservation (TDMRep 2024, section 6)."""
        number = call.scope["path"].rpartition("/")[2]
        return answer_json(build_offer(self._config, number), self._cached, media_type="application/ld+json")

    async def license(self, call: Call) -> Answer:
        """`/license.xml`: what may be done, in RSL 1.0; `?policy=` asks for another policy than the site's."""
        policy = _read_policy(call.query.get("policy", self._site_policy))
        if policy is None:
            return answer_error(404, f"the policies are {', '.join(OptOut)}")
        body = build_license(self._signals(policy)).encode()
        return answer_bytes(body, "application/rsl+xml", self._cached, *to_headers(self._said))

    async def robots(self, call: Call) -> Answer:
        """`/robots.txt`: what crawlers may do. Every path stays open: on one that is not crawled no signal is read."""
        lines = build_robots(self._signals(self._site_policy), await self._artists_signals())
        return answer_bytes("\n".join((*lines, "")).encode(), "text/plain; charset=utf-8", self._cached)

    async def tdmrep(self, call: Call) -> Answer:
        """`/.well-known/tdmrep.json`: rules, of which the first that matches holds."""
        artists = await self._artists_signals()
        rules = [tdmrep_rule(said, f"{path}*") for path, said in artists.items()]
        rules.append(tdmrep_rule(self._signals(self._site_policy), "/"))
        return answer_json([rule for rule in rules if rule is not None], self._cached)

    @property
    def _site_policy(self) -> OptOut:
        return self._config.opt_out.default

    @property
    def _said(self) -> tuple[tuple[str, str], ...]:
        return http_headers(self._signals(self._site_policy))

    @property
    def _cached(self) -> tuple[bytes, bytes]:
        return public_for(CACHE_SECONDS)

    def _signals(self, policy: OptOut) -> Signals:
        return signals(policy, base_url=self._services.site.base, site_policy=self._site_policy)

    async def _artists_signals(self) -> dict[str, Signals]:
        """What artists say who do not say what the instance does, by the paths of their pages."""
        async with self._services.database.reading() as records:
            artists = await records.artists.find_all()
        return {path: self._signals(policy) for path, policy in _exceptions(artists, self._site_policy)}


def build_offer(config: Config, number: str) -> dict[str, Any]:
    """The ODRL offer of a reserving policy: mining takes the artists' consent."""
    base = config.site.base
    assigner = {
        "uid": base,
        "vcard:fn": f"{config.instance.name} and its artists",
        "vcard:hasURL": f"{base}/policies/ai",
    }
    if config.instance.contact_email:
        assigner["vcard:hasEmail"] = f"mailto:{config.instance.contact_email}"
    return {
        "@context": _ODRL,
        "@type": "Offer",
        "profile": _TDMREP_PROFILE,
        "uid": f"{base}/policies/tdm/{number}",
        "assigner": assigner,
        "permission": [{"action": "tdm:mine", "duty": [{"action": "obtainConsent"}]}],
    }


def build_license(said: Signals) -> str:
    """An RSL document; an unset policy gives one that licenses and forbids nothing."""
    usages = (
        *(("permits", usage) for usage in said.rsl_permits),
        *(("prohibits", usage) for usage in said.rsl_prohibits),
    )
    inner = "".join(f'\n      <{verb} type="usage">{escape(usage)}</{verb}>' for verb, usage in usages)
    licence = f"\n    <license>{inner}\n    </license>" if inner else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<rsl xmlns={quoteattr(_RSL)}>\n  <content url="/">{licence}\n  </content>\n</rsl>\n'
    )


def build_robots(site: Signals, artists: Mapping[str, Signals]) -> tuple[str, ...]:
    """The lines of robots.txt: one group for everybody."""
    head = (*_RESERVATION, f"License: {site.license_url}", "") if site.license_url else ()
    exceptions = (line for path, said in artists.items() for line in robots_lines(said, path))
    return (*head, "User-agent: *", *robots_lines(site), *exceptions, "Allow: /")


def _exceptions(artists: Sequence[Artist], site_policy: OptOut) -> list[tuple[str, OptOut]]:
    chosen = ((artist.name, OptOut(artist.opt_out)) for artist in artists if artist.opt_out is not None)
    return [(f"/@{name}/", policy) for name, policy in chosen if policy is not site_policy]


def _read_policy(text: str) -> OptOut | None:
    return next((policy for policy in OptOut if policy == text), None)
