"""How often something may be tried: counted in the database, so that several processes count together."""

from dataclasses import dataclass
from datetime import timedelta

from cara_fed.errors import NotAllowed
from cara_fed.services import Services
from cara_fed.words.speech import ngettext


class TooManyAttempts(NotAllowed):
    """Tried too often; ``retry_after_seconds`` is how long to wait at most."""

    def __init__(self, limit: "Limit") -> None:
        minutes = limit.window // timedelta(minutes=1)
        super().__init__(
            ngettext(
                "That was tried too often. Please wait %(num)s minute and try again.",
                "That was tried too often. Please wait %(num)s minutes and try again.",
                minutes,
            )
        )
        self.retry_after_seconds = limit.window // timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``tries`` in each ``window`` (a whole number of minutes, a day at most), for each subject."""

    name: str
    tries: int
    window: timedelta

    def key(self, subject: str) -> str:
        """What is counted under."""
        return f"{self.name}:{subject}"


SIGN_IN_BY_ADDRESS = Limit("sign-in from", 40, timedelta(minutes=15))
SIGN_IN_BY_NAME = Limit("sign-in as", 10, timedelta(minutes=15))
CODE_BY_NAME = Limit("code of", 10, timedelta(minutes=15))
LETTER_BY_ADDRESS = Limit("letter from", 10, timedelta(hours=1))
LETTER_BY_NAME = Limit("letter to", 3, timedelta(hours=1))
TOKEN_BY_ADDRESS = Limit("one-time link from", 20, timedelta(minutes=15))
SEARCH_BY_ADDRESS = Limit("search from", 60, timedelta(minutes=5))


async def require_within(services: Services, *tries: tuple[Limit, str]) -> None:
    """Count one try for each (limit, subject); raises TooManyAttempts where any has had too many.

    The count is kept in a transaction of its own: what follows may fail, and was tried all the same.
    """
    now = services.clock.now()
    exceeded = []
    async with services.database.unit_of_work() as records:
        for limit, subject in tries:
            seconds = limit.window // timedelta(seconds=1)
            if not await records.rate_limits.hit(limit.key(subject), seconds, limit.tries, now):
                exceeded.append(limit)
    if exceeded:
        raise TooManyAttempts(exceeded[0])
