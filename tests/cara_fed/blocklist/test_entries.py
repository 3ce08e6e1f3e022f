"""What may become an entry of the blocklist."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.origins import IdRule
from cara_fed.blocklist.entries import EntryKind, EntryRefused, EntryRules, parse_entry

PUBLIC = EntryRules("art.studio.org", IdRule(allow_http=False))
LOCAL_NETWORK = EntryRules("127.0.0.1:8080", IdRule(allow_http=True), allow_test_domains=True)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("scraper.net", "scraper.net"),
        ("  Scraper.NET. ", "scraper.net"),
        ("scraper.net:8443", "scraper.net"),
        ("*.scraper.net", "scraper.net"),
        ("bücher.de", "xn--bcher-kva.de"),
        ("BÜCHER.de", "xn--bcher-kva.de"),
        ("xn--bcher-kva.de", "xn--bcher-kva.de"),
        ("a.b.c.scraper.net", "a.b.c.scraper.net"),
        ("under_score.scraper.net", "under_score.scraper.net"),
        ("somebody.github.io", "somebody.github.io"),
        ("other.studio.org", "other.studio.org"),
        ("below.art.studio.org", "below.art.studio.org"),
        ("4chan.org", "4chan.org"),
    ],
)
def test_domains_are_read_in_normal_form(text: str, key: str) -> None:
    assert parse_entry(text, PUBLIC) == (EntryKind.DOMAIN, key)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("art.studio.org", "this instance"),
        ("ART.studio.org:443", "this instance"),
        ("studio.org", "covers it"),
        ("org", "covers it"),
        ("com", "single word"),
        ("co.uk", "public suffix"),
        ("github.io", "public suffix"),
        ("xn--p1ai", "single word"),
        ("127.0.0.1", "an address"),
        ("127.0.0.1:8080", "an address"),
        ("[2606:4700::1111]", "an address"),
        ("[2606:4700::1111]:443", "an address"),
        ("2130706433", "an address"),
        ("0x7f.1", "an address"),
        ("localhost", "never a real"),
        ("studio.localhost", "never a real"),
        ("ap.invalid", "never a real"),
        ("intranet", "single word"),
        ("scraper.example", "never a real"),
        ("scraper.test", "never a real"),
        ("mas****.social", "obfuscated"),
        ("@bot@scraper.net", "a handle"),
        ("bot@scraper.net", "a handle"),
        ("", "not a domain"),
        ("a..b.net", "not a domain"),
        ("-a.net", "not a domain"),
        ("a b.net", "not a domain"),
        ("scraper.net/path", "not a domain"),
        ("2606:4700::1111", "not a domain"),
        ("scraper.net:99999", "not a domain"),
        (f"{'a' * 64}.net", "not a domain"),
        ("exa\x00mple.net", "not a domain"),
    ],
)
def test_what_is_no_domain_to_list_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(EntryRefused, match=says):
        parse_entry(text, PUBLIC)


def test_names_for_tests_are_taken_where_private_networks_are_allowed() -> None:
    assert parse_entry("scraper.example", LOCAL_NETWORK) == (EntryKind.DOMAIN, "scraper.example")
    assert parse_entry("a.scraper.test", LOCAL_NETWORK) == (EntryKind.DOMAIN, "a.scraper.test")
    for text in ("example", "test", "ap.invalid", "a.localhost", "127.0.0.1"):
        with pytest.raises(EntryRefused):
            parse_entry(text, LOCAL_NETWORK)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("https://scraper.net/users/bot", "https://scraper.net/users/bot"),
        ("HTTPS://Scraper.NET:443/users/Bot", "https://scraper.net/users/Bot"),
        ("https://scraper.net:8443/bot#main-key", "https://scraper.net:8443/bot"),
        ("https://scraper.net/u?id=1", "https://scraper.net/u?id=1"),
        ("https://scraper.net/", "https://scraper.net/"),
        ("https://198.51.100.7/bot", "https://198.51.100.7/bot"),
        ("https://[2001:DB8::1]/bot", "https://[2001:db8::1]/bot"),
        ("https://bücher.de/bot", "https://xn--bcher-kva.de/bot"),
    ],
)
def test_actor_ids_are_read_in_normal_form(text: str, key: str) -> None:
    assert parse_entry(text, PUBLIC) == (EntryKind.ACTOR, key)


def test_http_ids_are_taken_only_where_the_instance_speaks_http() -> None:
    assert parse_entry("http://127.0.0.1:8090/users/bot", LOCAL_NETWORK)[0] is EntryKind.ACTOR
    with pytest.raises(EntryRefused, match="https"):
        parse_entry("http://scraper.net/users/bot", PUBLIC)


@pytest.mark.parametrize(
    "text",
    [
        "https://art.studio.org/users/mara",
        "https://u:p@scraper.net/",
        "ftp://scraper.net/",
        "https://",
        "://",
        "https://a b/",
    ],
)
def test_what_is_no_actor_to_list_is_refused(text: str) -> None:
    with pytest.raises(EntryRefused):
        parse_entry(text, PUBLIC)


@given(st.text())
def test_no_text_upsets_it(text: str) -> None:
    try:
        kind, key = parse_entry(text, PUBLIC)
    except EntryRefused:
        return
    assert parse_entry(key, PUBLIC) == (kind, key)
