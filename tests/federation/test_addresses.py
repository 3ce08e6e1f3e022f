"""Addresses as people write them, and what is said of an address where there is nothing."""

import pytest

from tests.support.fediverse import Instance


@pytest.mark.parametrize("path", ["/@mara", "/users/mara", "/@mara/1", "/users/mara/posts/1", "/users/mara/outbox"])
@pytest.mark.parametrize("accept", ["text/html", "application/activity+json"])
async def test_a_slash_at_the_end_leads_to_the_address_without(studio: Instance, path: str, accept: str) -> None:
    response = await studio.get(f"https://studio.example{path}/?page=2", accept=accept)
    assert response.status_code == 301
    assert response.headers["location"] == f"https://studio.example{path}?page=2"


@pytest.mark.parametrize("path", ["//evil.example/", "/@mara//evil.example/", "/@mara%0d%0ax:y/", "/nothing/"])
async def test_no_other_slash_leads_anywhere(studio: Instance, path: str) -> None:
    response = await studio.get(f"https://studio.example{path}", accept="text/html")
    assert "location" not in response.headers
    assert response.status_code == 404


async def test_the_front_page_stays_where_it_is(studio: Instance) -> None:
    assert (await studio.get("https://studio.example/", accept="text/html")).status_code == 200


async def test_only_what_is_there_names_its_document(studio: Instance) -> None:
    found = await studio.get("https://studio.example/@mara", accept="text/html")
    missing = await studio.get("https://studio.example/@nobody", accept="text/html")
    assert '<https://studio.example/users/mara>; rel="alternate"' in found.headers["link"]
    assert missing.status_code == 404
    assert "activity+json" not in missing.headers.get("link", "")
    assert "Accept" in missing.headers["vary"]
