"""Everything that the world is told about one post, surface by surface, as the very text that is sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from activitypub.actors import build_actor
from activitypub.documents import Json
from activitypub.notes import build_note
from activitypub.opt_out import (
    OptOut,
    Signals,
    actor_terms,
    attachment_terms,
    html_links,
    html_meta,
    http_headers,
    object_terms,
)
from cara_fed.opt_out.license import build_license, build_offer, build_tdmrep
from cara_fed.opt_out.robots import RobotsFile, build_ai_txt
from cara_fed.opt_out.site_rules import SiteRules
from cara_fed.protection import read_xmp
from cara_fed.services import Services
from cara_fed.translate.artists import OPT_OUT_FIELD_NAME, read_artist
from cara_fed.translate.opt_outs import effective_opt_out, signals_for
from cara_fed.translate.posts import FEDERATED, NO_AI_TAG, PostRows, file_name_of, read_local_post
from cara_fed.translate.views import Gallery
from cara_fed.words.speech import _
from storage.artists import Artist

_RIGHTS: Final = ("license", "acquireLicensePage", "creditText", "copyrightNotice", "digitalSourceType")


@dataclass(frozen=True, slots=True)
class Statement:
    """One surface: what it is, its address or where it stands, and the text; ``""`` where it stays silent."""

    surface: str
    place: str
    text: str


async def collect_statements(services: Services, rows: PostRows) -> tuple[Statement, ...]:
    """The surfaces of a post of this instance, of its pictures and its artist, and the site-wide files."""
    teller = _Teller(services, rows)
    return (
        *teller.documents(),
        teller.headers_of_page(),
        teller.html(),
        *teller.headers_of_pictures(),
        *await teller.files(),
        *await teller.site_files(),
    )


class _Teller:
    def __init__(self, services: Services, rows: PostRows) -> None:
        self._services = services
        self._rows = rows
        self._site = services.site
        self._default = services.config.opt_out.default
        self._said = self._signals(effective_opt_out(self._default, rows.artist, rows.post))

    def documents(self) -> tuple[Statement, ...]:
        """What other servers are sent: the post with its pictures, and its artist."""
        note = build_note(read_local_post(self._rows, self._site, self._default))
        told = _pick(note, object_terms(self._said)) | {"tag": [t for t in note["tag"] if _is_no_ai(t)]}
        attachments = [
            _pick(attachment, attachment_terms(self._signals_of_picture(number)))
            for number, attachment in enumerate(note["attachment"])
        ]
        actor, terms = self._actor()
        return (
            Statement(_("The post as other servers get it"), note["id"], _dump({**told, "attachment": attachments})),
            Statement(_("You, as other servers get you"), actor["id"], _dump(_pick(actor, terms))),
        )

    def headers_of_page(self) -> Statement:
        """The headers of the page and of the document."""
        return Statement(_("Headers of the page and the document"), self._rows.post.url, _write_headers(self._said))

    def html(self) -> Statement:
        """What stands in the page's head."""
        gallery = Gallery(self._site, self._default, self._services.capabilities)
        own = self._rows.post.license
        data = gallery.image_objects(self._rows) if self._rows.pictures else ""
        lines = (
            *(f'<meta name="{name}" content="{escape(value)}">' for name, value in html_meta(self._said)),
            *(f'<link rel="{rel}" type="{kind}" href="{escape(to)}">' for rel, kind, to in html_links(self._said)),
            *((f'<link rel="license" href="{escape(own)}">',) if own else ()),
            *((f'<script type="application/ld+json">{data}</script>',) if data else ()),
        )
        return Statement(_("The head of the page"), self._rows.post.url, "\n".join(lines))

    def headers_of_pictures(self) -> tuple[Statement, ...]:
        """The headers of each picture's files."""
        return tuple(
            Statement(
                _("Headers of picture %(number)s", number=number + 1),
                "/media/…",
                _write_headers(self._signals_of_picture(number)),
            )
            for number in range(len(self._rows.pictures))
        )

    async def files(self) -> tuple[Statement, ...]:
        """What stands in each picture's own file, read back from it."""
        found = []
        for number, picture in enumerate(self._rows.pictures, 1):
            name = file_name_of(picture.renditions[FEDERATED])
            packet = read_xmp(await self._services.media.read("public", name))
            found.append(
                Statement(
                    _("Inside the file of picture %(number)s (XMP)", number=number), name, (packet or b"").decode()
                )
            )
        return tuple(found)

    async def site_files(self) -> tuple[Statement, ...]:
        """What holds for the whole site, and the licence and offer of this very policy."""
        async with self._services.database.reading() as records:
            rules = SiteRules.of(self._default, await records.artists.find_all())
        said = {policy: self._signals(policy) for policy in OptOut}
        robots = RobotsFile(rules, said, self._services.crawlers.agents).build()
        base, policy = self._site.base, self._said.tdm_policy
        offer = _dump(build_offer(self._services.config, policy.rpartition("/")[2])) if policy else ""
        return (
            Statement(_("The licence for machines (RSL)"), self._said.license_url or "", self._license()),
            Statement(_("The offer behind the reservation (ODRL)"), policy or "", offer),
            Statement(
                _("tdmrep.json of this site"), f"{base}/.well-known/tdmrep.json", _dump(build_tdmrep(rules, said))
            ),
            Statement(_("ai.txt of this site"), f"{base}/ai.txt", build_ai_txt(rules)),
            Statement(_("robots.txt of this site"), f"{base}/robots.txt", robots),
        )

    def _license(self) -> str:
        return build_license(self._said) if self._said.license_url else ""

    def _actor(self) -> tuple[Json, Mapping[str, Any]]:
        artist: Artist = self._rows.artist
        profile = read_artist(artist, (), self._site, self._default)
        actor = build_actor(profile, self._site)
        lines = [line for line in actor["attachment"] if line["name"] == OPT_OUT_FIELD_NAME]
        return actor | {"attachment": lines}, {**actor_terms(profile.signals), **({"attachment": 1} if lines else {})}

    def _signals_of_picture(self, number: int) -> Signals:
        attachment = self._rows.pictures[number].attachment
        return self._signals(effective_opt_out(self._default, self._rows.artist, self._rows.post, attachment))

    def _signals(self, policy: OptOut) -> Signals:
        return signals_for(policy, self._site, self._default)


def _pick(document: Json, terms: Mapping[str, Any]) -> Json:
    """The document's own values for these terms and for rights."""
    return {key: document[key] for key in ("id", "type", *terms, *_RIGHTS) if key in document}


def _is_no_ai(tag: Json) -> bool:
    return str(tag.get("name", "")).casefold() == f"#{NO_AI_TAG}".casefold()


def _write_headers(said: Signals) -> str:
    return "\n".join(f"{name}: {value}" for name, value in http_headers(said))


def _dump(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)
