"""Which labels are ActivityPub's."""

import pytest

from cara_fed.federation.media_types import is_activity_type

AS2 = "https://www.w3.org/ns/activitystreams"


@pytest.mark.parametrize(
    "content_type",
    [
        "application/activity+json",
        "Application/Activity+JSON; charset=utf-8",
        f'application/ld+json; profile="{AS2}"',
        f'application/ld+json;profile="{AS2}"; charset=utf-8',
        f"application/ld+json; profile={AS2}",
        f'application/ld+json; charset=utf-8; PROFILE="https://example.com/other {AS2}"',
    ],
)
def test_activitypubs_own(content_type: str) -> None:
    assert is_activity_type(content_type)


@pytest.mark.parametrize(
    "content_type",
    ["", "application/json", "text/html", "application/ld+json", 'application/ld+json; profile="https://example.com/"'],
)
def test_everything_else(content_type: str) -> None:
    assert not is_activity_type(content_type)


def test_a_bare_ld_json_may_be_posted() -> None:
    assert is_activity_type("application/ld+json", profile_needed=False)
    assert not is_activity_type("application/json", profile_needed=False)
