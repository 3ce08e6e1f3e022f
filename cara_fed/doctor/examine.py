"""The whole examination, in the order in which one thing rests on another."""

from collections.abc import AsyncGenerator
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from cara_fed.doctor.findings import Finding, Look, find
from cara_fed.doctor.inside import Inside
from cara_fed.doctor.outside import Outside
from cara_fed.federation.addresses import AddressGuard
from cara_fed.federation.client import FederationClient
from cara_fed.services import Services, build_client

EVERYWHERE: Final = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))


async def examine(services: Services, client: FederationClient) -> AsyncGenerator[Finding, None]:
    """Look at everything; ``client`` asks our own address, wherever the name leads from here."""
    outside, inside = Outside(services, client), Inside(services)
    looks: tuple[tuple[str, Look], ...] = (
        ("settings", inside.read_settings),
        ("dns", outside.look_up_name),
        ("tls", outside.inspect_certificate),
        ("proxy", outside.inspect_proxy),
        ("webfinger", outside.finger_ourselves),
        ("signatures", outside.meet_ourselves),
        ("media", outside.show_a_picture),
        ("clock", outside.compare_clocks),
        ("mail", outside.greet_mail_server),
        ("workers", inside.feel_workers),
        ("disk", inside.measure_disks),
        ("backups", inside.date_backups),
        ("originals", inside.look_at_originals),
    )
    for name, look in looks:
        yield await find(name, look)


def open_own_client(services: Services) -> FederationClient:
    """A client for our own address, which may well lie behind the same router: nobody else's documents lead it."""
    guard = AddressGuard(EVERYWHERE, allow_http=services.site.scheme == "http")
    return build_client(services.config, guard)
