"""The blocklist in memory: one immutable value, asked in constant time at every door."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final

from activitypub.errors import IdUnacceptable
from activitypub.origins import host_of, normal_host
from cara_fed.blocklist.entries import LOCAL, Acting, Allow, EntryKind, EntryPolicy, normal_id
from cara_fed.blocklist.weighing import PLAIN, Weighing, is_ours

_KINDS: Final = {str(kind): kind for kind in EntryKind}
_POLICIES: Final = {str(policy): policy for policy in EntryPolicy}

# Already in the form that is compared, as nearly all are; the slow way is for capitals, ports, punycode, last dots.
_is_plain = re.compile(r"[a-z0-9.-]*[a-z0-9-]").fullmatch


@dataclass(frozen=True, slots=True)
class Listing:
    """The entry that speaks about somebody; ``source`` is "local" or a subscription's URL."""

    key: str
    kind: EntryKind
    label: str
    policy: EntryPolicy
    reason: str
    source: str

    def host_of(self, netloc: str) -> str:
        """The server that is meant, where somebody at ``netloc`` was refused: of a listed domain the domain itself.

        Anybody may claim to be any of the names below it, and what is written down must not grow by that.
        """
        return netloc if self.kind is EntryKind.ACTOR else self.key

    @property
    def refuses(self) -> bool:
        """Whether doors are shut: reject and drop refuse, filter only holds back."""
        return self.policy.gravity >= EntryPolicy.REJECT.gravity


class BlocklistPolicy:
    """Who is listed at one moment. A new list makes a new policy; this one never changes.

    A domain covers its subdomains and the actors on them. Of several entries that cover somebody the gravest holds, the
    nearest where they weigh the same; of several subscriptions' words about one key, that of the highest priority.
    An allow wins over every entry, whatever the order, and covers what an entry of its key would cover.
    """

    __slots__ = ("_actors", "_allowed", "_digests", "_domains", "_next_expiry")

    def __init__(
        self,
        listings: Iterable[Listing],
        allowed: frozenset[str],
        next_expiry: datetime | None,
        weighing: Weighing = PLAIN,
    ) -> None:
        held = _choose(listings, weighing)
        self._domains = held[EntryKind.DOMAIN]
        self._actors = held[EntryKind.ACTOR]
        self._digests = held[EntryKind.DIGEST]
        self._allowed = allowed
        self._next_expiry = next_expiry

    @classmethod
    def from_entries(
        cls, entries: Iterable[Acting], allows: Iterable[Allow], now: datetime, weighing: Weighing = PLAIN
    ) -> "BlocklistPolicy":
        """The policy of all sources' entries; advisory and expired ones are left out."""
        active = [entry for entry in entries if entry.expires_at is None or entry.expires_at > now]
        expiries = (entry.expires_at for entry in active if entry.expires_at is not None)
        allowed = frozenset(allow.key for allow in allows)
        return cls(_read_listings(weighing.adopt(active)), allowed, min(expiries, default=None), weighing)

    def __len__(self) -> int:
        return len(self._domains) + len(self._actors) + len(self._digests)

    def expired_since(self, now: datetime) -> bool:
        """Whether an entry has expired since this policy was made, so that a new one is due."""
        return self._next_expiry is not None and self._next_expiry <= now

    def check_domain(self, host: str) -> Listing | None:
        """What is listed about a host: a name or ``name:port``, in any spelling."""
        host = _normal(host)
        found = self._find_domain(host)
        return None if found is None or self._allows_host(host) else found

    def check_actor(self, actor_id: str) -> Listing | None:
        """What is listed about an actor, a key or an inbox, by its id: the id itself, or its host."""
        id, host = _normal_parts(actor_id)
        found = self._actors.get(id)
        by_host = self._find_domain(host)
        if by_host is not None:
            found = by_host if found is None else _graver(found, by_host)
        return None if found is None or id in self._allowed or self._allows_host(host) else found

    def check_any(self, *subjects: str | None) -> Listing | None:
        """The gravest listing of any of these ids and hosts; None among them stands for nobody.

        Subjects are named together because they act together: where one is an allowed actor, entries of its own
        host say nothing about the others on that host (its key, its inbox).
        """
        gravest: Listing | None = None
        for subject in subjects:
            if subject:
                found = self.check_actor(subject) if "://" in subject else self.check_domain(subject)
                if found is not None and not self._is_excused(found, subject, subjects):
                    gravest = _graver(gravest, found)
        return gravest

    def allows(self, actor_id: str) -> bool:
        """Whether an allow names the actor, its host or a domain above it."""
        id, host = _normal_parts(actor_id)
        return id in self._allowed or self._allows_host(host)

    def allows_key(self, key: str) -> bool:
        """Whether an allow keeps an entry of this key, a domain or an actor's id, from any effect."""
        return self.allows(key) if "://" in key else self._allows_host(key)

    def _find_domain(self, host: str) -> Listing | None:
        found = self._domains.get(host)
        dot = host.find(".")
        while dot > 0:
            wider = self._domains.get(host[dot + 1 :])
            if wider is not None:
                found = _graver(found, wider)
            dot = host.find(".", dot + 1)
        return self._find_digest(host, found) if self._digests else found

    def _find_digest(self, host: str, found: Listing | None) -> Listing | None:
        for digest in _digests_of(host):
            hidden = self._digests.get(digest)
            if hidden is not None:
                found = _graver(found, hidden)
        return found

    def _allows_host(self, host: str) -> bool:
        return bool(self._allowed) and any(name in self._allowed for name in _names_of(host))

    def _is_excused(self, found: Listing, subject: str, subjects: tuple[str | None, ...]) -> bool:
        if not self._allowed or found.kind is EntryKind.ACTOR:
            return False
        host = _normal_parts(subject)[1] if "://" in subject else _normal(subject)
        others = (_normal_parts(other) for other in subjects if other and "://" in other)
        return any(id in self._allowed and other_host == host for id, other_host in others)


