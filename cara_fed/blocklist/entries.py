"""What an entry of the blocklist is, and what may become one."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Protocol

from publicsuffixlist import PublicSuffixList

from activitypub.errors import IdUnacceptable
from activitypub.origins import IdRule, host_of, netloc_of, normal_host, origin_of
from cara_fed.config import Config
from cara_fed.errors import InvalidInput
from cara_fed.words.speech import _

LOCAL = "local"
"""The source of entries made here; a subscription's entries have its URL."""


class EntryKind(StrEnum):
    """What an entry's key is."""

    DOMAIN = "domain"  # a host name in punycode, covering its subdomains
    ACTOR = "actor"  # an actor's id
    DIGEST = "digest"  # sha256 in hex of a host name that its publisher does not spell out
    AGENT = "agent"  # a User-Agent's product token; no doors of the federation are shut by it


class EntryPolicy(StrEnum):
    """What is done about it."""

    REJECT = "reject"  # refused, and told so
    DROP = "drop"  # refused, and told that all is well
    FILTER = "filter"  # held back from public and hashtag views, no media
    ADVISORY = "advisory"  # shown to admins, changes nothing

    @property
    def gravity(self) -> int:
        """Of several sources' policies the gravest holds; reject and drop weigh the same."""
        return _GRAVITY[self]


_GRAVITY = {EntryPolicy.ADVISORY: 0, EntryPolicy.FILTER: 1, EntryPolicy.REJECT: 2, EntryPolicy.DROP: 2}


class EntryLabel(StrEnum):
    """Why somebody is listed, in one word."""

    TRAINING_HARVEST = "training-harvest"
    ANSWER_ENGINE = "answer-engine"
    BULK_ARCHIVE = "bulk-archive"
    CONSENT_IGNORED = "consent-ignored"
    ALIAS = "alias"


class Acting(Protocol):
    """What the policy reads of an entry that is not retracted; the rows of storage are such."""

    @property
    def kind(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def policy(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def expires_at(self) -> datetime | None: ...


class Entry(Acting, Protocol):
    """What the exports read of an entry, besides."""

    @property
    def created_at(self) -> datetime: ...
    @property
    def retracted_at(self) -> datetime | None: ...


class Allow(Protocol):
    """What the policy reads of an allow."""

    @property
    def kind(self) -> str: ...
    @property
    def key(self) -> str: ...


def is_active(entry: Entry, now: datetime) -> bool:
    """Neither retracted nor expired."""
    return entry.retracted_at is None and (entry.expires_at is None or entry.expires_at > now)


class EntryRefused(InvalidInput):
    """This cannot be an entry; the sentence says why, and what could be."""


@dataclass(frozen=True, slots=True)
class EntryRules:
    """What depends on the instance: its own netloc, and which ids it accepts.

    ``allow_test_domains`` takes ``.test`` and ``.example`` too; set where ``allowed_private_networks`` is.
    """

    own_netloc: str
    ids: IdRule
    allow_test_domains: bool = False


def rules_of(config: Config) -> EntryRules:
    """The rules of the instance that instance.toml describes."""
    ids = IdRule(allow_http=config.instance.scheme == "http")
    return EntryRules(config.instance.domain, ids, bool(config.federation.allowed_private_networks))


_NEVER = frozenset({"invalid", "localhost"})
_ONLY_IN_TESTS = frozenset({"test", "example"})
_PATH = re.compile(r"[/?].*")
_LOOKS_NUMERIC = re.compile(r"(^|\.)(0x[0-9a-f]*|[0-9]+)$")


def parse_entry(text: str, rules: EntryRules) -> tuple[EntryKind, str]:
    """A domain or an actor id as people write it, in normal form; raises :class:`EntryRefused`."""
    text = text.strip()
    if "://" in text:
        return EntryKind.ACTOR, read_actor_key(text, rules)
    if "@" in text:
        raise EntryRefused(
            _("%(text)s is a handle: give the actor's id (its https:// address) or its domain", text=text)
        )
    return EntryKind.DOMAIN, read_domain_key(text, rules)


def read_domain_key(text: str, rules: EntryRules) -> str:
    """A domain's key: lower case, punycode, no port, no last dot; raises :class:`EntryRefused`.

    ``*.scraper.example`` is read as ``scraper.example``, which covers its subdomains in any case.
    """
    key = _read_host(text.strip().removeprefix("*."))
    if key == (own := _host(rules.own_netloc)) or own.endswith(f".{key}"):
        raise EntryRefused(_("%(key)s is this instance itself, or covers it", key=key))
    if ":" in key or _LOOKS_NUMERIC.search(key):
        raise EntryRefused(_("%(key)s is an address, not a domain: list the actor's id instead", key=key))
    top = key.rpartition(".")[2]
    if top in _NEVER or (top in _ONLY_IN_TESTS and not rules.allow_test_domains):
        raise EntryRefused(_("%(key)s: names under .%(top)s are never a real server's", key=key, top=top))
    if "." not in key:
        raise EntryRefused(_("%(key)s is a single word, not a domain", key=key))
    if _public_suffixes().publicsuffix(key) == key:
        raise EntryRefused(
            _("%(key)s is a public suffix: listing it would list everybody who has a name under it", key=key)
        )
    return key


def read_actor_key(text: str, rules: EntryRules) -> str:
    """An actor's id with its host in normal form and without a fragment; raises :class:`EntryRefused`."""
    try:
        key = normal_id(rules.ids.require(text.strip()))
    except IdUnacceptable as error:
        raise EntryRefused(
            _("%(text)s cannot be an actor's id: %(error)s", text=text.strip()[:200], error=error)
        ) from None
    if netloc_of(key) == rules.own_netloc:
        raise EntryRefused(_("%(key)s lives on this instance", key=key))
    return key


def normal_id(id: str) -> str:
    """An id in the form that is compared; raises IdUnacceptable."""
    origin = origin_of(id)
    path = _PATH.search(id.partition("#")[0].partition("://")[2])
    return f"{origin.scheme}://{origin.netloc}{path[0] if path else ''}"


def _read_host(text: str) -> str:
    if "*" in text:
        raise EntryRefused(_("%(text)s is obfuscated: the whole name is needed", text=text[:200]))
    try:
        return host_of(f"https://{text}") if _has_port(text) else normal_host(text)
    except IdUnacceptable:
        raise EntryRefused(_("%(text)s is not a domain", text=repr(text[:200]))) from None


def _has_port(text: str) -> bool:
    return text.count(":") == 1 or "]:" in text


def _host(netloc: str) -> str:
    return host_of(f"https://{netloc}")


@cache
def _public_suffixes() -> PublicSuffixList:
    return PublicSuffixList()
