"""Which URLs and addresses may be asked at all, so that no stranger's document sends us into a private network."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network

from cara_fed.federation.errors import AddressRefused, UrlRefused
from cara_fed.words.speech import _

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IANA's special-purpose registries; Python's own is_global changed its mind between patch releases.
_SPECIAL_IPV4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network, unspecified
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, and the clouds' metadata services
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_GLOBAL_UNICAST_IPV6 = IPv6Network("2000::/3")
_SPECIAL_IPV6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # Teredo, ORCHID, benchmarking and other protocol assignments
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries any IPv4 address
        "3fff::/20",  # documentation
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")

_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", re.IGNORECASE)
# What inet_aton would take for a number: 2130706433, 0x7f.1, 0177.0.0.1, 127.1
_NUMERIC_END = re.compile(r"(^|\.)(0x[0-9a-f]*|[0-9]+)\.?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """The rules for outbound requests: public addresses and https, plus what the admin has opened.

    ``allowed_networks`` are private networks that may be asked all the same (``allowed_private_networks``).
    ``allow_http`` is true where the instance itself speaks http; even then http reaches only into those networks.
    """

    allowed_networks: tuple[Network, ...] = ()
    allow_http: bool = False

    def require_url(self, scheme: str, host: str, userinfo: str = "") -> None:
        """What can be said before any lookup; raises :class:`UrlRefused` or :class:`AddressRefused`."""
        if scheme != "https" and not (scheme == "http" and self.allow_http):
            raise UrlRefused(_("%(scheme)s: only https is asked", scheme=scheme or "-"))
        if userinfo:
            raise UrlRefused(_("%(host)s: a URL with a user name or password is not asked", host=host))
        literal = read_literal(host)
        if literal is not None:
            self.require_address(scheme, literal)

    def require_address(self, scheme: str, address: Address) -> None:
        """The last word, on the address about to be connected to; raises :class:`AddressRefused`."""
        if not self._is_allowed(address) and (scheme != "https" or not is_public(address)):
            raise AddressRefused(_("%(address)s is not a public address", address=address))

    def require_usable(self, scheme: str, host: str, answers: Iterable[Address]) -> tuple[Address, ...]:
        """The addresses out of a lookup's answers that may be connected to.

        A name that answers with public and private addresses together is refused whole: it is how a name is rebound.
        Of a name inside an allowed network the others are left out (``localhost`` answers ``::1`` too).
        """
        answers = tuple(answers)
        allowed = tuple(address for address in answers if self._is_allowed(address))
        public = tuple(address for address in answers if address not in allowed and is_public(address))
        refused = len(answers) - len(allowed) - len(public)
        usable = allowed if scheme == "http" else allowed + public
        if not usable or (public and (refused or scheme == "http")):
            raise AddressRefused(
                _("%(host)s is not on the public internet", host=host) if scheme == "https" else _no_http(host)
            )
        return usable

    def _is_allowed(self, address: Address) -> bool:
        inner = embedded(address)
        return any(inner.version == network.version and inner in network for network in self.allowed_networks)


def _no_http(host: str) -> str:
    return _("%(host)s is not inside an allowed private network, and elsewhere only https is asked", host=host)


def read_literal(host: str) -> Address | None:
    """The address that ``host`` spells, None for a name; raises :class:`AddressRefused` for disguised numbers."""
    try:
        if ":" in host:
            return IPv6Address(host.strip("[]"))  # a scope (%eth0) stays in it, and is refused as not public
        if _NUMERIC_END.search(host):
            return IPv4Address(host)  # four plain decimals and nothing else
    except AddressValueError:
        raise AddressRefused(_("%(host)s is not a plain address", host=host)) from None
    if not _NAME.fullmatch(host):
        raise UrlRefused(_("%(host)s is not a host name", host=repr(host)))
    return None


def embedded(address: Address) -> Address:
    """The IPv4 address inside an IPv4-mapped or NAT64 one; any other address as it is.

    Behind DNS64 every IPv4-only server answers from 64:ff9b::/96, so that prefix is judged by what it carries.
    """
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address


def is_public(address: Address) -> bool:
    """Whether the address is reachable by everyone alike."""
    inner = embedded(address)
    if isinstance(inner, IPv4Address):
        return not any(inner in network for network in _SPECIAL_IPV4)
    return inner in _GLOBAL_UNICAST_IPV6 and not any(inner in network for network in _SPECIAL_IPV6)
