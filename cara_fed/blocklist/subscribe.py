"""The subscriptions of instance.toml: which of them are due, and which are no more."""

from cara_fed.blocklist.diffs import ListDiff
from cara_fed.blocklist.enact import settle
from cara_fed.blocklist.entries import rules_of
from cara_fed.blocklist.previews import Preview, preview
from cara_fed.blocklist.subscriptions import Refreshed, Subscriber
from cara_fed.config import Subscription
from cara_fed.errors import InvalidInput
from cara_fed.services import Services
from cara_fed.words.speech import _


async def refresh_due(services: Services) -> tuple[Refreshed, ...]:
    """Refresh the configured lists whose time has come, and take back what lists no longer configured had added."""
    subscriptions = services.config.blocklist.subscriptions
    subscriber = subscriber_of(services)
    await subscriber.retire_all_but({subscription.url for subscription in subscriptions})
    refreshed = tuple([await subscriber.refresh(each) for each in subscriptions if await subscriber.claim(each)])
    if refreshed:
        await settle(services)
    return refreshed


async def refresh_all(services: Services, *, may_shrink: bool = False) -> tuple[Refreshed, ...]:
    """Refresh every configured list now; ``may_shrink`` is an admin's word that a loss is meant."""
    subscriptions = services.config.blocklist.subscriptions
    subscriber = subscriber_of(services)
    await subscriber.retire_all_but({subscription.url for subscription in subscriptions})
    refreshed = tuple([await subscriber.refresh(each, may_shrink=may_shrink) for each in subscriptions])
    await settle(services)
    return refreshed


async def preview_list(services: Services, url: str, format: str | None = None) -> tuple[Refreshed, Preview]:
    """What subscribing to a list, or refreshing it, would change, and what that would do; nothing is changed.

    Raises InvalidInput where the format is neither given nor known from instance.toml, and CaraFedError.
    """
    subscription = find_subscription(services, url) or _make_subscription(url, format)
    refreshed = await subscriber_of(services).preview(subscription)
    return refreshed, await preview(services, url, refreshed.diff or ListDiff())


def find_subscription(services: Services, url: str) -> Subscription | None:
    """The subscription of instance.toml with that URL."""
    return next((each for each in services.config.blocklist.subscriptions if each.url == url), None)


def subscriber_of(services: Services) -> Subscriber:
    """A subscriber of this instance."""
    return Subscriber(services.database, services.client, services.clock, rules_of(services.config))


def _make_subscription(url: str, format: str | None) -> Subscription:
    if format is None:
        raise InvalidInput(_("Give the list's --format: it is not among the subscriptions of instance.toml."))
    if not url.startswith(("https://", "http://")):
        raise InvalidInput(_("%(url)s is no address of a list.", url=url[:200]))
    return Subscription.model_validate({"url": url, "format": format})
