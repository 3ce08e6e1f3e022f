"""Capabilities: who was given a picture, told by its URL alone."""

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.opt_out import OptOut
from cara_fed.capabilities import (
    WEB_HOST_NUMBER,
    Capability,
    CapabilityInvalid,
    CapabilityKeys,
    placeholder_media_path,
    policy_letter,
)

KEYS = CapabilityKeys(b"k" * 32)
HASH = "0123456789abcdef" * 4

hosts = st.integers(min_value=0, max_value=2**63 - 1)
policies = st.sampled_from(OptOut)
hashes = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(hosts, policies, hashes)
def test_what_was_made_is_read(host: int, policy: OptOut, file_hash: str) -> None:
    made = KEYS.make(host, policy_letter(policy), file_hash)
    assert KEYS.read(made, file_hash) == Capability(host, policy)
    assert KEYS.make(host, policy_letter(policy), file_hash) == made
    assert set(made) <= set(string.ascii_lowercase + "-")


@given(hosts, policies, st.data())
def test_any_altered_character_fails(host: int, policy: OptOut, data: st.DataObject) -> None:
    made = KEYS.make(host, policy_letter(policy), HASH)
    place = data.draw(st.integers(0, len(made) - 1))
    other = data.draw(st.characters().filter(lambda character: character != made[place]))
    with pytest.raises(CapabilityInvalid):
        KEYS.read(made[:place] + other + made[place + 1 :], HASH)


@given(hosts, st.data())
def test_any_shorter_or_longer_one_fails(host: int, data: st.DataObject) -> None:
    made = KEYS.make(host, "n", HASH)
    place = data.draw(st.integers(0, len(made) - 1))
    for altered in (made[:place] + made[place + 1 :], made[:place], made[:place] + "a" + made[place:], made + "\n"):
        if altered != made:
            with pytest.raises(CapabilityInvalid):
                KEYS.read(altered, HASH)


@given(hosts, hashes, hashes)
def test_it_opens_no_other_picture(host: int, file_hash: str, other: str) -> None:
    if file_hash != other:
        with pytest.raises(CapabilityInvalid):
            KEYS.read(KEYS.make(host, "n", file_hash), other)


@given(hosts, hosts)
def test_different_hosts_have_different_ones(one: int, other: int) -> None:
    assert (KEYS.make(one, "n", HASH) == KEYS.make(other, "n", HASH)) == (one == other)


def test_another_instances_secret_reads_nothing() -> None:
    made = KEYS.make(7, "n", HASH)
    with pytest.raises(CapabilityInvalid):
        CapabilityKeys(b"l" * 32).read(made, HASH)


@given(st.text())
def test_no_text_upsets_it(text: str) -> None:
    with pytest.raises(CapabilityInvalid):
        KEYS.read(text, HASH)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        CapabilityKeys(b"short")


@pytest.mark.parametrize("policy", OptOut)
def test_every_policy_has_its_own_letter(policy: OptOut) -> None:
    assert [other for other in OptOut if policy_letter(other) == policy_letter(policy)] == [policy]


@given(st.lists(st.tuples(policies, hashes, st.sampled_from(["jpg", "png", "gif"])), max_size=20), hosts)
def test_substitution_fills_every_placeholder(pictures: list[tuple[OptOut, str, str]], host: int) -> None:
    base = "https://studio.example"
    urls = [base + placeholder_media_path(policy_letter(policy), f"{hash_}.{end}") for policy, hash_, end in pictures]
    body = json.dumps({"attachment": [{"url": url} for url in urls]}, separators=(",", ":")).encode()

    filled = KEYS.substitute(body, host)

    assert b"\\u0000" not in filled
    for attachment, (policy, hash_, end) in zip(json.loads(filled)["attachment"], pictures, strict=True):
        capability, _, name = attachment["url"].removeprefix(f"{base}/media/").partition("/")
        assert name == f"{hash_}.{end}"
        assert KEYS.read(capability, hash_) == Capability(host, policy)


@given(st.text(st.characters(exclude_characters="\0")))
def test_nothing_a_person_writes_is_taken_for_a_placeholder(text: str) -> None:
    for written in (text, f"/media/\\u0000n/{HASH}.jpg {text}", f"\\/media/\\u0000n/{HASH}", f"/media/u0000n/{HASH}"):
        body = json.dumps({"content": written}).encode()
        assert KEYS.substitute(body, 7) == body


def test_the_webs_own_number_is_a_host_like_any_other() -> None:
    assert KEYS.read(KEYS.make(WEB_HOST_NUMBER, "o", HASH), HASH) == Capability(0, OptOut.ALLOW)