def _read_listings(entries: Iterable[Acting]) -> Iterator[Listing]:
    shared: dict[str, str] = {}  # one copy of each label, reason and source, of which lists repeat thousands
    share = shared.setdefault
    for entry in entries:
        label, reason, source = entry.label, entry.reason, entry.source
        yield Listing(
            entry.key,
            _KINDS[entry.kind],
            share(label, label),
            _POLICIES[entry.policy],
            share(reason, reason),
            share(source, source),
        )


def _choose(listings: Iterable[Listing], weighing: Weighing) -> dict[EntryKind, dict[str, Listing]]:
    """The listing that holds for each key: ours and the subscriptions' weightiest, whichever is the graver."""
    held: dict[EntryKind, dict[str, Listing]] = {kind: {} for kind in EntryKind}
    ours: list[Listing] = []
    for listing in listings:
        if is_ours(listing.source):
            ours.append(listing)
        else:
            theirs = held[listing.kind]
            theirs[listing.key] = _weightier(theirs.get(listing.key), listing, weighing)
    for listing in ours:
        held[listing.kind][listing.key] = _graver(held[listing.kind].get(listing.key), listing)
    return held


def _weightier(one: Listing | None, other: Listing, weighing: Weighing) -> Listing:
    if one is None:
        return other
    difference = weighing.priority_of(other.source) - weighing.priority_of(one.source)
    return _graver(one, other) if difference == 0 else other if difference > 0 else one


def _graver(one: Listing | None, other: Listing) -> Listing:
    if one is None or other.policy.gravity > one.policy.gravity:
        return other
    same = other.key == one.key and other.policy.gravity == one.policy.gravity
    return other if same and other.source == LOCAL else one


def _normal(host: str) -> str:
    if _is_plain(host):
        return host
    try:
        return host_of(f"https://{host}") if host.count(":") == 1 or "]:" in host else normal_host(host)
    except IdUnacceptable:
        return host.lower()


def _normal_parts(id: str) -> tuple[str, str]:
    """An id and its host, both in the form that is compared."""
    id = id.partition("#")[0]
    host = id.split("/", 3)[2] if id.startswith("https://") else ""
    if _is_plain(host):
        return id, host
    return _normal_parts_slowly(id)


@lru_cache(maxsize=4096)
def _normal_parts_slowly(id: str) -> tuple[str, str]:
    try:
        return normal_id(id), host_of(id)
    except IdUnacceptable:
        return id, ""


def _names_of(host: str) -> Iterator[str]:
    """The host's name and those above it."""
    yield host
    while host := host.partition(".")[2]:
        yield host


@lru_cache(maxsize=8192)
def _digests_of(host: str) -> tuple[str, ...]:
    return tuple(sha256(name.encode()).hexdigest() for name in _names_of(host))
