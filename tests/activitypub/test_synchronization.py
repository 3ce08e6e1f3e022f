from hashlib import sha256

import pytest

from activitypub.keys import generate_ed25519, generate_rsa
from activitypub.signatures import Generation, HttpRequest, generation_of, read_signatures, sign_draft_cavage
from activitypub.signatures.rfc9421 import sign_rfc9421
from activitypub.synchronization import (
    Synchronization,
    digest_followers,
    read_synchronization,
    write_synchronization,
)
from tests.support.clocks import StoryTime

STATED = Synchronization(
    "https://studio.example/users/mara/followers",
    "https://studio.example/users/mara/followers_synchronization",
    "0f" * 32,
)


def test_nobody_is_zeros() -> None:
    assert digest_followers([]) == "0" * 64


def test_one_is_the_digest_of_its_id() -> None:
    theo = "https://gallery.example/users/theo"
    assert digest_followers([theo]) == sha256(theo.encode()).hexdigest()


def test_neither_order_nor_repetition_matters() -> None:
    assert digest_followers(["a", "b", "c"]) == digest_followers(["c", "a", "b", "a"]) != digest_followers(["a", "b"])


def test_what_is_written_is_read() -> None:
    assert read_synchronization(write_synchronization(STATED)) == STATED


@pytest.mark.parametrize(
    "value",
    [
        "",
        "digest",
        'collectionId="https://a.example/f", digest="00"',
        'url="https://a.example/f", digest="' + "0" * 64 + '"',
        'collectionId="https://a.example/f", url="https://a.example/s", digest="xyz"',
        'collectionId="' + "x" * 9000 + '", url="u", digest="' + "0" * 64 + '"',
    ],
)
def test_what_cannot_be_used_says_nothing(value: str) -> None:
    assert read_synchronization(value) is None


def test_both_generations_of_signatures_cover_the_header() -> None:
    headers = [("collection-synchronization", write_synchronization(STATED))]
    request = HttpRequest.to("POST", "https://gallery.example/inbox", headers, b"{}")
    cavage = request.with_headers(sign_draft_cavage(request, "k", generate_rsa(), StoryTime().now))
    assert 'headers="(request-target) host collection-synchronization date digest"' in (cavage.value("signature") or "")
    message = request.with_headers(sign_rfc9421(request, "k", generate_ed25519(), StoryTime().now))
    assert '"collection-synchronization"' in (message.value("signature-input") or "")
    assert generation_of(read_signatures(message)[0]) is Generation.RFC9421
