"""Changing how an artist is shown, and telling their followers."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from activitypub.activities import build_update
from activitypub.actors import build_actor
from activitypub.errors import IdUnacceptable
from activitypub.opt_out import OptOut
from activitypub.origins import normal_netloc
from activitypub.tags import fold_hashtag, is_hashtag
from cara_fed.accounts.create_artist import read_display_name
from cara_fed.accounts.published_keys import find_published_keys
from cara_fed.delivery.fan_out import Recipients
from cara_fed.errors import InvalidInput
from cara_fed.opt_out.history import Level, note_change
from cara_fed.protection.errors import PictureRefused
from cara_fed.protection.values import ProtectionRequest, RenditionKind
from cara_fed.publishing.drafts import MAX_ALT
from cara_fed.publishing.find_emoji import find_emoji
from cara_fed.publishing.forget_files import forget_public_files
from cara_fed.publishing.outgoing import send_out, wake_workers
from cara_fed.publishing.rewrite_picture import rewrite_file
from cara_fed.publishing.rights import Terms, rights_under
from cara_fed.publishing.sign_picture import sign_picture
from cara_fed.publishing.store_picture import build_request, keep_rendition, read_content
from cara_fed.services import Services
from cara_fed.translate.artists import read_artist
from cara_fed.translate.opt_outs import effective_opt_out
from cara_fed.translate.rights import LICENSES
from cara_fed.words.speech import _
from cara_fed.words.writing import write_number
from storage.artists import Artist
from storage.records import Records

MAX_SUMMARY = 5000
MAX_FIELDS = 8
MAX_FIELD_NAME = 100
MAX_FIELD_VALUE = 500
MAX_DOMAINS = 20
# As many as Mastodon reads.
MAX_FEATURED_TAGS = 10
REVISION = "artists"
SHAPES = {"avatar": (1, 1), "header": (3, 1)}
"""Width to height, as other servers show them."""
KINDS = {"avatar": RenditionKind.WEB_SMALL, "header": RenditionKind.WEB}
_LINK = re.compile(r"https?://[^\s/]+\S*")


class ProfileRefused(InvalidInput):
    """A profile that cannot be; ``field`` is what of Profile is wrong."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


@dataclass(frozen=True, slots=True)
class Profile:
    """How an artist is to be shown. ``fields`` are (name, value) pairs of text; ``opt_out`` None follows the instance.

    ``license`` (out of LICENSES) and ``acquire_license_page`` are addresses; ``states_opt_out`` puts the line "AI
    training" on the profile, ``tags_no_ai`` the hashtag on new posts. ``avatar`` and ``header`` are new pictures, as
    bytes or files, cut around their ``…_focus``; None keeps what there is, unless ``drops`` names it; ``avatar_alt``
    and ``header_alt`` describe them. ``attribution_domains``
    are the artist's own sites, whose pages may name her on link cards; ``featured_tags`` the hashtags of her work,
    without the sign.
    """

    display_name: str
    summary: str
    fields: tuple[tuple[str, str], ...]
    manually_approves: bool
    discoverable: bool
    indexable: bool
    opt_out: OptOut | None
    avatar: bytes | Path | None = None
    header: bytes | Path | None = None
    avatar_focus: tuple[float, float] | None = None
    header_focus: tuple[float, float] | None = None
    drops: frozenset[str] = frozenset()
    license: str | None = None
    acquire_license_page: str | None = None
    states_opt_out: bool = True
    tags_no_ai: bool = False
    avatar_alt: str = ""
    header_alt: str = ""
    attribution_domains: tuple[str, ...] = ()
    featured_tags: tuple[str, ...] = ()


def read_profile(artist: Artist) -> Profile:
    """The profile as it stands, to be changed with dataclasses.replace."""
    return Profile(
        display_name=artist.display_name,
        summary=artist.summary,
        fields=tuple((field["name"], field["value"]) for field in artist.fields),
        manually_approves=artist.manually_approves,
        discoverable=artist.discoverable,
        indexable=artist.indexable,
        opt_out=OptOut(artist.opt_out) if artist.opt_out else None,
        license=artist.license,
        acquire_license_page=artist.acquire_license_page,
        states_opt_out=artist.states_opt_out,
        tags_no_ai=artist.tags_no_ai,
        avatar_alt=artist.avatar_alt,
        header_alt=artist.header_alt,
        attribution_domains=tuple(artist.attribution_domains),
        featured_tags=tuple(artist.featured_tags),
    )


async def update_profile(services: Services, artist: Artist, profile: Profile) -> Artist:
    """Change an artist's profile and send an Update to their followers; the row as it is now. Raises InvalidInput.

    A changed opt-out holds for what is published from now on; what is published keeps what it says.
    """
    display_name = read_display_name(profile.display_name)
    _require_fitting(profile)
    domains, tags = read_domains(profile.attribution_domains), read_featured_tags(profile.featured_tags)
    pictures = await _store_pictures(services, artist, profile)
    async with services.database.unit_of_work() as records:
        row = await records.artists.get_by_pk(artist.pk)
        row.display_name = display_name
        row.summary = profile.summary.strip()
        row.fields = [{"name": name.strip(), "value": value.strip()} for name, value in profile.fields]
        row.emoji = await find_emoji(records, row.display_name, row.summary, *(line["value"] for line in row.fields))
        row.manually_approves = profile.manually_approves
        row.discoverable = profile.discoverable
        row.indexable = profile.indexable
        row.attribution_domains, row.featured_tags = domains, tags
        await records.profile_links.replace(row.pk, links_of(row), services.clock.now())
        await _state_terms(records, services, row, profile)
        row.avatar_hash = pictures.get("avatar", None if "avatar" in profile.drops else row.avatar_hash)
        row.header_hash = pictures.get("header", None if "header" in profile.drops else row.header_hash)
        row.avatar_alt, row.header_alt = profile.avatar_alt.strip(), profile.header_alt.strip()
        await announce_profile(records, services, row)
    await forget_public_files(services, [artist.avatar_hash, artist.header_hash])
    wake_workers(services)
    return row


