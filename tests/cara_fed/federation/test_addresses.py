"""Which hosts and addresses the outbound client would ask."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cara_fed.federation.addresses import AddressGuard, is_public, read_literal
from cara_fed.federation.errors import AddressRefused, UrlRefused

STRICT = AddressGuard()
LOOPBACK = AddressGuard((ip_network("127.0.0.0/8"),), allow_http=True)


def _words(text: str) -> list[str]:
    return text.split()


PRIVATE = _words(
    """
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.0.3 169.254.169.254
    172.16.0.1 172.31.255.255 192.0.0.8 192.0.0.170 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1
    198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1
    ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::127.0.0.1 64:ff9b::a00:1 64:ff9b:1::1 100::1 2001::1
    2001:0:7f00:1:: 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::1 2002:808:808::1 3fff::1 5f00::1
    fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1
    """
)

PUBLIC = _words(
    """
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1 172.15.0.1
    172.32.0.1 192.0.1.1 192.0.3.1 223.255.255.255 2606:4700::1111 2a00:1450:4001::200e 2001:200::1
    2400:cb00::1 64:ff9b::808:808 ::ffff:8.8.8.8
    """
)

DISGUISED = _words(
    """
    0x7f.1 0x7f000001 2130706433 0177.0.0.1 127.1 127.0.1 010.0.0.1 0x7f.0.0.1 127.0.0.1. 017700000001 1 0
    256.1.1.1 1.2.3.4.5 0x 8.8.8.08 0X7F.1 example.0x7f example.123 ::1%25eth0%1 [::1 1:2 00000:::1
    """
)


@pytest.mark.parametrize("text", PRIVATE)
def test_private_and_special_addresses_are_refused(text: str) -> None:
    assert not is_public(ip_address(text))
    with pytest.raises(AddressRefused):
        STRICT.require_url("https", text)
    with pytest.raises(AddressRefused):
        STRICT.require_usable("https", "name.example", [ip_address(text)])


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are_asked(text: str) -> None:
    STRICT.require_url("https", text)
    assert STRICT.require_usable("https", "name.example", [ip_address(text)]) == (ip_address(text),)


@pytest.mark.parametrize("host", DISGUISED)
def test_numbers_in_disguise_are_refused_even_where_loopback_is_allowed(host: str) -> None:
    with pytest.raises(AddressRefused):
        LOOPBACK.require_url("http", host)


@pytest.mark.parametrize(
    "host", ["", "%31.example", "a b", "a..b", ".a", "exa\u0441mple", "a/b", "a@b", "a#b", "a\\b", "a\x00b"]
)
def test_what_is_no_host_name_is_refused(host: str) -> None:
    with pytest.raises(UrlRefused):
        STRICT.require_url("https", host)


@pytest.mark.parametrize(
    "host", ["studio.example", "xn--bcher-kva.example", "a_b.example", "studio.example.", "0x7f.example", "4chan"]
)
def test_names_are_left_to_the_lookup(host: str) -> None:
    assert read_literal(host) is None


@pytest.mark.parametrize("scheme", ["http", "ftp", "file", "gopher", ""])
def test_only_https_is_asked(scheme: str) -> None:
    with pytest.raises(UrlRefused, match="only https"):
        STRICT.require_url(scheme, "studio.example")


def test_credentials_in_a_url_are_refused() -> None:
    with pytest.raises(UrlRefused, match="password"):
        STRICT.require_url("https", "studio.example", "mara:secret")


@pytest.mark.parametrize(
    ("scheme", "answers", "usable"),
    [
        ("https", ["8.8.8.8", "2606:4700::1111"], ["8.8.8.8", "2606:4700::1111"]),
        ("https", ["127.0.0.1"], ["127.0.0.1"]),
        ("https", ["127.0.0.1", "::1"], ["127.0.0.1"]),
        ("http", ["::1", "127.0.0.1"], ["127.0.0.1"]),
        ("http", ["::ffff:127.0.0.1"], ["::ffff:127.0.0.1"]),
    ],
)
def test_an_allowed_network_is_asked_and_its_neighbours_left_out(
    scheme: str, answers: list[str], usable: list[str]
) -> None:
    addresses = [ip_address(answer) for answer in answers]
    assert LOOPBACK.require_usable(scheme, "localhost", addresses) == tuple(ip_address(answer) for answer in usable)


@pytest.mark.parametrize(
    ("scheme", "answers"),
    [
        ("https", []),
        ("https", ["8.8.8.8", "10.0.0.1"]),
        ("https", ["8.8.8.8", "127.0.0.1", "10.0.0.1"]),
        ("https", ["::1"]),
        ("http", ["8.8.8.8"]),
        ("http", ["8.8.8.8", "127.0.0.1"]),
        ("http", ["10.0.0.1"]),
    ],
)
def test_answers_that_mix_inside_and_outside_are_refused_whole(scheme: str, answers: list[str]) -> None:
    with pytest.raises(AddressRefused):
        LOOPBACK.require_usable(scheme, "rebound.example", [ip_address(answer) for answer in answers])


def test_http_reaches_literals_of_allowed_networks_only() -> None:
    LOOPBACK.require_url("http", "127.0.0.1")
    for host in ("8.8.8.8", "10.0.0.1", "::1"):
        with pytest.raises(AddressRefused):
            LOOPBACK.require_url("http", host)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_the_same_however_ipv6_carries_it(address: IPv4Address) -> None:
    carried = int(address)
    assert is_public(IPv6Address(0xFFFF << 32 | carried)) == is_public(address)
    assert is_public(IPv6Address(0x0064FF9B << 96 | carried)) == is_public(address)
    assert not is_public(IPv6Address(0x2002 << 112 | carried << 80 | 1))
    assert not is_public(IPv6Address(carried))


@given(st.ip_addresses())
def test_what_python_knows_to_be_inside_is_never_public(address: IPv4Address | IPv6Address) -> None:
    inside = (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
    )
    if isinstance(address, IPv4Address) and inside:
        assert not is_public(address)
    if isinstance(address, IPv6Address) and inside and address.ipv4_mapped is None:
        assert not is_public(address)
