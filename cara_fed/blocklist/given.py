"""Given: every picture address that a server may have been given, for a cache in front of us that has to be purged."""

from collections.abc import AsyncIterator
from typing import Final

from activitypub.origins import normal_host
from cara_fed.capabilities import find_placeholders, policy_letter
from cara_fed.errors import NotFound
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.records import Records

PAGE: Final = 500


async def find_given(services: Services, text: str) -> tuple[str, ...]:
    """The addresses of everything that was ever sent, as a server and those below its name got them.

    Raises NotFound where no such server was ever given any.
    """
    host = normal_host(text.strip().lower()) if ":" not in text else text.strip().lower()
    async with services.database.reading() as records:
        hosts = await records.hosts.find_all_numbers()
        numbers = [number for netloc, number in hosts.items() if _lies_in(netloc, host)]
        if not numbers:
            raise NotFound(_("No server called %(host)s was ever given a picture's address.", host=host))
        pictures = [picture async for picture in _find_pictures(records)]
    make = services.capabilities.make
    return tuple(
        f"{services.site.base}/media/{make(number, letter, name.partition('.')[0])}/{name}"
        for number in numbers
        for letter, name in dict.fromkeys(pictures)
    )


async def _find_pictures(records: Records) -> AsyncIterator[tuple[str, str]]:
    """Letter and file name of each picture in everything that was sent."""
    after = 0
    while bodies := await records.outbox_log.find_bodies(after, PAGE):
        for _pk, body in bodies:
            for name, policy in find_placeholders(body):
                yield policy_letter(policy), name
        after = bodies[-1][0]


def _lies_in(netloc: str, host: str) -> bool:
    name = netloc.rpartition(":")[0] if netloc.rpartition(":")[2].isdigit() else netloc
    return netloc == host or name == host or name.endswith(f".{host}")