def links_of(artist: Artist) -> list[str]:
    """The lines of a profile that are nothing but an address: those that can be verified."""
    values = dict.fromkeys(field["value"] for field in artist.fields)
    return [value for value in values if _LINK.fullmatch(value)]


def read_domains(domains: Iterable[str]) -> list[str]:
    """Domains in normal form, each once. Raises InvalidInput."""
    try:
        return list(dict.fromkeys(normal_netloc(domain.strip()) for domain in domains if domain.strip()))
    except IdUnacceptable as refusal:
        raise ProfileRefused(
            "attribution_domains", _("A site of yours is written as its domain, such as mara.example.")
        ) from refusal


def read_featured_tags(tags: Iterable[str]) -> list[str]:
    """Hashtags without their sign, each once, however it is written. Raises InvalidInput."""
    names = {fold_hashtag(name): name for name in (tag.strip().removeprefix("#") for tag in tags) if name}
    for name in names.values():
        if not is_hashtag(name):
            raise ProfileRefused(
                "featured_tags",
                _("%(name)s is no hashtag: one is letters and digits, and not digits alone.", name=name[:50]),
            )
    if len(names) > MAX_FEATURED_TAGS:
        raise ProfileRefused("featured_tags", _("There is room for %(limit)s hashtags.", limit=MAX_FEATURED_TAGS))
    return list(names.values())


async def _state_terms(records: Records, services: Services, row: Artist, profile: Profile) -> None:
    """What the artist says of all their work, with who said so and when."""
    actor_id = services.site.actor(row.name)
    await note_change(records, services.clock, Level.ARTIST, actor_id, actor_id, old=row.opt_out, new=profile.opt_out)
    row.opt_out = profile.opt_out
    row.license = profile.license or None
    row.acquire_license_page = profile.acquire_license_page or None
    row.states_opt_out = profile.states_opt_out
    row.tags_no_ai = profile.tags_no_ai


async def announce_profile(records: Records, services: Services, artist: Artist) -> None:
    """Send an artist's document to their followers, as it is after this transaction."""
    artist.updated_at = services.clock.now()
    site, pk = services.site, services.clock.new_pk()
    keys = await find_published_keys(records, artist.pk, services.clock.now())
    document = build_actor(read_artist(artist, keys, site, services.config.opt_out.default), site)
    update = build_update(document, activity_id=site.activity(artist.name, pk), updated=artist.updated_at)
    await records.revisions.bump(REVISION)
    await send_out(
        records,
        services,
        update,
        Recipients(followers=True),
        artist_pk=artist.pk,
        object_id=document["id"],
        audience="public",
    )


def _require_fitting(profile: Profile) -> None:
    if len(profile.summary) > MAX_SUMMARY:
        raise ProfileRefused(
            "summary", _("The text about you has at most %(limit)s characters.", limit=write_number(MAX_SUMMARY))
        )
    if len(profile.fields) > MAX_FIELDS:
        raise ProfileRefused("fields", _("A profile has at most %(limit)s lines.", limit=MAX_FIELDS))
    if profile.license and profile.license not in LICENSES:
        raise ProfileRefused("license", _("Choose one of the licences."))
    if max(len(profile.avatar_alt), len(profile.header_alt)) > MAX_ALT:
        raise ProfileRefused(
            "avatar_alt", _("A description has at most %(limit)s characters.", limit=write_number(MAX_ALT))
        )
    if len(profile.attribution_domains) > MAX_DOMAINS:
        raise ProfileRefused("attribution_domains", _("There is room for %(limit)s sites of yours.", limit=MAX_DOMAINS))
    for name, value in profile.fields:
        if len(name) > MAX_FIELD_NAME or len(value) > MAX_FIELD_VALUE:
            raise ProfileRefused(
                "fields",
                _(
                    "A line's name has at most %(limit)s characters, its text %(text_limit)s.",
                    limit=MAX_FIELD_NAME,
                    text_limit=MAX_FIELD_VALUE,
                ),
            )


async def _store_pictures(services: Services, artist: Artist, profile: Profile) -> Mapping[str, str]:
    """Keep the new avatar and header, and write anew what the others say where that changed; their files' names."""
    default = services.config.opt_out.default
    policy, before = profile.opt_out or default, effective_opt_out(default, artist)
    stored = {}
    for name, content, focus, file_name in (
        ("avatar", profile.avatar, profile.avatar_focus, artist.avatar_hash),
        ("header", profile.header, profile.header_focus, artist.header_hash),
    ):
        if content is not None:
            request = replace(build_request(services, artist, Terms(policy), focus), shape=SHAPES[name])
            try:
                stored[name] = await _store_picture(services, content, request, policy, KINDS[name])
            except PictureRefused as refusal:
                raise ProfileRefused(name, str(refusal)) from refusal
        elif file_name and policy is not before and name not in profile.drops:
            terms = Terms(policy)
            rights = rights_under(terms, artist, services.site, default)
            stored[name] = (await rewrite_file(services, file_name, rights, terms)).name
    return stored


async def _store_picture(
    services: Services, content: bytes | Path, request: ProtectionRequest, policy: OptOut, kind: RenditionKind
) -> str:
    """The original is not kept: an avatar is made anew when it is to be another."""
    protected = await services.pictures.protect(await read_content(services, content), request)
    picture = await sign_picture(services, protected, Terms(policy))
    chosen = picture.rendition(kind) or picture.renditions[0]
    return await keep_rendition(services.media, chosen)
