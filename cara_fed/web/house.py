"""What every page is made with, found from the request at hand."""

from dataclasses import dataclass
from functools import cache
from typing import cast

from quart import current_app, request

from cara_fed.accounts.sign_in import Visitor
from cara_fed.federation.resolver import Resolver
from cara_fed.services import Services
from cara_fed.translate.views import Gallery
from cara_fed.web.own_files import build_own_files, dress_of
from cara_fed.web.rendering import Pages
from cara_fed.web.static_files import StaticFiles
from cara_fed.web.views import Dress

_NAME = "cara_fed"


@dataclass(frozen=True, slots=True)
class House:
    """The opened instance, and what makes pages of it."""

    services: Services
    pages: Pages
    gallery: Gallery
    resolver: Resolver
    own: StaticFiles
    dress: Dress

    @classmethod
    def of(cls, services: Services) -> "House":
        """The house of an instance, made once for each process, and anew for other settings."""
        gallery = Gallery(services.site, services.config.opt_out.default, services.capabilities)
        pages = _pages()
        own = build_own_files(services.running.look, pages.static.by_name["icon.svg"].body)
        return cls(services, pages, gallery, Resolver(services), own, dress_of(own))


@cache
def _pages() -> Pages:
    """Templates and static files are the process's, whichever instance they show: read and compiled once."""
    return Pages()


def open_house(extensions: dict[str, object], house: House) -> None:
    """Let the pages of an application find this house."""
    extensions[_NAME] = house


def house() -> House:
    """The house whose page is asked for."""
    return cast(House, current_app.extensions[_NAME])


def services() -> Services:
    """The instance whose page is asked for."""
    return house().services


def visitor() -> Visitor:
    """Who asks, as far as the connection tells; the server has put the address from trusted proxies in place."""
    client = request.scope.get("client")
    return Visitor(client[0] if client else "unknown", request.headers.get("User-Agent", ""))
