"""Sending one delivery: sign, POST, and read from the answer what is to become of it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from activitypub.retry import read_retry_after
from activitypub.signatures import Headers
from cara_fed.blocklist.doors import Door
from cara_fed.blocklist.policy import Listing
from cara_fed.blocklist.queued import describe_listing
from cara_fed.clock import Clock
from cara_fed.federation.client import Response, Signer
from cara_fed.federation.errors import FetchError, UrlRefused
from cara_fed.federation.knocking import knock
from cara_fed.services import Services
from storage.deliveries import Leased
from storage.enforcement import FAREWELL
from storage.errors import NotFound
from storage.outbox_log import OutboxActivity

CONTENT_TYPE = "application/activity+json"
# Unauthorised may be a key that the other side has not fetched yet; a timeout and "too many" say themselves to wait.
WORTH_RETRYING = frozenset({401, 408, 429})
MAX_ERROR = 500


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed delivery, the activity it carries, and the number of the host whose capability its pictures get."""

    delivery: Leased
    activity: OutboxActivity
    host_number: int
    headers: Headers = ()
    """What goes with it and is signed with it."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The inbox took it."""

    status: int


@dataclass(frozen=True, slots=True)
class Failed:
    """It did not work this time. ``host_is_down`` where the server, not this one activity, is the trouble."""

    error: str
    status: int | None = None
    retry_after: timedelta | None = None
    host_is_down: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The other side will never take it."""

    error: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class InboxGone:
    """There is no such inbox any more: 410, or for a shared one 404 as well."""

    status: int


@dataclass(frozen=True, slots=True)
class Withheld:
    """Nothing was sent: the receiver is listed meanwhile."""

    reason: str


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Nothing was sent: an earlier activity about the same object has to arrive first."""


Outcome: TypeAlias = Sent | Failed | Refused | InboxGone | Withheld | HeldBack


async def send(services: Services, job: Job) -> Outcome:
    """Try one delivery. Network failures are outcomes; nothing is raised for them."""
    delivery = job.delivery
    # A listed follower is told that it follows no longer; nothing else is sent to it.
    if job.activity.audience != FAREWELL and (listing := _find_listing(services, delivery)):
        return Withheld(describe_listing(listing))
    try:
        return read_answer(job, await _post(services, job), services.clock)
    except NotFound as error:
        return Refused(f"cannot be signed: {error}")
    except UrlRefused as error:
        return Refused(str(error))
    except FetchError as error:
        return Failed(str(error)[:MAX_ERROR], host_is_down=True)


def _find_listing(services: Services, delivery: Leased) -> Listing | None:
    receiver = delivery.receiver_actor_id or delivery.receiver_netloc
    return services.blocklist.refuse(Door.SEND, receiver, delivery.inbox)


async def _post(services: Services, job: Job) -> Response:
    key = await services.keyring.signing_key(job.activity.artist_pk)
    body = services.capabilities.substitute(job.activity.body, job.host_number)
    inbox, headers = job.delivery.inbox, {"content-type": CONTENT_TYPE, **dict(job.headers)}

    async def ask(signer: Signer) -> Response:
        return await services.client.post(inbox, body, headers, signer=signer)

    return await knock(services, inbox, key, ask, job.headers)


def read_answer(job: Job, response: Response, clock: Clock) -> Outcome:
    """What an answer's status means for a delivery."""
    status = response.status
    if response.ok:
        return Sent(status)
    if status == 410 or (status == 404 and job.delivery.receiver_actor_id is None):
        return InboxGone(status)
    if 400 <= status < 500 and status not in WORTH_RETRYING:
        return Refused(_describe(response), status)
    retry_after = read_retry_after(response.headers.get("retry-after", ""), clock.now())
    return Failed(_describe(response), status, retry_after, host_is_down=status >= 500)


def _describe(response: Response) -> str:
    """The status and the beginning of what was said with it, for the person who looks at the queue."""
    said = " ".join(response.body[:MAX_ERROR].decode("utf-8", "replace").split())
    return f"answered {response.status}: {said}"[:MAX_ERROR] if said else f"answered {response.status}"
