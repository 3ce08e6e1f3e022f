"""Bodies: taken no faster than they are used, in pieces, and never beyond their limit."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import RequestEntityTooLarge

from cara_fed.web.browser_names import read_browser
from cara_fed.web.uploads import PIECE_BYTES, WAITING_BYTES, BoundedBody


async def read(body: BoundedBody) -> list[bytes]:
    return [piece async for piece in body]


async def test_the_sender_waits_while_much_is_waiting() -> None:
    body = BoundedBody(None, 10 * WAITING_BYTES)
    body.append(b"x" * WAITING_BYTES)
    await asyncio.wait_for(body.has_room(), 1)
    body.append(b"y")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(body.has_room(), 0.01)
    await anext(aiter(body))
    await asyncio.wait_for(body.has_room(), 1)


@given(st.lists(st.integers(0, 3 * PIECE_BYTES), max_size=5))
async def test_what_comes_is_what_is_read_in_pieces(sizes: list[int]) -> None:
    body, sent = BoundedBody(sum(sizes), sum(sizes)), b""
    for n, size in enumerate(sizes):
        body.append(bytes([n]) * size)
        sent += bytes([n]) * size
    body.set_complete()
    pieces = await read(body)
    assert b"".join(pieces) == sent
    assert all(len(piece) <= PIECE_BYTES for piece in pieces)


async def test_a_body_that_says_it_is_too_long_is_refused_at_once() -> None:
    with pytest.raises(RequestEntityTooLarge):
        await read(BoundedBody(101, 100))
    with pytest.raises(RequestEntityTooLarge):
        await BoundedBody(101, 100)


async def test_a_body_that_lied_about_its_length_is_refused_when_it_shows() -> None:
    body = BoundedBody(10, 100)
    body.append(b"x" * 100)
    assert await anext(aiter(body)) == b"x" * 100
    waiting = asyncio.create_task(read(body))
    await asyncio.sleep(0)
    body.append(b"x")
    with pytest.raises(RequestEntityTooLarge):
        await waiting
    await asyncio.wait_for(body.has_room(), 1)


async def test_a_limit_may_become_narrower() -> None:
    body = BoundedBody(None, 100)
    body.append(b"x" * 50)
    body.limit_to(50)
    body.set_complete()
    assert await read(body) == [b"x" * 50]
    late = BoundedBody(None, 100)
    late.append(b"x" * 51)
    late.limit_to(50)
    with pytest.raises(RequestEntityTooLarge):
        await read(late)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge, Windows"),
        ("curl/8.9.1", "curl/8.9.1"),
        ("", ""),
    ],
)
def test_a_browser_has_a_name_that_its_owner_knows(user_agent: str, name: str) -> None:
    assert read_browser(user_agent) == name
