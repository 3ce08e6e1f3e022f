"""Our own ids there and back, handles, names and keys of rows."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.errors import HandleMalformed, IdentifierError
from activitypub.identifiers import (
    MAX_PK,
    RESERVED_NAMES,
    ActivityRef,
    AlbumRef,
    ArtistRef,
    CollectionKind,
    CollectionRef,
    CreateRef,
    Handle,
    InstanceActor,
    PostCollectionKind,
    PostCollectionRef,
    PostRef,
    Site,
    fold_name,
    make_pk,
    read_handle,
    read_pk,
    require_artist_name,
    time_of_pk,
)

SITES = [Site("https", "studio.example"), Site("http", "localhost:8080"), Site("http", "127.0.0.1:9001")]

names = st.from_regex(r"[A-Za-z0-9_]{1,30}", fullmatch=True)
pks = st.integers(1, MAX_PK)
sites = st.sampled_from(SITES)


@given(sites, names, pks)
def test_every_id_of_ours_is_located(site: Site, name: str, pk: int) -> None:
    assert site.locate(site.instance_actor) == InstanceActor()
    assert site.locate(site.actor(name)) == ArtistRef(name)
    assert site.locate(site.post(name, pk)) == PostRef(name, pk)
    assert site.locate(site.create(name, pk)) == CreateRef(name, pk)
    for kind in PostCollectionKind:
        assert site.locate(site.post_collection(name, pk, kind)) == PostCollectionRef(name, pk, kind)
    assert site.locate(site.activity(name, pk)) == ActivityRef(name, pk)
    assert site.locate(site.album(name, "sea-pieces_2")) == AlbumRef(name, "sea-pieces_2")
    for kind in CollectionKind:
        assert site.locate(site.collection(name, kind)) == CollectionRef(name, kind)


@given(sites, names, pks)
def test_every_page_of_ours_is_located(site: Site, name: str, pk: int) -> None:
    assert site.locate_page(site.profile_page(name)) == ArtistRef(name)
    assert site.locate_page(site.post_page(name, pk)) == PostRef(name, pk)
    assert site.locate_page(site.album_page(name, "sea")) == AlbumRef(name, "sea")
    assert site.locate(site.profile_page(name)) is None
    assert site.locate_page(site.actor(name)) is None


def test_addresses_are_those_of_the_contract() -> None:
    site = Site("https", "studio.example")
    assert site.actor("mara") == "https://studio.example/users/mara"
    assert site.main_key("mara") == "https://studio.example/users/mara#main-key"
    assert site.inbox("mara") == "https://studio.example/users/mara/inbox"
    assert site.outbox("mara") == "https://studio.example/users/mara/outbox"
    assert site.followers("mara") == "https://studio.example/users/mara/followers"
    assert site.following("mara") == "https://studio.example/users/mara/following"
    assert site.featured("mara") == "https://studio.example/users/mara/featured"
    assert site.featured_tags("mara") == "https://studio.example/users/mara/featured_tags"
    assert site.shared_inbox == "https://studio.example/inbox"
    assert site.instance_inbox == "https://studio.example/actor/inbox"
    assert site.instance_outbox == "https://studio.example/actor/outbox"
    assert site.instance_key == "https://studio.example/actor#main-key"
    assert site.post("mara", 7) == "https://studio.example/users/mara/posts/7"
    assert site.post_page("mara", 7) == "https://studio.example/@mara/7"
    assert site.media("c", "h.jpg") == "https://studio.example/media/c/h.jpg"


@pytest.mark.parametrize(
    "id",
    [
        "http://studio.example/users/mara",
        "https://studio.example:8443/users/mara",
        "https://studio.example.evil.example/users/mara",
        "https://mara@studio.example/users/mara",
        "https://other.example/users/mara",
        "https://studio.example",
        "https://studio.example/",
        "https://studio.example/users",
        "https://studio.example/users/",
        "https://studio.example/users/mara/",
        "https://studio.example//users/mara",
        "https://studio.example/users/mara?x=1",
        "https://studio.example/users/mara#main-key",
        "https://studio.example/users/m%61ra",
        "https://studio.example/users/mára",
        "https://studio.example/users/mara/../theo",
        "https://studio.example/users/mara/likes",
        "https://studio.example/users/mara/posts",
        "https://studio.example/users/mara/posts/0",
        "https://studio.example/users/mara/posts/07",
        "https://studio.example/users/mara/posts/-7",
        "https://studio.example/users/mara/posts/+7",
        "https://studio.example/users/mara/posts/٧",
        "https://studio.example/users/mara/posts/7/delete",
        "https://studio.example/users/mara/posts/7/create/x",
        "https://studio.example/users/mara/posts/9223372036854775808",
        "https://studio.example/users/mara/activities/7/create",
        "https://studio.example/users/mara/albums/Sea%20Pieces",
        "https://studio.example/actor/",
        "https://studio.example/users/" + "m" * 31,
        "mara",
        "",
    ],
)
def test_nothing_else_is_located(id: str) -> None:
    assert Site("https", "studio.example").locate(id) is None


def test_local_ids_are_told_by_scheme_host_and_port() -> None:
    site = Site("http", "localhost:8080")
    assert site.is_local("http://LOCALHOST:8080/anything#at-all")
    assert not site.is_local("https://localhost:8080/users/mara")
    assert not site.is_local("http://localhost/users/mara")
    assert not site.is_local("not an id")
    assert Site("https", "studio.example").is_local("https://studio.example:443/users/mara")


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("@mara@studio.example", Handle("mara", "studio.example")),
        ("mara@studio.example", Handle("mara", "studio.example")),
        ("acct:mara@studio.example", Handle("mara", "studio.example")),
        ("ACCT:Mara@Studio.Example", Handle("Mara", "studio.example")),
        ("acct:@mara@studio.example", Handle("mara", "studio.example")),
        ("acct:m%C3%A1ra@studio.example", Handle("mára", "studio.example")),
        ("@mara@localhost:8080", Handle("mara", "localhost:8080")),
        ("@mara@127.0.0.1:8080", Handle("mara", "127.0.0.1:8080")),
        ("@mara@bücher.example", Handle("mara", "xn--bcher-kva.example")),
        ("@studio.example@studio.example", Handle("studio.example", "studio.example")),
        ("@マラ@例え.テスト", Handle("マラ", "xn--r8jz45g.xn--zckzah")),
        ("＠mara＠studio.example", Handle("mara", "studio.example")),
        (" \u2068@mara@studio.example\u2069\n", Handle("mara", "studio.example")),
        ("@mara.k-2@studio.example.", Handle("mara.k-2", "studio.example")),
    ],
)
def test_a_handle_is_read_as_people_write_it(text: str, handle: Handle) -> None:
    assert read_handle(text) == handle
    assert read_handle(str(handle)) == read_handle(handle.acct) == handle


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "@@",
        "mara",
        "@mara",
        "@mara@",
        "@@studio.example",
        "@mara@studio.example@x",
        "@mara @studio.example",
        "@mara@studio example",
        "@mara@studio.example/x",
        "@mara/x@studio.example",
        "@mara@studio.example:0",
        "https://studio.example/@mara",
        "@<b>@studio.example",
        "\u200b",
        "@" + "m" * 256 + "@studio.example",
    ],
)
def test_what_is_no_handle_is_refused(text: str) -> None:
    with pytest.raises(HandleMalformed):
        read_handle(text)


@given(st.text() | st.text("@acct:.%2a ü＠"))
def test_any_text_is_a_handle_or_refused(text: str) -> None:
    try:
        handle = read_handle(text)
    except HandleMalformed:
        return
    assert handle.domain.isascii()


@pytest.mark.parametrize("name", ["mara", "Mara", "m", "_", "0", "mara_k_2", "m" * 30])
def test_a_name_is_kept_as_typed(name: str) -> None:
    assert require_artist_name(name) == name
    assert fold_name(name) == name.lower()


@pytest.mark.parametrize("name", ["", "m" * 31, "má", "mara.k", "mara-k", "@mara", "mara\n", " mara", "m\u0131ra"])
def test_a_name_of_other_characters_is_refused(name: str) -> None:
    with pytest.raises(IdentifierError):
        require_artist_name(name)


ROUTES = """actor admin inbox users media api settings login logout studio static tags search about policies blocklists
datasets labels health metrics robots nodeinfo well_known outbox followers following featured Actor ADMIN"""


@pytest.mark.parametrize("name", ROUTES.split())
def test_a_reserved_name_is_refused_in_any_case(name: str) -> None:
    with pytest.raises(IdentifierError, match="reserved"):
        require_artist_name(name)


def test_every_reserved_name_could_be_typed() -> None:
    assert all(len(name) <= 30 and name == fold_name(name) for name in RESERVED_NAMES)


moments = st.datetimes(datetime(2020, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


@given(moments, st.integers(0, 65535))
def test_a_pk_tells_its_time(now: datetime, sequence: int) -> None:
    pk = make_pk(now, sequence)
    assert 0 < pk <= MAX_PK
    assert timedelta() <= now - time_of_pk(pk) < timedelta(milliseconds=1)
    assert read_pk(str(pk)) == pk


@given(moments, st.integers(0, 65535), st.integers(0, 65535))
def test_pks_are_ordered_by_time(now: datetime, one: int, other: int) -> None:
    assert make_pk(now, one) < make_pk(now + timedelta(milliseconds=1), other)


@pytest.mark.parametrize("sequence", [-1, 65536])
def test_a_sequence_beyond_16_bits_is_refused(sequence: int) -> None:
    with pytest.raises(ValueError, match="16 bits"):
        make_pk(datetime(2026, 1, 1, tzinfo=UTC), sequence)


@pytest.mark.parametrize("digits", ["", "0", "01", "-1", "1 ", "1\n", "١", "9223372036854775808", "1" * 400])
def test_what_is_no_pk(digits: str) -> None:
    assert read_pk(digits) is None
