"""Raw ASGI bodies: bounded in size and time, and whole or nothing."""

import asyncio

import pytest

from cara_fed.asgi import Answer, BodyTooLarge, BodyTooSlow, ClientGone, Message, Receive, read_body


def receiving(*messages: Message) -> Receive:
    left = list(messages)

    async def receive() -> Message:
        if not left:
            await asyncio.sleep(60)
        return left.pop(0)

    return receive


def part(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def scope(*headers: tuple[bytes, bytes]) -> dict[str, object]:
    return {"type": "http", "headers": list(headers)}


async def test_a_body_in_parts_is_joined() -> None:
    receive = receiving(part(b"one ", more=True), part(b"two"))
    assert await read_body(scope(), receive, max_bytes=7, seconds=1) == b"one two"


async def test_a_declared_size_is_refused_before_anything_is_read() -> None:
    with pytest.raises(BodyTooLarge):
        await read_body(scope((b"content-length", b"8")), receiving(), max_bytes=7, seconds=1)


async def test_a_size_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(BodyTooLarge):
        await read_body(scope((b"content-length", b"-1")), receiving(), max_bytes=7, seconds=1)


async def test_an_undeclared_size_is_counted() -> None:
    receive = receiving(part(b"1234", more=True), part(b"5678"))
    with pytest.raises(BodyTooLarge):
        await read_body(scope(), receive, max_bytes=7, seconds=1)


async def test_a_slow_body_is_given_up() -> None:
    with pytest.raises(BodyTooSlow):
        await read_body(scope(), receiving(part(b"1", more=True)), max_bytes=7, seconds=0.01)


async def test_half_a_body_is_no_body() -> None:
    receive = receiving(part(b"1", more=True), {"type": "http.disconnect"})
    with pytest.raises(ClientGone):
        await read_body(scope(), receive, max_bytes=7, seconds=1)


async def test_an_answer_to_head_keeps_its_length() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await Answer(200, b"body", ((b"content-type", b"text/plain"),)).send(send, head_only=True)
    assert sent[0]["status"] == 200
    assert (b"content-length", b"4") in sent[0]["headers"]
    assert sent[1]["body"] == b""
