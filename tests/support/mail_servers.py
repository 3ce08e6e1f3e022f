"""A mail server on loopback: takes letters, and refuses whom it is told to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass
class MailServer:
    """``answers`` are given to RCPT TO, one after another, then 250."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example\r\n")
        while line := await reader.readline():
            writer.write(await self._answer(line, reader))
            await writer.drain()
            if line.upper().startswith(b"QUIT"):
                break
        writer.close()

    async def _answer(self, line: bytes, reader: asyncio.StreamReader) -> bytes:
        word = line[:4].upper()
        if word == b"DATA":
            return b"354 go on\r\n"
        if word == b"RCPT":
            return (self.answers.pop(0) if self.answers else b"250 ok") + b"\r\n"
        if word in (b"EHLO", b"HELO", b"MAIL", b"RSET", b"QUIT", b"NOOP"):
            return b"250 ok\r\n"
        letter = line + (await reader.readuntil(b"\r\n.\r\n")).removesuffix(b".\r\n")
        self.letters.append(message_from_bytes(letter, policy=default))  # type: ignore[arg-type]
        return b"250 taken\r\n"


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    """Serving for as long as the block lasts."""
    kept = MailServer()
    server = await asyncio.start_server(kept.serve, "127.0.0.1", 0)
    kept.port = server.sockets[0].getsockname()[1]
    async with server:
        yield kept
