"""The subscriptions of instance.toml: which of them are due, and which are no more."""

from cara_fed.blocklist.entries import rules_of
from cara_fed.blocklist.subscriptions import Refreshed, Subscriber
from cara_fed.services import Services


async def refresh_due(services: Services) -> tuple[Refreshed, ...]:
    """Refresh the configured lists whose time has come, and take back what lists no longer configured had added."""
    subscriptions = services.config.blocklist.subscriptions
    subscriber = subscriber_of(services)
    await subscriber.retire_all_but({subscription.url for subscription in subscriptions})
    return tuple([await subscriber.refresh(each) for each in subscriptions if await subscriber.claim(each)])


def subscriber_of(services: Services) -> Subscriber:
    """A subscriber of this instance."""
    return Subscriber(services.database, services.client, services.clock, rules_of(services.config))
