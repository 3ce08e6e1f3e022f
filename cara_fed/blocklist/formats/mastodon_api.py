"""What a Mastodon instance tells of its blocks at ``/api/v1/instance/domain_blocks``, names half hidden included."""

import re
from dataclasses import replace
from hashlib import sha256
from typing import Any

from activitypub.origins import host_of
from cara_fed.blocklist.entries import EntryKind, EntryPolicy, EntryRules
from cara_fed.blocklist.formats.parsed import Gathering, ParsedEntry, ParsedList, describe, read_json_items, text_in
from cara_fed.words.speech import _

_POLICY_OF = {"suspend": EntryPolicy.REJECT, "silence": EntryPolicy.FILTER, "noop": EntryPolicy.ADVISORY}
_DIGEST = re.compile(r"[0-9a-f]{64}")


def parse_mastodon_api(body: bytes, rules: EntryRules) -> ParsedList:
    """Read an instance's own list; a name hidden behind ``*`` is kept by its digest. Raises ListUnreadable."""
    gathering = Gathering(rules)
    for position, item in read_json_items(body, gathering):
        domain, severity = text_in(item, "domain"), text_in(item, "severity") or "suspend"
        if severity not in _POLICY_OF:
            gathering.report(
                position, domain, _("the severity %(severity)s is not known", severity=repr(severity[:40]))
            )
        elif "*" in domain:
            _add_hidden(gathering, position, item, _POLICY_OF[severity])
        else:
            gathering.add(position, domain, _POLICY_OF[severity], text_in(item, "comment"))
    return gathering.result()


def _add_hidden(gathering: Gathering, position: int, item: dict[str, Any], policy: EntryPolicy) -> None:
    domain, digest = text_in(item, "domain"), text_in(item, "digest").lower()
    if not _DIGEST.fullmatch(digest):
        gathering.report(position, domain, _("obfuscated, and without a digest"))
    elif digest in _digests_covering(gathering.rules):
        gathering.report(position, domain, _("this instance itself, or covers it"))
    else:
        entry = describe(ParsedEntry(EntryKind.DIGEST, digest, policy), text_in(item, "comment"))
        shown = f"{domain}: {entry.reason}" if entry.reason else domain
        gathering.add_entry(replace(entry, reason=shown))


def _digests_covering(rules: EntryRules) -> set[str]:
    labels = host_of(f"https://{rules.own_netloc}").split(".")
    names = (".".join(labels[start:]) for start in range(len(labels)))
    return {sha256(name.encode()).hexdigest() for name in names}
