"""Where people of another server follow somebody: the page that their server names by WebFinger."""

from typing import Any, Final
from urllib.parse import quote

from activitypub.errors import IdentifierError
from activitypub.identifiers import Handle
from activitypub.origins import IdRule
from cara_fed.errors import NotFound
from cara_fed.federation.budgets import Budget
from cara_fed.federation.documents import DocumentFetcher
from cara_fed.federation.errors import (
    ConnectionFailed,
    FetchError,
    FetchTimeout,
    NameUnknown,
    NotServed,
    UrlRefused,
)
from cara_fed.services import Services
from cara_fed.words.speech import _

# OStatus' name; Mastodon, Pleroma, Misskey, Friendica, Pixelfed and WordPress all use it.
SUBSCRIBE: Final = "http://ostatus.org/schema/1.0/subscribe"
JRD_ACCEPT: Final = "application/jrd+json, application/json"
MAX_LINKS: Final = 100


class NoFollowPage(NotFound):
    """The way to the other server's page was not found; the sentence says why, and what to do instead."""


async def find_follow_page(services: Services, home: Handle, wanted: Handle, actor_id: str) -> str:
    """The address at which ``home`` can follow ``actor_id``, whose handle is ``wanted``.

    Raises NoFollowPage, or RefusedByBlocklist where that server is listed.
    """
    try:
        document = await _finger(services, home)
    except (FetchError, IdentifierError) as error:
        raise NoFollowPage(_explain(home, error)) from error
    template = read_template(document, IdRule(allow_http=services.site.scheme == "http"))
    if template is None:
        raise NoFollowPage(
            _(
                "%(domain)s does not say where its people follow others. Search for %(wanted)s there instead.",
                domain=home.domain,
                wanted=wanted,
            )
        )
    return template.replace("{uri}", quote(actor_id, safe=""))


def read_template(document: Any, rule: IdRule) -> str | None:
    """The template of a WebFinger answer, with its ``{uri}`` still in it; None where there is none that can be used."""
    links = document.get("links") if isinstance(document, dict) else None
    for link in links[:MAX_LINKS] if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("rel") == SUBSCRIBE:
            template = link.get("template")
            if isinstance(template, str) and _is_usable(template, rule):
                return template
    return None


def _is_usable(template: str, rule: IdRule) -> bool:
    if template.count("{uri}") != 1 or "{" in template.replace("{uri}", ""):
        return False
    try:
        # The place for the address must not be where it would choose the server.
        rule.require(template.replace("{uri}", ""))
    except IdentifierError:
        return False
    return "{uri}" not in template.split("/", 3)[2]


async def _finger(services: Services, home: Handle) -> Any:
    schemes = ("https", "http") if services.site.scheme == "http" else ("https",)
    documents = DocumentFetcher(services)
    for scheme in schemes[:-1]:
        try:
            return await documents.fetch_json(_webfinger(scheme, home), JRD_ACCEPT, Budget(1))
        except ConnectionFailed:
            continue
    return await documents.fetch_json(_webfinger(schemes[-1], home), JRD_ACCEPT, Budget(1))


def _webfinger(scheme: str, home: Handle) -> str:
    return f"{scheme}://{home.domain}/.well-known/webfinger?resource={quote(f'acct:{home.acct}', safe='')}"


def _explain(home: Handle, error: Exception) -> str:
    match error:
        case NotServed(gone=True):
            return _("%(domain)s does not know %(home)s. Is it written rightly?", domain=home.domain, home=home)
        case NameUnknown():
            return _("There is no server called %(domain)s. Is it written rightly?", domain=home.domain)
        case UrlRefused() | IdentifierError():
            return _("%(domain)s is not a server on the public internet.", domain=home.domain)
        case ConnectionFailed() | FetchTimeout():
            return _("%(domain)s does not answer. Try again in a moment.", domain=home.domain)
    return _("%(domain)s gave an answer that could not be used.", domain=home.domain)
