"""Who wants a document, and who a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cara_fed.endpoints.negotiation import wants_document

AS2 = "https://www.w3.org/ns/activitystreams"


@pytest.mark.parametrize(
    "accept",
    [
        "application/activity+json",
        "Application/Activity+JSON",
        f'application/ld+json; profile="{AS2}"',
        f'application/activity+json, application/ld+json; profile="{AS2}"',
        "application/activity+json, text/html",
        "application/activity+json;q=0.9, text/html;q=0.1",
        "text/html;q=0.1, application/activity+json",
        "application/json",
        "application/json, text/plain, */*",
        'application/ld+json; profile="a, text/html"',
    ],
)
def test_documents(accept: str) -> None:
    assert wants_document(accept)


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "text/*",
        "text/html",
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        "text/html, application/json;q=0.9",
        "application/activity+json;q=0, text/html",
        "application/activity+json;q=0",
        "image/png",
    ],
)
def test_pages(accept: str) -> None:
    assert not wants_document(accept)


@given(st.text(max_size=2000))
def test_no_header_is_too_odd(accept: str) -> None:
    wants_document(accept)
