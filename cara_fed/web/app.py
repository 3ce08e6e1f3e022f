"""The pages as one ASGI application: rooms put together, and the rules that hold in all of them."""

import logging
from typing import Any

from quart import Quart, Response, request
from quart.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, ValidationError

from activitypub.identifiers import read_pk
from cara_fed.accounts.sign_in import SESSION_LIFETIME
from cara_fed.asgi import App, Receive, Scope, Send, header
from cara_fed.config import Config
from cara_fed.errors import NotAllowed
from cara_fed.services import MEBIBYTE, Services
from cara_fed.web.csrf import FIELD, CsrfRefused
from cara_fed.web.errors import REFUSALS, NotSignedIn, detail_of, headers_of, status_of
from cara_fed.web.house import House, open_house, services
from cara_fed.web.own_files import OWN_PREFIX
from cara_fed.web.pages import ROOMS
from cara_fed.web.pages.sessions import invite_to_log_in
from cara_fed.web.reading import choose_language
from cara_fed.web.rules import ReadRule
from cara_fed.web.security import security_headers
from cara_fed.web.showing import is_foreign, is_https, require_own_form, show
from cara_fed.web.signed_in import current_artist, load_signed_in
from cara_fed.web.static_files import PREFIX
from cara_fed.web.uploads import Connection, FormRequest, expect_plain_form, read_fields
from cara_fed.web.views import ErrorPage
from cara_fed.words.speech import _, spoken

log = logging.getLogger(__name__)

MAX_FIELDS_BYTES = 2 * MEBIBYTE
"""All text fields of one form together: twenty long alt texts in any script, and more."""

TAKES_FILES = frozenset(
    {
        "publishing.publish",
        "drafts.add_picture",
        "making.add_making",
        "editing.edit",
        "settings.change_profile",
        "mark_settings.change_marks",
        "tracing.trace",
        "emoji.add",
    }
)
FREE_FOR_VISITORS = frozenset({"follow_from.lead_home", "languages.choose"})
"""What a visitor may send without a token: it leads elsewhere, or changes nothing but this browser's language."""


class PostNumber(BaseConverter):
    """The number of a post in an address; one that no row can have is no address."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        """Raises ValidationError, which makes it a 404."""
        if (pk := read_pk(value)) is None:
            raise ValidationError
        return pk


def build_pages(services: Services) -> App:
    """The application that answers people. Static files are sent without Quart, which they do not need."""
    house = House.of(services)
    pages = build_quart(house)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await _send_static(house, scope, send)
        else:
            await pages(scope, receive, send)  # type: ignore[arg-type]

    return app


def build_quart(house: House) -> Quart:
    """The rooms of a house under one roof."""
    app = Quart(__name__, static_folder=None, template_folder=None)
    app.config.update(_settings(house.services.config, house.services.session_key))
    app.request_class = FormRequest
    app.url_rule_class = ReadRule
    app.asgi_http_class = Connection
    app.url_map.converters["pk"] = PostNumber
    open_house(app.extensions, house)
    for room in ROOMS:
        app.register_blueprint(room)
    app.before_request(load_signed_in)
    app.before_request(choose_language)
    app.before_request(_hide_suspended)
    app.before_request(_check_form)
    app.after_request(_secure)
    app.register_error_handler(HTTPException, _show_refusal)
    for kind in REFUSALS:
        app.register_error_handler(kind, _show_refusal)
    return app


def _settings(config: Config, session_key: bytes) -> dict[str, Any]:
    secure = config.instance.scheme == "https"
    return {
        "SECRET_KEY": session_key,
        "MAX_CONTENT_LENGTH": config.server.max_upload_mib * MEBIBYTE,
        "MAX_FORM_MEMORY_SIZE": MAX_FIELDS_BYTES,
        "BODY_TIMEOUT": config.server.upload_timeout_seconds,
        # A browser takes the prefix's word only where the cookie came over TLS, for this very host.
        "SESSION_COOKIE_NAME": "__Host-cara_fed" if secure else "cara_fed",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_PATH": "/",
        "PERMANENT_SESSION_LIFETIME": SESSION_LIFETIME,
        "SESSION_REFRESH_EACH_REQUEST": False,  # signed_in keeps it alive, once a day
    }


async def _hide_suspended() -> None:
    """Nothing of a suspended artist is shown."""
    if services().suspended.hides(request.path):
        raise NotAllowed(_("This artist is suspended here."))


async def _check_form() -> None:
    """Every form, before any page reads it: not from elsewhere, not too long, and made for this very browser."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if is_foreign():
        raise CsrfRefused
    if request.endpoint is None:
        return
    if request.endpoint not in TAKES_FILES:
        expect_plain_form()
    elif current_artist() is None:
        raise NotSignedIn(may_return=False)
    fields = await read_fields()
    require_own_form(fields.get(FIELD, ""), needed=request.endpoint not in FREE_FOR_VISITORS)


async def _secure(response: Response) -> Response:
    """What every answer carries, redirects and plain words too; a page has set its own."""
    for name, value in security_headers(https=is_https()):
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "private, no-cache")
    response.headers.setdefault("Content-Language", spoken().tag)
    response.vary.update(("Accept-Encoding", "Accept-Language", "Cookie"))
    return response


async def _show_refusal(error: Exception) -> ResponseReturnValue:
    if isinstance(error, NotSignedIn) and error.may_return:
        return await invite_to_log_in()
    status = status_of(error)
    if status >= 500 and not isinstance(error, HTTPException):  # Quart has logged what nobody expected
        log.error("%s %s failed", request.method, request.path, exc_info=error)
    response = await show(ErrorPage(status, detail_of(error)), status=status)
    response.headers.update(headers_of(error))
    return response


async def _send_static(house: House, scope: Scope, send: Send) -> None:
    files = house.own if scope["path"].startswith(OWN_PREFIX) else house.pages.static
    answer = files.answer(
        scope["path"],
        if_none_match=(header(scope, b"if-none-match") or b"").decode("latin-1"),
        accept_encoding=(header(scope, b"accept-encoding") or b"").decode("latin-1"),
    )
    await answer.send(send, head_only=scope["method"] == "HEAD" or answer.status == 304)
