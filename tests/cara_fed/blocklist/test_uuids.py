"""UUIDs of version 7: read back to the key they were made of, in the keys' order, and other instances' apart."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cara_fed.blocklist.uuids import pk_of, uuid_of

KEYS = st.integers(min_value=0, max_value=2**63 - 1)


@given(KEYS)
def test_a_uuid_leads_back_to_its_key(pk: int) -> None:
    uuid = uuid_of(pk, "https://studio.example")
    assert pk_of(uuid) == pk
    assert (UUID(uuid).version, UUID(uuid).variant) == (7, "specified in RFC 4122")
    assert uuid != uuid_of(pk, "https://gallery.example")


@given(KEYS, KEYS)
def test_uuids_sort_as_their_keys(one: int, other: int) -> None:
    base = "https://studio.example"
    assert (uuid_of(one, base) < uuid_of(other, base)) == (one < other)


def test_the_beginning_is_before_every_key_of_our_time() -> None:
    assert pk_of("00000000-0000-7000-A000-000000000000") == 8


@pytest.mark.parametrize("text", ["", "x", "019d36e0-c0c1-4235-9998-b099762b1f91", "019d36e0"])
def test_nothing_else_is_read(text: str) -> None:
    assert pk_of(text) is None
