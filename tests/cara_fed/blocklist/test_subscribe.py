"""The lists of instance.toml on a whole instance: refreshed when due, in force at once, gone when unsubscribed."""

from pathlib import Path

import httpx

from cara_fed.blocklist.subscribe import refresh_due
from cara_fed.config import Config, load_config
from cara_fed.services import open_services

INSTANCE = '[instance]\ndomain = "art.studio.org"\nscheme = "https"\n'
SUBSCRIPTION = '[[blocklist.subscriptions]]\nurl = "https://lists.net/scrapers.txt"\nformat = "text"\n'


def config_of(folder: Path, text: str) -> Config:
    path = folder / "instance.toml"
    path.write_text(text)
    return load_config(path)


async def publish(request: httpx.Request) -> httpx.Response:
    return httpx.Response(
        200, text="scraper.net # training-harvest: follows artists\n", headers={"content-type": "text/plain"}
    )


async def test_a_configured_list_is_in_force_until_it_is_unsubscribed(tmp_path: Path) -> None:
    network = httpx.MockTransport(publish)
    async with open_services(config_of(tmp_path, INSTANCE + SUBSCRIPTION), transport=network) as services:
        (refreshed,) = await refresh_due(services)
        assert refreshed.applied
        assert await refresh_due(services) == ()
        await services.blocklist.refresh()
        listing = services.blocklist.find("https://a.scraper.net/users/bot")
        assert listing is not None
        assert (listing.label, listing.reason, listing.source) == (
            "training-harvest",
            "follows artists",
            "https://lists.net/scrapers.txt",
        )
    async with open_services(config_of(tmp_path, INSTANCE), transport=network) as services:
        assert services.blocklist.find("scraper.net") is not None
        assert await refresh_due(services) == ()
        await services.blocklist.refresh()
        assert services.blocklist.find("scraper.net") is None
