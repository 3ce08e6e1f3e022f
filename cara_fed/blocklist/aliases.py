"""Aliases: actors that call a listed one themselves, by their own alsoKnownAs or movedTo."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from cara_fed.blocklist.entries import EntryLabel
from cara_fed.blocklist.policy import BlocklistPolicy, Listing


class Aliases:
    """Who is listed through another name. What a listed actor claims of others lists nobody: its own names count."""

    __slots__ = ("_listed", "_policy")

    def __init__(self, policy: BlocklistPolicy, names: Mapping[str, Iterable[str]] | None = None) -> None:
        self._policy = policy
        self._listed: dict[str, Listing] = {}
        for actor_id, others in (names or {}).items():
            self.note(actor_id, others)

    def find(self, *subjects: str | None) -> Listing | None:
        """The listing of the other name of one of these actors (or of a key's owner); or None."""
        if not self._listed:
            return None
        return next((self._listed[id] for id in map(_without_fragment, subjects) if id in self._listed), None)

    def note(self, actor_id: str, names: Iterable[str]) -> bool:
        """Take an actor's other names as they are now; whether that changes what is listed."""
        found = None if self._policy.allows(actor_id) else self._find_refusing(names)
        before = self._listed.pop(actor_id, None)
        if found is not None:
            reason = f"calls itself {found.key}, too, which is listed: {found.reason}"
            self._listed[actor_id] = replace(found, label=str(EntryLabel.ALIAS), reason=reason)
        return self._listed.get(actor_id) != before

    def _find_refusing(self, names: Iterable[str]) -> Listing | None:
        listings = (self._policy.check_actor(name) for name in names)
        return next((listing for listing in listings if listing is not None and listing.refuses), None)


def _without_fragment(subject: str | None) -> str:
    return subject.partition("#")[0] if subject else ""
