"""Origins and acceptable ids: one normal form for every way to write a server's name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.errors import ForeignOrigin, IdUnacceptable
from activitypub.origins import IdRule, host_of, netloc_of, normal_netloc, require_same_origin, same_origin

UNUSABLE = [
    "",
    "studio.example",
    "//studio.example/1",
    "#main-key",
    "/users/mara",
    "ftp://studio.example/1",
    "javascript://studio.example/%0aalert(1)",
    "did:key:z6Mk",
    "urn:uuid:1",
    "https:studio.example",
    "https:///users/mara",
    "https://",
    "https://:443/",
    "https://mara@studio.example/1",
    "https://mara:secret@studio.example/1",
    "https://studio.example@evil.example/1",
    "https://studio.example\\@evil.example/1",
    "https://studio.example\t/1",
    "https://studio.example/a b",
    "https://studio.example/a\nb",
    "https://studio.example/\u00a0",
    "https://studio.example/<script>",
    " https://studio.example/1",
    "https://studio.example:0/1",
    "https://studio.example:65536/1",
    "https://studio.example:8x/1",
    "https://studio..example/1",
    "https://.studio.example/1",
    "https://-studio.example/1",
    "https://studio%2eexample/1",
    "https://℀.example/1",
    "https://a⁄b.example/1",
    "https://" + "a" * 64 + ".example/1",
    "https://" + "a." * 127 + "example/1",
    "https://[::1/1",
    "https://[zz]/1",
    "https://[::1%eth0]/1",
    "https://studio.example/" + "x" * 2048,
]


@pytest.mark.parametrize(
    ("id", "netloc"),
    [
        ("https://studio.example/users/mara", "studio.example"),
        ("HTTPS://Studio.EXAMPLE/users/mara", "studio.example"),
        ("https://studio.example:443", "studio.example"),
        ("https://studio.example:/1", "studio.example"),
        ("http://studio.example:80/1", "studio.example"),
        ("http://studio.example:443/1", "studio.example:443"),
        ("https://studio.example:8443?a#b", "studio.example:8443"),
        ("https://studio.example./1", "studio.example"),
        ("https://bücher.example/1", "xn--bcher-kva.example"),
        ("https://BÜCHER.example/1", "xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example/1", "xn--bcher-kva.example"),
        ("https://例え.テスト/1", "xn--r8jz45g.xn--zckzah"),
        ("https://studio。example/1", "studio.example"),
        ("https://my_studio.example/1", "my_studio.example"),
        ("http://127.0.0.1:8080/actor", "127.0.0.1:8080"),
        ("http://localhost:8080/actor", "localhost:8080"),
        ("http://[0:0::1]:8080/actor", "[::1]:8080"),
        ("https://[2001:DB8::1]:443/", "[2001:db8::1]"),
        ("https://studio.example/users/mara@other.example", "studio.example"),
    ],
)
def test_netloc(id: str, netloc: str) -> None:
    assert netloc_of(id) == netloc


def test_the_host_has_neither_port_nor_brackets() -> None:
    assert host_of("https://studio.example:8443/1") == "studio.example"
    assert host_of("http://[::1]:8080/1") == "::1"


@pytest.mark.parametrize("id", UNUSABLE)
def test_what_is_no_usable_id_is_refused(id: str) -> None:
    with pytest.raises(IdUnacceptable):
        netloc_of(id)
    assert not IdRule(allow_http=True).accepts(id)
    assert not same_origin(id, id)


@given(st.text() | st.text("htps:/@.[]#?\\xn-ü0 ").map("https://".__add__))
def test_any_text_gives_an_origin_or_a_refusal(id: str) -> None:
    try:
        netloc = netloc_of(id)
    except IdUnacceptable:
        return
    assert netloc.isascii()
    assert netloc_of(f"{id.split(':')[0].lower()}://{netloc}/") == netloc


def test_http_only_where_it_is_allowed() -> None:
    assert IdRule(allow_http=False).require("https://studio.example/1") == "https://studio.example/1"
    assert IdRule(allow_http=True).accepts("http://127.0.0.1:8080/actor")
    with pytest.raises(IdUnacceptable, match="https"):
        IdRule(allow_http=False).require("http://studio.example/1")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://studio.example/1", "https://STUDIO.example:443/2#x", True),
        ("https://bücher.example/1", "https://xn--bcher-kva.example/1", True),
        ("https://studio.example/1", "http://studio.example/1", False),
        ("https://studio.example/1", "https://studio.example:8443/1", False),
        ("https://studio.example/1", "https://www.studio.example/1", False),
        ("https://studio.example/1", "https://studio.example.evil.example/1", False),
    ],
)
def test_same_origin(one: str, other: str, same: bool) -> None:
    assert same_origin(one, other) is same_origin(other, one) is same
    if same:
        require_same_origin(one, other)
    else:
        with pytest.raises(ForeignOrigin):
            require_same_origin(one, other)


def test_a_netloc_as_people_write_it() -> None:
    assert normal_netloc("Bücher.example:8080") == "xn--bcher-kva.example:8080"
    assert normal_netloc("[::1]:80") == "[::1]:80"
    for wrong in ("", "a b", "a@b", "a:b", "https://a.example", "a/b"):
        with pytest.raises(IdUnacceptable):
            normal_netloc(wrong)
