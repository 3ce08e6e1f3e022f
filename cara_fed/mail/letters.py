"""Writing letters: each a row in the transaction that is its reason, so that none is lost and none is sent in vain."""

import re
from typing import Final

from cara_fed.errors import InvalidInput
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.mails import Mail
from storage.records import Records

MAX_ADDRESS: Final = 254
_PLAIN: Final = r"[^@\s<>\",;:\\()\[\]\x00-\x1f]"
_ADDRESS: Final = re.compile(rf"{_PLAIN}{{1,64}}@{_PLAIN}+\.{_PLAIN}+")


def can_write(services: Services) -> bool:
    """Whether there is a mail server to give letters to."""
    return bool(services.config.smtp.host)


def read_address(text: str) -> str:
    """A mail address as typed, trimmed; raises InvalidInput. Whether it is anybody's, only a letter tells."""
    address = text.strip()
    if len(address) > MAX_ADDRESS or not _ADDRESS.fullmatch(address):
        raise InvalidInput(_("This is no mail address. One looks like you@mail.example."))
    return address


async def write_letter(records: Records, services: Services, recipient: str, subject: str, body: str) -> None:
    """Let a letter wait for the worker. ``subject`` is one line; our name and address end the letter."""
    site, now = services.config.instance, services.clock.now()
    await records.mails.add(
        Mail(
            pk=services.clock.new_pk(),
            recipient=recipient,
            subject=" ".join(subject.split()),
            body=f"{body}\n\n-- \n{site.name}\n{services.site.base}/\n",
            due_at=now,
            created_at=now,
        )
    )
