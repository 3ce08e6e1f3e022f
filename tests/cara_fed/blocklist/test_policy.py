"""The policy: who is listed, however they are named, and what an allow undoes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cara_fed.blocklist.entries import EntryKind, EntryPolicy
from cara_fed.blocklist.policy import BlocklistPolicy
from cara_fed.blocklist.weighing import Weighing

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LIST = "https://lists.example/scrapers.csv"


@dataclass(frozen=True)
class Row:
    key: str
    kind: str = "domain"
    policy: str = "reject"
    source: str = "local"
    label: str = "training-harvest"
    reason: str = "feeds a model"
    created_at: datetime = NOW
    expires_at: datetime | None = None
    retracted_at: datetime | None = None


def orders(rows: list[Row]) -> list[tuple[Row, ...]]:
    return list(permutations(rows))


def policy_of(*rows: Row, allow: tuple[str, ...] = ()) -> BlocklistPolicy:
    return BlocklistPolicy.from_entries(rows, [Row(key) for key in allow], NOW)


def test_an_empty_list_refuses_nobody() -> None:
    policy = policy_of()
    assert policy.check_any("https://scraper.net/users/bot", "scraper.net", None, "") is None
    assert len(policy) == 0


@pytest.mark.parametrize(
    "host",
    [
        "scraper.net",
        "a.scraper.net",
        "a.b.c.scraper.net",
        "Scraper.NET",
        "scraper.net.",
        "scraper.net:8443",
        "A.Scraper.net.:443",
    ],
)
def test_a_domain_covers_itself_and_what_is_below_it(host: str) -> None:
    listing = policy_of(Row("scraper.net")).check_domain(host)
    assert listing is not None
    assert (listing.key, listing.kind, listing.policy) == ("scraper.net", EntryKind.DOMAIN, EntryPolicy.REJECT)
    assert (listing.label, listing.reason, listing.source) == ("training-harvest", "feeds a model", "local")


@pytest.mark.parametrize(
    "host", ["net", "craper.net", "notscraper.net", "scraper.net.org", "scraper.example", "", ".", "a b", "[::1"]
)
def test_a_domain_covers_nothing_else(host: str) -> None:
    assert policy_of(Row("scraper.net")).check_domain(host) is None


@pytest.mark.parametrize("host", ["bücher.de", "BÜCHER.de", "xn--bcher-kva.de", "XN--BCHER-KVA.DE", "a.bücher.de:8443"])
def test_international_names_are_compared_in_punycode(host: str) -> None:
    assert policy_of(Row("xn--bcher-kva.de")).check_domain(host) is not None


@pytest.mark.parametrize(
    "id",
    [
        "https://scraper.net/users/bot",
        "https://scraper.net",
        "https://a.scraper.net/users/bot#main-key",
        "https://SCRAPER.net:8443/inbox",
        "https://scraper.net./inbox",
        "https://scraper.net?x",
        "https://scraper.net#x",
        "http://scraper.net/inbox",
        "HTTPS://scraper.net/inbox",
    ],
)
def test_a_domain_covers_the_actors_keys_and_inboxes_on_it(id: str) -> None:
    assert policy_of(Row("scraper.net")).check_actor(id) is not None
    assert policy_of(Row("scraper.net")).check_any(None, id) is not None


@pytest.mark.parametrize(
    "id",
    [
        "https://home.net/scraper.net",
        "https://scraper.net@home.net/",
        "https://home.net/?https://scraper.net/",
        "acct:a@scraper.net",
    ],
)
def test_a_name_elsewhere_in_an_id_is_not_its_host(id: str) -> None:
    assert policy_of(Row("scraper.net")).check_actor(id) is None


def test_an_actor_entry_covers_that_actor_alone() -> None:
    bot = "https://home.net/users/bot"
    policy = policy_of(Row(bot, kind="actor"))
    for id in (bot, f"{bot}#main-key", "https://HOME.net:443/users/bot"):
        listing = policy.check_actor(id)
        assert listing is not None
        assert listing.key == bot
    for id in (
        "https://home.net/users/mara",
        "https://home.net/users/bot2",
        "https://home.net/users/Bot",
        "https://home.net/",
    ):
        assert policy.check_actor(id) is None
    assert policy.check_domain("home.net") is None


def test_an_actor_on_an_address_can_be_listed() -> None:
    policy = policy_of(Row("http://127.0.0.1:8090/users/bot", kind="actor"))
    assert policy.check_actor("http://127.0.0.1:8090/users/bot#main-key") is not None
    assert policy.check_actor("http://127.0.0.1:8091/users/bot") is None


@pytest.mark.parametrize("allow", ["scraper.net", "good.scraper.net"])
def test_an_allow_wins_over_entries_above_at_and_below_it(allow: str) -> None:
    rows = [
        Row("scraper.net"),
        Row("good.scraper.net", source=LIST),
        Row("https://good.scraper.net/users/bot", kind="actor"),
    ]
    for order in permutations(rows):
        policy = policy_of(*order, allow=(allow,))
        assert policy.check_domain("good.scraper.net") is None
        assert policy.check_actor("https://a.good.scraper.net/users/bot") is None
        assert policy.check_actor("https://good.scraper.net/users/bot") is None
        assert (policy.check_domain("bad.scraper.net") is None) == (allow == "scraper.net")


def test_an_allowed_actor_is_let_in_from_a_listed_domain() -> None:
    mara = "https://scraper.net/users/mara"
    policy = policy_of(Row("scraper.net"), Row(mara, kind="actor", source=LIST), allow=(mara,))
    assert policy.check_actor(mara) is None
    assert policy.check_any(mara, f"{mara}#main-key", f"{mara}/main-key", f"{mara}/inbox", "scraper.net") is None
    assert policy.check_actor("https://scraper.net/users/bot") is not None
    assert policy.check_any("https://scraper.net/users/bot", "https://scraper.net/users/bot#main-key") is not None
    assert policy.check_any(mara, "https://a.scraper.net/key") is not None


def test_an_allowed_actor_does_not_excuse_a_listed_one_beside_it() -> None:
    mara, bot = "https://home.net/users/mara", "https://home.net/users/bot"
    policy = policy_of(Row(bot, kind="actor"), allow=(mara,))
    assert policy.check_any(mara, bot) is not None


@pytest.mark.parametrize(
    "order",
    orders([Row("s.net", policy="filter"), Row("s.net", source=LIST), Row("s.net", policy="advisory", source="x")]),
)
def test_of_several_sources_the_gravest_holds(order: tuple[Row, ...]) -> None:
    listing = policy_of(*order).check_domain("s.net")
    assert listing is not None
    assert (listing.policy, listing.source, listing.refuses) == (EntryPolicy.REJECT, LIST, True)


@pytest.mark.parametrize("order", orders([Row("s.net", policy="drop"), Row("s.net", source=LIST)]))
def test_where_they_weigh_the_same_ours_holds(order: tuple[Row, ...]) -> None:
    listing = policy_of(*order).check_domain("s.net")
    assert listing is not None
    assert (listing.policy, listing.source) == (EntryPolicy.DROP, "local")


def test_the_gravest_of_all_that_cover_somebody_holds() -> None:
    policy = policy_of(
        Row("s.net"), Row("a.s.net", policy="filter"), Row("https://a.s.net/bot", kind="actor", policy="filter")
    )
    listing = policy.check_actor("https://a.s.net/bot")
    assert listing is not None
    assert listing.policy is EntryPolicy.REJECT
    nearest = policy_of(Row("s.net"), Row("a.s.net")).check_domain("b.a.s.net")
    assert nearest is not None
    assert nearest.key == "a.s.net"


def test_filter_holds_back_and_refuses_nobody() -> None:
    listing = policy_of(Row("s.net", policy="filter")).check_domain("s.net")
    assert listing is not None
    assert not listing.refuses
    both = policy_of(Row("s.net", policy="filter"), Row("t.net")).check_any("s.net", "t.net")
    assert both is not None
    assert both.key == "t.net"


def test_advisory_agent_and_expired_entries_shut_nothing() -> None:
    policy = policy_of(
        Row("advisory.net", policy="advisory"),
        Row("gptbot.net", kind="agent"),
        Row("expired.net", expires_at=NOW),
        Row("active.net", expires_at=NOW + timedelta(hours=1)),
    )
    hosts = ("advisory.net", "gptbot.net", "expired.net", "active.net")
    assert [host for host in hosts if policy.check_domain(host)] == ["active.net"]
    assert not policy.expired_since(NOW)
    assert policy.expired_since(NOW + timedelta(hours=1))
    assert not policy_of(Row("a.net")).expired_since(NOW + timedelta(days=9999))


def test_a_name_known_by_its_digest_is_recognised() -> None:
    policy = policy_of(Row(sha256(b"scraper.net").hexdigest(), kind="digest", source=LIST))
    assert policy.check_domain("a.Scraper.net") is not None
    assert policy.check_actor("https://scraper.net/users/bot") is not None
    assert policy.check_domain("other.net") is None
    assert (
        policy_of(Row(sha256(b"scraper.net").hexdigest(), kind="digest"), allow=("scraper.net",)).check_domain(
            "scraper.net"
        )
        is None
    )


NAMES = ("s.net", "a.s.net", "b.a.s.net", "t.org")
IDS = tuple(f"https://{name}/users/bot" for name in NAMES)
KEYS = st.sampled_from([*(("domain", name) for name in NAMES), *(("actor", id) for id in IDS)])
ROWS = st.builds(
    lambda key, policy, source: Row(key[1], key[0], policy, source),
    KEYS,
    st.sampled_from(["reject", "drop", "filter", "advisory"]),
    st.sampled_from(["local", LIST, "https://other.example/list", "file:a.csv"]),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(ROWS, max_size=8, unique_by=lambda row: (row.kind, row.key, row.source)),
    st.lists(KEYS, max_size=3, unique=True),
    st.integers(1, 2),
    st.randoms(use_true_random=False),
)
def test_neither_order_nor_number_of_lists_gets_past_an_allow(
    rows: list[Row], allows: list[tuple[str, str]], threshold: int, random: Random
) -> None:
    allowed = [Row(key, kind) for kind, key in allows]
    weighing = Weighing(threshold=threshold)
    first = BlocklistPolicy.from_entries(rows, allowed, NOW, weighing)
    random.shuffle(rows)
    random.shuffle(allowed)
    again = BlocklistPolicy.from_entries(rows, allowed, NOW, weighing)
    for subject in (*NAMES, *IDS):
        found, other = first.check_any(subject), again.check_any(subject)
        assert (found and (found.key, found.policy.gravity)) == (other and (other.key, other.policy.gravity))
        host = subject.split("/")[2] if "://" in subject else subject
        if any(key == subject or host == key or host.endswith(f".{key}") for _, key in allows):
            assert found is None


@given(st.text())
def test_no_text_upsets_it(text: str) -> None:
    policy = policy_of(Row("scraper.net"), allow=("good.net",))
    policy.check_any(text, f"https://{text}", f"https://{text}/users/bot")
    assert policy.check_any(text, "scraper.net") is not None
